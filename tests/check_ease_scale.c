/* SPDX-License-Identifier: MIT */
/* Degree normalisation against the same model of a table that was normalised
   beforehand; the median that --lambda=20x is measured in. */
#include <config.h>

#include <check.h>
#include <stdlib.h>

#include "dense.h"
#include "models/ease.h"
#include "suite.h"

enum { USERS = 30, ITEMS = 9 };

static struct dense p;
static double user_count[USERS], item_count[ITEMS];

static void make_problem(int weights)
{
    dense_random(&p, USERS, ITEMS, weights, 17);
    for (size_t i = 0; i < ITEMS; i++) {
        item_count[i] = 0;
    }
    for (size_t u = 0; u < USERS; u++) {
        user_count[u] = fmax(rec_csr_row_len(&p.rows, u), 1);
        for (size_t i = 0; i < ITEMS; i++) {
            item_count[i] += p.x[u][i] != 0;
        }
    }
    item_count[ITEMS - 1] = 1; /* has none */
}

static void fit(const struct rec_csr *x, struct rec_ease_powers powers,
                double out[ITEMS][ITEMS])
{
    struct rec_ease_options opt = {
        {0.3, 0.2, 0.1}, powers, REC_EASE_ITEMS, 0, 1, 2, NULL};
    struct rec_ease e;
    struct rec_error err;

    ck_assert_int_eq(rec_ease_fit(&e, x, &opt, &err), 0);
    memcpy(out, e.matrix, ITEMS * ITEMS * sizeof(double));
    rec_ease_release(&e);
}

/* B_ij of X must be c_i^-item B_ij of Y c_j^score. */
START_TEST(is_scaled_problem)
{
    static const struct rec_ease_powers all[] = {{0.5, 0, 0},
                                                 {0, 0.4, 0.4},
                                                 {0.4, 0.3, 0.3},
                                                 {0.4, 0.3, 0},
                                                 {0, 0, 0.2}};
    static double got[ITEMS][ITEMS], want[ITEMS][ITEMS];
    struct rec_ease_powers power = all[_i / 2], none = {0, 0, 0};

    make_problem(_i & 1);
    fit(&p.rows, power, got);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            p.x[u][i] *= pow(user_count[u], -power.user)
                         * pow(item_count[i], -power.item);
        }
    }
    dense_rows(&p, 1);
    fit(&p.rows, none, want);
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < ITEMS; j++) {
            ck_assert_double_eq_tol(got[i][j],
                                    want[i][j]
                                        * pow(item_count[i], -power.item)
                                        * pow(item_count[j], power.score),
                                    1e-6);
        }
    }
}
END_TEST

START_TEST(median_mass)
{
    /* Items: 1 with 2 events, 2 with 1, 4 with 3; 0 and 3 with none. */
    int64_t start[] = {0, 3, 5, 6};
    uint32_t item[] = {4, 1, 2, 4, 1, 4};
    float weight[] = {1, 2, 3, 1, 2, 2};
    struct rec_csr x = {3, 5, start, item, NULL, NULL};
    struct rec_ease_options opt = {{1, 0, 0}, {0, 0, 0}, REC_EASE_ITEMS, 0, 0,
                                   1,         NULL};
    struct rec_error err;
    double unit;

    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq(unit, 2);
    x.weight = weight; /* 8, 9, 6 */
    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq(unit, 8);
    opt.binary = 1;
    opt.powers.item = 0.5; /* 2/2, 1/1, 3/3 */
    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq_tol(unit, 1, 1e-6);
    x.rows = 2; /* 2, 1, 2 events; rows of 3 and 2: item 2 has 1/3 */
    opt.powers.item = 0;
    opt.powers.user = 0.5;
    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq_tol(unit, 5. / 6, 1e-6);
    item[1] = 2; /* two items: the mean of the two in the middle */
    x.rows = 1;
    x.start[1] = 2;
    opt.powers.user = 0;
    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq(unit, 1);
    x.rows = 0;
    ck_assert_int_eq(rec_ease_median_mass(&x, &opt, &unit, &err), 0);
    ck_assert_double_eq(unit, 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_scale");

    tcase_add_loop_test(t, is_scaled_problem, 0, 10);
    tcase_add_test(t, median_mass);
    return suite_end("ease_scale", t);
}
