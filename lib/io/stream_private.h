/* SPDX-License-Identifier: MIT */
/* What the writer, the reader and the store share about the container's
   bytes; not for anyone else. */
#ifndef REC_STREAM_PRIVATE_H
#define REC_STREAM_PRIVATE_H

#include "io/stream.h"

extern const uint8_t rec_stream_magic[8];

/* REC_EFORMAT if the N bytes at P, with which the text NAME begins, are those
   of a stream. */
REC_MUST_CHECK int rec_stream_refuse(const char *p, size_t n, const char *name,
                                     struct rec_error *err);

enum { /* block flags */
    REC_FLAG_DEFLATED = 1,
    REC_FLAG_CHUNKED = 2,
    REC_FLAG_MORE = 4
};

struct rec_block_header {
    char type[5];
    char name[REC_NAME + 1];
    uint32_t flags, crc, dtype;
    uint64_t raw, stored;
};

enum { REC_END_BYTES = 64 }; /* payload of the end block */

/* X rounded up to a multiple of 64; X is far from overflow. */
uint64_t rec_stream_pad(uint64_t x);

/* Bytes of the chunk table of an array of RAW bytes, padded. */
uint64_t rec_stream_table_bytes(uint64_t raw);

/* CRC-32 of N bytes, for any N. */
uint32_t rec_crc(const void *p, size_t n);

void rec_block_header_put(const struct rec_block_header *h, uint8_t out[64]);

/* Check and decode. On failure the text says why, without the place. */
REC_MUST_CHECK int rec_block_header_get(const uint8_t in[64],
                                        struct rec_block_header *h,
                                        struct rec_error *err);

/* The N (at most 64) bytes that the file begins with. */
REC_MUST_CHECK int rec_file_header_check(const uint8_t *in, size_t n,
                                         struct rec_error *err);

/* The text of a Head block, and back. */
int rec_head_put(const struct rec_head *head, char *out, size_t cap);
REC_MUST_CHECK int rec_head_get(const char *text, size_t n,
                                struct rec_head *head, struct rec_error *err);

/* The whole Head block; and the provenance block, whose text is copied to
   *PROV (free it). */
REC_MUST_CHECK int rec_head_read(const struct rec_block *b,
                                 struct rec_head *head,
                                 struct rec_error *err);
REC_MUST_CHECK int rec_prov_read(const struct rec_block *b, char **prov,
                                 struct rec_error *err);

/* The header of an end block can only be one. */
REC_MUST_CHECK int rec_end_header_check(const struct rec_block_header *h,
                                        struct rec_error *err);

/* The payload of an end block; checks the spare bytes. */
REC_MUST_CHECK int rec_end_get(const uint8_t in[REC_END_BYTES],
                               struct rec_counts *counts,
                               uint8_t digest[REC_DIGEST_BYTES],
                               struct rec_error *err);

/* Inflate all of [IN, IN + N) into exactly RAW bytes at OUT. */
REC_MUST_CHECK int rec_inflate(const void *in, size_t n, void *out,
                               size_t raw, struct rec_error *err);

#endif
