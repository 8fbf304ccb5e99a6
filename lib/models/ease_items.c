/* SPDX-License-Identifier: MIT */
/* EASE on the items side: one triangle of one matrix holds in turn G, the
   Cholesky factor of G + diag(g), and Q; B then takes the whole square. */
#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "math/gram.h"
#include "math/half.h"
#include "models/ease_private.h"

/* ---- fitting ---------------------------------------------------------- */

/* From the rows, or from the source if it was not done before. */
static int make_gram(struct rec_ease *e, struct rec_error *err)
{
    int ready = e->ready;

    e->ready = 0;
    if (!e->source) {
        return rec_gram(&e->y, e->dtype, e->matrix, e->threads, e->tick, err);
    }
    return ready ? 0
                 : e->source->read(e->source->ctx, e->dtype, e->columns.in,
                                   e->matrix, e->columns.mass, err);
}

/* G into the upper triangle: from the other one, or made. */
int rec_ease_get_gram(struct rec_ease *e, struct rec_error *err)
{
    int rc = e->matrix ? 0 : rec_ease_alloc(e, e->items, err);

    if (rc == 0 && e->kept) {
        rec_ease_restore(e->dtype, e->matrix, e->items, e->kept, e->threads);
        return 0;
    }
    rc = rc ? rc : make_gram(e, err);
    if (rc == 0 && e->keep) {
        e->kept = rec_alloc(e->items, sizeof *e->kept);
        if (!e->kept) {
            return rec_fail_nomem(err);
        }
        rec_ease_get_diagonal(e->dtype, e->matrix, e->items, e->kept);
        rec_ease_mirror(e->dtype, e->matrix, e->items, e->threads);
    }
    return rc;
}

/* To Q in the upper triangle, and what makes B of it on the scales of
   histories and scores. */
int rec_ease_solve_items(struct rec_ease *e, struct rec_error *err)
{
    struct rec_ease_columns *c = &e->columns;
    int rc = rec_ease_get_gram(e, err);

    e->whole = 0;
    rc = rc ? rc : rec_ease_invert(e, e->items, c->penalty, err);
    if (rc == 0) {
        rec_ease_get_diagonal(e->dtype, e->matrix, e->items, c->inverse);
        rc = rec_ease_scale_columns(e, err);
    }
    for (uint32_t j = 0; j < e->items && rc == 0; j++) {
        c->scale[j] *= c->out[j];
        c->own[j] *= c->in[j] * c->out[j];
    }
    return rc;
}

int rec_ease_save_items(const struct rec_ease *e, struct rec_stream_writer *w,
                        struct rec_error *err)
{
    enum rec_dtype dtype = e->store ? e->store : e->dtype;

    return rec_stream_write(
        w, REC_BLOCK_ARRAY, "B", dtype, e->matrix,
        (size_t)e->items * e->items * rec_dtype_size(dtype), err);
}

/* ---- the loaded model ------------------------------------------------- */

struct ease {
    const struct rec_array *b;
    enum rec_dtype dtype;
    int weights;
    const struct rec_ease *lent; /* instead of B, or NULL */
};

int rec_ease_lend_items(const struct rec_ease *e, struct rec_model *m,
                        struct rec_error *err)
{
    struct ease *state = m->state = rec_zalloc(1, sizeof *state);

    if (!state) {
        return rec_fail_nomem(err);
    }
    state->weights = e->weights;
    state->lent = e;
    return 0;
}

static int score_lent(const struct rec_ease *e, const struct rec_csr *x,
                      int threads, float *out, struct rec_error *err)
{
    if (!e->whole) {
        return rec_ease_sum_triangle(e->dtype, e->matrix, e->items,
                                     &e->columns, x, threads, out, err);
    }
    rec_ease_sum_rows(e->dtype, e->matrix, e->items, x, threads, out);
    return 0;
}

/* Of what type is B? What cannot be is left to rec_store_array to refuse. */
static enum rec_dtype find_dtype(const struct rec_model *m)
{
    const struct rec_array *b = rec_store_find(m->store, REC_BLOCK_ARRAY,
                                               "B");
    uint32_t dtype = b ? b->block.dtype : REC_F32;

    return dtype == REC_F64 || dtype == REC_F16 || dtype == REC_BF16
               ? (enum rec_dtype)dtype
               : REC_F32;
}

static int ease_load(struct rec_model *m, struct rec_error *err)
{
    struct ease *e = m->state = rec_zalloc(1, sizeof *e);
    size_t n = m->n_items;
    double weights = 0;
    int rc;

    if (!e) {
        return rec_fail_nomem(err);
    }
    e->dtype = find_dtype(m);
    rc = rec_store_array(m->store, "B", e->dtype, n * n, &e->b, err);
    rc = rc ? rc : rec_model_param(m, "weights", &weights, err);
    e->weights = weights != 0;
    return rc;
}

static void ease_release(struct rec_model *m)
{
    free(m->state);
}

static int ease_score(const struct rec_model *m, const struct rec_csr *rows,
                      int threads, float *out, struct rec_error *err)
{
    const struct ease *e = m->state;
    struct rec_csr x = rec_ease_values(rows, !e->weights);
    int rc;

    if (e->lent) {
        return score_lent(e->lent, &x, threads, out, err);
    }
    rc = rec_ease_check_rows(e->b, m->n_items, &x, threads, err);
    if (rc != 0) {
        return rc;
    }
    rec_ease_sum_rows(e->dtype, e->b->block.data, m->n_items, &x, threads,
                      out);
    return 0;
}

/* Element AT of B. */
static double get_weight(const struct ease *e, size_t at)
{
    float b;

    if (e->dtype == REC_F64) {
        return ((const double *)e->b->block.data)[at];
    }
    rec_floats_widen(e->dtype, e->b->block.data, at, 1, &b);
    return b;
}

static int ease_explain(const struct rec_model *m, const struct rec_csr *row,
                        uint32_t item, double *part, struct rec_error *err)
{
    const struct ease *e = m->state;
    size_t n = rec_csr_row_len(row, 0), first = (size_t)row->start[0];
    int rc;

    if (e->lent) {
        return rec_fail(err, REC_ENOTSUP,
                        "a model must be saved before it explains");
    }
    rc = rec_ease_check_rows(e->b, m->n_items, row, 1, err);
    for (size_t k = 0; k < n && rc == 0; k++) {
        double x = e->weights && row->weight ? row->weight[first + k] : 1;
        size_t i = row->item[first + k];

        part[k] = x * get_weight(e, i * m->n_items + item);
    }
    return rc;
}

const struct rec_model_type rec_ease_type = {
    .kind = "model/ease",
    .load = ease_load,
    .release = ease_release,
    .score = ease_score,
    .explain = ease_explain,
    .weights = rec_ease_weights,
};
