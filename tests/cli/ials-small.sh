# Users without events and items without users, one of each, nothing at all,
# more dimensions than either: models are made, and recommend.
ingest() { rec-ingest -q -f csv --header=no -o "$1"; }
printf 'u1,a\n' | ingest one.rps
printf 'u1,a\nu1,b\nu2,b\nu2,c\nu3,a\nu3,c\n' | ingest few.rps
rec-ingest -q -f csv --header=no -o none.rps </dev/null
for train in "rec-ials --dim=5 --lambda=0.1" "rec-svd --dim=5"; do
    echo "-- ${train%% *}"
    for x in none one few; do
        $train -q -o m.rps $x.rps || echo "$x failed"
        rec-info --check m.rps
        rec-recommend -q -m m.rps --keep-seen --text few.rps |
            awk -F '\t' -v x=$x '{ print x, $1, $3, ($4 == $4 + 0) }' | sort
    done
done
# Weights are confidences: with one user who has both, the heavier event has
# the higher score; not so with --binary, where they are alike.
printf 'u1,a,1\nu1,b,9\nu2,a,1\nu2,b,9\n' | ingest w.rps
for how in "" --binary; do
    rec-ials -q --dim=2 --lambda=0.3 $how w.rps |
        rec-recommend -q -m - --keep-seen --text w.rps |
        awk -F '\t' '$1 == "u1" { s[$3] = $4 }
            END { d = s["b"] - s["a"]; print (d > 0.01), (d * d < 1e-8) }'
done
