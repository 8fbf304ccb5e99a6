# Nothing, one user, one item, a history of nothing: every model is a model.
export OPENBLAS_NUM_THREADS=1
none() { printf 'u,i\n' | rec-ingest -q -f csv --header=yes; }
one() { echo u,i | rec-ingest -q -f csv; }

none >n.rps
one >o.rps
for train in "" --dae --likelihood=logistic --likelihood=gaussian --hidden=0 \
    --hidden=4,3 --prior=composite --sampled=1; do
    for data in n o; do
        for fold in n o; do
            echo "-- $train $data $fold"
            rec-train-vae -q -@ 1 --latent=2 --epochs=2 $train $data.rps |
                rec-recommend -q -m - $fold.rps | rec-cat
            rec-train-vae -q -@ 1 --latent=2 --epochs=2 $train -o m.rps $data.rps
            rec-recommend -q -m m.rps --keep-seen --text $fold.rps |
                cut -f 1-3
        done
    done
done

# A user without a known item gets what is popular.
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" >x.rps
rec-train-vae -q -@ 1 --hidden=30 --latent=10 --epochs=5 -o m.rps x.rps
rec-pop x.rps | rec-recommend -m - -n 50 --items=none --text 2>/dev/null |
    cut -f 3 | sort >popular
rec-recommend -m m.rps -n 50 --items=none --text 2>/dev/null | cut -f 3 |
    sort | comm -12 popular - | wc -l | awk '{ print ($1 >= 25) }'

# One user alone: all his items are above what nobody has.
printf '%s\n' u,a u,b u,c | rec-ingest -q -f csv -o u.rps
rec-train-vae -q -@ 1 --latent=2 --hidden=3 --epochs=100 u.rps |
    rec-recommend -m - --keep-seen --text u.rps | cut -f 3 | sort
