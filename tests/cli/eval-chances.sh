# Scores as probabilities: by hand, and as rec-calibrate has them.
set -e
ingest() { rec-ingest -q --header=no; }
printf '%s,1\n' u1,a u1,b u2,a u3,z u4,z | ingest >truth.rps
# u1 hits with .8 and misses with .4; u2 misses with .5; u3 misses with 0 and 1;
# u4 has no list, u5 is not judged
printf '%s\n' u1,a,.8 u1,c,.4 u2,b,.5 u3,a,1 u3,b,0 u5,a,.9 | ingest >run.rps
judge() { rec-eval -q -t truth.rps -k 2 --draws=100 "$@"; }
echo "-- brier .1, .25, .5; log loss of 1 where it is 0: as of 6e-8"
judge --probabilities --metrics=brier,log-loss --per-user run.rps |
    awk -F '\t' 'NR > 1 { printf "%s %.6f %.4f\n", $1, $3, $4 }'
awk 'BEGIN { printf "%.4f %.4f\n", -(log(.8) + log(.6)) / 2, -log(.5) }'
judge --probabilities --metrics=brier run.rps | tail -n 5 | cut -c 1-38
judge --probabilities --metrics=brier -f json run.rps | grep -o '"calib.*'
echo "-- after the others, by parts and by pairs like them"
judge --probabilities -f tsv --by=<(printf 'u1,x,1\nu3,x,1\n' | ingest) \
    --metrics=hit,brier run.rps 2>/dev/null |
    awk -F '\t' '$3 ~ /brier/ { print $1, $2, $4 }'
printf '%s\n' u1,c,.8 u1,d,.4 u2,a,.5 u4,z,.5 | ingest >other.rps
judge --probabilities --metrics=brier -f tsv run.rps other.rps |
    awk -F '\t' '/brier|ece/ { print $1, $2, $3, $4 }'
echo "-- lists of as many items each: what rec-calibrate says"
awk 'BEGIN {
        for (u = 0; u < 300; u++) for (i = 0; i < 7; i++) {
            seed = (seed * 16807 + 12345) % 2147483647
            p = int(seed / 2147483647 * 1000) / 1000
            print "u" u ",i" i "," p >"chances.csv"
            seed = (seed * 16807 + 12345) % 2147483647
            if (i == 0 || seed / 2147483647 < p * p)
                print "u" u "," (i ? "i" i : "t") ",1" >"wanted.csv"
        }
    }'
ingest <chances.csv >chances.rps
ingest <wanted.csv >wanted.rps
rec-eval -q -t wanted.rps -k 7 --probabilities --draws=100 -f tsv chances.rps |
    awk -F '\t' '$1 ~ /^(ece|square|debiased|brier|log-loss)$/ {
        printf "%s %.7f\n", $1, $2 }' | sort >ours
rec-calibrate -q --report -t wanted.rps -f tsv chances.rps |
    awk -F '\t' '$1 ~ /^(ece|square|debiased|brier|log-loss)$/ {
        printf "%s %.7f\n", $1, $3 }' | sort >theirs
wc -l <theirs
cmp ours theirs && echo same
echo "-- refused"
run() { judge "$@" 2>&1 | grep -v "warning\|^Try"; }
run --metrics=brier run.rps
printf 'u1,a,.8\nu1,b,1.5\n' | ingest >above.rps
run --probabilities above.rps
sed 's/1.5/-.5/' <<<'u1,b,1.5' | ingest >below.rps
run --probabilities below.rps
printf 'u5,a,.5\n' | ingest >none.rps
run --probabilities none.rps
