# Intervals of parts are those of the same users, or places, judged by
# themselves, wherever that can be had in another way.
set -e
. "$SRC/tests/reference/eval-data.sh"
ingest() { rec-ingest -q --header=no -f tsv; }
for f in truth run groups; do ingest <$f.tsv >$f.rps; done
judge() { rec-eval -q --draws=1000 --metrics=recall/all,tail -f tsv "$@"; }
# the means of lines $1 of a report, with errors and intervals
part() { awk -F '\t' -v by="$1" -v g="$2" -v m="$3" '
    $1 == by && $2 == g && $3 ~ m { print $4, $5, $6, $7 }'; }
same() { cmp "$1" "$2" && echo "same, $(wc -l <"$1") of them"; }
echo "x	i1" | ingest >other.rps

echo "-- a group: a truth of its users alone"
for g in a b; do
    awk -v g=$g 'NR == FNR { if ($2 == g) has[$1]; next } $1 in has' \
        groups.tsv truth.tsv | ingest >own.rps
    judge -k 3,10 --exposure=other.rps -t truth.rps --by=groups.rps run.rps |
        part group $g @ >got
    judge -k 3,10 --exposure=other.rps -t own.rps run.rps |
        awk '/@/ && !/coverage|gini|entropy|effective/ {
            print $2, $3, $4, $5 }' >want
    same got want
done
echo "-- a stratum that has all targets: the recall of all; with one target"
echo "   each also pooled"
none() { echo "x	nothing" | ingest; }
awk '!seen[$1]++' truth.tsv | ingest >single.rps
for t in truth single; do
    judge -k 3,10 -t $t.rps --metrics=recall/all --by-popularity=<(none) \
        run.rps >report
    part all all recall <report >want
    part popularity new recall.*/all <report >got
    same got want
done
part popularity new recall.*/pooled <report | tr -s ' ' >got
sed 's/ [^ ]*/ /; s/  */ /' want | awk '{ print $1, $2, $3 }' |
    cmp - <(awk '{ print $1, $2, $3 }' got) && echo same
echo "-- exposure, of lists of as many items: a mean over users"
awk '{ n[$1]++ } NR != FNR && n[$1] >= 3' run.tsv run.tsv |
    awk 'NR == FNR { n[$1]++; next } n[$1] >= 3' run.tsv - | ingest >long.rps
awk 'NR == FNR { n[$1]++; next } n[$1] >= 3' run.tsv truth.tsv |
    ingest >wanted.rps
judge -k 3 -t wanted.rps --exposure=other.rps --by-popularity=other.rps \
    long.rps >report
part all all tail <report | awk '{ print $1, $3, $4 }' >want
part popularity new exposure <report | tr -s ' ' >got
same got want
