/* SPDX-License-Identifier: MIT */
/* Non-negative least squares in the normal form, for the columns of one
   positive definite matrix A = G + diag(g), N x N:

     minimise  1/2 b'Ab - h'b   subject to  0 <= b <= most.

   By an active set: coordinate descent among the few b_i that may differ from
   0, then the gradient of all of them to see which others must come in. At
   the end every b_i satisfies the conditions of the optimum (Karush, Kuhn and
   Tucker) within TOLERANCE: with r = (h - Ab)_i / A_ii, the step that b_i
   alone would take, r <= tolerance where b_i = 0, r >= -tolerance where it is
   MOST, and |r| <= tolerance between. (Friedman, Hastie and Tibshirani,
   "Regularization paths for generalized linear models via coordinate descent",
   Journal of Statistical Software 33, 2010, for the descent.) */
#ifndef REC_NNLS_H
#define REC_NNLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "io/stream.h"

/* The matrix, borrowed. */
struct rec_nnls_matrix {
    enum rec_dtype dtype; /* REC_F32 or REC_F64 */
    size_t n;
    const void *g;        /* n x n, symmetric, both triangles */
    const double *add;    /* n: what is added to its diagonal */
};

/* One solver per thread. */
struct rec_nnls;
REC_MUST_CHECK int rec_nnls_new(struct rec_nnls **s,
                                const struct rec_nnls_matrix *a,
                                struct rec_error *err);
void rec_nnls_free(struct rec_nnls *s);

/* Solve for h = column J of G. MOST is the bound of b_J alone, 0 keeps it
   out; the others have none. The result is in rec_nnls_count numbers B of the
   variables INDEX, ascending, all above 0; both are the solver's, until the
   next call. REC_ENUMERIC if a number of the column is not finite, or the
   conditions cannot be met, which for a definite matrix they can. */
REC_MUST_CHECK int rec_nnls_solve(struct rec_nnls *s, size_t j, double most,
                                  double tolerance, struct rec_error *err);
size_t rec_nnls_count(const struct rec_nnls *s);
const uint32_t *rec_nnls_index(const struct rec_nnls *s);
const double *rec_nnls_value(const struct rec_nnls *s);

#endif
