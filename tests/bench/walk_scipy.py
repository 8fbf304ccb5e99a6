# SPDX-License-Identifier: MIT
"""RP3beta with scipy, in blocks of dense rows as the published comparisons
compute it: walk_scipy.py TRAIN TEST ALPHA BETA K, adjacency lists. Prints the
seconds of each phase, recall@20 and ndcg@20."""
import sys
import time

import numpy as np
import scipy.sparse as sp

train, test = sys.argv[1:3]
alpha, beta, k = float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
began = time.time()


def phase(name):
    global began
    now = time.time()
    print(f'  scipy: {name:14} {now - began:7.2f} s')
    began = now


def read(path, users, items):
    u, i = [], []
    for line in open(path):
        user, *row = line.split()
        x = users.setdefault(user, len(users))
        for item in row:
            u.append(x)
            i.append(items.setdefault(item, len(items)))
    return u, i


users, items = {}, {}
u, i = read(train, users, items)
n_users, n_items = len(users), len(items)
x = sp.csr_matrix((np.ones(len(u)), (u, i)), (n_users, n_items))
tu, ti = read(test, users, items)
truth = sp.csr_matrix((np.ones(len(tu)), (tu, ti)), (len(users), len(items)))
phase('read')

count = np.asarray(x.sum(0)).ravel()
down = sp.diags(1 / np.asarray(x.sum(1)).ravel()) @ x
up = (x @ sp.diags(1 / np.maximum(count, 1))).T.tocsr()
down.data **= alpha
up.data **= alpha
scale = np.maximum(count, 1) ** -beta
rows, cols, data = [], [], []
for at in range(0, n_items, 200):
    w = (up[at:at + 200] @ down).toarray() * scale
    w[np.arange(len(w)), np.arange(at, at + len(w))] = 0
    best = np.argpartition(-w, min(k, n_items - 1) - 1, 1)[:, :k]
    value = np.take_along_axis(w, best, 1)
    r, c = np.nonzero(value)
    rows.append(at + r)
    cols.append(best[r, c])
    data.append(value[r, c])
w = sp.csr_matrix((np.concatenate(data), (np.concatenate(rows),
                                          np.concatenate(cols))),
                  (n_items, n_items))
phase('walk')

top = np.empty((n_users, 20), int)
for at in range(0, n_users, 500):
    s = (x[at:at + 500] @ w).toarray()
    s[x[at:at + 500].nonzero()] = -np.inf
    best = np.argpartition(-s, 20, 1)[:, :20]
    order = np.argsort(-np.take_along_axis(s, best, 1), 1)
    top[at:at + 500] = np.take_along_axis(best, order, 1)
phase('recommend')

gain = 1 / np.log2(np.arange(2, 22))
recall, ndcg = [], []
for v in range(n_users):
    want = set(truth.indices[truth.indptr[v]:truth.indptr[v + 1]])
    if want:
        hit = np.array([item in want for item in top[v]])
        recall.append(hit.sum() / len(want))
        ndcg.append((hit * gain).sum() / gain[:len(want)].sum())
phase('judge')
print(f'scipy recall@20/all {np.mean(recall):.6f}, ndcg@20 {np.mean(ndcg):.6f}')
