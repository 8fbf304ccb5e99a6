/* SPDX-License-Identifier: MIT */
/* The loss of a batch of users and its gradient. Users go in blocks, whose
   products with all candidates are in memory; in a block, first each user (or a
   few, so that products are of some size) makes the own gradients, then each
   item sums up what all users have for it. So every sum belongs to one thread
   and has a fixed order. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "models/amp_private.h"

enum {
    BLOCK = 1 << 22, /* products of a block: 16 MiB */
    CHUNK_ROWS = 32, /* personas of users that one thread takes at a time */
    TERMS = 1024     /* candidates that stay in the cache */
};

/* Users [from, to) of the task. */
struct block {
    const struct amp_task *t;
    struct amp_room *r;
    size_t from, to, row, rows; /* rows of W */
    size_t chunks;
};

void amp_room_release(struct amp_room *r)
{
    free(r->s);
    free(r->d);
    free(r->coef);
    free(r->attn);
    free(r->psi);
    free(r->psi_norm);
    free(r->gpsi);
    free(r->turned);
    free(r->thread);
    free(r->sum);
    free(r->chunk);
    memset(r, 0, sizeof *r);
}

/* Events of user U of the task, and where they begin in those of the block. */
static size_t event_at(const struct block *b, size_t u)
{
    const struct amp_task *t = b->t;
    size_t n = 0;

    for (size_t i = b->from; i < u; i++) {
        n += rec_csr_row_len(t->x, t->users->row[i]);
    }
    return n;
}

/* ---- room -------------------------------------------------------------- */

/* Cut the users of the block into chunks. */
static int set_chunks(struct block *b, struct rec_error *err)
{
    const size_t *first = b->t->users->first;
    struct amp_room *r = b->r;

    if (rec_reserve(&r->chunk, &r->chunk_cap, 2 * (b->to - b->from + 1),
                    sizeof *r->chunk)
        != 0) {
        return rec_fail_nomem(err);
    }
    b->chunks = 0;
    for (size_t u = b->from, n = 0; u < b->to; u++) {
        if (u == b->from
            || first[u + 1] - first[r->chunk[2 * b->chunks - 2]]
                   > CHUNK_ROWS) {
            r->chunk[2 * b->chunks] = u;
            r->chunk[2 * b->chunks++ + 1] = n;
        }
        n += rec_csr_row_len(b->t->x, b->t->users->row[u]);
    }
    r->chunk[2 * b->chunks] = b->to;
    return 0;
}

static int make_room(struct block *b, struct rec_error *err)
{
    const struct amp_net *net = b->t->net;
    struct amp_room *r = b->r;
    size_t pad = b->t->cand->pad, lda = net->lda;
    size_t events = event_at(b, b->to) * net->shape.personas;
    size_t threads = (size_t)b->t->threads;
    size_t scratch = amp_round(amp_user_room(net, b->t->cand), AMP_LANES);
    int bad = 0;

    bad |= rec_reserve(&r->s, &r->s_cap, b->rows * pad, sizeof *r->s);
    bad |= rec_reserve(&r->coef, &r->c_cap, events, sizeof *r->coef);
    bad |= rec_reserve(&r->thread, &r->thread_cap, threads * scratch,
                       sizeof *r->thread);
    bad |= rec_reserve(&r->sum, &r->sum_cap, b->to - b->from, sizeof *r->sum);
    if (lda > 0) {
        bad |= rec_reserve(&r->d, &r->d_cap, b->rows * pad, sizeof *r->d);
        bad |= rec_reserve(&r->attn, &r->dc_cap, events, sizeof *r->attn);
        bad |= rec_reserve(&r->psi, &r->psi_cap, b->rows * lda,
                           sizeof *r->psi);
        bad |= rec_reserve(&r->gpsi, &r->gpsi_cap, b->rows * lda,
                           sizeof *r->gpsi);
        bad |= rec_reserve(&r->psi_norm, &r->norm_cap, b->rows,
                           sizeof *r->psi_norm);
        bad |= rec_reserve(&r->turned, &r->at_cap, net->ld * lda,
                           sizeof *r->turned);
    }
    return bad ? rec_fail_nomem(err) : 0;
}

/* ---- users ------------------------------------------------------------- */

