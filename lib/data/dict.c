/* SPDX-License-Identifier: MIT */
/* The dictionary: see dict.h. Open addressing with linear probing; a slot is
   16 bytes, at most 5/8 of the slots are used. */
#include <config.h>

#include "data/dict.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/hash.h"
#include "base/mem.h"
#include "io/stream.h"

struct slot {
    uint64_t word;
    uint32_t len; /* 0: the slot is free */
    uint32_t index;
};

struct rec_dict {
    struct slot *slot;
    size_t mask;  /* slots - 1, slots a power of two */
    char *text;   /* all ids, one after the other */
    size_t text_cap;
    uint64_t *end; /* end[i]: where id i ends in text */
    size_t end_cap;
    uint32_t count;
};

enum { FIRST_SLOTS = 1 << 10 };

/* The key of the hashes of this process: ids come from strangers, who must not
   know which of them would meet in one place. Nothing but time depends on it:
   indices are by first appearance. */
static uint64_t hash_key;

static void choose_key(void)
{
    uint64_t have;

#pragma omp atomic read
    have = hash_key;
    if (have == 0) {
#pragma omp critical(rec_dict_key)
        /* cppcheck-suppress identicalInnerCondition ; another thread may have
           been here first */
        if (hash_key == 0) {
            struct timespec t = {0, 0};
            uint64_t seen[3];

            clock_gettime(CLOCK_REALTIME, &t);
            seen[0] = (uint64_t)t.tv_sec;
            seen[1] = (uint64_t)t.tv_nsec;
            seen[2] = (uint64_t)(uintptr_t)seen; /* where the stack is */
            have = XXH3_64bits(seen, sizeof seen) | 1;
#pragma omp atomic write
            hash_key = have;
        }
    }
}

struct rec_dict *rec_dict_new(void)
{
    struct rec_dict *d = rec_zalloc(1, sizeof *d);

    choose_key();
    if (d) {
        d->mask = FIRST_SLOTS - 1;
        d->slot = rec_zalloc(FIRST_SLOTS, sizeof *d->slot);
        if (!d->slot) {
            free(d);
            d = NULL;
        }
    }
    return d;
}

void rec_dict_free(struct rec_dict *d)
{
    if (d) {
        free(d->slot);
        free(d->text);
        free(d->end);
        free(d);
    }
}

uint32_t rec_dict_count(const struct rec_dict *d)
{
    return d->count;
}

const char *rec_dict_id(const struct rec_dict *d, uint32_t index, size_t *len)
{
    uint64_t from = index ? d->end[index - 1] : 0;

    *len = (size_t)(d->end[index] - from);
    return d->text + from;
}

size_t rec_dict_memory(const struct rec_dict *d)
{
    return (d->mask + 1) * sizeof *d->slot + d->text_cap
           + d->end_cap * sizeof *d->end;
}

/* The hash of an id of which WORD and LEN are known: a short id is its word,
   the word of a long one is a hash already. */
