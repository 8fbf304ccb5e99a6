/* SPDX-License-Identifier: MIT */
/* The collisionless id table: see idtable.h. The word of a slot is one of

     0 .......... 63 bits   a decimal integer without leading zeros
     1 0 ... len3 56 bits   an id of 1 to 7 bytes; length 0: the slot is free
     1 1 at49 .... len13    LEN bytes at AT of the texts

   so that two inline words are equal just when the ids are. */
#include <config.h>

#include "data/idtable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "data/idindex.h"
#include "data/idtext.h"

#define SHORT ((uint64_t)1 << 63)
#define LONG ((uint64_t)3 << 62)
#define FREE SHORT /* a short id of no bytes */

enum {
    CHUNK_BITS = 16,
    CHUNK = 1 << CHUNK_BITS,
    LEN_BITS = 13, /* REC_MAX_ID needs them */
    SHORT_LEN = 56, /* where the length of a short id stands */
    BATCH = 64
};

struct chunk {
    uint64_t word[CHUNK];
    uint32_t stamp[CHUNK];
    uint16_t generation[CHUNK];
};

struct rec_idtable {
    struct rec_idindex index;
    struct chunk **chunk;
    size_t chunks, chunk_cap;
    struct rec_idtext text;
    uint64_t seed;
    uint32_t slots, count;
    uint32_t vacant; /* free slots that may be used again */
    uint32_t lowest; /* none of them is below this */
};

static uint64_t *word_of(const struct rec_idtable *t, uint32_t slot)
{
    return &t->chunk[slot >> CHUNK_BITS]->word[slot & (CHUNK - 1)];
}

static uint16_t *generation_of(const struct rec_idtable *t, uint32_t slot)
{
    return &t->chunk[slot >> CHUNK_BITS]->generation[slot & (CHUNK - 1)];
}

static uint32_t *stamp_of(const struct rec_idtable *t, uint32_t slot)
{
    return &t->chunk[slot >> CHUNK_BITS]->stamp[slot & (CHUNK - 1)];
}

static int is_long(uint64_t word)
{
    return (word & LONG) == LONG;
}

static size_t long_len(uint64_t word)
{
    return word & ((1u << LEN_BITS) - 1);
}

static char *long_text(const struct rec_idtable *t, uint64_t word)
{
    return rec_idtext_at(&t->text, (word & ~LONG) >> LEN_BITS);
}

/* ---- keys --------------------------------------------------------------- */

/* The decimal integer at ID, or -1 if it is none that can be written back. */
static int64_t integer(const char *id, size_t len)
{
    uint64_t v = 0;

    if (len == 0 || len > 19 || (len > 1 && *id == '0')) {
        return -1;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned)(unsigned char)id[i] - '0';

        if (digit > 9) {
            return -1;
        }
        v = 10 * v + digit; /* 19 nines are below 2^64 */
    }
    return v >> 63 ? -1 : (int64_t)v;
}

static uint64_t hash_word(uint64_t word, uint64_t seed)
{
    return XXH3_64bits_withSeed(&word, sizeof word, seed);
}

struct rec_idkey rec_idtable_key(const struct rec_idtable *t, const char *id,
                                 size_t len)
{
    struct rec_idkey k = {0, 0, id, (uint32_t)len};
    int64_t v = integer(id, len);

    if (v >= 0) {
        k.word = (uint64_t)v;
    } else if (len < REC_IDTEXT_MIN) {
        k.word = SHORT | (uint64_t)len << SHORT_LEN;
        for (size_t i = 0; i < len; i++) {
            k.word |= (uint64_t)(unsigned char)id[i] << 8 * i;
        }
    } else {
        k.word = LONG | len;
    }
    k.hash = is_long(k.word) ? XXH3_64bits_withSeed(id, len, t->seed)
                             : hash_word(k.word, t->seed);
    return k;
}

