/* SPDX-License-Identifier: MIT */
/* One list out of several, each of which has a weight: the places are shared
   in proportion to the weights by the method of highest averages (D'Hondt).
   The K-th item of a list with the share S of all weight stands for S / K, and
   the items that stand for most make the list. So each list that has enough
   items gets at least its share of the places, rounded down; and the same
   holds for the first places of the result, however many. */
#ifndef REC_QUOTA_H
#define REC_QUOTA_H

#include "math/topk.h"

struct rec_quota {
    const struct rec_hit *hit; /* COUNT, best first, no item twice */
    size_t count;
    double weight;   /* finite, not negative */
    size_t at, got;  /* the merge's own */
};

struct rec_pick {
    float score;   /* S / K: not increasing */
    uint32_t item;
    uint32_t list; /* that it came from */
    uint32_t place; /* there, from 0 */
};

/* The first N items of LISTS lists (at least one) into PICK, by descending
   score, of equal scores by RANK (rec_dict_tie_rank). An item comes once, in
   the list that places it first (of those with equal scores the first list),
   and the others go on with their next; a list at its end leaves its places to
   the others, so there are N unless all end. If every list has N items or ends
   for want of any more, nothing is lost by not having longer ones. Without any
   weight all lists weigh alike; one of none comes after all others. TAKEN has
   a byte for every item, 0 before and after. Returns how many there are. */
size_t rec_quota_merge(struct rec_quota *list, size_t lists, size_t n,
                       const uint32_t *rank, uint8_t *taken,
                       struct rec_pick *pick);

#endif
