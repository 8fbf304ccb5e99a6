/* SPDX-License-Identifier: MIT */
/* Unit tests of the id table: against plain arrays indexed by the number that
   an id is made from, and with ids made to hurt. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/rng.h"
#include "data/idindex.h"
#include "data/idtable.h"
#include "io/stream.h"
#include "suite.h"

/* ---- against a simple map ------------------------------------------------ */

enum { UNIVERSE = 60000, OPS = 1000000 };

/* What is known of id number U, and of each slot. */
static uint32_t slot_of[UNIVERSE], stamp_of[UNIVERSE];
static uint32_t holder[UNIVERSE], generation[UNIVERSE];
static uint32_t slots, count;

/* Id U: integers, near-integers, short and long ones. */
static size_t make_id(uint32_t u, char *out)
{
    static const char *const form[] = {"%u",      "0%u",          "u%u",
                                       "item-%u", "a long id: %u"};

    return (size_t)snprintf(out, 40, form[u % 5], u / 5 * 7919);
}

static struct rec_idkey key_of(const struct rec_idtable *t, uint32_t u,
                               char *room)
{
    return rec_idtable_key(t, room, make_id(u, room));
}

static void model_add(uint32_t u, uint32_t stamp, uint32_t slot)
{
    if (slot_of[u] != REC_SLOT_NONE) {
        SURE(slot == slot_of[u]);
        stamp_of[u] = stamp > stamp_of[u] ? stamp : stamp_of[u];
        return;
    }
    SURE(slot <= slots);
    for (uint32_t s = 0; s < slot && u % 64 == 0; s++) {
        SURE(holder[s] != REC_SLOT_NONE); /* it was the lowest */
    }
    if (slot == slots) {
        SURE(count == slots);
        slots++;
    }
    SURE(holder[slot] == REC_SLOT_NONE);
    holder[slot] = u;
    slot_of[u] = slot;
    stamp_of[u] = stamp;
    count++;
}

static void model_remove(uint32_t u)
{
    holder[slot_of[u]] = REC_SLOT_NONE;
    generation[slot_of[u]]++;
    slot_of[u] = REC_SLOT_NONE;
    count--;
}

static void compare_all(const struct rec_idtable *t)
{
    char id[40], have[REC_MAX_ID];

    SURE(rec_idtable_count(t) == count);
    SURE(rec_idtable_slots(t) == slots);
    for (uint32_t u = 0; u < UNIVERSE; u++) {
        struct rec_idkey k = key_of(t, u, id);

        SURE(rec_idtable_find(t, &k) == slot_of[u]);
        if (slot_of[u] != REC_SLOT_NONE) {
            SURE(rec_idtable_stamp(t, slot_of[u]) == stamp_of[u]);
            SURE(rec_idtable_id(t, slot_of[u], have) == k.len);
            SURE(memcmp(have, id, k.len) == 0);
        }
    }
    for (uint32_t s = 0; s < slots; s++) {
        SURE(rec_idtable_generation(t, s) == generation[s]);
        SURE(holder[s] != REC_SLOT_NONE || rec_idtable_id(t, s, have) == 0);
    }
}

/* The same table from its slots, as a file would give them. */
static struct rec_idtable *reload(struct rec_idtable *t)
{
    struct rec_idtable *again = rec_idtable_new(rec_idtable_seed(t) + 1);
    char id[REC_MAX_ID];

    for (uint32_t s = 0; s < rec_idtable_slots(t); s++) {
        size_t n = rec_idtable_id(t, s, id);

        SURE(rec_idtable_restore(again, id, n, rec_idtable_stamp(t, s),
                                 rec_idtable_generation(t, s), NULL)
             == 0);
    }
    rec_idtable_free(t);
    return again;
}

