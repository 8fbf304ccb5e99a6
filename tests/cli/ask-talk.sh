# A conversation as a terminal shows it: 60 people, half of them of science
# fiction (s1 to s8), half of romance (r1 to r8); the first of each the most
# popular. Vectors of three numbers tell these apart.
awk 'BEGIN {
    for (u = 1; u <= 60; u++)
        for (i = 1; i <= 8; i++) {
            if ((u * 7 + i * i * 3) % 23 < 22 - 2 * i)
                print "u" u "," (u % 2 ? "s" : "r") i
            if ((u * 5 + i * 11) % 29 < 9 - i)
                print "u" u "," (u % 2 ? "r" : "s") i
        }
}' | rec-ingest -q -f csv -o x.rps
for i in 1 2 3 4 5 6 7 8; do
    printf 's%d::Star %d\nr%d::Love %d\n' $i $i $i $i
done >titles.dat
rec-svd -q --dim=3 --value-power=0 -o m.rps x.rps
# Scores are rounded further, and those of 0 have no sign.
talk() {
    rec-ask -m m.rps --titles=titles.dat "$@" x.rps |
        awk -F '\t' -v OFS='\t' '$1 == "list" {
            $3 = sprintf("%.2f", $3 + 1e-9); $4 = sprintf("%.2f", $4)
        } { print }'
}
echo "-- nobody says anything: the list of the average person"
talk -n 4 </dev/null
echo "-- somebody who likes science fiction"
printf '%s\n' like dislike skip like | talk -n 4 --questions=4 --pool=6
echo "-- the same by pairs, and quits"
printf '%s\n' b a quit | talk -n 3 --pairs
echo "-- nonsense, other words, other lines: asked again, never taken"
{
    printf 'yes\n\nlke\na\nlikes\n \t like \t \r\n'
    head -c 100000 /dev/zero | tr '\0' x
    printf '\nlike\0\n'
    head -c 300 /dev/urandom | tr -d '\n'
    printf '\ndislike'
} | talk -n 2 --questions=2
echo "-- first letters, capitals"
printf '%s\n' LIKE Dis s l | talk -n 2 --questions=4 --pool=6 >short
printf '%s\n' like dislike skip like | talk -n 2 --questions=4 --pool=6 |
    cmp - short
echo "-- a title that is not there, no titles"
printf 's1::Only this\n' >one.dat
printf 'like\n' | rec-ask -m m.rps --titles=one.dat -n 1 --questions=1 x.rps |
    cut -f 1,2,5-
printf 'like\n' | rec-ask -q -m m.rps -n 1 --questions=1 x.rps | cut -f 1,2,5-
echo "-- contradictions: a before b before c before a"
# Of three pairs of three items: whoever is right, nobody wins.
three() {
    rec-ask -m m.rps -n 20 --pool=3 --pairs --ratio=9 --stable=0 x.rps
}
three </dev/null >0.txt
pool=$(rec-cat --no-header x.rps | cut -f 2 | sort | uniq -c |
    sort -k 1,1nr | awk 'NR <= 3 { printf "%s", $2 }')
order=$pool$pool # each pair is in it one way round: a circle
: >answers
for n in 1 2 3; do
    three <answers >out
    pair=$(awk -F '\t' -v n=$n '$1 == "ask" && $2 == n { print $4 $5 }' out)
    case $order in *"$pair"*) echo a ;; *) echo b ;; esac >>answers
done
three <answers >out
grep -c '^ask' out
awk -F '\t' 'NR == FNR && $1 == "list" { sd[$5] = $4; s[$5] = $3 }
    NR > FNR && $1 == "list" {
        if (!($5 in sd) || $4 > sd[$5]) print "less certain of " $5
        d = $3 - s[$5]; if (d * d > most) most = d * d
    }
    END { print (most < .01 ? "the scores hardly move" : "moved: " most) }' \
    0.txt out
echo "-- the end: nothing to ask, all clear, a list that stays, no question"
end() { yes skip | talk "$@" | grep -v '^list' | tail -n 1; }
end --pool=1
end --tolerance=1
end --questions=0
yes like | rec-ask -m m.rps --stable=1 --questions=99 --pool=16 -n 2 x.rps |
    grep '^end'
yes like | rec-ask -m m.rps --stable=0 --questions=99 --pool=16 -n 2 x.rps |
    grep '^end'
