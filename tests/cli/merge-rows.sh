# Joining streams gives the bytes of rec-ingest on the joined texts.
text() { # FIRST LAST: events of about 30 users, 25 items
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++) {
            x = (i * 7919 + 13) % 10007
            printf "u%d,i%d,%.1f,%d\n", x % 31, int(x / 31) % 25,
                x % 10 / 2, 1000000 + x % 4999
        }
    }'
}
text 1 400 >a.csv
text 401 403 >b.csv
text 404 1500 >c.csv
for f in a b c; do
    rec-ingest -q --no-provenance --duplicates=last $f.csv >$f.rps
done

# As each file has its own duplicates resolved, those rules that may be
# applied in stages agree with one pass over everything.
for how in last first max sum; do
    for f in a b c; do
        rec-ingest -q --duplicates=$how $f.csv >$f.$how.rps
    done
    cat a.csv b.csv c.csv |
        rec-ingest -q --no-provenance --duplicates=$how >all.rps
    rec-merge -q --no-provenance --duplicates=$how {a,b,c}.$how.rps |
        cmp - all.rps && echo "$how: the same"
done
# Without weights, too; and when the weights come from counting.
for how in last sum; do
    for f in a b c; do
        cut -d , -f 1,2 $f.csv >$f.pairs
        rec-ingest -q --duplicates=$how $f.pairs >$f.p.rps
    done
    cat a.pairs b.pairs c.pairs |
        rec-ingest -q --no-provenance --duplicates=$how >all.rps
    rec-merge -q --no-provenance --duplicates=$how {a,b,c}.p.rps |
        cmp - all.rps && echo "$how of pairs: the same"
done

# One stream, by a file, a pipe and standard input; several pipes; deflated.
rec-merge -q --no-provenance a.rps | cmp - a.rps
rec-merge -q --no-provenance <a.rps | cmp - a.rps
rec-merge -q --no-provenance a.rps b.rps c.rps >abc.rps
rec-merge -q --no-provenance - <(cat b.rps) c.rps <a.rps | cmp - abc.rps
rec-merge -q --no-provenance <(rec-merge -qz a.rps b.rps) c.rps |
    cmp - abc.rps
rec-merge -q --no-provenance -@ 3 -o out.rps a.rps b.rps c.rps &&
    cmp out.rps abc.rps
rec-merge --no-provenance -o out.rps a.rps b.rps c.rps
