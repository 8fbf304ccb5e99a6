# --sorted writes the same bytes as without, when the users stand together.
gzip -dc "$SRC/data/movietweetings-100k/ratings.dat.gz" | sed 's/::/,/g' |
    sort -s -t , -k 1,1n >a.csv
for o in "--role=x" "--min-weight=7 --implicit" "--duplicates=sum" "--min-user=9" "--header=no"; do
    rec-ingest -q $o a.csv -o a.rps
    rec-ingest -q $o --sorted a.csv | cmp - a.rps
    rec-ingest -q $o --sorted -@ 1 - <a.csv | cmp - a.rps
done
head -n 50000 a.csv >b.csv
tail -n +50001 a.csv >c.csv
rec-ingest -q a.csv -o a.rps
rec-ingest -q --sorted b.csv c.csv | cmp - a.rps
printf 'u i j\nv i\nv k\n' | rec-ingest --sorted | rec-cat
: | rec-ingest --sorted | rec-cat
# A user who comes back is named with his line, duplicates too.
printf 'u,i\nv,i\n' >d.csv
printf '\nv,j\nw,i\nu,j\n' >e.csv
rec-ingest --sorted -o out.rps d.csv e.csv
printf 'u,i\nv,i\nv,j\nv,i\n' >f.csv
rec-ingest --sorted --duplicates=error -o out.rps f.csv
ls *.rps
# What needs all users is refused.
rec-ingest --sorted --min-item=2
echo $?
rec-ingest --sorted --min-user=2 --kcore
echo $?
# A block without any event is no user.
printf '"a\nb",i\n' | rec-ingest -q --sorted --bad-lines=skip | rec-cat
