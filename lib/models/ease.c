/* SPDX-License-Identifier: MIT */
/* EASE: see ease.h. Harald Steck, "Embarrassingly shallow autoencoders for
   sparse data", WWW 2019. One triangle of one matrix holds in turn G, the
   Cholesky factor of G + diag(g), and Q; B then takes the whole square. */
#include <config.h>

#include "models/ease.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/gram.h"
#include "models/ease_private.h"

enum {
    FILL_TILE = 64,  /* 16 to 32 KiB per tile: two fit the first cache */
    SCORE_TILE = 256 /* columns per strip */
};

#define REAL float
#define FN(name) name##_single
#include "models/ease_real.inc"
#undef REAL
#undef FN
#define REAL double
#define FN(name) name##_double
#include "models/ease_real.inc"
#undef REAL
#undef FN

/* ---- fitting ---------------------------------------------------------- */

/* X without its weights, borrowing from it. */
static struct rec_csr binary_view(const struct rec_csr *x)
{
    struct rec_csr view = *x;

    view.weight = NULL;
    return view;
}

double rec_ease_lambda(const struct rec_csr *x, int binary)
{
    size_t n = rec_csr_events(x), items = 0;
    uint8_t *seen = rec_zalloc(x->cols, 1);
    double square = 0;

    for (size_t e = 0; e < n; e++) {
        double v = x->weight && !binary ? x->weight[e] : 1;

        square += v * v;
        if (seen && !seen[x->item[e]]) {
            seen[x->item[e]] = 1;
            items++;
        }
    }
    free(seen);
    if (n == 0 || square == 0) {
        return 30;
    }
    return 30 * (square / (double)n)
           * sqrt((double)n / (double)(items ? items : x->cols));
}

static size_t real_size(const struct rec_ease_options *opt)
{
    return opt->wide ? sizeof(double) : sizeof(float);
}

double rec_ease_memory(const struct rec_csr *x,
                       const struct rec_ease_options *opt)
{
    return (double)x->cols * (double)x->cols * (double)real_size(opt)
           + rec_gram_memory(x, opt->threads);
}

/* What the solve knows of every item. */
struct columns {
    double *penalty;  /* g */
    double *diagonal; /* of Q, later of B */
    double *scale;    /* s */
};

static int alloc_columns(struct columns *c, uint32_t n, struct rec_error *err)
{
    c->penalty = rec_alloc(n, sizeof *c->penalty);
    c->diagonal = rec_alloc(n, sizeof *c->diagonal);
    c->scale = rec_alloc(n, sizeof *c->scale);
    return c->penalty && c->diagonal && c->scale ? 0 : rec_fail_nomem(err);
}

static void release_columns(struct columns *c)
{
    free(c->penalty);
    free(c->diagonal);
    free(c->scale);
}

/* The remedy goes with every numerical failure. */
static int fail_numeric(const struct rec_ease *e, struct rec_error *err)
{
    struct rec_error why = *err;

    return rec_fail(err, REC_ENUMERIC,
                    "cannot solve with lambda %g: %s; use a larger lambda%s",
                    e->family.lambda, why.text,
                    e->dtype == REC_F32 ? " or double precision" : "");
}

/* For every item 0 < g_j Q_jj <= 1, with equality for an item without events:
   anything else is a broken factorisation, however plausible the numbers
   look. */
static int check_diagonal(const struct rec_ease *e, const struct columns *c,
                          struct rec_error *err)
{
    double slack = e->dtype == REC_F32 ? 1e-3 : 1e-9;

    for (uint32_t j = 0; j < e->items; j++) {
        double v = c->penalty[j] * c->diagonal[j];

        if (!(v > 0 && v <= 1 + slack)) {
            return rec_fail(err, REC_ENUMERIC,
                            "the inverse is not that of a positive definite "
                            "matrix (%g at item %lu)",
                            v, (unsigned long)j + 1);
        }
    }
    return 0;
}

