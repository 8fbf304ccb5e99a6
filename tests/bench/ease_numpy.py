#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""EASE as published code has it: ease_numpy.py FILE.csv LAMBDA [float32]

Reads `user,item,...` text, forms the Gram matrix with scipy, inverts it with
numpy.linalg.inv (float64 unless told otherwise), and prints the seconds of
each step. The peer of tests/bench/ease.sh.
"""
import sys
import time

import numpy as np
import scipy.sparse as sp

begin = time.time()
path, lam = sys.argv[1], float(sys.argv[2])
dtype = np.float32 if "float32" in sys.argv[3:] else np.float64
ids = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64)
_, users = np.unique(ids[:, 0], return_inverse=True)
_, items = np.unique(ids[:, 1], return_inverse=True)
x = sp.csr_matrix((np.ones(len(ids), dtype), (users, items)))
x.data[:] = 1
read = time.time()
g = (x.T @ x).toarray()
g[np.diag_indices_from(g)] += lam
gram = time.time()
p = np.linalg.inv(g)
inverse = time.time()
b = p / -np.diag(p)
np.fill_diagonal(b, 0)
b.astype(np.float32).tofile("/dev/null")
print(f"read {read - begin:.2f} gram {gram - read:.2f} "
      f"inverse {inverse - gram:.2f} b {time.time() - inverse:.2f}")
