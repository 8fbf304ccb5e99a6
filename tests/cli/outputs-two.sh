# Two outputs of one program that would go to one file: refused before any work,
# and the file is what it was.
tr ' ' , >x.csv <<'EOF'
u1 a
u2 b
EOF
rec-ingest -q -f csv -o x.rps x.csv
echo before >old
run() {
    echo "$ $*"
    "$@" 2>&1 | grep -v "^Try "
    echo "status ${PIPESTATUS[0]}"
}
run rec-hash -t new -o new x.rps
run rec-hash -t new -o ./new x.rps
run rec-hash -t new -o ../in/new x.rps
ln -s old link
run rec-ingest -q -f csv --bad-lines=skip --reject=link -o old x.csv
run rec-ingest -q -f csv --bad-lines=skip --reject=- x.csv
run rec-ials -q --dim=2 --log=old -o old x.rps
run rec-ials -q --dim=2 --epochs=1 --log=/dev/null -o /dev/null x.rps
cat old
ls