/* From G in the upper triangle of e->b to Q, and its diagonal. */
static int invert(struct rec_ease *e, struct columns *c,
                  const struct rec_ease_options *opt, struct rec_error *err)
{
    int single = e->dtype == REC_F32, rc;

    if (single) {
        add_diagonal_single(e->b, e->items, c->penalty);
    } else {
        add_diagonal_double(e->b, e->items, c->penalty);
    }
    rec_blas_threads(opt->threads);
    rec_progress(opt->tick, "factor", 0, 1);
    rc = rec_spd_factor(e->dtype, e->items, e->b, err);
    rec_progress(opt->tick, "inverse", 0, 1);
    rc = rc ? rc : rec_spd_invert(e->dtype, e->items, e->b, err);
    rec_progress(opt->tick, "weights", 0, 1);
    if (rc == 0 && single) {
        get_diagonal_single(e->b, e->items, c->diagonal);
    } else if (rc == 0) {
        get_diagonal_double(e->b, e->items, c->diagonal);
    }
    rc = rc ? rc : check_diagonal(e, c, err);
    return rc == REC_ENUMERIC ? fail_numeric(e, err) : rc;
}

/* From Q to B. */
static void scale_columns(struct rec_ease *e, struct columns *c, int threads)
{
    for (uint32_t j = 0; j < e->items; j++) {
        double q = c->diagonal[j];

        c->scale[j] = rec_ease_column_scale(&e->family, c->penalty[j], q);
        c->diagonal[j] = rec_ease_own_weight(&e->family, c->scale[j], q);
    }
    if (e->dtype == REC_F32) {
        fill_single(e->b, e->items, c->scale, c->diagonal, threads);
    } else {
        fill_double(e->b, e->items, c->scale, c->diagonal, threads);
    }
}

int rec_ease_fit(struct rec_ease *out, const struct rec_csr *x,
                 const struct rec_ease_options *opt, struct rec_error *err)
{
    struct rec_csr used = opt->binary ? binary_view(x) : *x;
    struct rec_ease e = {opt->wide ? REC_F64 : REC_F32, x->cols, opt->family,
                         used.weight != NULL, NULL};
    struct columns c;
    size_t bytes;
    int rc = alloc_columns(&c, x->cols, err);

    if (rec_size_mul(x->cols, (size_t)x->cols * real_size(opt), &bytes) == 0) {
        e.b = rec_alloc64(bytes, 1);
    }
    rc = rc || e.b ? rc : rec_fail_nomem(err);
    rc = rc ? rc
            : rec_gram(&used, e.dtype, e.b, opt->threads, opt->tick, err);
    if (rc == 0) {
        rec_ease_penalties(&e.family, &used, c.penalty);
        rc = invert(&e, &c, opt, err);
    }
    if (rc == 0) {
        scale_columns(&e, &c, opt->threads);
    }
    release_columns(&c);
    if (rc != 0) {
        rec_ease_release(&e);
        return rc;
    }
    *out = e;
    return 0;
}

void rec_ease_release(struct rec_ease *e)
{
    free(e->b);
    e->b = NULL;
}

int rec_ease_save(const struct rec_ease *e, const struct rec_dict *items,
                  struct rec_output *o, int level, const char *prov,
                  struct rec_error *err)
{
    struct rec_stream_writer *w;
    char param[192];
    int rc;

    snprintf(param, sizeof param,
             "lambda %.17g\ndropout %.17g\nxi %.17g\nweights %d\n",
             e->family.lambda, e->family.dropout, e->family.xi, e->weights);
    rc = rec_model_begin(&w, o, rec_ease_type.kind, level, param, items, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_stream_write(
        w, REC_BLOCK_ARRAY, "B", e->dtype, e->b,
        (size_t)e->items * e->items * rec_dtype_size(e->dtype), err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
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
    struct rec_csr x = e->weights ? *rows : binary_view(rows);
    int rc = check_rows(m, &x, threads, err);

    if (rc != 0) {
        return rc;
    }
    if (e->b->block.dtype == REC_F64) {
        score_double(e->b->block.data, m->n_items, &x, threads, out);
    } else {
        score_single(e->b->block.data, m->n_items, &x, threads, out);
    }
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
