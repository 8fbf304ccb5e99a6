# Rankings and targets as text beside streams: the same judgement.
set -e
cat >truth.txt <<'END'
a x
a	y
b  z
c x
END
printf 'd x 1\nb x 2\na x 2.5\nb y 2\na y 3\na q 2.5\n' >run.txt
tr -s ' \t' ,, <truth.txt | sed 's/$/,1/' | rec-ingest -q --header=no >truth.rps
tr ' ' , <run.txt | rec-ingest -q --header=no >run.rps
judge() { rec-eval -q -k 1,2,3 -f tsv "$@"; }
judge -t truth.rps run.rps >one
for t in truth.txt truth.rps; do
    for r in run.txt run.rps; do
        judge -t $t $r | cmp - one && echo same
    done
done
judge -t truth.txt --text <run.txt | cmp - one && echo same
judge -t - --text run.txt <truth.txt | cmp - one && echo same
judge -t <(cat truth.txt) --text <(cat run.txt) | cmp - one && echo same
gzip -k run.txt truth.txt
judge -t truth.txt.gz run.txt.gz | cmp - one && echo same
printf 'a 0 x 1\na 0 y 2\nb 0 z 1\nb 0 x 0\nc 0 x 1' >qrels.txt
awk '{ print $1, "Q0", $2, NR, $3, "tag" }' run.txt | sed 's/$/\r/' >trec.txt
judge -t qrels.txt trec.txt | cmp - one && echo same
awk '{ print $1, $3, $4 }' qrels.txt >weights.txt
judge -t weights.txt run.rps trec.txt | awk -F "\t" 'NR > 1 && $2 != "" && $4 != 0'
echo "-- users whose targets are none"
printf 'a x 0\nb z 1\n' | judge --text -t - run.txt | grep users
echo "-- more text than is read at once, and ids of some length"
awk 'BEGIN {
        for (i = 0; i < 900; i++) long = long "y"
        for (u = 0; u < 3000; u++) {
            id = u % 9 ? "u" u : "u" u substr(long, 1, 900 - u % 500)
            print id, "i" u % 50 >"many.truth"
            for (i = 0; i < 4; i++)
                print id, "i" (u * 7 + i * i) % 50, (u * i) % 11 >"many.run"
        }
    }'
wc -c many.run | awk '{ print ($1 > 3 * 65536) }'
tr ' ' , <many.run | rec-ingest -q --header=no >many.rps
judge -t many.truth many.rps >one
judge -t many.truth many.run | cmp - one && echo same
shuf --random-source=many.rps many.run | judge -t many.truth --text |
    cmp - one && echo same
echo "-- refused"
run() { rec-eval -q -k 1 -t truth.txt "$@" 2>&1 || echo "$?"; }
bad() { printf "$1" >bad.txt && run bad.txt; }
bad 'a x\n'
bad 'a x 1\nb y 2 3\n'
bad 'a x 1\n\nb y one\n'
bad 'a x 1e300\n'
bad 'a x 1\na x 2\n'
bad ''
bad '\n\n'
bad '\1\2\3\n'
{ head -n 9 many.run; head -c 70000 /dev/zero | tr '\0' a; } >bad.txt
run bad.txt
printf 'a x\na x\n' >twice.txt
run -t twice.txt run.txt
run -t trec.txt run.txt
run run.txt </dev/null -t -
run --text </dev/null
