/* SPDX-License-Identifier: MIT */
/* Labels with clusters of equal size, by proposals (Gale and Shapley, 1962):
   every vector asks the nearest centre that has not yet turned it down; a
   centre keeps the nearest ones it has room for. As both sides order by the
   same distances, the outcome is that of serving all pairs from the nearest
   on, and does not depend on who asks first. */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/kmeans_private.h"

struct balance {
    size_t n, clusters;
    float *far;      /* n x clusters: squared distances; INFINITY: turned
                        down */
    uint32_t *held;  /* n: by cluster, heaps with the farthest on top */
    size_t *first;   /* clusters + 1: where each one's room in HELD begins */
    size_t *count;   /* how many it holds */
    uint32_t *label;
};

double rec_kmeans_balance_memory(size_t n, size_t clusters)
{
    return (double)n * (4 * (double)clusters + 4) + 20 * (double)clusters;
}

/* Would centre K give up vector A before B? */
static int farther(const struct balance *s, size_t k, uint32_t a, uint32_t b)
{
    float x = s->far[a * s->clusters + k], y = s->far[b * s->clusters + k];

    return x > y || (!(x < y) && a > b);
}

/* Put vector I into the N-th place of K's heap and let it rise. */
static void rise(struct balance *s, size_t k, size_t at, uint32_t i)
{
    uint32_t *heap = s->held + s->first[k];

    while (at > 0 && farther(s, k, i, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = i;
}

/* Put vector I in the place of K's farthest and let it sink. */
static void sink(struct balance *s, size_t k, uint32_t i)
{
    uint32_t *heap = s->held + s->first[k];
    size_t at = 0, n = s->count[k];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= n) {
            break;
        }
        if (child + 1 < n && farther(s, k, heap[child + 1], heap[child])) {
            child++;
        }
        if (!farther(s, k, heap[child], i)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = i;
}

/* Vector I asks until somebody has room; whom that drives out asks next. */
static void place(struct balance *s, uint32_t i)
{
    for (;;) {
        float *far = s->far + i * s->clusters;
        size_t k = 0;
        uint32_t out;

        for (size_t c = 1; c < s->clusters; c++) {
            k = far[c] < far[k] ? c : k;
        }
        if (s->count[k] < s->first[k + 1] - s->first[k]) {
            rise(s, k, s->count[k]++, i);
            return;
        }
        out = s->held[s->first[k]];
        if (!farther(s, k, out, i)) {
            far[k] = INFINITY;
            continue;
        }
        sink(s, k, i);
        s->far[out * s->clusters + k] = INFINITY;
        i = out;
    }
}

static void place_all(struct balance *s)
{
    size_t room = s->n / s->clusters, more = s->n % s->clusters;

    s->first[0] = 0;
    for (size_t k = 0; k < s->clusters; k++) {
        s->first[k + 1] = s->first[k] + room + (k < more);
        s->count[k] = 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        place(s, (uint32_t)i);
    }
    for (size_t k = 0; k < s->clusters; k++) {
        for (size_t h = 0; h < s->count[k]; h++) {
            s->label[s->held[s->first[k] + h]] = (uint32_t)k;
        }
    }
}

/* All distances; exact zeros would only matter as ties. */
static void fill(struct balance *s, const float *v, size_t d,
                 const float *centre, float *norm, int threads)
{
    for (size_t k = 0; k < s->clusters; k++) {
        norm[k] = rec_kmeans_norm(centre + k * d, d);
    }
    for (size_t at = 0; at < s->n; at += KMEANS_BLOCK) {
        size_t rows = s->n - at < KMEANS_BLOCK ? s->n - at : KMEANS_BLOCK;

        rec_kmeans_block(v + at * d, rows, d, centre, norm, s->clusters,
                         threads, s->far + at * s->clusters);
    }
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t i = 0; i < s->n; i++) {
        float own = rec_kmeans_norm(v + i * d, d);

        for (size_t k = 0; k < s->clusters; k++) {
            s->far[i * s->clusters + k] += own;
        }
    }
}

int rec_kmeans_balance(const float *v, size_t n, size_t d, const float *centre,
                       size_t clusters, int threads, uint32_t *label,
                       struct rec_error *err)
{
    struct balance s = {.n = n, .clusters = clusters, .label = label};
    float *norm = rec_alloc(clusters, sizeof *norm);
    size_t cells;
    int rc = 0;

    if (rec_size_mul(n, clusters, &cells) == 0) {
        s.far = rec_alloc(cells, sizeof *s.far);
    }
    s.held = rec_alloc(n, sizeof *s.held);
    s.first = rec_alloc(clusters + 1, sizeof *s.first);
    s.count = rec_alloc(clusters, sizeof *s.count);
    if (!norm || !s.far || !s.held || !s.first || !s.count) {
        rc = rec_fail_nomem(err);
    } else {
        fill(&s, v, d, centre, norm, threads);
        place_all(&s);
    }
    free(norm);
    free(s.far);
    free(s.held);
    free(s.first);
    free(s.count);
    return rc;
}
