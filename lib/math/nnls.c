/* SPDX-License-Identifier: MIT */
/* Non-negative least squares: see nnls.h. */
#include <config.h>

#include "math/nnls.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/topk.h"

enum {
    FIRST = 32,  /* variables let in at once; later as many as there are */
    ROUNDS = 1000,
    SWEEPS = 1000 /* of a round */
};

struct rec_nnls {
    struct rec_nnls_matrix a;
    size_t j;       /* the column at hand */
    double most;    /* its own bound */
    double *f;      /* n: the gradient Ab - h */
    float *score;   /* n: what letting a variable in would gain */
    uint32_t *rank; /* n: ties go by place */
    uint8_t *in;    /* n: is it in the active set? */
    struct rec_hit *hit;
    size_t m;         /* the active set: */
    uint32_t *index;  /* m */
    double *b, *old;  /* m: now, and when F was computed */
    double *r;        /* m: the gradient of these */
    double *diagonal; /* m */
    float *sub;       /* m x m: A of these; F is exact, so this need not */
    size_t sub_cap;
};

int rec_nnls_new(struct rec_nnls **out, const struct rec_nnls_matrix *a,
                 struct rec_error *err)
{
    struct rec_nnls *s = rec_zalloc(1, sizeof *s);
    size_t n = a->n;

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->a = *a;
    s->f = rec_alloc64(n, sizeof *s->f);
    s->score = rec_alloc(n, sizeof *s->score);
    s->rank = rec_alloc(n, sizeof *s->rank);
    s->in = rec_zalloc(n, 1);
    s->hit = rec_alloc(n, sizeof *s->hit);
    s->index = rec_alloc(n, sizeof *s->index);
    s->b = rec_alloc(n, sizeof *s->b);
    s->old = rec_alloc(n, sizeof *s->old);
    s->r = rec_alloc(n, sizeof *s->r);
    s->diagonal = rec_alloc(n, sizeof *s->diagonal);
    if (!s->f || !s->score || !s->rank || !s->in || !s->hit || !s->index
        || !s->b || !s->old || !s->r || !s->diagonal) {
        rec_nnls_free(s);
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        s->rank[i] = (uint32_t)i;
    }
    *out = s;
    return 0;
}

void rec_nnls_free(struct rec_nnls *s)
{
    if (s) {
        free(s->f);
        free(s->score);
        free(s->rank);
        free(s->in);
        free(s->hit);
        free(s->index);
        free(s->b);
        free(s->old);
        free(s->r);
        free(s->diagonal);
        free(s->sub);
        free(s);
    }
}

size_t rec_nnls_count(const struct rec_nnls *s)
{
    return s->m;
}

const uint32_t *rec_nnls_index(const struct rec_nnls *s)
{
    return s->index;
}

const double *rec_nnls_value(const struct rec_nnls *s)
{
    return s->b;
}

/* ---- the matrix ------------------------------------------------------- */

static double at(const struct rec_nnls *s, size_t i, size_t k)
{
    size_t place = i * s->a.n + k;
    double g = s->a.dtype == REC_F64 ? ((const double *)s->a.g)[place]
                                     : ((const float *)s->a.g)[place];

    return i == k ? g + s->a.add[i] : g;
}

REC_HOT static void add_single(const float *row, size_t n, double x,
                               double *f)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        f[i] += x * row[i];
    }
}

REC_HOT static void add_double(const double *row, size_t n, double x,
                               double *f)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        f[i] += x * row[i];
    }
}

/* f += X times row K of A. */
static void add_row(struct rec_nnls *s, size_t k, double x)
{
    size_t n = s->a.n;

    if (x == 0) {
        return;
    }
    if (s->a.dtype == REC_F64) {
        add_double((const double *)s->a.g + k * n, n, x, s->f);
    } else {
        add_single((const float *)s->a.g + k * n, n, x, s->f);
    }
    s->f[k] += x * s->a.add[k];
}

/* ---- the active set --------------------------------------------------- */

static double bound(const struct rec_nnls *s, size_t i)
{
    return i == s->j ? s->most : INFINITY;
}

/* Let in what would move up by more than TOLERANCE, the most useful first.
   How many there were. */
static size_t let_in(struct rec_nnls *s, double tolerance)
{
    size_t n = s->a.n, room = s->m > FIRST ? s->m : FIRST, found;

    for (size_t i = 0; i < n; i++) {
        double d = at(s, i, i), step = -s->f[i] / d;

        s->score[i] = step > tolerance && !s->in[i] && bound(s, i) > 0
                          ? (float)fmin(step * step * d, FLT_MAX)
                          : -INFINITY;
    }
    found = rec_topk(s->score, (uint32_t)n, s->rank, NULL,
                     room < n - s->m ? room : n - s->m, s->hit);
    for (size_t k = 0; k < found; k++) {
        s->index[s->m] = s->hit[k].item;
        s->in[s->hit[k].item] = 1;
        s->old[s->m] = s->b[s->m] = 0;
        s->m++;
    }
    return found;
}

