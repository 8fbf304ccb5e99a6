# Items as rows of smaller tables, and lists of rows back to lists of items.
data=$SRC/data/movietweetings-100k
rec-ingest -q --min-item=20 --min-user=5 --implicit "$data/ratings.dat.gz" |
    rec-split -q --protocol=strong -o s/
rec-hash -t t --items s/train.rps -o /dev/null
users() { rec-info -f tsv "$1" | awk -F '\t' '$2 == "users" { print $3 }'; }
[ "$(users s/train.rps)" = "$(rec-hash -t t --scheme=bloom --slots=0.5x \
    s/train.rps | rec-info -f tsv | awk -F '\t' '$2 == "users" { print $3 }')" ] ||
    echo "users are lost"
measure() { rec-eval -q -f tsv -t s/test.out.rps | awk -F '\t' '
    $1 == "recall@20/min" { printf "%.3f\n", $2 }'; }
rec-pop s/train.rps | rec-recommend -q -m - -n 100 s/test.in.rps | measure
# As many rows as items, one for each: the same model by another name.
hash="rec-hash -q -t t --slots=1000x --scheme=modulo"
$hash s/train.rps | rec-pop -o m
$hash s/test.in.rps | rec-recommend -m m --keep-seen -n 100000 |
    $hash --reverse --exclude=s/test.in.rps | measure
for scheme in modulo double qr bloom; do
    hash="rec-hash -q -t t --slots=0.5x --scheme=$scheme"
    $hash s/train.rps | rec-pop -o m
    $hash s/test.in.rps | rec-recommend -m m --keep-seen -n 100000 |
        $hash --reverse --exclude=s/test.in.rps |
        measure | sed "s/^/$scheme /"
done
echo a row that two items share stands once
printf 'u,a,1,5\nu,b,3,4\nu,c,2,9\n' | rec-ingest -q -f csv -o x.rps
rec-hash -t s1 x.rps -o /dev/null
rec-hash -t s1 --scheme=modulo --slots=1 x.rps | rec-cat -
rec-hash -t s1 --scheme=qr --slots=4 x.rps | rec-cat -
