/* SPDX-License-Identifier: MIT */
/* Filters on rows in memory. All work in place and keep the order of arrival
   within a row; rows that lose everything stay, empty. */
#ifndef REC_FILTER_H
#define REC_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "data/csr.h"

/* What becomes of an item that a user has more than once. It keeps the place
   of its first event. */
enum rec_duplicates {
    REC_DUP_LAST,  /* weight and time of the last event */
    REC_DUP_FIRST, /* of the first */
    REC_DUP_SUM,   /* the weights added up; the latest time */
    REC_DUP_MAX,   /* the greatest weight; the latest time */
    REC_DUP_ERROR  /* REC_EREPEAT */
};

struct rec_repeat { /* the repeated item that an error is about */
    size_t row;
    uint32_t item;
    uint64_t line; /* REC_DUP_ERROR only */
};

/* Where each item was met last, kept from one matrix to the next of the same
   items, so that a small one does not cost what all items do. All zero is the
   empty one. */
struct rec_places {
    int64_t *at; /* BASE plus the place of its event */
    size_t n, cap;
    int64_t base; /* what is below is of a matrix before */
};
void rec_places_release(struct rec_places *p);

/* Resolve repeated items. *DROPPED is how many events went away. With
   REC_DUP_ERROR, LINE numbers the events by their place in the input, and
   *AT is the repeated event that came first. With REC_DUP_SUM, a matrix
   without weights gets them: every event counts 1; REC_ENUMERIC if the sum of
   *AT is beyond a float. */
REC_MUST_CHECK int rec_filter_duplicates(struct rec_csr *m,
                                         enum rec_duplicates how,
                                         const uint64_t *line,
                                         struct rec_places *places,
                                         struct rec_repeat *at,
                                         size_t *dropped,
                                         struct rec_error *err);

/* Keep events of at least this weight. Returns how many went away. */
size_t rec_filter_weight(struct rec_csr *m, float least);

/* Items of fewer than MIN_ITEM users go, then users of fewer than MIN_USER
   remaining items; 0 or 1 asks for nothing. ITERATE: again until nothing
   changes, which leaves the (MIN_USER, MIN_ITEM)-core. BY_ITEM and BY_USER
   are how many events went away by which rule. */
REC_MUST_CHECK int rec_filter_core(struct rec_csr *m, uint64_t min_item,
                                   uint64_t min_user, int iterate,
                                   size_t *by_item, size_t *by_user,
                                   struct rec_error *err);

#endif
