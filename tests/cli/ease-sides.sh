# Solved for users, the published protocol has the same figures as for items;
# lists do not depend on -@; mapped or piped, the model is the same.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
for how in "2e-4" "1e-5 --double"; do
    set -- $how
    rec-ease --side=users --lambda=150 $2 -o m.rps s/train.rps
    rec-recommend -m m.rps -n 100 s/test.in.rps |
        rec-eval -q -k 20,50,100 --format=tsv -t s/test.out.rps |
        awk -F '\t' -v tol="$1" '
            function near(a, b) { return a - b <= tol && b - a <= tol }
            $1 == "recall@20/min" { print $1, near($2, 0.368472) }
            $1 == "recall@50/min" { print $1, near($2, 0.480305) }
            $1 == "ndcg@100" { print $1, near($2, 0.244006) }'
done
rec-ease --side=users --lambda=150 -o m.rps s/train.rps
for history in s/test.in.rps s/train.rps; do
    rec-recommend --no-provenance -@ 1 -m m.rps -n 20 -o 1.rps $history
    rec-recommend --no-provenance -@ 2 -m m.rps -n 20 -o 2.rps $history
    cmp 1.rps 2.rps
    cat m.rps | rec-recommend --no-provenance -m - -n 20 -o 2.rps $history
    cmp 1.rps 2.rps
done
grep -aoE 'model/ease[a-z-]*|users [0-9]+' m.rps
# The smaller side is chosen.
printf '%s\n' 1,a 1,b 2,a 2,c | rec-ingest -q -f csv >x.rps
for side in auto items users; do
    rec-ease --side=$side --lambda=1 x.rps | tee m.rps |
        rec-recommend -m - --text -n 1 x.rps | awk '{ printf "%s %s %.4f\n", $1, $3, $4 }'
    grep -aoE 'model/ease[a-z-]*' m.rps
done
