/* SPDX-License-Identifier: MIT */
/* Clusters of any shape and number, and noise, by density: HDBSCAN* (Campello,
   Moulavi and Sander, PAKDD 2013; Campello et al., ACM TKDD 10(1), 2015).

   The core distance of a vector is that to the SAMPLES-th nearest one, itself
   counted; the reachability of two vectors is the largest of their distance
   and both core distances. Taking away the edges of the minimum spanning tree
   of reachability, the longest first and those of one length at once, leaves
   parts; a part of at least LEAST vectors is a cluster, and a cluster that
   only loses fewer than that stays the same one. Its stability is the sum over
   its vectors of 1/d at which they leave it, less 1/d at which it came up. Of
   all clusters (but not all vectors as one) those are taken that exclude each
   other and have the largest sum of stabilities (excess of mass).

   Neighbours are exact: distances by products of matrices only say which pairs
   to look at, with their rounding allowed for; those are taken in double
   precision. The parts do not depend on which of equal edges the tree has. So
   the result depends neither on threads nor on BLAS. */
#ifndef REC_DENSITY_H
#define REC_DENSITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/progress.h"

enum { REC_DENSITY_MOST = 50000 }; /* vectors */

struct rec_density_options {
    size_t least;   /* vectors of a cluster, at least 2 */
    size_t samples; /* at least 1 */
    int threads;
    const struct rec_progress *tick; /* may be NULL */
};

struct rec_density_cluster {
    uint32_t size;
    double stability; /* infinite where more than SAMPLES vectors are equal */
};

struct rec_density {
    uint32_t *label; /* n: 0 is noise; from 1 for the largest cluster, of
                        equal ones that with the lowest member */
    float *weight;   /* n: how deep in its cluster, 1/d at which the vector
                        leaves it as a part of the largest such; 0 for noise */
    size_t clusters;
    struct rec_density_cluster *cluster; /* label k is at k - 1 */
};

/* Bytes that rec_density takes beside V. */
double rec_density_memory(size_t n, size_t d,
                          const struct rec_density_options *opt);

/* Cluster the N rows of V (N x D, row-major). Fewer than LEAST or SAMPLES are
   all noise. *OUT is the caller's, to be released. REC_ENUMERIC when a vector
   is not finite; REC_ELIMIT beyond REC_DENSITY_MOST. */
REC_MUST_CHECK int rec_density(struct rec_density *out, const float *v,
                               size_t n, size_t d,
                               const struct rec_density_options *opt,
                               struct rec_error *err);
void rec_density_release(struct rec_density *out);

#endif
