/* SPDX-License-Identifier: MIT */
/* The collisionless id table: ids (byte strings of 1 to REC_MAX_ID bytes) to
   dense slots 0, 1, 2 ..., and back; ids may leave and their slots be used
   again. No two ids ever share a slot: the keyed hash only finds candidates
   (idindex.h), equality is on the bytes.

   A slot costs 14 bytes and about 6.5 of the index: a word, the time of its
   last use (seconds, Unix, 32 bits unsigned) and its generation, how often it
   was given up. Decimal integers below 2^63 and ids of up to 7 bytes live in
   the word; of others the bytes are kept apart. Everything is allocated in
   pieces of about 1 MiB: nothing is ever copied to grow. */
#ifndef REC_IDTABLE_H
#define REC_IDTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

#define REC_SLOT_NONE UINT32_MAX
#define REC_MAX_SLOTS (UINT32_MAX - 1)
#define REC_MAX_GENERATION 65535u /* a slot that has it is not used again */

struct rec_idtable;

/* SEED keys the hash. NULL: no memory. */
REC_MUST_CHECK struct rec_idtable *rec_idtable_new(uint64_t seed);
void rec_idtable_free(struct rec_idtable *t);

uint64_t rec_idtable_seed(const struct rec_idtable *t);
uint32_t rec_idtable_slots(const struct rec_idtable *t); /* ever used */
uint32_t rec_idtable_count(const struct rec_idtable *t); /* ids now */
double rec_idtable_load(const struct rec_idtable *t);    /* of the index */
size_t rec_idtable_memory(const struct rec_idtable *t);

/* An id as the table looks for it. Borrows ID. */
struct rec_idkey {
    uint64_t hash, word;
    const char *id;
    uint32_t len;
};
struct rec_idkey rec_idtable_key(const struct rec_idtable *t, const char *id,
                                 size_t len);

/* What an id costs in memory, in the mean of a full table. */
double rec_idtable_bytes(const struct rec_idkey *key);

/* The slot of the id, or REC_SLOT_NONE. Safe from several threads while
   nobody changes T. */
uint32_t rec_idtable_find(const struct rec_idtable *t,
                          const struct rec_idkey *key);
/* The same for N keys into SLOT, waiting for memory once for many. */
void rec_idtable_find_many(const struct rec_idtable *t,
                           const struct rec_idkey *key, size_t n,
                           uint32_t *slot);

/* Find the id or give it a slot: the lowest that was given up, else the next
   one. Its last use becomes at least STAMP. REC_ELIMIT: no slots are left, or
   see rec_idindex_add. */
REC_MUST_CHECK int rec_idtable_add(struct rec_idtable *t,
                                   const struct rec_idkey *key,
                                   uint32_t stamp, uint32_t *slot,
                                   struct rec_error *err);

/* The id in SLOT (< slots): its length, its bytes copied to OUT of REC_MAX_ID
   bytes; 0 when the slot is free. */
size_t rec_idtable_id(const struct rec_idtable *t, uint32_t slot, char *out);
uint32_t rec_idtable_stamp(const struct rec_idtable *t, uint32_t slot);
uint32_t rec_idtable_generation(const struct rec_idtable *t, uint32_t slot);
/* Raise the last use of SLOT to STAMP. */
void rec_idtable_touch(struct rec_idtable *t, uint32_t slot, uint32_t stamp);

/* Give up SLOT, which holds an id. */
void rec_idtable_remove(struct rec_idtable *t, uint32_t slot);
/* Give up all slots last used at LAST or before; returns how many. */
uint32_t rec_idtable_expire(struct rec_idtable *t, uint32_t last);

/* Append a slot as a file has it: LEN 0 for a free one. REC_EREPEAT when the
   id is there already. */
REC_MUST_CHECK int rec_idtable_restore(struct rec_idtable *t, const char *id,
                                       size_t len, uint32_t stamp,
                                       uint32_t generation,
                                       struct rec_error *err);

#endif
