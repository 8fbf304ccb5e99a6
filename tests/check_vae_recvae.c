/* SPDX-License-Identifier: MIT */
/* RecVAE: gradients of the dense layers and the composite prior in double
   precision against central differences of the loss; the prior against what it
   must be for weights where that is known; single against double; alternating
   training. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "vae_problem.h"

enum { ITEMS = 7 };

static void make_problem(struct problem *p, int depth, int weights,
                         enum rec_vae_likelihood likelihood)
{
    struct rec_vae_shape shape = {
        ITEMS, LATENT, {WIDTH, WIDTH, WIDTH, WIDTH, WIDTH}, depth, 0, 1};
    struct rec_vae_loss loss = {likelihood, 2.5, 0.3, REC_VAE_MIX};
    struct rec_rng rng;

    begin_problem(p, &shape, weights, loss, &rng);
    for (size_t i = 0; i < USERS * 2 * LATENT; i++) {
        p->old[i] = 2 * rec_rng_unit(&rng) - 1;
    }
    end_problem(p, NULL);
    p->work.old = p->old;
}

/* Depths 1, 2, 5; with and without weights; all likelihoods; both halves of
   the gradient or one. */
START_TEST(gradients)
{
    static const int depths[] = {1, 2, 5};

    for (int k = 0; k < 3 * 3 * 2 * 3; k++) {
        enum rec_vae_half only = (enum rec_vae_half)(k / 18);
        struct rec_vae_sink sink = {take, NULL, only};
        struct problem p;

        make_problem(&p, depths[k / 3 % 3], k / 9 % 2,
                     (enum rec_vae_likelihood)(k % 3));
        sink.ctx = &p;
        if (only == REC_VAE_DECODER) {
            p.work.old = NULL;
        }
        loss_of(&p);
        rec_vae_backward(&p.net, &p.batch, &p.work, &p.loss, &sink, 2);
        for (int l = 0; l < p.net.layers; l++) {
            int wanted = l < p.net.encoder ? only != REC_VAE_DECODER
                                           : only != REC_VAE_ENCODER;

            ck_assert_int_eq(p.taken[l], wanted);
            for (int part = 0; part < REC_VAE_PARTS && wanted; part++) {
                if (rec_vae_part_size(&p.net.layer[l], part) > 0) {
                    ck_assert_double_lt(worst_of(&p, l, part), 1e-6);
                }
            }
        }
        drop_problem(&p);
    }
}
END_TEST

/* The prior alone N(0, 1): over many draws the KL averages to the closed form.
   20,000 draws. */
START_TEST(standard_prior)
{
    double sum[USERS] = {0}, squares[USERS] = {0};
    enum { DRAWS = 20000 };
    struct problem p;

    make_problem(&p, 1, 1, REC_VAE_MULTINOMIAL);
    p.loss.mix[0] = 1;
    p.loss.mix[1] = p.loss.mix[2] = 0;
    for (uint64_t k = 0; k < DRAWS; k++) {
        rec_vae_batch_draw(&p.batch, REC_F64, LATENT, 7, k, 1);
        loss_of(&p);
        for (size_t r = 0; r < USERS; r++) {
            sum[r] += p.work.kl[r];
            squares[r] += p.work.kl[r] * p.work.kl[r];
        }
    }
    for (size_t r = 0; r < USERS; r++) {
        const double *mu = (double *)p.work.act[1] + r * 2 * LATENT;
        double kl = 0, n = 0, mean = sum[r] / DRAWS, error;

        for (int64_t e = start[r]; e < start[r + 1]; e++) {
            n += (double)weight[e];
        }
        for (size_t k = 0; k < LATENT; k++) {
            double lv = mu[LATENT + k];

            kl += (exp(lv) + mu[k] * mu[k] - 1 - lv) / 2;
        }
        error = sqrt((squares[r] / DRAWS - mean * mean) / DRAWS);
        ck_assert_double_eq_tol(mean, n * kl, 5 * error + 1e-12);
    }
    drop_problem(&p);
}
END_TEST

