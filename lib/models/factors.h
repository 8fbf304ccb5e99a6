/* SPDX-License-Identifier: MIT */
/* What factor models share. Vectors are rows of DIM floats, row-major; the
   score of a user and an item is the inner product of their vectors, so all
   vectors together may be turned in space without changing a score. The axes
   used here are the principal ones of the items: their second moments (the
   Gramian V'V) are then a diagonal, largest first, and the first k numbers of
   every vector are the best k.

   BLAS runs on one thread here: on several its sums would depend on how
   many. */
#ifndef REC_FACTORS_H
#define REC_FACTORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "models/model.h"

enum { REC_FACTORS_MAX = 8192 }; /* dimensions */

/* The principal axes of the N vectors at X: AXIS (dim x dim) has one per row,
   and GRAM[k] is the sum of the squares along axis k, descending, never
   negative. REC_ENUMERIC if products are too large for single precision. */
REC_MUST_CHECK int rec_factors_axes(const float *x, size_t n, uint32_t dim,
                                    float *axis, float *gram,
                                    struct rec_error *err);

/* Express the N vectors at X in these axes. */
REC_MUST_CHECK int rec_factors_turn(float *x, size_t n, uint32_t dim,
                                    const float *axis, struct rec_error *err);

/* An axis has two directions: choose, for each of the N vectors at X, the one
   in which its largest number is positive; SIGN[k] is 1 or -1. */
void rec_factors_signs(const float *x, size_t n, uint32_t dim, float *sign);

/* Multiply dimension k of the N vectors at X by BY[k]. */
void rec_factors_stretch(float *x, size_t n, uint32_t dim, const float *by);

/* OUT (users x items) = the scores of all items for all users. */
void rec_factors_score(const float *user, size_t users, const float *item,
                       uint32_t items, uint32_t dim, float *out);

/* The parameter "dim", which must be one that is allowed. */
REC_MUST_CHECK int rec_factors_dim(const struct rec_model *m, uint32_t *out,
                                   struct rec_error *err);

/* The files of these models hold f32 arrays: save a whole model of COUNT such
   arrays (see rec_model_begin for the rest). */
struct rec_factors_array {
    const char *name;
    const float *data;
    size_t n;
};
REC_MUST_CHECK int rec_factors_save(struct rec_output *o, const char *kind,
                                    int level, const char *param,
                                    const struct rec_dict *items,
                                    const struct rec_factors_array *array,
                                    size_t count, const char *prov,
                                    struct rec_error *err);

#endif
