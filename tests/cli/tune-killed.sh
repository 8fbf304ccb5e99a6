# A signal to rec-tune ends the command too; what was tried stays in the table,
# and nothing else is left.
printf '%s\n' 4,a | rec-ingest -q -f csv -o in.rps
printf '%s\n' 5,a | rec-ingest -q -f csv -o out.rps
echo before >table
rec-tune --validate-in=in.rps --validate-out=in.rps -o table --best=best \
    '[ {n} = 1 ] && rec-pop -q out.rps && exit; echo $$ >pid.new
     mv pid.new pid; sleep 100 | sleep 100; touch survived' n=1,2 &
for ((n = 0; n < 100; n++)); do
    [ -s pid ] && break
    sleep 0.1
done
kill -TERM $!
{ wait $!; } 2>/dev/null
echo "status $?"
for ((n = 0; n < 100; n++)); do
    kill -0 -"$(cat pid)" 2>/dev/null || break
    sleep 0.1
done
! kill -0 -"$(cat pid)" 2>/dev/null || { echo "it lives"; kill -KILL -"$(cat pid)"; }
rm pid
cut -f 1,2 table
ls -A
