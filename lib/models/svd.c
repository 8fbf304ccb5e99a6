/* SPDX-License-Identifier: MIT */
/* Truncated SVD: see svd.h. */
#include <config.h>

#include "models/svd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/small.h"
#include "models/factors.h"

struct fit {
    const struct rec_svd_options *opt;
    struct rec_csr y, t;  /* Y and its transpose; Y borrows X's rows */
    float *value;         /* of Y, owned */
    uint32_t width;       /* columns of the subspace */
    float *item, *user;   /* items x width, users x width */
    float *axis, *gram;   /* width x width, width */
    float *in, *out;      /* by item: c^-B, c^C */
};

/* The columns that are iterated: no more than there are items. */
static uint32_t width(const struct rec_csr *x,
                      const struct rec_svd_options *opt)
{
    uint64_t want = (uint64_t)opt->dim + opt->extra;

    return want < x->cols ? (uint32_t)want : x->cols;
}

double rec_svd_memory(const struct rec_csr *x,
                      const struct rec_svd_options *opt)
{
    double w = width(x, opt), dim = opt->dim;
    double rows = (double)x->rows + (double)x->cols;

    return 4 * w * rows + 4 * dim * (double)x->cols + 28 * w * w
           + 12 * (double)rec_csr_events(x) + 24 * (double)x->cols;
}

/* ---- Y ---------------------------------------------------------------- */

static int make_scales(struct fit *f, const struct rec_csr *x,
                       struct rec_error *err)
{
    uint32_t *count = rec_alloc(x->cols, sizeof *count);

    f->in = rec_alloc(x->cols, sizeof *f->in);
    f->out = rec_alloc(x->cols, sizeof *f->out);
    if (!count || !f->in || !f->out) {
        free(count);
        return rec_fail_nomem(err);
    }
    rec_csr_item_counts(x, count);
    for (uint32_t i = 0; i < x->cols; i++) {
        double c = count[i] > 0 ? count[i] : 1;

        f->in[i] = (float)pow(c, -f->opt->item_power);
        f->out[i] = (float)pow(c, f->opt->score_power);
    }
    free(count);
    return 0;
}

static int make_values(struct fit *f, const struct rec_csr *x,
                       struct rec_error *err)
{
    f->y = *x;
    f->y.weight = f->value = rec_alloc(rec_csr_events(x), sizeof *f->value);
    if (!f->value) {
        return rec_fail_nomem(err);
    }
    for (size_t u = 0; u < x->rows; u++) {
        double row = pow(rec_csr_row_len(x, u), -f->opt->user_power);

        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            double w = f->opt->binary || !x->weight ? 1 : (double)x->weight[e];

            f->value[e] = (float)(w * row * (double)f->in[x->item[e]]);
        }
    }
    return rec_csr_transpose(&f->t, &f->y, NULL, err);
}

/* ---- the subspace ----------------------------------------------------- */

/* TO (rows of Y x width) = Y FROM */
static void multiply(const struct rec_csr *y, uint32_t w, const float *from,
                     float *to, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic, 32)
    for (size_t r = 0; r < y->rows; r++) {
        float *sum = to + r * w;

        memset(sum, 0, w * sizeof *sum);
        for (int64_t e = y->start[r]; e < y->start[r + 1]; e++) {
            rec_small_axpy(sum, w, y->weight[e],
                           from + (size_t)y->item[e] * w);
        }
    }
}

static int start(struct fit *f, const struct rec_csr *x, struct rec_error *err)
{
    size_t n = (size_t)x->cols * f->width;
    struct rec_rng rng;

    f->item = rec_alloc64(n, sizeof *f->item);
    f->user = rec_alloc64(x->rows * f->width, sizeof *f->user);
    f->axis = rec_alloc64((size_t)f->width * f->width, sizeof *f->axis);
    f->gram = rec_alloc(f->width, sizeof *f->gram);
    if (!f->item || !f->user || !f->axis || !f->gram) {
        return rec_fail_nomem(err);
    }
    rec_rng_init(&rng, f->opt->seed);
    for (size_t i = 0; i < n; i++) {
        f->item[i] = (float)(2 * rec_rng_unit(&rng) - 1);
    }
    return 0;
}

/* ITEM becomes the right singular vectors in the subspace, GRAM the squares of
   the values: those of Y ITEM. */
static int iterate(struct fit *f, struct rec_error *err)
{
    const struct rec_svd_options *o = f->opt;
    int rc = 0;

    rec_blas_threads(1); /* on several, sums would depend on how many */
    for (uint32_t k = 0; k <= o->rounds && rc == 0; k++) {
        rec_progress(o->tick, "rounds", k, o->rounds + 1.0);
        if (k > 0) {
            multiply(&f->t, f->width, f->user, f->item, o->threads);
        }
        rc = rec_orthonormal(f->t.rows, f->width, f->item, err);
        multiply(&f->y, f->width, f->item, f->user, o->threads);
    }
    rc = rc ? rc
            : rec_factors_axes(f->user, f->y.rows, f->width, f->axis, f->gram,
                               err);
    return rc ? rc
              : rec_factors_turn(f->item, f->t.rows, f->width, f->axis, err);
}

/* ---- the model -------------------------------------------------------- */

/* Directions whose value is lost in the rounding of the largest are noise. */
static int is_there(const struct fit *f, uint32_t k)
{
    return k < f->width && f->gram[k] > 1e-10f * f->gram[0];
}

static int make_model(struct fit *f, struct rec_svd *m, struct rec_error *err)
{
    const struct rec_svd_options *o = f->opt;
    size_t dim = o->dim, items = f->t.rows;
    float *item = rec_zalloc(items * dim + dim + items, sizeof *item);
    float *sign = f->axis; /* done with */
    float *value, *in;

    if (!item) {
        return rec_fail_nomem(err);
    }
    value = item + items * dim;
    in = value + dim;
    if (f->width > 0) {
        rec_factors_signs(f->item, items, f->width, sign);
    }
    for (uint32_t k = 0; k < o->dim && is_there(f, k); k++) {
        value[k] = sqrtf(f->gram[k]);
        for (size_t j = 0; j < items; j++) {
            item[j * dim + k] = sign[k] * f->out[j] * f->item[j * f->width + k];
        }
    }
    for (size_t j = 0; j < items; j++) {
        in[j] = f->in[j] / f->out[j];
    }
    *m = (struct rec_svd){(uint32_t)items, o->dim,         o->user_power,
                          o->item_power,   o->score_power, o->value_power,
                          !o->binary,      item,           value,
                          in,              item};
    return 0;
}

static void release(struct fit *f)
{
    rec_csr_release(&f->t);
    free(f->value);
    free(f->item);
    free(f->user);
    free(f->axis);
    free(f->gram);
    free(f->in);
    free(f->out);
}

int rec_svd_fit(struct rec_svd *out, const struct rec_csr *x,
                const struct rec_svd_options *opt, struct rec_error *err)
{
    struct fit f = {.opt = opt, .width = width(x, opt)};
    int rc = make_scales(&f, x, err);

    rc = rc ? rc : make_values(&f, x, err);
    rc = rc ? rc : start(&f, x, err);
    rc = rc ? rc : iterate(&f, err);
    rc = rc ? rc : make_model(&f, out, err);
    if (rc == 0 && !x->weight) {
        out->weights = 0;
    }
    release(&f);
    return rc;
}

void rec_svd_release(struct rec_svd *m)
{
    free(m->owned);
    memset(m, 0, sizeof *m);
}
