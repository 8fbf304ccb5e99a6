#!/bin/sh
# SPDX-License-Identifier: MIT
# How fast rec-ingest reads `user,item,rating,time`, beside `wc -l` and beside
# a pass that only hashes the ids. Run in the build folder after
# `make bench-programs`:
#     tests/bench/ingest.sh [EVENTS [USERS [ITEMS]]]
# Every figure is the best of three. The text is kept in $TMPDIR while it runs.
set -eu
events=${1-10000000} users=${2-500000} items=${3-50000}
. "$(dirname "$0")/table.inc"
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
tests/bench/gen-interactions "$events" "$users" "$items" >"$dir/text.csv"
bytes=$(wc -c <"$dir/text.csv")
echo "$events events, $users users, $items items, $bytes bytes"

# measure NAME COMMAND...: seconds, GB/s, peak memory
measure() {
    name=$1
    shift
    best=
    for _ in 1 2 3; do
        /usr/bin/time -f '%e %M' -o "$dir/time" "$@" >/dev/null 2>&1
        best=$(awk -v b="$best" '{print b == "" || $1 < b + 0 ? $0 : b}' \
            "$dir/time")
    done
    echo "$best" | awk -v name="$name" -v n="$bytes" -v e="$events" \
        '{printf "%-28s %6.2f s %6.3f GB/s %5.0f bytes of memory per event\n",
          name, ($1 > 0 ? $1 : .01), n / ($1 > 0 ? $1 : .01) / 1e9,
          $2 * 1024 / e}'
    # shellcheck disable=SC2086
    set -- $best
    seconds=$1 mib=$(($2 / 1024))
}
measure 'wc -l' wc -l "$dir/text.csv"
least=$seconds
measure 'hash-ids' tests/bench/hash-ids "$dir/text.csv"
for n in 1 2; do
    measure "rec-ingest -@$n >/dev/null" cmd/rec-ingest -@$n "$dir/text.csv"
    measure "rec-ingest -@$n -o FILE" cmd/rec-ingest -@$n -o "$dir/out.rps" \
        "$dir/text.csv"
done
row "read $events events of text" "rec-ingest -@2" "$seconds" "$mib" - "$least"
# Beside numpy, where it is: ids to numbers, nothing grouped or kept.
if ${PYTHON-/usr/bin/python3} -c 'import numpy' 2>/dev/null; then
    measure 'numpy.loadtxt, unique' "${PYTHON-/usr/bin/python3}" -c "
import numpy as np
a = np.loadtxt('$dir/text.csv', delimiter=',', skiprows=1)
for c in 0, 1:
    np.unique(a[:, c], return_inverse=True)"
    row "read $events events of text" "numpy.loadtxt" "$seconds" "$mib" - \
        "$least"
fi
