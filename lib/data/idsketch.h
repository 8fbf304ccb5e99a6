/* SPDX-License-Identifier: MIT */
/* How often was an id seen? A counting filter in front of a table, in constant
   memory, after Monolith (Liu et al. 2022): 16-bit cells of 12 bits of
   signature and a count up to 15, found by linear probing. Two halves: when
   the one in use has seen its capacity of ids, the other is cleared and taken
   into use, and a count found only in the old one is copied forward; so what
   was not seen for long is forgotten.

   A count is never too low for an id within the window. It is too high when
   another id has the same signature nearby (one id in about 50), or when
   there is no cell to be found. */
#ifndef REC_IDSKETCH_H
#define REC_IDSKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"

#define REC_SKETCH_MAX_COUNT 15u
#define REC_SKETCH_MAX_CAPACITY ((uint32_t)1 << 25)

struct rec_idsketch {
    uint16_t *cell[2]; /* CELLS each */
    size_t cells;
    uint32_t capacity; /* ids of one half; 0: there is no sketch */
    uint32_t seen;     /* of them, by the half in use */
    int now;           /* the half in use */
};

/* Cells of a half of CAPACITY ids. */
size_t rec_idsketch_cells(uint32_t capacity);

/* Returns 0, or -1: no memory. */
REC_MUST_CHECK int rec_idsketch_init(struct rec_idsketch *s,
                                     uint32_t capacity);
void rec_idsketch_release(struct rec_idsketch *s);

/* Count N more (at least 1) of the id with hash H. Returns the count, these
   included, at most REC_SKETCH_MAX_COUNT. */
uint32_t rec_idsketch_add(struct rec_idsketch *s, uint64_t h, uint32_t n);

#endif
