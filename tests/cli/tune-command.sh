# How rec-tune runs commands: values are quoted for the shell, what fails is
# a line of the table, nothing is left behind, test data are refused.
printf '%s\n' 1,a 1,b 2,a 2,c 3,b 3,c | rec-ingest -q -f csv -o x.rps
rec-ingest -q -f csv --role=valid.in -o in.rps <<<$'4,a'
rec-ingest -q -f csv --role=valid.out -o out.rps <<<$'4,c'
rec-ingest -q -f csv --role=test.out -o test.rps <<<$'4,c'
rec-pop -o pop.rps x.rps
tune() {
    rec-tune --validate-in=in.rps --validate-out=out.rps --no-times "$@"
    echo "status $?"
}
# Values that a shell could make something else of; {x}, \{v} are not ours.
tune -q 'printf "%s\n" {v} {x} \{v} '"'{x}'"' >>seen; cat pop.rps' \
    v="a b,it's,\$HOME,\"q\",*,,;false,\`x\`,a\\b,~,plain" | cut -f 1-4
cat seen
# Failures: exits, signals, no output, half a model, what is no model. A
# standard input that is empty.
printf '%s\n' c 'exit 3' 'kill -9 $$' true 'head -c 500 pop.rps' \
    'cat x.rps' 'cat; cat pop.rps' 'cat pop.rps; exit 1' >list
tune --list=list -o table 'eval {c}' </dev/null
cut -f 1-4 table
tune --list=list --metric=mrr 'exit 1;{c}' >/dev/null
tune -o no 'exit 1'
tune -o no --best=no2 'echo junk'
ls -A no no2 .recpipe* 2>/dev/null
tune -q $'cat pop.rps\t#\n# \\'
# Test data.
for f in "in.rps test.rps" "test.rps out.rps"; do
    rec-tune --validate-in=${f% *} --validate-out=${f#* } 'touch ran'
    echo "status $?"
done
ls ran 2>/dev/null
# Command lines.
usage() {
    tune "$@" 2>&1 | grep -v "^Try "
}
usage
usage true 1x
usage true v=1
usage 'true "{v}"' v=1
usage "true '{v}'" v=1
usage 'true {v}' v=1 v=2
usage 'true {v}' v=log:0:1
usage 'true {v}' v=lin:1:1
usage 'true {v}' v=lin:1
usage 'true {v}' v=lin:1:2:1
usage 'true {v}' v=int:1:2.5
usage 'true {v}' 'v w=1'
usage 'true {v}' $'v=a\tb'
usage 'true {v} {w}' v=int:1:1000 w=int:1:1000
usage --trials=2 'true {v}' v=1,2
usage --search=halving 'true {v}' v=1,2
usage --search=halving --budget=2:1 'true {v}' v=1,2
usage --search=halving --budget=1:2 'true {v}' v=1,2
usage --budget=1:2 'true {v} {budget}' v=1,2
usage --eta=2 'true {v}' v=1,2
usage --list=list 'true {c}' v=1
usage --list=list --search=random 'true {c}'
usage --metric=ndcg 'true'
usage --metric=ndcg@ 'true'
usage --metric=recall@20 'true'
usage --metric=ndcg@0 'true'
usage --metric=ndcg@05 'true'
usage --metric=mrr@5 'true'
printf 'a\tb\n1\n' >short
usage --list=short 'true {a} {b}'
printf 'a\n1\t2\n' >long
usage --list=long 'true {a}'
usage --list=/dev/null true
