# Judged by deciles of the items and of the users, and by groups.
ingest() { rec-ingest -q --header=no; }
# of 20 training events a has 8, b 6, c 4, d and e 1; z has none
for i in a:8 b:6 c:4 d:1 e:1; do
    for ((u = 1; u <= ${i#*:}; u++)); do echo "t$u,${i%:*},1"; done
done | ingest >train.rps
printf 'u1,a,1\nu1,b,1\nu1,d,1\nu2,a,1\nu2,z,1\nu3,c,1\nu4,e,1\n' |
    ingest >truth.rps
printf 'u1,b,3\nu1,q,2\nu1,a,1\nu2,a,2\nu2,z,1\nu3,a,1\nx,a,1\n' |
    ingest >run.rps
printf 'u1,a,1\nu2,a,1\nu2,b,1\nu3,c,1\n' | ingest >history.rps
printf 'u1,old,1\nu2,"say ""hi""\\",1\nu2,old,1\n' | ingest >groups.rps
by="--by-popularity=train.rps --by-activity=history.rps --by=groups.rps"
for f in text tsv json; do
    rec-eval -q -t truth.rps -k 2,1 --metrics=recall/all $by -f $f run.rps
done
rec-eval -q -t truth.rps -k 2 --metrics=mrr --per-user --by-popularity=train.rps \
    --by-activity=history.rps run.rps 2>/dev/null
echo "-- json that others can read"
rec-eval -q -t truth.rps $by -f json run.rps 2>/dev/null |
    awk '{ n = gsub(/[{[]/, "&"); m = gsub(/[]}]/, "&"); print n == m }'
echo "-- the means of all are those without parts"
rec-eval -q -t truth.rps -f tsv run.rps 2>/dev/null >plain
rec-eval -q -t truth.rps -f tsv $by run.rps 2>/dev/null |
    sed -n 's/^all	all	//p' | cmp - <(tail -n +2 plain) && echo same
rec-eval -q -t truth.rps run.rps 2>/dev/null >plain
rec-eval -q -t truth.rps $by run.rps 2>/dev/null | head -n "$(wc -l <plain)" |
    cmp - plain && echo same
rec-eval -q -t truth.rps -@ 1 $by run.rps 2>/dev/null >one
rec-eval -q -t truth.rps -@ 3 $by run.rps 2>/dev/null | cmp - one && echo same
echo "-- cohorts are groups"
printf 'u1 0 0\nu2 0 0.1\nu3 9 9\nu4 9 9.1\n' |
    rec-embed -q --from-text - | rec-cluster -q --mode=cohorts -k 2 -o cohorts.rps
rec-eval -q -t truth.rps -k 3 --metrics=hit --by=cohorts.rps -f tsv run.rps |
    grep '^group' | cut -f 3- | sort
echo "-- real deciles: a tenth of the interactions each, a tenth of the users"
rec-ingest -q --min-item=5 --min-user=5 --implicit \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q --protocol=strong -o s/
rec-pop s/train.rps | rec-recommend -q -m - -n 100 s/test.in.rps |
    rec-eval -q -t s/test.out.rps -k 100 --by-popularity=s/train.rps \
        --by-activity=s/test.in.rps -f tsv >parts.tsv
users=$(awk -F '\t' '$3 == "users/evaluated" { print $4 }' parts.tsv)
awk -F '\t' -v users="$users" '
    $1 == "popularity" && $3 == "events" { e[$2] = $4; all += $4 }
    $1 == "popularity" && $3 == "items" { i[$2] = $4 }
    $1 == "popularity" && $3 == "exposure@100" { x += $4 }
    $1 == "popularity" && $3 == "hits@100" { h += $4 }
    $1 == "activity" && $3 == "users" { few += $4 < int(users / 10)
        many += $4 > int(users / 10) + 1; u += $4 }
    $1 == "activity" && $3 == "ndcg@100" { n[$2] = $4 }
    $1 == "all" && $3 == "precision@100" { p = $4 }
    END {
        for (d = 1; d <= 10; d++) {
            far += e[d] < .09 * all || e[d] > .11 * all
            rising += i[d + 1] > i[d]
        }
        print far, rising, few, many, u == users, (x - 1) ^ 2 < 1e-12
        print (h - p * 100 * users) ^ 2 < 1e-6
    }' parts.tsv
echo "-- refused"
rec-eval -t truth.rps --per-user --by=groups.rps run.rps 2>&1 | head -n 1
rec-eval -t - --by-popularity=- run.rps 2>&1 <train.rps | head -n 1
rec-eval -t truth.rps --by-activity=- 2>&1 <history.rps | head -n 1
rec-eval -t truth.rps --by=nothing.rps run.rps 2>&1
rec-eval -t truth.rps --by-popularity=cohorts.rps run.rps 2>&1 |
    sed 's/mean.*/mean/'
exit 0
