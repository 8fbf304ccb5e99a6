/* SPDX-License-Identifier: MIT */
/* The cuckoo index: see idindex.h. */
#include <config.h>

#include "data/idindex.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    WAYS = REC_IDINDEX_WAYS,
    FIRST = 8, /* buckets of an empty table; a power of two */
    MAX_DEPTH = 5, /* entries that one insert displaces, at most */
    GROW_AGAIN = 8, /* buckets added after a search that failed */
    /* A new bucket may put aside as many as it takes. */
    MAX_STASHED = REC_IDINDEX_STASH - WAYS
};
/* Below this load a table does not grow for want of a place: the ids hash
   alike, and memory would not help. */
#define MIN_LOAD 0.5

static int add_bucket(struct rec_idindex *x, struct rec_error *err)
{
    size_t n = (size_t)1 << REC_IDINDEX_SEGMENT;
    struct rec_idbucket *b;

    if (x->buckets >> REC_IDINDEX_SEGMENT >= x->segments) {
        if (rec_reserve(&x->segment, &x->segment_cap, x->segments + 1,
                        sizeof(struct rec_idbucket *))
            != 0) {
            return rec_fail_nomem(err);
        }
        b = rec_alloc64(n, sizeof *b);
        if (!b) {
            return rec_fail_nomem(err);
        }
        x->segment[x->segments++] = b;
    }
    b = rec_idindex_bucket(x, x->buckets++);
    memset(b, 0xff, sizeof *b);
    return 0;
}

int rec_idindex_init(struct rec_idindex *x,
                     const struct rec_idsource *source,
                     struct rec_error *err)
{
    int rc = 0;

    memset(x, 0, sizeof *x);
    x->source = *source;
    x->mask = FIRST - 1;
    x->mask3 = FIRST / 4 - 1;
    while (rc == 0 && x->buckets < FIRST) {
        rc = add_bucket(x, err);
    }
    return rc;
}

void rec_idindex_release(struct rec_idindex *x)
{
    for (size_t i = 0; i < x->segments; i++) {
        free(x->segment[i]);
    }
    free(x->segment);
    memset(x, 0, sizeof *x);
}

size_t rec_idindex_memory(const struct rec_idindex *x)
{
    return (x->segments << REC_IDINDEX_SEGMENT) * sizeof(struct rec_idbucket)
           + x->segment_cap * sizeof *x->segment;
}

double rec_idindex_load(const struct rec_idindex *x)
{
    return (double)x->used / (double)(x->buckets * WAYS);
}

/* ---- one bucket --------------------------------------------------------- */

/* A free entry of B, or -1. */
static int free_way(const struct rec_idbucket *b)
{
    for (int i = 0; i < WAYS; i++) {
        if (b->slot[i] == REC_IDINDEX_FREE) {
            return i;
        }
    }
    return -1;
}

static void put(struct rec_idbucket *b, int way, uint32_t slot, uint16_t tag)
{
    b->slot[way] = slot;
    b->tag[way] = tag;
}

/* Where else than in bucket AT what hashes to H may stand. */
static uint64_t other_place(const struct rec_idindex *x, uint64_t h,
                            uint64_t at)
{
    uint64_t first = rec_idindex_first(x, h);

    return first == at ? rec_idindex_second(x, h) : first;
}

/* ---- the search for a free entry ---------------------------------------- */

struct node { /* a full bucket that the search has reached */
    uint64_t at;
    int parent; /* the node from which an entry could come here, or -1 */
    int way;    /* that entry's place there */
    int depth;
};

struct search {
    struct node node[REC_IDINDEX_SEARCH];
    int n;
};

/* Is bucket AT on the way to node I? A path may not cross itself: its moves
   are made from its end. */
static int on_path(const struct search *s, int i, uint64_t at)
{
    while (i >= 0 && s->node[i].at != at) {
        i = s->node[i].parent;
    }
    return i >= 0;
}

