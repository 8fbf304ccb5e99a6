/* SPDX-License-Identifier: MIT */
/* Training iALS: see ials.h. */
#include <config.h>

#include "models/ials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "models/factors.h"
#include "models/ials_private.h"

/* ---- beginning and ending --------------------------------------------- */

double rec_ials_memory(const struct rec_csr *x,
                       const struct rec_ials_options *opt)
{
    double dim = opt->dim, n = opt->block < dim ? opt->block : dim;
    double rows = (double)x->rows + (double)x->cols;
    double per_event = x->weight && !opt->binary ? 8 : 4;

    /* Vectors and their copy for the model; the transpose; axes in single and
       double precision, with LAPACK's work; a system per thread. */
    return 4 * dim * (rows + x->cols) + per_event * (double)rec_csr_events(x)
           + 8 * (double)x->cols + 28 * dim * dim
           + 4 * opt->threads * (n * n + 128 * n);
}

static int check_weights(const struct rec_csr *x, struct rec_error *err)
{
    size_t n = rec_csr_events(x);

    for (size_t e = 0; e < n && x->weight; e++) {
        if (!(x->weight[e] >= 0)) {
            return rec_fail(err, REC_EVALUE,
                            "the weight %g is negative, which no confidence "
                            "can be",
                            (double)x->weight[e]);
        }
    }
    return 0;
}

/* Uniform, of mean 0, so that a vector's length is INIT on average. */
static void draw(float *v, size_t n, uint32_t dim, double init,
                 struct rec_rng *rng)
{
    double half = init * sqrt(3.0 / dim);

    for (size_t i = 0; i < n * dim; i++) {
        v[i] = (float)(half * (2 * rec_rng_unit(rng) - 1));
    }
}

int rec_ials_begin(struct rec_ials_train *t, const struct rec_csr *x,
                   const struct rec_ials_options *opt, struct rec_error *err)
{
    size_t dim = opt->dim;
    struct rec_rng rng;
    int rc;

    memset(t, 0, sizeof *t);
    t->opt = *opt;
    t->x = *x;
    if (opt->binary) {
        t->x.weight = NULL;
    }
    rc = check_weights(&t->x, err);
    rc = rc ? rc : rec_csr_transpose(&t->t, &t->x, NULL, err);
    if (rc != 0) {
        return rc;
    }
    t->user = rec_alloc64(x->rows * dim, sizeof *t->user);
    t->item = rec_alloc64(x->cols * dim, sizeof *t->item);
    t->gram = rec_zalloc(dim, sizeof *t->gram);
    t->mass = rec_zalloc(dim, sizeof *t->mass);
    t->axis = rec_alloc64(dim * dim, sizeof *t->axis);
    if (!t->user || !t->item || !t->gram || !t->mass || !t->axis) {
        rec_ials_end(t);
        return rec_fail_nomem(err);
    }
    rec_rng_init(&rng, opt->seed);
    draw(t->user, x->rows, opt->dim, opt->init, &rng);
    draw(t->item, x->cols, opt->dim, opt->init, &rng);
    return 0;
}

void rec_ials_end(struct rec_ials_train *t)
{
    rec_csr_release(&t->t);
    free(t->user);
    free(t->item);
    free(t->gram);
    free(t->axis);
    free(t->mass);
    memset(t, 0, sizeof *t);
}

/* ---- an epoch --------------------------------------------------------- */

/* Solve the N_FREE vectors at FREE, the rows of X, against the N_FIXED at
   FIXED, after turning both to the principal axes of the latter. */
static int half_epoch(struct rec_ials_train *t, const struct rec_csr *x,
                      float *fixed, size_t n_fixed, float *free_,
                      size_t n_free, struct rec_error *err)
{
    const struct rec_ials_options *o = &t->opt;
    struct rec_ials_fixed f = {
        o->dim, o->block < o->dim ? o->block : o->dim,
        fixed,  t->mass,
        o->lambda, o->nu,
        o->unobserved * (double)n_fixed};
    int rc = rec_factors_axes(fixed, n_fixed, o->dim, t->axis, t->gram, err);

    rc = rc ? rc : rec_factors_turn(fixed, n_fixed, o->dim, t->axis, err);
    if (rc == 0 && f.block < o->dim) { /* where blocks begin */
        rc = rec_factors_turn(free_, n_free, o->dim, t->axis, err);
    }
    if (rc != 0) {
        return rc;
    }
    for (uint32_t k = 0; k < o->dim; k++) {
        t->mass[k] = (float)(o->unobserved * (double)t->gram[k]);
    }
    return rec_ials_solve_rows(&f, x, o->threads, free_, err);
}

