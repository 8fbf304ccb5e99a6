#!/bin/sh
# SPDX-License-Identifier: MIT
# A table of models: accuracy on held-out users with its standard error,
# coverage, time and memory. With the programs in PATH:
#     tests/bench/models.sh DIR RECIPES
# DIR is what rec-split -o DIR/ wrote: train.rps, test.in.rps, test.out.rps.
# RECIPES has lines "name TAB command"; each command runs in DIR and writes a
# model on standard output. Lines that begin with # are left out. METRICS names
# the columns of rec-eval that are wanted [recall@20/min recall@50/min
# ndcg@100]. Coverage is the share of the items of the training data that are
# in somebody's list of 20. Time and memory are those of making the model and,
# after the +, of making all lists from it.
set -eu
dir=$1 recipes=$(realpath "$2")
metrics=${METRICS-recall@20/min recall@50/min ndcg@100}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"
items=$(rec-cat --no-header train.rps | cut -f 2 | sort -u | wc -l)

printf '%-28s' model
for m in $metrics; do
    printf ' %15s' "$m"
done
printf ' %9s %14s %13s\n' coverage seconds MiB
grep -v '^#' "$recipes" | while IFS="$(printf '\t')" read -r name command; do
    [ -n "$command" ] || continue
    if ! /usr/bin/time -o "$work/fit" -f '%e %M' sh -c "$command" \
        >"$work/model" 2>"$work/err" </dev/null ||
        ! /usr/bin/time -o "$work/serve" -f '%e %M' rec-recommend -q \
            -m "$work/model" -n 100 -o "$work/run" test.in.rps \
            2>>"$work/err"; then
        printf '%-28s failed: %s\n' "$name" "$(tail -n 1 "$work/err")"
        continue
    fi
    rec-eval -q -k 20,50,100 --format=tsv -t test.out.rps "$work/run" \
        >"$work/eval"
    printf '%-28s' "$name"
    for m in $metrics; do
        awk -F '\t' -v m="$m" '
            $1 == m { printf " %7.4f %7.4f", $2, $3; found = 1 }
            END { if (!found) printf " %15s", "-" }' "$work/eval"
    done
    rec-cat --no-header "$work/run" |
        awk -F '\t' -v items="$items" '
            $1 != user { user = $1; n = 0 }
            ++n <= 20 && !seen[$2]++ { found++ }
            END { printf " %9.3f", found / items }'
    awk 'FNR == 1 { t[++k] = $1; m[k] = $2 / 1024 }
        END { printf " %7.2f+%6.2f %6.0f+%6.0f\n", t[1], t[2], m[1], m[2] }' \
        "$work/fit" "$work/serve"
done
