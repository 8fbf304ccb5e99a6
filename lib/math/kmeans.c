/* SPDX-License-Identifier: MIT */
/* k-means: see kmeans.h. A sweep labels all vectors (distances by blocks of
   rows, as products of matrices) and then moves every centre to the mean of
   its vectors. Sums over vectors are made in double precision by one thread
   each, in order, so only BLAS could tell how many threads there are. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/kmeans_private.h"

enum { LANES = 8 };
static const double LEAST_FALL = 1e-5; /* of the sum, to go on */

/* ---- distances -------------------------------------------------------- */

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

int rec_kmeans_assign(const float *v, size_t n, size_t d, const float *centre,
                      size_t clusters, int threads, uint32_t *label,
                      float *distance, struct rec_error *err)
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

double rec_kmeans_sum(const float *v, size_t n, size_t d, const float *centre,
                      const uint32_t *label)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const float *c = centre + label[i] * d;

        for (size_t k = 0; k < d; k++) {
            double t = (double)v[i * d + k] - c[k];

            sum += t * t;
        }
    }
    return sum;
}

/* ---- sweeps ----------------------------------------------------------- */

struct work {
    const float *v;
    size_t n, d, clusters;
    const struct rec_kmeans_options *opt;
    float *centre;
    uint32_t *label, *before; /* n each */
    float *distance;          /* n */
    double *total;            /* clusters x d */
    uint64_t *count;          /* clusters */
};

/* Dimensions FROM to TO of the sums over each centre's vectors. */
REC_HOT
static void add_vectors(const struct work *w, size_t from, size_t to)
{
    for (size_t i = 0; i < w->n; i++) {
        double *total = w->total + w->label[i] * w->d;
        const float *x = w->v + i * w->d;

        for (size_t k = from; k < to; k++) {
            total[k] += x[k];
        }
    }
}

/* Every centre to the mean of its vectors; each thread has its dimensions. */
static void move_centres(struct work *w)
{
    size_t parts = (size_t)w->opt->threads;

    memset(w->count, 0, w->clusters * sizeof *w->count);
    for (size_t i = 0; i < w->n; i++) {
        w->count[w->label[i]]++;
    }
    memset(w->total, 0, w->clusters * w->d * sizeof *w->total);
#pragma omp parallel for schedule(static, 1) num_threads(w->opt->threads)
    for (size_t p = 0; p < parts; p++) {
        add_vectors(w, w->d * p / parts, w->d * (p + 1) / parts);
    }
    for (size_t k = 0; k < w->clusters; k++) {
        for (size_t c = 0; c < w->d && w->count[k] > 0; c++) {
            w->centre[k * w->d + c] =
                (float)(w->total[k * w->d + c] / (double)w->count[k]);
        }
    }
}

/* A centre without vectors takes the one that is worst served. */
static void fill_empty(struct work *w)
{
    for (size_t k = 0; k < w->clusters; k++) {
        size_t worst = 0;

        if (w->count[k] > 0) {
            continue;
        }
        for (size_t i = 1; i < w->n; i++) {
            worst = w->distance[i] > w->distance[worst] ? i : worst;
        }
        if (w->distance[worst] > 0 && w->count[w->label[worst]] > 1) {
            memcpy(w->centre + k * w->d, w->v + worst * w->d,
                   w->d * sizeof *w->centre);
            w->count[w->label[worst]]--;
            w->count[k] = 1;
            w->label[worst] = (uint32_t)k;
            w->distance[worst] = 0;
        }
    }
}

static int label_all(struct work *w, struct rec_error *err)
{
    return w->opt->balanced
               ? rec_kmeans_balance(w->v, w->n, w->d, w->centre, w->clusters,
                                    w->opt->threads, w->label, err)
               : rec_kmeans_assign(w->v, w->n, w->d, w->centre, w->clusters,
                                   w->opt->threads, w->label, w->distance, err);
}

static double add_up(const float *distance, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += distance[i];
    }
    return sum;
}

/* Are the labels new? In a balanced sweep they also have to be better: unlike
   nearest centres, proposals need not make the sum smaller. */
static int improved(struct work *w, double *sum)
{
    size_t bytes = w->n * sizeof *w->label;
    double old = *sum;

    if (memcmp(w->label, w->before, bytes) == 0) {
        return 0;
    }
    if (w->opt->balanced) {
        old = rec_kmeans_sum(w->v, w->n, w->d, w->centre, w->before);
        *sum = rec_kmeans_sum(w->v, w->n, w->d, w->centre, w->label);
        if (*sum >= old) {
            memcpy(w->label, w->before, bytes);
            return 0;
        }
    } else {
        *sum = add_up(w->distance, w->n);
    }
    return old - *sum > LEAST_FALL * old;
}

