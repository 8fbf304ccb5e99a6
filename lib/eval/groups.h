/* SPDX-License-Identifier: MIT */
/* The means of a judged ranking over groups of its users with targets: by how
   much is known of them, or by groups that somebody gives. */
#ifndef REC_GROUPS_H
#define REC_GROUPS_H

#include "data/deciles.h"
#include "eval/bootstrap.h"
#include "eval/judge.h"

struct rec_groups {
    size_t n, columns;
    struct rec_moments *at; /* n x columns; at[].n: users */
    struct rec_interval *interval; /* the same, once asked for, or NULL */
    size_t *first;    /* n + 1: the users of group g are */
    uint32_t *member; /* member[first[g]] ..., rows of the truth */
    /* By activity: the fewest and the most items of a user of each. */
    uint32_t least[REC_DECILES], most[REC_DECILES];
    uint8_t *decile; /* and of each user of the truth who has targets */
    size_t absent; /* users that the rows do not have */
};

/* Ten groups of as many users each (data/deciles.h: by number): those with the
   most items in ROWS first, equal numbers by the tie rule. A user that ROWS
   does not have has none. */
REC_MUST_CHECK int rec_groups_by_activity(struct rec_groups *g,
                                          const struct rec_judge *j,
                                          const struct rec_data *truth,
                                          const struct rec_data *rows,
                                          struct rec_error *err);

/* A group for each item of ROWS, of the users that have it there; and a last
   one of those that have none. */
REC_MUST_CHECK int rec_groups_by_row(struct rec_groups *g,
                                     const struct rec_judge *j,
                                     const struct rec_data *truth,
                                     const struct rec_data *rows,
                                     struct rec_error *err);

/* The intervals of all means, each from the users of its group alone. */
REC_MUST_CHECK int rec_groups_intervals(struct rec_groups *g,
                                        const struct rec_judge *j,
                                        const struct rec_draws *o,
                                        struct rec_error *err);

/* Also of one that is all zero. */
void rec_groups_release(struct rec_groups *g);

#endif
