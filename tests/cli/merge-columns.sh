# Rows, duplicates, columns, roles; and what is refused.
rows() { rec-cat --no-header "$1" | tr '\t\n' ' ;'; echo; }
role() { strings -n 4 "$1" | grep '^role'; }
merge() { rec-merge -q "$@" >m.rps && rows m.rps; }
try() { rec-merge "$@" 2>err >out.rps; echo "$?: $(head -n 1 err)"; }

printf '%s\n' u,a,2 v,b,3 | rec-ingest -q -f csv --role=train >a.rps
printf '%s\n' u,c,5 w,a,1 u,a,7 | rec-ingest -q -f csv --role=train >b.rps
printf '%s\n' v,d v,b | rec-ingest -q -f csv --role=test.in >plain.rps
printf '%s\n' u,a,9,500 | rec-ingest -q -f csv --role=train >time.rps
printf 'u,i\n' | rec-ingest -q -f csv --header=yes >none.rps
echo -- the first place, the last value
merge a.rps b.rps
role m.rps
merge b.rps a.rps
merge --duplicates=first a.rps b.rps
merge --duplicates=sum a.rps b.rps a.rps
merge --duplicates=max b.rps a.rps b.rps
echo -- without weights, every event counts 1
merge plain.rps a.rps
role m.rps
merge a.rps plain.rps
merge plain.rps plain.rps
merge --duplicates=sum plain.rps plain.rps
echo -- times: all or none
try a.rps time.rps
try time.rps b.rps
merge time.rps none.rps time.rps
echo -- a user without items stays one
printf '%s\n' u,c u,z v,c v,d w,c w,a x,a x,c | rec-ingest -q -f csv |
    rec-split -q --no-provenance --protocol=leave-last --no-valid -o s.
rec-merge -q --no-provenance s.test.out.rps s.test.out.rps |
    cmp - s.test.out.rps
merge s.test.out.rps
od -An -c s.test.out.rps | tr -d ' \n' | grep -o 'u.nv.nw.nx'
merge none.rps none.rps
echo -- refused
try --duplicates=error a.rps plain.rps b.rps
try --duplicates=error a.rps none.rps
echo u,a,3e38 | rec-ingest -q -f csv >huge.rps
try --duplicates=sum huge.rps huge.rps
rec-pop a.rps >pop.rps
rec-recommend -q -m pop.rps a.rps >rank.rps
try pop.rps a.rps
try a.rps rank.rps
try a.rps missing.rps
head -c 600 b.rps >cut.rps
try -o no.rps a.rps cut.rps
try a.rps --duplicates=least
try --max-mem=1K a.rps
try a.rps - </dev/null
ls no.rps 2>/dev/null
rec-merge -q a.rps b.rps >/dev/full
echo $?
