# Degree normalisation by its options: lambda in units of the median mass, the
# scale of scores, and what the model says of itself.
printf '%s\n' 1,a 1,b 2,a 3,a 3,b 3,c 4,a | rec-ingest -q -f csv >x.rps
say() {
    rec-ease -o m.rps "$@" x.rps
    grep -aoE '(lambda|[a-z]+-power) [0-9.e+-]+' m.rps
    rec-recommend -m m.rps --items=b --text |
        awk '{ printf "%s\t%.5g\n", $3, $4 }' # the last digits are the BLAS's
}
say --lambda=2x
say --item-power=0.5 --lambda=2x
say --item-power=0.5 --user-power=0.25
say --item-power=0.5 --user-power=0.25 -q --normalised-scores
say --item-power=0.5 --user-power=0.25 -q --score-power=0.4
for bad in --lambda=x --lambda=0x --lambda=2xx --user-power=3 --item-power=-1 \
    "--score-power=0.1 --normalised-scores"; do
    rec-ease $bad x.rps 2>&1 | head -n 1
done
# The order of the scores of the two scales differs by popularity alone.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
for more in "" --normalised-scores; do
    rec-ease -q --user-power=0.3 --item-power=0.3 --lambda=20x $more s/train.rps |
        rec-recommend -m - -n 100 s/test.in.rps |
        rec-eval -q -k 100 --format=tsv -t s/test.out.rps |
        awk '$1 == "ndcg@100" { printf "%.4f\n", $2 }'
done
