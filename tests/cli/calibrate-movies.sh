# Fitted on validation users of MovieTweetings, applied to test users: scores
# become probabilities that come true, and lists stay as they are.
set -e
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765
rec-pop -q -o pop.rps s/train.rps
OPENBLAS_NUM_THREADS=1 rec-ease -q --lambda=150 -o ease.rps s/train.rps
for m in pop ease; do
    for s in valid test; do
        rec-recommend -q -m $m.rps -n 100 -o $m.$s.rps s/$s.in.rps
    done
done
error() { # the calibration error of standard input
    rec-calibrate --report -t s/test.out.rps -f tsv |
        awk -F '\t' '$1 == "ece" { print $3 }'
}
echo "-- popularity (counts: the same on every machine)"
for method in platt isotonic; do
    rec-calibrate --fit -t s/valid.out.rps --method=$method -o $method.rps \
        pop.valid.rps
    rec-calibrate -m $method.rps pop.test.rps -o p.rps
    rec-calibrate --report -t s/test.out.rps -f tsv p.rps |
        awk -F '\t' '{ printf "%s %s %.4g\n", $1, $2, $3 }' | tail -n 7
    cmp <(rec-cat --no-header p.rps | cut -f 1,2) \
        <(rec-cat --no-header pop.test.rps | cut -f 1,2)
    rec-cat --no-header p.rps | awk -F '\t' '
        $3 < 0 || $3 > 1 || ($1 == u && $3 > p) { print "wrong: " $0 }
        { u = $1; p = $3 }'
done
echo "-- EASE: Platt brings the error below a fifth, isotonic farther"
raw=$(error <ease.test.rps)
for method in platt isotonic; do
    rec-calibrate -q --fit -t s/valid.out.rps --method=$method -o c.rps \
        ease.valid.rps
    rec-calibrate -m c.rps ease.test.rps | error
done | awk -v raw="$raw" '{ e[NR] = $1 }
    END { print e[1] < raw / 5, e[2] < e[1] / 2 }'
echo "-- the same figures from the lists, whoever judges them"
rec-calibrate -m c.rps ease.test.rps |
    rec-eval -q -t s/test.out.rps -k 100 -f tsv >after
rec-eval -q -t s/test.out.rps -k 100 -f tsv ease.test.rps | cmp - after
echo "-- the diagram has the bins, fewer where many have the same"
rec-calibrate --report -t s/test.out.rps -f tsv p.rps |
    rec-plot -f gnuplot | sed -n '/^\$d0/,/^EOD/p' |
    awk 'NF == 4' | awk 'END { print (NR > 5 && NR <= 10) }'
echo "-- not on test data"
! rec-calibrate --fit -t s/test.out.rps ease.valid.rps >c.rps
! rec-calibrate --fit -t s/valid.out.rps ease.test.rps >c.rps
! rec-calibrate --fit -t s/train.rps ease.valid.rps >c.rps
