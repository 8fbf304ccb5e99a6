/* SPDX-License-Identifier: MIT */
/* Sampled softmax: samples of the chances and size that they should have, an
   estimate of the sum that is without bias, gradients in double precision
   against central differences, and with all items the full softmax. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "vae_problem.h"

enum { ITEMS = 11 };

static void make_problem(struct problem *p, int depth, int dae, int weights,
                         size_t n)
{
    struct rec_vae_shape shape = {ITEMS, LATENT, {WIDTH, 4}, depth, dae, 0};
    struct rec_vae_loss loss = {REC_VAE_MULTINOMIAL, 1, 0.3, REC_VAE_MIX};
    struct rec_error err;
    struct rec_rng rng;

    begin_problem(p, &shape, weights, loss, &rng);
    ck_assert_int_eq(rec_vae_sampled_init(&p->sampled, &p->x, n, 0, &err), 0);
    end_problem(p, n ? &p->sampled : NULL);
}

static void draw(struct problem *p, uint64_t step)
{
    struct rec_error err;

    ck_assert_int_eq(rec_vae_sampled_draw(&p->net, &p->sampled, &p->batch, 1,
                                          step, &err),
                     0);
}

static void backward(struct problem *p)
{
    struct rec_vae_sink sink = {take, p, REC_VAE_BOTH};

    for (int l = 0; l < p->net.layers; l++) {
        memset(p->grad.layer[l].w, 0,
               rec_vae_part_size(&p->net.layer[l], 0) * sizeof(double));
    }
    rec_vae_backward(&p->net, &p->batch, &p->work, &p->loss, &sink, 2);
}

/* ---- the sample -------------------------------------------------------- */

/* Over all u the sum of e^f / p is that over all items; the chances are in
   proportion to popularity^0.75 but for those of 1, and add up to N. */
START_TEST(chances)
{
    enum { GRID = 20000 };
    struct rec_csr x = {USERS, ITEMS, start, item, NULL, NULL};
    double f[ITEMS], right = 0, mean = 0, sum = 0;
    size_t seen[ITEMS] = {0}, n = 2 + (size_t)_i;
    struct rec_vae_sampled s;
    struct rec_error err;

    memset(&s, 0, sizeof s);
    ck_assert_int_eq(rec_vae_sampled_init(&s, &x, n, 0, &err), 0);
    for (size_t i = 0; i < ITEMS; i++) {
        f[i] = sin(3.7 * (double)i);
        right += exp(f[i]);
        sum += s.chance[i];
    }
    ck_assert_double_eq_tol(sum, (double)n, 1e-12);
    if (n < 8) { /* items 0 and 6 have two events, 7 and more none */
        ck_assert_double_eq_tol(s.chance[0] / s.chance[7], pow(2, 0.75), 1e-12);
        ck_assert(s.chance[1] == s.chance[7]);
    }
    for (size_t k = 0; k < GRID; k++) {
        rec_vae_sampled_pick(&s, ((double)k + 0.5) / GRID);
        SURE(s.n >= n - 1 && s.n <= n + 1);
        for (size_t j = 0; j < s.n; j++) {
            uint32_t i = s.item[j];

            SURE(s.slot[i] == j);
            mean += exp(f[i] - log(s.chance[i])) / GRID;
            seen[i]++;
        }
    }
    ck_assert_double_eq_tol(mean, right, 1e-3 * right);
    for (size_t i = 0; i < ITEMS; i++) {
        ck_assert_double_eq_tol((double)seen[i] / GRID, s.chance[i], 2e-4);
    }
    rec_vae_sampled_release(&s);
}
END_TEST

/* ---- the loss and its gradient ----------------------------------------- */

static double log_sum(const double *f, const double *p, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += exp(f[i]) / p[i];
    }
    return log(sum);
}