static void find_some(const struct rec_idtable *t, struct rec_rng *r)
{
    static char id[100][40];
    struct rec_idkey key[100];
    uint32_t u[100], slot[100];
    size_t n = rec_rng_below(r, 101);

    for (size_t i = 0; i < n; i++) {
        u[i] = (uint32_t)rec_rng_below(r, UNIVERSE);
        key[i] = key_of(t, u[i], id[i]);
    }
    rec_idtable_find_many(t, key, n, slot);
    for (size_t i = 0; i < n; i++) {
        SURE(slot[i] == slot_of[u[i]]);
    }
}

/* Give up what was last used before some time, now and then nearly all. */
static void expire(struct rec_idtable *t, uint32_t last)
{
    uint32_t gone = 0;

    for (uint32_t u = 0; u < UNIVERSE; u++) {
        if (slot_of[u] != REC_SLOT_NONE && stamp_of[u] <= last) {
            model_remove(u);
            gone++;
        }
    }
    SURE(rec_idtable_expire(t, last) == gone);
}

START_TEST(against_simple_map)
{
    struct rec_idtable *t = rec_idtable_new(7);
    struct rec_rng r;
    char id[40];

    rec_rng_init(&r, 1);
    memset(slot_of, 0xff, sizeof slot_of);
    memset(holder, 0xff, sizeof holder);
    for (uint32_t op = 1; op <= OPS; op++) {
        /* Few ids are common, and more and more come into use. */
        uint32_t top = 10 + (uint32_t)((uint64_t)op * UNIVERSE / OPS * 9 / 10);
        uint32_t u = (uint32_t)rec_rng_below(&r, top), slot;
        struct rec_idkey k = key_of(t, u, id);
        uint64_t what = rec_rng_below(&r, 1000);

        if (what < 600) {
            SURE(rec_idtable_add(t, &k, op, &slot, NULL) == 0);
            model_add(u, op, slot);
        } else if (what < 900) {
            SURE(rec_idtable_find(t, &k) == slot_of[u]);
        } else if (what < 998) {
            if (slot_of[u] != REC_SLOT_NONE) {
                rec_idtable_remove(t, slot_of[u]);
                model_remove(u);
            }
        } else {
            find_some(t, &r);
        }
        if (op % 50000 == 0) {
            expire(t, op > 40000 ? op - 40000 : 0);
            compare_all(t);
            t = reload(t);
        }
    }
    ck_assert_uint_gt(slots, 20000);
    compare_all(t);
    rec_idtable_free(t);
}
END_TEST

/* ---- filling ------------------------------------------------------------- */

START_TEST(load)
{
    struct rec_idtable *t = rec_idtable_new(3);
    uint32_t slot;
    char id[24];

    for (uint32_t i = 0; i < 400000; i++) {
        struct rec_idkey k = rec_idtable_key(
            t, id, (size_t)snprintf(id, sizeof id, "%u", 3 * i));

        SURE(rec_idtable_add(t, &k, 1, &slot, NULL) == 0 && slot == i);
        SURE(i < 1000 || rec_idtable_load(t) > 0.9);
    }
    ck_assert(rec_idtable_memory(t) < 24 * 400000 + (1 << 21));
    rec_idtable_free(t);
}
END_TEST

START_TEST(expiry_boundary)
{
    struct rec_idtable *t = rec_idtable_new(1);
    struct rec_idkey a = rec_idtable_key(t, "a", 1);
    struct rec_idkey b = rec_idtable_key(t, "b", 1);
    uint32_t slot;

    ck_assert_int_eq(rec_idtable_add(t, &a, 100, &slot, NULL), 0);
    ck_assert_int_eq(rec_idtable_add(t, &b, 101, &slot, NULL), 0);
    ck_assert_uint_eq(rec_idtable_expire(t, 100), 1);
    ck_assert_uint_eq(rec_idtable_find(t, &a), REC_SLOT_NONE);
    ck_assert_uint_eq(rec_idtable_find(t, &b), 1);
    ck_assert_int_eq(rec_idtable_add(t, &a, 5, &slot, NULL), 0);
    ck_assert_uint_eq(slot, 0); /* used again, and known to be */
    ck_assert_uint_eq(rec_idtable_generation(t, 0), 1);
    ck_assert_uint_eq(rec_idtable_stamp(t, 0), 5);
    rec_idtable_free(t);
}
END_TEST

