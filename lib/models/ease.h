/* SPDX-License-Identifier: MIT */
/* EASE (Steck, WWW 2019): item-item weights B, from all users at once, in
   closed form. With G = X'X and P = (G + lambda I)^-1,

     B_ij = -P_ij / P_jj,  B_jj = 0,

   which is, for every item j, the ridge regression of its column on all the
   others. A user's scores are the sum of the rows of B of what the user has,
   weighted as in X.

   This is the solve on the items side: one items x items matrix in memory,
   from the Gram matrix to B in place, in single or double precision.

   File: kind "model/ease"; parameters "lambda" and "weights" (1: the values
   of X are the events' weights, and those of a row to be scored count too; 0:
   every value is 1); array "B", f32 or f64, items x items, row-major. */
#ifndef REC_EASE_H
#define REC_EASE_H

#include "base/progress.h"
#include "data/csr.h"
#include "models/model.h"

extern const struct rec_model_type rec_ease_type;

struct rec_ease_options {
    double lambda; /* > 0 */
    int binary;    /* take every weight as 1 */
    int wide;      /* double precision */
    int threads;
    const struct rec_progress *tick; /* phases gram, factor, inverse, weights;
                                        may be NULL */
};

struct rec_ease {
    enum rec_dtype dtype; /* REC_F32 or REC_F64 */
    uint32_t items;
    double lambda;
    int weights;
    void *b; /* items x items, row-major */
};

/* The lambda to use when nobody says: 30 v sqrt(events / items), where v is
   the mean of the squared values and only items with an event count; 30 where
   there are no events. A rule of thumb: it is within a factor of four of what
   has been tuned for data from 16 to 3,000 events per item, and near the
   optimum the quality hardly depends on lambda. */
double rec_ease_lambda(const struct rec_csr *x, int binary);

/* Bytes that a fit of X takes beside X. */
double rec_ease_memory(const struct rec_csr *x,
                       const struct rec_ease_options *opt);

/* REC_ENUMERIC when the matrix cannot be inverted in the chosen precision.
 *OUT is the caller's, to be released. */
REC_MUST_CHECK int rec_ease_fit(struct rec_ease *out, const struct rec_csr *x,
                                const struct rec_ease_options *opt,
                                struct rec_error *err);
void rec_ease_release(struct rec_ease *e);

REC_MUST_CHECK int rec_ease_save(const struct rec_ease *e,
                                 const struct rec_dict *items,
                                 struct rec_output *o, int level,
                                 const char *prov, struct rec_error *err);

#endif
