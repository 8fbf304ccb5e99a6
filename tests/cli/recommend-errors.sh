# What is refused, with which status, and that nothing is left behind.
printf '%s\n' 1,a 1,b 2,a | rec-ingest -q -f csv >x.rps
rec-pop -o pop.rps x.rps
rec-ease -q --lambda=1 -o ease.rps x.rps
try() { rec-recommend "$@" >out 2>&1; echo "$?: $(head -n 1 out)"; }

try x.rps
try -m pop.rps x.rps x.rps
try -m pop.rps -n 0 x.rps
try -m pop.rps -n x x.rps
try -m pop.rps --titles=t x.rps
try -m pop.rps --explain=2 x.rps
try -m pop.rps --text --explain=0 x.rps
try -m pop.rps --items=a x.rps
try -m pop.rps --items=a,,b
try -m pop.rps --items=
try -m - -
try -m pop.rps --exclude=- --only=- x.rps
try --no-such x.rps
try -m pop.rps --text --explain=1 x.rps
try -m missing x.rps
try -m x.rps x.rps
try -m pop.rps pop.rps
try -m pop.rps --exclude=pop.rps x.rps
try -m ease.rps --fallback=x.rps x.rps
try -m pop.rps --only=missing x.rps
printf 'a\tb\n' >tab
try -m pop.rps --only=tab x.rps
try -m pop.rps --text --titles=missing x.rps
try -m pop.rps -o out.rps missing
try -m pop.rps -o out.rps pop.rps
ls
rec-recommend -m pop.rps x.rps >/dev/full
echo $?
rec-recommend -m pop.rps --text x.rps >/dev/full
echo $?
# Scores beyond all numbers, as a stream and as text: b is ten times a.
printf '%s\n' u,a,1 u,b,10 v,a,1 v,b,10 | rec-ingest -q -f csv |
    rec-ease -q --lambda=0.1 -o w.rps
printf 'x,a,3e38\n' | rec-ingest -q -f csv -o h.rps
rec-recommend -m w.rps h.rps | wc -l
rec-recommend -m w.rps --text h.rps
# A stream where ids or titles are wanted.
rec-recommend -m w.rps --only=h.rps h.rps
rec-recommend -m w.rps --text --titles=h.rps h.rps
# Nothing was learnt.
: | rec-ingest -q | rec-pop -q -o nothing.rps
rec-recommend -q -m nothing.rps h.rps | rec-cat --no-header
true
