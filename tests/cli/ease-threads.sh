# Threads change the order of sums inside BLAS, and nothing else: the weights
# stay within the tolerance of the page. Rows of B are what rec-recommend
# scores for histories of one item.
rec-ingest -q --min-item=20 --min-user=5 --implicit \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" -o x.rps || exit
rec-cat --no-header x.rps | cut -f 2 | sort -u | awk 'NR % 20 == 0' >some
awk '{ print "row" NR "," $1 }' some | rec-ingest -q -f csv --header=no -o one.rps
for how in "1e-5" "1e-12 --double"; do
    set -- $how
    for n in 1 2; do
        rec-ease -q -@ $n --side=items --lambda=100 $2 x.rps |
            rec-recommend -q -m - -n 100000 --keep-seen --text one.rps |
            sort -t "$(printf '\t')" -k 1,1 -k 3,3 >$n
    done
    # The last field is the score, in single precision even from --double.
    paste 1 2 | awk -F '\t' -v tol="$1" '
        $1 != $5 || $3 != $7 { print "rows differ"; exit }
        {
            d = $4 - $8; if (d < 0) d = -d
            a = $4 < 0 ? -$4 : $4
            if (d > worst) worst = d
            if (a > largest) largest = a
        }
        END {
            # Rounding to single adds half a step of it.
            print (NR > 10000), (largest > 0.01), (worst <= (tol + 6e-8) * largest)
        }'
done
