# The published protocol on MovieTweetings, digest for digest.
set -e
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -o s/ --protocol=liang2018 --held-out=500 --seed=98765
for f in train valid.in valid.out test.in test.out; do
    rec-cat --no-header s/$f.rps | cut -f 1,2 | tr '\t' , | LC_ALL=C sort |
        sha256sum | cut -c 1-16 | sed "s/^/$f /"
done
# users with targets
rec-cat --no-header s/test.out.rps | cut -f 1 | uniq | wc -l
rec-cat --no-header s/valid.out.rps | cut -f 1 | uniq | wc -l
