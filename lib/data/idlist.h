/* SPDX-License-Identifier: MIT */
/* A set of items given as text: one id a line. */
#ifndef REC_IDLIST_H
#define REC_IDLIST_H

#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/dict.h"

/* Read the ids in PATH (gzip undone; empty lines are passed over; CR LF is a
   line end) as a dictionary; and the digest of the text. The caller frees
   *OUT. */
REC_MUST_CHECK int rec_idlist_load(struct rec_dict **out, const char *path,
                                   uint8_t digest[REC_DIGEST_BYTES],
                                   struct rec_error *err);

#endif
