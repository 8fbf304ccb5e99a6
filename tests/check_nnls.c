/* SPDX-License-Identifier: MIT */
/* Non-negative least squares: the conditions of the optimum on random
   problems, and on tiny ones the best over all sets of free variables. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "dense.h"
#include "math/nnls.h"
#include "suite.h"

static struct dense p;
static double g[DENSE_MAX * DENSE_MAX], add[DENSE_MAX];
static float single[DENSE_MAX * DENSE_MAX];

/* The Gram matrix of a random problem. */
static void make(size_t users, size_t items, int weights, uint64_t seed)
{
    dense_random(&p, users, items, weights, seed);
    for (size_t i = 0; i < items; i++) {
        add[i] = 0.5 + (double)(i % 3);
        for (size_t k = 0; k < items; k++) {
            double sum = 0;

            for (size_t u = 0; u < users; u++) {
                sum += p.x[u][i] * p.x[u][k];
            }
            g[i * items + k] = sum;
            single[i * items + k] = (float)sum;
        }
    }
}

static double a_of(size_t i, size_t k)
{
    return g[i * p.items + k] + (i == k ? add[i] : 0);
}

/* The whole column from the solver's result. */
static void column(const struct rec_nnls *s, double *b)
{
    memset(b, 0, DENSE_MAX * sizeof *b);
    for (size_t k = 0; k < rec_nnls_count(s); k++) {
        uint32_t i = rec_nnls_index(s)[k];

        SURE(rec_nnls_value(s)[k] > 0 && i < p.items);
        SURE(k == 0 || i > rec_nnls_index(s)[k - 1]);
        b[i] = rec_nnls_value(s)[k];
    }
}

/* Where B_i may move it does not want to. Returns how many are at 0 and want
   to go on. */
static size_t check_conditions(size_t j, double most, const double *b,
                               double tol)
{
    size_t held = 0;

    for (size_t i = 0; i < p.items; i++) {
        double step = g[j * p.items + i], bound = i == j ? most : INFINITY;

        for (size_t k = 0; k < p.items; k++) {
            step -= a_of(i, k) * b[k];
        }
        step /= a_of(i, i);
        SURE(b[i] >= 0 && b[i] <= bound);
        SURE(b[i] >= bound || step <= tol);
        SURE(b[i] == 0 || step >= -tol);
        held += b[i] == 0 && step < -tol;
    }
    return held;
}

/* Wide and narrow, in both precisions, the own variable out, bounded, free. */
START_TEST(conditions)
{
    static const double mosts[] = {0, 0.05, INFINITY};
    int wide = _i & 1, weights = (_i & 2) != 0;
    double most = mosts[_i / 4 % 3], b[DENSE_MAX];
    struct rec_nnls_matrix a = {wide ? REC_F64 : REC_F32, 0, NULL, add};
    size_t held = 0, own = 0;
    struct rec_nnls *s;
    struct rec_error err;

    make(_i / 12 ? 20 : 48, _i / 12 ? 45 : 20, weights, (uint64_t)_i + 1);
    a.n = p.items;
    a.g = wide ? (const void *)g : single;
    ck_assert_int_eq(rec_nnls_new(&s, &a, &err), 0);
    for (size_t j = 0; j < p.items; j++) {
        ck_assert_int_eq(rec_nnls_solve(s, j, most, 1e-9, &err), 0);
        column(s, b);
        held += check_conditions(j, most, b, 1.01e-9);
        own += b[j] > 0;
    }
    rec_nnls_free(s);
    ck_assert_uint_gt(held, p.items); /* the constraint matters */
    ck_assert_int_eq(own > 0, most > 0);
}
END_TEST

/* The objective. */
static double value(size_t j, const double *b)
{
    double sum = 0;

    for (size_t i = 0; i < p.items; i++) {
        sum -= g[j * p.items + i] * b[i];
        for (size_t k = 0; k < p.items; k++) {
            sum += b[i] * a_of(i, k) * b[k] / 2;
        }
    }
    return sum;
}

