/* SPDX-License-Identifier: MIT */
/* AMP-CF in use: scores, the personas that win, explanations, the file. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "models/amp_private.h"
#include "models/factors.h"

/* ---- scores ------------------------------------------------------------ */

/* Row R, scored against all items by panels; S and D are room for the products
   of the personas with one. */
static void score_row(const struct rec_amp *m, const struct amp_folded *f,
                      size_t r, float *s, float *d, float *out)
{
    const struct amp_net *net = &m->net;
    size_t k = f->first[r + 1] - f->first[r], lda = net->lda;
    struct amp_product p = {k, AMP_PANEL, net->ld,
                            f->w + f->first[r] * net->ld, net->ld, 1, NULL,
                            AMP_PANEL, s, AMP_PANEL, 0};
    struct amp_product q = {k, AMP_PANEL, lda, f->psi + f->first[r] * lda, lda,
                            1, NULL, AMP_PANEL, d, AMP_PANEL, 0};

    for (size_t c = 0; c < m->cand.pad; c += AMP_PANEL) {
        size_t n = net->shape.items - c;

        p.b = m->cand.panel + c * net->ld;
        amp_multiply(&p);
        if (lda > 0) {
            q.b = m->cand.map_panel + c * lda;
            amp_multiply(&q);
        }
        amp_mix_panel(k, net->shape.temperature, s, lda > 0 ? d : s,
                      n < AMP_PANEL ? n : AMP_PANEL, out + c);
    }
}

static int amp_score(const struct rec_model *model, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *err)
{
    const struct rec_amp *m = model->state;
    size_t size = (size_t)REC_AMP_MAX_PERSONAS * AMP_PANEL, n = rows->rows;
    float *room = rec_alloc64((size_t)threads * 2 * size, sizeof *room);
    struct amp_folded f = {0};
    int rc = room ? amp_fold_in(m, rows, threads, &f, err)
                  : rec_fail_nomem(err);

    if (rc == 0) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)           \
    if (n > 4)
        for (size_t r = 0; r < n; r++) {
            float *s = room + (size_t)rec_thread() * 2 * size;
            float *row = out + r * m->net.shape.items;

            if (f.first[r + 1] > f.first[r]) {
                score_row(m, &f, r, s, s + size, row);
            } else {
                memset(row, 0, m->net.shape.items * sizeof *row);
            }
        }
    }
    amp_folded_release(&f);
    free(room);
    return rc;
}

/* ---- who wins ---------------------------------------------------------- */

/* The attention A of row R of F to ITEM, and its length. */
static size_t attend(const struct rec_amp *m, const struct amp_folded *f,
                     size_t r, uint32_t item, float *a)
{
    const struct amp_net *net = &m->net;
    size_t k = f->first[r + 1] - f->first[r];
    float s[REC_AMP_MAX_PERSONAS], d[REC_AMP_MAX_PERSONAS];

    for (size_t p = 0; p < k; p++) {
        size_t at = f->first[r] + p;

        s[p] = amp_dot(f->w + at * net->ld,
                       net->part[AMP_ITEM] + item * net->ld, net->ld);
        if (net->lda > 0) {
            d[p] = amp_dot(f->psi + at * net->lda,
                           m->cand.map + item * net->lda, net->lda);
        }
    }
    if (k > 0) {
        amp_mix(k, net->shape.temperature, s, net->lda > 0 ? d : NULL, a);
    }
    return k;
}

static size_t most_attentive(const float *a, size_t k)
{
    size_t best = 0;

    for (size_t p = 1; p < k; p++) {
        best = a[p] > a[best] ? p : best;
    }
    return best;
}

static int amp_winners(const struct rec_model *model,
                       const struct rec_csr *rows, const struct rec_csr *lists,
                       int threads, uint32_t *persona, float *weight,
                       struct rec_error *err)
{
    const struct rec_amp *m = model->state;
    struct amp_folded f;
    size_t n = rows->rows;
    int rc = amp_fold_in(m, rows, threads, &f, err);

