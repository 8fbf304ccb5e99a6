#!/bin/sh
# SPDX-License-Identifier: MIT
# Time, throughput and memory of every stage on made-up data: rec-ingest,
# rec-split, rec-pop, rec-recommend, rec-eval. Run in the build folder after
# `make bench-programs`:
#     tests/bench/pipeline.sh [EVENTS [USERS [ITEMS]]]
# "Bytes per event" is peak memory over the events of that stage's input.
set -eu
events=${1-10000000} users=${2-500000} items=${3-50000}
bin=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
tests/bench/gen-interactions "$events" "$users" "$items" >"$dir/text.csv"
cd "$dir"

# stage INPUT EVENTS PROGRAM ARGUMENTS...: standard output goes to $out
stage() {
    input=$1 n=$2
    shift 2
    name=$1
    shift
    /usr/bin/time -f '%e %M' -o time "$bin/cmd/$name" -q "$@" >"${out:-/dev/null}"
    bytes=$(wc -c <"$input")
    awk -v name="$name" -v b="$bytes" -v n="$n" '{
        printf "%-14s %7.2f s %8.1f M events/s %7.3f GB/s %6.1f MB, " \
            "%5.1f bytes per event\n", name, $1, n / $1 / 1e6,
            b / $1 / 1e9, $2 * 1024 / 1e6, $2 * 1024 / n }' time
}
count() {
    "$bin/cmd/rec-info" --format=tsv "$1" | awk -F '\t' '$2 == "events" {
        print $3 }'
}
stage text.csv "$events" rec-ingest -o x.rps text.csv
kept=$(count x.rps)
stage x.rps "$kept" rec-split --protocol=leave-random --seed=1 -o s/ x.rps
out=pop.rps stage s/train.rps "$(count s/train.rps)" rec-pop s/train.rps
out=r.rps stage s/test.in.rps "$(count s/test.in.rps)" \
    rec-recommend -m pop.rps -n 20 s/test.in.rps
stage r.rps "$(count r.rps)" rec-eval -k 20 -t s/test.out.rps r.rps
