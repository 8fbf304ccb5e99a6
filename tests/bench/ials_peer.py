#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What rec-ials is compared with: ials_peer.py WHO FILE.tsv DIM ITERATIONS
ALPHA LAMBDA. Prints WHO, the seconds of the fastest iteration (all items, then
all users), and the objective of rec-ials with nu 0 after the last one, in
double precision. The peers of tests/bench/ials.sh.

WHO: implicit-exact and implicit-cg are the solvers of the package `implicit`
(github.com/benfred/implicit), as its AlternatingLeastSquares calls them; numpy
is batched normal equations, threaded; ceiling is the time sgemm takes for as
many operations.
"""
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

who, path, dim, iterations = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
alpha, lam = float(sys.argv[5]), float(sys.argv[6])
threads = len(os.sched_getaffinity(0))
if who != "ceiling":  # the rows are parallel, not what is inside one
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import scipy.sparse as sp


def read():
    users, items, u, i = {}, {}, [], []
    for line in open(path):
        a, b = line.rstrip("\n").split("\t")[:2]
        u.append(users.setdefault(a, len(users)))
        i.append(items.setdefault(b, len(items)))
    return sp.csr_matrix((np.ones(len(u), np.float32), (u, i)))


def objective(x, w, h):
    w, h = w.astype(np.float64), h.astype(np.float64)
    rows = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
    loss = 0.0
    for at in range(0, x.nnz, 100000):
        part = slice(at, at + 100000)
        s = np.einsum("ij,ij->i", w[rows[part]], h[x.indices[part]])
        loss += ((s - 1) ** 2).sum()
    loss += alpha * np.sum((w.T @ w) * (h.T @ h))
    return loss + lam * ((w ** 2).sum() + (h ** 2).sum())


def implicit_step(exact):
    """Confidence C = 1 + 1/alpha and target 1 + alpha at observed places are
    the same problem once lambda and the vectors are scaled."""
    try:
        from implicit.cpu import _als
    except ImportError:
        sys.path.insert(0, os.environ.get("IMPLICIT", "."))
        import _als
    reg = lam / alpha * (1 + alpha)

    def step(x, w, h):
        c = x.copy()
        c.data = np.full(x.nnz, 1 + 1 / alpha, np.float32)
        if exact:
            _als.least_squares(c, w, h, reg, num_threads=threads)
        else:
            _als.least_squares_cg(c, w, h, reg, num_threads=threads)

    return step


def numpy_step(pool):
    """Rows of like length in batches of padded arrays; a thread per batch."""

    def step(x, w, h):
        a0 = alpha * (h.T @ h) + lam * np.eye(dim, dtype=np.float32)
        padded = np.vstack([h, np.zeros((1, dim), np.float32)])
        n = np.diff(x.indptr)
        order = np.argsort(n, kind="stable")

        def solve(rows):
            most = n[rows[-1]]
            index = np.full((len(rows), most), len(h))
            for k, r in enumerate(rows):
                index[k, :n[r]] = x.indices[x.indptr[r]:x.indptr[r + 1]]
            v = padded[index]
            a = a0 + v.transpose(0, 2, 1) @ v
            w[rows] = np.linalg.solve(a, v.sum(1)[:, :, None])[:, :, 0]

        batches, at = [], 0
        while at < len(order):
            size = max(1, min(256, 2000000 // (dim * max(dim, n[order[at]]))))
            batches.append(order[at:at + size])
            at += size
        list(pool.map(solve, batches))

    return step


def ceiling(x):
    d = max(dim, 2048)
    a = np.ones((d, d), np.float32)
    a @ a
    rate = 0
    for _ in range(3):
        begin = time.time()
        a @ a
        rate = max(rate, 2.0 * d ** 3 / (time.time() - begin))
    rows = x.shape[0] + x.shape[1]
    work = 2.0 * x.nnz * dim ** 2 + rows * dim ** 3 / 3
    print(f"sgemm-ceiling {work / rate:.4f} {rate * 1e-9:.0f}GFlop/s")


def main():
    x = read()
    if who == "ceiling":
        return ceiling(x)
    t = x.T.tocsr()
    rng = np.random.default_rng(1)
    scale = 0.1 / np.sqrt(dim)
    w = rng.normal(0, scale, (x.shape[0], dim)).astype(np.float32)
    h = rng.normal(0, scale, (x.shape[1], dim)).astype(np.float32)
    with ThreadPoolExecutor(threads) as pool:
        step = numpy_step(pool) if who == "numpy" else implicit_step(who == "implicit-exact")
        best = float("inf")
        for _ in range(iterations):
            begin = time.time()
            step(t, h, w)
            step(x, w, h)
            best = min(best, time.time() - begin)
    if who != "numpy":
        w /= np.sqrt(1 + alpha)
        h /= np.sqrt(1 + alpha)
    print(f"{who} {best:.4f} {objective(x, w, h):.6g}")


main()
