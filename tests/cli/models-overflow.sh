# Weights whose products are too large for single precision: an error that
# names the file and what to do, in every method, and never a model.
printf '%s\n' 1,a,1e30 1,b,1e30 2,a,1e30 2,c,1 3,b,2 3,c,1e30 |
    rec-ingest -q -f csv -o x.rps
try() { "$@" -o m.rps x.rps >out 2>&1; echo "$?: $(tail -n 1 out)"; }
for how in "" --side=items --method=sparse --nonneg; do
    try rec-ease -q --lambda=1 $how
done
try rec-ease -q --lambda=20x --nonneg
try rec-svd -q -d 2
try rec-knn -q --similarity=dot
ls
# Where nothing overflows there is a model, and numbers in it.
for p in "rec-ease --double --lambda=1x" "rec-ease --side=users --lambda=1x" \
    "rec-ials -d 2" "rec-ials -d 1" rec-knn rec-walk; do
    $p -q -o m.rps x.rps
    rec-recommend -q -m m.rps --items=a,b --text |
        awk '{ print $3, ($4 > 0 && $4 < 1e30) }'
done
