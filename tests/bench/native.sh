#!/bin/sh
# SPDX-License-Identifier: MIT
# Is the portable build as fast as one for this machine only? Builds recpipe
# twice from the configured source tree, as packages do (-O2) and with
# -O3 -march=native, and runs the hot programs of both in turn, so that a
# machine that speeds up or slows down does so for both. Prints the median
# user time of each and the ratio; within 1.10 is the aim.
#     tests/bench/native.sh SOURCE [RUNS]
set -eu
source=$(cd "${1:?usage: native.sh SOURCE [RUNS]}" && pwd)
runs=${2-7}
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
for kind in portable native; do
    flags="-O2 -g"
    [ $kind = native ] && flags="-O3 -g -march=native"
    mkdir "$dir/$kind"
    (cd "$dir/$kind" && "$source/configure" -q CFLAGS="$flags" &&
        make -s -j"$(nproc)" && make -s bench-programs) >/dev/null
done
cd "$dir"
portable/tests/bench/gen-interactions 5000000 50000 3000 >x.csv
portable/cmd/rec-ingest -q x.csv -o x.rps
portable/cmd/rec-ease -q -@1 --lambda=500 x.rps -o m.rps
portable/cmd/rec-recommend -q -@1 -m m.rps -n 100 x.rps -o r.rps

# compare NAME ARGUMENTS...: of the program NAME, one thread
compare() {
    name=$1
    shift
    for _ in $(seq "$runs"); do
        for kind in portable native; do
            /usr/bin/time -f %U -a -o "$name.$kind" \
                "$kind/cmd/$name" -q -@1 "$@" >/dev/null
        done
    done
    for kind in portable native; do
        sort -n "$name.$kind" | sed -n "$(((runs + 1) / 2))p"
    done | paste - - | awk -v n="$name" '{
        printf "%-14s portable %.2f s, native %.2f s, ratio %.2f\n",
            n, $1, $2, $1 / $2 }'
}
compare rec-ingest x.csv
compare rec-ease --lambda=500 x.rps
compare rec-recommend -m m.rps -n 100 x.rps
compare rec-eval -t x.rps r.rps
