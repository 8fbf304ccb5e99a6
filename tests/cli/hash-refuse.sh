# What rec-hash refuses: tables of others, two writers, wrong options.
tr ' ' , >x.csv <<'EOF'
u1 a
u2 b
EOF
rec-ingest -q -f csv -o x.rps x.csv
rec-hash -t t x.rps -o h
rec-hash -t other --seed=2 x.rps -o /dev/null
run() { echo "$ rec-hash $*"; rec-hash "$@" 2>&1; echo "status $?"; }
run -t other --reverse h
run -t other --seed=3 x.rps
run -t h --query x.rps
run --list -t no-such-table
run -t - x.rps
run -t t --expire=30 x.rps
run -t t --query --reverse x.rps
run -t t --scheme=modulo x.rps
run -t t --scheme=qr --slots=2 x.rps
run -t t --scheme=modulo --slots=0 x.rps
run -t t -n 5 x.rps
run x.rps
run --report --scheme=modulo --slots=2 --project=3 x.rps
rec-hash -t t --scheme=modulo --slots=4 x.rps -o rows
rec-pop rows | rec-recommend -m - --keep-seen rows -o lists
run -t t --scheme=bloom --slots=4 --reverse lists
echo one bit
cp t bad
printf '\x01' | dd of=bad bs=1 seek=700 conv=notrunc status=none
run --check t bad
run -t bad x.rps
echo two writers
mkfifo slow
cp t before
rec-hash -t t slow >/dev/null 2>first.err &
exec 4>slow
head -c 100 x.rps >&4
for n in $(seq 100); do [ -e .t.lock ] && break; sleep 0.05; done
run -t t x.rps
tail -c +101 x.rps >&4
exec 4>&-
wait $!
echo "the first: status $?"
rec-hash --check t
ls -A | grep lock
true
