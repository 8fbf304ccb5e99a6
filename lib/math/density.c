/* SPDX-License-Identifier: MIT */
/* Clusters by density: see density.h. Equal vectors are put together first:
   they are as near as can be, and products of matrices could not tell them
   from close ones. */
#include <config.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/density_private.h"
#include "math/kmeans_private.h"

enum { NEAR_LEAST = 16, BLOCK_CELLS = 1 << 24, BLOCK_MOST = 1024 };

REC_HOT
static double exact_distance(const float *a, const float *b, size_t d)
{
    double lane[4] = {0}, sum = 0;
    size_t k = 0;

    for (; k + 4 <= d; k += 4) {
        for (size_t l = 0; l < 4; l++) {
            double t = (double)a[k + l] - b[k + l];

            lane[l] += t * t;
        }
    }
    for (; k < d; k++) {
        sum += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
    }
    return sum + lane[0] + lane[1] + lane[2] + lane[3];
}

double rec_points_distance(const struct rec_points *p, size_t i, size_t j)
{
    return exact_distance(p->v + p->first[i] * p->d,
                          p->v + p->first[j] * p->d, p->d);
}

float rec_float_above(double x)
{
    float f = (float)x;

    return f < x ? nextafterf(f, INFINITY) : f;
}

/* Most pieces have nothing: look at one as a whole first. */
REC_HOT
static size_t below(const float *a, size_t n, float most, uint32_t *at)
{
    enum { PIECE = 32 };
    size_t found = 0, i = 0;

    for (; i + PIECE <= n; i += PIECE) {
        int any = 0;

        for (size_t l = 0; l < PIECE; l++) {
            any |= a[i + l] <= most;
        }
        for (size_t l = 0; any && l < PIECE; l++) {
            if (a[i + l] <= most) {
                at[found++] = (uint32_t)(i + l);
            }
        }
    }
    for (; i < n; i++) {
        if (a[i] <= most) {
            at[found++] = (uint32_t)i;
        }
    }
    return found;
}

size_t rec_density_below(const float *a, size_t n, float most, uint32_t *at)
{
    return below(a, n, most, at);
}

/* ---- equal vectors ---------------------------------------------------- */

struct groups {
    uint32_t *of;    /* n: the point that a vector is */
    uint32_t *first; /* by point, with room for n; so COUNT */
    uint32_t *count;
    size_t points;
};

static const float *sorting; /* qsort has no argument for it */
static size_t sorting_bytes;

static int by_bytes(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    size_t d = sorting_bytes / sizeof *sorting;
    int order = memcmp(sorting + a * d, sorting + b * d, sorting_bytes);

    return order ? order : (a > b) - (a < b);
}

/* Points are numbered by where they come first. */
static int find_groups(const float *v, size_t n, size_t d, struct groups *g,
                       struct rec_error *err)
{
    uint32_t *order = rec_alloc(n, sizeof *order);

    if (!order) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    sorting = v;
    sorting_bytes = d * sizeof *v;
    qsort(order, n, sizeof *order, by_bytes);
    for (size_t i = 0, at = 0; i < n; i++) {
        if (memcmp(v + order[at] * d, v + order[i] * d, sorting_bytes) != 0) {
            at = i;
        }
        g->of[order[i]] = order[at]; /* for now: the first equal vector */
    }
    g->points = 0;
    for (size_t i = 0; i < n; i++) {
        if (g->of[i] == i) {
            g->first[g->points] = (uint32_t)i;
            g->count[g->points] = 0;
            g->of[i] = (uint32_t)g->points++;
        } else {
            g->of[i] = g->of[g->of[i]];
        }
        g->count[g->of[i]]++;
    }
    free(order);
    return 0;
}

/* ---- points ----------------------------------------------------------- */

/* X and what goes with it. The product of two rows is wrong by d roundings at
   most, of numbers of the size of both norms; centring and sums add some. */
static void centre_points(struct rec_points *p, double *mean)
{
    size_t d = p->d;

    memset(mean, 0, d * sizeof *mean);
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < d; k++) {
            mean[k] += p->v[p->first[i] * d + k] / (double)p->n;
        }
    }
    p->slack = (float)(d + 8) * FLT_EPSILON;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < d; k++) {
            p->x[i * d + k] =
                (float)((double)p->v[p->first[i] * d + k] - mean[k]);
        }
        p->norm[i] = rec_kmeans_norm(p->x + i * d, d);
        p->low[i] = p->norm[i] * (1 - p->slack);
    }
}

static size_t rows_at_once(size_t n)
{
    size_t rows = BLOCK_CELLS / (n + 1) + 1;

    rows = rows < BLOCK_MOST ? rows : BLOCK_MOST;
    return rows < n ? rows : n;
}

static size_t near_count(size_t n, size_t samples)
{
    size_t k = samples > NEAR_LEAST ? samples : NEAR_LEAST;

    return k < n ? k : n - 1;
}

