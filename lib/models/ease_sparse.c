/* SPDX-License-Identifier: MIT */
/* A sparse model from a solution of either side: B by strips of
   REC_EASE_LANES columns, of which the largest weights are picked, so that B
   is never whole. On the items side a strip is read off the triangle of Q; on
   the users side, with T = Y',

     B_ij = [i = j] - Q_ij s_j = (Y' K^-1 y_j)_i s_j / (g_i g_j), i != j,

   a strip combines the rows of K^-1 of the users of its items, and then
   their rows of Y. The scale is that of the solve: histories and scores are
   scaled by the model's in and out. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/ease_private.h"

struct strips {
    const struct rec_ease *e;
    float *column;  /* REC_EASE_LANES x items */
    struct rec_csr t; /* users side: Y transposed */
    double *factor; /* by item 1 / g */
    float *row;     /* REC_EASE_LANES x users */
    float *lane;    /* users x REC_EASE_LANES */
};

static void release_strips(struct strips *s)
{
    free(s->column);
    rec_csr_release(&s->t);
    free(s->factor);
    free(s->row);
    free(s->lane);
}

static int begin_strips(struct strips *s, const struct rec_ease *e,
                        struct rec_error *err)
{
    size_t lanes = REC_EASE_LANES;

    memset(s, 0, sizeof *s);
    s->e = e;
    s->column = rec_alloc64(lanes * e->items, sizeof *s->column);
    if (!s->column) {
        return rec_fail_nomem(err);
    }
    if (e->side == REC_EASE_ITEMS) {
        return 0;
    }
    s->factor = rec_alloc(e->items, sizeof *s->factor);
    s->row = rec_alloc64(lanes * e->y.rows, sizeof *s->row);
    s->lane = rec_alloc64(lanes * e->y.rows, sizeof *s->lane);
    if (!s->factor || !s->row || !s->lane) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < e->items; i++) {
        s->factor[i] = 1 / e->columns.penalty[i];
    }
    return rec_ease_transpose(&s->t, &e->y, err);
}

/* s->column = columns [J, J + N) of diag(g)^-1 Y' K^-1 Y diag(FACTOR). */
static void combine(struct strips *s, uint32_t j, size_t n,
                    const double *factor)
{
    const struct rec_ease *e = s->e;
    int64_t start[REC_EASE_LANES + 1];
    struct rec_csr y = {n, s->t.cols, start, NULL, NULL, NULL};
    size_t at = (size_t)s->t.start[j];

    for (size_t l = 0; l <= n; l++) {
        start[l] = s->t.start[j + l] - (int64_t)at;
    }
    y.item = s->t.item + at;
    y.weight = s->t.weight + at;
    rec_ease_sum_rows(e->dtype, e->matrix, s->t.cols, &y, e->threads, s->row);
    for (size_t l = 0; l < n; l++) {
        for (size_t u = 0; u < s->t.cols; u++) {
            s->row[l * s->t.cols + u] *= (float)factor[l];
        }
    }
    rec_ease_fill_lanes(s->row, s->t.cols, n, e->threads, s->lane);
    rec_ease_apply(&s->t, s->lane, s->factor, n, e->threads, s->column);
}

/* s->column = columns [J, J + N) of B. */
static void fill_strip(struct strips *s, uint32_t j, size_t n)
{
    const struct rec_ease *e = s->e;
    const struct rec_ease_columns *c = &e->columns;
    double factor[REC_EASE_LANES];
    int by_users = e->side == REC_EASE_USERS;

    for (size_t l = 0; l < n; l++) {
        factor[l] = by_users ? c->scale[j + l] / c->penalty[j + l]
                             : -c->scale[j + l] / c->out[j + l];
    }
    if (by_users) {
        combine(s, j, n, factor);
    } else {
        rec_ease_strip(e->dtype, e->matrix, e->items, j, n, factor,
                       e->threads, s->column);
    }
    for (size_t l = 0; l < n; l++) {
        double scale = by_users ? 1 : c->in[j + l] * c->out[j + l];

        s->column[l * e->items + j + l] = (float)(c->own[j + l] / scale);
    }
}

static int pick_strip(const struct strips *s, uint32_t j, size_t n,
                      struct rec_pick *p, struct rec_error *err)
{
    uint32_t items = s->e->items;
    int rc = 0;

    for (size_t l = 0; l < n; l++) {
        const float *column = s->column + l * items;

        for (uint32_t i = 0; i < items && rc == 0; i++) {
            rc = rec_pick_add(p, i, j + (uint32_t)l, column[i], err);
        }
    }
    return rc;
}

int rec_ease_lend_factors(struct rec_ease *e, struct rec_sparse *s,
                          struct rec_error *err)
{
    size_t n = e->items;

    s->weights = e->weights;
    if (e->powers.item == 0 && e->powers.score == 0) {
        return 0;
    }
    if (!e->factor) {
        e->factor = rec_alloc(2 * n, sizeof *e->factor);
        if (!e->factor) {
            return rec_fail_nomem(err);
        }
        for (size_t i = 0; i < n; i++) {
            e->factor[i] = (float)e->columns.in[i];
            e->factor[n + i] = (float)e->columns.out[i];
        }
    }
    s->in = e->factor;
    s->out = e->factor + n;
    return 0;
}

int rec_ease_sparse(struct rec_sparse *out, struct rec_ease *e,
                    const struct rec_cut *cut, struct rec_error *err)
{
    struct rec_pick p;
    struct strips s;
    int rc = begin_strips(&s, e, err);

    rec_pick_begin(&p, e->items, cut);
    for (uint32_t j = 0; j < e->items && rc == 0; j += REC_EASE_LANES) {
        uint32_t left = e->items - j;
        size_t n = left < REC_EASE_LANES ? left : REC_EASE_LANES;

        rec_progress(e->tick, "cut", j, e->items);
        fill_strip(&s, j, n);
        rc = pick_strip(&s, j, n, &p, err);
    }
    release_strips(&s);
    rc = rc ? rc : rec_pick_end(&p, out, err);
    rec_pick_release(&p);
    if (rc == 0) {
        rc = rec_ease_lend_factors(e, out, err);
        if (rc != 0) {
            rec_sparse_release(out);
        }
    }
    return rc;
}

double rec_ease_sparse_memory(const struct rec_csr *x,
                              const struct rec_ease_options *opt,
                              const struct rec_cut *cut)
{
    double lanes = REC_EASE_LANES, events = (double)rec_csr_events(x);
    double users = rec_ease_side(x, opt) == REC_EASE_USERS
                       ? 8 * lanes * (double)x->rows + 16 * events
                       : 0;

    return rec_pick_memory(x->cols, cut) + 4 * lanes * x->cols + users;
}

int rec_ease_save_sparse(const struct rec_ease *e, const struct rec_sparse *s,
                         const struct rec_cut *cut, int nonneg,
                         enum rec_dtype store, const struct rec_dict *items,
                         struct rec_output *o, int level, const char *prov,
                         struct rec_error *err)
{
    struct rec_buf param = {NULL, 0, 0};
    int rc = rec_ease_parameters(e, &param, err);

    if (rc == 0
        && rec_buf_addf(&param, "top %lu\nthreshold %.17g\nnonneg %d\n",
                        (unsigned long)cut->top, cut->threshold, nonneg)
               != 0) {
        rc = rec_fail_nomem(err);
    }
    rc = rc ? rc
            : rec_sparse_save(s, param.data, store, items, o, level, prov,
                              err);
    rec_buf_release(&param);
    return rc;
}
