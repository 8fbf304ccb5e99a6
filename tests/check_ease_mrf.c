/* SPDX-License-Identifier: MIT */
/* The sparse approximation of EASE against the dense solution where it allows
   all pairs, and otherwise against its definition in double precision: which
   pairs, and the regression of every column on them. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dense.h"
#include "models/ease_mrf.h"
#include "suite.h"

enum { USERS = 48, ITEMS = 47 };

static struct dense p;
static double gram[ITEMS][ITEMS], total[ITEMS];

static struct rec_ease_options options(double lambda, double dropout)
{
    struct rec_ease_options o = {
        {lambda, dropout, 0}, {0, 0, 0}, REC_EASE_AUTO, 0, 0, 2, NULL};

    return o;
}

static struct rec_ease_mrf fit(const struct rec_csr *x,
                               const struct rec_ease_options *opt, size_t n)
{
    struct rec_ease_mrf m;
    struct rec_error err;

    ck_assert_int_eq(rec_ease_mrf_begin(&m, x, opt, n, &err), 0);
    ck_assert_int_eq(rec_ease_mrf_solve(&m, opt->family.lambda, &err), 0);
    return m;
}

/* W as a table, on the scale of histories and scores. */
static void expand(const struct rec_ease_mrf *m, double w[ITEMS][ITEMS])
{
    memset(w, 0, sizeof(double) * ITEMS * ITEMS);
    for (uint32_t i = 0; i < m->w.items; i++) {
        for (int64_t e = m->w.start[i]; e < m->w.start[i + 1]; e++) {
            uint32_t j = m->w.item[e];

            ck_assert(e == m->w.start[i] || j > m->w.item[e - 1]);
            w[i][j] = (double)m->w.weight[e] * (m->w.in ? m->w.in[i] : 1)
                      * (m->w.out ? m->w.out[j] : 1);
        }
    }
}

/* ---- against the definition ------------------------------------------- */

static void add_up(void)
{
    memset(gram, 0, sizeof gram);
    memset(total, 0, sizeof total);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            total[i] += p.x[u][i];
            for (size_t j = 0; j < ITEMS; j++) {
                gram[i][j] += p.x[u][i] * p.x[u][j];
            }
        }
    }
}

static double penalty(double lambda, double dropout, size_t i)
{
    return lambda + gram[i][i] * dropout / (1 - dropout);
}

/* What pairs are chosen by; 0 if they do not meet. */
static float measure[ITEMS][ITEMS]; /* by column, item */
static int chosen[ITEMS][ITEMS];

static void measure_pairs(double lambda, double dropout)
{
    double scale[ITEMS];

    for (size_t i = 0; i < ITEMS; i++) {
        scale[i] = 1 / sqrt(gram[i][i] + penalty(lambda, dropout, i));
    }
    for (size_t j = 0; j < ITEMS; j++) {
        for (size_t i = 0; i < ITEMS; i++) {
            double by = fabs(gram[i][j] - total[j] / USERS * total[i])
                        * (scale[j] * scale[i]);

            measure[j][i] = i != j && gram[i][j] > 0 ? (float)by : 0;
        }
    }
}

/* The best N of the pairs of column J (or of all: ITEMS) that are at STEP to
   STEP + 1; of equal ones the first. */
static void choose_best(size_t j, size_t n, int step)
{
    size_t from = j < ITEMS ? j : 0, to = j < ITEMS ? j + 1 : ITEMS;

    for (; n > 0; n--) {
        int *best = NULL;
        float most = 0;

        for (size_t c = from; c < to; c++) {
            for (size_t i = 0; i < ITEMS; i++) {
                if (chosen[c][i] == step && measure[c][i] > most) {
                    most = measure[c][i];
                    best = &chosen[c][i];
                }
            }
        }
        if (!best) {
            return;
        }
        *best = step + 1;
    }
}

static void choose_pairs(size_t n, size_t cap)
{
    memset(chosen, 0, sizeof chosen);
    for (size_t j = 0; j < ITEMS; j++) {
        choose_best(j, cap, 0);
    }
    choose_best(ITEMS, n, 1);
}

