/* SPDX-License-Identifier: MIT */
/* The gradients of the autoencoder in double precision against central
   differences of its loss, for every likelihood, VAE and DAE, several depths
   and batches of any shape; and what the loss must be by its definition. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/vae_private.h"
#include "suite.h"

enum { ITEMS = 7, USERS = 4, LATENT = 3, WIDTH = 5 };

/* Users with 3, 1, 0 and 5 items; the third is an empty row. */
static int64_t start[USERS + 1] = {0, 3, 4, 4, 9};
static uint32_t item[9] = {4, 0, 6, 2, 5, 1, 0, 3, 6};
static float weight[9] = {1, 0.5F, 1, 0.25F, 1, 1, 0.75F, 1, 0.5F};

struct problem {
    struct rec_csr x;
    struct rec_vae_net net, grad;
    struct rec_vae_batch batch;
    struct rec_vae_work work;
    struct rec_vae_loss loss;
    double eps[USERS * LATENT];
};

static void take(void *ctx, int layer, int part, size_t first, size_t n,
                 const void *grad)
{
    struct problem *p = ctx;
    double *to = *rec_vae_part(&p->grad.layer[layer], part);

    memcpy(to + first, grad, n * sizeof *to);
}

/* Input dropped by hand: the second event of the first user. */
static void drop_one(struct rec_vae_batch *b)
{
    for (size_t e = 2; e < b->start[USERS]; e++) {
        b->item[e - 1] = b->item[e];
        b->value[e - 1] = b->value[e];
    }
    for (size_t r = 1; r <= USERS; r++) {
        b->start[r]--;
    }
}

static void make_problem(struct problem *p, int depth, int dae, int weights,
                         enum rec_vae_likelihood likelihood)
{
    struct rec_vae_shape shape = {ITEMS, LATENT, {WIDTH, 4}, depth, dae, 0};
    struct rec_csr x = {USERS, ITEMS, start, item, weights ? weight : NULL,
                        NULL};
    struct rec_error err;
    struct rec_rng rng;

    memset(p, 0, sizeof *p);
    rec_rng_init(&rng, 5);
    p->x = x;
    p->loss = (struct rec_vae_loss){likelihood, 2.5, 0.3, REC_VAE_MIX};
    ck_assert_int_eq(rec_vae_net_init(&p->net, &shape, REC_F64, &err), 0);
    ck_assert_int_eq(rec_vae_net_init(&p->grad, &shape, REC_F64, &err), 0);
    rec_vae_net_draw(&p->net, 3);
    for (int l = 0; l < p->net.layers; l++) { /* biases that matter */
        double *b = p->net.layer[l].b;

        for (size_t i = 0; i < p->net.layer[l].out; i++) {
            b[i] = rec_rng_unit(&rng) - 0.5;
        }
    }
    ck_assert_int_eq(rec_vae_batch_init(&p->batch, ITEMS, &err), 0);
    ck_assert_int_eq(
        rec_vae_batch_set(&p->batch, &p->x, NULL, 0, USERS, &err), 0);
    p->batch.eps = p->eps;
    rec_vae_batch_draw(&p->batch, REC_F64, LATENT, 7, 1, 1);
    drop_one(&p->batch);
    ck_assert_int_eq(rec_vae_batch_turn(&p->batch, &err), 0);
    ck_assert_int_eq(
        rec_vae_work_init(&p->work, &p->net, USERS, 2, NULL, &err), 0);
}

static void drop_problem(struct problem *p)
{
    rec_vae_net_release(&p->net);
    rec_vae_net_release(&p->grad);
    rec_vae_batch_release(&p->batch);
    rec_vae_work_release(&p->work);
}

static double loss_of(struct problem *p)
{
    double sum = 0;

    rec_vae_forward(&p->net, &p->batch, &p->work, &p->loss, 1);
    for (size_t r = 0; r < USERS; r++) {
        sum += p->work.nll[r] + p->loss.beta * p->work.kl[r];
    }
    return sum / USERS;
}

/* The largest error, relative to the largest gradient of the same array. */
static double worst_of(struct problem *p, int layer, int part)
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

START_TEST(gradients)
{
    for (int k = 0; k < 3 * 3 * 2 * 2; k++) {
        int depth = k / 3 % 3, dae = k / 9 % 2, weights = k / 18;
        struct rec_vae_sink sink = {take, NULL, REC_VAE_BOTH};
        struct problem p;

        make_problem(&p, depth, dae, weights, (enum rec_vae_likelihood)(k % 3));
        sink.ctx = &p;
        loss_of(&p);
        rec_vae_backward(&p.net, &p.batch, &p.work, &p.loss, &sink, 2);
        for (int l = 0; l < p.net.layers; l++) {
            ck_assert_double_lt(worst_of(&p, l, 0), 1e-6);
            ck_assert_double_lt(worst_of(&p, l, 1), 1e-6);
        }
        drop_problem(&p);
    }
}
END_TEST

int main(void)
{
    const TTest *const test[] = {gradients};

    return suite_run("vae", test, sizeof test / sizeof *test);
}
