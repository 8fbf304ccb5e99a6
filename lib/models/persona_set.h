/* SPDX-License-Identifier: MIT */
/* The personas of many users in memory, from the groups that
   rec-cluster --mode=personas writes. */
#ifndef REC_PERSONA_SET_H
#define REC_PERSONA_SET_H

#include "data/dataset.h"

struct rec_persona_set {
    struct rec_data data;   /* the members, grouped; persona P has the events */
    int64_t *start;         /* [start[P], start[P + 1]) of it */
    size_t personas;        /* of all users together, by user */
    uint32_t *first;        /* users + 1: personas [first[u], first[u + 1]) */
    uint32_t *number;       /* by persona, as in the stream */
    uint32_t *medoid;       /* an item of data */
    size_t most;            /* personas of one user */
};

/* Read PATH ("-": standard input), a stream of kind "groups" with the columns
   "group" and "medoid". REC_EFORMAT without these; REC_EVALUE if the groups of
   a user do not ascend or an importance, the weight, is negative. *S is the
   caller's, to be released. */
REC_MUST_CHECK int rec_persona_set_load(struct rec_persona_set *s,
                                        const char *path,
                                        struct rec_error *err);
void rec_persona_set_release(struct rec_persona_set *s);

/* What persona P counts: the weight of its first member. */
static inline float rec_persona_importance(const struct rec_persona_set *s,
                                           size_t p)
{
    return s->data.rows.weight[s->start[p]];
}

#endif
