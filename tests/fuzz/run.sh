#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzz every target in turn: run.sh FUZZER SECONDS [CORPUS [TARGET...]].
# SECONDS are for all together. The corpus (made by seeds.sh where there is
# none) grows; a line for each target says how many executions there were and
# how much of the code they reached. Ends at the first finding, whose input is
# left in CORPUS/TARGET-*; see HACKING.
set -u
fuzzer=$1 seconds=$2 corpus=${3:-corpus}
shift 3 2>/dev/null || shift $#
[ $# -gt 0 ] || set -- stream rows gram model table vectors calibration \
    checkpoint text gzip lists ids number
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$corpus" ] || bash "$here/seeds.sh" "$corpus" || exit 1
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
export ASAN_OPTIONS=${ASAN_OPTIONS-allocator_may_return_null=1:quarantine_size_mb=8}
each=$((seconds / $#))
[ $each -gt 0 ] || each=1
printf '%-12s %12s %8s %8s %8s\n' target executions cov ft corpus
total=0
for target; do
    mkdir -p "$corpus/$target"
    most=8192
    case $target in text | gzip | lists | ids | number) most=2048 ;; esac
    known=()
    [ ! -d "$here/regress/$target" ] || known=("$here/regress/$target")
    "$fuzzer" --target="$target" -max_total_time=$each -max_len=$most \
        -timeout=20 -malloc_limit_mb=512 -rss_limit_mb=3000 \
        -print_final_stats=1 -artifact_prefix="$corpus/$target-" \
        "$corpus/$target" \
        ${known[@]+"${known[@]}"} >"$corpus/$target.log" 2>&1
    status=$?
    n=$(sed -n 's/^stat::number_of_executed_units: *//p' \
        "$corpus/$target.log")
    total=$((total + ${n:-0}))
    awk -v t="$target" -v n="${n:-0}" '
        { for (i = 1; i < NF; i++) { if ($i == "cov:") { cov = $(i + 1) }
              if ($i == "ft:") { ft = $(i + 1) }
              if ($i == "corp:") { corp = $(i + 1) } } }
        END { printf "%-12s %12d %8d %8d %8s\n", t, n, cov, ft, corp }' \
        "$corpus/$target.log"
    if [ $status -ne 0 ]; then
        grep -m 1 -A 12 'ERROR\|runtime error\|^fuzz: ' \
            "$corpus/$target.log"
        echo "fuzz: $target failed; see $corpus/$target.log" >&2
        exit 1
    fi
done
echo "total        $(printf %12d $total)"
