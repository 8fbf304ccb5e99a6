/* SPDX-License-Identifier: MIT */
/* Silhouettes against the definition, cluster by cluster, with an empty
   cluster and one of a single member. */
#include <config.h>

#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "math/silhouette.h"
#include "suite.h"

enum { N = 90, D = 11, K = 6 };

static float v[N * D], value[N];
static uint32_t label[N], at[N];
static struct rec_error err;

static double mean_distance(size_t i, uint32_t k)
{
    double sum = 0, n = 0;

    for (size_t j = 0; j < N; j++) {
        double far = 0;

        if (j == i || label[j] != k) {
            continue;
        }
        for (size_t c = 0; c < D; c++) {
            double t = (double)v[i * D + c] - v[j * D + c];

            far += t * t;
        }
        sum += sqrt(far);
        n++;
    }
    return sum / n; /* NAN if there is none */
}

START_TEST(as_defined)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 7);
    for (size_t i = 0; i < N; i++) {
        label[i] = i == 0 ? 5 : (uint32_t)rec_rng_below(&rng, 4); /* 4: none */
        at[i] = (uint32_t)((i * 7) % N);
        for (size_t k = 0; k < D; k++) {
            v[i * D + k] = (float)(rec_rng_unit(&rng) + label[i] * 0.2);
        }
    }
    ck_assert_int_eq(
        rec_silhouette(v, N, D, label, K, at, N / 2, 2, value, &err), 0);
    for (size_t s = 0; s < N / 2; s++) {
        size_t i = at[s];
        double a = mean_distance(i, label[i]), b = INFINITY, want;

        for (uint32_t k = 0; k < K; k++) {
            double m = mean_distance(i, k);

            b = k != label[i] && m < b ? m : b;
        }
        want = isnan(a) ? 0 : (b - a) / fmax(a, b);
        SURE(fabs(value[s] - want) < 1e-5);
    }
    ck_assert_uint_eq(at[0], 0);
    ck_assert(value[0] >= 0 && value[0] <= 0); /* alone */
}
END_TEST

START_TEST(nothing_to_compare)
{
    for (size_t i = 0; i < N; i++) {
        label[i] = 3;
        at[i] = (uint32_t)i;
    }
    ck_assert_int_eq(rec_silhouette(v, N, D, label, K, at, N, 1, value, &err),
                     0);
    for (size_t i = 0; i < N; i++) { /* one cluster */
        SURE(value[i] >= 0 && value[i] <= 0);
        label[i] = i % 2;
        for (size_t k = 0; k < D; k++) {
            v[i * D + k] = 1;
        }
    }
    ck_assert_int_eq(rec_silhouette(v, N, D, label, K, at, N, 1, value, &err),
                     0);
    for (size_t i = 0; i < N; i++) { /* all equal */
        SURE(value[i] >= 0 && value[i] <= 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const test[] = {as_defined, nothing_to_compare};

    return suite_run("silhouette", test, sizeof test / sizeof *test);
}
