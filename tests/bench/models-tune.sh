#!/bin/bash
# SPDX-License-Identifier: MIT
# The recipes of models.sh, with options tuned on validation users. With the
# programs in PATH:
#     tests/bench/models-tune.sh DIR [METRIC] >RECIPES
# DIR is what rec-split -o DIR/ wrote: train.rps, valid.in.rps, valid.out.rps;
# METRIC [ndcg@100] chooses. DIMS [64 256 1024] are the dimensions of iALS,
# VAE [0.1 0.3] the betas of Mult-VAE that are tried. How many epochs, iALS and
# Mult-VAE are told by validation, and the recipe by a number, so that it can
# be used on more data than it was tuned on. All trials go to DIR/trials.NAME.
set -euo pipefail
dir=$1 metric=${2-ndcg@100}
cd "$dir"
valid=(--validate-in=valid.in.rps --validate-out=valid.out.rps)
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# most NAME WANT: of a table with a header, column WANT of the line with the
# most in column NAME.
most() {
    awk -F '\t' -v name="$1" -v want="$2" '
        NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
        best == "" || $at[name] > best {
            best = $at[name]; answer = $at[want]
        }
        END { print answer }'
}

# tune NAME COMMAND NAME=VALUES...: the command of the best trial.
tune() {
    local name=$1
    shift
    rec-tune -q "${valid[@]}" --metric="$metric" -o "trials.$name" "$@"
    grep -v failed "trials.$name" | most "$metric" command
}
recipe() { # TITLE NAME COMMAND NAME=VALUES...
    local title=$1
    shift
    printf '%s\t%s\n' "$title" "$(tune "$@")"
}
# A program that is told by validation when to end: then say the epoch.
recipe_epochs() { # TITLE NAME COMMAND NAME=VALUES...
    local title=$1 best epochs anneal
    shift
    best=$(tune "$1" "$2 ${valid[*]} train.rps" "${@:3}")
    sh -c "$best --log=$work/log" >/dev/null 2>"$work/err"
    epochs=$(most ndcg@100 epoch <"$work/log")
    best=$(echo "${best% "${valid[*]}" train.rps}" |
        sed 's/ --epochs=[0-9]*//; s/ --patience=[0-9]*//')
    # Half of 100 epochs, which would be another number of updates of fewer.
    anneal=$(awk 'NR == 2 && updates { print " --anneal=" 50 * $2 }
        { updates = $2 == "updates" }' "$work/log")
    printf '%s\t%s\n' "$title" "$best$anneal --epochs=$epochs train.rps"
}

printf 'popularity\trec-pop train.rps\n'
recipe ItemKNN knn 'rec-knn -q --similarity={s} --weighting={w} --shrink={h} '\
'-k {k} train.rps' s=cosine,asymmetric,jaccard w=none,tfidf,bm25 \
    h=0,5,20,100 k=50,200,1000
recipe RP3beta walk 'rec-walk -q --alpha={a} --beta={b} -k {k} train.rps' \
    a=0.3,0.5,0.7,0.9,1.1 b=0,0.1,0.2,0.3,0.4,0.5,0.6,0.7 k=200,1000
for d in ${DIMS-64 256 1024}; do
    recipe_epochs "iALS, $d dimensions" "ials$d" \
        "rec-ials -q -d $d --unobserved={u} --lambda={l} --epochs=30" \
        u=0.01,0.03,0.1,0.3 l=0.003,0.006,0.012,0.025,0.05
done
recipe SVD svd 'rec-svd -q -d {d} --user-power={a} --item-power={b} '\
'--score-power={c} train.rps' d=8,16,32,64,128,256 a=0,0.25,0.5 b=0,0.25,0.5 \
    c=0,0.25
recipe EASE ease 'rec-ease -q --lambda={l} train.rps' \
    l=50,100,150,200,300,500,700,1000,1500
recipe 'EASE, best of the family' family 'rec-ease -q --lambda={l} '\
'--user-power={a} --item-power={b} --score-power={c} --dropout={p} '\
'--xi={x} train.rps' l=5x,10x,20x,40x a=0.2,0.4 b=0.2,0.4 c=0.1,0.2,0.4 \
    p=0,0.1,0.3 x=0,1
recipe_epochs Mult-VAE vae 'rec-train-vae -q --beta={b} --epochs=100 '\
'--patience=20' b="${VAE-0.1,0.3}"
