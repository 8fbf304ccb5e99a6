/* SPDX-License-Identifier: MIT */
/* What the files of density.h share. Distances here are squared. */
#ifndef REC_DENSITY_PRIVATE_H
#define REC_DENSITY_PRIVATE_H

#include "math/density.h"

/* Vectors that all differ, around their mean, for products of matrices. */
struct rec_points {
    const float *v;        /* as they came */
    const uint32_t *first; /* n: where each came first */
    const uint32_t *count; /* n: how often */
    size_t n, d;
    float *x;     /* n x d: less the mean */
    float *norm;  /* n: |x|^2 */
    float *low;   /* n: |x|^2 less the rounding that it may bring in */
    float slack;  /* low = (1 - slack) norm */
    int threads;
    size_t block; /* rows of distances at a time */
    float *far;   /* block x n: room for them */
    const struct rec_progress *tick;
};

/* The nearest K others of each point, nearest first, and core distances. */
struct rec_near {
    size_t k;
    uint32_t *at;  /* n x k */
    double *far;   /* n x k */
    double *core;  /* n */
};

struct rec_edge {
    uint32_t a, b; /* a < b */
    double far;    /* reachability */
};

/* The distance of points I and J. */
double rec_points_distance(const struct rec_points *p, size_t i, size_t j);

/* Fill NEAR, whose arrays are there. REC_ENOMEM. */
REC_MUST_CHECK int rec_density_near(const struct rec_points *p, size_t samples,
                                    struct rec_near *near,
                                    struct rec_error *err);

/* The n - 1 edges of the minimum spanning tree of reachability. REC_ENOMEM. */
REC_MUST_CHECK int rec_density_tree(const struct rec_points *p,
                                    const struct rec_near *near,
                                    struct rec_edge *edge,
                                    struct rec_error *err);

/* The tree of the N rows of V, N x D, of which there are OPT->samples or more:
   N - 1 edges, in any order. REC_ENOMEM. */
REC_MUST_CHECK int rec_density_edges(const float *v, size_t n, size_t d,
                                     const struct rec_density_options *opt,
                                     struct rec_edge *edge,
                                     struct rec_error *err);

/* From the N - 1 edges (put in order here) of a tree of N vectors to what
   rec_density says. REC_ENOMEM. */
REC_MUST_CHECK int rec_density_pick(struct rec_edge *edge, size_t n,
                                    size_t least, struct rec_density *out,
                                    struct rec_error *err);

/* Gather into AT the places of the N numbers not above MOST; how many. */
size_t rec_density_below(const float *a, size_t n, float most, uint32_t *at);

/* The smallest float that is not below X. */
float rec_float_above(double x);

#endif
