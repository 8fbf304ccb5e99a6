/* SPDX-License-Identifier: MIT */
/* What the files of kmeans.h share. */
#ifndef REC_KMEANS_PRIVATE_H
#define REC_KMEANS_PRIVATE_H

#include "math/kmeans.h"

enum { KMEANS_BLOCK = 2048 }; /* rows of distances at a time */

/* The sum of the squares of N numbers, and of the differences. */
float rec_kmeans_norm(const float *a, size_t n);
float rec_kmeans_distance(const float *a, const float *b, size_t n);

/* rec_kmeans_assign of vectors and centres that are known to be in range. */
REC_MUST_CHECK int rec_kmeans_nearest(const float *v, size_t n, size_t d,
                                      const float *centre, size_t clusters,
                                      int threads, uint32_t *label,
                                      float *distance, struct rec_error *err);

/* REC_ENUMERIC when one of the N vectors is not finite, or so long that
   distances would not be. */
REC_MUST_CHECK int rec_kmeans_check(const float *v, size_t n, size_t d,
                                    struct rec_error *err);

/* The place of the first of the smallest of N numbers, at least one. */
uint32_t rec_first_smallest(const float *a, size_t n);

/* OUT = |centre|^2 - 2 v.centre, ROWS x CLUSTERS: the squared distances but
   for |v|^2. NORM has the |centre|^2. */
void rec_kmeans_block(const float *v, size_t rows, size_t d,
                      const float *centre, const float *norm, size_t clusters,
                      int threads, float *out);

/* Choose CLUSTERS (at most N) of the vectors as CENTRE. */
REC_MUST_CHECK int rec_kmeans_seeds(const float *v, size_t n, size_t d,
                                    size_t clusters, uint64_t seed,
                                    int threads, float *centre,
                                    struct rec_error *err);

/* rec_kmeans of N vectors, at least one, that are in range, from the seeds in
   CENTRE. */
REC_MUST_CHECK int rec_kmeans_from(const float *v, size_t n, size_t d,
                                   const struct rec_kmeans_options *opt,
                                   float *centre, uint32_t *label,
                                   struct rec_error *err);

/* LABEL the vectors with centres such that cluster sizes differ by one at
   most, the first ones being the larger, and no vector and centre would both
   rather have each other than what they got. */
REC_MUST_CHECK int rec_kmeans_balance(const float *v, size_t n, size_t d,
                                      const float *centre, size_t clusters,
                                      int threads, uint32_t *label,
                                      struct rec_error *err);
double rec_kmeans_balance_memory(size_t n, size_t clusters);

#endif
