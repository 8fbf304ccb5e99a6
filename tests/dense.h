/* SPDX-License-Identifier: MIT */
/* Small dense problems for tests: random interactions as a table and as rows,
   and a solver that shares no code with what it checks. */
#ifndef TESTS_DENSE_H
#define TESTS_DENSE_H

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "data/csr.h"

enum { DENSE_MAX = 48 }; /* users or items, at most */

struct dense {
    size_t users, items;
    double x[DENSE_MAX][DENSE_MAX];
    int64_t start[DENSE_MAX + 1];
    uint32_t item[DENSE_MAX * DENSE_MAX];
    float weight[DENSE_MAX * DENSE_MAX];
    struct rec_csr rows;
};

/* The rows of d->x; not ascending, as rows need not be. */
static inline void dense_rows(struct dense *d, int weights)
{
    int64_t n = 0;

    for (size_t u = 0; u < d->users; u++) {
        d->start[u] = n;
        for (size_t i = d->items; i-- > 0;) {
            if (d->x[u][i] != 0) {
                d->item[n] = (uint32_t)i;
                d->weight[n++] = (float)d->x[u][i];
            }
        }
    }
    d->start[d->users] = n;
    d->rows = (struct rec_csr){d->users, (uint32_t)d->items,
                               d->start, d->item,
                               weights ? d->weight : NULL, NULL};
}

/* About a third of all cells; weights 1 to 5 if wanted. Some items are much
   more popular than others, and the last has no user at all. */
static inline void dense_random(struct dense *d, size_t users, size_t items,
                                int weights, uint64_t seed)
{
    struct rec_rng rng;

    memset(d, 0, sizeof *d);
    d->users = users;
    d->items = items;
    rec_rng_init(&rng, seed);
    for (size_t u = 0; u < users; u++) {
        for (size_t i = 0; i + 1 < items; i++) {
            uint64_t w = 1 + (weights ? rec_rng_below(&rng, 5) : 0);

            d->x[u][i] = rec_rng_below(&rng, 2 + i % 4) == 0 ? (double)w : 0;
        }
    }
    dense_rows(d, weights);
}

/* Solve A b = y by Gaussian elimination, for a positive definite A whose rows
   are LD apart; A and Y are used up. */
static inline void dense_solve(double *a, size_t ld, double *y, size_t n,
                               double *b)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            double f = a[i * ld + k] / a[k * ld + k];

            for (size_t j = k; j < n; j++) {
                a[i * ld + j] -= f * a[k * ld + j];
            }
            y[i] -= f * y[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        b[k] = y[k];
        for (size_t j = k + 1; j < n; j++) {
            b[k] -= a[k * ld + j] * b[j];
        }
        b[k] /= a[k * ld + k];
    }
}

#endif
