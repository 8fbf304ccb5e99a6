/* SPDX-License-Identifier: MIT */
/* Ward clustering by the chain of nearest neighbours: see ward.h. Clusters
   live in the place of their lowest member; places that are no longer a
   cluster are infinitely far from everything. */
#include <config.h>

#include "math/ward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ward {
    size_t n;
    double *far;     /* n x n: the distances, whole for contiguous rows */
    double *size;    /* by place: members */
    uint32_t *chain; /* places, each nearest to the one below */
    size_t length;
    struct rec_merge *merge; /* in the order found, a and b places */
    size_t merges;
};

/* ---- distances -------------------------------------------------------- */

enum { LANES = 8 };

/* The squared distance of two rows of D numbers, D a multiple of LANES. */
static inline double distance(const double *a, const double *b, size_t d)
{
    double lane[LANES] = {0}, sum = 0;

    for (size_t k = 0; k < d; k += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            double t = a[k + l] - b[k + l];

            lane[l] += t * t;
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        sum += lane[l];
    }
    return sum;
}

REC_HOT
static void all_distances(const double *v, size_t n, size_t d, double *far)
{
    for (size_t i = 0; i < n; i++) {
        far[i * n + i] = INFINITY;
        for (size_t j = 0; j < i; j++) {
            far[i * n + j] = far[j * n + i] =
                distance(v + i * d, v + j * d, d);
        }
    }
}

static size_t padded(size_t d)
{
    return (d + LANES - 1) / LANES * LANES;
}

/* The rows of V in double precision, padded by zeros. */
static double *widen(const float *v, size_t n, size_t d)
{
    size_t wide = padded(d), cells;
    double *out =
        rec_size_mul(n, wide, &cells) ? NULL : rec_zalloc(cells, sizeof *out);

    for (size_t i = 0; out && i < n; i++) {
        for (size_t k = 0; k < d; k++) {
            out[i * wide + k] = v[i * d + k];
        }
    }
    return out;
}

/* ---- the chain -------------------------------------------------------- */

/* The smallest of the N numbers at FAR. */
static inline double smallest(const double *far, size_t n)
{
    double lane[LANES], low = INFINITY;
    size_t i = 0;

    for (size_t l = 0; l < LANES; l++) {
        lane[l] = INFINITY;
    }
    for (; i + LANES <= n; i += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] = far[i + l] < lane[l] ? far[i + l] : lane[l];
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        low = lane[l] < low ? lane[l] : low;
    }
    for (; i < n; i++) {
        low = far[i] < low ? far[i] : low;
    }
    return low;
}

/* The cluster nearest to that at place C: BEFORE if it is as near as any. */
REC_HOT
static uint32_t nearest(const struct ward *w, uint32_t c, uint32_t before)
{
    const double *far = w->far + c * w->n;
    double low = smallest(far, w->n);
    uint32_t k = 0;

    if (before < w->n && far[before] <= low) {
        return before;
    }
    while (far[k] > low) {
        k++;
    }
    return k;
}

/* The distances from the union of places A and B, which lives at A, to all
   others (Lance and Williams). They are at least the union's height H but for
   rounding. */
REC_HOT
static void combine(double *restrict far_a, const double *restrict far_b,
                    const double *restrict size, double n_a, double n_b,
                    double h, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double d = ((n_a + size[k]) * far_a[k] + (n_b + size[k]) * far_b[k]
                    - size[k] * h)
                   / (n_a + n_b + size[k]);

        far_a[k] = d < h ? h : d;
    }
}

static void join(struct ward *w, uint32_t a, uint32_t b)
{
    size_t n = w->n;
    double h = w->far[a * n + b];

    combine(w->far + a * n, w->far + b * n, w->size, w->size[a], w->size[b], h,
            n);
    w->far[a * n + a] = INFINITY;
    w->far[a * n + b] = INFINITY;
    for (size_t k = 0; k < n; k++) {
        w->far[k * n + a] = w->far[a * n + k];
        w->far[k * n + b] = INFINITY;
    }
    w->size[a] += w->size[b];
    w->merge[w->merges++] =
        (struct rec_merge){a, b, (uint32_t)w->size[a], h};
}

/* Every cluster on the chain is nearest to the one below it, so distances
   only shrink towards the top, and a pair of mutual neighbours must come. */
static void grow_tree(struct ward *w)
{
    while (w->merges + 1 < w->n) {
        uint32_t top, next;

        if (w->length == 0) {
            w->chain[w->length++] = 0; /* the lowest place always is one */
        }
        top = w->chain[w->length - 1];
        next = nearest(w, top,
                       w->length > 1 ? w->chain[w->length - 2] : UINT32_MAX);
        if (w->length > 1 && next == w->chain[w->length - 2]) {
            w->length -= 2;
            join(w, top < next ? top : next, top < next ? next : top);
        } else {
            w->chain[w->length++] = next;
        }
    }
}

