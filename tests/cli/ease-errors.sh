# What is refused, with which status, and that nothing is left behind.
printf '%s\n' 1,a 1,b 2,a | rec-ingest -q -f csv >x.rps
rec-pop -o pop.rps x.rps
try() { rec-ease "$@" >out 2>&1; echo "$?: $(head -n 1 out)"; }

try --lambda=x x.rps
try --lambda=0 x.rps
try --lambda=-1 x.rps
try --lambda= x.rps
try --lambda=nan x.rps
try --double=1 x.rps
try --side=both x.rps
try --no-such x.rps
try x.rps x.rps
try -o m.rps missing
try -o m.rps pop.rps
try -q --max-mem=10 -o m.rps x.rps
head -c 300 x.rps >cut.rps
try -q -o m.rps cut.rps
# Fifty columns that are multiples of one, and a lambda far below the
# precision of their products: some pivot must fail.
for i in {1..50}; do echo 1,i$i,$((1000 + 37 * i)); done |
    rec-ingest -q -f csv >s.rps
try --side=items --lambda=1e-6 -o m.rps s.rps | sed 's/pivot [0-9]* of/pivot N of/'
ls
try --side=items --lambda=1 --double -o m.rps s.rps
rec-ease -q x.rps >/dev/full
echo $?
rec-pop x.rps >/dev/full
echo $?
rec-pop cut.rps | cat >/dev/null
rec-pop pop.rps
