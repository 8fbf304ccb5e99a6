# A model learnt from a Gram matrix has the bytes of that learnt from the rows.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-item=60 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" >x.rps
rec-split -q --protocol=strong --held-out=200 -o s. x.rps
rec-gram -q -o g.gram s.train.rps
rec-gram -q --binary -o b.gram s.train.rps
ease() { rec-ease -q --no-provenance --side=items -@ 1 "$@"; }
same() { # GRAM [OPTION...]: also those that the rows need
    local gram=$1
    shift
    ease $rows "$@" s.train.rps >rows.model
    ease "$@" $gram >gram.model && cmp rows.model gram.model &&
        echo "same $*"
}
rows=
same g.gram
same g.gram --lambda=500
same g.gram --lambda=20x --double
same g.gram --dropout=0.3 --xi=0.4
same g.gram --lambda=100,1000 --validate-in=s.valid.in.rps \
    --validate-out=s.valid.out.rps
rows=--binary
same b.gram --lambda=2x
same b.gram --lambda=50 --binary
ease --lambda=300 <g.gram | cmp - <(ease --lambda=300 s.train.rps)

# Several models: the matrix is read again.
ease --lambda=10,100,1000 -o rows. s.train.rps
ease --lambda=10,100,1000 -o gram. g.gram
for l in 10 100 1000; do cmp rows.$l.rps gram.$l.rps; done

# A matrix kept up to date gives the model of the data.
rec-merge -q s.train.rps s.test.in.rps >now.rps
rec-gram -q --base=s.train.rps now.rps | rec-merge -q g.gram - |
    ease --lambda=300 | cmp - <(ease --lambda=300 now.rps)

# With powers of the counts the matrix is not rounded on the way: nearly.
list() { rec-recommend -q -m - -n 20 s.test.in.rps | rec-eval -q -k 20 \
    --format=tsv -t s.test.out.rps | awk '{ printf "%s %.4f\n", $1, $2 }'; }
cmp <(ease --item-power=0.4 --lambda=20x s.train.rps | list) \
    <(ease --item-power=0.4 --lambda=20x g.gram | list) && echo item-power

# Nothing.
printf 'u,i\n' | rec-ingest -q -f csv --header=yes >none.rps
rec-gram -q none.rps | ease | cmp - <(ease none.rps)

try() { rec-ease -q "$@" 2>err >out; echo "$?: $(head -n 1 err)"; }
try --user-power=0.5 g.gram
try --side=users g.gram
try --binary g.gram
try --lambda=1,2 -o m. <g.gram
try --max-mem=100K g.gram
rec-gram -q --base=now.rps s.train.rps >change.gram
try change.gram
head -c 100000 g.gram >cut.gram
try cut.gram
ls m.* 2>/dev/null
rec-ease --lambda=7 -v g.gram 2>&1 >/dev/null | head -n 1
strings -n 4 <(rec-ease -q --lambda=7 g.gram) | grep '^rec-ease' | wc -w
