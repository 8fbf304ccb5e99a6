/* SPDX-License-Identifier: MIT */
/* The family of EASE against what its members mean: the optimum of a penalised
   and constrained regression, and the expectation over all dropout masks. */
#include <config.h>

#include <check.h>
#include <stdlib.h>

#include "dense.h"
#include "models/ease.h"
#include "suite.h"

enum { USERS = 20, ITEMS = 6, MASKS = 1 << ITEMS };

static struct dense p;
static double b[ITEMS][ITEMS]; /* the fitted weights */

static void fit(double lambda, double dropout, double xi, int weights)
{
    struct rec_ease_options opt = {
        {lambda, dropout, xi}, {0, 0, 0}, REC_EASE_ITEMS, 0, 1, 2, NULL};
    struct rec_ease e;
    struct rec_error err;

    dense_random(&p, USERS, ITEMS, weights, 5);
    ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &opt, &err), 0);
    memcpy(b, e.matrix, sizeof b);
    rec_ease_release(&e);
}

/* Add what user U says about the target J to the normal equations A b = y,
   seen through MASK, where each item is kept with probability KEEP. */
static void add_masked(double a[ITEMS][ITEMS], double y[ITEMS], size_t u,
                       size_t j, unsigned mask, double keep)
{
    double x[ITEMS], chance = 1;

    for (size_t i = 0; i < ITEMS; i++) {
        int kept = mask >> i & 1;

        chance *= kept ? keep : 1 - keep;
        x[i] = kept ? p.x[u][i] / keep : 0;
    }
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t k = 0; k < ITEMS; k++) {
            a[i][k] += chance * x[i] * x[k];
        }
        y[i] += chance * x[i] * p.x[u][j];
    }
}

/* Column J of B as the minimum of the expected squared error over all masks,
   plus the ridge; with HIDE the target itself is always dropped, but counted
   only then (full emphasis), so the others' chances stay as they are. */
static void expect(double lambda, double dropout, int hide, size_t j,
                   double column[ITEMS])
{
    double a[ITEMS][ITEMS] = {{0}}, y[ITEMS] = {0};

    for (size_t u = 0; u < USERS; u++) {
        for (unsigned mask = 0; mask < MASKS; mask++) {
            add_masked(a, y, u, j, mask, 1 - dropout);
        }
    }
    for (size_t i = 0; i < ITEMS; i++) {
        if (hide && i != j) {
            a[i][j] = a[j][i] = 0;
        }
        a[i][i] += lambda;
    }
    if (hide) {
        a[j][j] = 1;
        y[j] = 0;
    }
    dense_solve(a[0], ITEMS, y, ITEMS, column);
}

/* EDLAE (even _i) and DLAE (odd): every column is the optimum over all
   masks. Without dropout, that is EASE and LAE: ridge regressions. */
START_TEST(expectation_over_masks)
{
    static const double dropouts[] = {0, 0.25, 0.6};
    int free_diagonal = _i & 1;
    double lambda = 1.5, p_drop = dropouts[_i / 4], column[ITEMS];

    fit(lambda, p_drop, free_diagonal, _i & 2);
    for (size_t j = 0; j < ITEMS; j++) {
        expect(lambda, p_drop, !free_diagonal, j, column);
        for (size_t i = 0; i < ITEMS; i++) {
            ck_assert_double_eq_tol(b[i][j], column[i], 1e-13);
        }
    }
}
END_TEST

static double gram(size_t i, size_t j)
{
    double sum = 0;

    for (size_t u = 0; u < USERS; u++) {
        sum += p.x[u][i] * p.x[u][j];
    }
    return sum;
}

/* The conditions of Karush, Kuhn and Tucker for min |X - XB|^2 + the penalty
   subject to B_jj <= xi: the gradient is zero but for a multiplier mu_j >= 0
   on the diagonal, which is zero where the bound is slack. */
START_TEST(relaxed_diagonal)
{
    static const double xis[] = {0.05, 0.3, 0.6};
    double lambda = 2, dropout = _i & 1 ? 0.3 : 0, xi = xis[_i / 4];
    size_t bound = 0;

    fit(lambda, dropout, xi, _i & 2);
    for (size_t j = 0; j < ITEMS; j++) {
        for (size_t i = 0; i < ITEMS; i++) {
            double g = lambda + gram(i, i) * dropout / (1 - dropout);
            double grad = g * b[i][j] - gram(i, j);

            for (size_t k = 0; k < ITEMS; k++) {
                grad += gram(i, k) * b[k][j];
            }
            if (i != j || b[j][j] < xi - 1e-12) {
                ck_assert_double_eq_tol(grad, 0, 1e-11);
            } else {
                ck_assert_double_le(grad, 1e-11); /* -mu_j */
                bound++;
            }
        }
        ck_assert_double_le(b[j][j], xi);
    }
    ck_assert(bound > 0 || xi > 0.5);
    ck_assert_double_eq_tol(b[ITEMS - 1][ITEMS - 1], 0, 1e-15); /* no users */
}
END_TEST

START_TEST(names)
{
    static const struct {
        double dropout, xi;
        const char *name;
    } all[] = {{0, 0, "EASE"},    {0, 0.5, "RLAE"},    {0, 1, "LAE"},
               {0.2, 0, "EDLAE"}, {0.2, 0.5, "RDLAE"}, {0.2, 1, "DLAE"}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct rec_ease_family f = {1, all[i].dropout, all[i].xi};

        ck_assert_str_eq(rec_ease_name(&f), all[i].name);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_family");

    tcase_add_loop_test(t, expectation_over_masks, 0, 12);
    tcase_add_loop_test(t, relaxed_diagonal, 0, 12);
    tcase_add_test(t, names);
    return suite_end("ease_family", t);
}
