#!/bin/bash
# SPDX-License-Identifier: MIT
# Which likelihood? Multinomial, logistic and Gaussian VAE, their denoising
# relatives, and RecVAE, each tuned on validation users over the grid below and
# judged once on test users. With the programs in PATH, or in the build folder:
#     tests/bench/vae-likelihoods.sh [DIR]
# DIR is what rec-split -o DIR/ wrote; without it the embedded MovieTweetings
# data, split as in Liang et al. (2018). EPOCHS [40] is the most that a trial
# takes, PATIENCE [10] how long it goes on without a better one, HIDDEN [200]
# and LATENT [100] the network, THREADS [1].
#
# Grids: beta (of RecVAE gamma) and, of a Gaussian, the confidence; of the
# denoising ones decay. All else is the default.
set -euo pipefail
data=${1-} epochs=${EPOCHS-40} patience=${PATIENCE-10}
hidden=${HIDDEN-200} latent=${LATENT-100} threads=${THREADS-1}
source=$(cd "$(dirname "$0")" && pwd)
PATH=$PWD/cmd:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
if [ -z "$data" ]; then
    rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
        "$source/../../data/movietweetings-100k/ratings.dat.gz" |
        rec-split -q --protocol=liang2018 --held-out=500 --seed=98765 \
            -o "$dir/"
    data=$dir
fi
valid="--validate-in=$data/valid.in.rps --validate-out=$data/valid.out.rps"

row() { # NAME OPTIONS VALUES...: the best trial, and it on test users
    local name=$1 options=$2 chosen
    shift 2
    # shellcheck disable=SC2086
    rec-tune $valid -q -@ "$threads" --best="$dir/best.rps" -o "$dir/trials" \
        "rec-train-vae -q -@ $threads --binary --latent=$latent \
            --epochs=$epochs --patience=$patience $options $valid \
            $data/train.rps" "$@"
    chosen=$(awk -F '\t' '
        NR == 1 { for (k = 1; k <= NF; k++) if ($k == "ndcg@100") m = k
                  for (k = 3; k < m; k++) name[k] = $k; next }
        $2 == "ok" && (!found || $m > best) {
            found = 1; best = $m; text = ""
            for (k = 3; k < m; k++) text = text " " name[k] "=" $k
        }
        END { print text }' "$dir/trials")
    rec-recommend -q -m "$dir/best.rps" -n 100 "$data/test.in.rps" |
        rec-eval -q -k 20,50,100 --format=tsv -t "$data/test.out.rps" |
        awk -F '\t' -v name="$name" -v chosen="$chosen" '
            $1 == "recall@20/min" || $1 == "recall@50/min" || $1 == "ndcg@100" {
                text[$1] = sprintf("%.4f +-%.4f", $2, $3)
            }
            END { printf "%-22s %s  %s  %s %s\n", name, text["recall@20/min"],
                      text["recall@50/min"], text["ndcg@100"], chosen }'
}

printf '%-22s %-14s  %-14s  %-14s  %s\n' '' recall@20 recall@50 ndcg@100 chosen
vae="--hidden=$hidden --beta={beta}"
row 'VAE multinomial' "$vae" beta=0.05,0.2,0.5
row 'VAE logistic' "$vae --likelihood=logistic" beta=0.05,0.2,0.5
row 'VAE gaussian' "$vae --likelihood=gaussian --confidence={c}" \
    beta=0.02,0.1,0.5 c=2,10,50
dae='--dae --decay={decay}'
row 'DAE multinomial' "$dae" decay=2e-6,2e-5,2e-4
row 'DAE logistic' "$dae --likelihood=logistic" decay=2e-6,2e-5,2e-4
row 'DAE gaussian' "$dae --likelihood=gaussian --confidence={c}" \
    decay=2e-6,2e-5 c=2,10,50
wide=$hidden,$hidden,$hidden,$hidden,$hidden
row 'RecVAE' "--prior=composite --hidden=$wide --gamma={gamma}" \
    gamma=0.002,0.005,0.02