double rec_density_memory(size_t n, size_t d,
                          const struct rec_density_options *opt)
{
    double k = n ? (double)near_count(n, opt->samples) : 0;

    return (double)n * (4 * (double)d + 12 * k + 200)
           + (double)rows_at_once(n) * (4 * (double)n + 4 * (double)d)
           + 4.0 * (double)n * opt->threads;
}

/* The tree of all vectors: that of the points, and an edge to the first for
   every further copy. */
static void add_copies(const struct groups *g, size_t n,
                       const struct rec_near *near, struct rec_edge *edge)
{
    size_t at = 0;

    for (; at + 1 < g->points; at++) {
        edge[at].a = g->first[edge[at].a];
        edge[at].b = g->first[edge[at].b];
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t first = g->first[g->of[i]];

        if (first != i) {
            edge[at++] =
                (struct rec_edge){first, (uint32_t)i, near->core[g->of[i]]};
        }
    }
}

static int grow_tree(struct rec_points *p, size_t samples,
                     const struct groups *g, size_t n, struct rec_edge *edge,
                     struct rec_error *err)
{
    struct rec_near near = {.k = near_count(p->n, samples)};
    double *mean = rec_alloc(p->d, sizeof *mean);
    int rc;

    p->x = rec_alloc(p->n, p->d * sizeof *p->x);
    p->norm = rec_alloc(p->n, sizeof *p->norm);
    p->low = rec_alloc(p->n, sizeof *p->low);
    p->block = rows_at_once(p->n);
    p->far = rec_alloc(p->block, p->n * sizeof *p->far);
    near.at = rec_alloc(p->n, near.k * sizeof *near.at);
    near.far = rec_alloc(p->n, near.k * sizeof *near.far);
    near.core = rec_alloc(p->n, sizeof *near.core);
    if (!mean || !p->x || !p->norm || !p->low || !p->far || !near.at
        || !near.far || !near.core) {
        rc = rec_fail_nomem(err);
    } else {
        centre_points(p, mean);
        rc = rec_density_near(p, samples, &near, err);
        rc = rc ? rc : rec_density_tree(p, &near, edge, err);
        if (rc == 0) {
            add_copies(g, n, &near, edge);
        }
    }
    free(mean);
    free(p->x);
    free(p->norm);
    free(p->low);
    free(p->far);
    free(near.at);
    free(near.far);
    free(near.core);
    return rc;
}

int rec_density_edges(const float *v, size_t n, size_t d,
                      const struct rec_density_options *opt,
                      struct rec_edge *edge, struct rec_error *err)
{
    struct groups g = {rec_alloc(n, sizeof *g.of),
                       rec_alloc(n, sizeof *g.first),
                       rec_alloc(n, sizeof *g.count), 0};
    int rc = g.of && g.first && g.count ? 0 : rec_fail_nomem(err);

    rc = rc ? rc : find_groups(v, n, d, &g, err);
    if (rc == 0) {
        struct rec_points p = {.v = v, .first = g.first, .count = g.count,
                               .n = g.points, .d = d,
                               .threads = opt->threads, .tick = opt->tick};

        rec_blas_threads(opt->threads);
        rc = grow_tree(&p, opt->samples, &g, n, edge, err);
    }
    free(g.of);
    free(g.first);
    free(g.count);
    return rc;
}

static int run(struct rec_density *out, const float *v, size_t n, size_t d,
               const struct rec_density_options *opt, struct rec_error *err)
{
    struct rec_edge *edge = rec_alloc(n, sizeof *edge);
    int rc = edge ? 0 : rec_fail_nomem(err);

    rc = rc ? rc : rec_density_edges(v, n, d, opt, edge, err);
    rc = rc ? rc : rec_density_pick(edge, n, opt->least, out, err);
    free(edge);
    return rc;
}

int rec_density(struct rec_density *out, const float *v, size_t n, size_t d,
                const struct rec_density_options *opt, struct rec_error *err)
{
    int rc = rec_kmeans_check(v, n, d, err);

    memset(out, 0, sizeof *out);
    if (rc == 0 && n > REC_DENSITY_MOST) {
        rc = rec_fail(err, REC_ELIMIT,
                      "%zu vectors: density compares all pairs, and takes %d "
                      "vectors at most",
                      n, (int)REC_DENSITY_MOST);
    }
    if (rc == 0) {
        out->label = rec_zalloc(n, sizeof *out->label);
        out->weight = rec_zalloc(n, sizeof *out->weight);
        rc = out->label && out->weight ? 0 : rec_fail_nomem(err);
    }
    if (rc == 0 && n >= opt->least && n >= opt->samples) {
        rc = run(out, v, n, d, opt, err);
    }
    if (rc != 0) {
        rec_density_release(out);
    }
    return rc;
}

void rec_density_release(struct rec_density *out)
{
    free(out->label);
    free(out->weight);
    free(out->cluster);
    memset(out, 0, sizeof *out);
}
