# Nothing, one user, one item: every model is a model.
none() { printf 'u,i\n' | rec-ingest -q -f csv --header=yes; }
one() { echo u,i | rec-ingest -q -f csv; }

none >n.rps
one >o.rps
for train in "rec-ease -q" "rec-ease -q --double" "rec-ease -q --side=users" \
    rec-pop; do
    for data in n o; do
        for fold in n o; do
            echo "-- $train $data $fold"
            $train $data.rps | rec-recommend -m - $fold.rps | rec-cat
            $train $data.rps >m.rps
            rec-recommend -q -m m.rps --keep-seen --text $fold.rps
        done
    done
done
# One user: all his items are alike. G + lambda I = 1 1' + lambda I has
# weights 1 / (lambda + n - 1).
printf '%s\n' u,a u,b u,c u,d u,e | rec-ingest -q -f csv >u.rps
rec-ease --lambda=1 u.rps | rec-recommend -m - --items=a --text | cut -f 4 |
    awk '{printf "%.5f\n", $1}'
