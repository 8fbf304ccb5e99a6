# Who would collide, in the embedded data; observed is near expected.
data=$SRC/data/movietweetings-100k
rec-ingest -q --implicit -o x.rps "$data/ratings.dat.gz"
rec-hash --report --items x.rps
for scheme in modulo double qr bloom; do
    rec-hash --report -f tsv --scheme=$scheme --slots=0.5x \
        --project=2x,5x,10x x.rps >r
    awk -F '\t' '$4 == "all" { print $1, $2, $3, $5, $6, $7, $8, $9, $10 }
        $1 == "growth" { print }
        NF == 12 && $4 ~ /[0-9]/ && ($7 - $8 > 0.05 || $8 - $7 > 0.05) {
            print "far from expected:", $0 }' r
done
echo deciles
rec-hash --report --users --scheme=modulo --slots=1x x.rps
echo "a share of the ids is not rounded up for the digits of a double"
for ((i = 1; i <= 100; i++)); do echo "u,$i"; done |
    rec-ingest -q -f csv --header=no -o hundred.rps
rec-hash --report --items -f tsv --scheme=modulo --slots=0.07x hundred.rps |
    awk -F '\t' '$4 == "all" { print $3 }'
