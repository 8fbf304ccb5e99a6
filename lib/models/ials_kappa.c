/* SPDX-License-Identifier: MIT */
/* How much to trust a thin user: an empirical Bayes estimate by moments (Efron
   and Morris, "Data analysis using Stein's estimator and its generalizations",
   JASA 1975). Take the vector of a user with n events to scatter around what
   it would be with many by a variance s2 / n, and users around their mean by
   t2 (sums over the dimensions). The posterior mean is then

     n/(n + kappa) own + kappa/(n + kappa) mean,  kappa = s2 / t2.

   The halves of a history, every other event in each, are folded in apart:
   their squared distance has the mean s2 (1/n_a + 1/n_b), which gives s2; the
   squared distance of whole users from the mean has t2 + s2 mean(1/n). */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/gather.h"
#include "models/ials.h"

enum { BLOCK = 1024 }; /* users at a time */

struct sums {
    double halves, weight;  /* squared distances, and of 1/n_a + 1/n_b */
    double spread, inverse; /* squared distances from the mean, and 1/n */
    size_t pairs, users;
};

struct room {
    struct rec_gather half[2], whole;
    float *a, *b, *w; /* BLOCK x dim each */
};

/* Row U of X into the halves and the whole. */
static int add_row(struct room *r, const struct rec_csr *x, size_t u,
                   struct rec_error *err)
{
    int rc = 0;

    for (int64_t e = x->start[u]; e < x->start[u + 1] && rc == 0; e++) {
        float c = x->weight ? x->weight[e] : 1;

        rc = rec_gather_add(&r->half[e & 1], x->item[e], c, err);
        rc = rc ? rc : rec_gather_add(&r->whole, x->item[e], c, err);
    }
    rc = rc ? rc : rec_gather_end_row(&r->half[0], err);
    rc = rc ? rc : rec_gather_end_row(&r->half[1], err);
    return rc ? rc : rec_gather_end_row(&r->whole, err);
}

static double row_count(const struct rec_csr *x, size_t r)
{
    double sum = 0;

    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        sum += (double)x->weight[e];
    }
    return sum;
}

static double distance(const float *a, const float *b, uint32_t n)
{
    double sum = 0;

    for (uint32_t k = 0; k < n; k++) {
        double x = (double)a[k] - (double)b[k];

        sum += x * x;
    }
    return sum;
}

static void add_sums(struct sums *s, const struct room *r, uint32_t dim,
                     const float *mean)
{
    for (size_t u = 0; u < r->whole.m.rows; u++) {
        double na = row_count(&r->half[0].m, u);
        double nb = row_count(&r->half[1].m, u);

        if (na > 0 && nb > 0) {
            s->halves += distance(r->a + u * dim, r->b + u * dim, dim);
            s->weight += 1 / na + 1 / nb;
            s->pairs++;
        }
        if (na + nb > 0) {
            s->spread += distance(r->w + u * dim, mean, dim);
            s->inverse += 1 / (na + nb);
            s->users++;
        }
    }
}

static int add_block(struct sums *s, struct room *r, const struct rec_ials *own,
                     const struct rec_csr *x, size_t from, int threads,
                     struct rec_error *err)
{
    size_t to = x->rows - from < BLOCK ? x->rows : from + BLOCK;
    int rc = rec_gather_begin(&r->half[0], x->cols, err);

    rc = rc ? rc : rec_gather_begin(&r->half[1], x->cols, err);
    rc = rc ? rc : rec_gather_begin(&r->whole, x->cols, err);
    for (size_t u = from; u < to && rc == 0; u++) {
        rc = add_row(r, x, u, err);
    }
    rc = rc ? rc : rec_ials_fold_in(own, &r->half[0].m, threads, r->a, err);
    rc = rc ? rc : rec_ials_fold_in(own, &r->half[1].m, threads, r->b, err);
    rc = rc ? rc : rec_ials_fold_in(own, &r->whole.m, threads, r->w, err);
    if (rc == 0) {
        add_sums(s, r, own->dim, own->mean);
    }
    return rc;
}

int rec_ials_kappa(const struct rec_ials *m, const struct rec_csr *rows,
                   int threads, double *out, struct rec_error *err)
{
    struct rec_ials own = *m;
    struct rec_csr x = *rows;
    struct room r = {.a = rec_alloc(3 * (size_t)BLOCK * m->dim, sizeof *r.a)};
    struct sums s = {0, 0, 0, 0, 0, 0};
    int rc = r.a ? 0 : rec_fail_nomem(err);

    own.kappa = 0;
    x.weight = m->weights ? x.weight : NULL;
    r.b = r.a + (size_t)BLOCK * m->dim;
    r.w = r.b + (size_t)BLOCK * m->dim;
    for (size_t u = 0; u < x.rows && rc == 0; u += BLOCK) {
        rc = add_block(&s, &r, &own, &x, u, threads, err);
    }
    if (rc == 0) {
        double s2 = s.pairs > 0 ? s.halves / s.weight : 0;
        double t2 = s.users > 0 ? (s.spread - s2 * s.inverse) / (double)s.users
                                : 0;

        *out = s2 <= 0 ? 0 : s2 / fmax(t2, 1e-6 * s2);
    }
    free(r.a);
    rec_gather_release(&r.half[0]);
    rec_gather_release(&r.half[1]);
    rec_gather_release(&r.whole);
    return rc;
}
