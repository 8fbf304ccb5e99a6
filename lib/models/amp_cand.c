/* SPDX-License-Identifier: MIT */
/* The items that the users of a batch are told from: see amp_private.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "models/amp_private.h"

static int is_full(const struct rec_amp_loss *loss)
{
    return loss->negatives == REC_AMP_FULL;
}

/* What a draw of item I is as likely as. */
static double mass(const struct rec_amp_loss *loss, const float *count,
                   uint32_t i)
{
    return loss->negatives == REC_AMP_POPULAR ? (double)count[i] : 1;
}

static void set_shares(struct amp_cand *c, uint32_t items,
                       const struct rec_amp_loss *loss, const float *count)
{
    for (uint32_t i = 0; i < items; i++) {
        c->total += mass(loss, count, i);
        c->share[i] = c->total;
    }
}

static int alloc_sample(struct amp_cand *c, uint32_t items,
                        const struct amp_net *net, struct rec_error *err)
{
    c->item = rec_alloc(c->room, sizeof *c->item);
    c->place = rec_alloc(items, sizeof *c->place);
    c->vector = rec_alloc64(c->room * net->ld, sizeof *c->vector);
    c->mapped = rec_alloc64(c->room * net->lda, sizeof *c->mapped);
    c->share = rec_alloc(items, sizeof *c->share);
    if (!c->item || !c->place || !c->vector || !c->mapped || !c->share) {
        return rec_fail_nomem(err);
    }
    memset(c->place, 0xff, items * sizeof *c->place);
    return 0;
}

int amp_cand_init(struct amp_cand *c, const struct amp_net *net,
                  const struct rec_amp_loss *loss, const float *count,
                  struct rec_error *err)
{
    uint32_t items = net->shape.items;
    size_t turned = net->ld * net->lda, panel;
    int rc = 0;

    memset(c, 0, sizeof *c);
    c->room = is_full(loss) || items < loss->sampled ? items : loss->sampled;
    c->pad = amp_round(c->room, AMP_PANEL);
    c->count = rec_alloc64(c->pad, sizeof *c->count);
    c->shift = rec_alloc64(c->pad, sizeof *c->shift);
    panel = c->pad * net->ld > turned ? c->pad * net->ld : turned;
    c->panel = rec_alloc64(panel, sizeof *c->panel);
    c->map = rec_alloc64(items * net->lda, sizeof *c->map);
    c->norm = rec_alloc(items, sizeof *c->norm);
    c->map_panel = rec_alloc64(c->pad * net->lda, sizeof *c->map_panel);
    if (!c->count || !c->shift || !c->panel || !c->map || !c->norm
        || !c->map_panel) {
        rc = rec_fail_nomem(err);
    }
    if (rc == 0 && !is_full(loss)) {
        rc = alloc_sample(c, items, net, err);
    }
    if (rc != 0) {
        amp_cand_release(c, loss);
        return rc;
    }
    c->n = is_full(loss) ? items : 0;
    for (size_t k = 0; k < c->pad; k++) {
        c->count[k] = k < c->n;
        c->shift[k] = k < c->n ? 0 : -INFINITY;
    }
    if (!is_full(loss)) {
        set_shares(c, items, loss, count);
    }
    return 0;
}

void amp_cand_release(struct amp_cand *c, const struct rec_amp_loss *loss)
{
    if (!is_full(loss)) { /* otherwise the net's, or MAP */
        free(c->vector);
        free(c->mapped);
    }
    free(c->item);
    free(c->place);
    free(c->count);
    free(c->shift);
    free(c->panel);
    free(c->map);
    free(c->norm);
    free(c->map_panel);
    free(c->share);
    memset(c, 0, sizeof *c);
}

/* The first item whose cumulative share is above X. */
static uint32_t find_share(const struct amp_cand *c, uint32_t items, double x)
{
    uint32_t from = 0, to = items - 1;

    while (from < to) {
        uint32_t mid = from + (to - from) / 2;

        if (c->share[mid] > x) {
            to = mid;
        } else {
            from = mid + 1;
        }
    }
    return from;
}

