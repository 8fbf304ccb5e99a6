# Filters, titles and fallback, on counts that anyone can check: of 4 users
# b has 4, a has 3, c has 2, d and e 1.
printf '%s\n' u1,a u1,b u1,e u2,b u2,a u2,c u3,b u3,a u3,c u4,b u4,d |
    rec-ingest -q -f csv >x.rps
rec-pop -o pop.rps x.rps
show() { echo "-- $*"; rec-recommend -m pop.rps --text "$@"; }

show x.rps
show -n 1 x.rps
show --keep-seen -n 2 x.rps
printf 'c\r\ne\n\nd\nnot-here\n' | gzip >list.gz
show --only=list.gz x.rps
show --except=list.gz --keep-seen x.rps
printf 'e\n' >e
show --only=list.gz --except=e x.rps
printf 'u1,c\nu9,d\nu4,a\nu4,zzz\n' | rec-ingest -q -f csv >shown.rps
show --exclude=shown.rps x.rps
show -q --only=list.gz --items=a,c
show --only=/dev/null x.rps
show --items=b,zzz,b,a
