#!/bin/sh
# SPDX-License-Identifier: MIT
# How long until the first recommendation? For made-up models of ITEMS items:
# whole processes of `rec-recommend -m MODEL --items=... -n 10` for histories
# of 1, 20 and 100 items, median and worst milliseconds of RUNS, the file in the
# page cache; and `rec-recommend --version`, which is what any process costs.
# The aim is below 50 ms. Run in the build folder after `make bench-programs`:
#     tests/bench/load.sh [ITEMS [RUNS]]
set -eu
items=${1-20000} runs=${2-15}
bin=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"

# measure NAME COMMAND...
measure() {
    name=$1
    shift
    "$@" >/dev/null
    for _ in $(seq "$runs"); do
        from=$(date +%s%N)
        "$@" >/dev/null
        echo $((($(date +%s%N) - from) / 1000))
    done | sort -n | awk -v name="$name" '
        { t[NR] = $1 / 1000 }
        END { printf "%-28s %8.1f %8.1f\n", name, t[int((NR + 1) / 2)], t[NR] }'
}

printf '%-28s %8s %8s\n' "$items items" median worst
measure 'nothing (--version)' "$bin/cmd/rec-recommend" --version
for model in 'dense f32' 'dense f16' 'top 200 f32' 'top 200 f16'; do
    set -- $model
    [ "$1" = top ] && set -- "$3" "$2"  || set -- "$2"
    "$bin/tests/bench/gen-model" m.rps "$items" "$@"
    for n in 1 20 100; do
        ids=$(seq -s , 1 $((items / n)) "$items" | cut -d , -f 1-"$n")
        measure "$model, $n in history" "$bin/cmd/rec-recommend" -q \
            -m m.rps --items="$ids" -n 10 --text
    done
done
