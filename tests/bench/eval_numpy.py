#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The metrics of eval.sh in numpy: eval_numpy.py PREFIX LENGTH. Reads arrays of
indices (no ids to join, no format to check: a lower bound of what a script
does), in blocks of users, and prints metric and mean."""
import sys
import numpy as np

prefix, length = sys.argv[1], int(sys.argv[2])
run = np.memmap(prefix + ".u32", np.uint32).reshape(-1, length)
truth = np.memmap(prefix + ".truth.u32", np.uint32).reshape(-1, 10)
discount = 1 / np.log2(np.arange(2, length + 2))
ideal = np.concatenate([[0], np.cumsum(discount)])
sums = {}
for at in range(0, len(run), 20000):
    r, t = run[at:at + 20000], truth[at:at + 20000]
    n = (t != 2 ** 32 - 1).sum(axis=1)
    hit = np.zeros(r.shape, bool)
    for j in range(10):
        hit |= r == t[:, j:j + 1]
    found = hit.cumsum(axis=1)
    for k in (20, 50, 100):
        possible = np.minimum(k, n)
        h = found[:, k - 1]
        part = {"recall@%d/min" % k: h / possible, "recall@%d/all" % k: h / n,
                "precision@%d" % k: h / k,
                "ndcg@%d" % k: hit[:, :k] @ discount[:k] / ideal[possible],
                "map@%d" % k: (hit * found / np.arange(1, length + 1))[:, :k]
                .sum(axis=1) / possible,
                "hit@%d" % k: h > 0}
        for name, v in part.items():
            sums[name] = sums.get(name, 0) + v.sum()
    first = np.where(hit.any(axis=1), 1 / (hit.argmax(axis=1) + 1), 0)
    sums["mrr"] = sums.get("mrr", 0) + first.sum()
for name, s in sums.items():
    print("%s\t%.9g" % (name, s / len(run)))
