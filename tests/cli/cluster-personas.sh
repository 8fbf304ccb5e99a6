# Personas: two tastes of one user, an import, items without a vector, users
# without any; options that do not fit.
cat >v.txt <<EOF
a1 1 0.1 0
a2 1 0 0.1
a3 2 0.1 0.1
b1 0 1 0.2
b2 0.1 3 0
EOF
rec-embed -q --from-text v.txt -o v.rps
rec-ingest -q -f csv --header=no --columns=user,item,time -o x.rps <<EOF
u,a1,0
u,b1,8640000
u,a2,0
u,x,8640000
u,b2,8640000
u,a3,0
w,x,5
one,b2,7
EOF
show() { rec-cat --no-header | awk '{ $3 = sprintf("%.4f", $3); print }'; }
cluster() { rec-cluster --mode=personas --embeddings=v.rps "$@" x.rps; }
echo "-- the usual height; a smaller one in a narrower world; the largest gap"
cluster | show
(sed 's/$/ 9/' v.txt) | rec-embed -q --from-text - -o narrow.rps
rec-cluster --mode=personas --embeddings=narrow.rps x.rps | show
cluster --gap | show
echo "-- events of one second: only their square root; no decay"
cluster -q --decay=0 | show
echo "-- one persona, as of a day later; and one by height"
cluster -q -k 1 --now=8726400 -o one.rps && show <one.rps
cluster -q --height=100 --now=8726400 | show | cmp - <(show <one.rps)
echo "-- many, and the latest two events"
cluster -q --height=0 | show
cluster --recent=2 | show
rec-info x.rps | sed -n '/^kind/p'
rec-info one.rps | sed -n '/^kind/p; /^rows/p; /^events/p'
echo "-- threads do not matter"
data=$SRC/data/movietweetings-100k
rec-ingest -q --min-item=20 --min-user=5 "$data/ratings.dat.gz" -o mt.rps
rec-svd -q --dim=8 mt.rps | rec-embed -q -m - -o mt.vec
for n in 1 2; do
    rec-cluster -q -@ $n --mode=personas --embeddings=mt.vec mt.rps -o $n.rps
done
cmp 1.rps 2.rps && echo same
rec-cat --no-header 1.rps | cut -f 1,2 | sort >members
rec-cat --no-header mt.rps | cut -f 1,2 | sort | cmp - members && echo all
for bad in "" --mode=x --mode=personas "--mode=cohorts --embeddings=v.rps" \
    "--mode=personas --embeddings=v.rps --levels=2" --mode=codes \
    "--mode=personas --embeddings=v.rps -k 2 --height=1" \
    "--mode=personas --embeddings=v.rps --gap --height=1" \
    "--mode=personas --embeddings=v.rps --gap -k 2" "--mode=codes --gap" \
    "--mode=cohorts -k 2 --centres=v.rps" \
    "--mode=cohorts -k 2 --balanced --batch=3" \
    "--mode=personas --embeddings=v.rps --max-mem=100"; do
    rec-cluster $bad x.rps 2>&1 | head -n 1
done
echo "-- one direction, other lengths: one persona; the zero vector is apart"
cat >w.txt <<EOF
c1 0.1 0.3 0.7
c2 0.7 2.1 4.9
c3 0.3 0.9 2.1
c4 1.3 3.9 9.1
z1 0 0 0
z2 0 0 0
EOF
rec-embed -q --from-text w.txt -o w.rps
printf '%s\n' same,c1 same,c2 same,c3 same,c4 zero,c1 zero,c2 zero,z1 \
    nothing,z1 nothing,z2 nothing,z1 | rec-ingest -q -f csv -o y.rps
rec-cluster -q --mode=personas --embeddings=w.rps y.rps --report=r.tsv |
    rec-cat --no-header
cat r.tsv
rec-cluster --mode=personas --embeddings=x.rps x.rps