/* Move the entry WAY of node I to the free place HOLE, and so on back to the
   first bucket of the path. Returns that bucket with the place now free. */
static struct rec_idbucket *shift(const struct rec_idindex *x,
                                  const struct search *s, int i, int way,
                                  struct rec_idbucket *hole, int *free)
{
    int to = *free;

    for (;;) {
        struct rec_idbucket *b = rec_idindex_bucket(x, s->node[i].at);

        put(hole, to, b->slot[way], b->tag[way]);
        hole = b;
        to = way;
        if (s->node[i].parent < 0) {
            *free = to;
            return hole;
        }
        way = s->node[i].way;
        i = s->node[i].parent;
    }
}

static uint64_t hash_of(const struct rec_idindex *x, uint32_t slot)
{
    return x->source.hash(x->source.ctx, slot);
}

static void prefetch_hashes(const struct rec_idindex *x,
                            const struct rec_idbucket *b)
{
    for (int k = 0; k < WAYS; k++) {
        if (b->slot[k] != REC_IDINDEX_FREE) {
            x->source.prefetch(x->source.ctx, b->slot[k]);
        }
    }
}

/* The other places TO of the entries of the full bucket AT, all on their way
   into the cache. */
static void other_places(const struct rec_idindex *x, uint64_t at,
                         uint64_t to[WAYS])
{
    const struct rec_idbucket *b = rec_idindex_bucket(x, at);

    prefetch_hashes(x, b);
    for (int k = 0; k < WAYS; k++) {
        to[k] = other_place(x, hash_of(x, b->slot[k]), at);
        REC_PREFETCH(rec_idindex_bucket(x, to[k]));
    }
}

/* Breadth first from the two full buckets of S. Returns a bucket in which
   *WAY was made free, or NULL. */
static struct rec_idbucket *displace(const struct rec_idindex *x,
                                     struct search *s, int *way)
{
    for (int i = 0; i < s->n; i++) {
        uint64_t to[WAYS];

        other_places(x, s->node[i].at, to);
        for (int k = 0; k < WAYS; k++) {
            struct rec_idbucket *b = rec_idindex_bucket(x, to[k]);
            struct node next = {to[k], i, k, s->node[i].depth + 1};

            if (on_path(s, i, to[k])) {
                continue;
            }
            *way = free_way(b);
            if (*way >= 0) {
                return shift(x, s, i, k, b, way);
            }
            if (s->n < REC_IDINDEX_SEARCH && next.depth <= MAX_DEPTH) {
                s->node[s->n++] = next;
            }
        }
    }
    return NULL;
}

/* Enter SLOT if a place can be found. Returns 1 if so. */
static int try_add(struct rec_idindex *x, uint64_t h, uint32_t slot)
{
    struct search s;
    struct rec_idbucket *b = NULL;
    int way = -1;

    s.n = 0;
    for (int i = 0; i < 2 && way < 0; i++) {
        uint64_t at = i ? rec_idindex_second(x, h) : rec_idindex_first(x, h);
        struct node root = {at, -1, 0, 1};

        b = rec_idindex_bucket(x, at);
        way = free_way(b);
        s.node[s.n++] = root;
    }
    if (way < 0) {
        b = displace(x, &s, &way);
    }
    if (!b) {
        return 0;
    }
    put(b, way, slot, rec_idindex_tag(h));
    return 1;
}

/* ---- growth ------------------------------------------------------------- */

/* What was put aside last may find a place now. Returns 1 if so. */
static int try_stash(struct rec_idindex *x)
{
    uint32_t slot = x->stash[x->stashed - 1];
    int found = try_add(x, hash_of(x, slot), slot);

    x->stashed -= found;
    return found;
}

/* Move the entries of bucket FROM that belong into AT, a new one that may be
   filled already: at most four come from each of two buckets, and those that
   find no room are put aside in REST. Returns how many. */
