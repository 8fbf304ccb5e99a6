/* SPDX-License-Identifier: MIT */
/* The gradients of the autoencoder in double precision against central
   differences of its loss, for every likelihood, VAE and DAE, several depths,
   with and without weights. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "vae_problem.h"

enum { ITEMS = 7 };

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
    struct rec_vae_loss loss = {likelihood, 2.5, 0.3, REC_VAE_MIX};
    struct rec_rng rng;

    begin_problem(p, &shape, weights, loss, &rng);
    drop_one(&p->batch);
    end_problem(p, NULL);
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
