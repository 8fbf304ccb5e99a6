/* SPDX-License-Identifier: MIT */
/* EASE against what it means: column j of B is the ridge regression of
   column j of X on the other columns, solved here by Gaussian elimination;
   and against the symmetries it must have. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "dense.h"
#include "models/ease.h"
#include "suite.h"

enum { USERS = 40, ITEMS = 12 };

/* A dense X and the same as rows. */
struct problem {
    size_t users;
    double x[2 * USERS][ITEMS];
    int64_t start[2 * USERS + 1];
    uint32_t item[2 * USERS * ITEMS];
    float weight[2 * USERS * ITEMS];
    struct rec_csr rows;
};

static void make_rows(struct problem *p, int weights)
{
    struct rec_csr rows = {
        p->users, ITEMS, p->start, p->item, weights ? p->weight : NULL, NULL};
    int64_t n = 0;

    for (size_t u = 0; u < p->users; u++) {
        p->start[u] = n;
        for (uint32_t i = ITEMS; i-- > 0;) { /* not ascending */
            if (p->x[u][i] != 0) {
                p->item[n] = i;
                p->weight[n++] = (float)p->x[u][i];
            }
        }
    }
    p->start[p->users] = n;
    p->rows = rows;
}

/* Item 3 has no events; items 5 and 6 are the same. */
static void make_problem(struct problem *p, int weights)
{
    struct rec_rng rng;

    memset(p, 0, sizeof *p);
    p->users = USERS;
    rec_rng_init(&rng, 11);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            uint64_t w = 1 + (weights ? rec_rng_below(&rng, 5) : 0);

            p->x[u][i] = rec_rng_below(&rng, 3) == 0 ? (double)w : 0;
        }
        p->x[u][3] = 0;
        p->x[u][6] = p->x[u][5];
    }
    make_rows(p, weights);
}

static double dot(const struct problem *p, size_t i, size_t j)
{
    double sum = 0;

    for (size_t u = 0; u < p->users; u++) {
        sum += p->x[u][i] * p->x[u][j];
    }
    return sum;
}

/* Column J of B by ridge regression on the other columns. */
static void regress(const struct problem *p, double lambda, size_t j,
                    double column[ITEMS])
{
    double a[ITEMS][ITEMS], y[ITEMS], b[ITEMS];
    size_t other[ITEMS], n = 0;

    for (size_t i = 0; i < ITEMS; i++) {
        if (i != j) {
            other[n++] = i;
        }
    }
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < n; c++) {
            a[r][c] = dot(p, other[r], other[c]) + (r == c ? lambda : 0);
        }
        y[r] = dot(p, other[r], j);
    }
    dense_solve(a[0], ITEMS, y, n, b);
    column[j] = 0;
    for (size_t r = 0; r < n; r++) {
        column[other[r]] = b[r];
    }
}

static double weight_at(const struct rec_ease *e, size_t i, size_t j)
{
    size_t at = i * e->items + j;

    return e->dtype == REC_F64 ? ((double *)e->matrix)[at]
                               : (double)((float *)e->matrix)[at];
}

static struct rec_ease fit(const struct problem *p, double lambda, int binary,
                           int wide, int threads)
{
    struct rec_ease_options opt = {
        {lambda, 0, 0}, {0, 0, 0}, REC_EASE_ITEMS, binary, wide,
        threads,        NULL};
    struct rec_ease e;
    struct rec_error err;

    ck_assert_int_eq(rec_ease_fit(&e, &p->rows, &opt, &err), 0);
    ck_assert_uint_eq(e.items, ITEMS);
    return e;
}

START_TEST(is_ridge_regression)
{
    int weights = _i & 1, wide = (_i & 2) != 0, threads = _i & 4 ? 3 : 1;
    double lambda = weights ? 3.5 : 0.75, column[ITEMS];
    static struct problem p;
    struct rec_ease e;

    make_problem(&p, weights);
    e = fit(&p, lambda, 0, wide, threads);
    ck_assert_int_eq(e.weights, weights);
    for (size_t j = 0; j < ITEMS; j++) {
        regress(&p, lambda, j, column);
        for (size_t i = 0; i < ITEMS; i++) {
            ck_assert_double_eq_tol(weight_at(&e, i, j), column[i],
                                    wide ? 1e-13 : 2e-6);
        }
    }
    rec_ease_release(&e);
}
END_TEST

/* Items 5 and 6 have the same users: they point at each other alike, and at
   everything else alike. */
