/* SPDX-License-Identifier: MIT */
/* The product of two sparse matrices, of whose rows only the best places are
   wanted: similarities between the rows of one matrix, walks on a graph. Row r
   is the sum of the rows of the right matrix that row r of the left one names
   (F. G. Gustavson, Two fast algorithms for sparse matrices, ACM TOMS 4(3),
   1978), made in one dense row of sums per thread. */
#ifndef REC_PRODUCT_H
#define REC_PRODUCT_H

#include "base/compat.h"
#include "base/error.h"
#include "base/progress.h"
#include "data/csr.h"

struct rec_product {
    const struct rec_csr *left;  /* rows x inner */
    const struct rec_csr *right; /* inner x columns; without weights: 1 */
    /* Turn the N sums at SUM, in the columns COL (ascending) of row ROW, into
       the values wanted, in place. Called from several threads. NULL: the
       sums are the values. */
    void (*finish)(const void *ctx, size_t row, const uint32_t *col,
                   double *sum, size_t n);
    const void *ctx;
    size_t keep;          /* places of a row, at most; 0: all */
    const uint32_t *rank; /* of the columns: which of equal values are kept
                             (lowest first); may be NULL without KEEP */
    int square;           /* 1: row r has no place r */
};

/* *OUT is the product: rows x columns, of each row the KEEP largest values,
   columns ascending, in single precision. What is 0 is left out. Sums are made
   in double precision, in the order of the left rows, and values compared as
   they are stored, so the result does not depend on THREADS. REC_ENUMERIC if a
   value is not finite. *OUT is the caller's, to be released. TICK (may be
   NULL) hears of the phase "product". */
REC_MUST_CHECK int rec_product(struct rec_csr *out,
                               const struct rec_product *p, int threads,
                               const struct rec_progress *tick,
                               struct rec_error *err);

/* Multiplications, each with an addition, that rec_product does. */
double rec_product_work(const struct rec_product *p);

/* Bytes that rec_product takes at most, *OUT included. */
double rec_product_memory(const struct rec_product *p, int threads);

#endif
