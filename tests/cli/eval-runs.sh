# Several rankings of the same users, compared pair by pair.
set -e
ingest() { rec-ingest -q --header=no; }
for ((u = 0; u < 40; u++)); do echo "u$u,t,1"; done | ingest >truth.rps
# the target is first, second or missing: in turn, always second, for one in
# eight never
for ((u = 0; u < 40; u++)); do
    case $((u % 3)) in 0) echo "u$u,t,9" ;; 1) echo "u$u,t,1" ;; esac
    echo "u$u,a,5"
done | ingest >one.rps
for ((u = 0; u < 40; u++)); do echo "u$u,a,2"; echo "u$u,t,1"; done |
    ingest >two.rps
for ((u = 0; u < 40; u++)); do
    echo "u$u,a,1"
    [ $((u % 8)) = 0 ] || echo "u$u,t,2"
done | ingest >three.rps
for f in text tsv json; do
    rec-eval -q -t truth.rps -k 2 --metrics=mrr,hit --draws=1000 -f $f \
        one.rps two.rps three.rps
done
echo "-- any order of the files of a pair, any number of threads"
pair() {
    rec-eval -q -t truth.rps -k 1 --metrics=mrr -f tsv "$@" |
        awk -F '\t' '$2 != "" { print $4, $5, $8, $10, $11, $12 }' | tail -n 1
}
pair one.rps two.rps
pair two.rps one.rps
[ "$(pair -@ 1 one.rps three.rps)" = "$(pair -@ 3 one.rps three.rps)" ] &&
    echo same
echo "-- the interval is that of one run, and wider for more"
rec-eval -q -t truth.rps -k 1 --metrics=mrr -f tsv one.rps | sed -n 2p
for level in 50 95 99; do
    rec-eval -q -t truth.rps -k 1 --metrics=mrr -f tsv --intervals=$level \
        one.rps two.rps | sed -n 2p
done
rec-eval -q -t truth.rps -k 1 --metrics=mrr -f tsv --seed=2 one.rps | sed -n 2p
echo "-- a run from a pipe, once; a name that would break a line"
cp two.rps "$(printf 'a\tb.rps')"
rec-eval -q -t truth.rps -k 1 --metrics=mrr -f tsv - "$(printf 'a\tb.rps')" \
    <one.rps | grep mrr
rec-eval -q -t truth.rps -f json one.rps "$(printf 'a\tb.rps')" |
    grep -c 'a\\u0009b'
echo "-- refused"
run() { rec-eval -t truth.rps "$@" 2>&1 | head -n 1; }
run - - <one.rps
run --per-user one.rps two.rps
run --by-popularity=truth.rps one.rps two.rps
run --intervals=10 one.rps
run --draws=1 one.rps
head -c 200 two.rps >cut.rps
rec-eval -t truth.rps one.rps cut.rps >out 2>/dev/null || echo "$? $(wc -c <out)"
