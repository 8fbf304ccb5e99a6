/* SPDX-License-Identifier: MIT */
/* Time as a weight: what happened long ago counts for less. */
#ifndef REC_DECAY_H
#define REC_DECAY_H

#include "base/compat.h"
#include "base/error.h"
#include "data/csr.h"

/* The largest time of M, or REC_EVALUE: there are no times, or no events. */
REC_MUST_CHECK int rec_csr_newest(const struct rec_csr *m, int64_t *newest,
                                  struct rec_error *err);

/* Multiply the weight of every event of M, 1 where it has none, by
   2^(-age / HALF_LIFE), both in seconds, where age = NOW - time, and 0 for
   what happened after NOW. Weights are made if there are none; what falls
   below the normal numbers of single precision becomes 0. REC_EVALUE if M has
   no times, or if nothing but zeros is left of its events. */
REC_MUST_CHECK int rec_csr_decay(struct rec_csr *m, double half_life,
                                 int64_t now, struct rec_error *err);

#endif
