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

static const double LEAST_FALL = 1e-5; /* of the sum, to go on */

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

static void count_vectors(struct work *w)
{
    memset(w->count, 0, w->clusters * sizeof *w->count);
    for (size_t i = 0; i < w->n; i++) {
        w->count[w->label[i]]++;
    }
}

/* Every centre to the mean of its vectors; each thread has its dimensions. */
static void move_centres(struct work *w)
{
    size_t parts = (size_t)w->opt->threads;

    count_vectors(w);
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

/* The vector that is worst served, but not the only one of its centre; N if
   all are where their centres are. */
static size_t worst_served(const struct work *w)
{
    size_t worst = w->n;
    float most = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (w->distance[i] > most && w->count[w->label[i]] > 1) {
            worst = i;
            most = w->distance[i];
        }
    }
    return worst;
}

/* A centre without vectors takes the one that is worst served. How many were
   served so. */
static size_t fill_empty(struct work *w)
{
    size_t filled = 0;

    for (size_t k = 0; k < w->clusters; k++) {
        size_t i = w->count[k] > 0 ? w->n : worst_served(w);

        if (i < w->n) {
            memcpy(w->centre + k * w->d, w->v + i * w->d,
                   w->d * sizeof *w->centre);
            w->count[w->label[i]]--;
            w->count[k] = 1;
            w->label[i] = (uint32_t)k;
            w->distance[i] = 0;
            filled++;
        }
    }
    return filled;
}

static int label_all(struct work *w, struct rec_error *err)
{
    return w->opt->balanced
               ? rec_kmeans_balance(w->v, w->n, w->d, w->centre, w->clusters,
                                    w->opt->threads, w->label, err)
               : rec_kmeans_nearest(w->v, w->n, w->d, w->centre, w->clusters,
                                    w->opt->threads, w->label, w->distance,
                                    err);
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

/* Label again as long as that leaves centres without vectors, and these can be
   moved to some and make the sum smaller. */
static int use_all(struct work *w, struct rec_error *err)
{
    double sum = INFINITY, now = add_up(w->distance, w->n);
    int rc = 0;

    while (rc == 0 && now < sum) {
        count_vectors(w);
        if (fill_empty(w) == 0) {
            break;
        }
        sum = now;
        rc = label_all(w, err);
        now = add_up(w->distance, w->n);
    }
    return rc;
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
        rc = rec_kmeans_nearest(x, batch, w->d, w->centre, w->clusters,
                                w->opt->threads, w->label, NULL, err);
        if (rc == 0) {
            pull(w, x, batch);
        }
    }
    free(x);
    return rc ? rc : label_all(w, err);
}

/* ---- all of it -------------------------------------------------------- */

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
    } else if (w->opt->balanced) {
        rc = lloyd(w, err);
    } else {
        rc = w->opt->batch ? mini_batches(w, err) : lloyd(w, err);
        rc = rc ? rc : use_all(w, err);
    }
    free(w->before);
    free(w->distance);
    free(w->total);
    free(w->count);
    return rc;
}

int rec_kmeans_from(const float *v, size_t n, size_t d,
                    const struct rec_kmeans_options *opt, float *centre,
                    uint32_t *label, struct rec_error *err)
{
    struct work w = {.v = v, .n = n, .d = d, .opt = opt, .centre = centre,
                     .label = label};

    w.clusters = n < opt->clusters ? n : opt->clusters;
    rec_blas_threads(opt->threads);
    return run(&w, err);
}

int rec_kmeans(const float *v, size_t n, size_t d,
               const struct rec_kmeans_options *opt, float *centre,
               uint32_t *label, double *sum, struct rec_error *err)
{
    size_t used = n < opt->clusters ? n : opt->clusters;
    int rc = rec_kmeans_check(v, n, d, err);

    if (rc != 0) {
        return rc;
    }
    memset(centre + used * d, 0, (opt->clusters - used) * d * sizeof *centre);
    if (sum) {
        *sum = 0;
    }
    if (n == 0) {
        return 0;
    }
    rc = rec_kmeans_seeds(v, n, d, used, opt->seed, opt->threads, centre, err);
    rc = rc ? rc : rec_kmeans_from(v, n, d, opt, centre, label, err);
    if (rc == 0 && sum) {
        *sum = rec_kmeans_sum(v, n, d, centre, label);
    }
    return rc;
}