/* By its definition, from the logits of all items. */
START_TEST(definition)
{
    struct problem p;

    make_problem(&p, 1, 0, 1, 4);
    draw(&p, 3);
    loss_of(&p);
    for (size_t r = 0; r < USERS; r++) {
        const struct rec_vae_layer *y = &p.net.layer[p.net.layers - 1];
        const double *h = (double *)p.work.act[2] + r * WIDTH;
        double f[ITEMS], some[ITEMS], chance[ITEMS], hit = 0, all = 0;
        int own[ITEMS] = {0};
        size_t n = 0;

        for (size_t i = 0; i < ITEMS; i++) {
            f[i] = ((double *)y->b)[i];
            for (size_t k = 0; k < WIDTH; k++) {
                f[i] += h[k] * ((double *)y->w)[i * WIDTH + k];
            }
        }
        for (int64_t e = start[r]; e < start[r + 1]; e++) {
            own[item[e]] = 1;
            hit += (double)weight[e] * f[item[e]];
            all += (double)weight[e];
        }
        for (size_t i = 0; i < ITEMS; i++) {
            if (own[i] || p.sampled.slot[i] != UINT32_MAX) {
                chance[n] = own[i] ? 1 : p.sampled.chance[i];
                some[n++] = f[i];
            }
        }
        ck_assert_double_eq_tol(p.work.nll[r],
                                all * log_sum(some, chance, n) - hit, 1e-12);
    }
    drop_problem(&p);
}
END_TEST

START_TEST(gradients)
{
    for (int k = 0; k < 3 * 2 * 2 * 2; k++) {
        struct problem p;

        make_problem(&p, k % 3, k / 3 % 2, k / 6 % 2, k / 12 ? 7 : 3);
        draw(&p, (uint64_t)k);
        loss_of(&p);
        backward(&p);
        for (int l = 0; l < p.net.layers; l++) {
            ck_assert_double_lt(worst_of(&p, l, 0), 1e-6);
            ck_assert_double_lt(worst_of(&p, l, 1), 1e-6);
        }
        drop_problem(&p);
    }
}
END_TEST

/* A sample of all items is the full softmax. */
START_TEST(all_items)
{
    struct problem p, q;

    make_problem(&p, 1, 0, 1, 50);
    make_problem(&q, 1, 0, 1, 0);
    draw(&p, 1);
    ck_assert_uint_eq(p.sampled.n, ITEMS);
    ck_assert_double_eq_tol(loss_of(&p), loss_of(&q), 1e-12);
    backward(&p);
    backward(&q);
    for (int k = 0; k < p.net.layers * 2; k++) {
        struct rec_vae_layer *a = &p.grad.layer[k / 2];
        const double *g = *rec_vae_part(a, k % 2);
        const double *h = *rec_vae_part(&q.grad.layer[k / 2], k % 2);

        for (size_t i = 0; i < rec_vae_part_size(a, k % 2); i++) {
            ck_assert_double_eq_tol(g[i], h[i], 1e-13);
        }
    }
    drop_problem(&p);
    drop_problem(&q);
}
END_TEST

/* The logits of a batch are no more than the sample and the longest row, in
   memory and in the estimate of it. */
START_TEST(memory)
{
    struct rec_csr x = {USERS, 1000000, start, item, NULL, NULL};
    struct rec_vae_options o = {.shape = {0, LATENT, {WIDTH}, 1, 0, 0},
                                .batch = 4,
                                .epochs = 1,
                                .sampled = 100};
    double some = rec_vae_memory(&x, &o, 0), all;

    ck_assert_uint_eq(rec_vae_sampled_width(&x, 100), 100 + 1 + 5);
    ck_assert_uint_eq(rec_vae_sampled_width(&x, 999999), 1000000);
    ck_assert_uint_eq(rec_vae_sampled_width(&x, SIZE_MAX), 1000000);
    o.sampled = 0;
    all = rec_vae_memory(&x, &o, 0);
    o.batch = 2; /* two users less */
    ck_assert_double_ge(all - rec_vae_memory(&x, &o, 0), 2 * 4e6);
    o.batch = 4;
    o.sampled = 100;
    ck_assert_double_lt(some, all - 4 * 4e6 + 37e6);
    o.batch = 2;
    ck_assert_double_lt(some - rec_vae_memory(&x, &o, 0), 2 * 4e3);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("vae_sampled");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, chances, 0, 10);
    tcase_add_test(t, definition);
    tcase_add_test(t, gradients);
    tcase_add_test(t, all_items);
    tcase_add_test(t, memory);
    return suite_end("vae_sampled", t);
}
