#!/bin/sh
# SPDX-License-Identifier: MIT
# rec-eval on made-up lists, all metrics with intervals: seconds, GB/s and peak
# memory beside numpy on bare arrays of indices, without intervals; and beside
# reading the same bytes, checked as every program does (rec-info --check) and
# bare (cat), the ceilings. Run in the build folder after
# `make bench-programs`; needs python3 with numpy:
#     tests/bench/eval.sh [USERS [LENGTH [ITEMS]]]
# By default 1,000,000 users with 100 of 50,000 items each.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
. "$source/table.inc"
python=${PYTHON-/usr/bin/python3}
bin=$PWD
users=${1-1000000} length=${2-100} items=${3-50000}
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
"$bin/tests/bench/gen-lists" "$users" "$length" "$items" "$dir/run"
cd "$dir"
bytes=$(($(stat -c %s run.rps) + $(stat -c %s run.truth.rps)))

# stage NAME ARGUMENTS...: its line; the seconds of the best of three runs, as
# what was just written is still on its way to the disk, to the file NAME.time
stage() {
    name=$1
    shift
    for _ in 1 2 3; do
        /usr/bin/time -f '%e %M' -o "$name.time" -a "$@"
    done
    sort -n "$name.time" | sed 1q >best
    mv best "$name.time"
    awk -v name="$name" -v bytes="$bytes" '{
        printf "%-16s %8.2f s %8.0f MiB %8.3f GB/s\n", name, $1, $2 / 1024,
            bytes / ($1 > 0 ? $1 : .01) / 1e9 }' "$name.time"
}
cat run.rps run.truth.rps run.u32 run.truth.u32 >/dev/null # into memory
echo "$users users x $length of $items items, $((bytes / 1000000)) MB"
stage cat sh -c 'cat run.rps run.truth.rps | cat >/dev/null'
stage read "$bin/cmd/rec-info" --check -o whole run.rps run.truth.rps
stage rec-eval "$bin/cmd/rec-eval" -q -f tsv -t run.truth.rps -o ours run.rps
stage rec-eval-pair "$bin/cmd/rec-eval" -q -f tsv -t run.truth.rps -o pair \
    run.rps run.rps
stage numpy sh -c "$python $source/eval_numpy.py run $length >theirs"
awk '
    FNR == 1 { f++ }
    f == 1 { a = $1 } f == 2 { r = $1 } f == 3 { b = $1 } f == 4 { c = $1 }
    END { printf "numpy / rec-eval %.2f; rec-eval / read %.2f, / cat %.1f\n",
        c / b, b / r, b / a }' cat.time read.time rec-eval.time numpy.time
awk -F '\t' '
    NR == FNR { mean[$1] = $2; next }
    { d = mean[$1] - $2; n++; bad += d * d > 1e-14 }
    END { printf "%d means, %d differ\n", n, bad; exit bad > 0 }' ours theirs
for who in rec-eval numpy; do
    read -r seconds kib <$who.time
    row "judge $users lists of $length" $who "$seconds" $((kib / 1024)) \
        "equal to 1e-7" "$(cut -d ' ' -f 1 cat.time)"
done