static int lloyd(struct work *w, struct rec_error *err)
{
    double sum = INFINITY;

    memset(w->before, 0xff, w->n * sizeof *w->before);
    for (size_t s = 0; s < w->opt->sweeps; s++) {
        int rc = label_all(w, err);

        rec_progress(w->opt->tick, "sweep", (double)s, (double)w->opt->sweeps);
        if (rc != 0) {
            return rc;
        }
        if (s == 0) {
            sum = w->opt->balanced ? INFINITY : add_up(w->distance, w->n);
        } else if (!improved(w, &sum)) {
            return 0;
        }
        memcpy(w->before, w->label, w->n * sizeof *w->before);
        move_centres(w);
        if (!w->opt->balanced) {
            fill_empty(w);
        }
    }
    return w->opt->balanced ? 0 : label_all(w, err);
}

/* ---- mini-batches ----------------------------------------------------- */

/* Every vector of the batch X pulls its centre towards it, by 1 / (how many
   the centre has seen). */
static void pull(struct work *w, const float *x, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        uint32_t k = w->label[i];
        float *c = w->centre + k * w->d, rate = 1.0f / (float)++w->count[k];

        for (size_t j = 0; j < w->d; j++) {
            c[j] += rate * (x[i * w->d + j] - c[j]);
        }
    }
}

static int mini_batches(struct work *w, struct rec_error *err)
{
    size_t batch = w->opt->batch < w->n ? w->opt->batch : w->n;
    size_t batches = w->opt->sweeps * (w->n / batch);
    float *x = rec_alloc(batch, w->d * sizeof *x);
    struct rec_rng rng;
    int rc = x ? 0 : rec_fail_nomem(err);

    rec_rng_init(&rng, w->opt->seed + 1);
    memset(w->count, 0, w->clusters * sizeof *w->count);
    for (size_t b = 0; b < batches && rc == 0; b++) {
        rec_progress(w->opt->tick, "batch", (double)b, (double)batches);
        for (size_t i = 0; i < batch; i++) {
            memcpy(x + i * w->d, w->v + rec_rng_below(&rng, w->n) * w->d,
                   w->d * sizeof *x);
        }
        rc = rec_kmeans_assign(x, batch, w->d, w->centre, w->clusters,
                               w->opt->threads, w->label, NULL, err);
        if (rc == 0) {
            pull(w, x, batch);
        }
    }
    free(x);
    return rc ? rc : label_all(w, err);
}

/* ---- all of it -------------------------------------------------------- */

int rec_kmeans_check(const float *v, size_t n, size_t d,
                     struct rec_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(rec_kmeans_norm(v + i * d, d))) {
            return rec_fail(err, REC_ENUMERIC,
                            "vector %zu is not finite, or too long to square",
                            i + 1);
        }
    }
    return 0;
}

double rec_kmeans_memory(size_t n, size_t d,
                         const struct rec_kmeans_options *opt)
{
    double k = (double)opt->clusters, sweep = KMEANS_BLOCK * 4 * k;

    if (opt->balanced) {
        sweep = rec_kmeans_balance_memory(n, opt->clusters);
    }
    return (double)n * 8 + k * ((double)d * 8 + 8)
           + (double)opt->batch * (double)d * 4 + sweep;
}

static int run(struct work *w, struct rec_error *err)
{
    int rc;

    w->before = rec_alloc(w->n, sizeof *w->before);
    w->distance = rec_alloc(w->n, sizeof *w->distance);
    w->total = rec_alloc(w->clusters, w->d * sizeof *w->total);
    w->count = rec_alloc(w->clusters, sizeof *w->count);
    if (!w->before || !w->distance || !w->total || !w->count) {
        rc = rec_fail_nomem(err);
    } else {
        rc = rec_kmeans_seeds(w->v, w->n, w->d, w->clusters, w->opt->seed,
                              w->opt->threads, w->centre, err);
        if (rc == 0) {
            rc = w->opt->batch && !w->opt->balanced ? mini_batches(w, err)
                                                    : lloyd(w, err);
        }
    }
    free(w->before);
    free(w->distance);
    free(w->total);
    free(w->count);
    return rc;
}

int rec_kmeans(const float *v, size_t n, size_t d,
               const struct rec_kmeans_options *opt, float *centre,
               uint32_t *label, double *sum, struct rec_error *err)
{
    struct work w = {.v = v, .n = n, .d = d, .opt = opt, .centre = centre,
                     .label = label};
    int rc = rec_kmeans_check(v, n, d, err);

    if (rc != 0) {
        return rc;
    }
    w.clusters = n < opt->clusters ? n : opt->clusters;
    memset(centre + w.clusters * d, 0,
           (opt->clusters - w.clusters) * d * sizeof *centre);
    if (sum) {
        *sum = 0;
    }
    if (n == 0) {
        return 0;
    }
    rec_blas_threads(opt->threads);
    rc = run(&w, err);
    if (rc == 0 && sum) {
        *sum = rec_kmeans_sum(v, n, d, centre, label);
    }
    return rc;
}
