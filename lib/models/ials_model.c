/* SPDX-License-Identifier: MIT */
/* iALS in use: folding in, scores, explanations, the file. See ials.h. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/factors.h"
#include "models/ials_private.h"

/* ---- folding in ------------------------------------------------------- */

static struct rec_csr values(const struct rec_ials *m,
                             const struct rec_csr *rows)
{
    struct rec_csr x = *rows;

    if (!m->weights) {
        x.weight = NULL;
    }
    return x;
}

static double row_count(const struct rec_csr *x, size_t r)
{
    double sum = 0;

    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        sum += x->weight ? (double)x->weight[e] : 1;
    }
    return sum;
}

static int check_rows(const struct rec_csr *x, struct rec_error *err)
{
    for (size_t r = 0; r < x->rows && x->weight; r++) {
        for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
            if (!(x->weight[e] >= 0)) {
                return rec_fail(err, REC_EVALUE,
                                "the weight %g of a history is negative, "
                                "which no confidence can be",
                                (double)x->weight[e]);
            }
        }
    }
    return 0;
}

/* What rows are solved against: MASS, of dim numbers, is filled in. */
static struct rec_ials_fixed fix(const struct rec_ials *m, float *mass)
{
    struct rec_ials_fixed f = {m->dim,    m->dim, m->item,
                               mass,      m->lambda, m->nu,
                               m->unobserved * m->items};

    for (uint32_t k = 0; k < m->dim; k++) {
        mass[k] = (float)(m->unobserved * (double)m->gram[k]);
    }
    return f;
}

/* How much of a user with COUNT events is the user's own. */
static double own_share(const struct rec_ials *m, double count)
{
    return m->kappa > 0 ? count / (count + m->kappa) : 1;
}

static void shrink(const struct rec_ials *m, const struct rec_csr *x,
                   float *out)
{
    for (size_t r = 0; r < x->rows && m->kappa > 0; r++) {
        float own = (float)own_share(m, row_count(x, r));
        float *w = out + r * m->dim;

        for (uint32_t k = 0; k < m->dim; k++) {
            w[k] = own * w[k] + (1 - own) * m->mean[k];
        }
    }
}

int rec_ials_fold_in(const struct rec_ials *m, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *err)
{
    struct rec_csr x = values(m, rows);
    float *mass = rec_alloc(m->dim, sizeof *mass);
    struct rec_ials_fixed f;
    int rc = mass ? check_rows(&x, err) : rec_fail_nomem(err);

    if (rc == 0) {
        f = fix(m, mass);
        rc = rec_ials_solve_rows(&f, &x, threads, out, err);
    }
    if (rc == 0) {
        shrink(m, &x, out);
    }
    free(mass);
    return rc;
}

/* ---- the model's hooks ------------------------------------------------ */

static void ials_release(struct rec_model *m)
{
    free(m->state);
}

static int ials_score(const struct rec_model *m, const struct rec_csr *rows,
                      int threads, float *out, struct rec_error *err)
{
    const struct rec_ials *a = m->state;
    float *user = rec_alloc64(rows->rows * a->dim, sizeof *user);
    int rc = user ? rec_ials_fold_in(a, rows, threads, user, err)
                  : rec_fail_nomem(err);

    if (rc == 0) {
        rec_factors_score(user, rows->rows, a->item, a->items, a->dim, out);
    }
    free(user);
    return rc;
}

/* What the mean adds belongs to no event: it is spread over them evenly. */
static int ials_explain(const struct rec_model *m, const struct rec_csr *row,
                        uint32_t item, double *part, struct rec_error *err)
{
    const struct rec_ials *a = m->state;
    const float *v = a->item + (size_t)item * a->dim;
    struct rec_csr x = values(a, row);
    size_t n = rec_csr_row_len(&x, 0);
    double own = own_share(a, row_count(&x, 0)), rest = 0;
    float *mass = rec_alloc(a->dim, sizeof *mass);
    struct rec_ials_fixed f;
    int rc = mass ? check_rows(&x, err) : rec_fail_nomem(err);

    if (rc == 0) {
        f = fix(a, mass);
        rc = rec_ials_explain_row(&f, &x, v, part, err);
    }
    for (uint32_t k = 0; k < a->dim && rc == 0 && own < 1; k++) {
        rest += (1 - own) * (double)a->mean[k] * (double)v[k];
    }
    for (size_t e = 0; e < n && rc == 0; e++) {
        part[e] = own * part[e] + rest / (double)n;
    }
    free(mass);
    return rc;
}

