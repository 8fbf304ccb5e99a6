/* SPDX-License-Identifier: MIT */
/* The Gram matrix of sparse rows, G = X'X: how often, or with what summed
   product of weights, two items meet in one row. */
#ifndef REC_GRAM_H
#define REC_GRAM_H

#include "base/compat.h"
#include "base/error.h"
#include "base/progress.h"
#include "data/csr.h"
#include "io/stream.h"

/* G of X, which has x->cols items, into the upper triangle (row-major) of the
   cols x cols matrix G of DTYPE REC_F32 or REC_F64; the rest of G is not
   touched. Weights are the values of X, 1 without weights.

   Sums are made in double precision, each by one thread and over the users
   in their order, so the result does not depend on THREADS. The items of a
   row may stand in any order but not twice (REC_EREPEAT). Takes about 24
   bytes per event and 8 per item and thread while it runs. */
REC_MUST_CHECK int rec_gram(const struct rec_csr *x, enum rec_dtype dtype,
                            void *g, int threads,
                            const struct rec_progress *tick,
                            struct rec_error *err);

/* The same in double precision, by strips of rows, for who does not want all
   of G in memory. X is borrowed. */
struct rec_gram_strips;
REC_MUST_CHECK int rec_gram_strips_new(struct rec_gram_strips **s,
                                       const struct rec_csr *x,
                                       struct rec_error *err);
void rec_gram_strips_free(struct rec_gram_strips *s);
/* PACKED takes ROWS rows of G from row FIRST on, of each what is on and right
   of the diagonal, one after the other. */
void rec_gram_strip(const struct rec_gram_strips *s, uint32_t first,
                    uint32_t rows, double *packed, int threads);

/* Multiplications, each with an addition, that rec_gram does for X. */
double rec_gram_work(const struct rec_csr *x);

/* Bytes that rec_gram takes beside X and G. */
double rec_gram_memory(const struct rec_csr *x, int threads);

#endif
