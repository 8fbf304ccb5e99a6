/* SPDX-License-Identifier: MIT */
/* Scores of an autoencoder over draws from a user's posterior: their mean and
   their spread. Draws of all users are rows of one product; rows and strips of
   items are dealt to threads. */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "math/fastexp.h"
#include "models/vae_private.h"

enum {
    MOST_ROWS = 256,
    BLOCK = 1 << 22, /* scores at a time */
    STRIP = 512      /* items */
};

size_t rec_vae_sample_rows(const struct rec_vae_net *net)
{
    size_t items = net->shape.items ? net->shape.items : 1, n = BLOCK / items;

    return n < 1 ? 1 : n > MOST_ROWS ? MOST_ROWS : n;
}

/* A chunk: the draws [first, first + rows) of all, user by user. */
struct chunk {
    const struct rec_vae_net *net;
    const struct rec_draws *draws;
    const uint64_t *key;
    size_t first, rows;
    float *eps, *z, *f;
    float *level; /* by row: what is taken off its scores */
};

/* z of row K, from random numbers of this user and draw alone. */
static void draw(const struct chunk *c, const float *mulv, size_t k)
{
    size_t n = c->net->shape.latent, u = (c->first + k) / c->draws->n;
    uint64_t key[3] = {c->draws->seed, c->key[u],
                       (c->first + k) % c->draws->n};
    struct rec_rng rng;

    rec_rng_init(&rng, rec_hash_id(key, sizeof key));
    rec_vae_normal(&rng, REC_F32, n, c->eps + k * n);
    rec_vae_kernels(c->net)->sample(mulv + u * 2 * n, c->eps + k * n, n,
                                    c->z + k * n);
}

/* log sum exp */
REC_HOT static float log_sum(const float *f, size_t n)
{
    float top = f[0];
    double sum = 0;

    for (size_t i = 1; i < n; i++) {
        top = f[i] > top ? f[i] : top;
    }
    for (size_t i = 0; i < n; i += STRIP) {
        size_t end = n - i < STRIP ? n : i + STRIP;
        float part = 0;

#pragma omp simd reduction(+ : part)
        for (size_t k = i; k < end; k++) {
            part += rec_fast_exp(f[k] - top);
        }
        sum += (double)part;
    }
    /* cppcheck-suppress invalidFunctionArg ; the top item alone adds 1 */
    return top + (float)log(sum);
}

/* Draw S, from 0, of N into a running mean and sum of squares (Welford). */
REC_HOT static void add_draw(const float *f, float level, size_t s, size_t n,
                             float *mean, float *squares)
{
    float share = 1 / (float)(s + 1);

    if (s == 0) {
#pragma omp simd
        for (size_t i = 0; i < n; i++) {
            mean[i] = f[i] - level;
            squares[i] = 0;
        }
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float x = f[i] - level, d = x - mean[i];

        mean[i] += d * share;
        squares[i] += d * (x - mean[i]);
    }
}

REC_HOT static void end_draws(float *squares, size_t n, float draws)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        squares[i] = sqrtf(squares[i] / (draws - 1));
    }
}

/* The columns [FROM, TO) of a chunk, in the order of the draws. */
static void add_strip(const struct chunk *c, size_t from, size_t to,
                      float *mean, float *spread)
{
    size_t items = c->net->shape.items;

    for (size_t k = 0; k < c->rows; k++) {
        size_t u = (c->first + k) / c->draws->n;
        size_t s = (c->first + k) % c->draws->n, at = u * items + from;

        add_draw(c->f + k * items + from, c->level[k], s, to - from,
                 mean + at, spread + at);
        if (s == c->draws->n - 1) {
            end_draws(spread + at, to - from, (float)c->draws->n);
        }
    }
}

static void run_chunk(struct chunk *c, enum rec_vae_likelihood likelihood,
                      const float *mulv, struct rec_vae_work *w, int threads,
                      float *mean, float *spread)
{
    size_t items = c->net->shape.items;
    int some = rec_vae_threads(threads, c->rows * items);

#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t k = 0; k < c->rows; k++) {
        draw(c, mulv, k);
    }
    rec_vae_decode(c->net, c->z, c->net->shape.latent, c->rows, w, threads,
                   c->f);
    rec_vae_add_bias(c->net, c->rows, threads, c->f);
#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t k = 0; k < c->rows; k++) {
        c->level[k] = likelihood == REC_VAE_MULTINOMIAL
                          ? log_sum(c->f + k * items, items)
                          : 0;
    }
#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t i = 0; i < items; i += STRIP) {
        add_strip(c, i, items - i < STRIP ? items : i + STRIP, mean, spread);
    }
}

int rec_vae_sample(const struct rec_vae_net *net,
                   enum rec_vae_likelihood likelihood, const float *mulv,
                   size_t users, const struct rec_draws *draws,
                   const uint64_t *key, struct rec_vae_work *w, int threads,
                   float *mean, float *spread, struct rec_error *err)
{
    size_t room = rec_vae_sample_rows(net), latent = net->shape.latent;
    struct chunk c = {.net = net, .draws = draws, .key = key};
    int rc = 0;

    c.eps = rec_alloc(room * latent, sizeof *c.eps);
    c.z = rec_alloc64(room * latent, sizeof *c.z);
    c.f = rec_alloc64(room * net->shape.items, sizeof *c.f);
    c.level = rec_alloc(room, sizeof *c.level);
    if (!c.eps || !c.z || !c.f || !c.level) {
        rc = rec_fail_nomem(err);
    }
    for (; c.first < users * draws->n && rc == 0; c.first += c.rows) {
        size_t left = users * draws->n - c.first;

        c.rows = left < room ? left : room;
        run_chunk(&c, likelihood, mulv, w, threads, mean, spread);
    }
    free(c.eps);
    free(c.z);
    free(c.f);
    free(c.level);
    return rc;
}
