# Information abundance: of vectors of a model, and of some where it is known.
export OPENBLAS_NUM_THREADS=1
show() { rec-embed -q --from-text | rec-info -f tsv --collapse - | cut -f 2,3 |
    grep -e '^dimension' -e '^abundance'; }
printf '%s\n' 'a 1 0 0' 'b 0 1 0' 'c 0 0 -1' | show
printf '%s\n' 'a 1 2' 'b -2 -4' | show
printf '%s\n' 'a 0 0' | show
printf '%s\n' 'a 4 0 0' 'b 0 2 0' 'c 0 0 1' | show
# Of a model: neither collapsed nor alike in all directions.
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 -o x.rps \
    "$SRC/data/movietweetings-100k/ratings.dat.gz"
rec-ials -q -d 16 --epochs=5 x.rps | rec-embed -q -m - -o v.rps
rec-info -f tsv --collapse v.rps | awk -F '\t' '
    $2 == "abundance" { print ($3 > 1.5 && $3 < 16) }'
for t in 1 2; do
    rec-info -@ $t --collapse v.rps >$t
done
cmp 1 2
rec-info v.rps | grep abundance || echo "not shown"
