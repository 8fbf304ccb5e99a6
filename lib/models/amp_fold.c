/* SPDX-License-Identifier: MIT */
/* The personas of a history that was not there in training: a Ward cut of its
   items, and some steps of the loss with the items fixed. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/ward.h"
#include "models/amp_private.h"

enum { WARD = 256 }; /* items of a history that are clustered: the last */

/* ---- the start --------------------------------------------------------- */

/* Copy the vectors of the last items, DIM numbers each; how many. */
static size_t last_vectors(const struct amp_net *net, const uint32_t *item,
                           size_t n, float *x)
{
    size_t some = n < WARD ? n : WARD;

    for (size_t i = 0; i < some; i++) {
        memcpy(x + i * net->shape.dim,
               net->part[AMP_ITEM] + item[n - some + i] * net->ld,
               net->shape.dim * sizeof *x);
    }
    return some;
}

int amp_ward_label(const struct amp_net *net, const uint32_t *item, size_t n,
                   size_t k, uint32_t *label, struct rec_error *err)
{
    size_t dim = net->shape.dim, some = n < WARD ? n : WARD;
    float *x = rec_alloc(some * dim, sizeof *x);
    struct rec_merge *merge = rec_alloc(some, sizeof *merge);
    int rc = x && merge ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        last_vectors(net, item, n, x);
        rc = k > 1 ? rec_ward(x, some, dim, merge, err) : 0;
    }
    if (rc == 0 && k > 1) {
        rc = rec_ward_cut(merge, some, k, label + (n - some), err);
    } else if (rc == 0) {
        memset(label, 0, n * sizeof *label);
    }
    for (size_t i = 0; i < n - some; i++) {
        label[i] = REC_NONE;
    }
    free(x);
    free(merge);
    return rc;
}

int amp_ward_start(const struct amp_net *net, const uint32_t *item, size_t n,
                   size_t k, double scale, float *w, struct rec_error *err)
{
    uint32_t *label = rec_alloc(n, sizeof *label);
    size_t ld = net->ld, size[REC_AMP_MAX_PERSONAS] = {0};
    int rc = label ? amp_ward_label(net, item, n, k, label, err)
                   : rec_fail_nomem(err);

    if (rc != 0) {
        free(label);
        return rc;
    }
    memset(w, 0, k * ld * sizeof *w);
    for (size_t i = 0; i < n; i++) {
        if (label[i] != REC_NONE) {
            amp_axpy(w + label[i] * ld, 1,
                     net->part[AMP_ITEM] + item[i] * ld, ld);
            size[label[i]]++;
        }
    }
    for (size_t p = 0; p < k; p++) {
        for (size_t i = 0; i < net->shape.dim; i++) {
            w[p * ld + i] *= (float)(scale / (double)size[p]);
        }
        if (net->shape.bias) {
            w[p * ld + net->shape.dim] = 1;
        }
    }
    free(label);
    return 0;
}

/* ---- the steps --------------------------------------------------------- */

struct folding {
    const struct rec_amp *m;
    const struct rec_csr *rows;
    struct amp_folded *f;
    struct amp_users users;
    uint32_t *row;
    float *g, *m1, *m2; /* the gradient and Adam's moments, like f->w */
    struct amp_room room;
    struct amp_cand own; /* with a sample: drawn for every step */
    struct rec_adam adam;
    int threads;
};

static int start_all(struct folding *o, struct rec_error *err)
{
    const struct rec_amp *m = o->m;
    size_t n = o->rows->rows;
    int bad = 0, threads = o->threads;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)           \
    if (n > 8)
    for (size_t r = 0; r < n; r++) {
        size_t k = o->f->first[r + 1] - o->f->first[r];

        if (k > 0
            && amp_ward_start(&m->net, o->rows->item + o->rows->start[r],
                              rec_csr_row_len(o->rows, r), k, m->start,
                              o->f->w + o->f->first[r] * m->net.ld, NULL)
                   != 0) {
#pragma omp atomic write
            bad = 1;
        }
    }
    return bad ? rec_fail_nomem(err) : 0;
}

static void step_all(struct folding *o, uint64_t step)
{
    const struct amp_net *net = &o->m->net;
    size_t rows = o->f->first[o->rows->rows];

    rec_adam_step(&o->adam, REC_F32, step, o->m->loss.decay, rows * net->ld,
                  o->f->w, o->m1, o->m2, o->g);
    for (size_t r = 0; r < rows && net->shape.bias; r++) {
        o->f->w[r * net->ld + net->shape.dim] = 1;
    }
}

