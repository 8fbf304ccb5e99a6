/* SPDX-License-Identifier: MIT */
/* ceilings [THREADS]: what this machine can do at best, for ratios; one line,
   "sgemm GFLOPS read GBS": the rate of a large product of matrices, and of
   adding up an array that no cache holds. The best of several rounds. Only
   for benchmarks. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>

#include "base/compat.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/threads.h"
#include "math/blas.h"

enum { ORDER = 4096, ROUNDS = 5, PIECE = 1 << 18 };
static const size_t bytes = (size_t)1 << 30;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Sums in lanes, so that the memory and not the additions is the limit. */
REC_HOT static float sum(const float *a, size_t n)
{
    float lane[64] = {0}, total = 0;

    for (size_t i = 0; i + 64 <= n; i += 64) {
#pragma omp simd
        for (size_t k = 0; k < 64; k++) {
            lane[k] += a[i + k];
        }
    }
    for (size_t k = 0; k < 64; k++) {
        total += lane[k];
    }
    return total;
}

static double read_rate(const float *a, int threads)
{
    double best = 0, begin, rate;
    volatile float keep;

    for (int round = 0; round < ROUNDS; round++) {
        float total = 0;

        begin = seconds();
#pragma omp parallel for num_threads(threads) reduction(+ : total)
        for (size_t i = 0; i < bytes / sizeof *a; i += PIECE) {
            total += sum(a + i, PIECE);
        }
        keep = total;
        (void)keep;
        rate = 1e-9 * (double)bytes / (seconds() - begin);
        best = rate > best ? rate : best;
    }
    return best;
}

static double sgemm_rate(float *a, int threads)
{
    const size_t n = ORDER;
    double best = 0, begin, rate;

    rec_blas_threads(threads);
    for (int round = 0; round < ROUNDS; round++) {
        begin = seconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, ORDER, ORDER,
                    ORDER, 1, a, ORDER, a + n * n, ORDER, 0, a + 2 * n * n,
                    ORDER);
        rate = 2e-9 * (double)n * (double)n * (double)n / (seconds() - begin);
        best = rate > best ? rate : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    float *a = rec_alloc64(bytes, 1);
    int64_t wanted = 0;
    int threads;

    if (argc > 1
        && rec_parse_int(argv[1], strlen(argv[1]), 0, 1024, &wanted) != 0) {
        fputs("usage: ceilings [THREADS]\n", stderr);
        return 2;
    }
    if (!a) {
        fputs("ceilings: out of memory\n", stderr);
        return 1;
    }
    threads = rec_threads((int)wanted);
    for (size_t i = 0; i < bytes / sizeof *a; i++) {
        a[i] = (float)(i % 7);
    }
    printf("sgemm %.1f read %.2f\n", sgemm_rate(a, threads),
           read_rate(a, threads));
    free(a);
    return 0;
}
