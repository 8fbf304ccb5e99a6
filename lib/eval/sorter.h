/* SPDX-License-Identifier: MIT */
/* Lists that came without ranks, as interactions with scores do: their order
   is that of the text they were read from and says nothing. */
#ifndef REC_SORTER_H
#define REC_SORTER_H

#include "data/dict.h"
#include "data/rows.h"

/* Room for one list; all zero is the empty one. */
struct rec_sorter {
    struct rec_scored *entry;
    uint32_t *item;
    float *weight;
    size_t entry_cap, item_cap, weight_cap;
};

/* Order ROW, which has weights and whose items are in ITEMS, as every ranking
   is: score descending, equal scores by the tie rule, or with DOWN the larger
   id bytes first. ROW then points into S, until the next call. */
REC_MUST_CHECK int rec_sorter_sort(struct rec_sorter *s,
                                   const struct rec_dict *items,
                                   struct rec_row *row, int down,
                                   struct rec_error *err);
void rec_sorter_release(struct rec_sorter *s);

#endif
