/* SPDX-License-Identifier: MIT */
/* The nearest points of each point, all compared: products of matrices give
   lower bounds, those that could matter are then taken exactly. */
#include <config.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/density_private.h"
#include "math/kmeans_private.h"

enum { PIECE = 1024 };

struct neighbour {
    double far;
    uint32_t at;
};

static int nearer(struct neighbour a, struct neighbour b)
{
    return a.far < b.far || (!(a.far > b.far) && a.at < b.at);
}

/* Add X to a heap of the K nearest, with the farthest on top, which has N of
   them; how many it has then. */
static size_t heap_add(struct neighbour *heap, size_t n, size_t k,
                       struct neighbour x)
{
    size_t at, child;

    if (n < k) {
        for (at = n; at > 0 && nearer(heap[(at - 1) / 2], x);
             at = (at - 1) / 2) {
            heap[at] = heap[(at - 1) / 2];
        }
        heap[at] = x;
        return n + 1;
    }
    if (!nearer(x, heap[0])) {
        return n;
    }
    for (at = 0; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && nearer(heap[child], heap[child + 1]);
        if (!nearer(x, heap[child])) {
            break;
        }
        heap[at] = heap[child];
    }
    heap[at] = x;
    return n;
}

static int by_distance(const void *pa, const void *pb)
{
    const struct neighbour *a = pa, *b = pb;

    return nearer(*b, *a) - nearer(*a, *b);
}

/* The K points with the lowest bounds in ROW, that of point I. */
static size_t lowest(const float *row, size_t n, size_t i, size_t k,
                     struct neighbour *heap, uint32_t *at)
{
    size_t have = 0;

    for (size_t from = 0; from < n; from += PIECE) {
        size_t piece = n - from < PIECE ? n - from : PIECE;
        float most = have < k ? FLT_MAX : (float)heap[0].far;
        size_t found = rec_density_below(row + from, piece, most, at);

        for (size_t f = 0; f < found; f++) {
            size_t j = from + at[f];

            if (j != i) {
                have = heap_add(heap, have, k,
                                (struct neighbour){row[j], (uint32_t)j});
            }
        }
    }
    return have;
}

/* The nearest of point I, whose lower bounds less its own norm are at ROW:
   no point can be among them whose bound is above the exact distance of the
   farthest of any K points. */
static void nearest(const struct rec_points *p, size_t i, const float *row,
                    struct neighbour *heap, uint32_t *at,
                    const struct rec_near *near)
{
    size_t k = near->k, have = lowest(row, p->n, i, k, heap, at), found;
    double most = 0;

    for (size_t h = 0; h < have; h++) {
        double far = rec_points_distance(p, i, heap[h].at);

        most = far > most ? far : most;
    }
    found = rec_density_below(row, p->n, rec_float_above(most - p->low[i]),
                              at);
    have = 0;
    for (size_t f = 0; f < found; f++) {
        if (at[f] != i) {
            double far = rec_points_distance(p, i, at[f]);

            have = heap_add(heap, have, k, (struct neighbour){far, at[f]});
        }
    }
    qsort(heap, have, sizeof *heap, by_distance);
    for (size_t h = 0; h < have; h++) {
        near->at[i * k + h] = heap[h].at;
        near->far[i * k + h] = heap[h].far;
    }
}

/* How far one has to go from point I to have SAMPLES vectors. */
static double core(const struct rec_points *p, const struct rec_near *near,
                   size_t i, size_t samples)
{
    size_t have = p->count[i];
    double far = 0;

    for (size_t h = 0; h < near->k && have < samples; h++) {
        have += p->count[near->at[i * near->k + h]];
        far = near->far[i * near->k + h];
    }
    return far;
}

int rec_density_near(const struct rec_points *p, size_t samples,
                     struct rec_near *near, struct rec_error *err)
{
    size_t n = p->n, threads = (size_t)p->threads;
    struct neighbour *heap = rec_alloc(threads, (near->k + 1) * sizeof *heap);
    uint32_t *at = rec_alloc(threads, n * sizeof *at);

    for (size_t from = 0; heap && at && from < n; from += p->block) {
        size_t rows = n - from < p->block ? n - from : p->block;

        rec_progress(p->tick, "neighbours", (double)from, (double)n);
        rec_kmeans_block(p->x + from * p->d, rows, p->d, p->x, p->low, n,
                         p->threads, p->far);
#pragma omp parallel for schedule(dynamic, 8) num_threads(p->threads)
        for (size_t r = 0; r < rows; r++) {
            size_t t = (size_t)rec_thread();

            nearest(p, from + r, p->far + r * n, heap + t * (near->k + 1),
                    at + t * n, near);
            near->core[from + r] = core(p, near, from + r, samples);
        }
    }
    free(heap);
    free(at);
    return heap && at ? 0 : rec_fail_nomem(err);
}
