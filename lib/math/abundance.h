/* SPDX-License-Identifier: MIT */
/* Have vectors collapsed? Their information abundance is the sum of the
   singular values of the matrix that has them as rows, divided by the largest:
   from 1, all on one line, to the dimension, alike in all directions. X. Guo
   et al., "On the embedding collapse when scaling up recommendation models",
   ICML 2024. Found from V'V in double precision, so that singular values below
   1e-8 of the largest are lost in rounding. */
#ifndef REC_ABUNDANCE_H
#define REC_ABUNDANCE_H

#include <stddef.h>

#include "base/compat.h"
#include "base/error.h"

struct rec_abundance {
    size_t d;
    double *gram;  /* D x D, V'V so far */
    double *block; /* rows on their way there */
};

/* For vectors of D numbers; 8 D (D + 256) bytes, to be released. */
REC_MUST_CHECK int rec_abundance_init(struct rec_abundance *a, size_t d,
                                      struct rec_error *err);
void rec_abundance_release(struct rec_abundance *a);

/* N rows of V more; they must be finite. */
void rec_abundance_add(struct rec_abundance *a, const float *v, size_t n);

/* *OUT, 0 if all vectors are 0 or there are none. What A holds is used up.
   REC_ENUMERIC if squares are too large for doubles, or the iteration fails. */
REC_MUST_CHECK int rec_abundance_get(struct rec_abundance *a, double *out,
                                     struct rec_error *err);

#endif