START_TEST(identical_items)
{
    static struct problem p;
    struct rec_ease e;

    make_problem(&p, 0);
    e = fit(&p, 1, 0, 1, 1);
    ck_assert_double_gt(weight_at(&e, 5, 6), 0);
    ck_assert_double_eq_tol(weight_at(&e, 5, 6), weight_at(&e, 6, 5), 1e-14);
    for (size_t i = 0; i < ITEMS; i++) {
        if (i != 5 && i != 6) {
            ck_assert_double_eq_tol(weight_at(&e, i, 5), weight_at(&e, i, 6),
                                    1e-14);
        }
        ck_assert_double_eq(weight_at(&e, i, 3), 0);
        ck_assert_double_eq(weight_at(&e, 3, i), 0);
    }
    rec_ease_release(&e);
}
END_TEST

START_TEST(permuted_items)
{
    static struct problem p, q;
    struct rec_ease e, f;

    make_problem(&p, 1);
    q = p;
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            q.x[u][5 * i % ITEMS] = p.x[u][i];
        }
    }
    make_rows(&q, 1);
    e = fit(&p, 2, 0, 1, 1);
    f = fit(&q, 2, 0, 1, 1);
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < ITEMS; j++) {
            ck_assert_double_eq_tol(
                weight_at(&e, i, j),
                weight_at(&f, 5 * i % ITEMS, 5 * j % ITEMS), 1e-13);
        }
    }
    rec_ease_release(&e);
    rec_ease_release(&f);
}
END_TEST

START_TEST(doubled_users)
{
    static struct problem p, q;
    struct rec_ease e, f;

    make_problem(&p, 0);
    q = p;
    q.users = 2 * USERS;
    memcpy(q.x[USERS], p.x[0], sizeof *p.x * USERS);
    make_rows(&q, 0);
    e = fit(&p, 4, 0, 1, 1);
    f = fit(&q, 8, 0, 1, 1);
    for (size_t k = 0; k < ITEMS * ITEMS; k++) {
        ck_assert_double_eq_tol(((double *)e.matrix)[k],
                                ((double *)f.matrix)[k], 1e-14);
    }
    rec_ease_release(&e);
    rec_ease_release(&f);
}
END_TEST

START_TEST(binary_forgets_weights)
{
    static struct problem p, q;
    struct rec_ease e, f;

    make_problem(&p, 1);
    q = p;
    make_rows(&q, 0);
    e = fit(&p, 4, 1, 0, 1);
    f = fit(&q, 4, 0, 0, 1);
    ck_assert_int_eq(e.weights, 0);
    ck_assert_mem_eq(e.matrix, f.matrix, sizeof(float) * ITEMS * ITEMS);
    rec_ease_release(&e);
    rec_ease_release(&f);
}
END_TEST

/* Rows that depend on each other, and weights so large that a lambda of
   1e-9 is lost in single precision. */
START_TEST(singular)
{
    static struct problem p;
    struct rec_ease_options opt = {
        {1e-9, 0, 0}, {0, 0, 0}, REC_EASE_ITEMS, 0, 0, 1, NULL};
    struct rec_ease e;
    struct rec_error err;

    memset(&p, 0, sizeof p);
    p.users = 2;
    for (size_t i = 0; i < ITEMS; i++) {
        p.x[0][i] = 1000 + (double)i;
        p.x[1][i] = 3 + (double)(i * i % 7);
    }
    make_rows(&p, 1);
    ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &opt, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "use a larger lambda or double"));
}
END_TEST

START_TEST(default_lambda)
{
    int64_t start[] = {0, 2, 3};
    uint32_t item[] = {4, 1, 4};
    float weight[] = {2, 2, 2};
    struct rec_csr x = {2, 9, start, item, NULL, NULL};

    ck_assert_double_eq_tol(rec_ease_lambda(&x, 0), 30 * sqrt(1.5), 1e-12);
    x.weight = weight;
    ck_assert_double_eq_tol(rec_ease_lambda(&x, 0), 120 * sqrt(1.5), 1e-12);
    ck_assert_double_eq_tol(rec_ease_lambda(&x, 1), 30 * sqrt(1.5), 1e-12);
    x.rows = 0;
    ck_assert_double_eq(rec_ease_lambda(&x, 0), 30);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease");

    tcase_add_loop_test(t, is_ridge_regression, 0, 8);
    tcase_add_test(t, identical_items);
    tcase_add_test(t, permuted_items);
    tcase_add_test(t, doubled_users);
    tcase_add_test(t, binary_forgets_weights);
    tcase_add_test(t, singular);
    tcase_add_test(t, default_lambda);
    return suite_end("ease", t);
}
