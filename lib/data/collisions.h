/* SPDX-License-Identifier: MIT */
/* Who pays for a hashed table: how many ids share rows, by deciles of
   popularity: of as many ids each, decile 0 with the most events. */
#ifndef REC_COLLISIONS_H
#define REC_COLLISIONS_H

#include "data/deciles.h"
#include "data/dict.h"
#include "data/scheme.h"

enum { REC_ALL = REC_DECILES };

struct rec_collision_count {
    double ids, events;
    double shared;  /* ids that share a row with another */
    double same;    /* ids that have all rows in common with another */
    double touched; /* events of ids that share a row */
    double foreign; /* sum over ids of the part of the events on their rows
                       that are other ids' */
};

struct rec_collisions {
    struct rec_collision_count at[REC_DECILES + 1]; /* and of all */
};

/* EVENTS[i] of id i of the N ids of D. */
REC_MUST_CHECK int rec_collisions_count(struct rec_collisions *out,
                                        const struct rec_scheme *s,
                                        const struct rec_dict *d,
                                        const uint32_t *events, uint32_t n,
                                        struct rec_error *err);

#endif
