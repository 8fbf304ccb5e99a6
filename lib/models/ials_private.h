/* SPDX-License-Identifier: MIT */
/* Between the files of iALS: the solution of rows. */
#ifndef REC_IALS_PRIVATE_H
#define REC_IALS_PRIVATE_H

#include "models/ials.h"

/* What rows are solved against. */
struct rec_ials_fixed {
    uint32_t dim, block;
    const float *vector; /* of the other side, in principal axes: n x dim */
    const float *mass;   /* dim: alpha times the diagonal of their Gramian */
    double lambda, nu;
    double offset;       /* alpha n */
};

/* r of a row whose weights sum up to COUNT. */
double rec_ials_ridge(const struct rec_ials_fixed *f, double count);

/* Solve every row of X, whose items are rows of f->vector; OUT is rows x dim.
   A row with more events than f->block, if that is less than DIM, takes one
   sweep over the blocks, from the vector that OUT has. */
REC_MUST_CHECK int rec_ials_solve_rows(const struct rec_ials_fixed *f,
                                       const struct rec_csr *x, int threads,
                                       float *out, struct rec_error *err);

/* What each event of the single row ROW adds to the score, with the row's own
   solution, of the item with VECTOR. f->block must be at least DIM. */
REC_MUST_CHECK int rec_ials_explain_row(const struct rec_ials_fixed *f,
                                        const struct rec_csr *row,
                                        const float *vector, double *part,
                                        struct rec_error *err);

#endif
