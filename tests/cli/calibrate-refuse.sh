# What rec-calibrate does not take: wrong command lines, wrong files, test data,
# data that the model has learnt from, outcomes that say nothing.
rank() {
    "$BUILD/tests/make-stream" -k ranking >"$1"
}
printf 'u a 3\nu b 2\nv a 3\nv c 1\n' | rank run.rps
printf 'u,b,1\nv,a,1\n' | rec-ingest -q --header=no -o truth.rps
printf 'u,one\nv,two\n' |
    rec-ingest -q --header=no --columns=user,item --implicit -o by.rps
run() {
    rec-calibrate "$@" 2>&1 >/dev/null | grep -v '^Try '
    echo "${PIPESTATUS[0]}"
}
printf 'u,a,3\nu,b,2\nv,a,3\nv,c,1\n' | rec-ingest -q --header=no -o run-text.rps
echo "-- command lines"
run run.rps
run --fit --report -t truth.rps run.rps
run --fit run.rps
run -m x -t truth.rps run.rps
run -m x --method=platt run.rps
run --report -t truth.rps --prior=1 run.rps
run --fit -t truth.rps --bins=3 run.rps
run --fit -t truth.rps --prior=3 run.rps
run --fit -t truth.rps --method=shift run.rps
run --fit -t truth.rps --method=beta run.rps
run --report -t truth.rps --bins=0 run.rps
run --fit -t - <truth.rps
run --fit -t truth.rps run.rps run.rps
echo "-- files of other kinds"
rec-pop -q -o pop.rps truth.rps
rec-calibrate -q --fit -t truth.rps -o c.rps run.rps
run -m pop.rps run.rps
run -m c.rps pop.rps
run --fit -t run.rps run.rps | sed 's/mean.*/mean/'
run --fit -t truth.rps --by=pop.rps run.rps | sed 's/mean.*/mean/'
rec-split -q --protocol=leave-last --no-valid -o s- run-text.rps
run -m c.rps s-train.rps
rec-ingest -q --header=no --implicit <<<'u,a' -o plain.rps
run -m c.rps plain.rps
run -m c.rps --by=by.rps run.rps
rec-calibrate -q --fit -t truth.rps --by=by.rps -o cc.rps run.rps
run -m cc.rps run.rps
printf 'u,one\nu,two\n' |
    rec-ingest -q --header=no --columns=user,item --implicit -o two.rps
run -m cc.rps --by=two.rps run.rps
echo "-- what is no probability"
run --report -t truth.rps run.rps
run --fit -t truth.rps --input=probability run.rps
printf 'u a .5\nu b .25\nv a -1e-9\n' | rank almost.rps
run --report -t truth.rps almost.rps
rec-calibrate -q --fit -t truth.rps --input=probability -o p.rps <(
    printf 'u b .5\nu a .25\nv a .4\nv c .1\n' | rank /dev/stdout)
run -m p.rps run.rps
echo "-- outcomes that say nothing"
printf 'u,zz,1\nv,zz,1\n' | rec-ingest -q --header=no -o none.rps
printf 'u,a,1\nu,b,1\nv,a,1\nv,c,1\n' | rec-ingest -q --header=no -o all.rps
rec-pop -q -o other.rps all.rps
"$BUILD/tests/make-stream" </dev/null |
    rec-recommend -q -m other.rps -o empty.rps
for method in platt isotonic shift; do
    for truth in none all; do
        run --fit -t $truth.rps --method=$method --input=logit run.rps
    done
done
run --fit -t truth.rps empty.rps
run --report -t truth.rps empty.rps
printf 'u,b,1\n' | rec-ingest -q --header=no -o one.rps
run --fit -t one.rps --by=by.rps --prior=0 run.rps
echo "-- scores that are upside down"
printf 'u a 2\nu b 1\nv a 3\nv b 2\n' | rank down.rps
printf 'u,b,1\nv,b,1\n' | rec-ingest -q --header=no -o worst.rps
run --fit -t worst.rps down.rps
run --fit -t worst.rps --method=isotonic down.rps
echo "-- an item or a user twice"
printf 'u a 3\nu a 2\n' | rank twice.rps
run --fit -t truth.rps twice.rps
echo "-- test data, and what was learnt from"
printf 'u a 3\nu b 2\nv a 3\nv c 1\n' |
    "$BUILD/tests/make-stream" -k ranking -r test.in >test.rps
run --fit -t truth.rps test.rps
run --fit -t s-test.out.rps run.rps
run -m c.rps test.rps
rec-pop -q -o m.rps truth.rps
rec-recommend -q -m m.rps --keep-seen truth.rps -o leak.rps
run --fit -t truth.rps leak.rps
run --report -t none.rps leak.rps
rec-calibrate -m c.rps run.rps -o applied.rps
run --report -t truth.rps applied.rps
echo "-- memory, disk"
run --fit -t truth.rps --max-mem=10 run.rps
rec-calibrate --fit -t truth.rps run.rps 2>&1 >/dev/full | tail -n 1
exit 0
