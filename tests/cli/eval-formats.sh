# The same judgement as text, tsv, json and per user.
set -e
# b's list lacks its target; c has no list; d is only ranked
rec-ingest -q --header=no >truth.rps <<END
a,x,1
a,y,1
b,z,1
c,x,1
END
rec-ingest -q --header=no >run.rps <<END
d,x,1
b,x,2
b,y,2
a,y,3
a,q,2.5
a,x,2.5
END
rec-eval -t truth.rps -k 1,2,5 run.rps
rec-eval -q -t truth.rps -k 2 -f tsv <run.rps
rec-eval -q -t truth.rps -k 3,1 --metrics=mrr,ndcg,recall/all -f json - <run.rps
rec-eval -q -t truth.rps -k 2 --per-user run.rps
rec-eval -q --per-user --format=tsv --metrics=mrr -t truth.rps -o users.tsv run.rps
cat users.tsv
# the digests differ with the programs' versions, their number does not
rec-eval -v -t truth.rps -k 2 run.rps 2>&1 >report | sed 's/[0-9a-f]\{32\}/.../'
# text says the scores, not the ranks: its order does not matter
rec-cat --no-header run.rps | sort | rec-ingest -q -f tsv --header=no >sorted.rps
rec-eval -q -t truth.rps -k 1,2,3 -f json run.rps >one
rec-eval -q -t truth.rps -k 1,2,3 -f json sorted.rps | cmp - one
# any number of threads gives the same bytes
rec-eval -q -@ 1 -t truth.rps -k 2 -f json run.rps >one
rec-eval -q -@ 2 -t truth.rps -k 2 -f json run.rps | cmp - one
