/* SPDX-License-Identifier: MIT */
/* Popularity: an item's score is the number of users who have it, the same
   for everybody. The baseline that every model must beat.

   File: kind "model/pop"; parameter "users"; array "count" u32[items]. */
#ifndef REC_POP_H
#define REC_POP_H

#include "models/model.h"
#include "data/rows.h"

extern const struct rec_model_type rec_pop_type;

/* Counts while rows stream by; all zero is the empty one. */
struct rec_pop {
    uint32_t *count; /* by item */
    size_t items, cap;
    uint64_t users;
};

/* Count a batch; ITEMS is how many items its dictionary has by now. */
REC_MUST_CHECK int rec_pop_add(struct rec_pop *p, const struct rec_batch *batch,
                               uint32_t items, struct rec_error *err);
void rec_pop_release(struct rec_pop *p);

REC_MUST_CHECK int rec_pop_save(const struct rec_pop *p,
                                const struct rec_dict *items,
                                struct rec_output *o, int level,
                                const char *prov, struct rec_error *err);

#endif
