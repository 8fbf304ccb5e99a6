/* SPDX-License-Identifier: MIT */
/* EASE on the items side: one triangle of one matrix holds in turn G, the
   Cholesky factor of G + diag(g), and Q; B then takes the whole square. */
#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/gram.h"
#include "models/ease_private.h"

/* ---- fitting ---------------------------------------------------------- */

/* From G in the upper triangle of e->b to Q, and its diagonal. */
static int invert(struct rec_ease *e, struct rec_ease_columns *c,
                  const struct rec_ease_options *opt, struct rec_error *err)
{
    int rc;

    rec_ease_add_diagonal(e->dtype, e->b, e->items, c->penalty);
    rec_blas_threads(opt->threads);
    rec_progress(opt->tick, "factor", 0, 1);
    rc = rec_spd_factor(e->dtype, e->items, e->b, err);
    rec_progress(opt->tick, "inverse", 0, 1);
    rc = rc ? rc : rec_spd_invert(e->dtype, e->items, e->b, err);
    rec_progress(opt->tick, "weights", 0, 1);
    if (rc == 0) {
        rec_ease_get_diagonal(e->dtype, e->b, e->items, c->inverse);
    }
    return rc;
}

/* From Q to B, on the scales of histories and scores. */
static void fill(struct rec_ease *e, const struct rec_ease_scaled *s,
                 struct rec_ease_columns *c, int threads)
{
    for (uint32_t j = 0; j < e->items; j++) {
        c->scale[j] *= s->out[j];
        c->own[j] *= s->in[j] * s->out[j];
    }
    rec_ease_fill(e->dtype, e->b, e->items, s->in, c->scale, c->own, threads);
}

int rec_ease_fit_items(struct rec_ease *e, const struct rec_ease_scaled *s,
                       struct rec_ease_columns *c,
                       const struct rec_ease_options *opt,
                       struct rec_error *err)
{
    size_t bytes;
    int rc = REC_ENOMEM;

    if (rec_size_mul(e->items, (size_t)e->items * rec_dtype_size(e->dtype),
                     &bytes)
        == 0) {
        e->b = rec_alloc64(bytes, 1);
        rc = e->b ? 0 : rc;
    }
    if (rc != 0) {
        return rec_fail_nomem(err);
    }
    rc = rec_gram(&s->y, e->dtype, e->b, opt->threads, opt->tick, err);
    rc = rc ? rc : invert(e, c, opt, err);
    rc = rc ? rc : rec_ease_scale_columns(e, c, err);
    if (rc == 0) {
        fill(e, s, c, opt->threads);
    }
    return rc;
}

int rec_ease_save_items(const struct rec_ease *e,
                        struct rec_stream_writer *w, struct rec_error *err)
{
    return rec_stream_write(
        w, REC_BLOCK_ARRAY, "B", e->dtype, e->b,
        (size_t)e->items * e->items * rec_dtype_size(e->dtype), err);
}

/* ---- the loaded model ------------------------------------------------- */

struct ease {
    const struct rec_array *b;
    int weights;
};

static int ease_load(struct rec_model *m, struct rec_error *err)
{
    struct ease *e = m->state = rec_zalloc(1, sizeof *e);
    size_t n = m->n_items;
    const struct rec_array *b = rec_store_find(m->store, REC_BLOCK_ARRAY, "B");
    int wide = b && b->block.dtype == REC_F64, rc;
    double weights = 0;

    if (!e) {
        return rec_fail_nomem(err);
    }
    rc = rec_store_array(m->store, "B", wide ? REC_F64 : REC_F32, n * n, &e->b,
                         err);
    rc = rc ? rc : rec_model_param(m, "weights", &weights, err);
    e->weights = weights != 0;
    return rc;
}

static void ease_release(struct rec_model *m)
{
    free(m->state);
}

/* Verify the rows of B that X uses, before the first of them is read. */
static int check_rows(const struct rec_model *m, const struct rec_csr *x,
                      int threads, struct rec_error *err)
{
    const struct ease *e = m->state;
    size_t bytes = (size_t)m->n_items * rec_dtype_size(e->b->block.dtype);
    int64_t n = (int64_t)rec_csr_events(x);
    int failed = 0;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (int64_t i = 0; i < n; i++) {
        struct rec_error why;
        int rc = rec_array_check(e->b, x->item[i] * bytes, bytes, &why);

        if (rc != 0) {
#pragma omp critical
            {
                failed = rc;
                if (err) {
                    *err = why;
                }
            }
        }
    }
    return failed;
}

static int ease_score(const struct rec_model *m, const struct rec_csr *rows,
                      int threads, float *out, struct rec_error *err)
{
    const struct ease *e = m->state;
    struct rec_csr x = rec_ease_values(rows, !e->weights);
    int rc = check_rows(m, &x, threads, err);

    if (rc != 0) {
        return rc;
    }
    rec_ease_sum_rows(e->b->block.dtype, e->b->block.data, m->n_items, &x,
                      threads, out);
    return 0;
}

static int ease_explain(const struct rec_model *m, const struct rec_csr *row,
                        uint32_t item, double *part, struct rec_error *err)
{
    const struct ease *e = m->state;
    const float *single = e->b->block.data;
    const double *wide = e->b->block.data;
    size_t n = rec_csr_row_len(row, 0), first = (size_t)row->start[0];
    int rc = check_rows(m, row, 1, err);

    if (rc != 0) {
        return rc;
    }
    for (size_t k = 0; k < n; k++) {
        size_t at = (size_t)row->item[first + k] * m->n_items + item;
        double b = e->b->block.dtype == REC_F64 ? wide[at] : (double)single[at];

        part[k] = e->weights && row->weight ? row->weight[first + k] * b : b;
    }
    return 0;
}

const struct rec_model_type rec_ease_type = {
    "model/ease", 0, ease_load, ease_release, ease_score, ease_explain};