static uint32_t ials_dimensions(const struct rec_model *m)
{
    const struct rec_ials *a = m->state;

    return a->dim;
}

static int ials_item_vectors(const struct rec_model *m, const float **out,
                             struct rec_error *err)
{
    const struct rec_ials *a = m->state;

    (void)err;
    *out = a->item;
    return 0;
}

static int ials_user_vectors(const struct rec_model *m,
                             const struct rec_csr *rows, int threads,
                             float *out, struct rec_error *err)
{
    return rec_ials_fold_in(m->state, rows, threads, out, err);
}

/* ---- the file --------------------------------------------------------- */

static int get_params(const struct rec_model *m, struct rec_ials *a,
                      struct rec_error *err)
{
    double weights = 0;
    int rc = rec_factors_dim(m, &a->dim, err);

    rc = rc ? rc : rec_model_param(m, "unobserved", &a->unobserved, err);
    rc = rc ? rc : rec_model_param(m, "lambda", &a->lambda, err);
    rc = rc ? rc : rec_model_param(m, "nu", &a->nu, err);
    rc = rc ? rc : rec_model_param(m, "weights", &weights, err);
    rc = rc ? rc : rec_model_param(m, "kappa", &a->kappa, err);
    a->weights = weights != 0;
    a->items = m->n_items;
    return rc;
}

static int ials_load(struct rec_model *m, struct rec_error *err)
{
    struct rec_ials *a = m->state = rec_zalloc(1, sizeof *a);
    int rc = a ? get_params(m, a, err) : rec_fail_nomem(err);

    if (rc == 0) {
        rc = rec_model_array(m, "item", REC_F32, (size_t)a->items * a->dim,
                             &a->item, err);
    }
    rc = rc ? rc : rec_model_array(m, "gram", REC_F32, a->dim, &a->gram, err);
    return rc ? rc : rec_model_array(m, "mean", REC_F32, a->dim, &a->mean, err);
}

int rec_ials_lend(const struct rec_ials *a, struct rec_dict *items,
                  struct rec_model *m, struct rec_error *err)
{
    struct rec_ials *state = rec_alloc(1, sizeof *state);

    if (!state) {
        return rec_fail_nomem(err);
    }
    *state = *a;
    *m = (struct rec_model){&rec_ials_type, NULL, items, a->items, state};
    return 0;
}

void rec_ials_unlend(struct rec_model *m)
{
    m->type->release(m);
}

int rec_ials_save(const struct rec_ials *a, const struct rec_dict *items,
                  struct rec_output *o, int level, const char *prov,
                  struct rec_error *err)
{
    const struct rec_factors_array array[] = {
        {"item", a->item, (size_t)a->items * a->dim},
        {"gram", a->gram, a->dim},
        {"mean", a->mean, a->dim}};
    char param[256];

    snprintf(param, sizeof param,
             "dim %lu\nunobserved %.9g\nlambda %.9g\nnu %.9g\nweights %d\n"
             "kappa %.9g\n",
             (unsigned long)a->dim, a->unobserved, a->lambda, a->nu,
             a->weights, a->kappa);
    return rec_factors_save(o, rec_ials_type.kind, level, param, items, array,
                            sizeof array / sizeof *array, prov, err);
}

const struct rec_model_type rec_ials_type = {
    .kind = "model/ials",
    .product = 1,
    .load = ials_load,
    .release = ials_release,
    .score = ials_score,
    .explain = ials_explain,
    .dimensions = ials_dimensions,
    .item_vectors = ials_item_vectors,
    .user_vectors = ials_user_vectors,
};
