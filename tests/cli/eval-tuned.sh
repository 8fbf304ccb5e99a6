# A ranking whose making had the truth as an input is judged with a warning.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --min-item=40 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=100
judge() { rec-eval -q -k 20 --metrics=ndcg --draws=100 "$@" | wc -l; }
say() {
    echo "$1"
    echo "$1" >&2
}
list() { rec-recommend -q -m - -n 20 "$1"; }
say "an honest one"
rec-ease -q --lambda=100 s/train.rps | list s/test.in.rps >run
judge -t s/test.out.rps run
say "chosen on it"
rec-ease -q --lambda=50,100 --validate-in=s/valid.in.rps \
    --validate-out=s/valid.out.rps s/train.rps | list s/valid.in.rps >run
judge -t s/valid.out.rps run
judge -t s/test.out.rps run # other users, who have no lists
say "learnt from it"
rec-merge -q s/train.rps s/valid.out.rps >all.rps
rec-pop -q all.rps | list s/valid.in.rps >run
judge -t s/valid.out.rps - <run
say "learnt from all that was split"
rec-ingest -q --min-weight=7 --min-item=40 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" >x.rps
rec-split -q -o t/ --protocol=liang2018 --held-out=100 x.rps
rec-pop -q x.rps | list t/test.in.rps >run
judge -t t/test.out.rps run
rec-pop -q t/train.rps | list x.rps >run
judge -t t/test.out.rps run
rec-pop -q t/train.rps | list t/test.in.rps >run
judge -t t/test.out.rps run
rec-pop -q s/train.rps | list s/valid.in.rps >honest
rec-pop -q all.rps | list s/valid.in.rps >run
say "one of two"
rec-pop -q s/train.rps | list s/valid.in.rps >honest
judge -t s/valid.out.rps honest run
say "without provenance nobody knows"
rec-cat run | rec-ingest -q -f tsv --no-provenance -o plain
judge -t s/valid.out.rps plain
