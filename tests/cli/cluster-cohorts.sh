# Cohorts and codes: planted clouds are found, centres place what comes later,
# balanced sizes, equal vectors told apart, too few vectors refused.
awk 'BEGIN {
    for (i = 0; i < 60; i++) {
        c = i % 3
        printf "v%02d %g %g %g\n", i, (c == 0) * 5 + i % 7 / 50,
            (c == 1) * 5 + i % 5 / 50, (c == 2) * 5 + i % 4 / 50
    }
}' >v.txt
rec-embed -q --from-text v.txt -o v.rps
echo "-- cohorts: one for each third"
rec-cluster --mode=cohorts -k 3 --save-centres=c.rps --report=r.tsv v.rps \
    -o g.rps
rec-cat --no-header g.rps |
    awk '{ print substr($1, 2) % 3, $2 }' | sort | uniq -c |
    awk '{ print $1, $2 }'
awk -F '\t' '{ print $1 == "all" ? $2 : NF, $3 + 0 < 0.01, ($4 > 0.9) }' r.tsv
tail -n 1 r.tsv
rec-info c.rps | grep -E '^(kind|dimension)'
echo "-- and for what comes later"
printf 'new1 9 0.1 0\nnew2 0 0.1 2\nnew3 3 0 0\n' |
    rec-embed -q --from-text - | rec-cluster -q --mode=cohorts --centres=c.rps |
    rec-cat --no-header | cut -f 2 |
    awk '{ print; n[$1]++ } END { for (k in n) m++; print m }' | tail -n 1
echo "-- the same centres, the same cohorts"
rec-cluster -q --mode=cohorts --centres=c.rps v.rps | rec-cat | cut -f 1,2 |
    cmp - <(rec-cat g.rps | cut -f 1,2) && echo same
echo "-- balanced"
rec-cluster -q --mode=cohorts -k 7 --balanced v.rps | rec-cat --no-header |
    cut -f 2 | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c |
    awk '{ print $1, "of", $2 }'
echo "-- batches find the thirds too"
rec-cluster -q --mode=cohorts -k 3 --batch=20 v.rps | rec-cat --no-header |
    awk '{ print substr($1, 2) % 3, $2 }' | sort -u | wc -l
echo "-- codes"
sed 's/^v/w/' v.txt | cat v.txt - | rec-embed -q --from-text - -o twice.rps
rec-cluster --mode=codes -k 3 --levels=2 --report=r.tsv twice.rps -o k.rps 2>err
sed 's/;.*;/;/' err
rec-cat --no-header k.rps | awk '{ n[$1]++; t[$1] = t[$1] " " $2 }
    END { for (i in n) { print n[i]; if (u[t[i]]++) print "twice", t[i] } }' |
    sort | uniq -c | awk '{ print $1, $2 }'
awk -F '\t' 'NR > 2 && $1 ~ /^[12]$/ { print $2 < before } { before = $2 }' r.tsv
rec-info k.rps | grep ^kind
rec-cluster --mode=cohorts -k 61 v.rps
rec-cluster --mode=codes -k 61 v.rps
printf 'x 1 2\n' | rec-embed -q --from-text - |
    rec-cluster --mode=cohorts --centres=c.rps
rec-cluster --max-mem=1K --mode=cohorts -k 3 v.rps
