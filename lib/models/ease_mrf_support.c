/* SPDX-License-Identifier: MIT */
/* Which pairs the sparse approximation solves for, and which weights it keeps:
   see ease_mrf.h. A column takes the best of its row of the Gram matrix as that
   row is made, so that no more than these are ever in memory; of them the best
   remain, whichever columns they belong to. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/product.h"
#include "models/ease_mrf_private.h"

/* Four times the weights of its share: columns differ in how much they need.
   Many more would cost time, which grows with the cube. */
size_t rec_ease_mrf_cap(uint32_t items, size_t nonzeros)
{
    size_t n = items, cap = n > 0 ? nonzeros / n * 4 : 0;

    cap = cap < 16 ? 16 : cap;
    return cap < n ? cap : n > 0 ? n - 1 : 0;
}

/* ---- candidates -------------------------------------------------------- */

struct measure {
    const double *sum;
    double *scale; /* 1 / sqrt(G_jj + g_j) */
    double users;
};

/* From G_ij to the measure of ease_mrf.h. */
static void finish(const void *ctx, size_t row, const uint32_t *col,
                   double *sum, size_t n)
{
    const struct measure *m = ctx;
    double mean = m->sum[row] / m->users;

    for (size_t k = 0; k < n; k++) {
        sum[k] = fabs(sum[k] - mean * m->sum[col[k]])
                 * (m->scale[row] * m->scale[col[k]]);
    }
}

static int find_candidates(const struct rec_ease_mrf *m, struct rec_csr *out,
                           struct rec_error *err)
{
    const struct rec_ease_columns *c = &m->e.columns;
    struct measure by = {m->sum, NULL, (double)m->e.x.rows};
    uint32_t n = m->e.items, *rank = rec_alloc(n, sizeof *rank);
    struct rec_product p = {.left = &m->t,
                            .right = &m->e.y,
                            .finish = finish,
                            .ctx = &by,
                            .keep = rec_ease_mrf_cap(n, m->nonzeros),
                            .rank = rank,
                            .square = 1};
    int rc;

    by.scale = rec_alloc(n, sizeof *by.scale);
    if (!rank || !by.scale) {
        free(rank);
        free(by.scale);
        return rec_fail_nomem(err);
    }
    for (uint32_t j = 0; j < n; j++) {
        rank[j] = j;
        by.scale[j] = 1 / sqrt(c->mass[j] + c->penalty[j]);
    }
    rc = rec_product(out, &p, m->e.threads, m->e.tick, err);
    free(rank);
    free(by.scale);
    return rc;
}

/* ---- the best of them -------------------------------------------------- */

enum { HALF = 1 << 16 };

/* The bits of the size of a float, in its order. */
static uint32_t key(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits & 0x7fffffff;
}

/* The highest of HALF buckets in which, from above, the *N-th lies; *N becomes
   how many of its own are needed. */
static uint32_t find_bucket(const size_t count[HALF], size_t *n)
{
    uint32_t at = HALF - 1;

    while (count[at] < *n) {
        *n -= count[at--];
    }
    return at;
}

/* The key of the N-th largest of the weights of X, 0 < N <= their number; *TIES
   is how many of that key are among the N. */
static int find_least(const struct rec_csr *x, size_t n, uint32_t *least,
                      size_t *ties, struct rec_error *err)
{
    size_t total = rec_csr_events(x);
    size_t *count = rec_zalloc(HALF, sizeof *count);
    uint32_t high;

    if (!count) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < total; e++) {
        count[key(x->weight[e]) >> 16]++;
    }
    high = find_bucket(count, &n);
    memset(count, 0, HALF * sizeof *count);
    for (size_t e = 0; e < total; e++) {
        uint32_t k = key(x->weight[e]);

        count[k & (HALF - 1)] += k >> 16 == high;
    }
    *least = high << 16 | find_bucket(count, &n);
    *ties = n;
    free(count);
    return 0;
}

/* Give back what is no longer needed of the arrays; it does not matter if that
   cannot be done. */
static void shrink(struct rec_csr *x)
{
    size_t n = rec_csr_events(x) + 1;
    uint32_t *item = realloc(x->item, n * sizeof *item);
    float *weight = realloc(x->weight, n * sizeof *weight);

    x->item = item ? item : x->item;
    x->weight = weight ? weight : x->weight;
    /* cppcheck-suppress memleak ; X has them */
}

int rec_ease_mrf_keep(struct rec_csr *x, size_t n, struct rec_error *err)
{
    size_t ties = 0, from = 0, to = 0;
    uint32_t least = 0;
    int rc;

    if (rec_csr_events(x) <= n) {
        return 0;
    }
    rc = find_least(x, n, &least, &ties, err);
    if (rc != 0) {
        return rc;
    }
    for (size_t j = 0; j < x->rows; j++) {
        for (; from < (size_t)x->start[j + 1]; from++) {
            uint32_t k = key(x->weight[from]);

            if (k > least || (k == least && ties > 0)) {
                ties -= k == least;
                x->item[to] = x->item[from];
                x->weight[to++] = x->weight[from];
            }
        }
        x->start[j + 1] = (int64_t)to;
    }
    shrink(x);
    return 0;
}

/* ---- both -------------------------------------------------------------- */

int rec_ease_mrf_support(const struct rec_ease_mrf *m, struct rec_csr *out,
                         struct rec_error *err)
{
    struct rec_csr x;
    int rc = find_candidates(m, &x, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_ease_mrf_keep(&x, 2 * m->nonzeros, err);
    if (rc != 0) {
        rec_csr_release(&x);
        return rc;
    }
    *out = x;
    return 0;
}
