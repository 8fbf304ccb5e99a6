/* SPDX-License-Identifier: MIT */
/* The population and the questions: see ask.h. */
#include <config.h>

#include "models/ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"

/* ---- the population --------------------------------------------------- */

/* L = E sqrt(values), from the rows E' of EIGEN. */
static void set_root(double *root, const double *eigen, const double *value,
                     size_t d)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t k = 0; k < d; k++) {
            root[i * d + k] =
                value[k] > 0 ? eigen[k * d + i] * sqrt(value[k]) : 0;
        }
    }
}

int rec_ask_prior_init(struct rec_ask_prior *p, size_t dim, const double *mean,
                       const double *covariance, struct rec_error *err)
{
    double *eigen = rec_alloc64(dim * dim, sizeof *eigen);
    double *value = rec_alloc(dim, sizeof *value);
    int rc;

    *p = (struct rec_ask_prior){dim, rec_alloc(dim, sizeof *p->mean),
                                rec_alloc64(dim * dim, sizeof *p->root)};
    rc = eigen && value && p->mean && p->root ? 0 : rec_fail_nomem(err);
    if (rc == 0) {
        memcpy(eigen, covariance, dim * dim * sizeof *eigen);
        rec_blas_threads(1);
        rc = rec_eigen(dim, eigen, value, err);
    }
    if (rc == 0) {
        memcpy(p->mean, mean, dim * sizeof *mean);
        set_root(p->root, eigen, value, dim);
    } else {
        rec_ask_prior_release(p);
    }
    free(eigen);
    free(value);
    return rc;
}

static void set_mean(double *mean, const float *v, size_t n, size_t dim)
{
    memset(mean, 0, dim * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < dim; k++) {
            mean[k] += (double)v[i * dim + k];
        }
    }
    for (size_t k = 0; k < dim; k++) {
        mean[k] /= (double)n;
    }
}

/* Few vectors know few directions: some of what varies goes to all. */
static void shrink(double *s, size_t dim, size_t n)
{
    double to = (double)dim / (double)(dim + n), trace = 0;

    for (size_t i = 0; i < dim; i++) {
        trace += s[i * dim + i];
    }
    for (size_t i = 0; i < dim * dim; i++) {
        s[i] *= 1 - to;
    }
    for (size_t i = 0; i < dim; i++) {
        s[i * dim + i] += to * trace / (double)dim;
    }
}

static int moments(double *mean, double *s, size_t dim, const float *v,
                   size_t n, struct rec_error *err)
{
    double *centred;

    if (n < 2) {
        return rec_fail(err, REC_EVALUE,
                        "a population takes two people at least, not %zu", n);
    }
    centred = rec_alloc64(n * dim, sizeof *centred);
    if (!centred) {
        return rec_fail_nomem(err);
    }
    set_mean(mean, v, n, dim);
    for (size_t i = 0; i < n * dim; i++) {
        centred[i] = (double)v[i] - mean[i % dim];
    }
    rec_blas_threads(1);
    rec_gemm(REC_F64, 1, 0, dim, dim, n, 1 / (double)n, centred, dim, centred,
             dim, 0, s, dim);
    shrink(s, dim, n);
    free(centred);
    return 0;
}

int rec_ask_prior_fit(struct rec_ask_prior *p, size_t dim, const float *v,
                      size_t n, struct rec_error *err)
{
    double *mean = rec_alloc64(dim + dim * dim, sizeof *mean);
    int rc = mean ? moments(mean, mean + dim, dim, v, n, err)
                  : rec_fail_nomem(err);

    rc = rc ? rc : rec_ask_prior_init(p, dim, mean, mean + dim, err);
    free(mean);
    return rc;
}

int rec_ask_prior_moments(size_t dim, const float *v, size_t n, float *mean,
                          float *covariance, struct rec_error *err)
{
    double *wide = rec_alloc64(dim + dim * dim, sizeof *wide);
    int rc = wide ? moments(wide, wide + dim, dim, v, n, err)
                  : rec_fail_nomem(err);

    for (size_t k = 0; k < dim && rc == 0; k++) {
        mean[k] = (float)wide[k];
    }
    for (size_t k = 0; k < dim * dim && rc == 0; k++) {
        covariance[k] = (float)wide[dim + k];
    }
    free(wide);
    return rc;
}

void rec_ask_prior_place(const struct rec_ask_prior *p, const double *z,
                         float *out)
{
    for (size_t i = 0; i < p->dim; i++) {
        double sum = p->mean[i];

        for (size_t k = 0; k < p->dim; k++) {
            sum += p->root[i * p->dim + k] * z[k];
        }
        out[i] = (float)sum;
    }
}

void rec_ask_prior_release(struct rec_ask_prior *p)
{
    free(p->mean);
    free(p->root);
    memset(p, 0, sizeof *p);
}

/* ---- the questions ---------------------------------------------------- */

struct place { /* of an item among the popular ones */
    uint32_t item, count, rank;
};