/* The products of N rows at W with all candidates in panels of LD numbers. */
static void panel_products(const struct amp_cand *c, const float *w, size_t n,
                           size_t ld, const float *panel, float *out)
{
    for (size_t at = 0; at < c->pad; at += AMP_PANEL) {
        struct amp_product p = {n,          AMP_PANEL, ld,     w,
                                ld,         1,         panel + at * ld,
                                AMP_PANEL,  out + at,  c->pad, 0};

        amp_multiply(&p);
    }
}

/* OUT (n x ld) = the gradients C by the products, times the candidates. */
static void candidate_sum(const struct amp_cand *c, const float *coef,
                          size_t n, size_t ld, const float *vector, float *out)
{
    memset(out, 0, n * ld * sizeof *out);
    for (size_t at = 0; at < c->n; at += TERMS) {
        size_t terms = c->n - at < TERMS ? c->n - at : TERMS;
        struct amp_product p = {n,      ld,     terms, coef + at,
                                c->pad, 1,      vector + at * ld,
                                ld,     out,    ld,    1};

        amp_multiply(&p);
    }
}

/* From the gradient by a row H of length 1, which was NORM long, to that by
   the row before it was cut to this length. */
static void back_norm(float *g, const float *h, float norm, size_t n)
{
    float along = amp_dot(g, h, n);

    for (size_t i = 0; i < n; i++) {
        g[i] = (g[i] - along * h[i]) / norm;
    }
}

/* What the events of user U add to the gradients of its personas. */
static void add_events(const struct block *b, size_t u, size_t event)
{
    const struct amp_task *t = b->t;
    const struct amp_net *net = t->net;
    const struct amp_users *us = t->users;
    size_t most = net->shape.personas, row = us->first[u] - b->row;
    int64_t from = t->x->start[us->row[u]];
    size_t n = rec_csr_row_len(t->x, us->row[u]);

    for (size_t e = 0; e < n; e++) {
        uint32_t item = t->x->item[from + (int64_t)e];

        for (size_t k = 0; k < us->first[u + 1] - us->first[u]; k++) {
            amp_axpy(t->gw + (us->first[u] + k) * net->ld,
                     b->r->coef[(event + e) * most + k],
                     net->part[AMP_ITEM] + item * net->ld, net->ld);
            if (net->lda > 0) {
                amp_axpy(b->r->gpsi + (row + k) * net->lda,
                         b->r->attn[(event + e) * most + k],
                         t->cand->map + item * net->lda, net->lda);
            }
        }
    }
}

/* From the gradients by the maps of N rows from ROW on to those by the rows. */
static void back_maps(const struct block *b, size_t row, size_t n)
{
    const struct amp_net *net = b->t->net;
    size_t at = row - b->row;
    struct amp_product p = {n,
                            net->ld,
                            net->shape.project,
                            b->r->gpsi + at * net->lda,
                            net->lda,
                            1,
                            net->part[AMP_USER_MAP],
                            net->ld,
                            b->t->gw + row * net->ld,
                            net->ld,
                            1};

    for (size_t r = at; r < at + n; r++) {
        back_norm(b->r->gpsi + r * net->lda, b->r->psi + r * net->lda,
                  b->r->psi_norm[r], net->lda);
    }
    amp_multiply(&p);
}

/* The users of a chunk: all that is their own. */
static void do_chunk(const struct block *b, size_t chunk)
{
    const struct amp_task *t = b->t;
    const struct amp_net *net = t->net;
    const struct amp_users *us = t->users;
    struct amp_room *r = b->r;
    size_t pad = t->cand->pad, lda = net->lda, most = net->shape.personas;
    size_t from = r->chunk[2 * chunk], to = r->chunk[2 * chunk + 2];
    size_t row = us->first[from], n = us->first[to] - row, at = row - b->row;
    size_t event = r->chunk[2 * chunk + 1], scratch;

    scratch = (size_t)rec_thread()
              * amp_round(amp_user_room(net, t->cand), AMP_LANES);
    panel_products(t->cand, us->w + row * net->ld, n, net->ld,
                   t->cand->panel, r->s + at * pad);
    if (lda > 0) {
        amp_map_rows(net, r->turned, net->part[AMP_USER_BASE],
                     us->w + row * net->ld, n, r->psi + at * lda,
                     r->psi_norm + at);
        panel_products(t->cand, r->psi + at * lda, n, lda, t->cand->map_panel,
                       r->d + at * pad);
    }
    for (size_t u = from; u < to; u++) {
        size_t k = us->first[u] - b->row;

        amp_user(t, u, r->s + k * pad, lda > 0 ? r->d + k * pad : NULL,
                 lda > 0 ? r->psi + k * lda : NULL, r->coef + event * most,
                 lda > 0 ? r->attn + event * most : NULL,
                 r->thread + scratch, r->sum + (u - b->from));
        event += rec_csr_row_len(t->x, us->row[u]);
    }
    candidate_sum(t->cand, r->s + at * pad, n, net->ld, t->cand->vector,
                  t->gw + row * net->ld);
    if (lda > 0) {
        candidate_sum(t->cand, r->d + at * pad, n, lda, t->cand->mapped,
                      r->gpsi + at * lda);
    }
    event = r->chunk[2 * chunk + 1];
    for (size_t u = from; u < to; u++) {
        add_events(b, u, event);
        event += rec_csr_row_len(t->x, us->row[u]);
    }
    if (lda > 0) {
        back_maps(b, row, n);
    }
    for (size_t i = row; i < row + n && net->shape.bias; i++) {
        t->gw[i * net->ld + net->shape.dim] = 0; /* it is always 1 */
    }
}

