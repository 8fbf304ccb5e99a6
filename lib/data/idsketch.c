/* SPDX-License-Identifier: MIT */
/* The counting filter: see idsketch.h. */
#include <config.h>

#include "data/idsketch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PROBES = 16, COUNT_BITS = 4, MAX = 15 };

size_t rec_idsketch_cells(uint32_t capacity)
{
    return (size_t)capacity + capacity / 5 + PROBES;
}

int rec_idsketch_init(struct rec_idsketch *s, uint32_t capacity)
{
    memset(s, 0, sizeof *s);
    s->capacity = capacity;
    s->cells = rec_idsketch_cells(capacity);
    s->cell[0] = rec_zalloc(s->cells, sizeof *s->cell[0]);
    s->cell[1] = rec_zalloc(s->cells, sizeof *s->cell[1]);
    if (!s->cell[0] || !s->cell[1]) {
        rec_idsketch_release(s);
        return -1;
    }
    return 0;
}

void rec_idsketch_release(struct rec_idsketch *s)
{
    free(s->cell[0]);
    free(s->cell[1]);
    memset(s, 0, sizeof *s);
}

/* The cell of half I with signature SIGN, or the empty one where it belongs,
   or NULL. */
static uint16_t *probe(const struct rec_idsketch *s, int i, uint64_t h,
                       uint32_t sign)
{
    size_t at = (size_t)((h & 0xffffffffu) * (s->cells - PROBES) >> 32);

    for (int p = 0; p < PROBES; p++, at++) {
        uint16_t *c = &s->cell[i][at];

        if (*c == 0 || (uint32_t)*c >> COUNT_BITS == sign) {
            return c;
        }
    }
    return NULL;
}

uint32_t rec_idsketch_add(struct rec_idsketch *s, uint64_t h, uint32_t n)
{
    uint32_t sign = (uint32_t)(h >> 52), count = 0;
    uint16_t *c = probe(s, s->now, h, sign), *old;

    if (!c) {
        return MAX;
    }
    if (*c == 0) {
        if (s->seen == s->capacity) {
            s->now = !s->now;
            s->seen = 0;
            memset(s->cell[s->now], 0, s->cells * sizeof *c);
            c = probe(s, s->now, h, sign);
        }
        old = probe(s, !s->now, h, sign);
        count = old ? *old & MAX : 0;
        s->seen++;
    } else {
        count = *c & MAX;
    }
    count = n > MAX - count ? MAX : count + n;
    *c = (uint16_t)(sign << COUNT_BITS | count);
    return count;
}
