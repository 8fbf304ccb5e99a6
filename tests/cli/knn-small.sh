# Nothing, one user, one item: every model is a model. Then by hand.
none() { printf 'u,i\n' | rec-ingest -q -f csv --header=yes; }
one() { echo u,i | rec-ingest -q -f csv; }

none >n.rps
one >o.rps
for train in rec-knn "rec-knn -k 0 --weighting=bm25" "rec-knn --side=users" \
    "rec-knn --side=users --weighting=tfidf" rec-walk; do
    for data in n o; do
        for fold in n o; do
            echo "-- $train $data $fold"
            $train $data.rps | rec-recommend -m - $fold.rps | rec-cat
            $train $data.rps >m.rps
            rec-recommend -q -m m.rps --keep-seen --text $fold.rps
        done
    done
done
# Tea has 2 users of 3, milk 1, and they share 1; the weight of tea is 3 or 1.
printf '%s\n' 1,tea,3 1,milk,1 2,tea,1 3,jam,1 | rec-ingest -q -f csv >x.rps
show() { # HISTORY PROGRAM OPTIONS...: scores and reasons
    local items=$1
    shift
    echo "-- $* $items"
    "$@" -o m.rps x.rps
    rec-recommend -q -m m.rps --items=$items -n 1 --explain=1 --text |
        awk -F '\t' '{ printf "%s %.5g %s\n", $3, $4, $5 }'
}
for similarity in cosine asymmetric conditional jaccard dice; do
    show tea rec-knn --shrink=0 --binary --similarity=$similarity
    show tea rec-knn --shrink=1 --similarity=$similarity
done
show tea rec-knn --binary --similarity=dot
show tea rec-knn --similarity=dot
show tea rec-knn --shrink=0 --similarity=conditional --exponent=0 --binary
show milk rec-knn --shrink=0 --similarity=conditional --exponent=0 --binary
show tea rec-knn --side=users --shrink=0 --binary
show milk rec-knn --side=users --shrink=0
show tea rec-walk --alpha=1 --beta=0 --binary
show tea rec-walk --alpha=1 --beta=0
show milk rec-walk --alpha=1 --beta=1
