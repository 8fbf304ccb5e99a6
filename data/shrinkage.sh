#!/bin/sh
# SPDX-License-Identifier: MIT
# What sharing strength is worth: the histories of the held-out test users are
# cut to their first 1, 2, 5 and 10 films, and lists made from them by
# popularity and by iALS with the user's own vector only (kappa 0) and mixed
# with the mean user (kappa estimated from the training users).
#
#   sh data/shrinkage.sh [FOLDER OF THE PROGRAMS [PREFIX]]
#
# A table goes to standard output: films shown, model, ndcg@100 and its
# standard error. With PREFIX also to PREFIX.tsv, and as a plot to PREFIX.svg
# where gnuplot is installed.
set -eu
. "$(dirname "$0")/study.inc"
rec-pop -o "$work/popularity" "$dir/train.rps"
# 0.1 (the default), 0.02 and 8 were the best on the validation users.
for kappa in 0 auto; do
    rec-ials -q --dim=64 --lambda=0.02 --epochs=8 --kappa=$kappa \
        -o "$work/kappa=$kappa" "$dir/train.rps"
done
table() {
    printf 'films\tmodel\tndcg@100\tse\n'
    for n in 1 2 5 10; do
        rec-cat "$dir/test.in.rps" |
            awk -F '\t' -v n=$n 'NR == 1 || seen[$1]++ < n' |
            rec-ingest -q -f tsv -o "$work/cut.rps"
        for model in popularity kappa=0 kappa=auto; do
            rec-recommend -q -m "$work/$model" -n 100 "$work/cut.rps" |
                rec-eval -q -k 100 --format=tsv -t "$dir/test.out.rps" |
                awk -F '\t' -v n=$n -v m=$model '$1 == "ndcg@100" {
                    printf "%d\t%s\t%.4f\t%.4f\n", n, m, $2, $3 }'
        done
    done
}
table >"$work/table"
cat "$work/table"
if [ -n "$prefix" ]; then
    cp "$work/table" "$prefix.tsv"
    if command -v gnuplot >/dev/null; then
        gnuplot -e "table='$prefix.tsv'; plot_to='$prefix.svg'" \
            "$here/shrinkage.gp"
    fi
fi
