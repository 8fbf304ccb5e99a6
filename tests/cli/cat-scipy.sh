# What scipy and numpy read from rec-cat is what the rows say; what scipy writes
# is read back.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import scipy.io' 2>/dev/null && break
    python=
done
[ "$python" ] || { echo "no scipy here" >&2; exit 77; }
data=$SRC/data/movietweetings-100k
rec-ingest -q --min-item=80 --min-user=10 "$data/ratings.dat.gz" -o x.rps
rec-ingest -q --implicit -f tsv <(rec-cat x.rps) -o ones.rps
for f in mtx npy; do
    rec-cat -f $f --row-ids=users.$f --column-ids=items.$f -o x.$f x.rps
    rec-cat -f $f -o ones.$f ones.rps
done
rec-cat -o x.tsv x.rps
rec-gram -q x.rps | rec-cat -f mtx -o gram.mtx
rec-svd -q --dim=5 -o svd.rps x.rps
rec-embed -q -m svd.rps -o v.rps
rec-cat -f npy --row-ids=ids v.rps >v.npy
rec-cat --no-header v.rps >v.tsv
cat >check.py <<'END'
import numpy as np, scipy.io, scipy.sparse as sp
rows = [l.rstrip("\n").split("\t") for l in open("x.tsv")][1:]
users = {u: k for k, u in enumerate(open("users.mtx").read().split("\n")[:-1])}
items = {i: k for k, i in enumerate(open("items.mtx").read().split("\n")[:-1])}
want = sp.csr_matrix(
    (np.float32([r[2] for r in rows]),
     ([users[r[0]] for r in rows], [items[r[1]] for r in rows])),
    shape=(len(users), len(items)))
same = lambda a, b: a.shape == b.shape and abs(a - b).max() == 0
x = scipy.io.mmread("x.mtx")
print("mtx", same(sp.csr_matrix(x), want))
a = np.load("x.npy")
y = sp.csr_matrix((a["weight"], (a["row"], a["column"])), shape=want.shape)
print("npy", same(y, want), y.dtype,
      np.array_equal(a["time"], np.int64([r[3] for r in rows])))
ones = sp.csr_matrix(scipy.io.mmread("ones.mtx"))
print("pattern", ones.sum() == len(rows), same(ones, sp.csr_matrix(
    (np.ones(want.nnz), want.indices, want.indptr), want.shape)))
b = np.load("ones.npy")
print("records without weights", [n for n in b.dtype.names], len(b) == len(rows))
g = scipy.io.mmread("gram.mtx")
print("gram", np.allclose(g.toarray(), (want.T @ want).toarray(), rtol=1e-6))
v = np.load("v.npy")
t = {l.split("\t")[0]: np.float32(l.split("\t")[1].split()) for l in open("v.tsv")}
ids = open("ids").read().split("\n")[:-1]
print("vectors", v.shape == (len(ids), 5), v.dtype,
      all(np.array_equal(v[k], t[i]) for k, i in enumerate(ids)))
scipy.io.mmwrite("back.mtx", want.tocoo(), precision=9)
END
"$python" check.py
# Back: the ids stand where the places point.
grep -v '^%' back.mtx | sed 1d |
    awk 'FILENAME == "users.mtx" { u[FNR] = $0; next }
        FILENAME == "items.mtx" { i[FNR] = $0; next }
        { print u[$1] "," i[$2] "," $3 }' users.mtx items.mtx - |
    rec-ingest -q --header=no | rec-cat --no-header | sort >back
cut -f 1-3 x.tsv | sed 1d | sort | cmp - back
