/* SPDX-License-Identifier: MIT */
/* A tiny autoencoder in double precision with users to learn from, and its
   gradients against central differences of its loss: for the tests of every
   kind of it. */
#ifndef VAE_PROBLEM_H
#define VAE_PROBLEM_H

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "models/vae_private.h"

enum { USERS = 4, LATENT = 3, WIDTH = 5 };

/* Users with 3, 1, 0 and 5 items; the third is an empty row. */
static int64_t start[USERS + 1] = {0, 3, 4, 4, 9};
static uint32_t item[9] = {4, 0, 6, 2, 5, 1, 0, 3, 6};
static float weight[9] = {1, 0.5F, 1, 0.25F, 1, 1, 0.75F, 1, 0.5F};

struct problem {
    struct rec_csr x;
    struct rec_vae_net net, grad;
    struct rec_vae_batch batch;
    struct rec_vae_work work;
    struct rec_vae_sampled sampled; /* of the tests of this alone */
    struct rec_vae_loss loss;
    double eps[USERS * LATENT], old[USERS * 2 * LATENT]; /* old: of RecVAE */
    int taken[REC_VAE_MAX_LAYERS]; /* gradients that came */
};

static inline void take(void *ctx, int layer, int part, size_t first, size_t n,
                        const void *grad)
{
    struct problem *p = ctx;
    double *to = *rec_vae_part(&p->grad.layer[layer], part);

    memcpy(to + first, grad, n * sizeof *to);
    p->taken[layer] = 1;
}

/* Biases, gains and bases that matter. */
static inline void stir(struct rec_vae_net *net, struct rec_rng *rng)
{
    for (int l = 0; l < net->layers; l++) {
        for (int part = 1; part < REC_VAE_PARTS; part++) {
            double *b = *rec_vae_part(&net->layer[l], part);
            size_t n = rec_vae_part_size(&net->layer[l], part);

            for (size_t i = 0; b && i < n; i++) {
                b[i] = rec_rng_unit(rng) - 0.5 + (part == 2);
            }
        }
    }
}

/* All but the turned batch and the room to work in, for which see
   end_problem. */
static inline void begin_problem(struct problem *p,
                                 const struct rec_vae_shape *shape, int weights,
                                 struct rec_vae_loss loss, struct rec_rng *rng)
{
    struct rec_error err;

    memset(p, 0, sizeof *p);
    rec_rng_init(rng, 5);
    p->x = (struct rec_csr){USERS, shape->items,
                            start, item,
                            weights ? weight : NULL, NULL};
    p->loss = loss;
    ck_assert_int_eq(rec_vae_net_init(&p->net, shape, REC_F64, &err), 0);
    ck_assert_int_eq(rec_vae_net_init(&p->grad, shape, REC_F64, &err), 0);
    rec_vae_net_draw(&p->net, 3);
    stir(&p->net, rng);
    ck_assert_int_eq(rec_vae_batch_init(&p->batch, shape->items, &err), 0);
    ck_assert_int_eq(
        rec_vae_batch_set(&p->batch, &p->x, NULL, 0, USERS, &err), 0);
    p->batch.eps = p->eps;
    rec_vae_batch_draw(&p->batch, REC_F64, LATENT, 7, 1, 1);
}

/* SAMPLED may be NULL. */
static inline void end_problem(struct problem *p,
                               struct rec_vae_sampled *sampled)
{
    struct rec_error err;

    ck_assert_int_eq(rec_vae_batch_turn(&p->batch, &err), 0);
    ck_assert_int_eq(
        rec_vae_work_init(&p->work, &p->net, USERS, 2, sampled, &err), 0);
}

static inline void drop_problem(struct problem *p)
{
    rec_vae_net_release(&p->net);
    rec_vae_net_release(&p->grad);
    rec_vae_batch_release(&p->batch);
    rec_vae_work_release(&p->work);
    rec_vae_sampled_release(&p->sampled);
}

static inline double loss_of(struct problem *p)
{
    double sum = 0;

    rec_vae_forward(&p->net, &p->batch, &p->work, &p->loss, 1);
    for (size_t r = 0; r < USERS; r++) {
        sum += p->work.nll[r] + p->loss.beta * p->work.kl[r];
    }
    return sum / USERS;
}

/* The largest error, relative to the largest gradient of the same array. */
static inline double worst_of(struct problem *p, int layer, int part)
{
    size_t n = rec_vae_part_size(&p->net.layer[layer], part);
    double *w = *rec_vae_part(&p->net.layer[layer], part);
    const double *g = *rec_vae_part(&p->grad.layer[layer], part);
    double worst = 0, largest = 0, h = 1e-5;

    for (size_t i = 0; i < n; i++) {
        double at = w[i], up, down, d;

        w[i] = at + h;
        up = loss_of(p);
        w[i] = at - h;
        down = loss_of(p);
        w[i] = at;
        d = (up - down) / (2 * h);
        worst = fmax(worst, fabs(d - g[i]));
        largest = fmax(largest, fabs(d));
    }
    ck_assert_double_gt(largest, 1e-4);
    return worst / largest;
}

#endif
