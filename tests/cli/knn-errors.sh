# What is refused, with which status, and that nothing is left behind.
printf '%s\n' 1,a,2 1,b,1 2,a,3 | rec-ingest -q -f csv >x.rps
printf '%s\n' 1,a,2 1,b,-1 2,a,3 | rec-ingest -q -f csv >n.rps
rec-pop -o pop.rps x.rps
try() { "$@" >out 2>&1; echo "$?: $(head -n 1 out)"; }

v="--validate-in=x.rps --validate-out=x.rps"
for k in x 1.5 -1 '' 1, 1,,2 4294967295 nan; do try rec-knn -k "$k" $v x.rps; done
try rec-knn --shrink=-1 x.rps
try rec-knn --shrink=1,2 x.rps
try rec-knn --shrink=1,2 --validate-in=x.rps x.rps
try rec-knn --shrink=$(seq -s, 17) $v x.rps
try rec-knn --validate-in=- --validate-out=x.rps
try rec-knn --validate-in=x.rps --validate-out=pop.rps x.rps
try rec-knn --similarity=tanimoto x.rps
try rec-knn --weighting=idf x.rps
try rec-knn --side=both x.rps
try rec-knn --exponent=0.5 x.rps
try rec-knn --shrink=5 --similarity=dot x.rps
try rec-knn --keep=history --side=users x.rps
try rec-knn --weighting=bm25 -o m.rps n.rps
try rec-knn --side=users --weighting=tfidf -o m.rps n.rps
try rec-knn --weighting=bm25 --binary -o bm25.rps n.rps
try rec-knn -o m.rps pop.rps
for side in items users; do try rec-knn --max-mem=10 --side=$side -o m.rps x.rps; done
try rec-walk --alpha=-1 x.rps
try rec-walk --alpha=0.5x x.rps
try rec-walk --beta=5 x.rps
try rec-walk -k 0.5 x.rps
try rec-walk --beta=0.1,0.2 x.rps
try rec-walk --max-mem=10 -o m.rps x.rps
try rec-walk -o m.rps n.rps
try rec-walk --binary -o walk.rps n.rps
rm out
ls
