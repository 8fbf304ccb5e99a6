/* SPDX-License-Identifier: MIT */
/* lapack ORDER [THREADS]: the seconds that spotrf and spotri take, called
   bare, for a made-up positive definite matrix of that order; one line,
   "potrf SECONDS potri SECONDS". What the solve of rec-ease is compared with.
   Only for benchmarks. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/threads.h"
#include "math/blas.h"

void spotrf_(const char *uplo, const int *n, float *a, const int *lda,
             int *info);
void spotri_(const char *uplo, const int *n, float *a, const int *lda,
             int *info);

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int number(const char *s, int64_t least)
{
    int64_t v;

    if (rec_parse_int(s, strlen(s), least, 200000, &v) != 0) {
        fprintf(stderr, "lapack: '%s' is not a number\n", s);
        exit(2);
    }
    return (int)v;
}

/* Small numbers of both signs, and a diagonal that outweighs them. */
static void fill(float *a, size_t n)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 1);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            a[j * n + i] = (float)(rec_rng_unit(&rng) - 0.5);
        }
        a[i * n + i] = (float)n;
    }
}

int main(int argc, char **argv)
{
    int n, failed[2] = {0, 0};
    double begin, half, end;
    float *a;

    if (argc < 2) {
        fputs("usage: lapack ORDER [THREADS]\n", stderr);
        return 2;
    }
    n = number(argv[1], 1);
    rec_blas_threads(rec_threads(argc > 2 ? number(argv[2], 0) : 0));
    a = rec_alloc64((size_t)n * (size_t)n, sizeof *a);
    if (!a) {
        fputs("lapack: out of memory\n", stderr);
        return 1;
    }
    fill(a, (size_t)n);
    begin = seconds();
    spotrf_("L", &n, a, &n, &failed[0]);
    half = seconds();
    spotri_("L", &n, a, &n, &failed[1]);
    end = seconds();
    printf("potrf %.3f potri %.3f\n", half - begin, end - half);
    free(a);
    return failed[0] != 0 || failed[1] != 0;
}
