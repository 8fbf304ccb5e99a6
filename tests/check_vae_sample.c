/* SPDX-License-Identifier: MIT */
/* Scores over draws from the posterior of an autoencoder without hidden
   layers, where f = z W + b is normal: its mean and deviation are known. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/vae_private.h"
#include "suite.h"

enum { ITEMS = 7, USERS = 3, LATENT = 3 };

/* Users with 3, 0 and 4 items. */
static int64_t start[USERS + 1] = {0, 3, 3, 7};
static uint32_t item[7] = {4, 0, 6, 2, 5, 1, 0};
static const uint64_t keys[USERS] = {11, 5, 8};

struct problem {
    struct rec_csr x;
    struct rec_vae_net net;
    float *mulv; /* by user */
    float mean[USERS * ITEMS], spread[USERS * ITEMS];
};

static void make_problem(struct problem *p)
{
    struct rec_vae_shape shape = {ITEMS, LATENT, {0}, 0, 0, 0};
    struct rec_vae_batch b;
    struct rec_vae_work w;
    struct rec_error err;
    const void *z;
    size_t ld;

    memset(p, 0, sizeof *p);
    p->x = (struct rec_csr){USERS, ITEMS, start, item, NULL, NULL};
    ck_assert_int_eq(rec_vae_net_init(&p->net, &shape, REC_F32, &err), 0);
    rec_vae_net_draw(&p->net, 3);
    ck_assert_int_eq(rec_vae_batch_init(&b, ITEMS, &err), 0);
    ck_assert_int_eq(rec_vae_batch_set(&b, &p->x, NULL, 0, USERS, &err), 0);
    ck_assert_int_eq(rec_vae_work_init(&w, &p->net, USERS, 0, NULL, &err),
                     0);
    rec_vae_encode(&p->net, &b, &w, 1, &z, &ld);
    p->mulv = malloc(sizeof(float) * USERS * 2 * LATENT);
    ck_assert_ptr_nonnull(p->mulv);
    memcpy(p->mulv, z, sizeof(float) * USERS * 2 * LATENT);
    rec_vae_batch_release(&b);
    rec_vae_work_release(&w);
}

static void drop_problem(struct problem *p)
{
    rec_vae_net_release(&p->net);
    free(p->mulv);
}

/* N draws for the USERS from FIRST on. */
static void sample(struct problem *p, enum rec_vae_likelihood likelihood,
                   size_t n, size_t first, size_t users, int threads)
{
    struct rec_draws draws = {n, 9, keys};
    struct rec_vae_work w;
    struct rec_error err;

    ck_assert_int_eq(rec_vae_work_init(&w, &p->net,
                                       rec_vae_sample_rows(&p->net), 0, NULL,
                                       &err),
                     0);
    ck_assert_int_eq(rec_vae_sample(&p->net, likelihood,
                                    p->mulv + first * 2 * LATENT, users, &draws,
                                    keys + first, &w, threads,
                                    p->mean + first * ITEMS,
                                    p->spread + first * ITEMS, &err),
                     0);
    rec_vae_work_release(&w);
}

/* 40,000 draws: the mean is right to 0.5% of the deviation, and that to
   0.35%, with one standard error. */
START_TEST(linear)
{
    struct problem p;

    make_problem(&p);
    sample(&p, REC_VAE_GAUSSIAN, 40000, 0, USERS, 2);
    for (size_t k = 0; k < USERS * ITEMS; k++) {
        const float *w = (const float *)p.net.layer[1].w + k % ITEMS * LATENT;
        const float *mu = p.mulv + k / ITEMS * 2 * LATENT, *lv = mu + LATENT;
        double f = ((const float *)p.net.layer[1].b)[k % ITEMS], var = 0, sd;

        for (size_t d = 0; d < LATENT; d++) {
            f += (double)mu[d] * (double)w[d];
            var += exp((double)lv[d]) * (double)w[d] * (double)w[d];
        }
        sd = sqrt(var);
        ck_assert_double_eq_tol((double)p.mean[k], f, 0.02 * sd);
        ck_assert_double_eq_tol((double)p.spread[k], sd, 0.015 * sd);
    }
    drop_problem(&p);
}
END_TEST

/* Of a multinomial the scores are logarithms of shares, which sum up to 1 in
   every draw: with two draws their mean m and spread s give both draws back,
   m +- s / sqrt 2. */
START_TEST(shares)
{
    struct problem p;

    make_problem(&p);
    sample(&p, REC_VAE_MULTINOMIAL, 2, 0, USERS, 1);
    for (size_t u = 0; u < USERS; u++) {
        double least = 0, most = 0;

        for (size_t i = 0; i < ITEMS; i++) {
            double m = (double)p.mean[u * ITEMS + i];
            double s = (double)p.spread[u * ITEMS + i] / sqrt(2);

            ck_assert_double_gt(s, 0);
            least += exp(m - s);
            most += exp(m + s);
        }
        ck_assert_double_lt(least, 1);
        ck_assert_double_gt(most, 1);
    }
    drop_problem(&p);
}
END_TEST

/* A user's draws are the same alone and among others, with any threads. */
START_TEST(alone)
{
    struct problem p, q;

    make_problem(&p);
    make_problem(&q);
    sample(&p, REC_VAE_MULTINOMIAL, 300, 0, USERS, 1);
    for (size_t u = 0; u < USERS; u++) {
        sample(&q, REC_VAE_MULTINOMIAL, 300, u, 1, 2);
    }
    for (size_t k = 0; k < USERS * ITEMS; k++) {
        ck_assert_float_eq_tol(p.mean[k], q.mean[k], 1e-5F);
        ck_assert_float_eq_tol(p.spread[k], q.spread[k], 1e-5F);
    }
    drop_problem(&p);
    drop_problem(&q);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {linear, shares, alone};

    return suite_run("vae_sample", test, sizeof test / sizeof *test);
}
