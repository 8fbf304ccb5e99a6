# A signal to rec-tune ends the command too, and nothing is left.
printf '%s\n' 4,a | rec-ingest -q -f csv -o in.rps
rec-tune --validate-in=in.rps --validate-out=in.rps -o table --best=best \
    'echo $$ >pid.new; mv pid.new pid; sleep 100 | sleep 100; touch survived' &
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
ls -A
