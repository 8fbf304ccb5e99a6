#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mult-VAE and Mult-DAE as published (Liang et al., WWW 2018) in PyTorch: the
peer of rec-train-vae.

    vae_torch.py DIR [options]

DIR holds train.tsv, valid.in.tsv, valid.out.tsv and test.in.tsv, lines "user
TAB item" as `rec-cat --no-header` writes them. After every epoch the
validation users are scored; the best epoch's lists of 100 for the test users
go to --run, lines "user TAB item TAB score" for rec-ingest and rec-eval. On
standard output one line per epoch: epoch, seconds of training, loss,
NDCG@100; at the end the peak memory.
"""
import argparse
import resource
import time

import numpy as np
import torch
from scipy import sparse
from torch import nn
from torch.nn import functional as F

GATHER = {  # -log likelihood of a batch: x the counts, f the outputs
    "multinomial": lambda x, f, c: -(x * F.log_softmax(f, 1)).sum(1).mean(),
    "logistic": lambda x, f, c: F.binary_cross_entropy_with_logits(
        f, x, reduction="none").sum(1).mean(),
    "gaussian": lambda x, f, c: (
        0.5 * torch.where(x > 0, c, 1.0) * (x - f) ** 2).sum(1).mean(),
}


class MultVAE(nn.Module):
    def __init__(self, items, hidden, latent, dae):
        super().__init__()
        self.dae, self.latent = dae, latent
        if dae:  # I-latent-I
            self.encoder = nn.ModuleList([nn.Linear(items, latent)])
            self.decoder = nn.ModuleList([nn.Linear(latent, items)])
        else:
            self.encoder = nn.ModuleList(
                [nn.Linear(items, hidden), nn.Linear(hidden, 2 * latent)])
            self.decoder = nn.ModuleList(
                [nn.Linear(latent, hidden), nn.Linear(hidden, items)])
        for layer in [*self.encoder, *self.decoder]:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.trunc_normal_(layer.bias, std=0.001, a=-0.002, b=0.002)

    def forward(self, x, dropout):
        h = F.dropout(F.normalize(x), dropout, self.training)
        kl = torch.zeros(())
        if self.dae:
            h = torch.tanh(self.encoder[0](h))
        else:
            h = self.encoder[1](torch.tanh(self.encoder[0](h)))
            mu, lv = h[:, :self.latent], h[:, self.latent:]
            kl = 0.5 * (lv.exp() + mu ** 2 - 1 - lv).sum(1).mean()
            h = mu
            if self.training:
                h = mu + torch.randn_like(mu) * torch.exp(lv / 2)
            h = torch.tanh(self.decoder[0](h))
        return self.decoder[-1](h), kl


def read(path, items=None):
    """users, items (a dictionary, grown when None is given), CSR matrix."""
    grow, users, rows, cols = items is None, {}, [], []
    items = {} if grow else items
    with open(path, encoding="utf-8") as f:
        for line in f:
            user, item = line.rstrip("\n").split("\t")[:2]
            if grow:
                items.setdefault(item, len(items))
            if item in items:
                rows.append(users.setdefault(user, len(users)))
                cols.append(items[item])
    x = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)),
                          shape=(len(users), len(items)))
    return users, items, x


def dense(x):
    return torch.from_numpy(x.toarray())


def top(model, x, batch, n=100):
    """The N best items of every row, without those it has, and their scores."""
    model.eval()
    with torch.no_grad():
        for at in range(0, x.shape[0], batch):
            rows = dense(x[at:at + batch])
            f, _ = model(rows, 0)
            f[rows > 0] = -torch.inf
            yield torch.topk(f, min(n, f.shape[1]), 1)


def ndcg(model, x, truth, batch):
    gain, total, users = 1 / np.log2(np.arange(2, 102)), 0.0, 0
    row = 0
    for _, index in top(model, x, batch):
        for best in index.numpy():
            want = set(truth[row].indices)
            row += 1
            if want:
                hit = np.fromiter((i in want for i in best), float)
                total += (hit @ gain[:len(hit)]) / gain[:len(want)].sum()
                users += 1
    return total / max(users, 1)


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--likelihood", choices=GATHER, default="multinomial")
    p.add_argument("--dae", action="store_true")
    p.add_argument("--hidden", type=int, default=600)
    p.add_argument("--latent", type=int, default=200)
    p.add_argument("--batch", type=int, default=500)
    p.add_argument("--epochs", type=int, default=60)
    p.add_argument("--beta", type=float, default=0.2)
    p.add_argument("--anneal", type=float, default=0.5,
                   help="share of the run over which beta rises")
    p.add_argument("--dropout", type=float, default=0.5)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--decay", type=float, default=0.0,
                   help="lambda of lambda ||W||^2")
    p.add_argument("--confidence", type=float, default=1.0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--no-validation", action="store_true")
    p.add_argument("--run")
    return p.parse_args()


def train_epoch(model, optimiser, x, a, step, steps):
    model.train()
    order, loss_sum = np.random.permutation(x.shape[0]), 0.0
    for at in range(0, len(order), a.batch):
        rows = dense(x[order[at:at + a.batch]])
        step += 1
        beta = a.beta * min(1.0, step / max(1.0, a.anneal * steps))
        f, kl = model(rows, a.dropout)
        loss = GATHER[a.likelihood](rows, f, a.confidence) + beta * kl
        if a.decay:
            loss = loss + a.decay * sum(
                (w.weight ** 2).sum() for w in [*model.encoder, *model.decoder])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss_sum += loss.item()
    return step, loss_sum


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    np.random.seed(a.seed)
    _, items, x = read(a.dir + "/train.tsv")
    users, _, valid = read(a.dir + "/valid.in.tsv", items)
    wanted, _, truth = read(a.dir + "/valid.out.tsv", items)
    at = {u: r for u, r in wanted.items()}
    empty = sparse.csr_matrix((1, len(items)), dtype=np.float32)
    truth = [truth[at[u]] if u in at else empty for u in users]
    model = MultVAE(len(items), a.hidden, a.latent, a.dae)
    optimiser = torch.optim.Adam(model.parameters(), lr=a.rate)
    steps = a.epochs * -(-x.shape[0] // a.batch)
    step, best, kept = 0, -1.0, None
    for epoch in range(1, a.epochs + 1):
        begin = time.time()
        step, loss = train_epoch(model, optimiser, x, a, step, steps)
        seconds = time.time() - begin
        figure = 0.0
        if not a.no_validation:
            figure = ndcg(model, valid, truth, a.batch)
        print(f"{epoch}\t{seconds:.3f}\t{loss:.3f}\t{figure:.6f}", flush=True)
        if figure > best:
            best = figure
            if a.run:
                kept = {k: v.clone() for k, v in model.state_dict().items()}
    if a.run:
        model.load_state_dict(kept)
        write_run(a, model, items)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak {peak:.0f} MiB")


def write_run(a, model, items):
    users, _, x = read(a.dir + "/test.in.tsv", items)
    names, row = list(items), 0
    ids = list(users)
    with open(a.run, "w", encoding="utf-8") as out:
        for score, index in top(model, x, a.batch):
            for s, i in zip(score.tolist(), index.tolist()):
                out.writelines(f"{ids[row]}\t{names[j]}\t{v:.9g}\n"
                               for v, j in zip(s, i))
                row += 1


main()
