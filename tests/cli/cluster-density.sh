# Density: planted clouds and noise, copies, one vector, too few, what is
# refused; threads and the kind of processor do not matter.
awk 'function draw() { x = (x * 16807 + 11) % 2147483647
                       return x / 2147483647 - 0.5 }
    BEGIN {
    for (x = 7; i < 300; i++) {
        wide = i % 10 < 8 ? 1 : 40
        printf "v%03d %.5f %.5f %.5f\n", i, i % 2 * 5 + wide * draw(),
            wide * draw(), wide * draw()
    }
}' >v.txt
rec-embed -q --from-text v.txt -o v.rps
density() { rec-cluster --mode=density "$@"; }
density --raw --min-samples=4 --report=r.tsv v.rps -o g.rps
rec-cat --no-header g.rps |
    awk '{ i = substr($1, 2) + 0; print (i % 10 < 8 ? "cloud" i % 2 : "far"), $2 }' |
    sort | uniq -c | awk '$1 > 20 { print $2, $3, ($1 > 100) }'
rec-cat --no-header g.rps | awk '$3 < 0 || $3 > 1 || ($2 == 0 && $3 != 0)'
awk -F '\t' '$1 == "noise" { noise = $2 } $1 == "vectors" { all = $2 }
    $1 ~ /^[0-9]/ { n += $2; ok += $3 > 0; k++ }
    $1 ~ /^share/ {
        print (n + noise == all), ($2 - noise / all < 1e-5), (ok == k) }' \
    r.tsv
head -n 1 r.tsv
rec-info g.rps | grep ^kind
for n in 1 2; do
    for core in Nehalem Sandybridge; do
        OPENBLAS_CORETYPE=$core density -q --raw -@ $n --no-provenance v.rps |
            cksum
    done
done | uniq | wc -l
echo "-- the cosine: only directions count"
awk '{ print $1, $2 + 9, $3, $4 }' v.txt | rec-embed -q --from-text - |
    density -q --min-size=20 --min-samples=4 | rec-cat --no-header | wc -l
echo "-- one vector; all equal; fewer than a cluster"
printf 'a 1 2\n' | rec-embed -q --from-text - | density | rec-cat --no-header
printf 'a 1 2\nb 1 2\nc 1 2\n' | rec-embed -q --from-text - |
    density --min-size=2 --report=r.tsv | rec-cat --no-header
tail -n 3 r.tsv
head -n 19 v.txt | rec-embed -q --from-text - | density --min-size=20 |
    rec-cat --no-header | cut -f 2,3 | sort -u
echo "-- two of equal vectors"
awk 'BEGIN { for (i = 0; i < 30; i++) print i, (i % 3 < 1), (i % 3 > 0), (i == 7) }' |
    rec-embed -q --from-text - | density --report=r.tsv | rec-cat --no-header |
    cut -f 2,3 | sort | uniq -c | awk '{ print $1, $2, $3 }'
cat r.tsv
density -k 3 v.rps
density --labels=v.rps v.rps
density --min-size=1 v.rps
density --max-mem=1K v.rps
awk 'BEGIN { for (i = 0; i < 50001; i++) print i, 1 }' |
    rec-embed -q --from-text - | density