/* ---- items ------------------------------------------------------------- */

/* Candidates [C, C + N): the sum of the block's users, into OUT by item. */
static void sum_candidates(const struct block *b, const float *coef,
                           const float *w, size_t ld, size_t c, size_t n,
                           float *out)
{
    const struct amp_cand *cand = b->t->cand;
    float room[AMP_PANEL * AMP_PANEL];
    struct amp_product p = {n,     ld,  b->rows, coef + c, 1, cand->pad, w,
                            ld,    out + c * ld, ld, 1};

    if (!cand->item) {
        amp_multiply(&p);
        return;
    }
    for (size_t l = 0; l < ld; l += AMP_PANEL) {
        p.lanes = ld - l < AMP_PANEL ? ld - l : AMP_PANEL;
        p.b = w + l;
        p.out = room;
        p.out_row = AMP_PANEL;
        p.add = 0;
        amp_multiply(&p);
        for (size_t i = 0; i < n; i++) {
            amp_axpy(out + cand->item[c + i] * ld + l, 1,
                     room + i * AMP_PANEL, p.lanes);
        }
    }
}

/* What the block's events of the items [FROM, TO) add. */
static void scatter_events(const struct block *b, uint32_t from, uint32_t to)
{
    const struct amp_task *t = b->t;
    const struct amp_net *net = t->net;
    const struct amp_users *us = t->users;
    size_t most = net->shape.personas, at = 0;

    for (size_t u = b->from; u < b->to; u++) {
        int64_t e = t->x->start[us->row[u]], end = t->x->start[us->row[u] + 1];

        for (; e < end; e++, at++) {
            uint32_t item = t->x->item[e];

            for (size_t k = us->first[u];
                 k < us->first[u + 1] && item >= from && item < to; k++) {
                amp_axpy(t->grad->part[AMP_ITEM] + item * net->ld,
                         b->r->coef[at * most + k - us->first[u]],
                         us->w + k * net->ld, net->ld);
                if (net->lda > 0) {
                    amp_axpy(t->gmap + item * net->lda,
                             b->r->attn[at * most + k - us->first[u]],
                             b->r->psi + (k - b->row) * net->lda, net->lda);
                }
            }
        }
    }
}

static void do_items(const struct block *b)
{
    const struct amp_task *t = b->t;
    const struct amp_net *net = t->net;
    const float *w = t->users->w + b->row * net->ld;
    size_t n = t->cand->n;
    uint32_t items = net->shape.items;
    int threads = t->threads;

#pragma omp parallel for num_threads(threads) schedule(dynamic)              \
    if (n * b->rows > 1 << 12)
    for (size_t c = 0; c < n; c += AMP_PANEL) {
        size_t some = n - c < AMP_PANEL ? n - c : AMP_PANEL;

        sum_candidates(b, b->r->s, w, net->ld, c, some,
                       t->grad->part[AMP_ITEM]);
        if (net->lda > 0) {
            sum_candidates(b, b->r->d, b->r->psi, net->lda, c, some, t->gmap);
        }
    }
#pragma omp parallel for num_threads(threads) if (n * b->rows > 1 << 12)
    for (int p = 0; p < threads; p++) {
        scatter_events(b,
                       (uint32_t)((uint64_t)items * (unsigned)p
                                  / (unsigned)threads),
                       (uint32_t)((uint64_t)items * ((unsigned)p + 1)
                                  / (unsigned)threads));
    }
}

