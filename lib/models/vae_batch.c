/* SPDX-License-Identifier: MIT */
/* A batch of users for the autoencoder: the sparse input, what is dropped from
   it, and the noise. Random draws are keyed by user and epoch, so they depend
   neither on the threads nor on the place in the batch. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "data/dict.h"
#include "models/vae_private.h"

enum { DROPOUT = 1, NOISE = 2 }; /* what a stream of random numbers is for */

int rec_vae_batch_init(struct rec_vae_batch *b, uint32_t cols,
                       struct rec_error *err)
{
    memset(b, 0, sizeof *b);
    b->cols = cols;
    b->slot = rec_alloc(cols, sizeof *b->slot);
    if (!b->slot) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < cols; i++) {
        b->slot[i] = REC_NONE;
    }
    return 0;
}

void rec_vae_batch_release(struct rec_vae_batch *b)
{
    free(b->start);
    free(b->item);
    free(b->value);
    free(b->items);
    free(b->at);
    free(b->row);
    free(b->row_value);
    free(b->slot);
    memset(b, 0, sizeof *b);
}

/* Room for ROWS and EVENTS. */
static int reserve(struct rec_vae_batch *b, size_t rows, size_t events,
                   struct rec_error *err)
{
    if (rec_reserve(&b->start, &b->start_cap, rows + 1, sizeof *b->start) != 0
        || rec_reserve(&b->item, &b->item_cap, events, sizeof *b->item) != 0
        || rec_reserve(&b->value, &b->value_cap, events, sizeof *b->value)
               != 0) {
        return rec_fail_nomem(err);
    }
    return 0;
}

/* Append the events of target R, divided by their norm. */
static void add_row(struct rec_vae_batch *b, size_t r)
{
    size_t at, n = rec_vae_target(b, r, &at), to = b->start[r];
    const float *weight = b->binary || !b->x->weight ? NULL : b->x->weight + at;
    double squares = 0, norm;

    for (size_t e = 0; e < n; e++) {
        double w = weight ? weight[e] : 1;

        b->item[to + e] = b->x->item[at + e];
        b->value[to + e] = w;
        squares += w * w;
    }
    norm = squares > 0 ? sqrt(squares) : 1;
    for (size_t e = 0; e < n; e++) {
        b->value[to + e] /= norm;
    }
    b->start[r + 1] = to + n;
}

int rec_vae_batch_set(struct rec_vae_batch *b, const struct rec_csr *x,
                      const uint32_t *user, size_t first, size_t rows,
                      struct rec_error *err)
{
    size_t events = 0, at;

    b->x = x;
    b->user = user;
    b->first = first;
    b->rows = rows;
    for (size_t r = 0; r < rows; r++) {
        events += rec_vae_target(b, r, &at);
    }
    if (reserve(b, rows, events, err) != 0) {
        return REC_ENOMEM;
    }
    b->start[0] = 0;
    for (size_t r = 0; r < rows; r++) {
        add_row(b, r);
    }
    return 0;
}

/* ---- random numbers -------------------------------------------------- */

static void begin_draws(const struct rec_vae_batch *b, size_t r, uint64_t seed,
                        uint64_t epoch, uint64_t what, struct rec_rng *rng)
{
    uint64_t row = b->user ? b->user[b->first + r] : b->first + r;
    uint64_t key[4] = {seed, epoch, row, what};

    rec_rng_init(rng, rec_hash_id(key, sizeof key));
}

void rec_vae_batch_drop(struct rec_vae_batch *b, double p, uint64_t seed,
                        uint64_t epoch)
{
    size_t to = 0, from = 0;

    for (size_t r = 0; r < b->rows && p > 0; r++) {
        struct rec_rng rng;

        begin_draws(b, r, seed, epoch, DROPOUT, &rng);
        for (; from < b->start[r + 1]; from++) {
            if (rec_rng_unit(&rng) >= p) {
                b->item[to] = b->item[from];
                b->value[to++] = b->value[from] / (1 - p);
            }
        }
        b->start[r + 1] = to;
    }
}

/* Two normal numbers at a time (Box and Muller). */
void rec_vae_normal(struct rec_rng *rng, enum rec_dtype dtype, size_t n,
                    void *out)
{
    float *single = out;
    double *wide = out;

    for (size_t k = 0; k < n; k += 2) {
        double radius = sqrt(-2 * log(1 - rec_rng_unit(rng)));
        double angle = 6.283185307179586 * rec_rng_unit(rng);
        double pair[2] = {radius * cos(angle), radius * sin(angle)};

        for (size_t j = 0; j < 2 && k + j < n; j++) {
            if (dtype == REC_F64) {
                wide[k + j] = pair[j];
            } else {
                single[k + j] = (float)pair[j];
            }
        }
    }
}

void rec_vae_batch_draw(struct rec_vae_batch *b, enum rec_dtype dtype,
                        size_t latent, uint64_t seed, uint64_t epoch,
                        int threads)
{
    threads = rec_vae_threads(threads, b->rows * latent * 16);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < b->rows; r++) {
        struct rec_rng rng;

        begin_draws(b, r, seed, epoch, NOISE, &rng);
        rec_vae_normal(&rng, dtype, latent,
                       rec_vae_at(dtype, b->eps, r * latent));
    }
}

/* ---- by item --------------------------------------------------------- */

/* Number the items in order of appearance and count their events into
   at[slot + 1]. */
static void count_items(struct rec_vae_batch *b, size_t events)
{
    b->n_items = 0;
    for (size_t e = 0; e < events; e++) {
        uint32_t *slot = &b->slot[b->item[e]];

        if (*slot == REC_NONE) {
            *slot = (uint32_t)b->n_items;
            b->items[b->n_items++] = b->item[e];
            b->at[b->n_items] = 0;
        }
        b->at[*slot + 1]++;
    }
    b->at[0] = 0;
    for (size_t s = 0; s < b->n_items; s++) {
        b->at[s + 1] += b->at[s];
    }
}

int rec_vae_batch_turn(struct rec_vae_batch *b, struct rec_error *err)
{
    size_t events = b->start[b->rows];

    if (rec_reserve(&b->items, &b->items_cap, events, sizeof *b->items) != 0
        || rec_reserve(&b->at, &b->at_cap, events + 2, sizeof *b->at) != 0
        || rec_reserve(&b->row, &b->row_cap, events, sizeof *b->row) != 0
        || rec_reserve(&b->row_value, &b->row_value_cap, events,
                       sizeof *b->row_value)
               != 0) {
        return rec_fail_nomem(err);
    }
    count_items(b, events);
    for (size_t r = b->rows; r-- > 0;) { /* from the end: rows ascend */
        for (size_t e = b->start[r]; e < b->start[r + 1]; e++) {
            size_t to = --b->at[b->slot[b->item[e]] + 1];

            b->row[to] = (uint32_t)r;
            b->row_value[to] = b->value[e];
        }
    }
    /* at[s + 1] is now where s begins: one place too far. */
    for (size_t s = 0; s < b->n_items; s++) {
        b->at[s] = b->at[s + 1];
        b->slot[b->items[s]] = REC_NONE;
    }
    b->at[b->n_items] = events;
    return 0;
}
