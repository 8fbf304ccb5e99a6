# The published protocol on the shipped data: recall and NDCG of an
# independent float64 computation, within 2e-4 in single and 1e-5 in double
# precision; popularity likewise, whose ties leave it a little room.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
judge() { # tolerance recall@20 recall@50 ndcg@100; the ranking on stdin
    rec-eval -q -k 20,50,100 --format=tsv -t s/test.out.rps |
        awk -F '\t' -v tol="$1" -v r20="$2" -v r50="$3" -v n100="$4" '
            function near(a, b) { return a - b <= tol && b - a <= tol }
            $1 == "recall@20/min" { ok += near($2, r20); seen = seen " " $2 }
            $1 == "recall@50/min" { ok += near($2, r50); seen = seen " " $2 }
            $1 == "ndcg@100" { ok += near($2, n100); seen = seen " " $2 }
            END { print ok == 3 ? "ok" : "wrong:" seen }'
}
while read -r lambda r20 r50 n100; do
    for how in "2e-4" "1e-5 --double"; do
        set -- $how
        rec-ease --lambda=$lambda $2 s/train.rps |
            rec-recommend -m - -n 100 s/test.in.rps |
            judge $1 $r20 $r50 $n100
    done
done <<EOF
50 0.339958 0.474017 0.242460
150 0.368472 0.480305 0.244006
300 0.371199 0.492266 0.243209
EOF
rec-pop s/train.rps | rec-recommend -m - -n 100 s/test.in.rps >pop.rps
judge 1.1e-3 0.282072 0.42855 0.20475 <pop.rps
rec-eval -q --format=tsv -t s/test.out.rps pop.rps |
    awk -F '\t' '$1 == "recall@20/min" { printf "%.6f\n", $2 }'
