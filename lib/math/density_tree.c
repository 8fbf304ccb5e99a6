/* SPDX-License-Identifier: MIT */
/* The minimum spanning tree of reachability, by rounds (Boruvka, 1926): every
   part but the largest takes the least edge that leaves it, equal ones by
   their ends. Most points know theirs from the list of their nearest ones, or
   from an earlier round; a point is compared with all others only if its
   bound does not rule it out. */
#include <config.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/density_private.h"
#include "math/kmeans_private.h"

struct way { /* out of a part */
    double far;
    uint32_t a, b;
};

struct tree {
    const struct rec_points *p;
    const struct rec_near *near;
    float *core;       /* n: not above near->core */
    uint32_t *part;    /* n: the lowest point of the part */
    uint32_t *size;    /* by part */
    struct way *best;  /* by part: the least edge so far, or infinitely far */
    struct way *way;   /* n: the least edge from the point, or the least
                          possible length if not KNOWN */
    uint8_t *known;    /* n */
    uint32_t *row, *at; /* block; threads x n */
    float *x;          /* block x d */
};

static struct way way_between(const struct tree *t, uint32_t i, uint32_t j,
                              double far)
{
    const double *core = t->near->core;

    far = core[i] > far ? core[i] : far;
    far = core[j] > far ? core[j] : far;
    return (struct way){far, i < j ? i : j, i < j ? j : i};
}

