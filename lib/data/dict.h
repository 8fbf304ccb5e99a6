/* SPDX-License-Identifier: MIT */
/* The dictionary: ids (byte strings of 1 to REC_MAX_ID bytes) to dense
   indices 0, 1, 2 ... in order of first appearance, and back. Exact: the hash
   only finds candidates, equality is on the bytes. Ids of up to 8 bytes live
   in the table itself, so that looking one up touches one cache line. */
#ifndef REC_DICT_H
#define REC_DICT_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

#define REC_NONE UINT32_MAX /* no such id; never a valid index */

struct rec_dict;

REC_MUST_CHECK struct rec_dict *rec_dict_new(void); /* NULL: no memory */
void rec_dict_free(struct rec_dict *d);

uint32_t rec_dict_count(const struct rec_dict *d);

/* The bytes of id INDEX, their number in *LEN, not terminated; valid until
   the next rec_dict_add. */
const char *rec_dict_id(const struct rec_dict *d, uint32_t index,
                        size_t *len);

/* The index of an id, or REC_NONE. Safe from several threads while nobody
   adds. */
uint32_t rec_dict_find(const struct rec_dict *d, const char *id, size_t len);

/* Find or append; *INDEX is set. Returns 0, REC_ENOMEM, or REC_ELIMIT when
   2^32 - 1 ids are held. Does not judge the bytes: see rec_id_check. */
REC_MUST_CHECK int rec_dict_add(struct rec_dict *d, const char *id,
                                size_t len, uint32_t *index,
                                struct rec_error *err);

/* Looking up many ids at once: make the keys, prefetch, then find. */
struct rec_key {
    uint64_t word; /* the id itself, or a hash of a longer one */
    uint32_t hash;
    uint32_t len;
};
struct rec_key rec_key_make(const char *id, size_t len);
void rec_dict_prefetch(const struct rec_dict *d, const struct rec_key *key);
uint32_t rec_dict_find_key(const struct rec_dict *d,
                           const struct rec_key *key, const char *id);

/* NULL if the LEN bytes may be an id, otherwise why not ("is empty", "holds a
   tab" ...), to be put after the name of the column. */
const char *rec_id_check(const char *id, size_t len);

/* rank[i] = place of id i when all ids are sorted by XXH64, then bytes: the
   tie rule of every ranking. The caller frees; NULL when out of memory. */
REC_MUST_CHECK uint32_t *rec_dict_tie_rank(const struct rec_dict *d);

/* The same rule for two ids: less than 0 if A comes first, 0 if they are the
   same. */
int rec_id_tie(const char *a, size_t a_len, const char *b, size_t b_len);

/* map[i] = index in TO of id i of FROM, or REC_NONE. The caller frees; NULL
   when out of memory. Joins between files go through this, never through
   equal indices. */
REC_MUST_CHECK uint32_t *rec_dict_map(const struct rec_dict *from,
                                      const struct rec_dict *to);

/* Bytes of memory held. */
size_t rec_dict_memory(const struct rec_dict *d);

#endif
