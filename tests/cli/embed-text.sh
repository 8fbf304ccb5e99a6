# Vectors from text: what rec-cat writes comes back to the same bytes; other
# layouts; unit length; what is wrong is refused with its line.
printf 'id\tvector\nb b\t1 -0.25\n\xff\t3.40282347e+38 1.40129846e-45\nc\t0 -0\n' >v.tsv
rec-embed --from-text --no-provenance -o a.rps v.tsv
rec-cat a.rps | cmp - v.tsv
rec-cat a.rps | rec-embed --from-text --no-provenance | cmp - a.rps
rec-cat --no-header a.rps | gzip | rec-embed --from-text --no-provenance |
    cmp - a.rps
printf 'a 1  2\r\n\nb x\t3\t4 \nid\t5 6' | rec-embed --from-text | rec-cat
rec-embed --from-text --normalise v.tsv | rec-cat | tr '\377' y
# A line longer than what is read at once, and one without an end.
awk 'BEGIN { for (l = 0; l < 3; l++) { printf "%s%d\t", l ? "\n" : "", l
             for (i = 0; i < 20000; i++) printf "%d ", i * 3 + l } }' >long
rec-embed --from-text long | rec-cat --no-header | sed 's/$/ /' >out
{ cat long; echo; } | cmp - out
refused() {
    printf "$1" | rec-embed --from-text -o no
    echo "status $?"
}
refused ''
refused 'id\tvector\n'
refused 'a\n'
refused 'a\t1 2\nb\t1\n'
refused 'a\t1 2\n\na\t1 2\n'
refused 'a\t1,2\n'
refused 'a\t1 nan\n'
refused 'a\t1e39\n'
refused '\t1 2\n'
refused 'a\0b\t1 2\n'
ls no 2>/dev/null
rec-embed --from-text -m x
rec-embed
rec-embed -m x y
printf '1,a\n' | rec-ingest -q -f csv | rec-pop >pop.rps
rec-embed -m pop.rps
echo "status $?"
rec-embed -m - --users <pop.rps
echo "status $?"
# What is in a stream of vectors.
printf 'a 3 4\nb 0 1\n' | rec-embed --from-text | rec-info
