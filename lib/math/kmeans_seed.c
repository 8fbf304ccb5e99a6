/* SPDX-License-Identifier: MIT */
/* Seeds for k-means: k-means++, greedy: of a few candidates, each drawn with a
   probability in proportion to its squared distance from the seeds so far, the
   one that leaves the smallest sum of distances. Beyond a certain size a
   random part of the data is enough to find seeds, and much faster. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/kmeans_private.h"

enum { SAMPLE_PER_SEED = 128, SAMPLE_LEAST = 4096, CANDIDATES_MOST = 16 };

struct seeds {
    const float *v;
    size_t d, n, tries;
    const uint32_t *index; /* the vectors that take part: n */
    float *near;           /* n: squared distance from the nearest seed */
    float *then;           /* tries x n: the same with a candidate too */
    double sum;            /* of near */
    int threads;
};

static const float *vector(const struct seeds *s, size_t i)
{
    return s->v + s->index[i] * s->d;
}

/* A number drawn in proportion to NEAR; any where all are 0. */
static size_t draw(const struct seeds *s, struct rec_rng *rng)
{
    double left = rec_rng_unit(rng) * s->sum;
    size_t last = 0;

    for (size_t i = 0; i < s->n; i++) {
        left -= s->near[i];
        if (s->near[i] > 0) {
            last = i;
            if (left < 0) {
                break;
            }
        }
    }
    return s->sum > 0 ? last : rec_rng_below(rng, s->n);
}

/* For each of the candidates AT, S->TRIES of them: NEAR and the distance of
   everything from it, the smaller, into THEN. One pass, as the vectors are many
   and the candidates stay in the cache. */
static void try_seeds(const struct seeds *s, const size_t *at)
{
#pragma omp parallel for schedule(static) num_threads(s->threads)
    for (size_t i = 0; i < s->n; i++) {
        for (size_t t = 0; t < s->tries; t++) {
            float d = rec_kmeans_distance(vector(s, i), vector(s, at[t]), s->d);

            s->then[t * s->n + i] = d < s->near[i] ? d : s->near[i];
        }
    }
}

static double add_up(const float *near, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += near[i];
    }
    return sum;
}

/* The next seed: the best of a few candidates. */
static size_t next_seed(struct seeds *s, struct rec_rng *rng)
{
    size_t at[CANDIDATES_MOST], best = 0;
    double best_sum = INFINITY;

    for (size_t t = 0; t < s->tries; t++) {
        at[t] = draw(s, rng);
    }
    try_seeds(s, at);
    for (size_t t = 0; t < s->tries; t++) {
        double sum = add_up(s->then + t * s->n, s->n);

        if (sum < best_sum) {
            best_sum = sum;
            best = t;
        }
    }
    memcpy(s->near, s->then + best * s->n, s->n * sizeof *s->near);
    s->sum = best_sum;
    return at[best];
}

static void choose(struct seeds *s, size_t clusters, struct rec_rng *rng,
                   float *centre)
{
    size_t tries = s->tries;

    for (size_t i = 0; i < s->n; i++) {
        s->near[i] = INFINITY;
    }
    s->sum = 0; /* the first is any vector */
    s->tries = 1;
    for (size_t k = 0; k < clusters; k++) {
        size_t i = next_seed(s, rng);

        memcpy(centre + k * s->d, vector(s, i), s->d * sizeof *centre);
        s->tries = tries;
    }
}

/* The numbers of TAKE of N vectors, without repetition: a shuffle that stops
   early. */
static uint32_t *take_some(size_t n, size_t take, struct rec_rng *rng)
{
    uint32_t *index = rec_alloc(n, sizeof *index);

    for (size_t i = 0; index && i < n; i++) {
        index[i] = (uint32_t)i;
    }
    for (size_t i = 0; index && take < n && i < take; i++) {
        size_t j = i + rec_rng_below(rng, n - i);
        uint32_t t = index[i];

        index[i] = index[j];
        index[j] = t;
    }
    return index;
}

int rec_kmeans_seeds(const float *v, size_t n, size_t d, size_t clusters,
                     uint64_t seed, int threads, float *centre,
                     struct rec_error *err)
{
    struct seeds s = {.v = v, .d = d, .n = n, .threads = threads};
    size_t most = SAMPLE_PER_SEED * clusters;
    struct rec_rng rng;
    uint32_t *index;
    int rc = 0;

    rec_rng_init(&rng, seed);
    most = most < SAMPLE_LEAST ? SAMPLE_LEAST : most;
    s.n = n < most ? n : most;
    s.tries = 2 + (size_t)log((double)clusters);
    s.tries = s.tries > CANDIDATES_MOST ? CANDIDATES_MOST : s.tries;
    s.index = index = take_some(n, s.n, &rng);
    s.near = rec_alloc(s.n, sizeof *s.near);
    s.then = rec_alloc(s.n, s.tries * sizeof *s.then);
    if (!index || !s.near || !s.then) {
        rc = rec_fail_nomem(err);
    } else if (n > 0) {
        choose(&s, clusters, &rng, centre);
    }
    free(index);
    free(s.near);
    free(s.then);
    return rc;
}
