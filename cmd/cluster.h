/* SPDX-License-Identifier: MIT */
/* The modes of rec-cluster, one file each. */
#ifndef REC_CLUSTER_H
#define REC_CLUSTER_H

#include "cli.h"
#include "models/personas.h"

#define CLUSTER_GROUPS_KIND "groups"

struct cluster_options {
    const char *vectors; /* --embeddings */
    int raw;             /* 1: vectors as they are, not of unit length */
    int64_t recent;      /* events of a history, at most */
    int now_given;
    struct rec_persona_options personas; /* cut, height, count, decay, now */
};

/* Groups of the histories on the input, onto the output. */
void cluster_personas(struct cli *c, const struct cluster_options *o);

#endif