static uint32_t hash_word(uint64_t word, uint32_t len)
{
    uint64_t h = word;

    if (len <= 8) {
        h = ((word ^ hash_key) + len) * 0x9e3779b97f4a7c15u;
        h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

/* The bytes of an id of 1 to 8 bytes in one word, different for different ids
   of the same length. Loads of fixed size that may overlap are several times
   as fast as a copy of unknown length. */
static uint64_t short_word(const char *id, size_t len)
{
    const unsigned char *p = (const unsigned char *)id;
    uint32_t low, high;

    if (len >= 4) {
        memcpy(&low, p, 4);
        memcpy(&high, p + len - 4, 4);
        return low | (uint64_t)high << 32;
    }
    return len ? p[0] | (uint32_t)p[len / 2] << 8 | (uint32_t)p[len - 1] << 16
               : 0;
}

struct rec_key rec_key_make(const char *id, size_t len)
{
    struct rec_key k = {0, 0, (uint32_t)len};

    k.word = len <= 8 ? short_word(id, len)
                      : XXH3_64bits_withSeed(id, len, hash_key);
    k.hash = hash_word(k.word, k.len);
    return k;
}

void rec_dict_prefetch(const struct rec_dict *d, const struct rec_key *key)
{
    REC_PREFETCH(&d->slot[key->hash & d->mask]);
}

static int same_id(const struct rec_dict *d, const struct slot *s,
                   const struct rec_key *k, const char *id)
{
    size_t len;

    if (s->word != k->word || s->len != k->len) {
        return 0;
    }
    return k->len <= 8
           || memcmp(rec_dict_id(d, s->index, &len), id, k->len) == 0;
}

/* The slot that holds the id, or the free one where it belongs. */
static struct slot *probe(const struct rec_dict *d, const struct rec_key *k,
                          const char *id)
{
    size_t i = k->hash & d->mask;

    while (d->slot[i].len != 0 && !same_id(d, &d->slot[i], k, id)) {
        i = (i + 1) & d->mask;
    }
    return &d->slot[i];
}

uint32_t rec_dict_find_key(const struct rec_dict *d,
                           const struct rec_key *key, const char *id)
{
    const struct slot *s = probe(d, key, id);

    return s->len ? s->index : REC_NONE;
}

uint32_t rec_dict_find(const struct rec_dict *d, const char *id, size_t len)
{
    struct rec_key k = rec_key_make(id, len);

    return rec_dict_find_key(d, &k, id);
}

static int grow_slots(struct rec_dict *d, struct rec_error *err)
{
    size_t n = 2 * (d->mask + 1);
    struct slot *fresh = rec_zalloc(n, sizeof *fresh);

    if (!fresh) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i <= d->mask; i++) {
        const struct slot *s = &d->slot[i];

        if (s->len != 0) {
            size_t at = hash_word(s->word, s->len) & (n - 1);

            while (fresh[at].len != 0) {
                at = (at + 1) & (n - 1);
            }
            fresh[at] = *s;
        }
    }
    free(d->slot);
    d->slot = fresh;
    d->mask = n - 1;
    return 0;
}

int rec_dict_add(struct rec_dict *d, const char *id, size_t len,
                 uint32_t *index, struct rec_error *err)
{
    struct rec_key k = rec_key_make(id, len);
    struct slot *s = probe(d, &k, id);
    size_t used;

    if (s->len != 0) {
        *index = s->index;
        return 0;
    }
    if (d->count == REC_NONE) {
        return rec_fail(err, REC_ELIMIT, "more than 2^32 - 1 different ids");
    }
    if ((uint64_t)(d->count + 1) * 8 > (uint64_t)(d->mask + 1) * 5) {
        if (grow_slots(d, err) != 0) {
            return REC_ENOMEM;
        }
        s = probe(d, &k, id);
    }
    used = d->count ? (size_t)d->end[d->count - 1] : 0;
    if (rec_reserve(&d->text, &d->text_cap, used + len, 1) != 0
        || rec_reserve(&d->end, &d->end_cap, (size_t)d->count + 1,
                       sizeof *d->end)
               != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(d->text + used, id, len);
    d->end[d->count] = used + len;
    s->word = k.word;
    s->len = k.len;
    s->index = d->count;
    *index = d->count++;
    return 0;
}

const char *rec_id_check(const char *id, size_t len)
{
    if (len == 0) {
        return "is empty";
    }
    if (len > REC_MAX_ID) {
        return "is longer than 4096 bytes";
    }
    for (size_t i = 0; i < len; i++) {
        switch (id[i]) {
        case '\0':
            return "holds a NUL byte";
        case '\n':
            return "holds a line feed";
        case '\r':
            return "holds a carriage return";
        case '\t':
            return "holds a tab";
        default:
            break;
        }
    }
    return NULL;
}

/* ---- the tie rule ----------------------------------------------------- */

struct tie {
    uint64_t hash;
    uint32_t index;
    uint32_t len;
    const char *id;
};

static int compare_ties(const void *pa, const void *pb)
{
    const struct tie *a = pa, *b = pb;
    size_t n = a->len < b->len ? a->len : b->len;
    int c;

    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    c = memcmp(a->id, b->id, n);
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

int rec_id_tie(const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct tie ta = {rec_hash_id(a, a_len), 0, (uint32_t)a_len, a};
    struct tie tb = {rec_hash_id(b, b_len), 0, (uint32_t)b_len, b};

    return compare_ties(&ta, &tb);
}

uint32_t *rec_dict_tie_rank(const struct rec_dict *d)
{
    struct tie *t = rec_alloc(d->count, sizeof *t);
    uint32_t *rank = rec_alloc(d->count, sizeof *rank);

    if (!t || !rank) {
        free(t);
        free(rank);
        return NULL;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        size_t len;

        t[i].id = rec_dict_id(d, i, &len);
        t[i].len = (uint32_t)len;
        t[i].index = i;
        t[i].hash = rec_hash_id(t[i].id, len);
    }
    qsort(t, d->count, sizeof *t, compare_ties);
    for (uint32_t i = 0; i < d->count; i++) {
        rank[t[i].index] = i;
    }
    free(t);
    return rank;
}

uint32_t *rec_dict_map(const struct rec_dict *from, const struct rec_dict *to)
{
    uint32_t *map = rec_alloc(from->count, sizeof *map);

    for (uint32_t i = 0; map && i < from->count; i++) {
        size_t len;
        const char *id = rec_dict_id(from, i, &len);

        map[i] = rec_dict_find(to, id, len);
    }
    return map;
}
