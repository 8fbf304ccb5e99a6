#!/bin/bash
# SPDX-License-Identifier: MIT
# What the number of dimensions does to accuracy and to what is shown, after
# Ohsaka and Togashi, "Curse of low dimensionality in recommender systems",
# SIGIR 2023: iALS, truncated SVD and Mult-VAE, tuned on validation users for
# every dimension, judged once on test users; popularity and EASE, of full rank,
# beside them.
#
#   bash data/dimension-study.sh [FOLDER OF THE PROGRAMS [PREFIX]]
#
# A table goes to standard output: model, dimensions (of EASE the number of
# items), ndcg@100 and its standard error, recall@20/min, and of the first 20
# places: popularity (mean count of the items shown), lift, coverage, gini and
# effective (items shown alike that would be as diverse); then what was chosen.
# With PREFIX also to PREFIX.tsv, and as a plot to PREFIX.svg where gnuplot is
# installed.
#
# From the environment: DIR, what rec-split -o DIR/ wrote [the embedded
# MovieTweetings data]; DIMS [2 4 8 16 32 64 128 256 512]; MODELS [ials svd vae].
set -euo pipefail
. "$(dirname "$0")/study.inc"
valid=("--validate-in=$dir/valid.in.rps" "--validate-out=$dir/valid.out.rps")

# judge MODEL DIMENSIONS CHOSEN: a line for the model in $work/best
judge() {
    rec-recommend -q -m "$work/best" -n 100 "$dir/test.in.rps" |
        rec-eval -q -k 20,100 --draws=100 --format=tsv -t "$dir/test.out.rps" \
            --exposure="$dir/train.rps" --history="$dir/test.in.rps" |
        awk -F '\t' -v name="$1" -v dim="$2" -v chosen="$3" '
            { mean[$1] = $2; error[$1] = $3 }
            END {
                printf "%s\t%s\t%.4f\t%.4f\t%.4f\t%.1f\t%.2f\t%.3f\t%.3f\t%.1f",
                    name, dim, mean["ndcg@100"], error["ndcg@100"],
                    mean["recall@20/min"], mean["popularity@20"],
                    mean["lift@20"], mean["coverage@20"], mean["gini@20"],
                    mean["effective@20"]
                printf "\t%s\n", chosen
            }'
}
# study MODEL DIMENSIONS COMMAND NAME=VALUES...: the best trial, judged
study() {
    local name=$1 dim=$2 chosen
    shift 2
    rec-tune -q "${valid[@]}" --best="$work/best" -o "$work/trials" "$@"
    chosen=$(awk -F '\t' '
        NR == 1 { for (k = 1; k <= NF; k++) if ($k == "ndcg@100") m = k
                  for (k = 3; k < m; k++) name[k] = $k; next }
        $2 == "ok" && (!found || $m > best) {
            found = 1; best = $m; text = ""
            for (k = 3; k < m; k++)
                text = text (k > 3 ? " " : "") name[k] "=" $k
        }
        END { print text }' "$work/trials")
    judge "$name" "$dim" "$chosen"
}
table() {
    local d items
    items=$(rec-info "$dir/train.rps" | awk '$1 == "items" { print $2 }')
    printf 'model\tdimensions\tndcg@100\terror\trecall@20/min\tpopularity@20\t'
    printf 'lift@20\tcoverage@20\tgini@20\teffective@20\tchosen\n'
    rec-pop -q -o "$work/best" "$dir/train.rps"
    judge popularity 1 ''
    for model in ${MODELS-ials svd vae}; do
        for d in ${DIMS-2 4 8 16 32 64 128 256 512}; do
            case $model in
            ials)
                study ials "$d" "rec-ials -q -d $d --unobserved={unobserved} \
                    --lambda={lambda} --epochs=10 '$dir/train.rps'" \
                    unobserved=0.03,0.1,0.3 lambda=0.006,0.012,0.025,0.05
                ;;
            svd)
                study svd "$d" "rec-svd -q -d $d --user-power={user} \
                    --item-power={item} '$dir/train.rps'" \
                    user=0,0.25,0.5 item=0,0.25,0.5
                ;;
            vae)
                study vae "$d" "rec-train-vae -q --hidden=$d --latent=$d \
                    --beta={beta} --epochs=60 --patience=10 ${valid[*]} \
                    '$dir/train.rps'" beta=0.1,0.3
                ;;
            esac
        done
    done
    study ease "$items" "rec-ease -q --lambda={lambda} '$dir/train.rps'" \
        lambda=50,100,150,200,300,500
}
table >"$work/table"
cat "$work/table"
if [ -n "$prefix" ]; then
    cp "$work/table" "$prefix.tsv"
    if command -v gnuplot >/dev/null; then
        gnuplot -e "table='$prefix.tsv'; plot_to='$prefix.svg'" \
            "$here/dimension-study.gp"
    fi
fi
