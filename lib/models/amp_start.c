/* SPDX-License-Identifier: MIT */
/* AMP-CF from the vectors of another model: see amp.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/gather.h"
#include "models/amp_private.h"

enum {
    ROWS = 4096,        /* personas asked for at a time */
    LEAST = -4, MOST = 10 /* powers of the root of 2 that are tried */
};

static void copy_items(struct rec_amp_train *t, const float *vector,
                       const uint32_t *items)
{
    const struct rec_amp_shape *s = &t->net.shape;

    for (uint32_t i = 0; i < s->items; i++) {
        if (items[i] != REC_NONE) {
            memcpy(t->net.part[AMP_ITEM] + i * t->net.ld,
                   vector + (size_t)items[i] * s->dim,
                   s->dim * sizeof *vector);
        }
    }
}

/* What makes the histories of personas out of parts of users'. */
struct parts {
    struct rec_amp_train *t;
    const struct rec_model *from;
    const uint32_t *items;
    struct rec_gather rows;
    size_t at;     /* the persona of its first row */
    float *vector; /* ROWS x dim */
};

/* Ask for the vectors of the rows so far. */
static int ask(struct parts *p, struct rec_error *err)
{
    size_t dim = p->t->net.shape.dim, ld = p->t->net.ld;
    const struct rec_csr *x = &p->rows.m;
    int rc = rec_model_user_vectors(p->from, x, p->t->opt.threads, p->vector,
                                    err);

    for (size_t r = 0; r < x->rows && rc == 0; r++) {
        if (rec_csr_row_len(x, r) > 0) { /* others stay random */
            memcpy(p->t->w + (p->at + r) * ld, p->vector + r * dim,
                   dim * sizeof *p->vector);
        }
    }
    p->at += x->rows;
    return rc ? rc : rec_gather_begin(&p->rows, p->from->n_items, err);
}

/* The parts of row R, one for each persona. */
static int add_row(struct parts *p, size_t r, uint32_t *label,
                   struct rec_error *err)
{
    const struct rec_csr *x = &p->t->seen;
    const uint32_t *item = x->item + x->start[r];
    size_t n = rec_csr_row_len(x, r);
    size_t k = p->t->first[r + 1] - p->t->first[r];
    int rc = amp_ward_label(&p->t->net, item, n, k, label, err);

    for (size_t c = 0; c < k && rc == 0; c++) {
        for (size_t e = 0; e < n && rc == 0; e++) {
            float w = x->weight ? x->weight[x->start[r] + (int64_t)e] : 1;

            if (label[e] == c && p->items[item[e]] != REC_NONE) {
                rc = rec_gather_add(&p->rows, p->items[item[e]], w, err);
            }
        }
        rc = rc ? rc : rec_gather_end_row(&p->rows, err);
    }
    return rc;
}

static int start_users(struct parts *p, struct rec_error *err)
{
    const struct rec_csr *x = &p->t->seen;
    size_t longest = 0;
    uint32_t *label;
    int rc = rec_gather_begin(&p->rows, p->from->n_items, err);

    for (size_t r = 0; r < x->rows; r++) {
        size_t n = rec_csr_row_len(x, r);

        longest = n > longest ? n : longest;
    }
    label = rec_alloc(longest, sizeof *label);
    p->vector = rec_alloc64((size_t)ROWS * p->t->net.shape.dim,
                            sizeof *p->vector);
    if (rc == 0 && (!label || !p->vector)) {
        rc = rec_fail_nomem(err);
    }
    for (size_t r = 0; r < x->rows && rc == 0; r++) {
        if (p->rows.m.rows + REC_AMP_MAX_PERSONAS > ROWS) {
            rc = ask(p, err);
        }
        if (rc == 0 && rec_csr_row_len(x, r) > 0) {
            rc = add_row(p, r, label, err);
        }
    }
    rc = rc ? rc : ask(p, err);
    free(label);
    free(p->vector);
    rec_gather_release(&p->rows);
    return rc;
}

/* ---- how long ---------------------------------------------------------- */

static void stretch(struct rec_amp_train *t, float by)
{
    size_t dim = t->net.shape.dim, ld = t->net.ld;
    size_t rows = t->first[t->x->rows];

    for (size_t i = 0; i < t->net.shape.items; i++) {
        for (size_t k = 0; k < dim; k++) {
            t->net.part[AMP_ITEM][i * ld + k] *= by;
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < dim; k++) {
            t->w[r * ld + k] *= by;
        }
    }
}

/* The loss of the first batch. */
static int first_loss(struct rec_amp_train *t, double *out,
                      struct rec_error *err)
{
    size_t n = t->users < t->opt.batch ? t->users : t->opt.batch;
    struct amp_users us = amp_take_users(t, 0, n);
    struct amp_task task = {&t->net,    &t->opt.loss, &t->cand,
                            &t->seen,   &us,          t->batch_g,
                            NULL,       NULL,         t->opt.threads};
    struct amp_sums sums;
    int rc;

    amp_cand_draw(&t->cand, &t->net, &t->opt.loss, 0);
    amp_cand_take(&t->cand, &t->net, t->opt.threads);
    rc = amp_gradient(&task, &t->room, &sums, err);
    *out = sums.loss;
    return rc;
}

static int find_length(struct rec_amp_train *t, struct rec_error *err)
{
    double least = INFINITY;
    int best = 0, rc = 0;

    amp_shuffle(t);
    stretch(t, (float)pow(2, LEAST / 4.0));
    for (int k = LEAST; k <= MOST && rc == 0; k++) {
        double loss = 0;

        rc = first_loss(t, &loss, err);
        if (rc == 0 && loss < least) {
            least = loss;
            best = k;
        }
        stretch(t, (float)pow(2, 0.25));
    }
    stretch(t, (float)pow(2, (best - MOST - 1) / 4.0));
    return rc;
}

int rec_amp_start(struct rec_amp_train *t, const struct rec_model *from,
                  const uint32_t *items, struct rec_error *err)
{
    struct parts p = {.t = t, .from = from, .items = items};
    const float *vector;
    int rc;

    if (rec_model_dimensions(from) != t->net.shape.dim
        || rec_model_user_dimensions(from) != t->net.shape.dim) {
        return rec_fail(err, REC_EVALUE,
                        "the model to start from has no vectors of %lu "
                        "numbers for items and users",
                        (unsigned long)t->net.shape.dim);
    }
    rc = rec_model_item_vectors(from, &vector, err);
    if (rc == 0) {
        copy_items(t, vector, items);
        rc = start_users(&p, err);
    }
    return rc || t->users == 0 ? rc : find_length(t, err);
}
