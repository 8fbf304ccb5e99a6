# Comparisons as text become vectors: 30 people who like small numbers and 30
# who like large ones compare 10 items. Then questions from the model alone.
awk 'BEGIN {
    for (u = 1; u <= 60; u++)
        for (k = 1; k <= 12; k++) {
            a = (u * 7 + k * 3) % 10; b = (u * 3 + k * k) % 10
            if (a == b) b = (b + 1) % 10
            if ((a < b) != (u % 2)) { t = a; a = b; b = t }
            print "u" u "\ti" a "\ti" b
        }
}' >c.txt
rec-ask --learn --dim=2 --no-provenance -o m.rps c.txt 2>err
sed 's/loss .*//' err
rec-info m.rps | grep -E '^(kind|items|dim|users) '
rec-info --check m.rps | tail -n 1
echo "-- blanks, gzip, a pipe, threads: the same bytes"
tr '\t' ' ' <c.txt | gzip >c.gz
rec-ask -q --learn --dim=2 --no-provenance -@3 c.gz | cmp - m.rps
sed 's/$/\r/' c.txt | rec-ask -q --learn --dim=2 --no-provenance | cmp - m.rps
rec-ask -q --learn --dim=2 --no-provenance --start=random c.txt |
    cmp -s - m.rps && echo "the start does nothing"
echo "-- a history moves the list"
rec-recommend -q -m m.rps --items=i0,i1 --text -n 2 | cut -f 3
rec-recommend -q -m m.rps --items=i9,i8 --text -n 2 | cut -f 3
echo "-- questions need no population; who likes small numbers gets them"
answer() { # for one who likes small ($1 is a) or large numbers (b)
    : >answers
    for n in 1 2 3 4; do
        rec-ask -q -m m.rps --pairs --ratio=9 --stable=0 <answers >out
        awk -F '\t' -v n=$n -v low="$1" '$1 == "ask" && $2 == n {
            a = substr($4, 2) + 0; b = substr($5, 2) + 0
            print ((a < b) == (low == "a") ? "a" : "b")
        }' out >>answers
    done
    rec-ask -q -m m.rps --pairs --ratio=9 --stable=0 --save=me.rps \
        --questions=4 <answers >out
    grep '^end' out
    rec-recommend -q -m m.rps --text -n 3 me.rps | cut -f 3 | sort | tr '\n' ' '
    echo
}
answer a
answer b
echo "-- what is refused"
try() { rec-ask "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
try --learn --pairs c.txt
try --learn -m m.rps c.txt
try --dim=3 -m m.rps
try --learn </dev/null
bad() { printf "$1" >bad.txt; try --learn bad.txt; }
bad 'u a\n'
bad '\nu a b\nu a b c\n'
bad 'u a b\nu a a\n'
bad 'u a b\n'
try --learn --max-mem=1K c.txt
ls | grep -c OUT
true
