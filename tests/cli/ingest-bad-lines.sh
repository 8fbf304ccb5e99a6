# A bad line is an error that names file and line, whatever the threads ...
printf 'u,i,1\r\n\n"a\nb",c,1\r\nv,j,2\nv,j,x\nw,k,nan\nw,"k,1\n' >bad.csv
printf 'u,i,1\nv,j,2\nv,j,x\nw,k,nan\nw,k\n,i,1\nu,,1\nw,k,inf\nw,l,1e99\nw,m,2' >more.csv
for n in 1 2; do
    rec-ingest -@ $n -o out.rps bad.csv
    echo $?
    rec-ingest -@ $n more.csv | cat
done
ls
# ... or is left out, and kept as it was in a file.
rec-ingest --bad-lines=skip --reject=reject -v bad.csv | rec-cat
od -c reject
rec-ingest --bad-lines=skip --reject=reject -v more.csv bad.csv | rec-cat
cat reject
# Nothing of a bad line gets into the dictionaries.
printf 'u,i,1\nv,j,2\nw,m,2\n' | rec-ingest -q --no-provenance -o a.rps
rec-ingest -q --no-provenance --bad-lines=skip more.csv | cmp - a.rps
# A quote that is never closed must not lose the lines behind it unseen.
printf 'u,i,1\nv,"j,2\nw,k,3\n' >quote.csv
rec-ingest --bad-lines=skip --reject=reject -o quote.rps quote.csv
echo $?
ls quote.*
# A failure leaves neither the output nor the rejected lines behind.
rm reject
printf 'u,i,1\n' >other.csv
rec-ingest --bad-lines=skip --reject=reject -o out.rps more.csv missing.csv
echo $?
ls
