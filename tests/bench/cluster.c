/* SPDX-License-Identifier: MIT */
/* What kmeans.sh measures:
     cluster vectors N D                         write vectors as float32
     cluster kmeans N D K SWEEPS THREADS <FILE   "recpipe SECONDS SWEEPS
                                                  OBJECTIVE MIB"
     cluster ward N D                            milliseconds, the best of 5
   The vectors are N / 400 clouds that overlap. Only for benchmarks. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/kmeans.h"
#include "math/ward.h"

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double normal(struct rec_rng *rng)
{
    double sum = -6;

    for (int i = 0; i < 12; i++) {
        sum += rec_rng_unit(rng);
    }
    return sum;
}

static void clouds(float *v, size_t n, size_t d)
{
    size_t many = n / 400 + 1;
    float *centre = rec_alloc(many, d * sizeof *centre);
    struct rec_rng rng;

    if (!centre) {
        exit(1);
    }
    rec_rng_init(&rng, 1);
    for (size_t i = 0; i < many * d; i++) {
        centre[i] = (float)normal(&rng);
    }
    for (size_t i = 0; i < n; i++) {
        size_t c = rec_rng_below(&rng, many);

        for (size_t k = 0; k < d; k++) {
            v[i * d + k] = centre[c * d + k] + (float)normal(&rng);
        }
    }
    free(centre);
}

static double last_sweep;

static void count(void *ctx, const char *phase, double done, double total)
{
    (void)ctx;
    (void)total;
    last_sweep = strcmp(phase, "sweep") == 0 ? done + 1 : last_sweep;
}

static int kmeans(const float *v, size_t n, size_t d, size_t k, size_t sweeps,
                  int threads)
{
    struct rec_progress tick = {count, NULL};
    struct rec_kmeans_options opt = {.clusters = k, .sweeps = sweeps,
                                     .seed = 1, .threads = threads,
                                     .tick = &tick};
    float *centre = rec_alloc(k, d * sizeof *centre);
    uint32_t *label = rec_alloc(n, sizeof *label);
    struct rusage used;
    struct rec_error err;
    double begin = seconds(), sum;
    int rc = !centre || !label
             || rec_kmeans(v, n, d, &opt, centre, label, &sum, &err) != 0;

    if (!rc) {
        begin = seconds() - begin;
        getrusage(RUSAGE_SELF, &used);
        printf("recpipe %.6f %.0f %.9g %.1f\n", begin, last_sweep, sum,
               (double)used.ru_maxrss / 1024);
    }
    free(centre);
    free(label);
    return rc;
}

static int ward(const float *v, size_t n, size_t d)
{
    struct rec_merge *merge = rec_alloc(n, sizeof *merge);
    struct rec_error err;
    double best = 1e9;
    int rc = !merge;

    for (int round = 0; round < 5 && !rc; round++) {
        double t = seconds();

        rc = rec_ward(v, n, d, merge, &err) != 0;
        t = seconds() - t;
        best = t < best ? t : best;
    }
    if (!rc) {
        printf("Ward over %zu items of %zu dimensions, one thread: %.1f ms\n",
               n, d, 1000 * best);
    }
    free(merge);
    return rc;
}

int main(int argc, char **argv)
{
    size_t arg[5] = {0}, n, d;
    float *v;
    int rc = 1;

    for (int i = 2; i < argc && i < 7; i++) {
        arg[i - 2] = strtoull(argv[i], NULL, 10);
    }
    n = arg[0];
    d = arg[1];
    v = rec_alloc(n, d * sizeof *v);
    if (argc < 4 || !v) {
        return 2;
    }
    if (strcmp(argv[1], "vectors") == 0) {
        clouds(v, n, d);
        rc = fwrite(v, d * sizeof *v, n, stdout) != n || fflush(stdout) != 0;
    } else if (strcmp(argv[1], "ward") == 0) {
        clouds(v, n, d);
        rc = ward(v, n, d);
    } else if (argc == 7 && fread(v, d * sizeof *v, n, stdin) == n) {
        rc = kmeans(v, n, d, arg[2], arg[3], (int)arg[4]);
    }
    free(v);
    return rc;
}
