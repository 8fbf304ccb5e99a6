# CSV and JSON lines are read back to the same bytes; TREC's text is judged as
# the stream is; matrices have their counts in front.
cat >x.tsv <<'END'
user	item	weight	time
a,b	"quoted"	1	0
a,b	it's \ back	0.1	-1
a,b	 blank 	3.40282347e+38	9223372036854775807
"	""	-1.17549435e-38	-9223372036854775808
é☃	#	16777217	1
END
printf 'raw\xff\x80\tx\x01y\t1e-45\t5\n{\t0\t2\t3\n' >>x.tsv
for n in 2 3 4; do
    cut -f 1-$n x.tsv | rec-ingest -q -f tsv --no-provenance -o a.rps
    for f in csv jsonl; do
        rec-cat -f $f a.rps >x.$f
        rec-ingest -q -f $f --no-provenance x.$f | cmp - a.rps
    done
    rec-cat -f csv --no-header a.rps |
        rec-ingest -q -f csv --header=no --no-provenance | cmp - a.rps
done
cat x.csv x.jsonl | od -c | sed -n '1,12p'

data=$SRC/data/movietweetings-100k
rec-ingest -q --min-weight=7 --min-item=100 --min-user=10 --implicit \
    "$data/ratings.dat.gz" | rec-split -q --protocol=strong --no-valid -o s/
rec-pop -q -o pop.rps s/train.rps
rec-recommend -q -n 20 -m pop.rps -o lists.rps s/test.in.rps
rec-eval -q -f tsv -k 20 -t s/test.out.rps lists.rps >want
rec-cat -f trec lists.rps >run.txt
rec-cat -f trec s/test.out.rps >qrels.txt
head -n 2 run.txt qrels.txt | sed 's/[0-9][0-9][0-9]*/N/g'
rec-eval -q -f tsv -k 20 -t qrels.txt run.txt | diff want -
# A run and qrels as interactions too.
tr ' ' , <run.txt | rec-ingest -q --columns=user,-,item,-,weight,- |
    rec-eval -q -f tsv -k 20 -t s/test.out.rps | diff want -
rec-ingest -q -d ' ' --columns=user,-,item,- qrels.txt |
    rec-eval -q -f tsv -k 20 -t - lists.rps | diff want -
# Of other programs' lists in CSV and JSON lines.
for f in csv jsonl; do
    rec-cat -f $f lists.rps | rec-ingest -q -f $f |
        rec-eval -q -f tsv -k 20 -t s/test.out.rps | diff want -
done

echo "== matrices"
printf 'u1,b,2.5,10\nu1,a,-1,20\nu2,b,1,30\n' | rec-ingest -q -o w.rps
rec-cat -f mtx --row-ids=rows --column-ids=columns w.rps
cat rows columns
cut -d ' ' -f 1,2 <<<"u1 b" | tr ' ' , | rec-ingest -q | rec-cat -f mtx
rec-gram -q w.rps | rec-cat -f mtx
rec-cat -f npy --column-ids=again w.rps | od -A d -c | sed 's/ *$//'
cmp columns again
printf 'x 1 -2\ny 0.5 4\n' | rec-embed -q --from-text -o v.rps
rec-cat -f npy --row-ids=rows v.rps | tail -c 16 | od -f -A n
cat rows
: | rec-ingest -q 2>warning | rec-cat -f mtx

echo "== refused"
run() {
    "$@" 2>&1 >out | grep -v '^Try'
    echo "status ${PIPESTATUS[0]}"
}
run rec-cat -f csv v.rps
run rec-cat -f mtx v.rps
run rec-cat -f npy --column-ids=x v.rps
rec-gram -q -o g.rps w.rps
run rec-cat -f npy g.rps
run rec-cat -f npy pop.rps
run rec-cat -f trec a.rps
run rec-cat -f jsonl --no-header a.rps
run rec-cat --row-ids=x a.rps
run rec-cat -f mtx --row-ids=out.mtx -o out.mtx w.rps
[ ! -e x ] && [ ! -e out.mtx ]
