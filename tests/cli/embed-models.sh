# Vectors of factor models: those of a user and an item multiply to the score
# that rec-recommend gives; rec-similar finds the same by model and by stream.
export OPENBLAS_NUM_THREADS=1
for program in rec-svd rec-ials; do
    command -v $program >/dev/null || { echo "no $program" >&2; exit 77; }
done
awk 'BEGIN { for (u = 0; u < 40; u++) for (i = 0; i < 12; i++) {
         x = (x * 137 + 29) % 10007
         if (x % (3 + i % 4) == 0) print "u" u ",i" i } }' |
    rec-ingest -q -f csv --columns=user,item -o x.rps
printf '%s\n' v,i3 v,none v,i5 w,none z,i0 |
    rec-ingest -q -f csv --role=test.in -o new.rps
train() {
    case $1 in
    rec-svd) rec-svd -q -d 4 x.rps ;;
    rec-ials) rec-ials -q -d 4 --epochs=3 x.rps ;;
    esac
}
for model in rec-svd rec-ials; do
    echo "$model"
    train $model >m.rps
    rec-embed -m m.rps -o items.rps
    rec-embed -m m.rps --users -o users.rps new.rps
    rec-info -f tsv items.rps | grep -P '\t(vectors|dimension)\t'
    rec-info -f tsv users.rps | grep -P '\t(role|vectors|dimension)\t'
    rec-embed -q -m m.rps --users <new.rps | cmp - users.rps
    rec-embed -q -@3 -m <(cat m.rps) --users new.rps | cmp - users.rps
    rec-cat --no-header items.rps | cut -f 1 | sort | cmp - \
        <(rec-cat --no-header x.rps | cut -f 2 | sort -u)
    { rec-cat --no-header items.rps; rec-cat --no-header users.rps
      echo scores
      rec-recommend -q -m m.rps --keep-seen -n 99 --text new.rps; } |
        awk '$1 == "scores" { scores = 1; next }
            !scores { for (k = 2; k <= NF; k++) v[$1, k] = $k; dim = NF; next }
            {
                want = 0
                for (k = 2; k <= dim; k++) want += v[$1, k] * v[$3, k]
                if (want - $4 > 1e-5 || $4 - want > 1e-5) print $0, want
                n[$1]++
            }
            END { for (u in n) print u, n[u] }' | sort
    rec-embed -m m.rps --normalise | rec-cat --no-header |
        awk '{ s = 0; for (k = 2; k <= NF; k++) s += $k * $k
               if (s < 0.99999 || s > 1.00001) print "length", $0 }'
    for by in cosine dot; do
        rec-similar -m m.rps --by=$by --all --text | cmp - \
            <(rec-similar --vectors=items.rps --by=$by --all --text)
    done
    rec-similar -m m.rps --all --text |
        cmp - <(rec-similar -m m.rps --by=cosine --all --text)
    rec-similar -m m.rps --by=weights i1 -o no
done
