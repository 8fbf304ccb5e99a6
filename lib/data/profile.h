/* SPDX-License-Identifier: MIT */
/* What a stream of rows looks like: how events spread over users and items,
   ranges of weights and times; and whether the rows keep the rules that no
   single batch shows. Fed batch by batch; memory grows with users and items,
   not with events. */
#ifndef REC_PROFILE_H
#define REC_PROFILE_H

#include "data/rows.h"

struct rec_profile {
    uint64_t events, empty_users;
    struct rec_dict *users; /* to find one given twice */
    uint32_t *user_events, *item_events; /* one count each */
    uint32_t *last_row; /* of each item: 1 + the row it was last seen in */
    size_t user_cap, item_cap, last_cap;
    uint32_t items;
    double weight_sum;
    float weight_min, weight_max; /* of no events: 0 */
    int64_t time_min, time_max;
};

/* *P is the caller's, to be released, also when this fails. */
REC_MUST_CHECK int rec_profile_init(struct rec_profile *p,
                                    struct rec_error *err);
void rec_profile_release(struct rec_profile *p);

/* Add the batch that R has just given. Fails with REC_EREPEAT for a user given
   twice or an item twice in a row, with REC_ECORRUPT for a ranking whose
   weights rise along a row. */
REC_MUST_CHECK int rec_profile_add(struct rec_profile *p,
                                   const struct rec_row_reader *r,
                                   const struct rec_batch *b,
                                   struct rec_error *err);

/* Sort the N counts at V, ascending, for the two below. */
void rec_counts_sort(uint32_t *v, size_t n);
/* The least value that a share Q of the N sorted counts do not exceed; 0 when
   there are none. */
uint32_t rec_counts_quantile(const uint32_t *v, size_t n, double q);
/* The part of the sum that the largest counts have: a share TOP of them, at
   least one. */
double rec_counts_head(const uint32_t *v, size_t n, double top);

#endif
