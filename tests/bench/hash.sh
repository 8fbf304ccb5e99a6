#!/bin/sh
# SPDX-License-Identifier: MIT
# The id table of rec-hash against std::unordered_map and against xxHash, with
# ids that are numbers and with names. Run in the build folder after
# `make bench-programs`; needs a C++ compiler ($CXX, or c++):
#     tests/bench/hash.sh [IDS]
# Look-ups are in a scattered order; both sides get the text of the ids and
# make their keys from it. Memory of the map is what its heap grew by (numbers
# as uint64_t to uint32_t: less than the table keeps). The ceiling is the rate
# at which xxHash hashes the same ids, nothing looked up.
set -eu
ids=${1-10000000}
src=$(sed -n 's/^srcdir = //p' Makefile)
. "$src/tests/bench/table.inc"
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
${CXX:-c++} -O2 -o "$dir/hash-map" "$src/tests/bench/hash-map.cc"
tests/bench/hash-table "$ids" >"$dir/table"
"$dir/hash-map" "$ids" >"$dir/map"
awk -v ids="$ids" '
    FNR == NR { t[$1, $2] = $3; next }
    { m[$1, $2] = $3 }
    END {
        printf "%d ids, M/s or bytes per id\n", ids
        printf "%-8s %-16s %10s %14s %8s\n", "ids", "", "rec-hash",
            "unordered_map", "ratio"
        split("number name", kind)
        split("insert lookup absent bytes", what)
        for (k = 1; k <= 2; k++) {
            for (w = 1; w <= 4; w++) {
                a = t[kind[k], what[w]]
                b = m[kind[k], what[w]]
                printf "%-8s %-16s %10.2f %14.2f %8.2f\n", kind[k], what[w],
                    a, b, a / b
            }
            printf "%-8s %-16s %10.2f\n", kind[k], "lookup, single",
                t[kind[k], "lookup-single"]
            printf "%-8s %-16s %10.4f\n", kind[k], "load",
                t[kind[k], "load"]
            printf "%-8s %-16s %10.2f %14s %8.2f\n", kind[k], "xxHash",
                t[kind[k], "xxhash"], "lookup/xxHash",
                t[kind[k], "lookup"] / t[kind[k], "xxhash"]
        }
        print "collisions 0 (every slot was checked)"
    }' "$dir/table" "$dir/map"
for kind in number name; do
    least=$(awk -v n="$ids" -v k=$kind \
        '$1 == k && $2 == "xxhash" { print n / 1e6 / $3 }' "$dir/table")
    for who in table map; do
        name="id table of rec-hash"
        [ $who = table ] || name="std::unordered_map"
        awk -v n="$ids" -v k=$kind '
            $1 == k && $2 == "lookup" { s = n / 1e6 / $3 }
            $1 == k && $2 == "bytes" { m = n * $3 / 2 ^ 20 }
            END { print s, m }' "$dir/$who" >"$dir/row"
        read -r seconds mib <"$dir/row"
        row "look up $ids ids, $kind" "$name" "$seconds" "$mib" - "$least"
    done
done
