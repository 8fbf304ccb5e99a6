/* SPDX-License-Identifier: MIT */
/* How well vectors sit in their clusters: silhouettes (Rousseeuw, 1987). Of a
   vector with mean distance A from the others of its own cluster and B from
   the members of the nearest other one, (B - A) / max(A, B): 1 far from all
   others, 0 on a border, below 0 where it does not belong. 0 for the only
   member of a cluster, and where there is but one cluster. */
#ifndef REC_SILHOUETTE_H
#define REC_SILHOUETTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

/* The silhouettes of the M of the N vectors V (N x D, row-major) that AT
   names, against all vectors: VALUE (M). LABEL (N) is below CLUSTERS. M N D
   operations; the result does not depend on THREADS. REC_ENOMEM. */
REC_MUST_CHECK int rec_silhouette(const float *v, size_t n, size_t d,
                                  const uint32_t *label, size_t clusters,
                                  const uint32_t *at, size_t m, int threads,
                                  float *value, struct rec_error *err);

#endif
