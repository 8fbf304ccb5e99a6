/* SPDX-License-Identifier: MIT */
/* Which slots may hold an id of a given 64-bit hash: two-choice cuckoo hashing
   with buckets of four (Pagh and Rodler 2004; Dietzfelbinger and Weidling
   2007; the table of Monolith, Liu et al. 2022), and growth by linear hashing
   (Litwin 1980): the table grows by one bucket at a time, so that no insert
   ever waits for a rehash and the load stays at REC_IDINDEX_LOAD. Buckets that
   are still to be split get twice the ids of others; so that both choices are
   never uneven at once, the first is by powers of two, the second by three
   times a power of two.

   The index knows hashes and slots, never ids: what it finds are candidates,
   to be compared by the caller. An entry is 6 bytes: the slot and 16 bits of
   the hash. Bounds: a look-up reads two buckets and at most REC_IDINDEX_STASH
   further entries; an insert looks at no more than REC_IDINDEX_SEARCH buckets
   for each of a bounded number of attempts. */
#ifndef REC_IDINDEX_H
#define REC_IDINDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum {
    REC_IDINDEX_WAYS = 4,     /* entries of a bucket */
    REC_IDINDEX_STASH = 64,   /* entries that found no bucket */
    REC_IDINDEX_SEARCH = 256, /* buckets of one search for a free entry */
    REC_IDINDEX_SEGMENT = 15  /* log2 of the buckets allocated at once */
};
#define REC_IDINDEX_LOAD 0.91 /* entries used, of all */
#define REC_IDINDEX_FREE UINT32_MAX

struct rec_idbucket {
    uint32_t slot[REC_IDINDEX_WAYS]; /* or REC_IDINDEX_FREE */
    uint16_t tag[REC_IDINDEX_WAYS];
};

/* Where the ids are. */
struct rec_idsource {
    /* The hash of what SLOT holds. */
    uint64_t (*hash)(const void *ctx, uint32_t slot);
    /* It will soon be asked for. */
    void (*prefetch)(const void *ctx, uint32_t slot);
    const void *ctx;
};

struct rec_idindex {
    struct rec_idbucket **segment;
    size_t segments, segment_cap;
    /* mask + 1 <= buckets < 2 (mask + 1), the same for 3 (mask3 + 1) */
    uint64_t buckets, mask, mask3;
    size_t used;            /* entries, those of the stash too */
    uint32_t stash[REC_IDINDEX_STASH];
    int stashed;
    struct rec_idsource source;
};

REC_MUST_CHECK int rec_idindex_init(struct rec_idindex *x,
                                    const struct rec_idsource *source,
                                    struct rec_error *err);
void rec_idindex_release(struct rec_idindex *x);

/* Enter SLOT, which is not there yet, under the hash H. REC_ELIMIT when far
   more ids than chance allows hash alike, which only somebody who knows the
   seed can bring about; X is unchanged then. */
REC_MUST_CHECK int rec_idindex_add(struct rec_idindex *x, uint64_t h,
                                   uint32_t slot, struct rec_error *err);
/* Take out SLOT, which is there under H. */
void rec_idindex_remove(struct rec_idindex *x, uint64_t h, uint32_t slot);

size_t rec_idindex_memory(const struct rec_idindex *x);
double rec_idindex_load(const struct rec_idindex *x);

static inline uint16_t rec_idindex_tag(uint64_t h)
{
    return (uint16_t)(h * 0x9e3779b97f4a7c15u >> 48);
}

/* The two buckets of a hash. */
static inline uint64_t rec_idindex_first(const struct rec_idindex *x,
                                         uint64_t h)
{
    uint64_t at = h & (2 * x->mask + 1);

    return at >= x->buckets ? h & x->mask : at;
}

static inline uint64_t rec_idindex_second(const struct rec_idindex *x,
                                          uint64_t h)
{
    uint64_t v = h * 0xd6e8feb86659fd93u;
    uint64_t third = (v & 0xffffff) * 3 >> 24, at;

    v >>= 32;
    at = (v & (2 * x->mask3 + 1)) * 3 + third;
    return at >= x->buckets ? (v & x->mask3) * 3 + third : at;
}

static inline struct rec_idbucket *
rec_idindex_bucket(const struct rec_idindex *x, uint64_t at)
{
    return &x->segment[at >> REC_IDINDEX_SEGMENT]
                      [at & ((1u << REC_IDINDEX_SEGMENT) - 1)];
}

static inline void rec_idindex_prefetch(const struct rec_idindex *x,
                                        uint64_t h)
{
    const struct rec_idbucket *a =
        rec_idindex_bucket(x, rec_idindex_first(x, h));
    const struct rec_idbucket *b =
        rec_idindex_bucket(x, rec_idindex_second(x, h));

    REC_PREFETCH(a);
    REC_PREFETCH((const char *)(a + 1) - 1); /* may lie in two lines */
    REC_PREFETCH(b);
    REC_PREFETCH((const char *)(b + 1) - 1);
}

#endif
