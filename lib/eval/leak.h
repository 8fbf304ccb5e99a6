/* SPDX-License-Identifier: MIT */
/* Is a held-out file fit to judge by? What a model could see is compared with
   what it is to find: an event in both is no prediction, an event that came
   before what was seen is none of the future, and an id that nothing seen
   matches can never be found. Such leaks make tables of this field wrong
   (Ji et al. 2023, "A critical study on data leakage in recommender system
   offline evaluation"). */
#ifndef REC_LEAK_H
#define REC_LEAK_H

#include "data/dataset.h"

enum rec_leak_kind {
    REC_LEAK_SHARED,  /* events whose user and item are in one seen row */
    REC_LEAK_USERS,   /* users with targets, who are in no seen file */
    REC_LEAK_ITEMS,   /* items of targets, which are in no seen file */
    REC_LEAK_OWN,     /* events before the last seen event of their user */
    REC_LEAK_ANY,     /* events before the last seen event of anybody */
    REC_LEAK_KINDS
};

struct rec_leak {
    uint64_t count, of;
    size_t row, event; /* the first, if COUNT > 0: its row and place in the
                          event arrays of the held-out data */
};

/* Compare HELD with the N files SEEN and fill LEAK. The last two kinds need
   times in all of the files; without TIMES they are left at zero. Equal times
   are in order. Needs a few bytes for each event of HELD and each item. */
REC_MUST_CHECK int rec_leak_find(struct rec_leak leak[REC_LEAK_KINDS],
                                 const struct rec_data *held,
                                 const struct rec_data *seen, size_t n,
                                 int times, struct rec_error *err);

#endif