/* The prior alone the old encoder, which is the encoder: log q - log q_old is
   0; and far from everything the composite prior is still finite. */
START_TEST(after_the_copy)
{
    double right = 0;
    struct problem p;

    make_problem(&p, 5, 0, REC_VAE_MULTINOMIAL);
    p.loss.mix[1] = 1;
    p.loss.mix[0] = p.loss.mix[2] = 0;
    p.work.old = NULL;
    loss_of(&p);
    for (size_t r = 0; r < USERS; r++) {
        ck_assert_double_eq_tol(p.work.kl[r], 0, 1e-12);
    }
    drop_problem(&p);

    make_problem(&p, 1, 0, REC_VAE_MULTINOMIAL);
    for (size_t k = 0; k < 2 * LATENT; k++) {
        ((double *)p.net.layer[1].b)[k] += k < LATENT ? 1e4 : 0;
    }
    /* Only the widest of the three is left there. */
    loss_of(&p);
    for (size_t k = 0; k < LATENT; k++) {
        double z = ((double *)p.work.z)[k];
        double lv = ((double *)p.work.act[1])[LATENT + k];

        right -= 3 * (lv + p.eps[k] * p.eps[k]) / 2;
        right -= 3 * (log(0.1) - 5 - z * z * exp(-10) / 2);
    }
    ck_assert_double_eq_tol(p.work.kl[0], right, 1e-6);
    drop_problem(&p);
}
END_TEST

/* ---- single precision --------------------------------------------------- */

/* A part of the gradient, as doubles. */
static void take_single(void *ctx, int layer, int part, size_t first, size_t n,
                        const void *grad)
{
    struct problem *p = ctx;
    double *to = *rec_vae_part(&p->grad.layer[layer], part);

    for (size_t i = 0; i < n; i++) {
        to[first + i] = (double)((const float *)grad)[i];
    }
}

static void narrow(float *to, const double *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = (float)from[i];
    }
}

/* The loss and the gradient of P in single precision; the former is returned,
   the latter goes to p->grad. */
static double single_of(struct problem *p)
{
    struct rec_vae_sink sink = {take_single, p, REC_VAE_BOTH};
    float eps[USERS * LATENT], old[USERS * 2 * LATENT];
    struct rec_vae_batch b = p->batch;
    struct rec_vae_work w;
    struct rec_vae_net net;
    struct rec_error err;
    double sum = 0;

    ck_assert_int_eq(rec_vae_net_init(&net, &p->net.shape, REC_F32, &err), 0);
    ck_assert_int_eq(rec_vae_work_init(&w, &net, USERS, 1, NULL, &err),
                     0);
    for (int k = 0; k < net.layers * REC_VAE_PARTS; k++) {
        int l = k / REC_VAE_PARTS, part = k % REC_VAE_PARTS;

        narrow(*rec_vae_part(&net.layer[l], part),
               *rec_vae_part(&p->net.layer[l], part),
               rec_vae_part_size(&net.layer[l], part));
    }
    narrow(eps, p->eps, USERS * LATENT);
    narrow(old, p->old, USERS * 2 * LATENT);
    b.eps = eps;
    w.old = old;
    rec_vae_forward(&net, &b, &w, &p->loss, 1);
    for (size_t r = 0; r < USERS; r++) {
        sum += w.nll[r] + p->loss.beta * w.kl[r];
    }
    rec_vae_backward(&net, &b, &w, &p->loss, &sink, 1);
    rec_vae_work_release(&w);
    rec_vae_net_release(&net);
    return sum / USERS;
}

/* Near to double precision; also where e^-s is no number that a float can
   hold. */