/* Column J as the regression on what was chosen for it. */
static void expect(double lambda, double dropout, size_t j, double b[ITEMS])
{
    static double a[ITEMS * ITEMS];
    double y[ITEMS], x[ITEMS];
    size_t item[ITEMS], n = 0;

    for (size_t i = 0; i < ITEMS; i++) {
        b[i] = 0;
        if (chosen[j][i] == 2) {
            item[n++] = i;
        }
    }
    for (size_t s = 0; s < n; s++) {
        for (size_t t = 0; t < n; t++) {
            a[s * n + t] = gram[item[s]][item[t]]
                           + (s == t ? penalty(lambda, dropout, item[s]) : 0);
        }
        y[s] = gram[item[s]][j];
    }
    dense_solve(a, n, y, n, x);
    for (size_t s = 0; s < n; s++) {
        b[item[s]] = x[s];
    }
}

/* A budget of 60 leaves most items without a place in the table of hubs; of
   that of 300, columns have as much as they may. */
START_TEST(weights_are_the_largest_of_regressions)
{
    static const size_t budgets[] = {1, 60, 170, 300};
    size_t n = budgets[_i / 4], cap = n < 300 ? 16 : 24;
    double lambda = 2, dropout = _i & 2 ? 0.25 : 0, b[ITEMS];
    double least = INFINITY, most = 0;
    struct rec_ease_options opt = options(lambda, dropout);
    static double w[ITEMS][ITEMS];
    struct rec_ease_mrf m;

    dense_random(&p, USERS, ITEMS, _i & 1, 19);
    add_up();
    measure_pairs(lambda, dropout);
    choose_pairs(2 * n, cap);
    m = fit(&p.rows, &opt, n);
    ck_assert_int_eq(m.w.start[ITEMS], (int64_t)n);
    ck_assert_uint_le(m.longest, cap);
    expand(&m, w);
    for (size_t j = 0; j < ITEMS; j++) {
        expect(lambda, dropout, j, b);
        for (size_t i = 0; i < ITEMS; i++) {
            if (w[i][j] < 0 || w[i][j] > 0) {
                ck_assert_double_eq_tol(w[i][j], b[i], 1e-5);
                least = fmin(least, fabs(b[i]));
            } else {
                most = fmax(most, fabs(b[i]));
            }
        }
    }
    ck_assert_double_ge(least, most - 1e-5);
    ck_assert_double_gt(most, 0);
    rec_ease_mrf_release(&m);
}
END_TEST

/* ---- against the dense solution --------------------------------------- */

START_TEST(all_pairs_are_dense)
{
    struct rec_ease_options opt = options(3, _i & 2 ? 0.3 : 0);
    static double w[ITEMS][ITEMS];
    struct rec_ease_mrf m;
    struct rec_ease e;
    struct rec_error err;
    const float *b;
    size_t n = (size_t)ITEMS * (ITEMS - 1), kept = 0;

    if (_i & 4) {
        opt.powers = (struct rec_ease_powers){0.3, 0.4, 0.2};
    }
    dense_random(&p, USERS, ITEMS, _i & 1, 11);
    opt.family.lambda = 50;
    m = fit(&p.rows, &opt, n);
    opt.family.lambda = 3;
    ck_assert_int_eq(rec_ease_mrf_solve(&m, 3, &err), 0);
    opt.side = REC_EASE_ITEMS;
    ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &opt, &err), 0);
    b = e.matrix;
    expand(&m, w);
    ck_assert_int_eq(m.w.weights, _i & 1);
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < ITEMS; j++) {
            ck_assert_double_eq_tol(w[i][j], (double)b[i * ITEMS + j], 1e-5);
            kept += b[i * ITEMS + j] < 0 || b[i * ITEMS + j] > 0;
        }
    }
    ck_assert_int_eq(m.w.start[ITEMS], (int64_t)kept);
    ck_assert_uint_gt(kept, n * 9 / 10);
    rec_ease_release(&e);
    rec_ease_mrf_release(&m);
}
END_TEST

/* Every item's regression on all others. */
START_TEST(all_pairs_are_regressions)
{
    double dropout = _i & 2 ? 0.3 : 0, b[ITEMS];
    struct rec_ease_options opt = options(3, dropout);
    static double w[ITEMS][ITEMS];
    struct rec_ease_mrf m;

    dense_random(&p, USERS, ITEMS, _i & 1, 11);
    add_up();
    for (size_t k = 0; k < ITEMS * ITEMS; k++) {
        chosen[k / ITEMS][k % ITEMS] = k / ITEMS == k % ITEMS ? 0 : 2;
    }
    m = fit(&p.rows, &opt, (size_t)ITEMS * (ITEMS - 1));
    expand(&m, w);
    for (size_t j = 0; j < ITEMS; j++) {
        expect(3, dropout, j, b);
        for (size_t i = 0; i < ITEMS; i++) {
            ck_assert_double_eq_tol(w[i][j], b[i], 1e-5);
        }
    }
    rec_ease_mrf_release(&m);
}
END_TEST