static int shorter(const struct way *x, const struct way *y)
{
    if (x->far < y->far || x->far > y->far) {
        return x->far < y->far;
    }
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

/* ---- what is known without comparing all ------------------------------ */

static void look_near(struct tree *t, uint32_t i)
{
    const struct rec_near *near = t->near;
    size_t k = near->k;
    struct way best = {INFINITY, UINT32_MAX, UINT32_MAX};
    double bound = INFINITY;

    if (t->known[i]
        && t->part[t->way[i].a] != t->part[t->way[i].b]) {
        return;
    }
    for (size_t h = 0; h < k; h++) {
        uint32_t j = near->at[i * k + h];
        struct way w = way_between(t, i, j, near->far[i * k + h]);

        if (t->part[i] != t->part[j] && shorter(&w, &best)) {
            best = w;
        }
    }
    if (k + 1 < t->p->n) { /* the others are at least as far as the last */
        bound = near->far[i * k + k - 1];
        bound = near->core[i] > bound ? near->core[i] : bound;
    }
    t->known[i] = best.far < bound;
    if (t->known[i]) {
        t->way[i] = best;
    } else if (t->way[i].far < bound) {
        t->way[i].far = bound; /* else an old edge, now inside: no less */
    }
}

/* The part with the most points, of equal ones the first. */
static uint32_t largest(const struct tree *t)
{
    uint32_t at = 0;

    for (uint32_t i = 1; i < t->p->n; i++) {
        at = t->size[i] > t->size[at] ? i : at;
    }
    return at;
}

static void offer(struct tree *t, uint32_t i)
{
    struct way *best = &t->best[t->part[i]];

    if (t->known[i] && shorter(&t->way[i], best)) {
        *best = t->way[i];
    }
}

/* ---- comparing all ---------------------------------------------------- */

/* ROW of lower bounds (less OWN) of distances to that of reachability,
   infinite inside PART; the place of the smallest. */
REC_HOT
static void bound_row(float *row, size_t n, const float *core, float own,
                      const uint32_t *in, uint32_t part)
{
    for (size_t j = 0; j < n; j++) {
        float far = row[j] + own;

        far = core[j] > far ? core[j] : far;
        row[j] = in[j] == part ? INFINITY : far;
    }
}

static void search(const struct tree *t, uint32_t i, float *row, uint32_t *at)
{
    const struct rec_points *p = t->p;
    struct way best;
    uint32_t low;
    size_t found;

    bound_row(row, p->n, t->core, p->low[i], t->part, t->part[i]);
    low = rec_first_smallest(row, p->n);
    best = way_between(t, i, low, rec_points_distance(p, i, low));
    found = rec_density_below(row, p->n, rec_float_above(best.far), at);
    for (size_t f = 0; f < found; f++) {
        struct way w =
            way_between(t, i, at[f], rec_points_distance(p, i, at[f]));

        if (t->part[at[f]] != t->part[i] && shorter(&w, &best)) {
            best = w;
        }
    }
    t->way[i] = best;
    t->known[i] = 1;
}

static void search_rows(struct tree *t, size_t rows)
{
    const struct rec_points *p = t->p;

    for (size_t r = 0; r < rows; r++) {
        memcpy(t->x + r * p->d, p->x + t->row[r] * p->d, p->d * sizeof *t->x);
    }
    rec_kmeans_block(t->x, rows, p->d, p->x, p->low, p->n, p->threads, p->far);
#pragma omp parallel for schedule(dynamic, 8) num_threads(p->threads)
    for (size_t r = 0; r < rows; r++) {
        search(t, t->row[r], p->far + r * p->n,
               t->at + (size_t)rec_thread() * p->n);
    }
    for (size_t r = 0; r < rows; r++) {
        offer(t, t->row[r]);
    }
}

/* The least edge out of every part but SKIP. */
static void find_ways(struct tree *t, uint32_t skip)
{
    size_t n = t->p->n, rows = 0;

    for (uint32_t i = 0; i < n; i++) {
        t->best[i] = (struct way){INFINITY, UINT32_MAX, UINT32_MAX};
    }
#pragma omp parallel for schedule(static) num_threads(t->p->threads)
    for (uint32_t i = 0; i < n; i++) {
        look_near(t, i);
    }
    for (uint32_t i = 0; i < n; i++) {
        offer(t, i);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (t->part[i] != skip && !t->known[i]
            && t->way[i].far <= t->best[t->part[i]].far) {
            t->row[rows++] = i;
        }
        if (rows == t->p->block || (rows > 0 && i + 1 == n)) {
            search_rows(t, rows);
            rows = 0;
        }
    }
}

/* ---- rounds ----------------------------------------------------------- */

static uint32_t root(uint32_t *part, uint32_t i)
{
    while (part[i] != i) {
        part[i] = part[part[i]];
        i = part[i];
    }
    return i;
}

/* Take the edges found; how many there are then. */
static size_t join(struct tree *t, uint32_t skip, struct rec_edge *edge,
                   size_t have)
{
    uint32_t n = (uint32_t)t->p->n;

    for (uint32_t i = 0; i < n; i++) {
        const struct way *w = &t->best[i];
        uint32_t a, b;

        if (t->size[i] == 0 || i == skip) {
            continue;
        }
        a = root(t->part, w->a);
        b = root(t->part, w->b);
        if (a != b) {
            t->part[a < b ? b : a] = a < b ? a : b;
            edge[have++] = (struct rec_edge){w->a, w->b, w->far};
        }
    }
    memset(t->size, 0, n * sizeof *t->size);
    for (uint32_t i = 0; i < n; i++) {
        t->part[i] = root(t->part, i);
        t->size[t->part[i]]++;
    }
    return have;
}

static void rounds(struct tree *t, struct rec_edge *edge)
{
    size_t n = t->p->n, have = 0;

    for (uint32_t i = 0; i < n; i++) {
        float f = (float)t->near->core[i];

        t->core[i] = f > t->near->core[i] ? nextafterf(f, 0) : f;
        t->part[i] = i;
        t->size[i] = 1;
        t->way[i] = (struct way){0, i, i};
    }
    memset(t->known, 0, n);
    while (have + 1 < n) {
        uint32_t skip = largest(t);

        rec_progress(t->p->tick, "tree", (double)have, (double)n);
        find_ways(t, skip);
        have = join(t, skip, edge, have);
    }
}

int rec_density_tree(const struct rec_points *p, const struct rec_near *near,
                     struct rec_edge *edge, struct rec_error *err)
{
    struct tree t = {.p = p, .near = near};
    size_t n = p->n;
    int rc = 0;

    t.core = rec_alloc(n, sizeof *t.core);
    t.part = rec_alloc(n, sizeof *t.part);
    t.size = rec_alloc(n, sizeof *t.size);
    t.best = rec_alloc(n, sizeof *t.best);
    t.way = rec_alloc(n, sizeof *t.way);
    t.known = rec_alloc(n, sizeof *t.known);
    t.row = rec_alloc(p->block, sizeof *t.row);
    t.at = rec_alloc((size_t)p->threads, n * sizeof *t.at);
    t.x = rec_alloc(p->block, p->d * sizeof *t.x);
    if (!t.core || !t.part || !t.size || !t.best || !t.way || !t.known
        || !t.row || !t.at || !t.x) {
        rc = rec_fail_nomem(err);
    } else {
        rounds(&t, edge);
    }
    free(t.core);
    free(t.part);
    free(t.size);
    free(t.best);
    free(t.way);
    free(t.known);
    free(t.row);
    free(t.at);
    free(t.x);
    return rc;
}
