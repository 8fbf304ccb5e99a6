# The published filter on MovieTweetings: the counts are known.
data=$SRC/data/movietweetings-100k/ratings.dat.gz
rec-ingest --min-weight=7 --implicit --min-item=5 --min-user=5 -o m.rps "$data"
# The digests of decisions for other programs start from these pairs.
rec-cat --no-header m.rps | awk '{u[$1]; i[$2]} END {print NR, length(u), length(i)}'
# Rows keep the order of the file.
gzip -dc "$data" | awk -F:: '$1 == 66 && $3 >= 7 {print $2}' >want
rec-cat --no-header m.rps | awk '$1 == 66 {print $2}' | while read -r id; do
    grep -nx "$id" want | cut -d: -f1
done | sort -nc && echo in order
