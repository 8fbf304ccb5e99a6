# Every format, guessed and named, gives the same stream.
printf 'u1,i1,4,10\nu1,i2,3.5,20\nu2,i1,1,30\n' >a.csv
tr , '\t' <a.csv >a.tsv
sed 's/,/::/g' a.csv >a.dat
printf '%s\n' '{"user":"u1","item":"i1","rating":4,"time":10}' \
    '{"time":20,"item":"i2","other":[1,{"x":"]"}],"rating":3.5,"user":"u1"}' \
    '{"user":"u2","item":"i1","rating":"1","time":"30"}' >a.jsonl
rec-ingest -q -o want.rps --no-provenance a.csv
rec-cat want.rps
for f in csv tsv dat jsonl; do
    rec-ingest -q --no-provenance a.$f | cmp - want.rps && echo $f guessed
    rec-ingest -q --no-provenance -f $f a.$f | cmp - want.rps &&
        echo $f named
done
tr , ';' <a.csv | rec-ingest -q --no-provenance -d ';' | cmp - want.rps
rec-ingest -q --no-provenance -d '\t' a.tsv | cmp - want.rps
printf 'u1 i1 i2\nu2\ti1\nu3\nu4  \n' | rec-ingest | rec-cat
rec-ingest -v -o /dev/null a.csv
rec-ingest -v -o /dev/null a.jsonl
