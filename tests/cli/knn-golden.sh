# The published protocol on the shipped data: figures of neighbourhood and walk
# models computed independently, with dense matrices in double precision of
# which ties are broken by the same rule. No sum depends on the machine; 2e-5
# leaves room for another libm.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
while read -r n100 r20 program options; do
    # shellcheck disable=SC2086
    "$program" $options s/train.rps |
        rec-recommend -m - -n 100 s/test.in.rps |
        rec-eval -q -k 20,100 --format=tsv -t s/test.out.rps |
        awk -F '\t' -v n100="$n100" -v r20="$r20" '
            function near(a, b) { return a - b <= 2e-5 && b - a <= 2e-5 }
            $1 == "recall@20/min" { ok += near($2, r20); seen = seen " " $2 }
            $1 == "ndcg@100" { ok += near($2, n100); seen = seen " " $2 }
            END { print ok == 2 ? "ok" : "wrong:" seen }'
done <<EOF
0.239975 0.365516 rec-knn -k 100 --shrink=10
0.246190 0.361655 rec-knn -k 100 --shrink=20 --similarity=jaccard --keep=history
0.222890 0.326458 rec-knn -k 200 --shrink=5 --weighting=bm25 --similarity=asymmetric --exponent=0.3
0.236755 0.356501 rec-knn -k 200 --shrink=20 --side=users --weighting=tfidf
0.239380 0.362033 rec-walk -k 200 --alpha=0.6 --beta=0.4
0.229787 0.336622 rec-walk -k 0 --alpha=1 --beta=0
EOF
