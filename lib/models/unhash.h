/* SPDX-License-Identifier: MIT */
/* From lists of the rows of a hashed table (scheme.h) back to lists of items:
   the score of an item is the mean of the scores of its rows. A row that is
   not in a list counts as the last one that is. */
#ifndef REC_UNHASH_H
#define REC_UNHASH_H

#include "data/dict.h"
#include "data/scheme.h"
#include "math/topk.h"

struct rec_unhash {
    const struct rec_scheme *scheme; /* borrowed */
    uint32_t items;
    uint32_t *row;   /* items x REC_SCHEME_ROWS */
    uint8_t *rows;   /* items: how many of them count */
    uint32_t *rank;  /* tie order of the items */
    float *row_score, *score; /* of the list at hand */
};

/* For the items of ITEMS, of which item i has the dense index INDEX[i]. */
REC_MUST_CHECK int rec_unhash_init(struct rec_unhash *u,
                                   const struct rec_scheme *s,
                                   const struct rec_dict *items,
                                   const uint32_t *index,
                                   struct rec_error *err);
void rec_unhash_release(struct rec_unhash *u);

/* The best N items, but for the HIDDEN (a byte for each item), for a list of
   LEN rows with their scores, best first; into HIT. Returns how many. */
size_t rec_unhash_list(struct rec_unhash *u, const uint32_t *row,
                       const float *score, size_t len, const uint8_t *hidden,
                       size_t n, struct rec_hit *hit);

#endif
