#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job, from a ratings file to recommendations and a measured answer to
# "is it any better than popularity?". Every line that starts with $ is run as
# shown.
#
#   sh data/demo.sh [FOLDER OF THE PROGRAMS]
set -eu
data=$(cd "$(dirname "$0")/movietweetings-100k" && pwd)
[ -z "${1-}" ] || PATH=$(cd "$1" && pwd):$PATH
LC_ALL=C
export PATH LC_ALL
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cp "$data"/*.gz "$work"
cd "$work"

say() {
    printf '\n%s\n' "$*"
}
run() {
    printf '$ %s\n' "$1"
    eval "$1"
}
# Titles of the ids on standard input, one per line, in order.
titles() {
    gzip -dc movies.dat.gz | awk -F :: '
        NR == FNR { title[$1] = $2; next }
        { print "    " ($1 in title ? title[$1] : $1) }' - "$1"
}

say "1. 100,000 film ratings become interactions: liked (7 or more), films with
   5 fans, fans with 5 films."
run "rec-ingest --min-weight=7 --implicit --min-item=5 --min-user=5 \\
      ratings.dat.gz -o likes.rps"

say "2. 500 users are held out for validation, 500 for the test; of each, 80% of
   the films are shown to the model and 20% are to be guessed."
run "rec-split -o s/ --protocol=liang2018 --held-out=500 --seed=98765 likes.rps"

say "3. Two models of the training users: popularity, and EASE."
run "rec-pop s/train.rps -o pop.rps"
run "rec-ease --lambda=150 s/train.rps -o ease.rps"

say "4. Three users the models have never seen: what they liked, and ten films
   they might like, with the reason."
for user in 1414 8110 509; do
    rec-cat s/test.in.rps | awk -F '\t' -v u="$user" \
        'NR == 1 || $1 == u' >history.tsv
    awk -F '\t' 'NR > 1 { print $2 }' history.tsv >ids
    say "User $user liked"
    titles ids
    run "rec-ingest -q history.tsv | rec-recommend -q -m ease.rps -n 10 --text \\
      --titles=movies.dat.gz --explain=2"
done

say "5. Is it any better than popularity? Both are judged on the 20% that neither
   has seen: means over the test users, with their standard errors."
for model in pop ease; do
    run "rec-recommend -q -m $model.rps -n 100 s/test.in.rps |
      rec-eval -q -t s/test.out.rps --format=tsv >$model.tsv"
done
printf '\n%-16s %11s          %11s\n' '' popularity EASE
paste pop.tsv ease.tsv | awk -F '\t' '
    $1 ~ /^(recall@20.min|recall@50.min|ndcg@100|map@100|hit@20|mrr)$/ {
        printf "%-16s %11.4f ± %.4f %11.4f ± %.4f\n", $1, $2, $3, $7, $8
    }'
