/* SPDX-License-Identifier: MIT */
/* Interactions in memory: a sparse matrix in compressed sparse rows. Row =
   user (or query), column = item. Items of a row keep the order of the stream
   (arrival, or rank); they are not sorted. */
#ifndef REC_CSR_H
#define REC_CSR_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

struct rec_csr {
    size_t rows;
    uint32_t cols;   /* items are < cols */
    int64_t *start;  /* rows + 1 offsets into the arrays below */
    uint32_t *item;  /* start[rows] item indices */
    float *weight;   /* as many weights, or NULL: every weight is 1 */
    int64_t *time;   /* as many times (seconds, Unix), or NULL: unknown */
};

/* Free the arrays (not M itself) and zero it. */
void rec_csr_release(struct rec_csr *m);

static inline size_t rec_csr_events(const struct rec_csr *m)
{
    return m->rows ? (size_t)m->start[m->rows] : 0;
}

static inline uint32_t rec_csr_row_len(const struct rec_csr *m, size_t row)
{
    return (uint32_t)(m->start[row + 1] - m->start[row]);
}

/* count[i] = rows in which item i occurs, i < m->cols; COUNT is the
   caller's. */
void rec_csr_item_counts(const struct rec_csr *m, uint32_t *count);

/* *OUT = M with rows and columns exchanged: a row per item, its users
   ascending. Weights are kept, times are not. If PLACE is not NULL, event E of
   M is event PLACE[E] of OUT. REC_EREPEAT if a row has an item twice. *OUT is
   the caller's, to be released. */
REC_MUST_CHECK int rec_csr_transpose(struct rec_csr *out,
                                     const struct rec_csr *m, int64_t *place,
                                     struct rec_error *err);

#endif
