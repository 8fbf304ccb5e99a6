# The same bytes from any number of threads, from files and from pipes.
gzip -dc "$SRC/data/movietweetings-100k/ratings.dat.gz" >a.dat
sed 's/::/","/g; s/^/"/; s/$/"/' a.dat >quoted.csv
awk -F:: '{ord[NR] = $0} END {for (i = NR; i > 0; i--) print ord[i]}' a.dat >b.dat
for f in a.dat quoted.csv; do
    rec-ingest -q -@ 1 --no-provenance $f -o 1.rps
    for n in 2 3 8; do
        rec-ingest -q -@ $n --no-provenance $f | cmp - 1.rps
    done
    cat $f | rec-ingest -q --no-provenance | cmp - 1.rps
    (head -c 70001 $f; tail -c +70002 $f) | rec-ingest -q --no-provenance |
        cmp - 1.rps
done
rec-ingest -q --no-provenance a.dat | cmp - 1.rps
# Also what it was made of, as only the bytes of the text count.
rec-ingest -q -@ 1 a.dat -o 1.rps
cat a.dat | rec-ingest -q -@ 2 - | cmp - 1.rps
gzip -c a.dat | rec-ingest -q -@ 2 - | cmp - 1.rps
rec-ingest -q -@ 1 --duplicates=sum a.dat b.dat -o 1.rps
rec-ingest -q -@ 2 --duplicates=sum a.dat b.dat | cmp - 1.rps
