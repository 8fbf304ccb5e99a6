# Neighbours: by weights, the scores of a history of that item alone; by
# vectors, what awk finds; ids in every way; unknown items.
export OPENBLAS_NUM_THREADS=1
awk 'BEGIN { for (u = 0; u < 40; u++) for (i = 0; i < 9; i++) {
         x = (x * 137 + 29) % 10007
         if (x % (3 + i % 4) == 0) print "u" u ",i" i } }' |
    rec-ingest -q -f csv --columns=user,item -o x.rps
for side in items users; do
    rec-ease -q --lambda=2 --side=$side -o $side.rps x.rps
    rec-similar -m $side.rps --by=weights -n 3 --text i1 i4 i1 |
        awk -F '\t' '{ printf "%s\t%s\t%s\t%.3f\n", $1, $2, $3, $4 }' >got
    for i in i1 i4; do
        rec-recommend -m $side.rps -n 3 --items=$i --text |
            awk -F '\t' -v i=$i '{ printf "%s\t%s\t%s\t%.3f\n", i, $2, $3, $4 }'
    done | diff - got && cat got
done
# All ways to name items give the same lists.
rec-similar -m items.rps --text i2 i0 >got
printf 'i2\n\ni0\ni2\n' | tee list | rec-similar -m items.rps --text | cmp - got
gzip <list >list.gz
rec-similar -m items.rps --list=list.gz --text | cmp - got
rec-similar -m items.rps --all --text |
    awk -F '\t' '$1 == "i2" || $1 == "i0"' | sort | cmp - <(sort got)
# Text and stream agree; unknown items have an empty row.
rec-similar -m items.rps -n 2 i2 none i0 | rec-info -f tsv |
    grep -P '\t(kind|users|users without items|events)\t'
rec-similar -q -m items.rps i2 none i0 | rec-cat --no-header |
    cmp - <(awk -F '\t' -v OFS='\t' '{ print $1, $3, $4 }' got)
# Vectors, against sums written out here. The zero is near nothing.
awk 'BEGIN { for (i = 0; i < 30; i++) {
         printf "v%d\t", i
         for (k = 0; k < 5; k++) {
             x = (x * 137 + 29) % 10007
             printf "%.3f ", i == 7 ? 0 : x / 10007 - 0.4
         }
         print "" } }' >v.tsv
rec-embed --from-text -o v.rps v.tsv
for by in cosine dot; do
    rec-similar -q --vectors=v.rps --by=$by --all --text -n 30 |
        awk -v by=$by '
        function dot(a, b, s, k) {
            s = 0
            for (k = 2; k <= 6; k++) s += v[a, k] * v[b, k]
            return s
        }
        NR == FNR { for (k = 2; k <= 6; k++) v[$1, k] = $k; next }
        {
            want = dot($1, $3)
            if (by == "cosine") want /= sqrt(dot($1, $1) * dot($3, $3))
            if ($4 - want > 1e-6 || want - $4 > 1e-6) print $0, want
            if ($1 == $3 || seen[$1, $3]++) print "should not be: " $0
            if ($1 == last && $4 > score) print "rises: " $0
            if ($2 != ($1 == last ? rank + 1 : 1)) print "rank: " $0
            last = $1; score = $4; rank = $2
            lines++
        }
        END { print by, lines }' v.tsv -
done
rec-similar --vectors=v.rps v3 v7 -n 3 --text | cut -f 1-3
rec-similar --no-provenance --vectors=v.rps v3 -n 3 | cmp - \
    <(rec-similar --no-provenance --by=cosine --vectors=v.rps v3 -n 3)
printf 'i0,nought\ni6,"six, perhaps"\n' >titles
rec-similar -m items.rps --text --titles=titles i1 -n 6 | cut -f 1-3,5