/* A slot is given up at most 65535 times. */
START_TEST(last_generation)
{
    struct rec_idtable *t = rec_idtable_new(1);
    struct rec_idkey a = rec_idtable_key(t, "a", 1);
    uint32_t slot;

    for (uint32_t i = 0; i < REC_MAX_GENERATION; i++) {
        SURE(rec_idtable_add(t, &a, 1, &slot, NULL) == 0 && slot == 0);
        rec_idtable_remove(t, slot);
    }
    t = reload(t);
    ck_assert_int_eq(rec_idtable_add(t, &a, 1, &slot, NULL), 0);
    ck_assert_uint_eq(slot, 1);
    ck_assert_uint_eq(rec_idtable_generation(t, 0), REC_MAX_GENERATION);
    rec_idtable_free(t);
}
END_TEST

/* ---- ids made to hurt ---------------------------------------------------- */

/* N ids as WRITE makes them: each gets its own slot, all are found, and the
   table is as full and as small as with any other ids. */
static void take(uint64_t seed, uint32_t n,
                 size_t (*write)(uint64_t i, char *out))
{
    static char id[REC_MAX_ID];
    struct rec_idtable *t = rec_idtable_new(seed);
    uint32_t slot;

    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < n; i++) {
            struct rec_idkey k = rec_idtable_key(t, id, write(i, id));

            SURE(rec_idtable_add(t, &k, 1, &slot, NULL) == 0 && slot == i);
        }
    }
    SURE(rec_idtable_load(t) > 0.9);
    rec_idtable_free(t);
}

static size_t sequential(uint64_t i, char *out)
{
    return (size_t)snprintf(out, 32, "%llu", (unsigned long long)i);
}

static size_t multiples(uint64_t i, char *out)
{
    return (size_t)snprintf(out, 32, "%llu", (unsigned long long)i << 32);
}

/* 4096 bytes, different in the middle alone. */
static size_t longest(uint64_t i, char *out)
{
    memset(out, 'x', REC_MAX_ID);
    for (int k = 0; k < 4; k++) {
        out[2000 + k] = (char)('a' + (i >> 4 * k & 15));
    }
    return REC_MAX_ID;
}

static uint64_t rotl(uint64_t x, int r)
{
    return r ? x << r | x >> (64 - r) : x;
}

static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd; /* right to 3 bits; each step doubles that */

    for (int i = 0; i < 5; i++) {
        x *= 2 - odd * x;
    }
    return x;
}

/* The last steps of XXH3_len_4to8_64b undone. */
static uint64_t unmix(uint64_t h)
{
    static uint64_t back;
    uint64_t x = h ^ h >> 28 ^ h >> 56;

    back = back ? back : inverse(0x9fb21c651e98df25u);
    x *= back;
    x ^= (x >> 35) + 8;
    x *= back;
    /* With R for 1 + x^24 + x^49, R^64 is 1: R^-1 is R^63, and the squares of
       R only double the rotations. */
    for (int r = 1; r < 64; r *= 2) {
        x ^= rotl(x, 24 * r & 63) ^ rotl(x, 49 * r & 63);
    }
    return x;
}

/* The word that XXH3 hashes to H under the seed for which FLIP is the hash of
   zeros, unmixed: that is the constant it combines a word with. */
static uint64_t unhash(uint64_t h, uint64_t flip)
{
    uint64_t x = unmix(h) ^ flip;

    return x << 32 | x >> 32; /* its halves are exchanged on the way in */
}

enum { CRAFTED_SEED = 5, EQUAL_BITS = 20 };

