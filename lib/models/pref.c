/* SPDX-License-Identifier: MIT */
/* Logistic matrix factorisation of comparisons: see pref.h. */
#include <config.h>

#include "models/pref.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/adam.h"
#include "math/logistic.h"
#include "math/small.h"
#include "models/factors.h"
#include "models/svd.h"

double rec_pref_memory(const struct rec_comparisons *x,
                       const struct rec_pref_options *opt)
{
    double rows = (double)x->users + x->items;

    return 4 * rows * 4 * opt->dim + 32.0 * (double)x->n;
}

/* ---- the start -------------------------------------------------------- */

struct place { /* of a win or a loss in the matrix */
    uint32_t user, item;
    float value;
};

static int compare_places(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;

    if (a->user != b->user) {
        return a->user < b->user ? -1 : 1;
    }
    return (a->item > b->item) - (a->item < b->item);
}

/* (wins - losses) / comparisons, by user and item; to be released. */
static int make_matrix(struct rec_csr *m, const struct rec_comparisons *x,
                       struct rec_error *err)
{
    struct place *p = rec_alloc(2 * x->n, sizeof *p);
    size_t at = 0, u = 0;

    *m = (struct rec_csr){.rows = x->users, .cols = x->items};
    m->start = rec_zalloc(x->users + 1, sizeof *m->start);
    m->item = rec_alloc(2 * x->n, sizeof *m->item);
    m->weight = rec_alloc(2 * x->n, sizeof *m->weight);
    if (!p || !m->start || !m->item || !m->weight) {
        free(p);
        rec_csr_release(m);
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < x->n; i++) {
        p[2 * i] = (struct place){x->user[i], x->better[i], 1};
        p[2 * i + 1] = (struct place){x->user[i], x->worse[i], -1};
    }
    qsort(p, 2 * x->n, sizeof *p, compare_places);
    for (size_t i = 0; i < 2 * x->n;) {
        float sum = 0;
        size_t k = i;

        for (; k < 2 * x->n && compare_places(p + i, p + k) == 0; k++) {
            sum += p[k].value;
        }
        while (u < p[i].user) {
            m->start[++u] = (int64_t)at;
        }
        m->item[at] = p[i].item;
        m->weight[at++] = sum / (float)(k - i);
        i = k;
    }
    while (u < x->users) {
        m->start[++u] = (int64_t)at;
    }
    free(p);
    return 0;
}

/* w = U S^1/2 and h = V S^1/2; dimensions beyond the rank stay zero. */
static int start_svd(float *user, float *item, const struct rec_comparisons *x,
                     const struct rec_pref_options *opt, struct rec_error *err)
{
    struct rec_svd_options so = {.dim = opt->dim, .extra = 32, .rounds = 8,
                                 .value_power = -.5, .seed = opt->seed,
                                 .threads = opt->threads};
    struct rec_csr m;
    struct rec_svd s;
    int rc = make_matrix(&m, x, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_svd_fit(&s, &m, &so, err);
    if (rc == 0) {
        rc = rec_svd_fold_in(&s, &m, opt->threads, user, err);
        for (size_t i = 0; i < (size_t)x->items * opt->dim; i++) {
            item[i] = s.item[i] * sqrtf(s.value[i % opt->dim]);
        }
        rec_svd_release(&s);
    }
    rec_csr_release(&m);
    return rc;
}

static void start_random(float *both, size_t n, uint64_t seed)
{
    struct rec_rng r;

    rec_rng_init(&r, seed);
    for (size_t i = 0; i < n; i++) {
        both[i] = (float)(.2 * (rec_rng_unit(&r) - .5));
    }
}

/* ---- the descent ------------------------------------------------------ */

/* G += the gradient of the sum of -log of the probabilities; returns it. */
static double add_gradient(const struct rec_comparisons *x, uint32_t dim,
                           const float *user, const float *item, float *g_user,
                           float *g_item)
{
    double sum = 0;

    for (size_t i = 0; i < x->n; i++) {
        size_t u = (size_t)x->user[i] * dim;
        size_t a = (size_t)x->better[i] * dim, b = (size_t)x->worse[i] * dim;
        double t = (double)rec_small_dot(user + u, item + a, dim)
                   - (double)rec_small_dot(user + u, item + b, dim);
        float by = (float)(rec_logistic(t) - 1);

        sum += rec_softplus(-t);
        rec_small_axpy(g_user + u, dim, by, item + a);
        rec_small_axpy(g_user + u, dim, -by, item + b);
        rec_small_axpy(g_item + a, dim, by, user + u);
        rec_small_axpy(g_item + b, dim, -by, user + u);
    }
    return sum;
}

static int descend(struct rec_pref *m, const struct rec_comparisons *x,
                   const struct rec_pref_options *opt, struct rec_error *err)
{
    size_t n = (m->users + m->items) * m->dim, users = m->users * m->dim;
    float *g = rec_zalloc(3 * n, sizeof *g); /* and the moments */
    struct rec_adam adam;
    int rc = g ? rec_adam_init(&adam, opt->rate, opt->epochs, err)
               : rec_fail_nomem(err);

    if (rc != 0) {
        free(g);
        return rc;
    }
    for (uint32_t e = 1; e <= opt->epochs; e++) {
        rec_progress(opt->tick, "epochs", e - 1, opt->epochs);
        memset(g, 0, n * sizeof *g);
        add_gradient(x, m->dim, m->user, m->item, g, g + users);
        rec_adam_step(&adam, REC_F32, e, opt->penalty / 2, n, m->both, g + n,
                      g + 2 * n, g);
    }
    m->loss = add_gradient(x, m->dim, m->user, m->item, g, g + users)
              / (double)x->n;
    rec_adam_release(&adam);
    free(g);
    if (!isfinite(m->loss)) {
        return rec_fail(err, REC_ENUMERIC,
                        "the vectors grow beyond single precision; use a "
                        "lower rate or a higher penalty");
    }
    return 0;
}

int rec_pref_fit(struct rec_pref *out, const struct rec_comparisons *x,
                 const struct rec_pref_options *opt, struct rec_error *err)
{
    size_t rows = x->users + x->items;
    struct rec_pref m = {.items = x->items, .dim = opt->dim,
                         .users = x->users};
    float *item;
    int rc = 0;

    if (x->n == 0) {
        return rec_fail(err, REC_EVALUE, "no comparisons");
    }
    m.both = rec_zalloc(rows * m.dim, sizeof *m.both);
    m.count = rec_zalloc(x->items, sizeof *m.count);
    if (!m.both || !m.count) {
        rec_pref_release(&m);
        return rec_fail_nomem(err);
    }
    item = m.both + m.users * m.dim;
    m.user = m.both;
    m.item = item;
    for (size_t i = 0; i < x->n; i++) {
        m.count[x->better[i]]++;
        m.count[x->worse[i]]++;
    }
    if (opt->random) {
        start_random(m.both, rows * m.dim, opt->seed);
    } else {
        rc = start_svd(m.both, item, x, opt, err);
    }
    rc = rc ? rc : descend(&m, x, opt, err);
    if (rc != 0) {
        rec_pref_release(&m);
        return rc;
    }
    *out = m;
    return 0;
}

void rec_pref_release(struct rec_pref *m)
{
    free(m->both);
    free(m->count);
    memset(m, 0, sizeof *m);
}
