/* SPDX-License-Identifier: MIT */
/* Truncated SVD in use: projection, scores, explanations, the file. See
   svd.h. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/small.h"
#include "models/factors.h"
#include "models/svd.h"

/* ---- projection ------------------------------------------------------- */

/* Event E of a row, of which every value is multiplied by ROW, in Y. */
static float value(const struct rec_svd *m, const struct rec_csr *x, int64_t e,
                   float row)
{
    float w = m->weights && x->weight ? x->weight[e] : 1;

    return row * w * m->in[x->item[e]];
}

static float row_scale(const struct rec_svd *m, const struct rec_csr *x,
                       size_t r)
{
    return (float)pow(rec_csr_row_len(x, r), -m->user_power);
}

/* S^P */
static float *make_stretch(const struct rec_svd *m, struct rec_error *err)
{
    float *s = rec_alloc(m->dim, sizeof *s);

    for (uint32_t k = 0; k < m->dim && s; k++) {
        double v = (double)m->value[k];

        s[k] = v > 0 ? (float)pow(v, m->value_power) : 0;
    }
    if (!s) {
        (void)rec_fail_nomem(err);
    }
    return s;
}

int rec_svd_fold_in(const struct rec_svd *m, const struct rec_csr *rows,
                    int threads, float *out, struct rec_error *err)
{
    float *stretch = make_stretch(m, err);

    if (!stretch) {
        return REC_ENOMEM;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t r = 0; r < rows->rows; r++) {
        float *sum = out + r * m->dim, scale = row_scale(m, rows, r);

        memset(sum, 0, m->dim * sizeof *sum);
        for (int64_t e = rows->start[r]; e < rows->start[r + 1]; e++) {
            rec_small_axpy(sum, m->dim, value(m, rows, e, scale),
                           m->item + (size_t)rows->item[e] * m->dim);
        }
        for (uint32_t k = 0; k < m->dim; k++) {
            sum[k] *= stretch[k];
        }
    }
    free(stretch);
    return 0;
}

/* ---- the model's hooks ------------------------------------------------ */

static void svd_release(struct rec_model *m)
{
    free(m->state);
}

static int svd_score(const struct rec_model *m, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *err)
{
    const struct rec_svd *s = m->state;
    float *user = rec_alloc64(rows->rows * s->dim, sizeof *user);
    int rc = user ? rec_svd_fold_in(s, rows, threads, user, err)
                  : rec_fail_nomem(err);

    if (rc == 0) {
        rec_factors_score(user, rows->rows, s->item, s->items, s->dim, out);
    }
    free(user);
    return rc;
}

static int svd_explain(const struct rec_model *m, const struct rec_csr *row,
                       uint32_t item, double *part, struct rec_error *err)
{
    const struct rec_svd *s = m->state;
    float *target = make_stretch(s, err);
    size_t n = rec_csr_row_len(row, 0);
    int64_t first = row->start[0];

    if (!target) {
        return REC_ENOMEM;
    }
    for (uint32_t k = 0; k < s->dim; k++) {
        target[k] *= s->item[(size_t)item * s->dim + k];
    }
    for (size_t i = 0; i < n; i++) {
        int64_t e = first + (int64_t)i;
        float dot = rec_small_dot(
            target, s->item + (size_t)row->item[e] * s->dim, s->dim);

        part[i] = (double)value(s, row, e, row_scale(s, row, 0)) * (double)dot;
    }
    free(target);
    return 0;
}

static uint32_t svd_dimensions(const struct rec_model *m)
{
    const struct rec_svd *s = m->state;

    return s->dim;
}

static int svd_item_vectors(const struct rec_model *m, const float **out,
                            struct rec_error *err)
{
    const struct rec_svd *s = m->state;

    (void)err;
    *out = s->item;
    return 0;
}

static int svd_user_vectors(const struct rec_model *m,
                            const struct rec_csr *rows, int threads,
                            float *out, struct rec_error *err)
{
    return rec_svd_fold_in(m->state, rows, threads, out, err);
}

/* ---- the file --------------------------------------------------------- */

static int get_params(const struct rec_model *m, struct rec_svd *s,
                      struct rec_error *err)
{
    double weights = 0;
    int rc = rec_factors_dim(m, &s->dim, err);

    rc = rc ? rc : rec_model_param(m, "user-power", &s->user_power, err);
    rc = rc ? rc : rec_model_param(m, "item-power", &s->item_power, err);
    rc = rc ? rc : rec_model_param(m, "score-power", &s->score_power, err);
    rc = rc ? rc : rec_model_param(m, "value-power", &s->value_power, err);
    rc = rc ? rc : rec_model_param(m, "weights", &weights, err);
    s->weights = weights != 0;
    s->items = m->n_items;
    return rc;
}

static int svd_load(struct rec_model *m, struct rec_error *err)
{
    struct rec_svd *s = m->state = rec_zalloc(1, sizeof *s);
    int rc = s ? get_params(m, s, err) : rec_fail_nomem(err);

    if (rc == 0) {
        rc = rec_model_array(m, "item", REC_F32, (size_t)s->items * s->dim,
                             &s->item, err);
    }
    rc = rc ? rc : rec_model_array(m, "value", REC_F32, s->dim, &s->value, err);
    return rc ? rc : rec_model_array(m, "in", REC_F32, s->items, &s->in, err);
}

int rec_svd_lend(const struct rec_svd *s, struct rec_dict *items,
                 struct rec_model *m, struct rec_error *err)
{
    struct rec_svd *state = rec_alloc(1, sizeof *state);

    if (!state) {
        return rec_fail_nomem(err);
    }
    *state = *s;
    *m = (struct rec_model){&rec_svd_type, NULL, items, s->items, state};
    return 0;
}

void rec_svd_unlend(struct rec_model *m)
{
    m->type->release(m);
}

int rec_svd_save(const struct rec_svd *s, const struct rec_dict *items,
                 struct rec_output *o, int level, const char *prov,
                 struct rec_error *err)
{
    const struct rec_factors_array array[] = {
        {"item", s->item, (size_t)s->items * s->dim},
        {"value", s->value, s->dim},
        {"in", s->in, s->items}};
    char param[256];

    snprintf(param, sizeof param,
             "dim %lu\nuser-power %.9g\nitem-power %.9g\nscore-power %.9g\n"
             "value-power %.9g\nweights %d\n",
             (unsigned long)s->dim, s->user_power, s->item_power,
             s->score_power, s->value_power, s->weights);
    return rec_factors_save(o, rec_svd_type.kind, level, param, items, array,
                            sizeof array / sizeof *array, prov, err);
}

const struct rec_model_type rec_svd_type = {
    .kind = "model/svd",
    .product = 1,
    .load = svd_load,
    .release = svd_release,
    .score = svd_score,
    .explain = svd_explain,
    .dimensions = svd_dimensions,
    .item_vectors = svd_item_vectors,
    .user_vectors = svd_user_vectors,
};
