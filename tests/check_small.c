/* SPDX-License-Identifier: MIT */
/* Small systems against Gaussian elimination in double precision. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "dense.h"
#include "math/small.h"
#include "suite.h"

enum { MOST = 150, DEPTH = 37 };

static float s[160 * 160], p[DEPTH * 160], b[MOST];
static double a[MOST * MOST], y[MOST], x[MOST];

static double uniform(struct rec_rng *rng)
{
    return 2 * rec_rng_unit(rng) - 1;
}

/* I + P'P of order N, both ways. */
static void make_system(size_t n, struct rec_rng *rng)
{
    size_t ld = rec_small_ld(n);

    memset(s, 0, sizeof s);
    memset(p, 0, sizeof p);
    for (size_t k = 0; k < DEPTH; k++) {
        for (size_t i = 0; i < n; i++) {
            p[k * ld + i] = (float)uniform(rng);
        }
    }
    for (size_t i = 0; i < n; i++) {
        s[i * ld + i] = 1;
        b[i] = (float)uniform(rng);
        y[i] = (double)b[i];
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = i == j;
            for (size_t k = 0; k < DEPTH; k++) {
                a[i * n + j] += (double)p[k * ld + i] * (double)p[k * ld + j];
            }
        }
    }
    rec_small_gram(s, ld, p, DEPTH);
}

START_TEST(systems)
{
    static const size_t orders[] = {1, 2, 3, 4, 5, 15, 16, 17, 31, 32,
                                    33, 48, 63, 64, 100, 128, MOST};
    struct rec_rng rng;

    rec_rng_init(&rng, 5);
    for (size_t t = 0; t < sizeof orders / sizeof *orders; t++) {
        size_t n = orders[t], ld = rec_small_ld(n);

        make_system(n, &rng);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i; j < n; j++) {
                SURE(fabs((double)s[i * ld + j] - a[i * n + j]) < 1e-5);
            }
        }
        ck_assert_int_eq(rec_small_factor(s, ld, n), 0);
        rec_small_solve(s, ld, n, b);
        dense_solve(a, n, y, n, x);
        for (size_t i = 0; i < n; i++) {
            SURE(fabs((double)b[i] - x[i]) < 2e-5);
        }
    }
}
END_TEST

START_TEST(not_positive)
{
    memset(s, 0, sizeof s);
    ck_assert_int_eq(rec_small_factor(s, 16, 1), -1);
    s[0] = s[1] = 1; /* 1 1; 1 1 */
    s[17] = 1;
    ck_assert_int_eq(rec_small_factor(s, 16, 2), -1);
    s[0] = NAN;
    ck_assert_int_eq(rec_small_factor(s, 16, 1), -1);
    s[0] = INFINITY; /* overflowed */
    ck_assert_int_eq(rec_small_factor(s, 16, 1), -1);
    ck_assert_int_eq(rec_small_factor(s, 0, 0), 0);
}
END_TEST

START_TEST(loops)
{
    struct rec_rng rng;
    static float u[100], v[100], w[100];

    rec_rng_init(&rng, 6);
    for (size_t i = 0; i < 100; i++) {
        u[i] = (float)uniform(&rng);
        v[i] = (float)uniform(&rng);
    }
    for (size_t n = 0; n <= 100; n++) {
        double dot = 0;

        for (size_t i = 0; i < n; i++) {
            dot += (double)u[i] * (double)v[i];
        }
        SURE(fabs((double)rec_small_dot(u, v, n) - dot) < 1e-5);
        memcpy(w, v, sizeof w);
        rec_small_axpy(w, n, 0.5f, u);
        for (size_t i = 0; i < 100; i++) {
            float want = i < n ? v[i] + 0.5f * u[i] : v[i];

            SURE(w[i] == want);
        }
    }
}
END_TEST

START_TEST(packing)
{
    static const float one[] = {1, 2, 3}, two[] = {4, 5, 6};
    static const float times[] = {1, 10}, scale[] = {1, 2, 3};
    const float *v[] = {one, two};

    for (size_t i = 0; i < 3 * 32; i++) {
        p[i] = 99;
    }
    rec_small_pack(p + 16, 32, 3, v, times, 2, scale);
    for (size_t i = 0; i < 3; i++) {
        for (size_t c = 0; c < 32; c++) {
            float want = c < 16    ? 99
                         : c == 16 ? one[i] * scale[i]
                         : c == 17 ? 10 * two[i] * scale[i]
                                   : 0;

            SURE(p[i * 32 + c] == want);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {systems, not_positive, loops,
                                         packing};

    return suite_run("small", tests, sizeof tests / sizeof *tests);
}
