/* SPDX-License-Identifier: MIT */
/* k-means of dense vectors: K centres that make the sum of the squared
   distances of all vectors to the nearest one small. Seeds by k-means++
   (Arthur and Vassilvitskii, SODA 2007), then Lloyd's sweeps, or mini-batches
   (Sculley, WWW 2010), or sweeps with clusters of equal size.

   All arrays are row-major and single precision; V is N x D and finite,
   CENTRE is CLUSTERS x D. Distances come from products of matrices, so BLAS
   works most of the time, and the number of threads may change their last
   digits; which of two centres is nearest is decided up to that. */
#ifndef REC_KMEANS_H
#define REC_KMEANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/progress.h"

struct rec_kmeans_options {
    size_t clusters; /* at least 1; at most N are used */
    size_t sweeps;   /* over the data, at most */
    size_t batch;    /* vectors of a mini-batch; 0: whole sweeps */
    int balanced;    /* 1: sizes differ by one at most */
    uint64_t seed;
    int threads;
    const struct rec_progress *tick; /* may be NULL */
};

/* Bytes that rec_kmeans takes beside V, CENTRE and LABEL. */
double rec_kmeans_memory(size_t n, size_t d,
                         const struct rec_kmeans_options *opt);

/* Fill CENTRE, and LABEL (N) with the number of each vector's centre. Without
   BALANCED every vector is labelled with the nearest centre, and no centre
   used is without a vector unless fewer vectors are different, by more than
   rounding. Sweeps end when
   no label changes, or the sum falls by less than 1e-5 of itself. *SUM (may
   be NULL) is the sum of the squared distances to the labels' centres, in
   double precision. With N < CLUSTERS the centres from N on are zero.
   REC_ENUMERIC when a vector is not finite, or longer than about 6.5e18, whose
   distances would not be. */
REC_MUST_CHECK int rec_kmeans(const float *v, size_t n, size_t d,
                              const struct rec_kmeans_options *opt,
                              float *centre, uint32_t *label, double *sum,
                              struct rec_error *err);

/* LABEL every vector with the nearest of the CLUSTERS centres, at the squared
   DISTANCE (may be NULL). REC_ENOMEM; REC_ENUMERIC as above, of centres too.
   */
REC_MUST_CHECK int rec_kmeans_assign(const float *v, size_t n, size_t d,
                                     const float *centre, size_t clusters,
                                     int threads, uint32_t *label,
                                     float *distance, struct rec_error *err);

/* The sum of the squared distances to the labels' centres. */
double rec_kmeans_sum(const float *v, size_t n, size_t d, const float *centre,
                      const uint32_t *label);

#endif
