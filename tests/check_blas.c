/* SPDX-License-Identifier: MIT */
/* The order of arguments and of storage: products against loops; eigenvectors
   and bases by what they are. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

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

START_TEST(syrk)
{
    fill(7);
    for (int i = 0; i < N * N; i++) {
        c32[i] = 99;
    }
    rec_syrk(N, M, a32, c32);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double sum = 0;

            for (int k = 0; k < M; k++) {
                sum += (double)a32[k * N + i] * (double)a32[k * N + j];
            }
            SURE(j < i ? c32[i * N + j] == 99
                       : fabs((double)c32[i * N + j] - sum) < 1e-5);
        }
    }
}
END_TEST

/* A v = value v, of length 1, ascending. */
START_TEST(eigen)
{
    double value[LD];
    struct rec_error err;

    fill(8);
    for (int i = 0; i < LD; i++) {
        for (int j = i; j < LD; j++) { /* what is below is not read */
            b[i * LD + j] = a[i * LD + j];
        }
    }
    ck_assert_int_eq(rec_eigen(LD, b, value, &err), 0);
    for (int v = 0; v < LD; v++) {
        double length = 0;

        for (int i = 0; i < LD; i++) {
            double sum = 0;

            for (int j = 0; j < LD; j++) {
                sum += a[(i < j ? i : j) * LD + (i < j ? j : i)]
                       * b[v * LD + j];
            }
            SURE(fabs(sum - value[v] * b[v * LD + i]) < 1e-13);
            length += b[v * LD + i] * b[v * LD + i];
        }
        SURE(fabs(length - 1) < 1e-13);
        SURE(v == 0 || value[v] >= value[v - 1]);
    }
    ck_assert_int_eq(rec_eigen(0, b, value, &err), 0);
}
END_TEST

/* Q'Q = I, and QQ' leaves the columns as they are. */
START_TEST(orthonormal)
{
    struct rec_error err;

    fill(9);
    memcpy(b32, a32, sizeof b32);
    ck_assert_int_eq(rec_orthonormal(LD, K, b32, &err), 0);
    for (int i = 0; i < K; i++) {
        double back[LD] = {0};

        for (int j = 0; j < K; j++) {
            double dot = 0, in = 0;

            for (int r = 0; r < LD; r++) {
                dot += (double)b32[r * K + i] * (double)b32[r * K + j];
                in += (double)a32[r * K + i] * (double)b32[r * K + j];
            }
            SURE(fabs(dot - (i == j)) < 1e-6);
            for (int r = 0; r < LD; r++) {
                back[r] += in * (double)b32[r * K + j];
            }
        }
        for (int r = 0; r < LD; r++) {
            SURE(fabs(back[r] - (double)a32[r * K + i]) < 1e-6);
        }
    }
    ck_assert_int_eq(rec_orthonormal(LD, 0, b32, &err), 0);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {gemm, syrk, eigen, orthonormal};

    return suite_run("blas", test, sizeof test / sizeof *test);
}
