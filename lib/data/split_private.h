/* SPDX-License-Identifier: MIT */
/* What the files of the splitter share. */
#ifndef REC_SPLIT_PRIVATE_H
#define REC_SPLIT_PRIVATE_H

#include "data/split.h"

enum {
    TRAIN = 1 << REC_SPLIT_TRAIN,
    VALID_IN = 1 << REC_SPLIT_VALID_IN,
    VALID_OUT = 1 << REC_SPLIT_VALID_OUT,
    TEST_IN = 1 << REC_SPLIT_TEST_IN,
    TEST_OUT = 1 << REC_SPLIT_TEST_OUT,
    VALID = VALID_IN | VALID_OUT,
    TEST = TEST_IN | TEST_OUT
};

/* The two families. S->user and S->event are there and zero; KNOWN (one byte
   per item, zero) is set for the items of train. */
REC_MUST_CHECK int rec_split_held_users(struct rec_split *s,
                                        const struct rec_data *d,
                                        const struct rec_split_rule *rule,
                                        uint8_t *known,
                                        struct rec_error *err);
REC_MUST_CHECK int rec_split_held_events(struct rec_split *s,
                                         const struct rec_data *d,
                                         const struct rec_split_rule *rule,
                                         uint8_t *known,
                                         struct rec_error *err);

/* Mark the items of the events that have the bit TRAIN. */
void rec_split_mark_known(const struct rec_split *s, const struct rec_data *d,
                          uint8_t *known);

/* The generator for draws that concern one user only: it depends on the seed
   and the user's id, not on who else is in the file. */
struct rec_rng;
void rec_split_user_rng(struct rec_rng *r, const struct rec_data *d,
                        size_t user, uint32_t seed);

/* The longest row. */
size_t rec_split_longest(const struct rec_csr *m);

/* v = 0, 1 ... N - 1 */
static inline void rec_iota(uint32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = (uint32_t)i;
    }
}

#endif
