#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ten steps of training on a fixed tiny problem, by PyTorch's automatic
gradients and its own Adam in double precision: the numbers of vae_steps.h.

    tests/data/vae_steps.py >tests/data/vae_steps.h

Nothing is random: parameters, dropped events and noise are formulas, which
tests/check_vae_train.c repeats.
"""
import math

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
ITEMS, HIDDEN, LATENT, STEPS = 9, 5, 3, 10
RATE, DECAY, BETA, DROPOUT, CONFIDENCE = 0.05, 0.01, 0.3, 0.25, 2.0
ROWS = [[4, 0, 6], [2], [5, 1, 0, 3], [8, 6], [7, 4, 1], [0, 2, 3, 5, 8]]


def fill(rows, cols, layer, part):
    i = torch.arange(rows * cols, dtype=torch.float64)
    return (0.3 * torch.sin(1.7 * i + 11 * layer + 5 * part + 1)).reshape(
        rows, cols)


def parameters(dae):
    width = LATENT if dae else 2 * LATENT
    sizes = [(ITEMS, HIDDEN), (HIDDEN, width), (LATENT, HIDDEN),
             (ITEMS, HIDDEN)]  # the last as items x in
    out = [HIDDEN, width, HIDDEN, ITEMS]
    w = [fill(r, c, l, 0).requires_grad_() for l, (r, c) in enumerate(sizes)]
    b = [fill(1, n, l, 1)[0].clone().requires_grad_()
         for l, n in enumerate(out)]
    return w, b


def batch(step):
    """Targets and inputs of step 1, 2 ...: three users in turn."""
    users = range(0, 3) if step % 2 else range(3, 6)
    x, h = torch.zeros(3, ITEMS), torch.zeros(3, ITEMS)
    for r, u in enumerate(users):
        for k, i in enumerate(ROWS[u]):
            x[r, i] = 1
            if (7 * k + 3 * u + 5 * step) % 4:
                h[r, i] = 1 / math.sqrt(len(ROWS[u])) / (1 - DROPOUT)
    i = torch.arange(3 * LATENT, dtype=torch.float64)
    return x, h, torch.sin(2.3 * i + step).reshape(3, LATENT)


def loss_of(likelihood, dae, w, b, x, h, eps):
    h = torch.tanh(h @ w[0] + b[0])
    h = h @ w[1] + b[1]
    kl = torch.zeros(())
    if dae:
        z = torch.tanh(h)
    else:
        mu, lv = h[:, :LATENT], h[:, LATENT:]
        kl = 0.5 * (lv.exp() + mu ** 2 - 1 - lv).sum(1).mean()
        z = mu + eps * torch.exp(lv / 2)
    f = torch.tanh(z @ w[2] + b[2]) @ w[3].T + b[3]
    nll = {
        "multinomial": lambda: -(x * F.log_softmax(f, 1)).sum(1),
        "logistic": lambda: F.binary_cross_entropy_with_logits(
            f, x, reduction="none").sum(1),
        "gaussian": lambda: (0.5 * torch.where(x > 0, CONFIDENCE, 1.0)
                             * (x - f) ** 2).sum(1),
    }[likelihood]().mean()
    return nll, kl


def run(likelihood, dae):
    w, b = parameters(dae)
    adam = torch.optim.Adam(w + b, lr=RATE)
    for step in range(1, STEPS + 1):
        nll, kl = loss_of(likelihood, dae, w, b, *batch(step))
        adam.zero_grad()
        beta = BETA * min(1, step / 5)
        total = nll + (0 if dae else beta) * kl
        (total + DECAY * sum((p ** 2).sum() for p in w)).backward()
        adam.step()
    values = [nll.item(), kl.item()]
    for layer in range(4):
        values += w[layer].flatten().tolist() + b[layer].tolist()
    return values


print("/* SPDX-License-Identifier: MIT */\n/* Written by vae_steps.py: nll and "
      "kl of the last step, then the parameters\n   after it, each W and b in "
      "turn. */")
for dae in 0, 1:
    for likelihood in "multinomial", "logistic", "gaussian":
        print(f"static const double {'dae' if dae else 'vae'}_{likelihood}[] "
              "= {")
        for v in run(likelihood, dae):
            print(f"    {v!r},")
        print("};")
