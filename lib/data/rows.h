/* SPDX-License-Identifier: MIT */
/* Rows on a stream: a user (or query) id, then items with optional weight and
   time, in batches of bounded size, with the ids that a batch uses first
   written before it. This is the whole life of interactions and of rankings
   between programs; rec-format(5) has the blocks:

     "Item"  text, new item ids, each ended by LF    (none, or several)
     "User"  text, the ids of the batch's rows       (opens a batch)
     "Rlen"  u32, items of each row
     "Rwgt"  f32, weights, if Head says weight
     "Rtim"  i64, times, if Head says time
     "xcol"  f32 or u32, one more column, by its name; may be skipped
     "xitm"  u32, the same, of items                 (after all "xcol")
     "Ritm"  u32, item indices                       (closes the batch)

   One way to write the same rows: items are numbered by first use, and a
   batch is closed before a row that would bring it above 32,768 items, and
   after a row that brings it to 4,096 rows or 1 MiB of user ids. */
#ifndef REC_ROWS_H
#define REC_ROWS_H

#include "data/dict.h"
#include "io/stream.h"

#define REC_BLOCK_ITEM "Item"
#define REC_BLOCK_USER "User"
#define REC_BLOCK_LEN "Rlen"
#define REC_BLOCK_WEIGHT "Rwgt"
#define REC_BLOCK_TIME "Rtim"
#define REC_BLOCK_COLUMN "xcol"
#define REC_BLOCK_ITEM_COLUMN "xitm"
#define REC_BLOCK_ROWS "Ritm"

#define REC_BATCH_ROWS 4096
#define REC_BATCH_EVENTS 32768
#define REC_BATCH_TEXT (1 << 20)
#define REC_MAX_ROW ((size_t)1 << 24) /* items of one row */
#define REC_MAX_COLUMNS 8             /* beside weight and time */

/* A column beside weight and time: how sure a score is, what it is for. A
   reader that does not care never sees it. */
struct rec_column {
    char name[REC_NAME + 1]; /* letters, digits and "-", at least one */
    enum rec_column_type {
        REC_COLUMN_REAL,  /* float, finite */
        REC_COLUMN_COUNT, /* uint32_t */
        REC_COLUMN_ITEM   /* uint32_t, an item as in the rows */
    } type;
};

/* One row. All pointers are borrowed. */
struct rec_row {
    const char *id; /* the user; ID_LEN bytes */
    size_t id_len;
    size_t n;
    const uint32_t *item;  /* N indices into a dictionary said elsewhere */
    const float *weight;   /* N, or NULL: 1 each */
    const int64_t *time;   /* N, or NULL */
};

/* ---- writing ---------------------------------------------------------- */

struct rec_row_writer;

/* Write rows onto W (borrowed). COLUMNS as in the stream's head. ITEMS
   (borrowed) is what the item indices of the rows refer to; it may grow
   meanwhile. */
REC_MUST_CHECK int rec_row_writer_new(struct rec_row_writer **rw,
                                      struct rec_stream_writer *w,
                                      unsigned columns,
                                      const struct rec_dict *items,
                                      struct rec_error *err);
void rec_row_writer_free(struct rec_row_writer *rw);

/* The rows to come have these N columns too, numbers (REAL, COUNT) before
   items. Before the first row. REC_EVALUE for a name that cannot be one or is
   there twice, or for too many. */
REC_MUST_CHECK int rec_row_columns(struct rec_row_writer *rw,
                                   const struct rec_column *column, size_t n,
                                   struct rec_error *err);

/* ROW is copied. With REC_COL_WEIGHT and row->weight NULL, ones are written; a
   weight that is not finite is REC_ENUMERIC. With REC_COL_TIME, row->time must
   be there. */
REC_MUST_CHECK int rec_row_write(struct rec_row_writer *rw,
                                 const struct rec_row *row,
                                 struct rec_error *err);
/* The same for rows with extra columns: MORE has an array of row->n for each
   of them. */
REC_MUST_CHECK int rec_row_write_more(struct rec_row_writer *rw,
                                      const struct rec_row *row,
                                      const void *const *more,
                                      struct rec_error *err);

/* Write what is left and count: *COUNTS is for rec_stream_finish. */
REC_MUST_CHECK int rec_row_finish(struct rec_row_writer *rw,
                                  struct rec_counts *counts,
                                  struct rec_error *err);

/* Write all ids of D as "Item" blocks: a model's dictionary, in its own
   order. */
REC_MUST_CHECK int rec_dict_write(const struct rec_dict *d,
                                  struct rec_stream_writer *w,
                                  struct rec_error *err);

/* ---- reading ---------------------------------------------------------- */

struct rec_row_reader;

/* A batch of rows. Valid until the next call; owned by the reader. */
struct rec_batch {
    size_t rows;
    size_t events;
    const char *text;     /* the ids; row r's is [id_at[r], id_at[r + 1] - 1) */
    const uint32_t *id_at; /* rows + 1 */
    const uint32_t *start; /* rows + 1 offsets into the arrays below */
    const uint32_t *item;  /* indices into rec_row_reader_items() */
    const float *weight;   /* or NULL */
    const int64_t *time;   /* or NULL */
    size_t columns;        /* extra ones: the same in every batch */
    const struct rec_column *column;
    const void *const *more; /* by extra column */
};

/* Open PATH ("-": standard input), which must be of KIND ("interactions",
   "ranking"; NULL: either). */
REC_MUST_CHECK int rec_row_reader_open(struct rec_row_reader **r,
                                       const char *path, const char *kind,
                                       struct rec_error *err);
/* The same from a stream that is open and whose blocks are all to come. It
   belongs to the row reader then, unless this fails. */
REC_MUST_CHECK int rec_row_reader_attach(struct rec_row_reader **r,
                                         struct rec_stream_reader *in,
                                         const char *kind,
                                         struct rec_error *err);
void rec_row_reader_close(struct rec_row_reader *r);

/* Returns 1 with *BATCH filled; 0 at a verified end; or a negative rec_err.
   Memory is bounded by the item dictionary and one batch. That no user occurs
   twice is for rec_data_load to check. */
REC_MUST_CHECK int rec_row_next(struct rec_row_reader *r,
                                struct rec_batch *batch,
                                struct rec_error *err);

/* Row R of BATCH, without the extra columns. */
struct rec_row rec_batch_row(const struct rec_batch *batch, size_t r);

/* The items seen so far; grows with every batch. Owned by the reader. */
const struct rec_dict *rec_row_items(const struct rec_row_reader *r);
/* Take ownership of that dictionary, once rec_row_next has returned 0. */
struct rec_dict *rec_row_take_items(struct rec_row_reader *r);
const struct rec_head *rec_row_head(const struct rec_row_reader *r);
/* Provenance, digest, counts: of this, once rec_row_next returned 0. */
const struct rec_stream_reader *
rec_row_stream(const struct rec_row_reader *r);

/* Append the ids of an "Item" block to D; each must be new. */
REC_MUST_CHECK int rec_dict_read(struct rec_dict *d, const char *file,
                                 const struct rec_block *b,
                                 struct rec_error *err);

#endif
