/* SPDX-License-Identifier: MIT */
/* Bytes from a file or a pipe. One reader for everything that comes in; text
   readers ask for gzip to be undone, stream readers do not. */
#ifndef REC_INPUT_H
#define REC_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

struct rec_input;

/* Open PATH; "-" is standard input, named "standard input" in messages. With
   GUNZIP, data that starts as gzip (RFC 1952, any number of members) comes
   out decompressed, and a cut or damaged member is an error. */
REC_MUST_CHECK int rec_input_open(struct rec_input **in, const char *path,
                                  int gunzip, struct rec_error *err);
/* Frees and closes (never standard input). Accepts NULL. */
void rec_input_close(struct rec_input *in);

/* The name for messages; lives as long as IN. */
const char *rec_input_name(const struct rec_input *in);

/* Bytes left in a regular file from the current place, or -1 when that is not
   known (pipes, terminals, gzip). */
int64_t rec_input_left(const struct rec_input *in);

/* Read N bytes into BUF, fewer only at the end of the data. *GOT says how
   many; 0 means the end. Returns 0 or a negative rec_err. */
REC_MUST_CHECK int rec_input_read(struct rec_input *in, void *buf, size_t n,
                                  size_t *got, struct rec_error *err);

#endif
