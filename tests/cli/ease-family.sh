# The members of the family by their options; what a file says of itself.
printf '%s\n' 1,a 1,b 2,a 3,a 3,b 3,c | rec-ingest -q -f csv >x.rps
member() {
    rec-ease --lambda=2 -v -o m.rps "$@" x.rps 2>&1 | sed -n '1s/ of .*//p'
    grep -aoE '(dropout|xi) [0-9.e+-]+' m.rps | paste -sd ' '
    rec-recommend -m m.rps --items=a,b --keep-seen --text |
        awk '{ printf "%s\t%.5g\n", $3, $4 }' # the last digits are the BLAS's
}
member
member --xi=0.1
member --xi=1
member --dropout=0.5
member --dropout=0.5 --xi=0.1
member --dropout=0.5 --xi=1
for bad in --dropout=1 --dropout=-0.1 --xi=2 --xi=x; do
    rec-ease $bad x.rps 2>&1 | head -n 1
done
