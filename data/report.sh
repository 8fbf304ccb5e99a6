#!/bin/bash
# SPDX-License-Identifier: MIT
# All models on the embedded MovieTweetings data, judged on the same test users:
# means with intervals, every model against every other one, who is found and
# shown by deciles of the items and of the users, how evenly items are shown;
# as a table, and as a page with plots where gnuplot is installed.
#
#   bash data/report.sh [FOLDER OF THE PROGRAMS [PREFIX]]
#
# To standard output: a table of model, ndcg@100 with its interval, recall@20/min,
# coverage@20, gini@20; then of every pair of models the change in ndcg@100 with
# its interval, the p-value of the randomisation test, that after Holm's
# correction for the number of pairs, and the effect. With PREFIX also the reports
# that rec-eval wrote, as PREFIX-*, and PREFIX.html.
#
# From the environment: MODELS, some of those below [all]; DIR, what rec-split -o
# DIR/ wrote [the embedded data]; DRAWS, of users, for intervals and tests [10000].
set -euo pipefail
[ -z "${DIR-}" ] || DIR=$(cd "$DIR" && pwd)
. "$(dirname "$0")/study.inc"
[ -z "$prefix" ] || prefix=$(cd "$(dirname "$prefix")" && pwd)/${prefix##*/}
cd "$work"
recipes=$here/recipes.tsv
# shellcheck disable=SC2086
set -- ${MODELS-$(grep -v '^#' "$recipes" | cut -f 1)}

train() { # MODEL
    local command
    command=$(awk -F '\t' -v m="$1" '$1 == m { print $3 }' "$recipes")
    if [ -z "$command" ]; then
        echo "report.sh: no model '$1'" >&2
        return 1
    fi
    (cd "$dir" && sh -c "$command")
}
judge() {
    rec-eval -q -t "$dir/test.out.rps" --draws="${DRAWS-10000}" -f tsv "$@"
}
shown=("--exposure=$dir/train.rps" "--history=$dir/test.in.rps")
for m; do
    train "$m" >"$m.model"
    rec-recommend -q -m "$m.model" -n 100 -o "$m" "$dir/test.in.rps"
    judge -k 20 --metrics=recall/all,ndcg --by-popularity="$dir/train.rps" \
        --by-activity="$dir/test.in.rps" -o "$m.parts" "$m"
    judge -k 20 "${shown[@]}" --per-item -o "$m.items" "$m"
done
judge -k 20,50,100 "${shown[@]}" -o runs "$@"

awk -F '\t' -v first="$1" '
    BEGIN {
        print "model\tndcg@100\tlow\thigh\trecall@20/min\tcoverage@20\tgini@20"
    }
    NR == 1 { alone = $1 == "metric" } # of one ranking: no names, no pairs
    NR == 1 { next }
    alone { $0 = first "\t\t" $0 }
    $2 == "" {
        if (!($1 in seen)) { seen[$1] = 1; name[++n] = $1 }
        mean[$1, $3] = $4
        low[$1, $3] = $6
        high[$1, $3] = $7
        next
    }
    $3 == "ndcg@100" {
        pair[++pairs] = sprintf("%s\t%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%.3f",
            $1, $2, $4, $6, $7, $8, $9, $10)
    }
    END {
        for (i = 1; i <= n; i++) {
            m = name[i]
            printf "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.3f\t%.3f\n", m,
                mean[m, "ndcg@100"], low[m, "ndcg@100"],
                high[m, "ndcg@100"], mean[m, "recall@20/min"],
                mean[m, "coverage@20"], mean[m, "gini@20"]
        }
        if (pairs == 0)
            exit
        print ""
        print "model\tagainst\tchange\tlow\thigh\tp\tholm\teffect"
        for (i = 1; i <= pairs; i++)
            print pair[i]
    }' runs
[ -n "$prefix" ] || exit 0
cp runs "$prefix-runs.tsv"
for m; do
    cp "$m.parts" "$prefix-$m.parts.tsv"
    cp "$m.items" "$prefix-$m.items.tsv"
done
if command -v gnuplot >/dev/null; then
    looked=ndcg,recall/min,recall/all,mrr,exposure,popularity,lift,novelty
    looked=$looked,tail,miscalibration,coverage,gini,effective,shown
    rec-plot -f html --title="Models on MovieTweetings" --metrics=$looked \
        -o "$prefix.html" runs "${@/%/.parts}" "${@/%/.items}"
fi