double rec_idtable_bytes(const struct rec_idkey *key)
{
    return (double)sizeof(struct chunk) / CHUNK
           + sizeof(struct rec_idbucket)
                 / (REC_IDINDEX_WAYS * REC_IDINDEX_LOAD)
           + (is_long(key->word) ? key->len : 0);
}

static uint64_t hash_of_slot(const void *ctx, uint32_t slot)
{
    const struct rec_idtable *t = ctx;
    uint64_t word = *word_of(t, slot);

    return is_long(word) ? XXH3_64bits_withSeed(long_text(t, word),
                                                long_len(word), t->seed)
                         : hash_word(word, t->seed);
}

static void prefetch_slot(const void *ctx, uint32_t slot)
{
    REC_PREFETCH(word_of(ctx, slot));
}

/* ---- life --------------------------------------------------------------- */

struct rec_idtable *rec_idtable_new(uint64_t seed)
{
    struct rec_idtable *t = rec_zalloc(1, sizeof *t);

    if (t) {
        struct rec_idsource source = {hash_of_slot, prefetch_slot, t};

        t->seed = seed;
        if (rec_idindex_init(&t->index, &source, NULL) != 0) {
            rec_idtable_free(t);
            t = NULL;
        }
    }
    return t;
}

void rec_idtable_free(struct rec_idtable *t)
{
    if (t) {
        rec_idindex_release(&t->index);
        for (size_t i = 0; i < t->chunks; i++) {
            free(t->chunk[i]);
        }
        free(t->chunk);
        rec_idtext_release(&t->text);
        free(t);
    }
}

uint64_t rec_idtable_seed(const struct rec_idtable *t)
{
    return t->seed;
}

uint32_t rec_idtable_slots(const struct rec_idtable *t)
{
    return t->slots;
}

uint32_t rec_idtable_count(const struct rec_idtable *t)
{
    return t->count;
}

double rec_idtable_load(const struct rec_idtable *t)
{
    return rec_idindex_load(&t->index);
}

size_t rec_idtable_memory(const struct rec_idtable *t)
{
    return sizeof *t + rec_idindex_memory(&t->index)
           + t->chunks * sizeof **t->chunk + t->chunk_cap * sizeof *t->chunk
           + rec_idtext_memory(&t->text);
}

/* ---- finding ------------------------------------------------------------ */

static int holds(const struct rec_idtable *t, uint32_t slot,
                 const struct rec_idkey *key)
{
    uint64_t word = *word_of(t, slot);

    if (!is_long(word)) {
        return word == key->word;
    }
    return is_long(key->word) && long_len(word) == key->len
           && memcmp(long_text(t, word), key->id, key->len) == 0;
}

uint32_t rec_idtable_find(const struct rec_idtable *t,
                          const struct rec_idkey *key)
{
    const struct rec_idindex *x = &t->index;
    uint16_t tag = rec_idindex_tag(key->hash);

    for (int i = 0; i < 2; i++) {
        const struct rec_idbucket *b = rec_idindex_bucket(
            x, i ? rec_idindex_second(x, key->hash)
                 : rec_idindex_first(x, key->hash));

        for (int k = 0; k < REC_IDINDEX_WAYS; k++) {
            if (b->tag[k] == tag && b->slot[k] != REC_IDINDEX_FREE
                && holds(t, b->slot[k], key)) {
                return b->slot[k];
            }
        }
    }
    for (int i = 0; i < x->stashed; i++) {
        if (holds(t, x->stash[i], key)) {
            return x->stash[i];
        }
    }
    return REC_SLOT_NONE;
}

/* The first slot whose tag fits, or any one: nearly always the right one. */
static uint32_t likely(const struct rec_idindex *x, uint64_t h)
{
    uint16_t tag = rec_idindex_tag(h);
    uint32_t found = REC_SLOT_NONE;

    for (int i = 0; i < 2; i++) {
        const struct rec_idbucket *b = rec_idindex_bucket(
            x, i ? rec_idindex_second(x, h) : rec_idindex_first(x, h));

        for (int k = 0; k < REC_IDINDEX_WAYS; k++) {
            found = b->tag[k] == tag && b->slot[k] != REC_IDINDEX_FREE
                        ? b->slot[k]
                        : found;
        }
    }
    return found;
}

