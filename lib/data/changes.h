/* SPDX-License-Identifier: MIT */
/* What became of the users between two states of the same data: the rows of
   those who changed, came or went, before and after. */
#ifndef REC_CHANGES_H
#define REC_CHANGES_H

#include "data/dataset.h"
#include "data/userset.h"

struct rec_changes {
    struct rec_dict *items;        /* those of the rows below */
    struct rec_csr before, after;  /* weights only if asked for; no times */
    struct rec_userset old, users; /* whose rows these are */
};

/* Compare OLD and NEW user by user. A row is the same if it has the same
   items, in whatever order, and, with WEIGHTS, the same weights (1 where a
   stream has none); times do not count. *OUT is the caller's, to be
   released. */
REC_MUST_CHECK int rec_changes_make(struct rec_changes *out,
                                    const struct rec_data *old,
                                    const struct rec_data *new_data,
                                    int weights, struct rec_error *err);
void rec_changes_release(struct rec_changes *c);

#endif
