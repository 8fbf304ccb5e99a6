/* SPDX-License-Identifier: MIT */
/* Decay of events: the weights themselves, and EASE learnt from them against
   ridge regressions, in double precision, on a table that has decayed. */
#include <config.h>

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "data/decay.h"
#include "dense.h"
#include "make_data.h"
#include "models/ease.h"
#include "suite.h"

enum { USERS = 30, ITEMS = 9, DAY = 86400 };

static double log2_of(const struct rec_csr *m, int64_t e)
{
    return log2((double)m->weight[e]);
}

START_TEST(halves)
{
    struct rec_data d = make_data("u a=1@0 b=4@100 c=1@150; v b=1@200 a=2@300");
    struct rec_error err;
    int64_t newest = -1;

    ck_assert_int_eq(rec_csr_newest(&d.rows, &newest, &err), 0);
    ck_assert_int_eq(newest, 300);
    ck_assert_int_eq(rec_csr_decay(&d.rows, 100, 200, &err), 0);
    ck_assert_double_eq_tol(log2_of(&d.rows, 0), -2, 1e-6);
    ck_assert_double_eq_tol(log2_of(&d.rows, 1), 2 - 1, 1e-6);
    ck_assert_double_eq_tol(log2_of(&d.rows, 2), -0.5, 1e-6);
    ck_assert_float_eq(d.rows.weight[3], 1);
    ck_assert_float_eq(d.rows.weight[4], 2); /* after now: no age */
    rec_data_release(&d);
}
END_TEST

/* Events without weights count 1 before they decay; times before 1970. */
START_TEST(makes_weights)
{
    struct rec_data d = make_data("u a@-100 b@-500; v c@0");
    struct rec_error err;
    int64_t newest = -1;

    free(d.rows.weight);
    d.rows.weight = NULL;
    ck_assert_int_eq(rec_csr_newest(&d.rows, &newest, &err), 0);
    ck_assert_int_eq(newest, 0);
    ck_assert_int_eq(rec_csr_decay(&d.rows, 100, 0, &err), 0);
    ck_assert_float_eq(d.rows.weight[0], 0.5F);
    ck_assert_float_eq(d.rows.weight[1], 0.03125F);
    ck_assert_float_eq(d.rows.weight[2], 1);
    rec_data_release(&d);
}
END_TEST

START_TEST(too_old)
{
    struct rec_data d = make_data("u a=1@0 b=1@1000");
    struct rec_error err;

    ck_assert_int_eq(rec_csr_decay(&d.rows, 8, 1000, &err), 0);
    ck_assert_float_gt(d.rows.weight[0], FLT_MIN); /* 2^-125 */
    ck_assert_int_eq(rec_csr_decay(&d.rows, 1, 1000, &err), 0);
    ck_assert_float_eq(d.rows.weight[0], 0);
    ck_assert_float_eq(d.rows.weight[1], 1);
    ck_assert_int_eq(rec_csr_decay(&d.rows, 1, 9000, &err), REC_EVALUE);
    rec_data_release(&d);
    d = make_data("u a b");
    ck_assert_int_eq(rec_csr_decay(&d.rows, 1, 0, &err), REC_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "no times"));
    rec_data_release(&d);
    d = make_data("");
    ck_assert_int_eq(rec_csr_newest(&d.rows, &(int64_t){0}, &err), REC_EVALUE);
    rec_data_release(&d);
}
END_TEST

/* Column J of B by the definition: the ridge regression of item J on the
   others. */
static void regress(const struct dense *p, double lambda, size_t j,
                    double column[ITEMS])
{
    double a[ITEMS][ITEMS], y[ITEMS], b[ITEMS];
    size_t at[ITEMS], n = 0;

    for (size_t i = 0; i < ITEMS; i++) {
        if (i != j) {
            at[n++] = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = 0;
        for (size_t k = 0; k < n; k++) {
            a[i][k] = i == k ? lambda : 0;
            for (size_t u = 0; u < USERS; u++) {
                a[i][k] += p->x[u][at[i]] * p->x[u][at[k]];
            }
        }
        for (size_t u = 0; u < USERS; u++) {
            y[i] += p->x[u][at[i]] * p->x[u][j];
        }
    }
    dense_solve(a[0], ITEMS, y, n, b);
    memset(column, 0, ITEMS * sizeof *column);
    for (size_t i = 0; i < n; i++) {
        column[at[i]] = b[i];
    }
}

/* The scores of histories of one item are the rows of B, on both sides; also
   those of the training rows, which must not be taken for histories. */
static void compare(const struct rec_ease *e, const struct dense *p,
                    double lambda)
{
    static float score[USERS][ITEMS];
    double b[ITEMS][ITEMS];
    struct rec_error err;
    struct rec_model m;
    struct rec_csr history = p->rows;

    for (size_t j = 0; j < ITEMS; j++) {
        regress(p, lambda, j, b[j]);
    }
    history.weight = NULL;
    ck_assert_int_eq(rec_ease_lend(e, NULL, &m, &err), 0);
    ck_assert_int_eq(rec_model_score(&m, &history, 1, score[0], &err), 0);
    rec_ease_unlend(&m);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t j = 0; j < ITEMS; j++) {
            double want = 0;

            for (size_t i = 0; i < ITEMS; i++) {
                want += p->x[u][i] != 0 ? b[j][i] : 0;
            }
            ck_assert_double_eq_tol(score[u][j], want, 1e-5);
        }
    }
}

START_TEST(learns_from_decayed)
{
    static struct dense p;
    static int64_t time[DENSE_MAX * DENSE_MAX];
    const double lambda = 0.7, half_life = 40. * DAY;
    const int64_t now = 1400000000;
    int weights = _i & 1;
    struct rec_ease_options opt = {
        {lambda, 0, 0}, {0, 0, 0}, _i & 2 ? REC_EASE_USERS : REC_EASE_ITEMS,
        0,              1,         2, NULL};
    struct rec_ease e;
    struct rec_error err;
    struct rec_rng rng;

    dense_random(&p, USERS, ITEMS, weights, 5);
    dense_rows(&p, 1);
    rec_rng_init(&rng, 6);
    p.rows.time = time;
    for (size_t u = 0; u < USERS; u++) {
        for (int64_t k = p.start[u]; k < p.start[u + 1]; k++) {
            double *x = &p.x[u][p.item[k]];

            time[k] = now - (int64_t)rec_rng_below(&rng, 100) * DAY;
            *x *= pow(2, -(double)(now - time[k]) / half_life);
        }
    }
    ck_assert_int_eq(rec_csr_decay(&p.rows, half_life, now, &err), 0);
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    rec_ease_set_decay(&e, half_life, now, 0);
    ck_assert_int_eq(rec_ease_solve(&e, lambda, &err), 0);
    rec_ease_finish(&e);
    compare(&e, &p, lambda);
    rec_ease_release(&e);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("decay");

    tcase_add_test(t, halves);
    tcase_add_test(t, makes_weights);
    tcase_add_test(t, too_old);
    tcase_add_loop_test(t, learns_from_decayed, 0, 4);
    return suite_end("decay", t);
}
