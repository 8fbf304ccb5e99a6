# Several lambdas: the best on validation users is kept, and is the model that
# it would be alone; the figures are those of rec-recommend and rec-eval.
# Without validation all of them are written.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
list=50,150,600
for side in items users; do
    echo "-- $side"
    rec-ease --side=$side --lambda=$list $v -o m.rps s/train.rps 2>err
    awk '{ for (i = 2; i <= NF; i++) printf "%s ", $i; print "" }' err |
        sed 's/\([0-9]\.[0-9]\{4\}\)[0-9]*/\1/g'
    rec-recommend -m m.rps -n 100 s/valid.in.rps |
        rec-eval -q -k 20,100 --format=tsv -t s/valid.out.rps |
        awk '/^recall@20/ || /^ndcg/ { print $1, substr($2, 1, 6), substr($3, 1, 6) }'
    rec-ease --side=$side --lambda=$list -o all/ s/train.rps
    ls all
    best=$(grep -aoE 'lambda [0-9]+' m.rps | head -n 1 | cut -d ' ' -f 2)
    rec-ease --no-provenance --side=$side --lambda=$best -o one.rps s/train.rps
    rec-ease --no-provenance --side=$side --lambda=$list $v -q -o m.rps \
        s/train.rps
    rec-ease --no-provenance --side=$side --lambda=600,$best -o all/ s/train.rps
    cmp one.rps m.rps
    cmp one.rps all/$best.rps
done
rec-ease --lambda=2x,4x $v s/train.rps 2>&1 >m.rps | cut -c 1-30
try() { rec-ease "$@" s/train.rps >out 2>&1; echo "$?: $(head -n 1 out)"; }
try --lambda=1,2
try --lambda=1,1 -o x
try --lambda=1,,2 -o x
try --lambda=1, -o x
try --lambda=1 --validate-in=s/valid.in.rps
try --lambda=1 --validate-in=- --validate-out=-
try --lambda=1 --validate-in=s/valid.in.rps --validate-out=none
try --lambda=1 --validate-in=s/valid.in.rps --validate-out=m.rps
try --lambda=1,2 -o s/no/x
