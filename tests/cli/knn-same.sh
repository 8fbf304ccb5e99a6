# The same bytes whatever the threads; and the same neighbours whatever the
# order of the data, though many are equally near.
rec-ingest -q --implicit --min-item=10 --min-user=5 -o x.rps \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" || exit
rec-cat --no-header x.rps | cut -f 1,2 | sort -r |
    rec-ingest -q -f tsv --header=no -o y.rps
for train in "rec-knn -k 3" "rec-knn -k 3 --keep=history --weighting=bm25" \
    "rec-walk -k 3" "rec-walk -k 0"; do
    $train --no-provenance -@ 1 -o 1.rps x.rps
    $train --no-provenance -@ 3 -o 3.rps x.rps
    cmp 1.rps 3.rps
done
rec-knn --side=users -k 5 -o u.rps x.rps
rec-recommend --no-provenance -@ 1 -m u.rps -o 1.rps x.rps
rec-recommend --no-provenance -@ 3 -m u.rps -o 3.rps x.rps
cmp 1.rps 3.rps
# Products of ones are exact in any order.
for train in "rec-knn -k 3" "rec-knn -k 3 --keep=history --similarity=jaccard" \
    "rec-knn -k 7 --similarity=dot"; do
    for data in x y; do
        $train $data.rps | rec-recommend -m - -n 5 --text x.rps >$data.txt
    done
    cmp x.txt y.txt
    wc -l <x.txt
done
