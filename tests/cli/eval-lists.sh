# What lists show, and every metric, on data of a generator written below:
# eval-lists.out is what tests/reference/eval.py (numpy, none of our code) prints
# for the same files, to six decimals, but for the last parts. Do not make it
# anew with UPDATE=1.
set -e
. "$SRC/tests/reference/eval-data.sh"
for f in truth train history; do
    rec-ingest -q --header=no -f tsv -o $f.rps $f.tsv
done
rec-ingest -q --header=no -f tsv -o run.rps run.tsv
rec-embed -q --from-text -o vectors.rps vectors.tsv
rec-eval -q -t truth.rps -k 3,10 --exposure=train.rps --history=history.rps \
    --vectors=vectors.rps --attributes=attributes.tsv --draws=100 -f tsv \
    run.rps >report.tsv
awk -F '\t' 'NR > 1 && !/^intervals/ { printf "%s %.6f\n", $1, $2 }' report.tsv
echo "-- by groups, and how far they are apart"
rec-ingest -q --header=no -f tsv groups.tsv >groups.rps
rec-eval -q -t truth.rps -k 10 --exposure=train.rps --history=history.rps \
    --metrics=recall/all,popularity --by=groups.rps --draws=100 -f tsv run.rps |
    awk -F '\t' '$1 == "group" || $1 == "gap" {
        if ($3 ~ /@/) printf "%s %s %s %.6f %.6f\n", $1, $2, $3, $4, $5 }'
echo "-- a run against itself: no difference, of those who have a list"
rec-eval -q -t truth.rps -k 10 --exposure=train.rps --draws=100 -f json \
    --metrics=novelty,hit run.rps run.rps | grep -o '"pairs.*' |
    sed 's/"p"/\n&/g'
echo "-- text, and each user"
rec-eval -q -t truth.rps -k 10 --exposure=train.rps --draws=100 \
    --metrics=lift,tail run.rps | tail -n 6 | cut -c 1-28
rec-eval -q -t truth.rps -k 10 --exposure=train.rps --per-user \
    --metrics=popularity run.rps | grep -c '	$'
echo "-- attributes as a stream, from a pipe"
rec-ingest -q --header=no -f tsv attributes.tsv >attributes.rps
judge="rec-eval -q -t truth.rps -k 3,10 --draws=100 -f tsv run.rps"
grep 'diversity.*/attributes' report.tsv >want
$judge --attributes=attributes.rps | grep diversity | cmp - want && echo same
$judge --attributes=- --text <attributes.tsv | grep diversity |
    cmp - want && echo same
echo "-- refused"
rec-eval -t truth.rps --metrics=diversity/attributes run.rps 2>&1 | head -n 1
printf 'i1 a\ni2 a\ni1 a\n' >twice.txt
rec-eval -t truth.rps --attributes=twice.txt run.rps 2>&1 | head -n 1
rec-eval -t truth.rps --metrics=lift run.rps 2>&1 | head -n 1
rec-eval -t truth.rps --metrics=diversity --exposure=train.rps run.rps 2>&1 |
    head -n 1
rec-eval -t truth.rps --history=train.rps run.rps 2>&1 | head -n 1
rec-eval -t truth.rps --vectors=train.rps run.rps 2>&1 | head -n 1