/* ---- the same bits ----------------------------------------------------- */

static void check_same(const struct rec_sparse *a, const struct rec_sparse *b)
{
    size_t n = (size_t)a->start[ITEMS];

    ck_assert_mem_eq(a->start, b->start, (ITEMS + 1) * sizeof *a->start);
    ck_assert_mem_eq(a->item, b->item, n * sizeof *a->item);
    ck_assert_mem_eq(a->weight, b->weight, n * sizeof *a->weight);
}

START_TEST(threads_and_steps_do_not_matter)
{
    struct rec_ease_options opt = options(4, 0.1);
    struct rec_ease_mrf one, other;
    struct rec_error err;

    opt.powers = (struct rec_ease_powers){0.3, 0.4, 0.4};
    opt.threads = 1;
    dense_random(&p, USERS, ITEMS, 1, 29);
    one = fit(&p.rows, &opt, 150);
    for (int threads = 2; threads <= 5; threads++) {
        opt.threads = threads;
        opt.family.lambda = 50;
        other = fit(&p.rows, &opt, 150);
        ck_assert_int_eq(rec_ease_mrf_solve(&other, 4, &err), 0);
        check_same(&one.w, &other.w);
        rec_ease_mrf_release(&other);
    }
    rec_ease_mrf_release(&one);
}
END_TEST

/* ---- what is hardly data ----------------------------------------------- */

START_TEST(degenerate_data)
{
    static int64_t none[] = {0, 0}, one[] = {0, 1}, apart[] = {0, 1, 2, 3};
    static uint32_t item[] = {0, 1, 2};
    const struct rec_csr data[] = {
        {0, 0, none, NULL, NULL, NULL}, /* nothing at all */
        {1, 0, none, item, NULL, NULL}, /* a user without items */
        {1, 1, one, item, NULL, NULL},  /* one item */
        {3, 3, apart, item, NULL, NULL} /* items that never meet */
    };
    struct rec_ease_options opt = options(1, 0);
    struct rec_ease_mrf m = fit(&data[_i], &opt, 5);

    ck_assert_int_eq(m.w.start[data[_i].cols], 0);
    ck_assert_uint_eq(m.longest, 0);
    rec_ease_mrf_release(&m);
}
END_TEST

/* Columns that are multiples of one, and a lambda below their rounding. */
START_TEST(refuses_what_it_cannot)
{
    struct rec_ease_options opt = options(1e-6, 0);
    struct rec_ease_mrf m;
    struct rec_error err;

    memset(&p, 0, sizeof p);
    p.users = 2; /* one of them without items */
    p.items = ITEMS;
    for (size_t i = 0; i < ITEMS; i++) {
        p.x[0][i] = 1000 + 37 * (double)i;
    }
    dense_rows(&p, 1);
    ck_assert_int_eq(rec_ease_mrf_begin(&m, &p.rows, &opt, 900, &err), 0);
    ck_assert_int_eq(rec_ease_mrf_solve(&m, 1e-6, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "larger lambda"));
    rec_ease_mrf_release(&m);

    opt.family.xi = 0.1;
    ck_assert_int_eq(rec_ease_mrf_begin(&m, &p.rows, &opt, 9, &err),
                     REC_ENOTSUP);
    opt = options(1, 0);
    opt.wide = 1;
    ck_assert_int_eq(rec_ease_mrf_begin(&m, &p.rows, &opt, 9, &err),
                     REC_ENOTSUP);
    opt = options(1, 0);
    opt.side = REC_EASE_USERS;
    ck_assert_int_eq(rec_ease_mrf_begin(&m, &p.rows, &opt, 9, &err),
                     REC_ENOTSUP);
    p.item[1] = p.item[0];
    opt = options(1, 0);
    ck_assert_int_eq(rec_ease_mrf_begin(&m, &p.rows, &opt, 9, &err),
                     REC_EREPEAT);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_mrf");

    tcase_add_loop_test(t, all_pairs_are_dense, 0, 8);
    tcase_add_loop_test(t, all_pairs_are_regressions, 0, 4);
    tcase_add_loop_test(t, weights_are_the_largest_of_regressions, 0, 16);
    tcase_add_test(t, threads_and_steps_do_not_matter);
    tcase_add_loop_test(t, degenerate_data, 0, 4);
    tcase_add_test(t, refuses_what_it_cannot);
    return suite_end("ease_mrf", t);
}
