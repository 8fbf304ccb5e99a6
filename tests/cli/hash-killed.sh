# Killed at random moments of an update, the table is the old one or the new
# one, whole; the update is then made again, and ends as if nothing had been.
awk 'BEGIN { for (i = 0; i < 40000; i++) print "user" i % 5000 "," i }' |
    rec-ingest -q -f csv -o x.rps
printf 'u,old\n' | rec-ingest -q -f csv | rec-hash -t old >/dev/null
cp old new
rec-hash -t new x.rps >/dev/null
for n in $(seq 12); do
    cp old t
    rec-hash -t t x.rps >/dev/null 2>err &
    pid=$!
    sleep "0.0$(printf %03d $((n * 8)))"
    { kill -KILL $pid && wait $pid; } 2>/dev/null
    cmp -s t old || cmp -s t new || echo "neither the old nor the new table"
    rec-hash -q --check t
    rec-hash -t t x.rps >/dev/null
    rec-hash --list -t t | cmp - <(rec-hash --list -t new)
    rm -f .t.*
done
true
