#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of rec-ease(1): every member of the family, without and with
# degree normalisation, chosen by ndcg on validation users and reported on test
# users. With the programs in PATH:
#     tests/bench/ease-table.sh DIR [GRID]
# DIR is what rec-split -o DIR/ wrote: train.rps, valid.in.rps, valid.out.rps,
# test.in.rps, test.out.rps; of a split by events (train.rps, valid.out.rps and
# test.out.rps alone) give links to train.rps for what is missing. GRID has
# lines "NAME TAB OPTIONS", several for a member, whose best is taken; the
# default tries the lambdas, dropouts, xis and powers below.
#
# METRICS names three columns of rec-eval [recall@20/min recall@50/min
# ndcg@100]; CHOOSE is what chooses [ndcg@100], among those that rec-ease
# prints. REFIT=FILE: what is chosen learns again from FILE before the test.
# The table is that of models.sh; the recipes follow it.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
dir=$1
metrics=${METRICS-recall@20/min recall@50/min ndcg@100}
choose=${CHOOSE-ndcg@100}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# Members by name: dropouts, xis; then the same with powers.
default_grid() {
    for powers in "" 0.2 0.3 0.4 0.5; do
        lambdas=25,50,100,200,400,800
        name=
        more=
        if [ -n "$powers" ]; then
            lambdas=2x,5x,10x,20x,40x,80x
            name=", powers"
            more="--user-power=$powers --item-power=$powers"
        fi
        member() { # NAME DROPOUTS XIS
            for p in $2; do
                for xi in $3; do
                    printf '%s%s\t--lambda=%s --dropout=%s --xi=%s %s\n' \
                        "$1" "$name" $lambdas "$p" "$xi" "$more"
                done
            done
        }
        member EASE 0 0
        member RLAE 0 "0.1 0.3 0.5 0.7"
        member LAE 0 1
        member EDLAE "0.1 0.3 0.5" 0
        member RDLAE "0.1 0.3 0.5" "0.1 0.3 0.5"
        member DLAE "0.1 0.3 0.5" 1
    done
}
if [ $# -gt 1 ]; then
    cp "$2" "$work/grid"
else
    default_grid >"$work/grid"
fi

# Every line of the grid: NAME, figure, lambda, options.
while IFS="$(printf '\t')" read -r name options; do
    # shellcheck disable=SC2086
    rec-ease $options --validate-in="$dir/valid.in.rps" \
        --validate-out="$dir/valid.out.rps" -o /dev/null "$dir/train.rps" \
        2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    # The lambda as given, for data of another size, stands in the options.
    given=$(echo "$options" | sed -n 's/.*--lambda=\([^ ]*\).*/\1/p')
    awk -v choose="$choose" -v name="$name" -v given="$given" \
        -v options="$options" '
        BEGIN { split(given, lambda, ",") }
        $2 == "lambda" && $3 ~ /^recall/ {
            for (i = 2; i <= NF; i++) if ($i == choose) column = i
            table = 1
            next
        }
        table && NF >= 6 && $2 ~ /^[0-9]/ {
            k++
            if (best == "" || $column > best) { best = $column; at = k }
        }
        END {
            sub(/--lambda=[^ ]*/, "--lambda=" lambda[at], options)
            printf "%s\t%s\t%s\n", name, best, options
        }' "$work/log" >>"$work/all"
done <"$work/grid"

# What was chosen, as recipes; models.sh makes the table.
train=$(realpath "${REFIT-$dir/train.rps}")
cut -f 1 "$work/all" | awk '!seen[$0]++' | while read -r name; do
    options=$(awk -F '\t' -v n="$name" '
        $1 == n && (best == "" || $2 > best) { best = $2; o = $3 }
        END { print o }' "$work/all")
    printf '%s\trec-ease -q %s %s\n' "$name" "$options" "$train"
done >"$work/recipes"
METRICS=$metrics sh "$source/models.sh" "$dir" "$work/recipes"
echo
cat "$work/recipes"
