# Text of rec-cat, read back, is the same stream: ids with commas, quotes,
# blanks, UTF-8 and raw bytes; weights and times at their ends.
cat >x.tsv <<'EOF'
user	item	weight	time
a,b	"quoted"	1	0
a,b	it's	0.1	-1
a,b	 blank 	3.40282347e+38	9223372036854775807
"	""	-1.17549435e-38	-9223372036854775808
é☃	#	16777217	1
EOF
printf 'raw\xff\x80\tx\x01y\t1e-45\t5\n-\t0\t2\t3\n' >>x.tsv
rec-ingest -q -f tsv --no-provenance -o a.rps x.tsv
rec-cat a.rps | rec-ingest -q -f tsv --no-provenance -o b.rps
cmp a.rps b.rps
rec-cat b.rps | tail -n +2 | od -An -c | head -n 4
# Every set of columns.
for n in 2 3; do
    cut -f 1-$n x.tsv | rec-ingest -q -f tsv --no-provenance -o a.rps
    rec-cat a.rps | rec-ingest -q -f tsv --no-provenance | cmp - a.rps
    rec-cat --no-header a.rps |
        rec-ingest -q -f tsv --header=no --no-provenance | cmp - a.rps
done
# A ranking has the same text.
printf 'u a 2\nu b 1\nv a 0.5\n' |
    "$BUILD/tests/make-stream" -k ranking -z 1 | rec-cat
