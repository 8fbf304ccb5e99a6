/* SPDX-License-Identifier: MIT */
/* A small text file at once: lists of ids, titles. */
#ifndef REC_SLURP_H
#define REC_SLURP_H

#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/mem.h"

#define REC_MAX_TEXT ((size_t)1 << 30) /* bytes that are read at once */

/* All bytes of PATH ("-": standard input), gzip undone, appended to TEXT; and
   their digest (NULL: not wanted). REC_ELIMIT: there are more than
   REC_MAX_TEXT. The caller releases TEXT, also on failure. */
REC_MUST_CHECK int rec_slurp(struct rec_buf *text, const char *path,
                             uint8_t digest[REC_DIGEST_BYTES],
                             struct rec_error *err);

/* The line that starts at *AT: its length without LF or CR LF, *AT moved to
   the next one. Returns its start, or NULL at END. */
const char *rec_line_next(const char **at, const char *end, size_t *len);

#endif
