# --as counts as other tools do: up to the last part, eval-presets.out is what
# tests/reference/presets.py prints for the same files. Do not make it anew with
# UPDATE=1.
set -e
# TREC files with equal scores, topics without a run or a relevant document,
# more targets than places; topic 15 is in the run alone
awk 'function draw(n) {
        seed = seed * 16807 % 2147483647
        return int(seed / 2147483647 * n)
    }
    BEGIN {
        seed = 7
        for (q = 1; q <= 60; q++) {
            split("", judged)
            split("", listed)
            for (n = q % 10 ? 2 + draw(20) : 45; n > 0 && q != 15; n--) {
                d = draw(90)
                relevant = q % 12 ? (draw(3) > 0) : 0
                if (!(d in judged)) print q, 0, "d" d, relevant >"qrels.txt"
                judged[d] = 1
            }
            for (n = q % 9 ? 1 + draw(70) : 0; n > 0; n--) {
                d = draw(90)
                if (!(d in listed))
                    print q, "Q0", "d" d, 1, draw(12) / 4, "x" >"run.txt"
                listed[d] = 1
            }
        }
    }'
# Others take the order that they find, so they get lists that are in order
sort -k 1,1n -k 5,5nr -k 3,3r run.txt |
    awk '{ print $1 "\t" $3 "\t" (-NR) }' >ordered.txt
as() { # TOOL RUN OPTION...
    echo "-- $1"
    rec-eval -q -t qrels.txt --draws=100 -f tsv --as="$@" 2>/dev/null |
        awk -F '\t' '/^(users.evaluated)/ { printf "users %d\n", $2 }
            NR > 1 && !/^(users|intervals)/ { printf "%s %.6f\n", $1, $2 }'
}
as vae_cf ordered.txt
as recbole ordered.txt -k 10,3 \
    --metrics=recall/all,precision,ndcg,map,hit,mrr
as bars ordered.txt --metrics=recall/all,precision,ndcg,hit
as lenskit ordered.txt -k 10,3
as trec run.txt
echo "-- what they report by default, and what they do not know"
for tool in recbole bars lenskit trec; do
    rec-eval -q -t qrels.txt --draws=100 -f tsv --as=$tool run.txt 2>/dev/null |
        awk 'NR > 1 && !/^(users|intervals)/ { printf "%s ", $1 }
            END { print "" }'
done
rec-eval -t qrels.txt --as=bars --metrics=mrr run.txt 2>&1 | head -n 1
rec-eval -t qrels.txt --as=lenskit --metrics=recall/all run.txt 2>&1 | head -n 1
rec-eval -q -t qrels.txt --as=lenskit run.txt 2>/dev/null | head -n 2
