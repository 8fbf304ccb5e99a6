# Of lists of options, the model that is best on validation users is written,
# the same as if it had been asked for; the figures are those of rec-recommend
# and rec-eval.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
try() { # OPTIONS... -- OPTIONS OF THE BEST...
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    echo "-- ${options[*]}"
    "${options[@]}" $v --no-provenance -o m.rps s/train.rps 2>err
    sed 's/\([0-9]\.[0-9]\{4\}\)[0-9]*/\1/g; s/  */ /g; s/^[^:]*: //' err
    rec-recommend -m m.rps -n 100 s/valid.in.rps |
        rec-eval -q -k 20,100 --format=tsv -t s/valid.out.rps |
        awk '/^recall@20/ || /^ndcg/ { print $1, substr($2, 1, 6), substr($3, 1, 6) }'
    "${options[0]}" "$@" --no-provenance -o one.rps s/train.rps
    cmp one.rps m.rps
}
try rec-knn -k 20,100 --shrink=0,20 -- -k 100 --shrink=20
try rec-knn --side=users -k 20,200 --shrink=5 -- --side=users -k 200 --shrink=5
try rec-walk --alpha=0.5,1 --beta=0.1,0.4 -k 100 -- --alpha=0.5 --beta=0.4 -k 100
rec-walk -k 10,20 $v -q s/train.rps >m.rps