int rec_ials_epoch(struct rec_ials_train *t, struct rec_error *err)
{
    int rc = half_epoch(t, &t->t, t->user, t->x.rows, t->item, t->x.cols, err);

    return rc ? rc
              : half_epoch(t, &t->x, t->item, t->x.cols, t->user, t->x.rows,
                           err);
}

/* ---- the objective ---------------------------------------------------- */

/* The part of the objective that is a function of the rows of X, whose
   vectors are at ROW, and of OTHER: the ridge alone if OTHER is NULL. */
static void row_losses(const struct rec_ials_train *t, const struct rec_csr *x,
                       const struct rec_ials_fixed *f, const float *row,
                       const float *other, double *loss)
{
    size_t dim = t->opt.dim;

#pragma omp parallel for num_threads(t->opt.threads) schedule(dynamic, 64)
    for (size_t u = 0; u < x->rows; u++) {
        const float *w = row + u * dim;
        double sum = 0, count = 0, ridge;

        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            double c = x->weight ? (double)x->weight[e] : 1;

            count += c;
            if (other) {
                const float *h = other + x->item[e] * dim;
                double guess = 0;

                for (size_t k = 0; k < dim; k++) {
                    guess += (double)(w[k] * h[k]);
                }
                sum += c * (guess - 1) * (guess - 1);
            }
        }
        ridge = rec_ials_ridge(f, count);
        for (size_t k = 0; k < dim; k++) {
            double all = other ? t->opt.unobserved * (double)t->gram[k] : 0;

            sum += (all + ridge) * (double)w[k] * (double)w[k];
        }
        loss[u] = sum;
    }
}

int rec_ials_objective(const struct rec_ials_train *t, double *out,
                       struct rec_error *err)
{
    const struct rec_ials_options *o = &t->opt;
    struct rec_ials_fixed f = {.lambda = o->lambda, .nu = o->nu};
    size_t users = t->x.rows, items = t->x.cols;
    double *loss = rec_alloc(users + items, sizeof *loss);
    double sum = 0;

    if (!loss) {
        return rec_fail_nomem(err);
    }
    f.offset = o->unobserved * (double)items;
    row_losses(t, &t->x, &f, t->user, t->item, loss);
    f.offset = o->unobserved * (double)users;
    row_losses(t, &t->t, &f, t->item, NULL, loss + users);
    for (size_t i = 0; i < users + items; i++) {
        sum += loss[i];
    }
    free(loss);
    *out = sum;
    return 0;
}

/* ---- the result ------------------------------------------------------- */

static void set_mean(const struct rec_ials_train *t, float *mean)
{
    for (uint32_t k = 0; k < t->opt.dim; k++) {
        double sum = 0;

        for (size_t u = 0; u < t->x.rows; u++) {
            sum += (double)t->user[u * t->opt.dim + k];
        }
        mean[k] = t->x.rows > 0 ? (float)(sum / (double)t->x.rows) : 0;
    }
}

int rec_ials_take(const struct rec_ials_train *t, double kappa,
                  struct rec_ials *out, struct rec_error *err)
{
    const struct rec_ials_options *o = &t->opt;
    size_t dim = o->dim, n = (size_t)t->x.cols * dim;
    float *item = rec_alloc64(n + 3 * dim, sizeof *item);
    float *gram, *mean, *sign;

    if (!item) {
        return rec_fail_nomem(err);
    }
    gram = item + n;
    mean = gram + dim;
    sign = mean + dim;
    memcpy(item, t->item, n * sizeof *item);
    memcpy(gram, t->gram, dim * sizeof *gram);
    set_mean(t, mean);
    rec_factors_signs(item, t->x.cols, o->dim, sign);
    rec_factors_stretch(item, t->x.cols, o->dim, sign);
    rec_factors_stretch(mean, 1, o->dim, sign);
    *out = (struct rec_ials){t->x.cols, o->dim,       o->unobserved,
                             o->lambda, o->nu,        t->x.weight != NULL,
                             kappa,     item,         gram,
                             mean,      item};
    return 0;
}

void rec_ials_release(struct rec_ials *m)
{
    free(m->owned);
    memset(m, 0, sizeof *m);
}
