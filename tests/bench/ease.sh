#!/bin/sh
# SPDX-License-Identifier: MIT
# rec-ease beside numpy.linalg.inv on the same OpenBLAS, from the same text to
# a model, on made-up data. Run in the build folder after `make
# bench-programs`; needs python3 with numpy and scipy:
#     tests/bench/ease.sh [EVENTS [USERS [ITEMS [RUNS]]]]
# Each prints wall seconds and peak memory of RUNS runs in turn; the last lines
# are ratios of the medians. The sgemm line is the ceiling: rec-ease's
# factorisation and inverse are ITEMS^3 additions and multiplications.
set -eu
events=${1-700000} users=${2-6000} items=${3-3600} runs=${4-3}
source=$(cd "$(dirname "$0")" && pwd)
. "$source/table.inc"
python=${PYTHON-/usr/bin/python3}
bin=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
tests/bench/gen-interactions "$events" "$users" "$items" >"$dir/x.csv"
cd "$dir"
echo "$bin/cmd/rec-ingest -q --implicit x.csv |
    $bin/cmd/rec-ease -q --side=items --lambda=200 >/dev/null" >recpipe
echo "$python $source/ease_numpy.py x.csv 200" >numpy64
echo "$python $source/ease_numpy.py x.csv 200 float32" >numpy32
for _ in $(seq "$runs"); do
    for who in recpipe numpy64 numpy32; do
        /usr/bin/time -a -o "$who.time" -f '%e %M' sh "$who" >>"$who.out"
    done
done
for who in recpipe numpy64 numpy32; do
    sort -n "$who.time" | awk -v who="$who" '
        { t[NR] = $1; m = $2 > m ? $2 : m }
        END { print who, t[int((NR + 1) / 2)], m / 1024 }'
done | awk -v n="$items" '
    { t[$1] = $2; m[$1] = $3
      printf "%-8s %8.2f s %8.0f MiB\n", $1, $2, $3 }
    END {
        for (p in t) if (p != "recpipe")
            printf "%s / recpipe: time %.1f, memory %.1f\n", p,
                t[p] / t["recpipe"], m[p] / m["recpipe"]
    }'
tail -n 1 numpy64.out numpy32.out
rate=$($python -c "
import numpy as np, time
a = np.ones(($items, $items), np.float32); a @ a
t = time.time(); a @ a; t = time.time() - t
print(f'{2e-9 * $items ** 3 / t:.1f}')")
for who in recpipe numpy64 numpy32; do
    sort -n "$who.time" | awk '
        { t[NR] = $1; m = $2 > m ? $2 : m }
        END { print t[int((NR + 1) / 2)], m / 1024 }' >median
    read -r seconds mib <median
    name="numpy.linalg.inv, float${who#numpy}"
    [ $who != recpipe ] || name=rec-ease
    row "EASE, $events events, $items items, text to model" "$name" \
        "$seconds" "$mib" - \
        "$(awk -v n="$items" -v r="$rate" 'BEGIN { print 1e-9 * n ^ 3 / r }')"
done
"$bin/cmd/rec-ingest" -q --implicit x.csv |
    "$bin/cmd/rec-ease" -v --side=items --lambda=200 -o m.rps 2>&1 |
    grep -i flop || :
echo "sgemm $rate GFlop/s"
