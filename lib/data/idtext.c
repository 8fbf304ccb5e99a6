/* SPDX-License-Identifier: MIT */
/* The bytes of long ids: see idtext.h. A free place holds the link to the next
   one of its length. */
#include <config.h>

#include "data/idtext.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/stream.h"

enum { SEGMENT = 1 << REC_IDTEXT_SEGMENT };

static int add_segment(struct rec_idtext *t)
{
    char *s;

    if (rec_reserve(&t->segment, &t->segment_cap, t->segments + 1,
                    sizeof *t->segment)
        != 0) {
        return -1;
    }
    s = rec_alloc(SEGMENT, 1);
    if (!s) {
        return -1;
    }
    t->segment[t->segments++] = s;
    t->used = 0;
    return 0;
}

int rec_idtext_add(struct rec_idtext *t, const char *id, size_t len,
                   uint64_t *at)
{
    if (t->list && t->list[len]) {
        *at = t->list[len] - 1;
        memcpy(&t->list[len], rec_idtext_at(t, *at), sizeof *t->list);
    } else {
        if (!t->list) {
            t->list = rec_zalloc(REC_MAX_ID + 1, sizeof *t->list);
        }
        if (!t->list
            || ((t->segments == 0 || len > SEGMENT - t->used)
                && add_segment(t) != 0)) {
            return -1;
        }
        *at = (uint64_t)(t->segments - 1) << REC_IDTEXT_SEGMENT | t->used;
        t->used += len;
    }
    memcpy(rec_idtext_at(t, *at), id, len);
    return 0;
}

void rec_idtext_remove(struct rec_idtext *t, uint64_t at, size_t len)
{
    memcpy(rec_idtext_at(t, at), &t->list[len], sizeof *t->list);
    t->list[len] = at + 1;
}

void rec_idtext_release(struct rec_idtext *t)
{
    for (size_t i = 0; i < t->segments; i++) {
        free(t->segment[i]);
    }
    free(t->segment);
    free(t->list);
    memset(t, 0, sizeof *t);
}

size_t rec_idtext_memory(const struct rec_idtext *t)
{
    return t->segments * (size_t)SEGMENT
           + t->segment_cap * sizeof *t->segment
           + (t->list ? (REC_MAX_ID + 1) * sizeof *t->list : 0);
}
