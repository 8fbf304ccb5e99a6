/* SPDX-License-Identifier: MIT */
/* Silhouettes: see silhouette.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/kmeans_private.h"
#include "math/silhouette.h"

/* From the sums of distances of vector I to all clusters. */
static double value_of(const double *sum, const uint64_t *size,
                       size_t clusters, uint32_t own)
{
    double a, b = INFINITY;

    for (size_t k = 0; k < clusters; k++) {
        if (k != own && size[k] > 0 && sum[k] / (double)size[k] < b) {
            b = sum[k] / (double)size[k];
        }
    }
    if (size[own] < 2 || isinf(b)) {
        return 0;
    }
    a = sum[own] / (double)(size[own] - 1);
    return a > 0 || b > 0 ? (b - a) / fmax(a, b) : 0;
}

int rec_silhouette(const float *v, size_t n, size_t d, const uint32_t *label,
                   size_t clusters, const uint32_t *at, size_t m, int threads,
                   float *value, struct rec_error *err)
{
    uint64_t *size = rec_zalloc(clusters, sizeof *size);
    double *sums = rec_alloc((size_t)threads, clusters * sizeof *sums);

    if (!size || !sums) {
        free(size);
        free(sums);
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        size[label[i]]++;
    }
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads)
    for (size_t s = 0; s < m; s++) {
        double *sum = sums + (size_t)rec_thread() * clusters;
        const float *x = v + at[s] * d;

        memset(sum, 0, clusters * sizeof *sum);
        for (size_t i = 0; i < n; i++) {
            sum[label[i]] += sqrtf(rec_kmeans_distance(x, v + i * d, d));
        }
        value[s] = (float)value_of(sum, size, clusters, label[at[s]]);
    }
    free(size);
    free(sums);
    return 0;
}
