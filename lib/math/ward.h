/* SPDX-License-Identifier: MIT */
/* Ward's hierarchical clustering of a few thousand vectors, by the chain of
   nearest neighbours (Benzecri 1982; Muellner, arXiv:1109.2378): O(n^2 d) for
   the distances, O(n^2) for the tree.

   The distance of two clusters is twice what their union adds to the sum of
   squares within clusters, 2 |A| |B| / (|A| + |B|) |mean A - mean B|^2; of two
   single vectors that is their squared distance. So all heights of a tree sum
   to twice the sum of squares around the mean. (scipy's heights are the square
   roots.)

   Ties: of several nearest clusters the chain takes the one it came from, or
   else the one with the lowest member. Without ties the tree is that of the
   greedy algorithm. Computed in double precision by one thread, so the result
   is always the same. */
#ifndef REC_WARD_H
#define REC_WARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

/* A union of two clusters: cluster c < n is vector c, cluster n + k is what
   merge k made. */
struct rec_merge {
    uint32_t a, b; /* a has the lowest member of the two */
    uint32_t size; /* members of the union */
    double height;
};

/* Bytes that rec_ward takes for N vectors of length D. */
double rec_ward_memory(size_t n, size_t d);

/* The tree over the N rows of V (N x D, row-major, finite): N - 1 merges by
   ascending height, a cluster always after its parts. N = 0 gives none.
   REC_ENOMEM; REC_ELIMIT beyond 2^31 - 1 vectors. */
REC_MUST_CHECK int rec_ward(const float *v, size_t n, size_t d,
                            struct rec_merge *merge, struct rec_error *err);

/* How many clusters a tree of N vectors has when cut at HEIGHT, that is after
   every merge not above it; or where the step from one merge's height to the
   next one's is largest (of equal steps the highest; one cluster when all
   heights are equal or there are fewer than three vectors). */
size_t rec_ward_count(const struct rec_merge *merge, size_t n, double height);
size_t rec_ward_gap(const struct rec_merge *merge, size_t n);

/* LABEL[i], 0 to CLUSTERS - 1, says in which of the CLUSTERS (1 to N) of the
   tree vector i is; numbered by their lowest member. REC_ENOMEM. */
REC_MUST_CHECK int rec_ward_cut(const struct rec_merge *merge, size_t n,
                                size_t clusters, uint32_t *label,
                                struct rec_error *err);

#endif
