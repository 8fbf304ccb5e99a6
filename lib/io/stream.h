/* SPDX-License-Identifier: MIT */
/* The stream container: typed, checked blocks on files and pipes. The format
   is specified byte by byte in rec-format(5); in short:

   file    = 64-byte file header, block ..., end block; nothing after it
   block   = 64-byte block header, payload, zero padding to a multiple of 64

   file header
   offset  size  meaning
        0     8  magic 89 52 50 53 0D 0A 1A 0A
        8     4  format version, 1
       12    52  zero

   block header (all numbers little-endian)
   offset  size  meaning
        0     4  type, four letters; first one lower case: may be skipped
        4     4  flags: 1 deflated, 2 chunked, 4 more
        8     8  raw length: bytes of the array
       16     8  stored length: bytes of the payload as it stands in the file
       24     4  CRC-32 of the payload (chunked: of the chunk table)
       28     4  element type
       32    16  name, zero-padded ("" for most types)
       48    12  zero
       60     4  CRC-32 of bytes 0 to 59

   One array per block. An array of more than 256 KiB that is not deflated is
   chunked: its payload is a table of one CRC-32 per 256 KiB, padded to 64,
   then the array, so that a mapped array can be checked piece by piece as it
   is touched. A deflated array of more than 16 MiB is cut into blocks of
   that size that say "more" but for the last; readers join them. */
#ifndef REC_STREAM_H
#define REC_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/hash.h"
#include "io/input.h"
#include "io/output.h"

#define REC_STREAM_VERSION 1
#define REC_STREAM_UNIT 64            /* everything starts at a multiple */
#define REC_CHUNK ((size_t)1 << 18)   /* bytes under one CRC-32 */
#define REC_PIECE ((size_t)1 << 24)   /* a deflated array's longest block */
#define REC_MAX_BLOCK ((uint64_t)1 << 27) /* longest array, but "Arry": */
#define REC_MAX_ARRAY ((uint64_t)1 << 46)
#define REC_MAX_ID 4096               /* bytes of an id */
#define REC_MAX_PROV ((size_t)1 << 20) /* bytes of provenance */
#define REC_NAME 16                   /* bytes of a block's name */

/* Block types of the container itself; lib/data and lib/models add theirs. */
#define REC_BLOCK_HEAD "Head" /* kind, role, columns: text; always first */
#define REC_BLOCK_PROV "prov" /* provenance: text, just before the end */
#define REC_BLOCK_END "Endb"  /* counts and digest */
#define REC_BLOCK_PARAM "Parm" /* a model's parameters: text */
#define REC_BLOCK_ARRAY "Arry" /* a model's array, by name */

enum rec_dtype { /* pinned: they stand in files */
    REC_BYTES = 0, /* bytes, or text */
    REC_U32 = 1,
    REC_I64 = 2,
    REC_F32 = 3,
    REC_F64 = 4,
    REC_F16 = 5, /* IEEE 754 binary16 */
    REC_BF16 = 6 /* the upper half of a binary32 */
};

/* Bytes of one element; 0 for a type this version does not know. */
size_t rec_dtype_size(uint32_t dtype);

/* Are all numbers finite in these N bytes of an array of DTYPE? Of integers
   and text they are. */
int rec_dtype_finite(uint32_t dtype, const void *p, size_t n);

enum { /* optional columns of the rows, as said in Head */
    REC_COL_WEIGHT = 1,
    REC_COL_TIME = 2
};

/* What the file is. Kind "interactions", "ranking", "model/ease" ...; role
   "" or what the rows are for: "train", "valid.in", "test.out" ... Letters,
   digits and "./-", at most 63. */
struct rec_head {
    char kind[64];
    char role[64];
    unsigned columns; /* REC_COL_ bits */
};

/* What the end block counts. Zero where a file has no rows. */
struct rec_counts {
    uint64_t blocks; /* before the end block; kept by the container */
    uint64_t rows, events, items;
};

/* How much a stream is. */
struct rec_volume {
    uint64_t bytes;    /* of the file */
    uint64_t raw;      /* of its arrays, inflated */
    uint64_t deflated; /* blocks */
};

/* ---- writing ---------------------------------------------------------- */

struct rec_stream_writer;

/* Begin a stream of HEAD on O (borrowed). LEVEL is zlib's, 0 for none. */
REC_MUST_CHECK int rec_stream_writer_new(struct rec_stream_writer **w,
                                         struct rec_output *o,
                                         const struct rec_head *head,
                                         int level, struct rec_error *err);
void rec_stream_writer_free(struct rec_stream_writer *w);

/* Write the array DATA of NBYTES bytes as a block of TYPE (and NAME, NULL for
   none). DATA is not kept. */
REC_MUST_CHECK int rec_stream_write(struct rec_stream_writer *w,
                                    const char *type, const char *name,
                                    enum rec_dtype dtype, const void *data,
                                    size_t nbytes, struct rec_error *err);

/* Write the provenance PROV (NULL or "" for none) and the end block. The
   output still has to be flushed and renamed by its owner. COUNTS->blocks is
   ignored. */
REC_MUST_CHECK int rec_stream_finish(struct rec_stream_writer *w,
                                     const struct rec_counts *counts,
                                     const char *prov,
                                     struct rec_error *err);

/* The digest in the end block, once that is written: what others will know
   this stream by. */
const uint8_t *rec_stream_writer_digest(const struct rec_stream_writer *w);

/* ---- reading ---------------------------------------------------------- */

struct rec_stream_reader;

struct rec_block {
    char type[5];              /* with NUL */
    char name[REC_NAME + 1];   /* with NUL */
    uint32_t dtype;
    uint64_t number;           /* of the block in the file, from 1 */
    uint64_t offset;           /* of its header, bytes from the start */
    size_t nbytes;
    const void *data;          /* NBYTES bytes, aligned to 64 */
};

/* Begin to read PATH ("-": standard input): checks the file header and the
   Head block. */
REC_MUST_CHECK int rec_stream_reader_open(struct rec_stream_reader **r,
                                          const char *path,
                                          struct rec_error *err);
void rec_stream_reader_close(struct rec_stream_reader *r);

const char *rec_stream_name(const struct rec_stream_reader *r);
const struct rec_head *rec_stream_head(const struct rec_stream_reader *r);

/* The next block, joined and inflated, its checksums verified. Returns 1 with
   *BLOCK filled; 0 at a verified end of the stream; or a negative rec_err
   whose text names the file and the block. Block data stay valid until the
   next call. Head, prov and the end block are kept back: see below. */
REC_MUST_CHECK int rec_stream_next(struct rec_stream_reader *r,
                                   struct rec_block *block,
                                   struct rec_error *err);

/* Take ownership of the data of the block just read (free() them). */
void *rec_stream_take(struct rec_stream_reader *r);

/* An error about block B of the stream: "FILE: block N 'TYPE': ...". */
int rec_stream_fail(const char *name, const struct rec_block *b, int code,
                    struct rec_error *err, const char *fmt, ...)
    REC_PRINTF(5, 6);

/* Valid once rec_stream_next has returned 0. PROV is "" when absent. */
const char *rec_stream_prov(const struct rec_stream_reader *r);
const struct rec_counts *rec_stream_counts(const struct rec_stream_reader *r);
const uint8_t *rec_stream_digest(const struct rec_stream_reader *r);
const struct rec_volume *rec_stream_volume(const struct rec_stream_reader *r);

#endif
