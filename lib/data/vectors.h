/* SPDX-License-Identifier: MIT */
/* Vectors on a stream: a row of DIM float32 for every id, of items, users or
   anything else; what embeds writes them, what clusters reads them. A stream
   of kind "vectors" holds

     "Parm"  text, "dimension N", 1 to 65,536
     "Item"  text, new ids, each ended by LF  (once or more before its values)
     "Arry"  f32, named "vectors": the vectors of these ids, row by row

   the last two again and again, as batches. The end block counts the ids as
   items, and no rows and no events. Values are finite; no id comes twice.

   One way to write the same vectors: a batch is closed before a row that
   would bring its values above 16 MiB, and after a row that brings its ids to
   1 MiB. So a stream can be written from a pipe in bounded memory, and one of
   a single batch is used in place where it is mapped. */
#ifndef REC_VECTORS_H
#define REC_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "data/dict.h"
#include "io/output.h"
#include "io/store.h"
#include "io/stream.h"

#define REC_VECTORS_KIND "vectors"
#define REC_VECTORS_ARRAY "vectors" /* name of the "Arry" blocks */
#define REC_VECTORS_MAX_DIM ((uint32_t)1 << 16)
#define REC_VECTORS_BATCH ((size_t)1 << 24) /* bytes of values */

/* ---- all at hand ------------------------------------------------------ */

struct rec_vectors {
    struct rec_dict *ids; /* row i is the vector of id i */
    uint32_t n, dim;
    const float *value; /* n x dim, row-major; mapped or in OWNED */
    struct rec_store *store; /* for head, provenance and digest */
    float *owned;
};

/* Open PATH, which must hold vectors; all of it is checked. A file of one
   batch is mapped, anything else is read. *OUT is the caller's, to be
   released. */
REC_MUST_CHECK int rec_vectors_open(struct rec_vectors *out, const char *path,
                                    struct rec_error *err);
void rec_vectors_release(struct rec_vectors *v);

static inline const float *rec_vectors_row(const struct rec_vectors *v,
                                           uint32_t i)
{
    return v->value + (size_t)i * v->dim;
}

/* The vector of an id, DIM floats borrowed from V, or NULL. */
const float *rec_vectors_find(const struct rec_vectors *v, const char *id,
                              size_t len);

/* 1 if all N values at X are finite numbers. */
int rec_all_finite(const float *x, size_t n);

/* ---- writing ---------------------------------------------------------- */

struct rec_vector_writer;

/* Begin vectors of DIM on O (borrowed), in the ROLE ("" for none) that the
   head says. LEVEL is zlib's. */
REC_MUST_CHECK int rec_vector_begin(struct rec_vector_writer **w,
                                    struct rec_output *o, const char *role,
                                    uint32_t dim, int level,
                                    struct rec_error *err);
/* One vector, copied. REC_ENUMERIC if a value is not finite. That the id is
   new is the caller's to know. */
REC_MUST_CHECK int rec_vector_write(struct rec_vector_writer *w,
                                    const char *id, size_t len,
                                    const float *value,
                                    struct rec_error *err);
/* The ids [FIRST, FIRST + N) of IDS and their N x DIM values. */
REC_MUST_CHECK int rec_vector_write_rows(struct rec_vector_writer *w,
                                         const struct rec_dict *ids,
                                         uint32_t first, uint32_t n,
                                         const float *value,
                                         struct rec_error *err);
/* Write what is left, the provenance PROV (NULL for none) and the end. */
REC_MUST_CHECK int rec_vector_finish(struct rec_vector_writer *w,
                                     const char *prov,
                                     struct rec_error *err);
/* Accepts NULL; with or without a finish. */
void rec_vector_writer_free(struct rec_vector_writer *w);

/* ---- reading batch by batch ------------------------------------------- */

struct rec_vector_reader;

struct rec_vector_batch {
    uint32_t first, n;  /* ids [first, first + n) of rec_vector_ids */
    const float *value; /* n x dim; valid until the next call */
};

/* Read IN, a stream that is open and whose blocks are all to come. It belongs
   to the reader then, unless this fails. REC_EFORMAT if it is of another
   kind. */
REC_MUST_CHECK int rec_vector_reader_attach(struct rec_vector_reader **r,
                                            struct rec_stream_reader *in,
                                            struct rec_error *err);
void rec_vector_reader_free(struct rec_vector_reader *r);

uint32_t rec_vector_dimension(const struct rec_vector_reader *r);
/* The ids so far; and the stream, for its name and, after the end, digest. */
const struct rec_dict *rec_vector_ids(const struct rec_vector_reader *r);
const struct rec_stream_reader *
rec_vector_stream(const struct rec_vector_reader *r);

/* The next batch: 1; 0 at a verified end; or a negative rec_err. */
REC_MUST_CHECK int rec_vector_next(struct rec_vector_reader *r,
                                   struct rec_vector_batch *batch,
                                   struct rec_error *err);

#endif
