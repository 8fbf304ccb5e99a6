# What is drawn of each report, as the script for gnuplot says it.
set -e
. "$SRC/tests/cli/plot.inc"
draw() { rec-plot -f gnuplot "$@"; }
# the data and the titles of a script
points() { draw "$@" | sed -n '/^\$/,/^EOD/p; /^set title\|^set xlabel/p'; }
echo "-- curves of one ranking, of two in one report, of two reports"
points --metrics=ndcg one.means
points --metrics=ndcg,mrr both.runs
points --metrics=ndcg one.means two.means | sed 's/\.means//' |
    cmp - <(points --metrics=ndcg both.runs | sed 's/\.rps//') && echo same
echo "-- of one k: by ranking"
points --metrics=hit@2 both.runs
draw --metrics=hit@2 both.runs | grep '^set xtics .*one'
echo "-- of a report by parts: those of all users"
points --kind=curves --metrics=ndcg one.parts | cmp - <(points --metrics=ndcg \
    one.means) && echo same
echo "-- parts, side by side"
cut -f 1-3,4,6,7 one.parts | grep 'recall@2/all'
points --metrics=recall@2/all one.parts two.parts
draw one.parts | grep '^set title'
echo "-- items: a, c, b and d have 4, 1, 2 and 0 places of 8, and e has 1"
cat one.items
points one.items | sed 's/ .*//; /^\$d1/,$d' | tr '\n' ' '
draw one.items | sed -n 2,10p | cut -d ' ' -f 1,2
draw one.items | grep -o 'title .one[^,]*, Gini [0-9.]*'
rec-eval -q -t truth.rps --exposure=train.rps -k 2 -f tsv one.rps |
    awk '$1 == "gini@2" { printf "%.3f\n", $2 }'
echo "-- users: each in its place"
points --metrics=mrr one.users two.users
draw one.users two.users | grep '^set title'
echo "-- probabilities"
points chances.bins
echo "-- a title; a name that would break a string; sizes"
cp one.means "it's \`date\`
$(printf '\377')&<"
draw --metrics=mrr --title="it's 100%" --size=100x50 it* |
    grep '^set multi\|^set term\|^set xtics .*i'

echo "-- gzip, pipes"
gzip -c one.means | draw | cmp - <(draw - <one.means) && echo same
echo "-- refused"
run() { rec-plot -f gnuplot "$@" 2>&1 | head -n 1; }
run train.rps
sed '3s/0\.[0-9]*/x/' one.means | run -
sed '4s/	[^	]*$//' one.means | run -
sed '1s/mean/average/' one.means | run -
head -n 1 one.means | run
run </dev/null
printf 'metric\tmean\terror\tlow\thigh\nndcg\0@1\t1\t1\t1\t1\n' | run
run one.users
sed 2p one.users >again
run again two.users
run two.users again
sed s/u4/u5/ two.users >others
run one.users others
run one.means one.items
run --kind=scatter one.means
run --metrics=lift one.means
run --size=10 one.means
run --size=30x9 one.means
run - - <one.means
rec-plot -f html --kind=curves one.means 2>&1 | head -n 1
rec-eval -t truth.rps --per-item one.rps 2>&1 | head -n 1
rec-eval -t truth.rps --per-item --per-user --exposure=train.rps one.rps 2>&1 |
    head -n 1
rec-eval -t truth.rps --per-item --exposure=train.rps one.rps two.rps 2>&1 |
    head -n 1
