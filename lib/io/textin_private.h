/* SPDX-License-Identifier: MIT */
/* What the files of the text reader share; see textin.h. */
#ifndef REC_TEXTIN_PRIVATE_H
#define REC_TEXTIN_PRIVATE_H

#include "io/textin.h"

/* Split a csv, tsv or dat line into CELL[0 .. max), as far as there are so
   many; *FIELDS says how many there are. ROOM as in rec_text_parse. */
REC_MUST_CHECK int rec_text_split(const struct rec_text_layout *l,
                                  const char *line, size_t n, int quotes,
                                  char **room, struct rec_cell *cell,
                                  size_t max, size_t *fields,
                                  struct rec_error *err);

/* The values of the jsonl line that have a role in L. */
REC_MUST_CHECK int rec_json_cells(const struct rec_text_layout *l,
                                  const char *line, size_t n, char **room,
                                  struct rec_cell *cell,
                                  struct rec_error *err);
/* The keys that LINE has, or as many as SEEN has room for: for a message. */
enum { REC_TEXT_SEEN = 160 };
void rec_json_seen(const char *line, size_t n, char *seen, size_t most);
/* Which roles the keys of the first line have. */
REC_MUST_CHECK int rec_json_learn(struct rec_text_layout *l,
                                  const char *line, size_t n,
                                  struct rec_error *err);

/* The columns, or the keys, that --columns asks for. */
REC_MUST_CHECK int rec_text_take_columns(struct rec_text_layout *l,
                                         const char *columns,
                                         struct rec_error *err);

/* Is the first line, whose fields are CELL, a header? Then take the columns
   from its names, unless --columns gave them by position. */
REC_MUST_CHECK int rec_text_take_header(struct rec_text_layout *l,
                                        const struct rec_text_options *o,
                                        const struct rec_cell *cell,
                                        int *header, struct rec_error *err);

/* Is the line, of netflix, a heading: "ITEM:"? */
int rec_text_heading(const char *line, size_t n);

/* The role of a well-known column name, or -1. */
int rec_text_role(const char *name, size_t n);
/* The role whose key of jsonl is NAME, or -1. */
int rec_text_key(const struct rec_text_layout *l, const struct rec_cell *name);
/* "user", "item" ... */
extern const char *const rec_text_role_name[REC_TEXT_ROLES];

/* Begin L: format and delimiter, guessed from the first bytes of the first
   line that is not empty unless the user said them. */
REC_MUST_CHECK int rec_text_layout_format(struct rec_text_layout *l,
                                          const struct rec_text_options *o,
                                          const char *line, size_t n,
                                          struct rec_error *err);
/* The rest of L from that line, now whole. *HEADER: it is a header. L is to
   be released also after a failure. */
REC_MUST_CHECK int rec_text_layout_columns(struct rec_text_layout *l,
                                           const struct rec_text_options *o,
                                           const char *line, size_t n,
                                           int *header,
                                           struct rec_error *err);
void rec_text_layout_release(struct rec_text_layout *l);

#endif
