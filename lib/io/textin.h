/* SPDX-License-Identifier: MIT */
/* Interactions from text. A file's first bytes and first line give its layout
   (format, delimiter, which field is what); its bytes then come in blocks of
   whole lines, each cut into pieces that several threads may parse at the
   same time, and every line of a piece is taken apart into an event.

   Formats, one line per event unless said otherwise:
     csv    RFC 4180: fields may be quoted, and then hold the delimiter, line
            breaks and doubled quotes; another delimiter than ',' may be set
     tsv    divided by tabs, raw: a quote is a byte like any other
     dat    divided by "::"
     jsonl  a JSON object per line, flat as far as it is used
     adj    a user, then any number of items, divided by blanks or tabs
     netflix  a line "ITEM:", the heading of the lines "user,weight,date" that
            follow, up to the next one

   Lines end in LF or CR LF, the last one may lack it. A UTF-8 byte order mark
   at the start is skipped. */
#ifndef REC_TEXTIN_H
#define REC_TEXTIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"

enum rec_text_format {
    REC_TEXT_AUTO,
    REC_TEXT_CSV,
    REC_TEXT_TSV,
    REC_TEXT_DAT,
    REC_TEXT_JSONL,
    REC_TEXT_ADJ,
    REC_TEXT_NETFLIX
};

enum rec_text_header { REC_HEADER_AUTO, REC_HEADER_YES, REC_HEADER_NO };

enum rec_time_format {
    REC_TIME_UNIX, /* whole seconds since 1970 */
    REC_TIME_MS,   /* whole milliseconds, rounded down to seconds */
    REC_TIME_ISO   /* 2013-04-03, 2013-04-03T22:38:27+02:00 ... */
};

/* The first second of the year 10000: larger numbers are hardly seconds. */
#define REC_TIME_YEAR_10000 INT64_C(253402300800)

enum rec_text_role {
    REC_TEXT_USER,
    REC_TEXT_ITEM,
    REC_TEXT_WEIGHT,
    REC_TEXT_TIME,
    REC_TEXT_ROLES
};

#define REC_TEXT_FIELDS 256 /* every role is among the first so many */
#define REC_TEXT_MAX_LINE ((size_t)1 << 28)

/* What the user said about the text. */
struct rec_text_options {
    int format;
    int header;
    int time_format;
    char delimiter;      /* of csv; 0: a comma */
    const char *columns; /* "user,-,item"; jsonl: the keys of user, item,
                            weight, time; or "user=NAME,item=NAME", names in
                            a header or keys; NULL: as the first line says */
};

/* What the lines of one file look like. */
struct rec_text_layout {
    int format; /* never REC_TEXT_AUTO */
    int time_format;
    char delimiter;
    size_t fields;              /* of every line */
    size_t used;                /* the fields after these are not looked at */
    int wordy;  /* the first line is taken for an event though it has no digit
                   and nobody said that there is no header */
    int unnamed; /* no name in the header is known: fields in order */
    int column[REC_TEXT_ROLES]; /* field of each role, from 0; -1: none */
    char *key[REC_TEXT_ROLES];  /* the keys of jsonl, or names in the header,
                                   that were asked for; all NULL: those
                                   with well-known names */
};

struct rec_cell { /* bytes in a line; not terminated */
    const char *p;
    size_t n;
};

struct rec_text_event {
    struct rec_cell user;
    struct rec_cell item; /* adj: empty, see MORE; netflix: of a heading */
    float weight;         /* 1 when there is no such column */
    int64_t time;         /* 0 when there is no such column */
    struct rec_cell more; /* adj: the items, for rec_text_item */
    int heading;          /* netflix: no event, but ITEM of those after it */
};

/* ---- one file --------------------------------------------------------- */

struct rec_text;

/* Whole lines: piece i is [cut[i], cut[i + 1]). */
struct rec_text_block {
    size_t pieces;
    const char *const *cut;
    const struct rec_cell *heading; /* netflix: the item of the last heading
                                       before each piece; else NULL */
    int quotes; /* the block is csv and a quote occurs in it */
};

/* Open PATH ("-": standard input; gzip is recognised and undone), find its
   layout and step over its header. Every byte of text goes to DIGEST
   (borrowed; may be NULL). REC_EVALUE: the options do not fit each other or
   the format. */
REC_MUST_CHECK int rec_text_open(struct rec_text **t, const char *path,
                                 const struct rec_text_options *o,
                                 struct rec_digest *digest,
                                 struct rec_error *err);
void rec_text_close(struct rec_text *t);

const char *rec_text_name(const struct rec_text *t);
/* NULL for a file without any line: it has no layout, and needs none. */
const struct rec_text_layout *rec_text_layout(const struct rec_text *t);
/* Bytes still to come in blocks, or -1 when not known. */
int64_t rec_text_left(const struct rec_text *t);

/* What rec_text_open stepped over: physical lines, and what they were. A
   header may take several; empty lines before it are counted here. */
struct rec_text_skipped {
    uint64_t physical, headers, empty;
};
const struct rec_text_skipped *rec_text_skipped(const struct rec_text *t);

/* The next block. Returns 1 with *B filled, 0 at the end, or a negative
   rec_err. A block stays valid while the next one is being read (by another
   thread, say), until the call after that. */
REC_MUST_CHECK int rec_text_next(struct rec_text *t, struct rec_text_block *b,
                                 struct rec_error *err);

/* ---- lines ------------------------------------------------------------ */

/* The line at P: *N bytes without their line end, and how many physical
   *LINES it takes (quoted line breaks). Returns where the next begins. */
const char *rec_text_line(const struct rec_text_layout *l, const char *p,
                          const char *end, int quotes, size_t *n,
                          uint64_t *lines);

/* Take a line, not empty, apart. Where fields have to be decoded they are
   written to *ROOM, which needs N bytes and is moved behind what was used; if
   neither QUOTES nor jsonl it may be NULL. Returns 0, or REC_EPARSE with the
   reason, or REC_ELIMIT for a quoted field that is not closed: its line then
   goes on to the end of the file. ids are not judged here. */
REC_MUST_CHECK int rec_text_parse(const struct rec_text_layout *l,
                                  const char *line, size_t n, int quotes,
                                  char **room, struct rec_text_event *ev,
                                  struct rec_error *err);

/* The next item of an adj line, removed from *MORE. Returns 1, or 0 when
   there is none left. */
int rec_text_item(struct rec_cell *more, struct rec_cell *item);

/* The start of a cell for a message: printable, at most 40 bytes. */
#define REC_CELL_TEXT 48
const char *rec_cell_text(const struct rec_cell *c, char out[REC_CELL_TEXT]);

/* The N bytes at S as seconds since 1970. Returns 0, or -1. */
REC_MUST_CHECK int rec_parse_time(const char *s, size_t n, int format,
                                  int64_t *out);

#endif
