/* SPDX-License-Identifier: MIT */
/* Reading the stream that a training was interrupted in. It has an array
   "identity", lines of text that say of which data and options it is; only a
   training with the same lines may go on from it. */
#ifndef REC_CHECKPOINT_H
#define REC_CHECKPOINT_H

#include "io/store.h"

/* REC_EVALUE, naming the first line in which S has not this IDENTITY. */
REC_MUST_CHECK int rec_checkpoint_identity(const struct rec_store *s,
                                           const char *identity,
                                           struct rec_error *err);

/* Copy the array NAME of N elements of DTYPE to TO. */
REC_MUST_CHECK int rec_checkpoint_array(const struct rec_store *s,
                                        const char *name,
                                        enum rec_dtype dtype, size_t n,
                                        void *to, struct rec_error *err);

#endif