    if (rc != 0) {
        return rc;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)          \
    if (n > 16)
    for (size_t r = 0; r < n; r++) {
        for (int64_t e = lists->start[r]; e < lists->start[r + 1]; e++) {
            float a[REC_AMP_MAX_PERSONAS] = {0};
            size_t k = attend(m, &f, r, lists->item[e], a);
            size_t best = most_attentive(a, k);

            persona[e] = k > 0 ? (uint32_t)best + 1 : 0;
            weight[e] = a[best];
        }
    }
    amp_folded_release(&f);
    return 0;
}

/* How near the vectors of two items are; 0 where they are opposite. */
static double likeness(const struct amp_net *net, uint32_t i, uint32_t j)
{
    const float *x = net->part[AMP_ITEM] + i * net->ld;
    const float *y = net->part[AMP_ITEM] + j * net->ld;
    double xx = 1e-30, yy = 1e-30, xy = 0;

    for (size_t k = 0; k < net->shape.dim; k++) {
        xx += (double)x[k] * (double)x[k];
        yy += (double)y[k] * (double)y[k];
        xy += (double)x[k] * (double)y[k];
    }
    return xy > 0 ? xy / sqrt(xx * yy) : 0;
}

/* Of the persona that wins for ITEM: the items of the history that are its,
   by how much they are and by how like ITEM they are. */
static int amp_explain(const struct rec_model *model,
                       const struct rec_csr *row, uint32_t item, double *part,
                       struct rec_error *err)
{
    const struct rec_amp *m = model->state;
    float a[REC_AMP_MAX_PERSONAS] = {0};
    size_t n = rec_csr_row_len(row, 0), k, wins;
    struct amp_folded f;
    int rc = amp_fold_in(m, row, 1, &f, err);

    if (rc != 0) {
        return rc;
    }
    k = attend(m, &f, 0, item, a);
    wins = most_attentive(a, k);
    for (size_t e = 0; e < n; e++) {
        uint32_t own = row->item[row->start[0] + (int64_t)e];

        attend(m, &f, 0, own, a);
        part[e] = most_attentive(a, k) == wins
                      ? (double)a[wins] * likeness(&m->net, own, item)
                      : 0;
    }
    amp_folded_release(&f);
    return 0;
}

/* ---- vectors ----------------------------------------------------------- */

static uint32_t amp_dimensions(const struct rec_model *model)
{
    const struct rec_amp *m = model->state;

    return m->net.shape.dim;
}

static uint32_t amp_user_dimensions(const struct rec_model *model)
{
    const struct rec_amp *m = model->state;

    return m->net.shape.dim * m->net.shape.personas;
}

static int amp_item_vectors(const struct rec_model *model, const float **out,
                            struct rec_error *err)
{
    const struct rec_amp *m = model->state;

    (void)err;
    *out = m->plain;
    return 0;
}

/* The personas one after the other, and zeros where there are fewer. */
static int amp_user_vectors(const struct rec_model *model,
                            const struct rec_csr *rows, int threads,
                            float *out, struct rec_error *err)
{
    const struct rec_amp *m = model->state;
    size_t dim = m->net.shape.dim, all = dim * m->net.shape.personas;
    struct amp_folded f;
    int rc = amp_fold_in(m, rows, threads, &f, err);

    if (rc != 0) {
        return rc;
    }
    memset(out, 0, rows->rows * all * sizeof *out);
    for (size_t r = 0; r < rows->rows; r++) {
        for (size_t p = f.first[r]; p < f.first[r + 1]; p++) {
            memcpy(out + r * all + (p - f.first[r]) * dim,
                   f.w + p * m->net.ld, dim * sizeof *out);
        }
    }
    amp_folded_release(&f);
    return 0;
}

/* ---- the file ---------------------------------------------------------- */