static int compare_places(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;

    if (a->count != b->count) {
        return a->count < b->count ? 1 : -1;
    }
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* The most popular items. */
static int choose_items(struct rec_ask_pool *p,
                        const struct rec_ask_items *items,
                        struct rec_error *err)
{
    struct place *place = rec_alloc(items->n, sizeof *place);
    size_t n = 0;

    if (!place) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < items->n; i++) {
        if (items->count[i] > 0) {
            place[n++] = (struct place){i, items->count[i], items->rank[i]};
        }
    }
    if (n > 0) {
        qsort(place, n, sizeof *place, compare_places);
    }
    p->n = n < p->opt.size ? n : p->opt.size;
    p->item = rec_alloc(p->n, sizeof *p->item);
    for (size_t i = 0; i < p->n && p->item; i++) {
        p->item[i] = place[i].item;
    }
    free(place);
    return p->item ? 0 : rec_fail_nomem(err);
}

/* X = A V L, and what the counts say. */
static int describe_items(struct rec_ask_pool *p,
                          const struct rec_ask_items *items,
                          struct rec_error *err)
{
    size_t d = p->prior->dim;
    double *v = rec_alloc64(p->n * d, sizeof *v);
    double most = p->n > 0 ? (double)items->count[p->item[0]] : 0;

    p->x = rec_alloc64(p->n * d, sizeof *p->x);
    p->offset = rec_alloc(p->n, sizeof *p->offset);
    p->known = rec_alloc(p->n, sizeof *p->known);
    p->weight = rec_alloc(p->n, sizeof *p->weight);
    if (!v || !p->x || !p->offset || !p->known || !p->weight) {
        free(v);
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < p->n; i++) {
        double count = (double)items->count[p->item[i]];

        for (size_t k = 0; k < d; k++) {
            v[i * d + k] = (double)items->vector[p->item[i] * d + k];
        }
        p->known[i] = count / most;
        p->weight[i] = pow(p->known[i], p->opt.known);
        p->offset[i] = p->opt.offset ? log((count + .5)
                                           / (items->people - count + .5))
                                     : 0;
    }
    rec_blas_threads(1);
    rec_gemm(REC_F64, 0, 0, p->n, d, d, p->opt.scale, v, d, p->prior->root, d,
             0, p->x, d);
    free(v);
    return 0;
}

/* C = L' (sum of count v v' / sum of counts) L. */
static int set_goal(struct rec_ask_pool *p, const struct rec_ask_items *items,
                    struct rec_error *err)
{
    size_t d = p->prior->dim;
    double *m = rec_zalloc(d * d, sizeof *m);
    double *half = rec_alloc64(d * d, sizeof *half), sum = 0;

    p->goal = rec_alloc64(d * d, sizeof *p->goal);
    if (!m || !half || !p->goal) {
        free(m);
        free(half);
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < items->n; i++) {
        const float *v = items->vector + i * d;
        double w = (double)items->count[i];

        sum += w;
        for (size_t k = 0; k < d && w > 0; k++) {
            for (size_t j = 0; j < d; j++) {
                m[k * d + j] += w * (double)v[k] * (double)v[j];
            }
        }
    }
    rec_gemm(REC_F64, 1, 0, d, d, d, sum > 0 ? 1 / sum : 0, p->prior->root, d,
             m, d, 0, half, d);
    rec_gemm(REC_F64, 0, 0, d, d, d, 1, half, d, p->prior->root, d, 0, p->goal,
             d);
    free(m);
    free(half);
    return 0;
}

/* The items from A + 1 on that may be compared with A: they are in order of
   their counts. */
static size_t partners(const struct rec_ask_pool *p, size_t a)
{
    size_t b = a + 1;

    while (b < p->n && p->known[a] <= p->opt.ratio * p->known[b]) {
        b++;
    }
    return b - a - 1;
}

static int set_questions(struct rec_ask_pool *p, struct rec_error *err)
{
    size_t n = p->opt.pairs ? 0 : p->n;

    for (size_t a = 0; a < p->n && p->opt.pairs; a++) {
        n += partners(p, a);
    }
    p->question = rec_alloc(n, sizeof *p->question);
    if (!p->question) {
        return rec_fail_nomem(err);
    }
    for (size_t a = 0; a < p->n; a++) {
        size_t more = p->opt.pairs ? partners(p, a) : 0;

        for (size_t k = 1; k <= more; k++) {
            p->question[p->questions++] =
                (struct rec_question){(uint32_t)a, (uint32_t)(a + k)};
        }
        if (!p->opt.pairs) {
            p->question[p->questions++] =
                (struct rec_question){(uint32_t)a, REC_NONE};
        }
    }
    return 0;
}

int rec_ask_pool_init(struct rec_ask_pool *p, const struct rec_ask_prior *prior,
                      const struct rec_ask_items *items,
                      const struct rec_ask_options *opt, struct rec_error *err)
{
    int rc;

    memset(p, 0, sizeof *p);
    p->prior = prior;
    p->opt = *opt;
    rc = choose_items(p, items, err);
    rc = rc ? rc : describe_items(p, items, err);
    rc = rc ? rc : set_goal(p, items, err);
    rc = rc ? rc : set_questions(p, err);
    if (rc != 0) {
        rec_ask_pool_release(p);
    }
    return rc;
}

void rec_ask_pool_release(struct rec_ask_pool *p)
{
    free(p->item);
    free(p->x);
    free(p->offset);
    free(p->known);
    free(p->weight);
    free(p->goal);
    free(p->question);
    memset(p, 0, sizeof *p);
}
