#!/bin/sh
# SPDX-License-Identifier: MIT
# What the hardening flags cost: builds recpipe twice from the configured
# source tree, with them and without, and runs hot programs of both in turn,
# so that a machine that speeds up or slows down does so for both. Prints the
# least user time of each, and the median of the runs' ratios; within 1.01 is
# the aim.
#     tests/bench/hardening.sh SOURCE [RUNS]
set -eu
source=$(cd "${1:?usage: hardening.sh SOURCE [RUNS]}" && pwd)
runs=${2-9}
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
for kind in hardened plain; do
    flags=
    [ $kind = hardened ] || flags=--disable-hardening
    mkdir "$dir/$kind"
    (cd "$dir/$kind" && "$source/configure" -q $flags &&
        make -s -j"$(nproc)") >/dev/null
done
cd "$dir/hardened"
make -s tests/bench/gen-interactions >/dev/null
cd "$dir"
hardened/tests/bench/gen-interactions 5000000 50000 3000 >x.csv
hardened/cmd/rec-ingest -q x.csv -o x.rps
hardened/cmd/rec-ease -q -@1 --lambda=500 x.rps -o m.rps

# compare NAME ARGUMENTS...: of the program NAME, one thread
compare() {
    name=$1
    shift
    for _ in $(seq "$runs"); do
        for kind in hardened plain; do
            /usr/bin/time -f %U -a -o "$name.$kind" \
                "$kind/cmd/$name" -q -@1 "$@" >/dev/null
        done
    done
    paste "$name.hardened" "$name.plain" | awk -v n="$name" '
        NR == 1 { h = $1; p = $2 }
        { h = $1 < h ? $1 : h; p = $2 < p ? $2 : p; r[NR] = $1 / $2 }
        END {
            for (i = 1; i <= NR; i++) {
                below = 0
                for (j = 1; j <= NR; j++) {
                    below += (r[j] < r[i]) || (r[j] == r[i] && j < i)
                }
                if (below == int(NR / 2)) { median = r[i] }
            }
            printf "%-14s hardened %.2f s, plain %.2f s, ratio %.3f, " \
                "median of ratios %.3f\n", n, h, p, h / p, median
        }'
}
compare rec-ingest x.csv
compare rec-ease --lambda=500 x.rps
compare rec-knn x.rps
compare rec-recommend -m m.rps -n 100 x.rps