static void draw_one(struct amp_cand *c, uint32_t item)
{
    if (c->place[item] == REC_NONE) {
        c->place[item] = (uint32_t)c->n;
        c->item[c->n] = item;
        c->count[c->n++] = 0;
    }
    c->count[c->place[item]] += 1;
}

void amp_cand_draw(struct amp_cand *c, const struct amp_net *net,
                   const struct rec_amp_loss *loss, uint64_t step)
{
    uint64_t keys[3] = {loss->seed, step, 3};
    uint32_t items = net->shape.items;
    struct rec_rng rng;

    if (is_full(loss)) {
        return;
    }
    for (size_t k = 0; k < c->n; k++) {
        c->place[c->item[k]] = REC_NONE;
    }
    c->n = 0;
    rec_rng_init(&rng, rec_hash_id(keys, sizeof keys));
    for (size_t k = 0; k < c->room && c->total > 0; k++) {
        draw_one(c, find_share(c, items, c->total * rec_rng_unit(&rng)));
    }
    for (size_t k = 0; k < c->pad; k++) {
        double of = 1;

        if (k >= c->n) {
            c->count[k] = 0;
            c->shift[k] = -INFINITY;
            continue;
        }
        if (loss->corrected) {
            uint32_t i = c->item[k];
            double p = c->share[i] - (i > 0 ? c->share[i - 1] : 0);

            of = p / c->total * (double)c->room;
        }
        c->shift[k] = (float)log((double)c->count[k] / of);
    }
}

/* FROM (N rows of LD) in panels: of each 64 rows, the columns. */
static void turn_panels(const float *from, size_t n, size_t ld, float *panel,
                        int threads)
{
    size_t panels = amp_round(n, AMP_PANEL) / AMP_PANEL;

#pragma omp parallel for num_threads(threads) if (n * ld > 1 << 16)
    for (size_t p = 0; p < panels; p++) {
        float *to = panel + p * AMP_PANEL * ld;

        for (size_t l = 0; l < AMP_PANEL; l++) {
            size_t r = p * AMP_PANEL + l;

            for (size_t k = 0; k < ld; k++) {
                to[k * AMP_PANEL + l] = r < n ? from[r * ld + k] : 0;
            }
        }
    }
}

static void gather(const struct amp_cand *c, const float *from, size_t ld,
                   float *to)
{
    for (size_t k = 0; k < c->n; k++) {
        memcpy(to + k * ld, from + c->item[k] * ld, ld * sizeof *to);
    }
}

static void take_maps(struct amp_cand *c, const struct amp_net *net,
                      int threads)
{
    enum { CHUNK = 256 };
    uint32_t items = net->shape.items;

    /* The panel of the vectors, not filled yet, is room for the map. */
    amp_turn(net, AMP_ITEM_MAP, c->panel);
#pragma omp parallel for num_threads(threads) if (items > CHUNK)
    for (size_t i = 0; i < items; i += CHUNK) {
        size_t n = items - i < CHUNK ? items - i : CHUNK;

        amp_map_rows(net, c->panel, net->part[AMP_ITEM_BASE],
                     net->part[AMP_ITEM] + i * net->ld, n,
                     c->map + i * net->lda, c->norm + i);
    }
    if (c->item) {
        gather(c, c->map, net->lda, c->mapped);
    } else {
        c->mapped = c->map;
    }
    turn_panels(c->mapped, c->n, net->lda, c->map_panel, threads);
}

void amp_cand_take(struct amp_cand *c, const struct amp_net *net, int threads)
{
    if (net->lda > 0) {
        take_maps(c, net, threads);
    }
    if (c->item) {
        gather(c, net->part[AMP_ITEM], net->ld, c->vector);
    } else {
        c->vector = net->part[AMP_ITEM];
    }
    turn_panels(c->vector, c->n, net->ld, c->panel, threads);
}
