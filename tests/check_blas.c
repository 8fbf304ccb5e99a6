/* SPDX-License-Identifier: MIT */
/* The order of arguments and of storage: products against loops. */
#include <config.h>

#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "math/blas.h"
#include "suite.h"

enum { M = 5, N = 7, K = 3, LD = 9 };

static double a[LD * LD], b[LD * LD], c[LD * LD], want[LD * LD];
static float a32[LD * LD], b32[LD * LD], c32[LD * LD];

static void fill(uint64_t seed)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (int i = 0; i < LD * LD; i++) {
        a[i] = a32[i] = (float)rec_rng_unit(&rng);
        b[i] = b32[i] = (float)rec_rng_unit(&rng);
        want[i] = c[i] = c32[i] = (float)rec_rng_unit(&rng);
    }
}

static void product(int ta, int tb)
{
    for (int i = 0; i < M; i++) {
        for (int j = 0; j < N; j++) {
            double sum = 0;

            for (int k = 0; k < K; k++) {
                sum += (ta ? a[k * LD + i] : a[i * LD + k])
                       * (tb ? b[j * LD + k] : b[k * LD + j]);
            }
            want[i * LD + j] = 2 * sum - 3 * want[i * LD + j];
        }
    }
}

START_TEST(gemm)
{
    for (int t = 0; t < 4; t++) {
        fill((uint64_t)t);
        product(t & 1, t >> 1);
        rec_gemm(REC_F64, t & 1, t >> 1, M, N, K, 2, a, LD, b, LD, -3, c, LD);
        rec_gemm(REC_F32, t & 1, t >> 1, M, N, K, 2, a32, LD, b32, LD, -3, c32,
                 LD);
        for (int i = 0; i < LD * LD; i++) {
            SURE(fabs(c[i] - want[i]) < 1e-14);
            SURE(fabs(c32[i] - want[i]) < 1e-5);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const test[] = {gemm};

    return suite_run("blas", test, sizeof test / sizeof *test);
}
