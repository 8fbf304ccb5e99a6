/* SPDX-License-Identifier: MIT */
/* Vectors from text, as rec-cat writes them and many others do: a line is an
   id, a tab, and its values divided by blanks or tabs; where a line has no
   tab the id ends at the first blank. A first line "id TAB vector" is a
   header. Empty lines are passed over; gzip is undone. */
#ifndef REC_VECTORS_TEXT_H
#define REC_VECTORS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"

struct rec_vector_text;

/* PATH "-" is standard input. */
REC_MUST_CHECK int rec_vector_text_open(struct rec_vector_text **t,
                                        const char *path,
                                        struct rec_error *err);
void rec_vector_text_close(struct rec_vector_text *t);

/* A vector. All is borrowed until the next call. */
struct rec_vector_line {
    const char *id;
    size_t len;
    const float *value;
    uint32_t dim; /* the same for all */
};

/* The next one: 1; 0 at the end; REC_EPARSE for what is no vector, has
   another dimension than the first, or an id that was there before. Memory is
   bounded by the ids and the longest line. */
REC_MUST_CHECK int rec_vector_text_next(struct rec_vector_text *t,
                                        struct rec_vector_line *line,
                                        struct rec_error *err);

/* For messages. */
const char *rec_vector_text_name(const struct rec_vector_text *t);
/* Of all bytes, once there are no more. */
void rec_vector_text_digest(const struct rec_vector_text *t,
                            uint8_t out[REC_DIGEST_BYTES]);

#endif
