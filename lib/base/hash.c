/* SPDX-License-Identifier: MIT */
/* xxHash behind the names of hash.h. */
#include <config.h>

#include "base/hash.h"

#include <stdio.h>

#include <xxhash.h>

uint64_t rec_hash_id(const void *id, size_t n)
{
    return XXH64(id, n, 0);
}

uint64_t rec_hash_keyed(const void *id, size_t n, uint64_t key)
{
    return XXH3_64bits_withSeed(id, n, key);
}

struct rec_digest *rec_digest_new(void)
{
    /* XXH3's own allocator knows the alignment that its state needs. The
       struct is never defined: a rec_digest is that state by another name. */
    XXH3_state_t *s = XXH3_createState();

    if (s) {
        XXH3_128bits_reset(s);
    }
    return (struct rec_digest *)s;
}

void rec_digest_free(struct rec_digest *d)
{
    XXH3_freeState((XXH3_state_t *)d);
}

void rec_digest_add(struct rec_digest *d, const void *p, size_t n)
{
    XXH3_128bits_update((XXH3_state_t *)d, p, n);
}

void rec_digest_get(const struct rec_digest *d,
                    uint8_t out[REC_DIGEST_BYTES])
{
    XXH128_canonical_t c;

    XXH128_canonicalFromHash(&c,
                             XXH3_128bits_digest((const XXH3_state_t *)d));
    for (int i = 0; i < REC_DIGEST_BYTES; i++) {
        out[i] = c.digest[i];
    }
}

void rec_digest_text(const uint8_t digest[REC_DIGEST_BYTES],
                     char out[REC_DIGEST_TEXT])
{
    for (int i = 0; i < REC_DIGEST_BYTES; i++) {
        snprintf(out + 2 * (size_t)i, 3, "%02x", digest[i]);
    }
}
