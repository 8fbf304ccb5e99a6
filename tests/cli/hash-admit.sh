# Frequency and chance filters, kept over runs.
rows() { tr ' ' , | rec-ingest -q -f csv; }
list() { rec-hash --list -t "$1" | cut -f 1,2,4; }
echo third time lucky
for day in 1 2 3; do
    printf 'u1 a\nu2 a\nu3 b\n' | rows |
        rec-hash -t t --admit=3 --sketch=100 --unknown=left | rec-cat -
    cat left
done
list t
echo chance: 95 of 100 by the fifth event, whatever the runs
awk 'BEGIN { for (i = 0; i < 2000; i++) print "u", i }' | rows >x
for day in 1 2 3 4 5; do
    rec-hash -q -t c --items --admit=5 --admit-by=chance x >/dev/null
done
list c | awk '{ n++ } END { print (n > 1870 && n < 1930) }'