enum { TINY = 7 };

/* The unconstrained optimum of the variables in SET; 0 if it is outside. */
static int solve_set(size_t j, unsigned set, double *b)
{
    double a[TINY * TINY], y[TINY], x[TINY];
    size_t in[TINY], m = 0;

    for (size_t i = 0; i < TINY; i++) {
        b[i] = 0;
        if (set >> i & 1) {
            in[m++] = i;
        }
    }
    for (size_t i = 0; i < m; i++) {
        y[i] = g[j * TINY + in[i]];
        for (size_t k = 0; k < m; k++) {
            a[i * m + k] = a_of(in[i], in[k]);
        }
    }
    dense_solve(a, m, y, m, x);
    for (size_t i = 0; i < m; i++) {
        b[in[i]] = x[i];
        if (x[i] < 0) {
            return 0;
        }
    }
    return 1;
}

START_TEST(brute_force)
{
    struct rec_nnls_matrix a = {REC_F64, TINY, g, add};
    struct rec_nnls *s;
    struct rec_error err;

    make(12, TINY, _i & 1, (uint64_t)_i + 50);
    ck_assert_int_eq(rec_nnls_new(&s, &a, &err), 0);
    for (size_t j = 0; j < TINY; j++) {
        double best = 0, b[TINY], at[TINY] = {0}, got[DENSE_MAX];

        for (unsigned set = 1; set < 1u << TINY; set++) {
            if (!(set >> j & 1) && solve_set(j, set, b)
                && value(j, b) < best) {
                best = value(j, b);
                memcpy(at, b, sizeof at);
            }
        }
        ck_assert_int_eq(rec_nnls_solve(s, j, 0, 1e-10, &err), 0);
        column(s, got);
        for (size_t i = 0; i < TINY; i++) {
            ck_assert_double_eq_tol(got[i], at[i], 1e-8);
        }
    }
    rec_nnls_free(s);
}
END_TEST

/* A matrix without an optimum: b may grow for ever. */
START_TEST(indefinite)
{
    static const double bad[] = {1, 2, 2, 2, 1, -3, 2, -3, 1};
    static const double zero[] = {0, 0, 0};
    struct rec_nnls_matrix a = {REC_F64, 3, bad, zero};
    struct rec_nnls *s;
    struct rec_error err;

    ck_assert_int_eq(rec_nnls_new(&s, &a, &err), 0);
    ck_assert_int_eq(rec_nnls_solve(s, 0, 0, 1e-9, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "item 1"));
    rec_nnls_free(s);
}
END_TEST

/* What overflowed when the matrix was made is no matrix: a solver that took
   NaN for "no gain" would give nothing, in silence. */
START_TEST(not_finite)
{
    struct rec_nnls_matrix a = {REC_F32, 4, single, add};
    struct rec_nnls *s;
    struct rec_error err;

    make(6, 4, 1, 3);
    ck_assert_int_eq(rec_nnls_new(&s, &a, &err), 0);
    single[5] = INFINITY; /* item 1 with itself */
    ck_assert_int_eq(rec_nnls_solve(s, 1, 0, 1e-6, &err), REC_ENUMERIC);
    make(6, 4, 1, 3);
    single[2] = single[8] = _i ? NAN : INFINITY;
    ck_assert_int_eq(rec_nnls_solve(s, 0, 0, 1e-6, &err), REC_ENUMERIC);
    ck_assert_int_eq(rec_nnls_solve(s, 2, 0, 1e-6, &err), REC_ENUMERIC);
    rec_nnls_free(s);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("nnls");

    tcase_add_loop_test(t, conditions, 0, 24);
    tcase_add_loop_test(t, brute_force, 0, 10);
    tcase_add_test(t, indefinite);
    tcase_add_loop_test(t, not_finite, 0, 2);
    return suite_end("nnls", t);
}