/* Integers whose hash under CRAFTED_SEED ends in 20 zero bits. */
static size_t crafted(uint64_t i, char *out)
{
    static uint64_t h, next, flip;
    uint64_t word = 0;

    if (flip == 0) {
        flip = unmix(XXH3_64bits_withSeed(&word, 8, CRAFTED_SEED));
    }

    if (i < next) {
        h = next = 0; /* from the start again */
    }
    do {
        h += 0x9e3779b97f4a7c15u << EQUAL_BITS;
        word = unhash(h, flip);
    } while (word >> 63);
    next = i + 1;
    return (size_t)snprintf(out, 32, "%llu", (unsigned long long)word);
}

START_TEST(sequential_ids)
{
    take(1, 300000, sequential);
}
END_TEST

START_TEST(powers_of_two)
{
    take(1, 300000, multiples);
}
END_TEST

START_TEST(long_ids)
{
    take(1, 10000, longest);
}
END_TEST

/* A million integers crafted against one seed are ordinary under another. */
START_TEST(equal_low_bits)
{
    struct rec_idtable *t = rec_idtable_new(CRAFTED_SEED);
    char id[32];

    for (uint64_t i = 0; i < 1000; i++) {
        struct rec_idkey k = rec_idtable_key(t, id, crafted(i, id));

        SURE((k.hash & ((1u << EQUAL_BITS) - 1)) == 0);
    }
    rec_idtable_free(t);
    take(CRAFTED_SEED + 1, 1000000, crafted);
}
END_TEST

/* Against the table whose seed is known they do no more harm than to empty it:
   everything is still found, and what cannot be placed is refused. */
START_TEST(known_seed)
{
    struct rec_idtable *t = rec_idtable_new(CRAFTED_SEED);
    struct rec_error err;
    uint32_t slot, n = 0;
    char id[32];
    int rc;

    do {
        struct rec_idkey k = rec_idtable_key(t, id, crafted(n, id));

        rc = rec_idtable_add(t, &k, 1, &slot, &err);
    } while (rc == 0 && ++n < 100000);
    SURE(rc == 0 || rc == REC_ELIMIT);
    SURE(rec_idtable_count(t) == n && n > 500);
    for (uint32_t i = 0; i < n; i++) {
        struct rec_idkey k = rec_idtable_key(t, id, crafted(i, id));

        SURE(rec_idtable_find(t, &k) == i);
    }
    SURE(rec_idtable_load(t) > 0.3);
    rec_idtable_free(t);
}
END_TEST

/* Slots that all hash alike: 8 find a bucket, 60 the stash, which keeps room
   for what a new bucket may put aside. */
static uint64_t same_hash(const void *ctx, uint32_t slot)
{
    (void)ctx;
    (void)slot;
    return 42;
}

static void no_prefetch(const void *ctx, uint32_t slot)
{
    (void)ctx;
    (void)slot;
}

START_TEST(same_hashes)
{
    const struct rec_idsource source = {same_hash, no_prefetch, NULL};
    struct rec_idindex x;
    struct rec_error err;
    uint32_t n = 0;
    int rc;

    ck_assert_int_eq(rec_idindex_init(&x, &source, &err), 0);
    while ((rc = rec_idindex_add(&x, 42, n, &err)) == 0) {
        n++;
    }
    ck_assert_int_eq(rc, REC_ELIMIT);
    ck_assert_uint_eq(n, REC_IDINDEX_WAYS + REC_IDINDEX_STASH);
    ck_assert(rec_idindex_load(&x) > 0.4);
    for (uint32_t i = 0; i < n; i++) {
        rec_idindex_remove(&x, 42, i);
    }
    ck_assert_uint_eq(x.used, 0);
    ck_assert_int_eq(rec_idindex_add(&x, 42, 5, &err), 0);
    rec_idindex_release(&x);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {
        against_simple_map, load,          expiry_boundary, last_generation,
        sequential_ids,     powers_of_two, long_ids,        equal_low_bits,
        known_seed,         same_hashes};

    return suite_run("idtable", test, sizeof test / sizeof *test);
}
