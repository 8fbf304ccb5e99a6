/* SPDX-License-Identifier: MIT */
/* Adam against its formulas, and against itself in pieces and late. */
#include <config.h>

#include <check.h>
#include <math.h>

#include "math/adam.h"
#include "suite.h"

enum { N = 37, STEPS = 12 };

static double gradient(size_t i, int t)
{
    return t % 4 == 1 ? sin((double)(7 * i + 3) * t) : 0;
}

/* The formulas of adam.h, as they stand there. */
static void by_formula(double decay, double w[N])
{
    double m[N] = {0}, v[N] = {0};

    for (size_t i = 0; i < N; i++) {
        w[i] = cos((double)i);
        for (int t = 1; t <= STEPS; t++) {
            double g = gradient(i, t) + 2 * decay * w[i];

            m[i] = 0.9 * m[i] + (1 - 0.9) * g;
            v[i] = 0.999 * v[i] + (1 - 0.999) * g * g;
            w[i] -= 0.01 / (1 - pow(0.9, t)) * m[i]
                    / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
        }
    }
}

START_TEST(formulas)
{
    double decay = _i ? 0.03 : 0, right[N], w[N], m[N] = {0}, v[N] = {0}, g[N];
    struct rec_adam a;
    struct rec_error err;

    by_formula(decay, right);
    ck_assert_int_eq(rec_adam_init(&a, 0.01, STEPS, &err), 0);
    for (size_t i = 0; i < N; i++) {
        w[i] = cos((double)i);
    }
    for (int t = 1; t <= STEPS; t++) {
        for (size_t i = 0; i < N; i++) {
            g[i] = gradient(i, t);
        }
        rec_adam_step(&a, REC_F64, (uint64_t)t, decay, N, w, m, v, g);
    }
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(w[i], right[i], 1e-13);
    }
    rec_adam_release(&a);
}
END_TEST

/* The factors of steps beyond the table are those of its end to the bit, and a
   run may be long. */
START_TEST(long_run)
{
    uint64_t last = REC_ADAM_STEPS, many = UINT64_C(1) << 50;
    double w = 1, m = 0, v = 0, g = 0.5;
    struct rec_adam a;
    struct rec_error err;

    ck_assert_int_eq(rec_adam_init(&a, 0.01, many, &err), 0);
    ck_assert(a.size[last] == 0.01 / (1 - pow(0.9, (double)many)));
    ck_assert(a.root[last] == 1 / sqrt(1 - pow(0.999, (double)many)));
    rec_adam_step(&a, REC_F64, many, 0, 1, &w, &m, &v, &g);
    ck_assert_double_eq_tol(w, 1 - 0.01 * 0.05 / (sqrt(0.00025) + 1e-8), 1e-12);
    rec_adam_release(&a);
}
END_TEST

/* Steps without gradient are the same to the bit whether they are given
   zeros, or nothing and late, in pieces. */
START_TEST(late)
{
    float w[2][N], m[2][N] = {{0}}, v[2][N] = {{0}}, g[N];
    double decay = _i ? 0.03 : 0;
    struct rec_adam a;
    struct rec_error err;

    ck_assert_int_eq(rec_adam_init(&a, 0.01, STEPS, &err), 0);
    for (size_t i = 0; i < N; i++) {
        w[0][i] = w[1][i] = cosf((float)i);
    }
    for (int t = 1; t <= STEPS; t++) {
        for (size_t i = 0; i < N; i++) {
            g[i] = (float)gradient(i, t);
        }
        rec_adam_step(&a, REC_F32, (uint64_t)t, decay, N, w[0], m[0], v[0], g);
    }
    for (size_t at = 0; at < N; at += 10) {
        size_t n = N - at < 10 ? N - at : 10;

        for (int t = 1; t <= STEPS; t++) {
            for (size_t i = 0; i < n; i++) {
                g[i] = (float)gradient(at + i, t);
            }
            rec_adam_step(&a, REC_F32, (uint64_t)t, decay, n, w[1] + at,
                          m[1] + at, v[1] + at, t % 4 == 1 ? g : NULL);
        }
    }
    ck_assert_mem_eq(w[0], w[1], sizeof w[0]);
    ck_assert_mem_eq(m[0], m[1], sizeof m[0]);
    ck_assert_mem_eq(v[0], v[1], sizeof v[0]);
    rec_adam_release(&a);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("adam");

    tcase_add_loop_test(t, formulas, 0, 2);
    tcase_add_loop_test(t, late, 0, 2);
    tcase_add_test(t, long_run);
    return suite_end("adam", t);
}