/* Parameters that are numbers, and where they are kept. */
struct number {
    const char *name;
    double least, most;
    double *real;      /* one of these */
    uint32_t *count;
    size_t *size;
    int *choice;
};

enum { NUMBERS = 18 };

static void list_numbers(struct rec_amp *m, int *attention, int *negatives,
                         struct number out[NUMBERS])
{
    struct rec_amp_shape *s = &m->net.shape;
    struct rec_amp_loss *l = &m->loss;
    const struct number all[NUMBERS] = {
        {"dim", 1, REC_AMP_MAX_DIM, NULL, &s->dim, NULL, NULL},
        {"personas", 1, REC_AMP_MAX_PERSONAS, NULL, &s->personas, NULL, NULL},
        {"project", 0, REC_AMP_MAX_DIM, NULL, &s->project, NULL, NULL},
        {"per-persona", 0, 1e9, NULL, &s->per_persona, NULL, NULL},
        {"attention", 0, 1, NULL, NULL, NULL, attention},
        {"bias", 0, 1, NULL, NULL, NULL, &s->bias},
        {"temperature", 1e-6, 1e6, &s->temperature, NULL, NULL, NULL},
        {"alpha", 1e-6, 1, &l->alpha, NULL, NULL, NULL},
        {"pos-entropy", 0, 1e9, &l->pos_entropy, NULL, NULL, NULL},
        {"neg-entropy", 0, 1e9, &l->neg_entropy, NULL, NULL, NULL},
        {"decay", 0, 1e9, &l->decay, NULL, NULL, NULL},
        {"negatives", 0, 2, NULL, NULL, NULL, negatives},
        {"sampled", 0, 1e9, NULL, NULL, &l->sampled, NULL},
        {"corrected", 0, 1, NULL, NULL, NULL, &l->corrected},
        {"fold-steps", 0, REC_AMP_MAX_FOLD_STEPS, NULL, NULL, &m->fold.steps,
         NULL},
        {"fold-rate", 0, 1e9, &m->fold.rate, NULL, NULL, NULL},
        {"fold-start", 0, 1e30, &m->start, NULL, NULL, NULL},
        {"weights", 0, 1, NULL, NULL, NULL, &m->weights}};

    memcpy(out, all, sizeof all);
}

static int get_number(const struct rec_model *model, const struct number *n,
                      struct rec_error *err)
{
    double v = 0;
    int rc = rec_model_param(model, n->name, &v, err);

    if (rc != 0) {
        return rc;
    }
    if (!(v >= n->least && v <= n->most) || (!n->real && v != floor(v))) {
        return rec_fail(err, REC_ECORRUPT, "%s: the parameter '%s' is %g",
                        rec_store_name(model->store), n->name, v);
    }
    if (n->real) {
        *n->real = v;
    } else if (n->count) {
        *n->count = (uint32_t)v;
    } else if (n->size) {
        *n->size = (size_t)v;
    } else {
        *n->choice = (int)v;
    }
    return 0;
}

static int get_params(const struct rec_model *model, struct rec_amp *m,
                      struct rec_error *err)
{
    struct number all[NUMBERS];
    int attention = 0, negatives = 0, rc = 0;
    double seed = 0;

    list_numbers(m, &attention, &negatives, all);
    for (int k = 0; k < NUMBERS && rc == 0; k++) {
        rc = get_number(model, &all[k], err);
    }
    rc = rc ? rc : rec_model_param(model, "seed", &seed, err);
    if (rc == 0
        && (!(seed >= 0 && seed <= UINT32_MAX)
            || (attention == REC_AMP_COSINE && m->net.shape.project == 0)
            || (negatives != REC_AMP_FULL && m->loss.sampled == 0))) {
        rc = rec_fail(err, REC_ECORRUPT,
                      "%s: the parameters do not go together",
                      rec_store_name(model->store));
    }
    if (rc != 0) {
        return rc;
    }
    m->net.shape.attention = (enum rec_amp_attention)attention;
    m->loss.negatives = (enum rec_amp_negatives)negatives;
    m->loss.seed = (uint64_t)seed;
    m->net.shape.items = model->n_items;
    return 0;
}

