/* SPDX-License-Identifier: MIT */
/* Tables smaller than the ids: the rows of a table of M that stand for an id,
   by the ways in which it is usually done. A model is trained on rows instead
   of ids; the score of an id is the mean of the scores of its rows.

     modulo  one row, h(id) mod M               (Weinberger et al. 2009)
     double  two, one in each half of the table
     bloom   K rows anywhere, those that coincide once
             (Serra and Karatzoglou 2017)
     qr      two, i mod R and R + i / R, of the dense index i of the id; no
             two ids have the same two (Shi et al. 2020)

   M counts all rows, so that equal M means equal memory. h is
   rec_hash_keyed, mapped to a range by its upper 32 bits. */
#ifndef REC_SCHEME_H
#define REC_SCHEME_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum {
    REC_SCHEME_CUCKOO, /* no such table: one row for each id */
    REC_SCHEME_MODULO,
    REC_SCHEME_DOUBLE,
    REC_SCHEME_QR,
    REC_SCHEME_BLOOM
};
enum { REC_SCHEME_ROWS = 8, REC_SCHEME_TOKEN = 64 };

struct rec_scheme {
    int kind;
    uint32_t rows; /* M */
    int hashes;    /* K */
    uint64_t seed;
    uint32_t ids;  /* qr: indices are below this */
    uint32_t low;  /* qr: R */
    char suffix[REC_SCHEME_TOKEN]; /* of the names of rows */
};

/* KIND but for cuckoo. HASHES counts for bloom alone, IDS for qr. REC_EVALUE
   if ROWS are too few. */
REC_MUST_CHECK int rec_scheme_init(struct rec_scheme *s, int kind,
                                   uint32_t rows, int hashes, uint32_t ids,
                                   uint64_t seed, struct rec_error *err);

/* The rows of the id with dense index INDEX (qr alone looks at that; it is
   below s->ids), ascending and different, into ROW; returns how many. */
int rec_scheme_rows(const struct rec_scheme *s, const char *id, size_t len,
                    uint32_t index, uint32_t row[REC_SCHEME_ROWS]);

/* The name of a row in a stream, "17/1000m": the row, M, the scheme and what
   else it must agree in. Returns its length. And back: -1 if the name is not
   of this scheme. */
size_t rec_scheme_name(const struct rec_scheme *s, uint32_t row,
                       char out[REC_SCHEME_TOKEN]);
int64_t rec_scheme_row(const struct rec_scheme *s, const char *name,
                       size_t len);

/* The share of N ids, hashed uniformly, that share a row with another; and
   that have all their rows in common with another. */
double rec_scheme_shared(const struct rec_scheme *s, double n);
double rec_scheme_same(const struct rec_scheme *s, double n);

#endif
