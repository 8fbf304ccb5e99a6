# Lists by personas: places by importance, columns that name the persona,
# members or medoid, who has none, what does not fit; threads do not matter.
export OPENBLAS_NUM_THREADS=1
# Two worlds, a and b, that never meet; u is at home in both, w only in a. What
# has a lower number is in more histories, so it always comes first.
for u in 1 2 3 4 5 6 7; do
    for i in $(seq $u); do
        printf 'p%s,a%s\nq%s,b%s\n' $u $i $u $i
    done
done | rec-ingest -q -f csv -o x.rps
rec-ease -q --lambda=100 -o m.rps x.rps
printf '%s\n' 'a1 9 1' 'a2 9 0' 'a3 9 1' 'b1 1 9' 'b2 0 9' 'z 1 1' |
    rec-embed -q --from-text - -o v.rps
printf '%s\n' u,a1 u,b1 u,a2 u,a3 w,a5 w,a6 nobody,zzz z,z |
    rec-ingest -q -f csv -o h.rps
rec-cluster -q --mode=personas --embeddings=v.rps h.rps -o p.rps
rec-cat --no-header p.rps
show() { rec-recommend -m m.rps --personas=p.rps "$@" h.rps; }
text() {
    show "$@" | rec-cat --no-header | awk '{ $3 = sprintf("%.4g", $3); print }'
}
echo "-- 3 to 1"
text -n 5 | grep ^u
text -q -n 2 | cut -d ' ' -f 1,2,4,5
echo "-- as a history of the persona alone would have it"
for p in a1,a2,a3 b1; do
    rec-recommend -m m.rps --items=$p --except=<(echo b2) \
        --text -n 2 | cut -f 2,3
done
echo "-- by its medoid; text; reasons; titles"
show -q --query=medoid --text -n 3 --explain=2 | cut -f 1-3,5-
printf 'a4\tThe fourth\nb1\tThe b\n' >titles
show -q --text -n 3 --titles=titles | cut -f 1-3,5-
echo "-- what is seen, and what others must not see"
text -q --keep-seen -n 2 | grep ^u
printf 'u,a4\n' | rec-ingest -q -f csv -o seen.rps
text -q -n 2 --exclude=seen.rps | grep ^u
echo "-- a fallback"
rec-pop -q -o pop.rps x.rps
text -n 1 --fallback=pop.rps | cut -d ' ' -f 1,2,4,5
echo "-- all the same, whatever the threads; it is a ranking"
data=$SRC/data/movietweetings-100k
rec-ingest -q --min-item=20 --min-user=5 "$data/ratings.dat.gz" -o mt.rps
rec-svd -q -@1 --dim=8 mt.rps -o svd.rps
rec-embed -q -m svd.rps -o mt.vec
rec-cluster -q --mode=personas --embeddings=mt.vec mt.rps -o mt.personas
for n in 1 3; do
    rec-recommend -q -@$n -m svd.rps --personas=mt.personas mt.rps -o $n.rps
done
cmp 1.rps 3.rps && echo same
rec-eval -q -t mt.rps 1.rps 2>&1 | grep -c recall
rec-cat --no-header 1.rps | awk '
    { if ($1 == user && $3 > score) print "ascends"; user = $1; score = $3 }
    seen[$1, $2]++ { print "twice" }
    { n[$1]++ }
    END { for (u in n) { users++; if (n[u] != 10) print u, n[u] }
          print (users > 300) }'
rec-cat mt.rps | awk 'NR > 1 { print $1, $2 }' | sort >history
rec-cat 1.rps | awk 'NR > 1 { print $1, $2 }' | sort | comm -12 history - |
    wc -l
echo "-- what does not fit"
try() { rec-recommend "$@" 2>&1 >/dev/null | head -n 1; }
try -m m.rps --query=medoid h.rps
try -m m.rps --personas=p.rps --query=x h.rps
try -m m.rps --personas=p.rps --items=a1
try -m m.rps --personas=p.rps --samples=3 h.rps
try -m m.rps --personas=h.rps h.rps
try -m m.rps --personas=missing h.rps
rec-embed -q -m svd.rps --users mt.rps |
    rec-cluster -q --mode=cohorts -k 2 -o c.rps
try -m m.rps --personas=c.rps h.rps
try -m - --personas=- h.rps