/* N is at most BATCH. */
static void find_batch(const struct rec_idtable *t,
                       const struct rec_idkey *key, size_t n, uint32_t *slot)
{
    for (size_t i = 0; i < n; i++) {
        rec_idindex_prefetch(&t->index, key[i].hash);
    }
    for (size_t i = 0; i < n; i++) {
        slot[i] = likely(&t->index, key[i].hash);
        if (slot[i] != REC_SLOT_NONE) {
            REC_PREFETCH(word_of(t, slot[i]));
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (slot[i] != REC_SLOT_NONE && is_long(*word_of(t, slot[i]))) {
            REC_PREFETCH(long_text(t, *word_of(t, slot[i])));
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (slot[i] == REC_SLOT_NONE ? t->index.stashed > 0
                                     : !holds(t, slot[i], &key[i])) {
            slot[i] = rec_idtable_find(t, &key[i]);
        }
    }
}

void rec_idtable_find_many(const struct rec_idtable *t,
                           const struct rec_idkey *key, size_t n,
                           uint32_t *slot)
{
    for (size_t i = 0; i < n; i += BATCH) {
        find_batch(t, key + i, n - i < BATCH ? n - i : BATCH, slot + i);
    }
}

/* ---- slots -------------------------------------------------------------- */

static int new_slot(struct rec_idtable *t, uint32_t *slot,
                    struct rec_error *err)
{
    struct chunk *c;

    if (t->slots == REC_MAX_SLOTS) {
        return rec_fail(err, REC_ELIMIT, "more than 2^32 - 2 slots");
    }
    if (t->slots >> CHUNK_BITS == t->chunks) {
        if (rec_reserve(&t->chunk, &t->chunk_cap, t->chunks + 1,
                        sizeof(struct chunk *))
            != 0) {
            return rec_fail_nomem(err);
        }
        c = rec_alloc64(1, sizeof *c);
        if (!c) {
            return rec_fail_nomem(err);
        }
        t->chunk[t->chunks++] = c;
    }
    *slot = t->slots++;
    *word_of(t, *slot) = FREE;
    *stamp_of(t, *slot) = 0;
    *generation_of(t, *slot) = 0;
    return 0;
}

static void vacate(struct rec_idtable *t, uint32_t slot)
{
    *word_of(t, slot) = FREE;
    if (*generation_of(t, slot) < REC_MAX_GENERATION) {
        t->vacant++;
        t->lowest = slot < t->lowest ? slot : t->lowest;
    }
}

static int is_vacant(const struct rec_idtable *t, uint32_t slot)
{
    return *word_of(t, slot) == FREE
           && *generation_of(t, slot) < REC_MAX_GENERATION;
}

/* A slot for a new id; it stays free until somebody fills it. */
static int find_slot(struct rec_idtable *t, uint32_t *slot,
                     struct rec_error *err)
{
    int rc;

    if (t->vacant == 0) {
        rc = new_slot(t, slot, err);
        if (rc != 0) {
            return rc;
        }
        vacate(t, *slot);
        t->lowest = *slot;
    }
    while (!is_vacant(t, t->lowest)) {
        t->lowest++;
    }
    *slot = t->lowest;
    return 0;
}

/* Put the id of KEY, which is nowhere yet, into the vacant SLOT. */
static int fill(struct rec_idtable *t, const struct rec_idkey *key,
                uint32_t slot, uint32_t stamp, struct rec_error *err)
{
    uint64_t word = key->word, at = 0;
    int rc;

    if (is_long(word)) {
        if (rec_idtext_add(&t->text, key->id, key->len, &at) != 0) {
            return rec_fail_nomem(err);
        }
        word |= at << LEN_BITS;
    }
    *word_of(t, slot) = word; /* the index asks for its hash */
    rc = rec_idindex_add(&t->index, key->hash, slot, err);
    if (rc != 0) {
        *word_of(t, slot) = FREE;
        if (is_long(word)) {
            rec_idtext_remove(&t->text, at, key->len);
        }
        return rc;
    }
    *stamp_of(t, slot) = stamp;
    t->vacant--;
    t->count++;
    return 0;
}

int rec_idtable_add(struct rec_idtable *t, const struct rec_idkey *key,
                    uint32_t stamp, uint32_t *slot, struct rec_error *err)
{
    uint32_t found = rec_idtable_find(t, key);
    int rc;

    if (found != REC_SLOT_NONE) {
        rec_idtable_touch(t, found, stamp);
    } else {
        rc = find_slot(t, &found, err);
        rc = rc ? rc : fill(t, key, found, stamp, err);
        if (rc != 0) {
            return rc;
        }
    }
    *slot = found;
    return 0;
}

size_t rec_idtable_id(const struct rec_idtable *t, uint32_t slot, char *out)
{
    uint64_t word = *word_of(t, slot);
    char digits[24];
    size_t len;

    if (is_long(word)) {
        len = long_len(word);
        memcpy(out, long_text(t, word), len);
        return len;
    }
    if (word & SHORT) {
        len = word >> SHORT_LEN & 7;
        for (size_t i = 0; i < len; i++) {
            out[i] = (char)(word >> 8 * i & 0xff);
        }
        return len;
    }
    len = (size_t)snprintf(digits, sizeof digits, "%llu",
                           (unsigned long long)word);
    memcpy(out, digits, len);
    return len;
}

uint32_t rec_idtable_stamp(const struct rec_idtable *t, uint32_t slot)
{
    return *stamp_of(t, slot);
}

uint32_t rec_idtable_generation(const struct rec_idtable *t, uint32_t slot)
{
    return *generation_of(t, slot);
}

void rec_idtable_touch(struct rec_idtable *t, uint32_t slot, uint32_t stamp)
{
    uint32_t *have = stamp_of(t, slot);

    *have = stamp > *have ? stamp : *have;
}

void rec_idtable_remove(struct rec_idtable *t, uint32_t slot)
{
    uint64_t word = *word_of(t, slot);

    rec_idindex_remove(&t->index, hash_of_slot(t, slot), slot);
    if (is_long(word)) {
        rec_idtext_remove(&t->text, (word & ~LONG) >> LEN_BITS,
                          long_len(word));
    }
    ++*generation_of(t, slot);
    *stamp_of(t, slot) = 0;
    vacate(t, slot);
    t->count--;
}

uint32_t rec_idtable_expire(struct rec_idtable *t, uint32_t last)
{
    uint32_t n = 0;

    for (uint32_t s = 0; s < t->slots; s++) {
        if (*word_of(t, s) != FREE && *stamp_of(t, s) <= last) {
            rec_idtable_remove(t, s);
            n++;
        }
    }
    return n;
}

int rec_idtable_restore(struct rec_idtable *t, const char *id, size_t len,
                        uint32_t stamp, uint32_t generation,
                        struct rec_error *err)
{
    struct rec_idkey key = rec_idtable_key(t, id, len);
    uint32_t slot = 0;
    int rc;

    if (len > 0 && rec_idtable_find(t, &key) != REC_SLOT_NONE) {
        return rec_fail(err, REC_EREPEAT, "the id '%.*s' has two slots",
                        (int)len, id);
    }
    rc = new_slot(t, &slot, err);
    if (rc != 0) {
        return rc;
    }
    *generation_of(t, slot) = (uint16_t)generation;
    if (len == 0) {
        *stamp_of(t, slot) = stamp;
        vacate(t, slot);
        return 0;
    }
    t->vacant++; /* as fill expects */
    return fill(t, &key, slot, stamp, err);
}
