/* SPDX-License-Identifier: MIT */
/* Gram matrices on a stream: G = X'X of some users, or the difference of two
   such, with what is needed to add them: the items, how many users have each,
   and which users went in. A stream of kind "gram" holds, in this order,

     "Parm"  text, what X is: "weights 0" (every event is a 1) or "weights 1"
     "Gusr"  i64, the users that are in G: XXH64 of their ids, ascending as
             unsigned numbers, none twice (none, or several)
     "Gold"  i64, likewise: users that a difference takes out of what it is
             added to (none, or several)
     "Item"  text, the item dictionary; row and column i of G are item i
     "Gcnt"  f64, per item: the users who have it

   and then G, the rows of its upper triangle in strips:

     "Glen"  u32, values of each row     } only if the strip is sparse: other
     "Gcol"  u32, columns, ascending     } values are 0
     "Gval"  f64                         (closes the strip)

   A strip is as many rows as have at most 2^20 places on and right of the
   diagonal, at least one row; it is written sparse when that is shorter. The
   end block counts the items, no rows and no events. So G can be read and
   written strip by strip, whatever its size. Sums of counts are exact in f64
   up to 2^53. */
#ifndef REC_GRAMFILE_H
#define REC_GRAMFILE_H

#include "data/dict.h"
#include "data/userset.h"
#include "io/stream.h"

#define REC_BLOCK_GRAM_USERS "Gusr"
#define REC_BLOCK_GRAM_OLD "Gold"
#define REC_BLOCK_GRAM_COUNTS "Gcnt"
#define REC_BLOCK_GRAM_LENGTHS "Glen"
#define REC_BLOCK_GRAM_COLUMNS "Gcol"
#define REC_BLOCK_GRAM_VALUES "Gval"

#define REC_GRAM_KIND "gram"
#define REC_GRAM_MAX_ITEMS ((uint32_t)1 << 24)

/* All but G itself. */
struct rec_gram_head {
    int weights; /* 0: X is binary */
    struct rec_userset users, old;
    struct rec_dict *items;
    double *count; /* of each item */
};

void rec_gram_head_release(struct rec_gram_head *h);

/* Rows of the strip that begins at row FIRST of a G of N items; and its places
   on and right of the diagonal: the rows of a dense strip are packed, row i is
   N - i values. No strip has more than rec_gram_strip_room. */
uint32_t rec_gram_strip_rows(uint32_t n, uint32_t first);
size_t rec_gram_strip_size(uint32_t n, uint32_t first, uint32_t rows);
size_t rec_gram_strip_room(uint32_t n);

/* ---- writing ----------------------------------------------------------- */

/* Begin a stream of kind "gram" on O with all of HEAD. Then come the strips,
   then rec_gram_finish, which also frees W; if anything fails in between,
   rec_stream_writer_free(W). */
REC_MUST_CHECK int rec_gram_begin(struct rec_stream_writer **w,
                                  struct rec_output *o, int level,
                                  const struct rec_gram_head *head,
                                  struct rec_error *err);
/* The dense strip of N items that begins at FIRST. */
REC_MUST_CHECK int rec_gram_write(struct rec_stream_writer *w, uint32_t n,
                                  uint32_t first, const double *packed,
                                  struct rec_error *err);
REC_MUST_CHECK int rec_gram_finish(struct rec_stream_writer *w, uint32_t n,
                                   const char *prov, struct rec_error *err);

/* ---- reading ----------------------------------------------------------- */

struct rec_gram_reader;

/* A strip: row FIRST + k has the values [start[k], start[k + 1]); what is not
   there is 0. Owned by the reader, valid until the next call. */
struct rec_gram_strip {
    uint32_t first, rows;
    const size_t *start;
    const uint32_t *col;
    const double *value;
};

/* Read the head of IN, a stream that is open and whose blocks are all to
   come. It belongs to the reader then, unless this fails. REC_EFORMAT if it
   is of another kind. */
REC_MUST_CHECK int rec_gram_reader_attach(struct rec_gram_reader **r,
                                          struct rec_stream_reader *in,
                                          struct rec_error *err);
void rec_gram_reader_free(struct rec_gram_reader *r);

const struct rec_gram_head *rec_gram_reader_head(
    const struct rec_gram_reader *r);
/* For the name, and, after the end, provenance and digest. */
const struct rec_stream_reader *rec_gram_reader_stream(
    const struct rec_gram_reader *r);

/* The next strip: 1; 0 at a verified end; or a negative rec_err. */
REC_MUST_CHECK int rec_gram_next(struct rec_gram_reader *r,
                                 struct rec_gram_strip *strip,
                                 struct rec_error *err);

/* All strips, to the verified end, into the upper triangle of the items x
   items matrix G of DTYPE REC_F32 or REC_F64, row-major; place i, j is
   multiplied by SCALE_i SCALE_j. The rest of G is not touched. DIAGONAL takes
   the diagonal, not rounded to DTYPE. */
REC_MUST_CHECK int rec_gram_fill(struct rec_gram_reader *r,
                                 enum rec_dtype dtype, const double *scale,
                                 void *g, double *diagonal,
                                 struct rec_error *err);

#endif
