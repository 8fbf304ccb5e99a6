/* SPDX-License-Identifier: MIT */
/* The bytes of long ids, in segments that never move; what is given back is
   used again for ids of the same length. */
#ifndef REC_IDTEXT_H
#define REC_IDTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"

enum {
    REC_IDTEXT_SEGMENT = 20, /* log2 of the bytes of a segment */
    REC_IDTEXT_MIN = 8       /* shortest text: room for a link */
};

struct rec_idtext {
    char **segment;
    size_t segments, segment_cap;
    size_t used;    /* bytes of the last segment */
    uint64_t *list; /* by length: first free place + 1, or 0 */
};

/* All zero is the empty one. Copy the LEN bytes (REC_IDTEXT_MIN to
   REC_MAX_ID) at ID; *AT is their place. Returns 0, or -1: no memory. */
REC_MUST_CHECK int rec_idtext_add(struct rec_idtext *t, const char *id,
                                  size_t len, uint64_t *at);
void rec_idtext_remove(struct rec_idtext *t, uint64_t at, size_t len);
void rec_idtext_release(struct rec_idtext *t);
size_t rec_idtext_memory(const struct rec_idtext *t);

static inline char *rec_idtext_at(const struct rec_idtext *t, uint64_t at)
{
    return t->segment[at >> REC_IDTEXT_SEGMENT]
           + (at & ((1u << REC_IDTEXT_SEGMENT) - 1));
}

#endif
