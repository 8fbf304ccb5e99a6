# A duplicate keeps the place of the first; what it says is a choice.
printf 'u,i,1,50\nu,j,2,60\nv,i,3,70\nu,i,4,40\nu,i,2,45\n' >a.csv
for how in last first sum max; do
    echo $how
    rec-ingest --duplicates=$how a.csv | rec-cat --no-header
done
rec-ingest --duplicates=error a.csv | cat
printf 'v,i,3,70\n' >b.csv
rec-ingest --duplicates=error b.csv a.csv -o out.rps
rec-ingest --duplicates=error b.csv b.csv -o out.rps
# Without weights a sum counts, and has weights.
printf 'u,i\nu,j\nu,i\n' >c.csv
rec-ingest -q --duplicates=sum c.csv | rec-cat
rec-ingest -q --duplicates=sum --implicit c.csv | rec-cat
rec-ingest -q --duplicates=sum --min-weight=2 c.csv | rec-cat
rec-ingest -q c.csv | rec-cat
printf 'u,i,1\nv,j,3e38\nv,k,1\nv,j,3e38\n' | rec-ingest --duplicates=sum -o out.rps
