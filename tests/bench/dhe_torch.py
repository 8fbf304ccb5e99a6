#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Deep hash embeddings beside a table, on a folder of rec-split made to text:
train.tsv, test.in.tsv and test.out.tsv, lines of user, item.

    tests/bench/dhe_torch.py DIR [EPOCHS]

One model throughout: a user is the sum of the vectors of the history, divided
by its norm, and the scores of the items are its products with theirs, plus a
bias; a multinomial likelihood is maximised with Adam. The vectors, of 64
numbers, come from a table of all items, from one with a row for every four
(hashed, one row each), or from a net of the hashes of the id (Kang et al. 2021:
uniform codes, Mish, batch norm) with about as many parameters as the one or the
other. Prints parameters, seconds per epoch and ndcg@100 with its error."""
import sys
import time

import numpy as np
import torch
from torch import nn

WIDTH = 64
torch.manual_seed(1)
torch.set_num_threads(1)


def read(path, items, users):
    rows = {}
    for line in open(path):
        user, item = line.rstrip("\n").split("\t")[:2]
        rows.setdefault(user, []).append(items.setdefault(item, len(items)))
    users.append(rows)


def matrix(rows, n):
    x = torch.zeros(len(rows), n)
    for i, row in enumerate(rows):
        x[i, row] = 1
    return x


class Table(nn.Module):
    def __init__(self, n, rows):
        super().__init__()
        rng = np.random.default_rng(1)
        at = rng.integers(rows, size=n) if rows < n else np.arange(n)
        self.at = torch.from_numpy(at)
        self.e = nn.Parameter(torch.randn(rows, WIDTH) * 0.1)

    def forward(self):
        return self.e[self.at]


class Net(nn.Module):
    def __init__(self, n, codes, hidden):
        super().__init__()
        rng = np.random.default_rng(1)  # (a id + b) mod p mod m, scaled
        prime, most = 2**31 - 1, 10**6
        a = rng.integers(1, prime, codes)
        b = rng.integers(prime, size=codes)
        ids = np.arange(1, n + 1)[:, None]
        code = (a * ids + b) % prime % most / (most - 1) * 2 - 1
        self.code = torch.from_numpy(code.astype(np.float32))
        layers, last = [], codes
        for h in hidden:
            layers += [nn.Linear(last, h), nn.BatchNorm1d(h), nn.Mish()]
            last = h
        self.net = nn.Sequential(*layers, nn.Linear(last, WIDTH))

    def forward(self):
        return self.net(self.code)


def ndcg(model, bias, history, truth):
    with torch.no_grad():
        e = model()
        u = nn.functional.normalize(history @ e, dim=1)
        score = u @ e.T * 10 + bias - 1e9 * history
        top = score.topk(100, dim=1).indices.numpy()
    gain = 1 / np.log2(np.arange(2, 102))
    value = []
    for row, best in zip(truth, top):
        hit = np.isin(best, row)
        value.append((hit * gain).sum() / gain[: min(len(row), 100)].sum())
    return np.mean(value), np.std(value) / len(value) ** 0.5


def fit(name, model, train, epochs, test):
    n = train.shape[1]
    bias = nn.Parameter(torch.zeros(n))
    adam = torch.optim.Adam([*model.parameters(), bias], lr=3e-3)
    seconds = []
    for _ in range(epochs):
        begin = time.process_time()
        model.train()
        for x in train[torch.randperm(len(train))].split(100):
            seen = x * (torch.rand_like(x) < 0.5)
            e = model()
            u = nn.functional.normalize(seen @ e, dim=1)
            f = nn.functional.log_softmax(u @ e.T * 10 + bias, dim=1)
            loss = -(x * f).sum() / len(x)
            adam.zero_grad()
            loss.backward()
            adam.step()
        seconds.append(time.process_time() - begin)
    model.eval()
    size = sum(p.numel() for p in model.parameters())
    mean, error = ndcg(model, bias, *test)
    print(f"{name:24} {size:9} {np.median(seconds):9.3f} "
          f"{mean:9.4f} +-{error:.4f}", flush=True)


def main():
    folder = sys.argv[1]
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    items, parts = {}, []
    for part in ("train", "test.in", "test.out"):
        read(f"{folder}/{part}.tsv", items, parts)
    n = len(items)
    train = matrix(list(parts[0].values()), n)
    users = [u for u in parts[2] if u in parts[1]]
    test = (matrix([parts[1][u] for u in users], n),
            [parts[2][u] for u in users])
    print(f"{'vectors from':24} {'params':>9} {'CPU s/ep':>9} "
          f"{'ndcg@100':>9}")
    fit("table", Table(n, n), train, epochs, test)
    fit("table, 1/4, hashed", Table(n, n // 4), train, epochs, test)
    fit("DHE, 1/4", Net(n, 128, [96, 128]), train, epochs, test)
    fit("DHE, as large", Net(n, 512, [192, 96]), train, epochs, test)


main()