/* Rows of N numbers each, that are LD apart in memory. */
static void widen(float *to, const float *from, size_t rows, size_t n,
                  size_t ld)
{
    for (size_t r = 0; r < rows; r++) {
        memcpy(to + r * ld, from + r * n, n * sizeof *to);
    }
}

static void narrow(float *to, const float *from, size_t rows, size_t n,
                   size_t ld)
{
    for (size_t r = 0; r < rows; r++) {
        memcpy(to + r * n, from + r * ld, n * sizeof *to);
    }
}

static int all_finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            return 0;
        }
    }
    return 1;
}

static int get_maps(const struct rec_model *model, struct rec_amp *m,
                    struct rec_error *err)
{
    static const char *const name[AMP_PARTS] = {"", "user-map", "item-map",
                                                "user-base", "item-base"};
    const struct rec_amp_shape *s = &m->net.shape;
    const float *from;
    int rc = 0;

    for (int p = AMP_USER_MAP; p < AMP_PARTS && m->net.lda > 0; p++) {
        int map = p == AMP_USER_MAP || p == AMP_ITEM_MAP;

        rc = rec_model_array(model, name[p], REC_F32,
                             map ? (size_t)s->project * s->dim : s->project,
                             &from, err);
        if (rc != 0) {
            return rc;
        }
        if (map) {
            widen(m->net.part[p], from, s->project, s->dim, m->net.ld);
        } else {
            widen(m->net.part[p], from, 1, s->project, m->net.lda);
        }
    }
    return 0;
}

static int get_arrays(const struct rec_model *model, struct rec_amp *m,
                      struct rec_error *err)
{
    const struct rec_amp_shape *s = &m->net.shape;
    const float *bias;
    size_t n = s->items;
    int rc = rec_model_array(model, "item", REC_F32, n * s->dim, &m->plain,
                             err);

    rc = rc ? rc : rec_model_array(model, "count", REC_F32, n, &m->count, err);
    rc = rc ? rc : rec_model_array(model, "bias", REC_F32, n, &bias, err);
    rc = rc ? rc : get_maps(model, m, err);
    if (rc != 0) {
        return rc;
    }
    widen(m->net.part[AMP_ITEM], m->plain, n, s->dim, m->net.ld);
    for (size_t i = 0; i < n && s->bias; i++) {
        m->net.part[AMP_ITEM][i * m->net.ld + s->dim] = bias[i];
    }
    if (!all_finite(m->net.part[0], amp_net_numbers(&m->net))
        || !all_finite(m->count, n)) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: an array has a number that is not finite",
                        rec_store_name(model->store));
    }
    return 0;
}

/* What scores and folding in need beside the parameters. Scores are for all
   items, whatever the negatives. */
static int prepare(struct rec_amp *m, struct rec_error *err)
{
    struct rec_amp_loss all = {.negatives = REC_AMP_FULL};
    int rc = amp_cand_init(&m->cand, &m->net, &all, NULL, err);

    if (rc == 0) {
        amp_cand_take(&m->cand, &m->net, 1);
    }
    return rc;
}

static void amp_release(struct rec_model *model)
{
    struct rec_amp *m = model->state;
    struct rec_amp_loss all = {.negatives = REC_AMP_FULL};

    if (m) {
        amp_cand_release(&m->cand, &all);
        if (!m->lent) {
            amp_net_release(&m->net);
        }
        free(m->owned);
        free(m);
    }
}

static int amp_load(struct rec_model *model, struct rec_error *err)
{
    struct rec_amp *m = model->state = rec_zalloc(1, sizeof *m);
    int rc = m ? get_params(model, m, err) : rec_fail_nomem(err);
    struct rec_amp_shape shape;

    if (rc != 0) {
        return rc;
    }
    shape = m->net.shape;
    rc = amp_net_init(&m->net, &shape, err);
    rc = rc ? rc : get_arrays(model, m, err);
    return rc ? rc : prepare(m, err);
}