/* The gradients of a map and its base, by those G of the N rows that it made
   of W. */
static void add_map(const struct amp_task *t, enum amp_part map,
                    enum amp_part base, const float *g, const float *w,
                    size_t n)
{
    static const float one = 1;
    const struct amp_net *net = t->net;
    size_t lda = net->lda, ld = net->ld, rows = net->shape.project;
    struct amp_product sum = {1,   lda, n,   &one, 0, 0, g,
                              lda, t->grad->part[base], lda, 1};
    int threads = t->threads;

#pragma omp parallel for num_threads(threads) if (n * lda > 1 << 14)
    for (size_t i = 0; i < rows; i += 4) {
        struct amp_product p = {rows - i < 4 ? rows - i : 4, ld, n, g + i, 1,
                                lda, w, ld, t->grad->part[map] + i * ld, ld,
                                1};

        amp_multiply(&p);
    }
    amp_multiply(&sum);
    for (size_t i = 0; i < rows && net->shape.bias; i++) {
        t->grad->part[map][i * ld + net->shape.dim] = 0;
    }
}

/* From the gradients by the items' maps to those by what makes them. */
static void back_item_maps(const struct amp_task *t)
{
    const struct amp_net *net = t->net;
    size_t items = net->shape.items, lda = net->lda, ld = net->ld;
    int threads = t->threads;

#pragma omp parallel for num_threads(threads) if (items * lda > 1 << 14)
    for (size_t i = 0; i < items; i += AMP_PANEL) {
        size_t n = items - i < AMP_PANEL ? items - i : AMP_PANEL;
        struct amp_product p = {n, ld, net->shape.project, t->gmap + i * lda,
                                lda, 1, net->part[AMP_ITEM_MAP], ld,
                                t->grad->part[AMP_ITEM] + i * ld, ld, 1};

        for (size_t j = i; j < i + n; j++) {
            back_norm(t->gmap + j * lda, t->cand->map + j * lda,
                      t->cand->norm[j], lda);
        }
        amp_multiply(&p);
    }
    add_map(t, AMP_ITEM_MAP, AMP_ITEM_BASE, t->gmap, net->part[AMP_ITEM],
            items);
}

/* ---- all of it --------------------------------------------------------- */

static void do_block(const struct block *b, struct amp_sums *sums)
{
    const struct amp_task *t = b->t;
    size_t chunks = b->chunks;
    int threads = t->threads;

    if (t->net->lda > 0) {
        amp_turn(t->net, AMP_USER_MAP, b->r->turned);
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)              \
    if (b->rows * t->cand->pad > 1 << 12)
    for (size_t c = 0; c < chunks; c++) {
        do_chunk(b, c);
    }
    if (t->grad) {
        do_items(b);
        if (t->net->lda > 0) {
            add_map(t, AMP_USER_MAP, AMP_USER_BASE, b->r->gpsi,
                    t->users->w + b->row * t->net->ld, b->rows);
        }
    }
    for (size_t u = 0; u < b->to - b->from; u++) {
        sums->weight += b->r->sum[u].weight;
        sums->loss += b->r->sum[u].loss;
        sums->pos_entropy += b->r->sum[u].pos_entropy;
        sums->neg_entropy += b->r->sum[u].neg_entropy;
    }
}

int amp_gradient(const struct amp_task *t, struct amp_room *r,
                 struct amp_sums *sums, struct rec_error *err)
{
    const size_t *first = t->users->first;
    size_t most = BLOCK / t->cand->pad;
    struct block b = {t, r, 0, 0, 0, 0, 0};

    memset(sums, 0, sizeof *sums);
    while (b.to < t->users->n) {
        int rc;

        b.from = b.to++;
        while (b.to < t->users->n
               && first[b.to + 1] - first[b.from] <= most) {
            b.to++;
        }
        b.row = first[b.from];
        b.rows = first[b.to] - b.row;
        if (b.rows == 0) { /* of users without events */
            continue;
        }
        rc = set_chunks(&b, err);
        rc = rc ? rc : make_room(&b, err);
        if (rc != 0) {
            return rc;
        }
        do_block(&b, sums);
    }
    if (t->grad && t->net->lda > 0) {
        back_item_maps(t);
    }
    return 0;
}
