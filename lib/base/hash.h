/* SPDX-License-Identifier: MIT */
/* Hashes, all from xxHash: rec_hash_id is part of the formats (it breaks ties
   in every ranking, so it may never change); digests name the content of a
   file in its provenance. */
#ifndef REC_HASH_H
#define REC_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"

/* XXH64 with seed 0 of the N bytes of an id. */
uint64_t rec_hash_id(const void *id, size_t n);

/* XXH3-64 with the seed KEY: for tables that strangers fill, and for schemes
   that hash an id several times. Part of the formats too. */
uint64_t rec_hash_keyed(const void *id, size_t n, uint64_t key);

/* A running XXH3-128. */
struct rec_digest;

REC_MUST_CHECK struct rec_digest *rec_digest_new(void); /* NULL: no memory */
void rec_digest_free(struct rec_digest *d);
void rec_digest_add(struct rec_digest *d, const void *p, size_t n);

/* The digest of all bytes so far, in xxHash's canonical (big-endian) order.
   More may be added afterwards. */
#define REC_DIGEST_BYTES 16
void rec_digest_get(const struct rec_digest *d,
                    uint8_t out[REC_DIGEST_BYTES]);

/* 32 lower-case hexadecimal digits and a NUL. */
#define REC_DIGEST_TEXT (2 * REC_DIGEST_BYTES + 1)
void rec_digest_text(const uint8_t digest[REC_DIGEST_BYTES],
                     char out[REC_DIGEST_TEXT]);

#endif
