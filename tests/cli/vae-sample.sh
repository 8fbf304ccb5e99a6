# Posterior samples: scores with a spread, which is wider the less is known of
# a user; what cannot be sampled is refused. The vectors of users are the
# means of their posteriors.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" -o x.rps
rec-train-vae -q -@ 1 --hidden=60 --latent=20 --rate=0.003 --epochs=8 \
    -o m.rps x.rps

# The same users with 1, 5 and 25 items.
rec-cat --no-header x.rps |
    awk -F '\t' '{ n[$1]++; row[$1, n[$1]] = $0 }
        END { for (u in n) if (n[u] >= 25) for (k = 1; k <= 25; k++) {
                  print row[u, k] >"25"
                  if (k <= 5) print row[u, k] >"5"
                  if (k == 1) print row[u, k] >"1" } }'
sampled() { rec-recommend -q -m m.rps --samples=20 --text "$@"; }
for n in 1 5 25; do
    rec-ingest -q -f tsv --columns=user,item -o $n.rps $n
    sampled $n.rps | awk -F '\t' -v n=$n '
        NF != 5 || $5 <= 0 { print "bad", $0 }
        { s += $5 } END { print n, s / NR }' >>spread
done
awk 'NR > 1 { print $1, ($2 < 0.95 * last) } { last = $2 }' spread

# The stream has the same numbers as the text, and a column of that name.
rec-recommend -q -m m.rps --samples=20 -o run.rps 25.rps
rec-cat run.rps | head -n 1
rec-cat --no-header run.rps >run.tsv
sampled 25.rps | cut -f 1,3- | cmp - run.tsv
rec-eval -q -t 25.rps run.rps | head -n 1 | cut -c 1-6
# Draws are the user's: neither threads nor other users change them much, and
# the seed does.
sampled -@ 2 25.rps | cut -f 1,3- | paste - run.tsv | awk -F '\t' '
    function far(a, b) { return a - b > 1e-3 || b - a > 1e-3 }
    far($3, $7) || far($4, $8) { print }'
u=$(head -n 1 run.tsv | cut -f 1)
grep "^$u	" 25 | rec-ingest -q -f tsv --columns=user,item -o one.rps
sampled one.rps | cut -f 3- | sort >alone
awk -F '\t' -v u="$u" '$1 == u' run.tsv | cut -f 2- | sort | paste - alone |
    awk -F '\t' '$1 != $4 || $3 - $6 > 1e-3 || $6 - $3 > 1e-3 { print }'
sampled --seed=2 25.rps | cut -f 1,3- | cmp -s - run.tsv || echo another
# Many draws come near to the score of the mean: mostly the same items.
rec-recommend -q -m m.rps --text 25.rps | cut -f 1,3 | sort >mean
cut -f 1,2 run.tsv | sort | comm -12 - mean | wc -l >both
awk -v n="$(wc -l <mean)" '{ print ($1 > 0.8 * n) }' both

# No history at all.
rec-recommend -q -m m.rps --items=none --samples=5 -n 3 --text | wc -l
try() { "$@" >out 2>&1; echo "$?: $(head -n 1 out)"; }
rec-train-vae -q -@ 1 --dae --latent=5 --epochs=1 -o dae.rps x.rps
rec-pop -o pop.rps x.rps
try rec-recommend -m dae.rps --samples=5 25.rps
try rec-recommend -m pop.rps --samples=5 25.rps
try rec-recommend -m m.rps --fallback=pop.rps --samples=5 25.rps
try rec-recommend -m m.rps --samples=1 25.rps
try rec-recommend -m m.rps --seed=3 25.rps

# Vectors: 60 numbers of an item, 20 of a user. Without hidden layers both
# have as many, and their product is the score but for the item's bias.
rec-embed -m m.rps | rec-info -f tsv | grep -P '\t(vectors|dimension)\t'
rec-embed -m m.rps --users 25.rps | rec-info -f tsv |
    grep -P '\tdimension\t'
printf '%s\n' a,x a,y b,y b,z c,x | rec-ingest -q -f csv -o small.rps
rec-train-vae -q -@ 1 --hidden=0 --latent=4 --epochs=5 -o small.m small.rps
{
    rec-embed -m small.m | rec-cat --no-header
    rec-embed -m small.m --users small.rps | rec-cat --no-header
    echo scores
    rec-recommend -m small.m --keep-seen --text small.rps
} | awk '
    $1 == "scores" { scores = 1; next }
    !scores { for (k = 2; k <= NF; k++) v[$1, k] = $k; next }
    {
        rest = $4
        for (k = 2; k <= 5; k++) rest -= v[$1, k] * v[$3, k]
        if (!($3 in bias)) bias[$3] = rest
        if (rest - bias[$3] > 1e-5 || bias[$3] - rest > 1e-5) print $0, rest
        n++
    }
    END { print n }'
