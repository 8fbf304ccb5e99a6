# Popularity within cohorts: shares that anyone can count; the prior; users who
# are not in the training data, in no cohort, or not listed; what is refused.
printf '%s\n' p1,a p1,b p2,a p2,c p3,a q1,b q1,d q2,d q2,b q2,e q3,d r,e |
    rec-ingest -q -f csv -o x.rps
# The first letter of a user is the cohort: by vectors of one direction each.
for u in p1 p2 p3 pnew; do echo "$u 1 0"; done >v.txt
for u in q1 q2 q3 qnew; do echo "$u 0 1"; done >>v.txt
rec-embed -q --from-text v.txt -o v.rps
rec-cluster -q --mode=cohorts -k 2 v.rps -o c.rps
printf '%s\n' pnew,zzz qnew,d r,e other,b | rec-ingest -q -f csv -o h.rps
show() {
    rec-pop -q --by=c.rps "$@" -o m.rps x.rps
    rec-recommend -q -m m.rps --text -n 3 --keep-seen h.rps |
        awk '{ printf "%s %s %s %.6f\n", $1, $2, $3, $4 }'
}
echo "-- shares of the cohort alone; of all for those in none"
show --prior=0
echo "-- drawn towards all: (3 + 2 * 3/7) / (3 + 2) and so on"
show --prior=2
echo "-- by default as of 20; so much that cohorts do not matter"
show | head -n 2
show --prior=1e9 | awk '{ print $3 }' | sort | uniq -c | awk '{ print $2, $1 }'
rec-info m.rps | grep -E '^(kind|items|listed|prior|cohorts)'
rec-info --check m.rps | tail -n 1
echo "-- as any model: filters, threads, a pipe, a fallback, validation"
rec-recommend -q -@3 -m m.rps h.rps -o 3.rps
cat m.rps | rec-recommend -q -@1 -m - h.rps | cmp - 3.rps
rec-ease -q --lambda=1 -o e.rps x.rps
rec-pop -q --by=c.rps --prior=0 -o m.rps x.rps
rec-recommend -q -m e.rps --fallback=m.rps -n 1 --text h.rps |
    grep pnew | cut -f 1-4
printf 'pnew,zzz\nqnew,c\n' | rec-ingest -q -f csv -o in.rps
printf 'pnew,a\nqnew,d\n' | rec-ingest -q -f csv -o out.rps
rec-tune -q --no-times --validate-in=in.rps --validate-out=out.rps \
    'rec-pop -q --by=c.rps --prior={prior} x.rps' prior=0,1000000000 |
    cut -f 1-4
echo "-- what is refused"
try() { rec-pop "$@" 2>&1 >/dev/null | head -n 1; }
try --prior=3 x.rps
try --by=- -
try --by=x.rps x.rps
try --by=c.rps --prior=-1 x.rps
rec-cluster -q --mode=personas --embeddings=<(
    printf 'a 1 0\nb 0 1\nd 1 1\nc 0 2\n' | rec-embed -q --from-text -) \
    x.rps -o p.rps
try --by=p.rps x.rps
rec-pop --by=c.rps x.rps -o m.rps
