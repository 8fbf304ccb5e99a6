# Several files, gzip by content, files that are not what they should be.
printf 'u,i,1\nv,j,2\n' >a.csv
printf 'item\tuser\trating\nk\tu\t3\n' | gzip >b
(cat b; gzip -c <<'X'
m	w	4
X
) >c
rec-ingest a.csv - c <b | rec-cat
: >empty
rec-ingest empty a.csv | rec-cat
rec-ingest empty | rec-cat
printf '\r\n\n' | rec-ingest | rec-cat
head -c 20 b >cut
rec-ingest cut -o out.rps
(head -c 30 b; echo garbage) >damaged
rec-ingest damaged -o out.rps
(cat b; echo tail) >tail
rec-ingest tail -o out.rps
printf 'u,i\n' >d.csv
rec-ingest a.csv d.csv -o out.rps
rec-ingest d.csv a.csv -o out.rps
rec-ingest -q a.csv -o a.rps
rec-ingest a.rps -o out.rps
rec-ingest a.csv missing -o out.rps
rec-ingest . -o out.rps
echo word | rec-ingest -o out.rps
head -c 300 /dev/zero | rec-ingest -o out.rps
printf 'u,i,1,\nv' | rec-ingest -o out.rps
printf '[1,2]\n' | rec-ingest -f jsonl -o out.rps
printf 'a,b\n' | rec-ingest -f tsv -o out.rps
ls | grep out
