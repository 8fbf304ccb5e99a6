/* SPDX-License-Identifier: MIT */
/* What the files of the sparse approximation share. */
#ifndef REC_EASE_MRF_PRIVATE_H
#define REC_EASE_MRF_PRIVATE_H

#include "models/ease_mrf.h"

/* Are all pairs of ITEMS allowed? */
static inline int rec_ease_mrf_all(uint32_t items, size_t nonzeros)
{
    return items == 0 || nonzeros / items + 1 >= items;
}

/* ---- which pairs: ease_mrf_support.c -------------------------------- */

/* The most pairs that one of ITEMS gets for NONZEROS. */
size_t rec_ease_mrf_cap(uint32_t items, size_t nonzeros);

/* *OUT, the caller's: row j lists, ascending, the items that column j of B is
   solved for; its weights are room for theirs. */
REC_MUST_CHECK int rec_ease_mrf_support(const struct rec_ease_mrf *m,
                                        struct rec_csr *out,
                                        struct rec_error *err);

/* Keep the N largest of the weights of X, whatever their sign, of equal ones
   the first. */
REC_MUST_CHECK int rec_ease_mrf_keep(struct rec_csr *x, size_t n,
                                     struct rec_error *err);

/* ---- their values: ease_mrf_block.c ----------------------------------- */

/* The Gram matrix among the items whose rows of it take longest to make, in
   4 NONZEROS floats at most. */
REC_MUST_CHECK int rec_ease_hubs_new(struct rec_ease_hubs **h,
                                     const struct rec_ease_mrf *m,
                                     struct rec_error *err);
void rec_ease_hubs_free(struct rec_ease_hubs *h);
/* How many of ITEMS these are. */
uint32_t rec_ease_hubs_count(uint32_t items, size_t nonzeros);

/* The weights of all columns into SUPPORT. */
REC_MUST_CHECK int rec_ease_mrf_columns(const struct rec_ease_mrf *m,
                                        struct rec_csr *support,
                                        struct rec_error *err);

/* Bytes that a thread takes for columns of at most LONGEST weights. */
double rec_ease_mrf_room(uint32_t items, size_t longest);

#endif
