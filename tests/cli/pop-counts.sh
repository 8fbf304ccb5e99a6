# Popularity counts users; ties fall to the hash of the id, not to arrival.
printf 'u1,a\nu1,b\nu2,b\nu2,c\nu3,b\nu3,a\nu4,d\n' | rec-ingest -q -f csv >x.rps
rec-pop x.rps | rec-recommend -m - --keep-seen -n 3 --text x.rps
echo the weight of an event does not count
printf 'u1,a,9\nu1,b,1\nu2,b,2\n' | rec-ingest -q -f csv | rec-pop >w.rps
rec-recommend -m w.rps --items=zzz --text
