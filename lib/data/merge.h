/* SPDX-License-Identifier: MIT */
/* Several interactions streams joined into one: a user's rows become one row,
   the items in the order in which the streams bring them; users in order of
   first appearance. What to do about an item that a user has twice is for
   rec_filter_duplicates to say. */
#ifndef REC_MERGE_H
#define REC_MERGE_H

#include "data/dataset.h"
#include "data/ingest.h"

struct rec_merge_part;
struct rec_merge_piece;

/* Use in this order: rec_merge_init, rec_merge_add for every stream,
   rec_merge_join once, rec_merge_next until it returns 0, rec_merge_release.
   The fields are for reading. */
struct rec_merge {
    struct rec_dict *users, *items; /* of all parts, by first appearance */
    unsigned columns; /* REC_COL_ bits of the result: those of any part */
    struct rec_merge_part *part; /* the streams, in order */
    size_t parts, part_cap;
    size_t *first_piece;           /* users + 1 places in PIECE */
    struct rec_merge_piece *piece; /* the rows, by user, then by part */
    uint32_t next;                 /* users before this one were handed out */
};

REC_MUST_CHECK int rec_merge_init(struct rec_merge *m, struct rec_error *err);
void rec_merge_release(struct rec_merge *m);

/* Take the data D, which is left empty. NAME (copied) is for messages. */
REC_MUST_CHECK int rec_merge_add(struct rec_merge *m, const char *name,
                                 struct rec_data *d, struct rec_error *err);

/* All parts are there. A part without weights counts 1 for each event when
   another has weights; a part with events but without times is REC_EFORMAT
   when another has times. */
REC_MUST_CHECK int rec_merge_join(struct rec_merge *m, struct rec_error *err);

/* The next users with their complete rows. Returns 1, or 0 when there are no
   more. CHUNK->line has the number of the part of each event, from 1. CHUNK
   is the caller's, to be released. */
REC_MUST_CHECK int rec_merge_next(struct rec_merge *m,
                                  struct rec_chunk *chunk,
                                  struct rec_error *err);

/* The name of part NUMBER, from 1. */
const char *rec_merge_name(const struct rec_merge *m, uint64_t number);

/* Bytes of memory held, and what a chunk takes. */
double rec_merge_memory(const struct rec_merge *m);

#endif
