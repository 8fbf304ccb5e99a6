/* SPDX-License-Identifier: MIT */
/* The parts of rec-hash: what its options said, and one function for each
   thing it does. */
#ifndef HASH_H
#define HASH_H

#include "cli.h"
#include "data/idbook.h"
#include "data/scheme.h"

struct hash_options {
    const char *table, *unknown, *exclude, *slots, *expire, *project;
    int query, reverse, users, items; /* flags */
    int scheme, format, by;
    int64_t seed, now, admit, sketch, hashes, ids, n;
    struct cli_option *option; /* the table, to ask what was given */
};

/* ---- hash_rows.c: streams ---------------------------------------------- */

/* Rows through a table, both ways; with UPDATE, the table learns. */
void hash_rows(struct cli *c, const struct hash_options *o);

/* "12 of 34 items unknown" and so on, if there are any. */
struct hash_missing {
    uint64_t users, items, events; /* left out */
    uint64_t stale_users, stale_items; /* of them, given up since */
    size_t columns; /* of the input beside weight and time: all of them */
    struct cli_text list; /* --unknown */
};
void hash_missing_open(struct cli *c, struct hash_missing *m,
                       const struct hash_options *o);
void hash_missing_add(struct hash_missing *m, int side, const char *id,
                      size_t len);
void hash_missing_close(struct cli *c, struct hash_missing *m,
                        const char *why);

/* ---- hash_scheme.c: smaller tables ------------------------------------- */

void hash_scheme(struct cli *c, const struct hash_options *o);

/* M for --slots, for N ids: a number, or "0.5x": that many times N. */
uint32_t hash_slots(const struct hash_options *o, uint32_t n);

/* ---- hash_report.c ------------------------------------------------------ */

void hash_report(struct cli *c, const struct hash_options *o);

/* ---- hash_tables.c: whole tables ---------------------------------------- */

void hash_check(struct cli *c);
void hash_merge(struct cli *c, const struct hash_options *o);
void hash_list(struct cli *c, const struct hash_options *o);

/* Read the table of --table, or die. */
void hash_open(struct rec_idbook *b, const struct hash_options *o);
/* Die unless the stream with the provenance PROV, named NAME, was made with B
   or with a version before it; says how long ago. */
void hash_check_origin(struct cli *c, const struct rec_idbook *b,
                       const char *name, const char *prov);

#endif
