/* SPDX-License-Identifier: MIT */
/* Checked memory. Sizes are multiplied with an overflow test; nothing here
   exits. A request of 0 bytes gives a valid pointer, so NULL always means
   failure. */
#ifndef REC_MEM_H
#define REC_MEM_H

#include <stddef.h>

#include "base/compat.h"

/* *OUT = A * B. Returns 0, or -1 (OUT untouched) when it does not fit. */
REC_MUST_CHECK int rec_size_mul(size_t a, size_t b, size_t *out);

/* N objects of SIZE bytes, not cleared / cleared. The caller frees with
   free(). NULL when out of memory or when N * SIZE overflows. */
REC_MUST_CHECK void *rec_alloc(size_t n, size_t size);
REC_MUST_CHECK void *rec_zalloc(size_t n, size_t size);

/* As rec_alloc, starting at a multiple of 64 bytes. Free with free(). */
REC_MUST_CHECK void *rec_alloc64(size_t n, size_t size);

/* Make room for NEED objects of SIZE bytes in the array *P of capacity *CAP,
   growing by at least half so that appending costs constant time. *P may
   move. Returns 0, or -1 with *P and *CAP unchanged. */
REC_MUST_CHECK int rec_reserve(void *p, size_t *cap, size_t need,
                               size_t size);

/* A growing byte string; all zero is the empty one. Data is not terminated
   unless rec_buf_text is used. */
struct rec_buf {
    char *data;
    size_t len, cap;
};

REC_MUST_CHECK int rec_buf_add(struct rec_buf *b, const void *p, size_t n);
/* Append formatted text; the terminating NUL is kept but not counted. */
REC_MUST_CHECK int rec_buf_addf(struct rec_buf *b, const char *fmt, ...)
    REC_PRINTF(2, 3);
void rec_buf_release(struct rec_buf *b);

#endif
