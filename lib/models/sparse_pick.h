/* SPDX-License-Identifier: MIT */
/* Which weights a sparse model keeps: the largest of all, whatever their sign
   and wherever they stand. A budget for the whole matrix loses less than one
   for each row or column: popular items need many weights, most others few
   (man rec-ease has the figures). */
#ifndef REC_SPARSE_PICK_H
#define REC_SPARSE_PICK_H

#include "models/sparse.h"

struct rec_cut {
    uint32_t top;     /* per item on average: top x items in all; 0: any */
    double threshold; /* and none below this */
};

/* Weights as they come, in any order; all zero is not ready. */
struct rec_pick {
    uint32_t items;
    size_t most;  /* SIZE_MAX: any */
    double least; /* what is smaller will not be kept */
    struct rec_pick_entry *entry;
    size_t n, cap;
};

void rec_pick_begin(struct rec_pick *p, uint32_t items,
                    const struct rec_cut *cut);
void rec_pick_release(struct rec_pick *p);

/* W from item I to item J. Zero is never kept. The order of the calls has no
   influence on what is. */
REC_MUST_CHECK int rec_pick_add(struct rec_pick *p, uint32_t i, uint32_t j,
                                float w, struct rec_error *err);

/* *OUT = what has been kept, the caller's; P is then released. */
REC_MUST_CHECK int rec_pick_end(struct rec_pick *p, struct rec_sparse *out,
                                struct rec_error *err);

/* Bytes that picking takes when all ITEMS^2 weights are offered. */
double rec_pick_memory(uint32_t items, const struct rec_cut *cut);

/* *OUT = what CUT leaves of S, on the scale before S's in and out, which it
   borrows as S does. */
REC_MUST_CHECK int rec_sparse_cut(struct rec_sparse *out,
                                  const struct rec_sparse *s,
                                  const struct rec_cut *cut,
                                  struct rec_error *err);

#endif
