/* SPDX-License-Identifier: MIT */
/* A piece of a block: what one thread makes of some lines, while the
   dictionaries stand still. Ids that are not in them yet are left as misses,
   to be added later, piece after piece, by one thread. */
#ifndef REC_INGEST_PIECE_H
#define REC_INGEST_PIECE_H

#include "data/dict.h"
#include "io/stream.h"
#include "io/textin.h"

struct rec_miss {
    size_t at; /* the event */
    const char *id;
    struct rec_key key;
};

/* One of the two id columns. */
struct rec_id_column {
    uint32_t *index; /* REC_NONE: see the misses; users also: the same as in
                        the event before */
    size_t index_cap;
    struct rec_miss *miss;
    size_t misses, miss_cap;
};

struct rec_bad_line {
    const char *p;
    size_t n, n_end; /* without and with its line end */
    uint64_t line;   /* in the piece, from 0 */
};

struct rec_piece {
    struct rec_id_column user, item;
    float *weight;
    int64_t *time;
    uint64_t *line; /* in the piece, from 0 */
    size_t weight_cap, time_cap, line_cap;
    size_t events;
    struct rec_bad_line *bad;
    size_t bads, bad_cap;
    uint64_t physical; /* lines, quoted line breaks counted */
    uint64_t lines, empty, bare, headings;
    struct rec_cell heading; /* netflix: the item of the next line; to be set
                                before the first */
    char *room; /* decoded fields */
    size_t room_cap;
    int rc; /* REC_ENOMEM, or 0 */

    /* Where it belongs, set when the pieces are put together. */
    size_t event_at;  /* events before it */
    uint64_t line_at; /* lines before it, of all files */
};

/* What all pieces of a file have in common. */
struct rec_piece_task {
    const struct rec_text_layout *layout;
    const struct rec_dict *users, *items;
    unsigned columns; /* REC_COL_ bits */
    int keep_lines;
    int stop_at_bad;
};

/* Take a line apart and judge its ids. */
REC_MUST_CHECK int rec_piece_line(const struct rec_text_layout *l,
                                  const char *line, size_t n, int quotes,
                                  char **room, struct rec_text_event *ev,
                                  struct rec_error *err);

/* Parse the lines in [P, END) into PC, whose arrays are used again. */
void rec_piece_parse(struct rec_piece *pc, const struct rec_piece_task *t,
                     const char *p, const char *end, int quotes);
void rec_piece_release(struct rec_piece *pc);

/* Add the misses of C to D and complete c->index[0 .. EVENTS). */
REC_MUST_CHECK int rec_id_column_resolve(struct rec_id_column *c,
                                         size_t events, struct rec_dict *d,
                                         struct rec_error *err);

#endif