int amp_lend(const struct amp_net *net, const struct rec_amp *like,
             struct rec_dict *items, struct rec_model *out,
             struct rec_error *err)
{
    struct rec_amp *m = rec_alloc(1, sizeof *m);
    const struct rec_amp_shape *s = &net->shape;
    int rc;

    if (!m) {
        return rec_fail_nomem(err);
    }
    *m = *like;
    m->net = *net;
    m->lent = 1;
    m->plain = m->owned = rec_alloc((size_t)s->items * s->dim,
                                    sizeof *m->owned);
    rc = m->owned ? prepare(m, err) : rec_fail_nomem(err);
    *out = (struct rec_model){&rec_amp_type, NULL, items, s->items, m};
    if (rc != 0) {
        amp_release(out);
        return rc;
    }
    narrow(m->owned, net->part[AMP_ITEM], s->items, s->dim, net->ld);
    return 0;
}

void rec_amp_unlend(struct rec_model *m)
{
    m->type->release(m);
}

static void save_text(struct rec_amp *m, char *text, size_t room)
{
    int attention = (int)m->net.shape.attention;
    int negatives = (int)m->loss.negatives;
    struct number all[NUMBERS];
    size_t used = 0;

    list_numbers(m, &attention, &negatives, all);
    for (int k = 0; k < NUMBERS; k++) {
        const struct number *n = &all[k];
        double v = n->real    ? *n->real
                   : n->count ? (double)*n->count
                   : n->size  ? (double)*n->size
                              : (double)*n->choice;

        used += (size_t)snprintf(text + used, room - used, "%s %.9g\n",
                                 n->name, v);
    }
    snprintf(text + used, room - used, "seed %llu\n",
             (unsigned long long)m->loss.seed);
}

int amp_save(const struct amp_net *net, const struct rec_amp *like,
             const struct rec_dict *items, struct rec_output *o, int level,
             const char *prov, struct rec_error *err)
{
    const struct rec_amp_shape *s = &net->shape;
    size_t n = s->items, maps = net->lda > 0 ? s->project : 0;
    size_t of_map = maps * s->dim, dim = s->dim;
    float *all = rec_zalloc(n * dim + n + 2 * of_map, sizeof *all);
    float *bias = all + n * dim, *user = bias + n, *item = user + of_map;
    const struct rec_factors_array array[] = {
        {"item", all, n * dim},
        {"bias", bias, n},
        {"count", like->count, n},
        {"user-map", user, of_map},
        {"item-map", item, of_map},
        {"user-base", net->part[AMP_USER_BASE], maps},
        {"item-base", net->part[AMP_ITEM_BASE], maps}};
    struct rec_amp m = *like;
    char text[1024];
    int rc;

    if (!all) {
        return rec_fail_nomem(err);
    }
    m.net = *net;
    save_text(&m, text, sizeof text);
    narrow(all, net->part[AMP_ITEM], n, dim, net->ld);
    for (size_t i = 0; i < n && s->bias; i++) {
        bias[i] = net->part[AMP_ITEM][i * net->ld + dim];
    }
    narrow(user, net->part[AMP_USER_MAP], maps, dim, net->ld);
    narrow(item, net->part[AMP_ITEM_MAP], maps, dim, net->ld);
    rc = rec_factors_save(o, rec_amp_type.kind, level, text, items, array,
                          maps > 0 ? 7 : 3, prov, err);
    free(all);
    return rc;
}

const struct rec_model_type rec_amp_type = {
    .kind = "model/persona",
    .load = amp_load,
    .release = amp_release,
    .score = amp_score,
    .explain = amp_explain,
    .dimensions = amp_dimensions,
    .user_dimensions = amp_user_dimensions,
    .item_vectors = amp_item_vectors,
    .user_vectors = amp_user_vectors,
    .winners = amp_winners,
};