static int split(struct rec_idindex *x, uint64_t from, uint64_t at,
                 uint32_t rest[WAYS])
{
    struct rec_idbucket *old = rec_idindex_bucket(x, from);
    struct rec_idbucket *fresh = rec_idindex_bucket(x, at);
    int n = 0;

    prefetch_hashes(x, old);
    for (int i = 0; i < WAYS; i++) {
        int way = free_way(fresh);
        uint64_t h;

        if (old->slot[i] == REC_IDINDEX_FREE) {
            continue;
        }
        h = hash_of(x, old->slot[i]);
        if (rec_idindex_first(x, h) == from
            || rec_idindex_second(x, h) == from) {
            continue;
        }
        if (way >= 0) {
            put(fresh, way, old->slot[i], old->tag[i]);
        } else {
            rest[n++] = old->slot[i];
        }
        old->slot[i] = REC_IDINDEX_FREE;
    }
    return n;
}

static int fail_alike(struct rec_error *err)
{
    return rec_fail(err, REC_ELIMIT,
                    "too many ids have the same hash; choose another --seed");
}

/* One bucket more: it takes over what hashes to it from the two buckets that
   held that so far. */
static int grow(struct rec_idindex *x, struct rec_error *err)
{
    uint64_t at = x->buckets;
    uint32_t rest[WAYS];
    int rc = x->stashed > MAX_STASHED ? fail_alike(err) : add_bucket(x, err);
    int n;

    if (rc != 0) {
        return rc;
    }
    split(x, at - (x->mask + 1), at, rest); /* which are at most four */
    n = split(x, at - 3 * (x->mask3 + 1), at, rest);
    if (x->buckets == 2 * (x->mask + 1)) {
        x->mask = 2 * x->mask + 1;
    }
    if (x->buckets == 6 * (x->mask3 + 1)) {
        x->mask3 = 2 * x->mask3 + 1;
    }
    while (n > 0) {
        x->stash[x->stashed++] = rest[--n];
    }
    while (x->stashed > 0 && try_stash(x)) {
    }
    return 0;
}

/* No way was found to the free entries there are. */
static int add_crowded(struct rec_idindex *x, uint64_t h, uint32_t slot,
                       struct rec_error *err)
{
    while (x->stashed >= MAX_STASHED) {
        if (rec_idindex_load(x) < MIN_LOAD) {
            return fail_alike(err);
        }
        for (int i = 0; i < GROW_AGAIN; i++) {
            int rc = grow(x, err);

            if (rc != 0) {
                return rc;
            }
        }
        if (try_add(x, h, slot)) {
            return 0;
        }
    }
    x->stash[x->stashed++] = slot;
    return 0;
}

int rec_idindex_add(struct rec_idindex *x, uint64_t h, uint32_t slot,
                    struct rec_error *err)
{
    int rc = 0;

    while (rc == 0
           && (double)(x->used + 1)
                  > REC_IDINDEX_LOAD * WAYS * (double)x->buckets) {
        rc = grow(x, err);
    }
    if (rc == 0 && !try_add(x, h, slot)) {
        rc = add_crowded(x, h, slot, err);
    }
    x->used += rc == 0;
    return rc;
}

void rec_idindex_remove(struct rec_idindex *x, uint64_t h, uint32_t slot)
{
    x->used--;
    for (int i = 0; i < 2; i++) {
        struct rec_idbucket *b = rec_idindex_bucket(
            x, i ? rec_idindex_second(x, h) : rec_idindex_first(x, h));

        for (int k = 0; k < WAYS; k++) {
            if (b->slot[k] == slot) {
                b->slot[k] = REC_IDINDEX_FREE;
                return;
            }
        }
    }
    for (int i = 0; i < x->stashed; i++) {
        if (x->stash[i] == slot) {
            x->stash[i] = x->stash[--x->stashed];
            return;
        }
    }
}