/* Put out what has come to 0. */
static void put_out(struct rec_nnls *s)
{
    size_t m = 0;

    for (size_t k = 0; k < s->m; k++) {
        if (s->b[k] > 0) {
            s->index[m] = s->index[k];
            s->b[m++] = s->b[k];
        } else {
            s->in[s->index[k]] = 0;
        }
    }
    s->m = m;
}

/* Do the conditions hold within the active set? F has to be up to date. */
static int holds(const struct rec_nnls *s, double tolerance)
{
    for (size_t k = 0; k < s->m; k++) {
        size_t i = s->index[k];
        double step = -s->f[i] / at(s, i, i);

        if ((step > tolerance && s->b[k] < bound(s, i))
            || (step < -tolerance && s->b[k] > 0)) {
            return 0;
        }
    }
    return 1;
}

/* ---- descent ---------------------------------------------------------- */

/* SUB and R of the active set. */
static int gather(struct rec_nnls *s, struct rec_error *err)
{
    size_t m = s->m;

    if (rec_reserve(&s->sub, &s->sub_cap, m * m, sizeof *s->sub) != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t k = 0; k < m; k++) {
        for (size_t l = 0; l < m; l++) {
            s->sub[k * m + l] = (float)at(s, s->index[k], s->index[l]);
        }
        s->diagonal[k] = s->sub[k * m + k];
        s->r[k] = s->f[s->index[k]];
        s->old[k] = s->b[k];
    }
    return 0;
}

/* Every variable to its own optimum, in turn, unless that is within STEP and
   no bound. Returns whether one has moved. */
static int sweep(struct rec_nnls *s, double step)
{
    int moved = 0;

    for (size_t k = 0; k < s->m; k++) {
        const float *row = s->sub + k * s->m;
        double old = s->b[k], to = old - s->r[k] / s->diagonal[k];
        double most = bound(s, s->index[k]);

        to = to > 0 ? fmin(to, most) : 0;
        if (fabs(to - old) > step
            || (to != old && (to == 0 || to == most))) {
            add_single(row, s->m, to - old, s->r);
            s->b[k] = to;
            moved = 1;
        }
    }
    return moved;
}

static int fail(const struct rec_nnls *s, struct rec_error *err)
{
    return rec_fail(err, REC_ENUMERIC, "the weights of item %lu do not settle",
                    (unsigned long)s->j + 1);
}

/* F of b = 0, for column J. */
static int begin(struct rec_nnls *s, size_t j, struct rec_error *err)
{
    int finite = isfinite(at(s, j, j)) != 0;

    for (size_t i = 0; i < s->a.n; i++) {
        s->f[i] = i == j ? s->a.add[j] - at(s, j, j) : -at(s, j, i);
        finite &= isfinite(s->f[i]) != 0;
    }
    return finite ? 0
                  : rec_fail(err, REC_ENUMERIC,
                             "a product of item %lu is too large for this "
                             "precision",
                             (unsigned long)j + 1);
}

/* One round; then F again. */
static int descend(struct rec_nnls *s, double step, struct rec_error *err)
{
    int rc = gather(s, err);

    for (int i = 0; i < SWEEPS && rc == 0; i++) {
        if (!sweep(s, step)) {
            break;
        }
    }
    for (size_t k = 0; k < s->m && rc == 0; k++) {
        rc = isfinite(s->b[k]) ? 0 : fail(s, err);
        add_row(s, s->index[k], s->b[k] - s->old[k]);
    }
    return rc;
}

/* The result by ascending index. */
static void sort(struct rec_nnls *s)
{
    size_t m = 0;

    for (size_t k = 0; k < s->m; k++) {
        s->f[s->index[k]] = s->b[k]; /* no longer needed */
    }
    for (size_t i = 0; i < s->a.n; i++) {
        if (s->in[i]) {
            s->index[m] = (uint32_t)i;
            s->b[m++] = s->f[i];
        }
    }
}

int rec_nnls_solve(struct rec_nnls *s, size_t j, double most,
                   double tolerance, struct rec_error *err)
{
    double step = 1e-3; /* coarse at first: the set will change */
    int rc = begin(s, j, err);

    s->j = j;
    s->most = most;
    s->m = 0;
    memset(s->in, 0, s->a.n);
    for (int round = 0; round < ROUNDS && rc == 0; round++) {
        int settled = holds(s, tolerance);

        put_out(s);
        if (let_in(s, tolerance) == 0 && settled) {
            sort(s);
            return 0;
        }
        rc = descend(s, step, err);
        step = fmax(step / 10, tolerance / 10);
    }
    return rc ? rc : fail(s, err);
}
