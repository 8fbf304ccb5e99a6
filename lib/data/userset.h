/* SPDX-License-Identifier: MIT */
/* Sets of users, known by the XXH64 of their ids alone: 8 bytes each, enough
   to tell whether two statistics share a user. The same id has the same hash,
   so a shared user is never missed; two users of different ids pass for one
   with a probability of 1 in 2^64 for each pair. */
#ifndef REC_USERSET_H
#define REC_USERSET_H

#include "base/compat.h"
#include "base/error.h"
#include "data/dict.h"

struct rec_userset { /* all zero: the empty set */
    uint64_t *hash;  /* N of them, ascending, none twice */
    size_t n;
};

/* The users of D, but for those i with SKIP[i] != 0 (NULL: all). *OUT is the
   caller's, to be released. */
REC_MUST_CHECK int rec_userset_make(struct rec_userset *out,
                                    const struct rec_dict *d,
                                    const uint8_t *skip,
                                    struct rec_error *err);
void rec_userset_release(struct rec_userset *s);

/* *OUT = A and B, or A without B; the caller's, to be released. */
REC_MUST_CHECK int rec_userset_union(struct rec_userset *out,
                                     const struct rec_userset *a,
                                     const struct rec_userset *b,
                                     struct rec_error *err);
REC_MUST_CHECK int rec_userset_minus(struct rec_userset *out,
                                     const struct rec_userset *a,
                                     const struct rec_userset *b,
                                     struct rec_error *err);
/* How many users are in both. */
size_t rec_userset_common(const struct rec_userset *a,
                          const struct rec_userset *b);

#endif
