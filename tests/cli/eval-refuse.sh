# Unsound rankings and wrong command lines.
ingest()
{
    rec-ingest -q --header=no
}
printf 'a,x,1\nb,y,1\n' | ingest >truth.rps
printf 'a,x,2\na,y,1\nb,y,1\n' | ingest >run.rps
rec-split -q -o s- --protocol=leave-last --no-valid run.rps
run()
{
    rec-eval -k 1 "$@" 2>&1 | grep -v '^Try '
    echo "${PIPESTATUS[0]}"
}
run -t truth.rps s-train.rps
run -t s-test.out.rps truth.rps | sed 's/mean.*/mean/' | head -n 2
run run.rps
run -t missing.rps run.rps
run -t truth.rps missing.rps
run -t - run.rps <truth.rps | tail -n 1
run -t -
run -t truth.rps -k 0 run.rps
run -t truth.rps -k 5,5 run.rps
run -t truth.rps -k 5, run.rps
run -t truth.rps -k 1000001 run.rps
run -t truth.rps -k x run.rps
run -t truth.rps --metrics=ndcg,recall run.rps
run -t truth.rps --format=xml run.rps
run -t truth.rps --format=json --per-user run.rps
run -t truth.rps --lambda=5 run.rps
run -t truth.rps run.rps run.rps
rec-eval -k 1 -t truth.rps run.rps >/dev/full
echo $?
# no report before the end of the ranking
size=$(wc -c <run.rps)
for ((n = 0; n < size; n += 97)); do
    head -c $n run.rps | rec-eval -t truth.rps -k 1 --per-user 2>>messages
    echo $? >>statuses
    head -c $n truth.rps >cut.rps
    rec-eval -t cut.rps -k 1 run.rps 2>>messages
    echo $? >>statuses
done
sort -u statuses
grep -v 'cut.rps: \|standard input: ' messages
exit 0
