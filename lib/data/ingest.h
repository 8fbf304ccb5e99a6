/* SPDX-License-Identifier: MIT */
/* From text to interactions: lines are parsed by several threads, ids become
   indices in order of first appearance whatever the number of threads, and
   events are gathered column by column, to be grouped by user. */
#ifndef REC_INGEST_H
#define REC_INGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/progress.h"
#include "data/csr.h"
#include "data/dict.h"
#include "io/textin.h"

struct rec_ingest_options {
    struct rec_text_options text;
    int threads;
    int sorted;     /* a user's lines have to stand together */
    int keep_lines; /* remember the line of every event */
    uint64_t max_bytes; /* refuse to hold more; 0: no limit */
    /* Called for every bad line, in the order of the input: WHY names file
       and line, LINE are its N bytes. NULL: a bad line is an error. */
    void (*bad)(void *ctx, const char *why, const char *line, size_t n);
    void *ctx;
    const struct rec_progress *progress; /* may be NULL */
};

/* Every line read is one of these: lines = used + headers + empty + bare +
   bad. A quoted line break does not end a line here. BARE: a user of adj
   without items, who gives no event. */
struct rec_ingest_counts {
    uint64_t lines, used, headers, empty, bare, bad;
    uint64_t events; /* of the lines used */
};

struct rec_ingest;

REC_MUST_CHECK int rec_ingest_new(struct rec_ingest **g,
                                  const struct rec_ingest_options *o,
                                  struct rec_error *err);
void rec_ingest_free(struct rec_ingest *g);

/* Begin with the file PATH (borrowed until rec_ingest_free); rec_ingest_next
   must have returned 0 for the one before. */
REC_MUST_CHECK int rec_ingest_open(struct rec_ingest *g, const char *path,
                                   struct rec_error *err);

/* Read a block and append its events. Returns 1, or 0 at the end of the
   file. Errors name file and line. */
REC_MUST_CHECK int rec_ingest_next(struct rec_ingest *g,
                                   struct rec_error *err);

/* Complete rows: row r of ROWS belongs to user FIRST + r. LINE, if lines are
   kept, has one number per event, for rec_ingest_place. */
struct rec_chunk {
    struct rec_csr rows;
    uint32_t first;
    uint64_t *line;
};

/* Group the events gathered since the last call by user, users in order of
   first appearance, events in order of arrival, and take them away. ALL: all
   of them; otherwise, with SORTED, the last user stays behind, who may not
   be complete. CHUNK is the caller's, to be released. */
REC_MUST_CHECK int rec_ingest_take(struct rec_ingest *g, int all,
                                   struct rec_chunk *chunk,
                                   struct rec_error *err);
void rec_chunk_release(struct rec_chunk *c);

/* REC_COL_ bits: what the input has; 0 while no line has been seen. */
unsigned rec_ingest_columns(const struct rec_ingest *g);
const struct rec_dict *rec_ingest_users(const struct rec_ingest *g);
const struct rec_dict *rec_ingest_items(const struct rec_ingest *g);
const struct rec_ingest_counts *rec_ingest_counts(const struct rec_ingest *g);
/* The layout of the file just opened, or NULL: see rec_text_layout. */
const struct rec_text_layout *rec_ingest_layout(const struct rec_ingest *g);
/* Of all text bytes so far. */
void rec_ingest_digest(const struct rec_ingest *g,
                       uint8_t out[REC_DIGEST_BYTES]);

/* The file and the line in it that a number in rec_chunk.line stands for. */
const char *rec_ingest_place(const struct rec_ingest *g, uint64_t line,
                             uint64_t *in_file);

#endif
