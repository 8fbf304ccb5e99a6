/* SPDX-License-Identifier: MIT */
/* Bytes to a file or a pipe. A named file appears whole or not at all: it is
   written under a temporary name beside its target and renamed once it is
   complete and on the disk. */
#ifndef REC_OUTPUT_H
#define REC_OUTPUT_H

#include <stddef.h>

#include "base/compat.h"
#include "base/error.h"

struct rec_output;

/* PATH NULL or "-": standard output. A path that exists and is not a regular
   file (a device, a FIFO) is opened and written directly; a symbolic link is
   followed, so that its target is the file replaced, and refused if it leads
   nowhere. A file that is replaced must be writable, and its permissions are
   kept. */
REC_MUST_CHECK int rec_output_open(struct rec_output **out, const char *path,
                                   struct rec_error *err);

/* The same for a log, which is there to be followed: a regular file is written
   directly too, in place of what it had from the first write on. */
REC_MUST_CHECK int rec_output_open_log(struct rec_output **out,
                                       const char *path,
                                       struct rec_error *err);

/* The name for messages, and the temporary file (NULL when there is none) for
   a signal handler to unlink. Both live as long as O. */
const char *rec_output_name(const struct rec_output *o);
const char *rec_output_temp(const struct rec_output *o);
int rec_output_fd(const struct rec_output *o);

/* Would a second output to PATH (NULL or "-": standard output) go where O goes,
   so that one of them would be lost? Devices and pipes but standard output may
   be written by several. */
int rec_output_meets(const struct rec_output *o, const char *path);

/* Write all N bytes. */
REC_MUST_CHECK int rec_output_write(struct rec_output *o, const void *p,
                                    size_t n, struct rec_error *err);

/* Flush to the disk and close, the first half of committing; and rename into
   place, the second. With several files: flush all, then rename all. */
REC_MUST_CHECK int rec_output_flush(struct rec_output *o,
                                    struct rec_error *err);
REC_MUST_CHECK int rec_output_rename(struct rec_output *o,
                                     struct rec_error *err);

/* Free O; a file not yet renamed is removed. Accepts NULL. */
void rec_output_free(struct rec_output *o);

#endif
