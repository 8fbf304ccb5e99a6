/* SPDX-License-Identifier: MIT */
/* Distances to centres by products of matrices: see kmeans.h. */
#include <config.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/kmeans_private.h"

enum { LANES = 8 };

REC_HOT
static float norm_of(const float *a, size_t n)
{
    float lane[LANES] = {0}, sum = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] += a[i + l] * a[i + l];
        }
    }
    for (; i < n; i++) {
        sum += a[i] * a[i];
    }
    for (size_t l = 0; l < LANES; l++) {
        sum += lane[l];
    }
    return sum;
}

REC_HOT
static float distance_of(const float *a, const float *b, size_t n)
{
    float lane[LANES] = {0}, sum = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            float t = a[i + l] - b[i + l];

            lane[l] += t * t;
        }
    }
    for (; i < n; i++) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    for (size_t l = 0; l < LANES; l++) {
        sum += lane[l];
    }
    return sum;
}

/* Clang wants what is built several times static. */
float rec_kmeans_norm(const float *a, size_t n)
{
    return norm_of(a, n);
}

float rec_kmeans_distance(const float *a, const float *b, size_t n)
{
    return distance_of(a, b, n);
}

void rec_kmeans_block(const float *v, size_t rows, size_t d,
                      const float *centre, const float *norm, size_t clusters,
                      int threads, float *out)
{
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t i = 0; i < rows; i++) {
        memcpy(out + i * clusters, norm, clusters * sizeof *out);
    }
    if (d > 0) {
        rec_gemm(REC_F32, 0, 1, rows, clusters, d, -2, v, d, centre, d, 1, out,
                 clusters);
    }
}

/* The first of the smallest of N numbers. */
REC_HOT
static uint32_t first_smallest(const float *a, size_t n)
{
    float lane[LANES], low = a[0];
    uint32_t k = 0;
    size_t i = 0;

    for (size_t l = 0; l < LANES; l++) {
        lane[l] = a[0];
    }
    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] = a[i + l] < lane[l] ? a[i + l] : lane[l];
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        low = lane[l] < low ? lane[l] : low;
    }
    for (; i < n; i++) {
        low = a[i] < low ? a[i] : low;
    }
    while (a[k] > low) {
        k++;
    }
    return k;
}

uint32_t rec_first_smallest(const float *a, size_t n)
{
    return first_smallest(a, n);
}

int rec_kmeans_nearest(const float *v, size_t n, size_t d,
                       const float *centre, size_t clusters, int threads,
                       uint32_t *label, float *distance,
                       struct rec_error *err)
{
    size_t most = n < KMEANS_BLOCK ? n : KMEANS_BLOCK;
    float *norm = rec_alloc(clusters, sizeof *norm);
    float *far = rec_alloc(most, clusters * sizeof *far);

    for (size_t k = 0; norm && k < clusters; k++) {
        norm[k] = rec_kmeans_norm(centre + k * d, d);
    }
    for (size_t at = 0; norm && far && at < n; at += most) {
        size_t rows = n - at < most ? n - at : most;

        rec_kmeans_block(v + at * d, rows, d, centre, norm, clusters, threads,
                         far);
#pragma omp parallel for schedule(static) num_threads(threads)
        for (size_t i = 0; i < rows; i++) {
            const float *row = far + i * clusters, *x = v + (at + i) * d;
            uint32_t k = first_smallest(row, clusters);

            label[at + i] = k;
            if (distance) {
                float t = row[k] + rec_kmeans_norm(x, d);

                distance[at + i] = t > 0 ? t : 0;
            }
        }
    }
    free(norm);
    free(far);
    return norm && far ? 0 : rec_fail_nomem(err);
}

/* The distance of two vectors is at most four times the larger norm, and what
   products of matrices add up to it is not more than twice that. */
static int check_lengths(const char *what, const float *v, size_t n, size_t d,
                         struct rec_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!(rec_kmeans_norm(v + i * d, d) <= FLT_MAX / 8)) {
            return rec_fail(err, REC_ENUMERIC,
                            "%s %zu is not finite, or too long to square",
                            what, i + 1);
        }
    }
    return 0;
}

int rec_kmeans_check(const float *v, size_t n, size_t d,
                     struct rec_error *err)
{
    return check_lengths("vector", v, n, d, err);
}

int rec_kmeans_assign(const float *v, size_t n, size_t d, const float *centre,
                      size_t clusters, int threads, uint32_t *label,
                      float *distance, struct rec_error *err)
{
    int rc = check_lengths("vector", v, n, d, err);

    rc = rc ? rc : check_lengths("centre", centre, clusters, d, err);
    return rc ? rc
              : rec_kmeans_nearest(v, n, d, centre, clusters, threads, label,
                                   distance, err);
}
