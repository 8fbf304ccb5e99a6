# Lines "ITEM:" above lines of user, rating and date: the same stream as from
# csv, with any number of threads, wherever blocks are cut.
rec-ingest -v <<'END' | rec-cat
1:
u1,4,2005-09-06
u2,3,2005-09-07
a b:

u1,5,2005-09-08
2:
3:
u3,1.5,1970-01-02
END
printf '1:\r\nu1\r\n2:\r\nu1\r\nu2' | rec-ingest -q --columns=user | rec-cat
printf '1:\n1,u1,-\n' |
    rec-ingest -q -f netflix --columns=weight,user,- | rec-cat
printf '1:\n86400000,u1\n' |
    rec-ingest -q --columns=time,user --time-format=ms | rec-cat

# Items with many users and items with one; headings far from the next.
awk 'BEGIN {
    for (i = 1; i <= 3000; i++) {
        print "item" i ":" >"a.netflix"
        n = i % 1000 == 7 ? 40000 : i % 9
        for (u = 0; u < n; u++) {
            line = (i * 31 + u * 7919) % 200003 "," 1 + u % 5
            date = "20" 10 + u % 9 "-0" 1 + i % 9 "-1" u % 9
            print line "," date >"a.netflix"
            print line "," date ",item" i >"a.csv"
        }
    }
}'
rec-ingest -q -@ 1 --no-provenance --time-format=iso \
    --columns=user,weight,time,item -o want.rps a.csv
for n in 1 3; do
    rec-ingest -q -@ $n --no-provenance a.netflix | cmp - want.rps
done
gzip -c a.netflix | rec-ingest -q --no-provenance | cmp - want.rps
# A heading belongs to its file alone.
split -l 70000 a.netflix part.
last=part.aa
for part in part.a[b-z]; do
    head -n 1 "$part" | grep -q : ||
        { grep : $last | tail -n 1; cat "$part"; } >new
    [ ! -s new ] || mv new "$part"
    last=$part
done
rec-ingest -q --no-provenance part.* | cmp - want.rps

echo "== refused"
run() {
    printf "$1" >x.txt
    shift
    rec-ingest -q "$@" x.txt 2>&1 >/dev/null | grep -v '^Try'
    echo "status ${PIPESTATUS[0]}"
}
run '1:\nu1,4\n'
run '1:\nu1,4,1127952000\n'
run '1:\n,4,2005-09-06\n'
run 'u1,4,2005-09-06\n1:\n' -f netflix
run '1:\nu1\n' --columns=user,item
run '1:\nu1\n' --columns=time
run '1:\nu1\n' --header=yes
run '1:\nu1,4,2005-09-06\nu2,x,2005-09-06\n:\nu3,4,2005-09-06\n' \
    --bad-lines=skip
run '1:\nu1,4,2005-09-06\nu1,4,x\n' --bad-lines=skip
