#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What other tools report on qrels.txt and run.txt in the folder at hand,
written after their sources in numpy and float64. Made the first part of
tests/cli/eval-presets.out:

    vae_cf   vae_ml20m.ipynb: NDCG_binary_at_k_batch, Recall_at_k_batch
    recbole  recbole/evaluator/metrics.py (1.0 to 1.2)
    bars     SimpleX, deepmatch metrics.py, which the leaderboard runs
    lenskit  lenskit/metrics/topn.py of 0.14, RecListAnalysis as by default
    trec     trec_eval: P, recall, ndcg_cut, map_cut, success, recip_rank;
             topics of both files that have a relevant document
"""
import numpy as np

truth, run = {}, {}
for line in open("qrels.txt"):
    u, _, i, rel = line.split()
    truth.setdefault(u, [])
    if int(rel) > 0:
        truth[u].append(i)
for line in open("run.txt"):
    u, _, i, _, score, _ = line.split()
    run.setdefault(u, []).append((float(score), i))
users = [u for u in truth if truth[u]]


def ranked(u):
    """By score; equal ones by id, the larger first, as trec_eval does."""
    return [i for _, i in sorted(run.get(u, []), reverse=True)]


def hits(u, k):
    top = ranked(u)[:k]
    return np.array([i in truth[u] for i in top] + [False] * (k - len(top)))


def vae_cf(u, k):
    h, n = hits(u, k), len(truth[u])
    tp = 1. / np.log2(np.arange(2, k + 2))
    return {"recall@%d/min" % k: h.sum() / min(k, n),
            "ndcg@%d" % k: (h * tp).sum() / tp[:min(n, k)].sum()}


def recbole(u, k):
    h, n = hits(u, k), len(truth[u])
    pre = h.cumsum() / np.arange(1, k + 1)
    ideal = np.cumsum(1.0 / np.log2(np.arange(1, k + 1) + 1))
    dcg = np.cumsum(np.where(h, 1.0 / np.log2(np.arange(1, k + 1) + 1), 0))
    first = h.argmax()
    return {"recall@%d/all" % k: h.cumsum()[-1] / n,
            "precision@%d" % k: pre[-1],
            "ndcg@%d" % k: dcg[-1] / ideal[min(n, k) - 1],
            "map@%d" % k: np.cumsum(pre * h)[-1] / min(n, k),
            "hit@%d" % k: float(h.any()),
            "mrr@%d" % k: 1 / (first + 1) if h[first] else 0}


def bars(u, k):
    top, n = ranked(u)[:k], len(truth[u])
    found = len(set(top) & set(truth[u]))

    def dcg(items):
        return sum(1 / np.log(2 + i) for i, x in enumerate(items[:k])
                   if x in truth[u])
    return {"recall@%d/all" % k: found / (n + 1e-12),
            "precision@%d" % k: found / (k + 1e-12),
            "ndcg@%d" % k: dcg(top) / (dcg(truth[u]) + 1e-12),
            "hit@%d" % k: float(found > 0)}


def lenskit(u, k):
    h, n = hits(u, k), len(truth[u])
    disc = np.reciprocal(np.maximum(np.log2(np.arange(1, k + 1)), 1))
    at = np.nonzero(h)[0]
    return {"recall@%d/min" % k: h.sum() / min(n, k),
            "precision@%d" % k: h.sum() / k,
            "ndcg@%d" % k: np.dot(h, disc) / disc[:min(n, k)].sum(),
            "hit@%d" % k: float(h.any()),
            "mrr@%d" % k: 1 / (at[0] + 1) if len(at) else 0}


def trec(u, k):
    h, n = hits(u, k), len(truth[u])
    seen = dcg = ideal = 0
    ap = 0
    for r in range(1, k + 1):
        seen += h[r - 1]
        ap += seen / r if h[r - 1] else 0
        dcg += h[r - 1] / np.log2(r + 1)
        ideal += 1 / np.log2(r + 1) if r <= n else 0
    return {"recall@%d/all" % k: seen / n, "precision@%d" % k: seen / k,
            "ndcg@%d" % k: dcg / ideal, "map@%d" % k: ap / n,
            "hit@%d" % k: float(seen > 0)}


def recip_rank(u):
    h = hits(u, len(ranked(u)))
    return 1 / (h.argmax() + 1) if h.any() else 0


listed = [u for u in users if u in run]
for tool, cuts, who in ((vae_cf, (20, 50, 100), users),
                        (recbole, (10, 3), users), (bars, (20, 50), users),
                        (lenskit, (10, 3), listed),
                        (trec, (5, 10, 20, 100), listed)):
    print("-- " + tool.__name__)
    rows = [[tool(u, k) for u in who] for k in cuts]
    for m in rows[0][0]:
        for k, row in zip(cuts, rows):
            name = m.replace("@%d" % cuts[0], "@%d" % k)
            print("%s %.6f" % (name, np.mean([x[name] for x in row])))
    if tool is trec:
        print("mrr %.6f" % np.mean([recip_rank(u) for u in who]))
    print("users %d" % len(who))
