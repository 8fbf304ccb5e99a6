#!/bin/sh
# SPDX-License-Identifier: MIT
# rec-ease --method=sparse. Run in the build folder after `make
# bench-programs`:
#     tests/bench/ease-sparse.sh [EVENTS [USERS [ITEMS [PER_ITEM]]]]
# 1. Made-up data whose items x items and users x users matrices are both far
#    beyond memory: seconds of each phase, peak memory beside what the program
#    says that it needs, and the size of the dense matrix.
# 2. The shipped data, which the dense method can do: accuracy on the test users
#    of liang2018 with its standard error, seconds and peak memory, dense and
#    with less and less weights.
set -eu
events=${1-6000000} users=${2-300000} items=${3-200000} each=${4-100}
source=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PWD/cmd:$PATH
gen=$PWD/tests/bench/gen-interactions
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"

echo "-- $events draws, $users users, $items items, $each weights per item"
"$gen" "$events" "$users" "$items" | rec-ingest -q --implicit -o x.rps
n=$((items * each))
set -- --method=sparse --nonzeros="$n" --user-power=0.3 --item-power=0.3
rec-ease --max-mem=1 "$@" --lambda=20x x.rps 2>&1 >/dev/null | sed -n '$p'
/usr/bin/time -f 'total: %e s, peak %M KiB' rec-ease -v "$@" --lambda=20x \
    -o m.rps x.rps
echo "input $(wc -c <x.rps) bytes, model $(wc -c <m.rps) bytes"
rec-cat --no-header x.rps | head -n 200000 | rec-ingest -q -f tsv -o some.rps
/usr/bin/time -f 'lists of 100: %e s, peak %M KiB' \
    rec-recommend -q -m m.rps -n 100 -o /dev/null some.rps
echo "one dense matrix of the items: $((4 * items * items / 1048576)) MiB"

echo "-- MovieTweetings, lambda 150"
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$source/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765
pairs=$((2049 * 2048))
printf '%-9s %8s %16s %16s %16s %8s %6s\n' weights share recall@20/min \
    recall@50/min ndcg@100 seconds MiB
for n in dense 2000 4000 10000 20000 42000 100000 200000; do
    if [ $n = dense ]; then
        set -- --side=items
        share=1
    else
        set -- --method=sparse --nonzeros=$n
        share=$(awk -v n=$n -v p=$pairs 'BEGIN { printf "%.5f", n / p }')
    fi
    /usr/bin/time -o time -f '%e %M' \
        rec-ease -q --lambda=150 "$@" -o m.rps s/train.rps
    rec-recommend -q -m m.rps -n 100 s/test.in.rps |
        rec-eval -q -k 20,50,100 --format=tsv -t s/test.out.rps >eval
    printf '%-9s %8s' $n "$share"
    for m in recall@20/min recall@50/min ndcg@100; do
        awk -F '\t' -v m=$m '$1 == m { printf "  %6.4f +-%6.4f", $2, $3 }' eval
    done
    awk '{ printf " %8.2f %6.0f\n", $1, $2 / 1024 }' time
done
