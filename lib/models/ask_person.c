/* SPDX-License-Identifier: MIT */
/* A person who is asked: the choice of questions, what the answers make of the
   scores. See ask.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/logistic.h"
#include "models/ask.h"

enum { MAX_TIMES = 3, SCORE_ROWS = 512 };

int rec_asker_init(struct rec_asker *k, const struct rec_ask_pool *pool,
                   struct rec_error *err)
{
    size_t n = pool->n, d = pool->prior->dim, square = n;
    int rc;

    memset(k, 0, sizeof *k);
    k->pool = pool;
    if (pool->opt.pairs && rec_size_mul(n, n, &square) != 0) {
        return rec_fail_nomem(err);
    }
    k->asked = rec_alloc(pool->questions, 1);
    k->times = rec_alloc(n, 1);
    k->t = rec_alloc64(n * d, sizeof *k->t);
    k->t_goal = rec_alloc64(n * d, sizeof *k->t_goal);
    k->q = rec_alloc64(square, sizeof *k->q);
    k->r = rec_alloc64(square, sizeof *k->r);
    rc = k->asked && k->times && k->t && k->t_goal && k->q && k->r
             ? rec_laplace_init(&k->belief, d, err)
             : rec_fail_nomem(err);
    if (rc != 0) {
        rec_asker_release(k);
        return rc;
    }
    rec_asker_clear(k);
    return 0;
}

void rec_asker_release(struct rec_asker *k)
{
    rec_laplace_release(&k->belief);
    free(k->asked);
    free(k->times);
    free(k->t);
    free(k->t_goal);
    free(k->q);
    free(k->r);
    memset(k, 0, sizeof *k);
}

void rec_asker_clear(struct rec_asker *k)
{
    memset(k->asked, 0, k->pool->questions);
    memset(k->times, 0, k->pool->n);
    rec_laplace_clear(&k->belief);
}

/* ---- the next question ------------------------------------------------ */

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* OUT = T X' for pairs (pool->n x pool->n), or its diagonal. */
static void products(const struct rec_asker *k, const double *t,
                     const double *x, double *out)
{
    size_t n = k->pool->n, d = k->belief.dim;

    if (k->pool->opt.pairs) {
        rec_gemm(REC_F64, 0, 1, n, n, d, 1, t, d, x, d, 0, out, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = dot(t + i * d, x + i * d, d);
    }
}

/* Q and, for v-optimal, R of all items. */
static void prepare(struct rec_asker *k, enum rec_ask_criterion by)
{
    size_t n = k->pool->n, d = k->belief.dim;

    rec_blas_threads(1);
    rec_gemm(REC_F64, 0, 0, n, d, d, 1, k->pool->x, d, k->belief.inverse, d, 0,
             k->t, d);
    products(k, k->t, k->pool->x, k->q);
    if (by == REC_ASK_V_OPTIMAL) {
        rec_gemm(REC_F64, 0, 0, n, d, d, 1, k->t, d, k->pool->goal, d, 0,
                 k->t_goal, d);
        products(k, k->t_goal, k->t, k->r);
    }
}

/* Of the form M, for the question X. */
static double quadratic(const struct rec_asker *k, const double *m,
                        const struct rec_question *x)
{
    size_t n = k->pool->n, a = x->a, b = x->b;
    double v;

    if (x->b == REC_NONE) {
        return m[a];
    }
    v = m[a * n + a] + m[b * n + b] - m[a * n + b] - m[b * n + a];
    return v > 0 ? v : 0;
}

/* T of all questions, by items: that of a pair is the difference. */
static void set_logits(const struct rec_asker *k, double *t)
{
    size_t d = k->belief.dim;

    for (size_t i = 0; i < k->pool->n; i++) {
        t[i] = k->pool->offset[i] + dot(k->pool->x + i * d, k->belief.z, d);
    }
}

/* The product over the items of a question. */
static double both(const double *of, const struct rec_question *x)
{
    return of[x->a] * (x->b == REC_NONE ? 1 : of[x->b]);
}

/* What question X is worth, and the variance of its answer's probability. */
static double worth(const struct rec_asker *k, enum rec_ask_criterion by,
                    const struct rec_question *x, const double *t,
                    double *variance)
{
    double s = rec_logistic_slope(t[x->a] - (x->b == REC_NONE ? 0 : t[x->b]));
    double q = quadratic(k, k->q, x), value = s * s * q;

    *variance = value;
    if (by == REC_ASK_D_OPTIMAL) {
        value = s * q;
    } else if (by == REC_ASK_V_OPTIMAL) {
        value = s * quadratic(k, k->r, x) / (1 + s * q);
    }
    return value * both(k->pool->weight, x);
}

static int allowed(const struct rec_asker *k, size_t i)
{
    const struct rec_question *x = k->pool->question + i;

    return !k->asked[i] && k->times[x->a] < MAX_TIMES
           && (x->b == REC_NONE || k->times[x->b] < MAX_TIMES);
}

/* Any of those allowed; their number if none is. */
static size_t any(const struct rec_asker *k, struct rec_rng *rng)
{
    size_t n = 0, at = 0, i = 0;

    for (size_t j = 0; j < k->pool->questions; j++) {
        n += (size_t)allowed(k, j);
    }
    if (n == 0) {
        return k->pool->questions;
    }
    at = (size_t)rec_rng_below(rng, n);
    while (!allowed(k, i) || at-- > 0) {
        i++;
    }
    return i;
}

static size_t best(struct rec_asker *k, enum rec_ask_criterion by,
                   double *most)
{
    const struct rec_ask_pool *p = k->pool;
    size_t found = p->questions;
    double *t = k->t, top = -1; /* T is free once Q and R are there */

    if (by != REC_ASK_POPULAR) {
        prepare(k, by);
        set_logits(k, t);
        *most = 0;
    }
    for (size_t i = 0; i < p->questions; i++) {
        const struct rec_question *x = p->question + i;
        double variance = 1, value;

        if (!allowed(k, i)) {
            continue;
        }
        value = by == REC_ASK_POPULAR ? both(p->known, x)
                                      : worth(k, by, x, t, &variance);
        *most = variance > *most ? variance : *most;
        if (value > top) {
            top = value;
            found = i;
        }
    }
    return found;
}

int rec_asker_next(struct rec_asker *k, enum rec_ask_criterion by,
                   struct rec_rng *rng, size_t *question, double *most)
{
    size_t i;

    *most = 1;
    i = by == REC_ASK_RANDOM ? any(k, rng) : best(k, by, most);
    if (i == k->pool->questions) {
        return 0;
    }
    k->asked[i] = 1;
    k->times[k->pool->question[i].a]++;
    if (k->pool->question[i].b != REC_NONE) {
        k->times[k->pool->question[i].b]++;
    }
    *question = i;
    return 1;
}

/* ---- the answer ------------------------------------------------------- */

int rec_asker_answer(struct rec_asker *k, size_t question, double y,
                     struct rec_error *err)
{
    const struct rec_ask_pool *p = k->pool;
    const struct rec_question *q = p->question + question;
    size_t d = k->belief.dim;
    double *x = k->t, c = p->offset[q->a];

    memcpy(x, p->x + q->a * d, d * sizeof *x);
    if (q->b != REC_NONE) {
        c -= p->offset[q->b];
        for (size_t i = 0; i < d; i++) {
            x[i] -= p->x[q->b * d + i];
        }
    }
    return rec_laplace_add(&k->belief, x, c, y, err);
}

void rec_asker_vector(const struct rec_asker *k, float *out)
{
    rec_ask_prior_place(k->pool->prior, k->belief.z, out);
}

/* SD of M items: V are their vectors, X and T room for M x dim each. */
static void deviations(const struct rec_asker *k, const double *v, size_t m,
                       double *x, double *t, float *sd)
{
    size_t d = k->belief.dim;

    rec_blas_threads(1);
    rec_gemm(REC_F64, 0, 0, m, d, d, 1, v, d, k->pool->prior->root, d, 0, x,
             d);
    rec_gemm(REC_F64, 0, 0, m, d, d, 1, x, d, k->belief.inverse, d, 0, t, d);
    for (size_t i = 0; i < m; i++) {
        double q = dot(x + i * d, t + i * d, d);

        sd[i] = (float)sqrt(q > 0 ? q : 0);
    }
}

int rec_asker_scores(const struct rec_asker *k, const float *v, uint32_t n,
                     float *score, float *sd, struct rec_error *err)
{
    size_t d = k->belief.dim;
    double *room = rec_alloc64(3 * SCORE_ROWS * d, sizeof *room);
    float *u = rec_alloc(d, sizeof *u);

    if (!room || !u) {
        free(room);
        free(u);
        return rec_fail_nomem(err);
    }
    rec_asker_vector(k, u);
    for (size_t from = 0; from < n; from += SCORE_ROWS) {
        size_t m = n - from < SCORE_ROWS ? n - from : SCORE_ROWS;

        for (size_t i = 0; i < m; i++) {
            double sum = 0;

            for (size_t j = 0; j < d; j++) {
                room[i * d + j] = (double)v[(from + i) * d + j];
                sum += room[i * d + j] * (double)u[j];
            }
            score[from + i] = (float)sum;
        }
        if (sd) {
            deviations(k, room, m, room + SCORE_ROWS * d,
                       room + 2 * SCORE_ROWS * d, sd + from);
        }
    }
    free(room);
    free(u);
    return 0;
}