static int run_steps(struct folding *o, struct rec_error *err)
{
    const struct rec_amp *m = o->m;
    int sampled = m->loss.negatives != REC_AMP_FULL, rc = 0;
    struct amp_task task = {&m->net, &m->loss, sampled ? &o->own : &m->cand,
                            o->rows, &o->users, o->g, NULL, NULL, o->threads};
    struct amp_sums sums;

    for (uint64_t step = 1; step <= m->fold.steps && rc == 0; step++) {
        if (sampled) {
            amp_cand_draw(&o->own, &m->net, &m->loss, step);
            amp_cand_take(&o->own, &m->net, o->threads);
        }
        rc = amp_gradient(&task, &o->room, &sums, err);
        if (rc == 0) {
            step_all(o, step);
        }
    }
    return rc;
}

static int alloc_all(struct folding *o, struct rec_error *err)
{
    const struct rec_amp *m = o->m;
    struct amp_folded *f = o->f;
    size_t n = o->rows->rows, numbers;

    f->first = rec_alloc(n + 1, sizeof *f->first);
    o->row = rec_alloc(n, sizeof *o->row);
    if (!f->first || !o->row) {
        return rec_fail_nomem(err);
    }
    f->first[0] = 0;
    for (size_t r = 0; r < n; r++) {
        o->row[r] = (uint32_t)r;
        f->first[r + 1] = f->first[r]
                          + amp_personas(&m->net.shape,
                                         rec_csr_row_len(o->rows, r));
    }
    numbers = f->first[n] * m->net.ld;
    f->w = rec_alloc64(numbers, sizeof *f->w);
    f->psi = rec_alloc64(f->first[n] * m->net.lda, sizeof *f->psi);
    o->g = rec_alloc64(numbers, sizeof *o->g);
    o->m1 = rec_zalloc(numbers, sizeof *o->m1);
    o->m2 = rec_zalloc(numbers, sizeof *o->m2);
    o->users = (struct amp_users){n, o->row, f->first, f->w};
    return f->w && f->psi && o->g && o->m1 && o->m2 ? 0 : rec_fail_nomem(err);
}

static int fold_steps(struct folding *o, struct rec_error *err)
{
    const struct rec_amp_fold *fold = &o->m->fold;
    int rc = rec_adam_init(&o->adam, fold->rate, fold->steps, err);

    for (size_t t = 1; rc == 0 && t <= o->adam.steps; t++) {
        o->adam.size[t] *= 1 - ((double)t - 1) / (double)fold->steps;
    }
    if (rc == 0 && o->m->loss.negatives != REC_AMP_FULL) {
        rc = amp_cand_init(&o->own, &o->m->net, &o->m->loss, o->m->count, err);
    }
    rc = rc ? rc : start_all(o, err);
    return rc ? rc : run_steps(o, err);
}

static int map_all(const struct rec_amp *m, size_t rows, struct amp_folded *f,
                   struct rec_error *err)
{
    const struct amp_net *net = &m->net;
    float *turned = rec_alloc64(net->ld * net->lda, sizeof *turned);

    if (!turned) {
        return rec_fail_nomem(err);
    }
    if (net->lda > 0) {
        amp_turn(net, AMP_USER_MAP, turned);
        amp_map_rows(net, turned, net->part[AMP_USER_BASE], f->w, rows, f->psi,
                     NULL);
    }
    free(turned);
    return 0;
}

/* No confidence is negative. */
static int check_weights(const struct rec_csr *x, struct rec_error *err)
{
    size_t n = x->weight ? rec_csr_events(x) : 0;

    for (size_t e = 0; e < n; e++) {
        if (!(x->weight[e] >= 0)) {
            return rec_fail(err, REC_EVALUE,
                            "the weight %g of a history is negative",
                            (double)x->weight[e]);
        }
    }
    return 0;
}

int amp_fold_in(const struct rec_amp *m, const struct rec_csr *rows,
                int threads, struct amp_folded *f, struct rec_error *err)
{
    struct rec_csr x = *rows;
    struct folding o = {.m = m, .rows = &x, .f = f, .threads = threads};
    int rc;

    memset(f, 0, sizeof *f);
    if (!m->weights) {
        x.weight = NULL;
    }
    rc = check_weights(&x, err);
    rc = rc ? rc : alloc_all(&o, err);
    if (rc == 0 && m->net.shape.items > 0) {
        rc = fold_steps(&o, err);
        rc = rc ? rc : map_all(m, f->first[x.rows], f, err);
    }
    free(o.row);
    free(o.g);
    free(o.m1);
    free(o.m2);
    amp_room_release(&o.room);
    amp_cand_release(&o.own, &m->loss);
    rec_adam_release(&o.adam);
    if (rc != 0) {
        amp_folded_release(f);
    }
    return rc;
}

void amp_folded_release(struct amp_folded *f)
{
    free(f->first);
    free(f->w);
    free(f->psi);
    memset(f, 0, sizeof *f);
}
