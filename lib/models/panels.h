/* SPDX-License-Identifier: MIT */
/* Lists of a linear model for many users at once. To add up, user by user,
   rows of a matrix that no cache holds moves every weight from memory about
   once per event. So the matrix is worked through in panels, a few columns of
   all its rows, that stay in the cache while all users add what they need of
   one and keep what is good enough for their list: it moves once per block of
   users, and no row of scores is ever written. */
#ifndef REC_PANELS_H
#define REC_PANELS_H

#include "math/topk.h"
#include "models/model.h"

/* Is that faster for the rows HISTORY than rec_model_score? */
int rec_panels_suit(const struct rec_model *m, const struct rec_csr *history);

/* As rec_lists_fill: the best N items of each row of HISTORY, by the tie rank
   RANK, to HIT (a row of N for each) and their number to COUNT. Takes a panel
   and some bytes per row. */
REC_MUST_CHECK int rec_panels_fill(const struct rec_model *m,
                                   const struct rec_csr *history,
                                   const struct rec_csr *hide,
                                   const uint8_t *hidden,
                                   const uint32_t *rank, size_t n,
                                   struct rec_hit *hit, size_t *count,
                                   int threads, struct rec_error *err);

#endif
