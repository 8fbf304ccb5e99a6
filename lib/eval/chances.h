/* SPDX-License-Identifier: MIT */
/* The scores of lists as probabilities of a hit. Of one list, p the score of an
   item and y 1 if it is a target, 0 if not:

     brier      mean of (p - y)^2 over the list
     log-loss   mean of -log(p) of hits and -log(1 - p) of misses, p kept away
                from 0 and 1 as in eval/reliability.h

   A user without a list has neither. All trials are kept for
   rec_reliability. */
#ifndef REC_CHANCES_H
#define REC_CHANCES_H

#include "eval/metrics.h"

struct rec_chances {
    float *p;
    uint8_t *y;
    size_t n, cap[2];
};

/* Take in a list of LEN > 0 scores with targets at the HITS ascending ranks
   RANK. OUT: the last M->chances columns of the user. *BAD is LEN, or where the
   first score is that is no probability: then nothing is taken in. */
REC_MUST_CHECK int rec_chances_add(struct rec_chances *t,
                                   const struct rec_measures *m,
                                   const float *score, size_t len,
                                   const uint32_t *rank, size_t hits,
                                   double *out, size_t *bad,
                                   struct rec_error *err);
void rec_chances_release(struct rec_chances *t);

#endif
