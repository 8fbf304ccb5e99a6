/* SPDX-License-Identifier: MIT */
/* How far a product of vectors moves the odds: see ask.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/logistic.h"
#include "models/ask.h"

enum { MAX_PEOPLE = 1000, STEPS = 30 };

struct scale {
    const struct rec_ask_pool *pool;
    struct rec_csr shown;  /* half of each history */
    uint32_t *rest;        /* and the others, in the same rows */
    int64_t *rest_start;
    float *user;           /* vectors of the shown halves */
    /* Examples: product with an item of the pool, was it in the rest? */
    double *product;
    uint32_t *place; /* of the item in the pool */
    uint8_t *there, *mark;
    size_t n;
};

static void release(struct scale *s)
{
    rec_csr_release(&s->shown);
    free(s->rest);
    free(s->rest_start);
    free(s->user);
    free(s->product);
    free(s->place);
    free(s->there);
    free(s->mark);
}

/* Up to MAX_PEOPLE rows of two events or more, evenly spread, in halves. */
static int halve(struct scale *s, const struct rec_csr *rows, uint64_t seed,
                 struct rec_error *err)
{
    size_t step = rows->rows / MAX_PEOPLE + 1, events = rec_csr_events(rows);
    int64_t a = 0, b = 0;
    struct rec_rng rng;

    s->shown.cols = rows->cols;
    s->shown.start = rec_alloc(rows->rows + 1, sizeof *s->shown.start);
    s->shown.item = rec_alloc(events, sizeof *s->shown.item);
    s->rest_start = rec_alloc(rows->rows + 1, sizeof *s->rest_start);
    s->rest = rec_alloc(events, sizeof *s->rest);
    if (!s->shown.start || !s->shown.item || !s->rest_start || !s->rest) {
        return rec_fail_nomem(err);
    }
    rec_rng_init(&rng, seed);
    s->shown.start[0] = s->rest_start[0] = 0;
    for (size_t r = 0; r < rows->rows; r += step) {
        uint32_t n = rec_csr_row_len(rows, r);
        uint32_t *all = s->shown.item + a;

        if (n < 2) {
            continue;
        }
        memcpy(all, rows->item + rows->start[r], n * sizeof *all);
        rec_rng_shuffle(&rng, all, n);
        memcpy(s->rest + b, all + n / 2, (n - n / 2) * sizeof *all);
        a += n / 2;
        b += n - n / 2;
        s->shown.rows++;
        s->shown.start[s->shown.rows] = a;
        s->rest_start[s->shown.rows] = b;
    }
    return 0;
}

static double product(const struct scale *s, const float *v, const float *u,
                      const double *mean)
{
    double sum = 0;

    for (size_t k = 0; k < s->pool->prior->dim; k++) {
        sum += ((double)u[k] - mean[k]) * (double)v[k];
    }
    return sum;
}

static void set_marks(struct scale *s, const uint32_t *item, int64_t from,
                      int64_t to, uint8_t value)
{
    for (int64_t e = from; e < to; e++) {
        s->mark[item[e]] = value;
    }
}

/* Every item of the pool that was not shown is an example. */
static void add_examples(struct scale *s, const float *vector, size_t r,
                         const double *mean)
{
    size_t d = s->pool->prior->dim;

    set_marks(s, s->rest, s->rest_start[r], s->rest_start[r + 1], 1);
    set_marks(s, s->shown.item, s->shown.start[r], s->shown.start[r + 1], 2);
    for (size_t i = 0; i < s->pool->n; i++) {
        uint32_t item = s->pool->item[i];

        if (s->mark[item] != 2) {
            s->there[s->n] = s->mark[item];
            s->place[s->n] = (uint32_t)i;
            s->product[s->n++] = product(s, vector + item * d,
                                         s->user + r * d, mean);
        }
    }
    set_marks(s, s->rest, s->rest_start[r], s->rest_start[r + 1], 0);
    set_marks(s, s->shown.item, s->shown.start[r], s->shown.start[r + 1], 0);
}

static int gather(struct scale *s, const struct rec_model *m,
                  struct rec_error *err)
{
    size_t d = s->pool->prior->dim, rows = s->shown.rows;
    double *mean = rec_zalloc(d, sizeof *mean);
    const float *vector;
    int rc = rec_model_item_vectors(m, &vector, err);

    s->product = rec_alloc(rows * s->pool->n, sizeof *s->product);
    s->place = rec_alloc(rows * s->pool->n, sizeof *s->place);
    s->there = rec_alloc(rows * s->pool->n, 1);
    s->mark = rec_zalloc(m->n_items, 1);
    if (rc == 0 && (!mean || !s->product || !s->place || !s->there
                    || !s->mark)) {
        rc = rec_fail_nomem(err);
    }
    for (size_t i = 0; i < rows * d && rc == 0; i++) {
        mean[i % d] += (double)s->user[i] / (double)rows;
    }
    for (size_t r = 0; r < rows && rc == 0; r++) {
        add_examples(s, vector, r, mean);
    }
    free(mean);
    return rc;
}

/* The log odds of the items of the pool among the examples. */
static double *make_offsets(const struct scale *s)
{
    double *offset = rec_zalloc(2 * s->pool->n, sizeof *offset);
    double *all = offset ? offset + s->pool->n : NULL;

    for (size_t i = 0; i < s->n && offset; i++) {
        offset[s->place[i]] += s->there[i];
        all[s->place[i]]++;
    }
    for (size_t i = 0; i < s->pool->n && offset; i++) {
        offset[i] = log((offset[i] + .5) / (all[i] - offset[i] + .5));
    }
    return offset;
}

/* The slope of the logistic regression of what was there on the product, each
   item with the intercept that its rate gives, and a common shift: Newton's
   method for these two. */
static double slope(const struct scale *s, const double *offset)
{
    double w[2] = {0, 0};

    for (int step = 0; step < STEPS; step++) {
        double g[2] = {0, 0}, h[3] = {1e-9, 0, 1e-9}, det;

        for (size_t i = 0; i < s->n; i++) {
            double x = s->product[i], t = offset[s->place[i]] + w[0] + w[1] * x;
            double slack = s->there[i] - rec_logistic(t);
            double c = rec_logistic_slope(t);

            g[0] += slack;
            g[1] += slack * x;
            h[0] += c;
            h[1] += c * x;
            h[2] += c * x * x;
        }
        det = h[0] * h[2] - h[1] * h[1];
        if (!(det > 0)) {
            return 1;
        }
        w[0] += (h[2] * g[0] - h[1] * g[1]) / det;
        w[1] += (h[0] * g[1] - h[1] * g[0]) / det;
    }
    return w[1] > 0 && isfinite(w[1]) ? w[1] : 1;
}

int rec_ask_scale(const struct rec_model *m, const struct rec_csr *rows,
                  const struct rec_ask_pool *p, uint64_t seed, int threads,
                  double *out, struct rec_error *err)
{
    struct scale s = {.pool = p};
    double *offset = NULL;
    int rc = halve(&s, rows, seed, err);

    if (rc == 0) {
        s.user = rec_alloc64(s.shown.rows * p->prior->dim, sizeof *s.user);
        rc = s.user ? rec_model_user_vectors(m, &s.shown, threads, s.user, err)
                    : rec_fail_nomem(err);
    }
    rc = rc ? rc : gather(&s, m, err);
    if (rc == 0) {
        offset = make_offsets(&s);
        rc = offset ? 0 : rec_fail_nomem(err);
    }
    if (rc == 0) {
        *out = slope(&s, offset);
    }
    free(offset);
    release(&s);
    return rc;
}
