#!/bin/sh
# SPDX-License-Identifier: MIT
# How fast rec-recommend makes lists of 100 from an EASE model, on made-up
# data; beside what the machine could do at best, and with a tenth of the
# users, for the memory. Run in the build folder after `make bench-programs`:
#     tests/bench/score.sh [EVENTS [USERS [ITEMS [THREADS]]]]
# Ceilings, for the sums alone, both measured here: the multiplications that
# are needed, an event once for every item, at the rate of sgemm; and the
# rows of B that belong to the events, read from memory one by one. A program
# that adds up rows as they come cannot beat the second. Needs 2 GB of memory
# and $TMPDIR, and a minute or two for the model.
set -eu
events=${1-2000000} users=${2-100000} items=${3-20000} threads=${4-0}
bin=$PWD
. "$(dirname "$0")/table.inc"
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
tests/bench/gen-interactions "$events" "$users" "$items" >"$dir/x.csv"
cd "$dir"
"$bin/cmd/rec-ingest" -q --implicit -o all.rps x.csv
awk -F , -v most=$((users / 10)) 'NR == 1 || $1 <= most' x.csv |
    "$bin/cmd/rec-ingest" -q --implicit -o tenth.rps
"$bin/cmd/rec-ease" -q -@ "$threads" --side=items --lambda=200 -o m.rps all.rps
cat m.rps >/dev/null
for part in tenth all; do
    "$bin/cmd/rec-info" --format=tsv $part.rps >$part.info
    for _ in 1 2 3; do
        /usr/bin/time -a -o $part.time -f '%e %M' "$bin/cmd/rec-recommend" \
            -q -@ "$threads" -m m.rps -n 100 -o lists.rps $part.rps
    done
    sort -n $part.time | sed -n 2p |
        tr ' ' '\t' | cat - $part.info | awk -F '\t' -v part=$part '
            NR == 1 { s = $1; m = $2 / 1024 }
            $2 == "users" { u = $3 }
            $2 == "items" { i = $3 }
            $2 == "events" { e = $3 }
            END { print part, u, i, e, s, m }' >>runs
done
"$bin/tests/bench/ceilings" "$threads" >ceilings
size=$(wc -c <m.rps)
awk -v model="$size" '
    FILENAME == "ceilings" { gemm = $2; read = $4; next }
    {
        u = $2; i = $3; e = $4; s = $5
        printf "%6d users, %d items, %d events: %6.2f s, %7.0f users/s, " \
            "%5.0f MiB, of which the model is %.0f\n", u, i, e, s, u / s, $6,
            model / 2 ^ 20
    }
    END {
        c = 2e-9 * e * i / gemm
        m = 4e-9 * e * i / read
        printf "sgemm %.0f GFlop/s, memory %.1f GB/s\n", gemm, read
        printf "ceiling by sgemm   %7.2f s: %.2f of it reached\n", c, c / s
        printf "ceiling by memory  %7.2f s: %.2f of it reached%s\n", m, m / s,
            (m > s ? ", as weights are used again from the cache" : "")
        printf "the %s binds sums of rows as they come\n",
            (m > c ? "memory" : "arithmetic")
    }' ceilings runs
awk 'FILENAME == "ceilings" { gemm = $2; read = $4; next }
    $1 == "all" {
        c = 2e-9 * $4 * $3 / gemm
        m = 4e-9 * $4 * $3 / read
        print $5, $6, (c > m ? c : m)
    }' ceilings runs >last
read -r seconds mib least <last
row "lists of 100 of $items items for $users users, EASE" rec-recommend \
    "$seconds" "$mib" - "$least"
