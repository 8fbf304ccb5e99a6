/* SPDX-License-Identifier: MIT */
/* Rows put together event by event, used again for the next block. */
#ifndef REC_GATHER_H
#define REC_GATHER_H

#include "base/compat.h"
#include "base/error.h"
#include "data/csr.h"

struct rec_gather {
    struct rec_csr m; /* what has been gathered; weights always there */
    size_t start_cap, item_cap, weight_cap;
};

/* Begin a block of rows whose items are < COLS; all zero is a fresh G. */
REC_MUST_CHECK int rec_gather_begin(struct rec_gather *g, uint32_t cols,
                                    struct rec_error *err);
/* An event of the row at hand; and its end. */
REC_MUST_CHECK int rec_gather_add(struct rec_gather *g, uint32_t item,
                                  float weight, struct rec_error *err);
REC_MUST_CHECK int rec_gather_end_row(struct rec_gather *g,
                                      struct rec_error *err);
void rec_gather_release(struct rec_gather *g);

#endif