/* ---- the tree in order ------------------------------------------------ */

static int compare_merges(const void *a, const void *b)
{
    const struct rec_merge *x = *(const struct rec_merge *const *)a,
                           *y = *(const struct rec_merge *const *)b;

    return x->height != y->height ? (x->height > y->height ? 1 : -1)
                                  : (x > y) - (x < y);
}

/* Sort the merges and name the clusters by them. The chain finds a union after
   its parts, and it is not lower, so equal heights keep that order. */
static int number_tree(struct ward *w, struct rec_error *err)
{
    size_t count = w->merges;
    const struct rec_merge **by = rec_alloc(count, sizeof *by);
    struct rec_merge *sorted = rec_alloc(count, sizeof *sorted);
    uint32_t *name = w->chain; /* by place; the chain is done */
    int rc = by && sorted ? 0 : rec_fail_nomem(err);

    for (size_t k = 0; k < count && rc == 0; k++) {
        by[k] = &w->merge[k];
    }
    if (rc == 0) {
        qsort(by, count, sizeof *by, compare_merges);
        for (size_t i = 0; i < w->n; i++) {
            name[i] = (uint32_t)i;
        }
        for (size_t k = 0; k < count; k++) {
            sorted[k] = *by[k];
            sorted[k].a = name[by[k]->a];
            sorted[k].b = name[by[k]->b];
            name[by[k]->a] = (uint32_t)(w->n + k);
        }
        memcpy(w->merge, sorted, count * sizeof *sorted);
    }
    free(by);
    free(sorted);
    return rc;
}

double rec_ward_memory(size_t n, size_t d)
{
    return (double)n * 8 * (double)(n + padded(d) + 8);
}

int rec_ward(const float *v, size_t n, size_t d, struct rec_merge *merge,
             struct rec_error *err)
{
    struct ward w = {.n = n, .merge = merge};
    double *wide = NULL;
    size_t cells;
    int rc = 0;

    if (n > INT32_MAX) {
        return rec_fail(err, REC_ELIMIT, "too many vectors to cluster: %zu", n);
    }
    if (n < 2) {
        return 0;
    }
    if (rec_size_mul(n, n, &cells) == 0) {
        w.far = rec_alloc(cells, sizeof *w.far);
    }
    w.size = rec_alloc(n, sizeof *w.size);
    w.chain = rec_alloc(n, sizeof *w.chain);
    wide = widen(v, n, d);
    if (!w.far || !w.size || !w.chain || !wide) {
        rc = rec_fail_nomem(err);
    } else {
        for (size_t i = 0; i < n; i++) {
            w.size[i] = 1;
        }
        all_distances(wide, n, padded(d), w.far);
        grow_tree(&w);
        rc = number_tree(&w, err);
    }
    free(w.far);
    free(w.size);
    free(w.chain);
    free(wide);
    return rc;
}

/* ---- cutting ---------------------------------------------------------- */

size_t rec_ward_count(const struct rec_merge *merge, size_t n, double height)
{
    size_t k = 0;

    while (k + 1 < n && merge[k].height <= height) {
        k++;
    }
    return n - k;
}

size_t rec_ward_gap(const struct rec_merge *merge, size_t n)
{
    double widest = 0;
    size_t clusters = n > 0;

    for (size_t k = 1; k + 1 < n; k++) {
        double step = merge[k].height - merge[k - 1].height;

        if (step > 0 && step >= widest) {
            widest = step;
            clusters = n - k;
        }
    }
    return clusters;
}

int rec_ward_cut(const struct rec_merge *merge, size_t n, size_t clusters,
                 uint32_t *label, struct rec_error *err)
{
    size_t merges = n - clusters, nodes = n + merges;
    uint32_t *up = rec_alloc(nodes, sizeof *up), next = 0;

    if (!up) {
        return rec_fail_nomem(err);
    }
    for (size_t c = 0; c < nodes; c++) {
        up[c] = (uint32_t)c;
    }
    for (size_t k = 0; k < merges; k++) {
        up[merge[k].a] = up[merge[k].b] = (uint32_t)(n + k);
    }
    for (size_t c = nodes; c-- > 0;) { /* parents come after their parts */
        up[c] = up[up[c]];
    }
    /* The roots by their lowest member; as labels, those lie above NODES. */
    for (size_t i = 0; i < n; i++) {
        uint32_t root = up[i];

        if (up[root] == root) {
            up[root] = (uint32_t)nodes + next++;
        }
        label[i] = up[root] - (uint32_t)nodes;
    }
    free(up);
    return 0;
}
