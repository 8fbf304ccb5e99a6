/* SPDX-License-Identifier: MIT */
/* Solving step by step: a solution lent as a model scores as the model of a
   single fit does, and after any number of others is the same to the bit. */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/ease.h"
#include "suite.h"

enum { USERS = 120, ITEMS = 300 }; /* more than a strip, not whole tiles */

static int64_t start[USERS + 1];
static uint32_t item[USERS * ITEMS];
static float weight[USERS * ITEMS];
static float got[USERS * ITEMS], want[USERS * ITEMS];

static struct rec_csr make_rows(int weights)
{
    struct rec_csr x = {USERS, ITEMS, start, item, weights ? weight : NULL,
                        NULL};
    struct rec_rng rng;
    int64_t n = 0;

    rec_rng_init(&rng, 23);
    for (size_t u = 0; u < USERS; u++) {
        start[u] = n;
        for (uint32_t i = 0; i < ITEMS; i++) {
            if (rec_rng_below(&rng, 4 + i / 20) == 0) {
                weight[n] = (float)(1 + rec_rng_below(&rng, 3));
                item[n++] = i;
            }
        }
    }
    start[USERS] = n;
    return x;
}

static void score(const struct rec_ease *e, const struct rec_csr *x,
                  int threads, float *out)
{
    struct rec_dict *dict = rec_dict_new();
    struct rec_model m;
    struct rec_error err;

    ck_assert_int_eq(rec_ease_lend(e, dict, &m, &err), 0);
    ck_assert_int_eq(rec_model_score(&m, x, threads, out, &err), 0);
    rec_ease_unlend(&m);
    rec_dict_free(dict);
}

START_TEST(steps_are_fits)
{
    static const double lambdas[] = {30, 3, 300};
    int by_users = _i & 1, wide = (_i & 2) != 0, keep = (_i & 4) != 0;
    size_t order = by_users ? USERS : ITEMS;
    struct rec_ease_options opt = {{0, 0.2, 0.1},
                                   {0.2, 0.3, 0.1},
                                   by_users ? REC_EASE_USERS : REC_EASE_ITEMS,
                                   0,
                                   wide,
                                   2,
                                   NULL};
    struct rec_csr x = make_rows(_i & 8);
    struct rec_ease e, once;
    struct rec_error err;

    ck_assert_int_eq(rec_ease_begin(&e, &x, &opt, keep, &err), 0);
    for (size_t l = 0; l < 3; l++) {
        opt.family.lambda = lambdas[l];
        ck_assert_int_eq(rec_ease_fit(&once, &x, &opt, &err), 0);
        ck_assert_int_eq(rec_ease_solve(&e, lambdas[l], &err), 0);
        score(&once, &x, 1, want);
        score(&e, &x, 1, got);
        ck_assert_mem_eq(got, want, sizeof got);
        score(&e, &x, 3, got);
        ck_assert_mem_eq(got, want, sizeof got);
        if (l > 0) { /* the second time, the Gram matrix has to be made */
            rec_ease_finish(&e);
            ck_assert_mem_eq(e.matrix, once.matrix,
                             order * order * (wide ? 8 : 4));
        }
        rec_ease_release(&once);
    }
    rec_ease_release(&e);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_sweep");

    tcase_add_loop_test(t, steps_are_fits, 0, 16);
    return suite_end("ease_sweep", t);
}