START_TEST(single)
{
    static const double far[] = {0, 80, 100, 130, 200, 1e4};
    struct rec_vae_sink sink = {take, NULL, REC_VAE_BOTH};
    struct problem p, q;

    make_problem(&p, 2, 1, REC_VAE_MULTINOMIAL);
    make_problem(&q, 2, 1, REC_VAE_MULTINOMIAL);
    sink.ctx = &p;
    for (int s = 0; s < 2; s++) { /* of either layer a number, both ways */
        ((double *)p.net.layer[s].b)[1] -= far[_i];
        ((double *)p.net.layer[s].b)[2] += far[_i];
    }
    rec_vae_net_copy(&q.net, &p.net);
    ck_assert_double_eq_tol(loss_of(&p), single_of(&q), 1e-4);
    rec_vae_backward(&p.net, &p.batch, &p.work, &p.loss, &sink, 1);
    for (int k = 0; k < p.net.layers * REC_VAE_PARTS; k++) {
        int l = k / REC_VAE_PARTS, part = k % REC_VAE_PARTS;
        const double *g = *rec_vae_part(&p.grad.layer[l], part);
        const double *h = *rec_vae_part(&q.grad.layer[l], part);

        for (size_t i = 0; i < rec_vae_part_size(&p.net.layer[l], part); i++) {
            ck_assert_double_eq_tol(g[i], h[i], 1e-4);
        }
    }
    drop_problem(&p);
    drop_problem(&q);
}
END_TEST

/* ---- training --------------------------------------------------------- */

static struct rec_vae_options options(void)
{
    struct rec_vae_options o = {.shape = {0, 3, {5, 5}, 2, 0, 1},
                                .confidence = 1,
                                .dropout = 0.25,
                                .beta = 0.01,
                                .rate = 0.01,
                                .batch = 2,
                                .epochs = 8,
                                .seed = 1,
                                .threads = 1};

    return o;
}

static int same(const struct rec_vae_net *a, const struct rec_vae_net *b, int l)
{
    return memcmp(a->layer[l].w, b->layer[l].w,
                  rec_vae_part_size(&a->layer[l], 0) * sizeof(float))
           == 0;
}

/* Three epochs move the encoder only, the fourth the decoder only, when the
   old encoder becomes this one; the old one is left alone in between. */
START_TEST(alternating)
{
    struct rec_csr x = {USERS, ITEMS, start, item, NULL, NULL};
    struct rec_vae_options o = options();
    struct rec_vae_net before, old;
    struct rec_error err;
    struct rec_vae *t;

    ck_assert_int_eq(rec_vae_new(&t, &x, &o, &err), 0);
    ck_assert_int_eq(rec_vae_net_init(&before, &t->net.shape, REC_F32, &err),
                     0);
    ck_assert_int_eq(rec_vae_net_init(&old, &t->net.shape, REC_F32, &err), 0);
    for (int e = 0; e < 8; e++) {
        int encoder = e % 4 < 3;

        rec_vae_net_copy(&before, &t->net);
        rec_vae_net_copy(&old, &t->old);
        ck_assert_int_eq(rec_vae_epoch(t, &err), 1);
        rec_vae_flush(t);
        for (int l = 0; l < t->net.encoder; l++) {
            ck_assert_int_eq(same(&before, &t->net, l), !encoder);
            ck_assert_int_eq(same(&old, &t->old, l), encoder);
            ck_assert_int_eq(same(&t->old, &t->net, l), !encoder);
        }
        ck_assert_int_eq(same(&before, &t->net, t->net.encoder), encoder);
    }
    ck_assert_uint_eq(t->step, 16);
    ck_assert_uint_eq(rec_vae_encoder_steps(t), 12);
    rec_vae_net_release(&before);
    rec_vae_net_release(&old);
    rec_vae_free(t);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("vae_recvae");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, gradients);
    tcase_add_test(t, standard_prior);
    tcase_add_test(t, after_the_copy);
    tcase_add_loop_test(t, single, 0, 6);
    tcase_add_test(t, alternating);
    return suite_end("vae_recvae", t);
}
