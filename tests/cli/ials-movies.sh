# Both factor models on the shipped data: better than popularity, the same bytes
# on one thread and on three, the figures of validation those of rec-recommend
# and rec-eval, the log as it should be.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
ndcg() { # of model $1 on the held-out users $2
    rec-recommend -q -m "$1" -n 100 "s/$2.in.rps" |
        rec-eval -q -k 100 --format=tsv -t "s/$2.out.rps" |
        awk '$1 == "ndcg@100" { print $2 }'
}
near() { awk -v a="$1" -v b="$2" -v t="$3" \
    'BEGIN { d = a - b; print (d <= t && d >= -t ? "ok" : a " is not " b) }'; }
above() { awk -v a="$1" -v b="$2" 'BEGIN { print (a > b ? "ok" : a) }'; }
train="rec-ials --dim=32 --lambda=0.02 --epochs=6 --kappa=auto $v"
$train -@1 --log=log -o m.rps s/train.rps 2>err
tail -n 1 err | sed 's/\.[0-9]*//'
head -n 1 log
awk -F '\t' 'NR > 2 && $3 > last * (1 + 1e-6) { print "the objective rises" }
    NR > 1 { last = $3; if (NF != 7) print "fields" } END { print NR }' log
best=$(sort -k 7,7gr log | sed -n '1p' | cut -f 7)
near "$(ndcg m.rps valid)" "$best" 2e-6
above "$(ndcg m.rps test)" 0.23
$train -q -@3 -o m3.rps s/train.rps
cmp m.rps m3.rps
rec-ials -q --dim=48 --block=8 --lambda=0.02 --epochs=6 -o b.rps s/train.rps
above "$(ndcg b.rps valid)" 0.23
rec-svd -q -@1 -d 32 --user-power=0.5 --item-power=0.5 -o d.rps s/train.rps
rec-svd -@3 -d 32 --user-power=0.5 --item-power=0.5 $v -o d3.rps s/train.rps \
    2>err
near "$(ndcg d.rps valid)" "$(awk '/ndcg@100/ { print $3 }' err)" 2e-6
above "$(ndcg d.rps test)" 0.21
rec-svd -q --no-provenance -@1 -d 8 -o d.rps s/train.rps
rec-svd -q --no-provenance -@3 -d 8 -o d3.rps s/train.rps
cmp d.rps d3.rps
# A reason is an event of the history, and the shares of all add up.
rec-recommend -q -m m.rps -n 3 --text --explain=2 s/test.in.rps | head -n 1 |
    awk -F '\t' '{ print NF }'
