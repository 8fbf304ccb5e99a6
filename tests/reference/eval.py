#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every metric of rec-eval by its definition, in numpy and float64, from the
files of eval-data.sh in the folder at hand. Made tests/cli/eval-lists.out:

    mkdir t && cd t && . ../tests/reference/eval-data.sh
    python3 ../tests/reference/eval.py
"""
import numpy as np

CUTS = (3, 10)


def read(name):
    rows = {}
    for line in open(name + ".tsv"):
        f = line.rstrip("\n").split("\t")
        rows.setdefault(f[0], []).append(f[1:])
    return rows


truth = {u: [f[0] for f in r] for u, r in read("truth").items()}
train = {u: [f[0] for f in r] for u, r in read("train").items()}
history = {u: [f[0] for f in r] for u, r in read("history").items()}
group = {u: r[0][0] for u, r in read("groups").items()}
run = {u: [f[0] for f in sorted(r, key=lambda f: -float(f[1]))]
       for u, r in read("run").items()}
vector = {u: np.array(r[0][0].split(), float)
          for u, r in read("vectors").items()}
attribute = {i: {f[0] for f in r} for i, r in read("attributes").items()}
count = {}
for row in train.values():
    for i in row:
        count[i] = count.get(i, 0) + 1


def xxh64(data):  # only for ids below 32 bytes: the tie rule of deciles
    p1, p2, p3, p4, p5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F,
                          0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                          0x27D4EB2F165667C5)
    m = (1 << 64) - 1

    def rot(x, r):
        return (x << r | x >> 64 - r) & m
    h, at = (p5 + len(data)) & m, 0
    while at + 8 <= len(data):
        k = rot(int.from_bytes(data[at:at + 8], "little") * p2 & m, 31)
        h = (rot(h ^ k * p1 & m, 27) * p1 + p4) & m
        at += 8
    if at + 4 <= len(data):
        k = int.from_bytes(data[at:at + 4], "little") * p1 & m
        h = (rot(h ^ k, 23) * p2 + p3) & m
        at += 4
    for c in data[at:]:
        h = rot(h ^ c * p5 & m, 11) * p1 & m
    h = (h ^ h >> 33) * p2 & m
    h = (h ^ h >> 29) * p3 & m
    return h ^ h >> 32


order = sorted(count, key=lambda i: (-count[i], xxh64(i.encode())))
before = np.cumsum([0] + [count[i] for i in order])
part = {}  # head, middle, tail
for place, i in enumerate(order):
    decile = int(10 * (before[place] + count[i] / 2) / before[-1])
    part[i] = 0 if decile < 2 else 1 if decile < 8 else 2


def parts(items):
    n = np.bincount([part.get(i, 2) for i in items], minlength=3)
    return n / n.sum()


def divergence(p, q):
    m = (p + q) / 2
    return sum(np.sum(x[x > 0] * np.log2(x[x > 0] / m[x > 0])) / 2
               for x in (p, q))


def accuracy(u, k):
    t, r = truth[u], run.get(u, [])
    hit = np.array([i in t for i in r[:k]] + [False] * (k - len(r[:k])))
    rank = np.arange(1, k + 1)
    n, possible = hit.sum(), min(k, len(t))
    dcg = np.sum(hit / np.log2(rank + 1))
    return {"recall/min": n / possible, "recall/all": n / len(t),
            "precision": n / k,
            "ndcg": dcg / np.sum(1 / np.log2(rank[:possible] + 1)),
            "map": np.sum(hit * np.cumsum(hit) / rank) / possible,
            "hit": float(n > 0)}


def traits(u, k):
    nan = float("nan")
    r, h = run.get(u, [])[:k], history.get(u, [])
    if not r:
        return dict.fromkeys(("popularity", "lift", "novelty", "tail",
                              "miscalibration", "diversity",
                              "diversity/attributes"), nan)
    c = np.array([count.get(i, 0) for i in r], float)
    past = np.array([count.get(i, 0) for i in h], float)
    v = np.array([vector[i] for i in r if i in vector and vector[i].any()])
    far = nan
    if len(v) > 1:
        v /= np.linalg.norm(v, axis=1)[:, None]
        far = np.mean((1 - v @ v.T)[np.triu_indices(len(v), 1)])
    a = [attribute[i] for i in r if i in attribute]
    unlike = [1 - len(a[i] & a[j]) / np.sqrt(len(a[i]) * len(a[j]))
              for i in range(len(a)) for j in range(i)]
    return {"popularity": c.mean(),
            "lift": c.mean() / past.mean() - 1 if past.sum() else nan,
            "novelty": np.mean(np.log2(len(train) / np.maximum(c, 1))),
            "tail": np.mean([part.get(i, 2) == 2 for i in r]),
            "miscalibration": divergence(parts(h), parts(r)) if h else nan,
            "diversity": far,
            "diversity/attributes": np.mean(unlike) if unlike else nan}


def name(metric, k):
    a, _, b = metric.partition("/")
    return "%s@%d%s" % (a, k, "/" + b if b else "")


def values(of):
    v = {k: [of(u, k) for u in truth] for k in CUTS}
    return [(name(m, k), [x[m] for x in v[k]]) for m in v[CUTS[0]][0]
            for k in CUTS]


def mrr(u):
    at = [r for r, i in enumerate(run.get(u, []), 1) if i in truth[u]]
    return 1 / at[0] if at else 0


for metric, v in values(accuracy):
    print("%s %.6f" % (metric, np.mean(v)))
print("mrr %.6f" % np.mean([mrr(u) for u in truth]))
for metric, v in values(traits):
    print("%s %.6f" % (metric, np.nanmean(v)))
for k in CUTS:
    shown = [i for u in truth for i in run.get(u, [])[:k]]
    items = sorted(set(count) | set(shown))
    e = np.sort([shown.count(i) for i in items])
    n, share = len(e), e[e > 0] / e.sum()
    bits = -np.sum(share * np.log2(share))
    gini = np.sum((2 * np.arange(1, n + 1) - n - 1) * e) / (n * e.sum())
    for metric, x in (("coverage", np.mean(e > 0)), ("gini", gini),
                      ("entropy", bits), ("effective", 2 ** bits)):
        print("%s@%d %.6f" % (metric, k, x))
print("users/evaluated %.6f" % len(truth))
print("users/without-list %.6f" % sum(u not in run for u in truth))
print("users/without-targets %.6f" % 0)
print("users/only-ranked %.6f" % sum(u not in truth for u in run))
print("-- by groups, and how far they are apart")
for g in sorted(set(group.values()), reverse=True):
    for m, of in (("recall/all", accuracy), ("popularity", traits)):
        x = np.array([of(u, 10)[m] for u in truth if group[u] == g])
        x = x[~np.isnan(x)]
        print("group %s %s %.6f %.6f" % (g, name(m, 10), x.mean(),
                                         x.std() / np.sqrt(len(x))))
