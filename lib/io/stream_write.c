/* SPDX-License-Identifier: MIT */
/* Writing the container: every byte goes through put(), which feeds the
   digest that the end block carries. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/endian.h"
#include "base/mem.h"
#include "io/stream.h"
#include "io/stream_private.h"

enum { BUFFER = 1 << 18 };

struct rec_stream_writer {
    struct rec_output *out; /* borrowed */
    int level;
    struct rec_digest *digest;
    uint8_t sum[REC_DIGEST_BYTES]; /* the final digest */
    uint64_t blocks;
    uint8_t *buf; /* BUFFER bytes gathered before a write(2) */
    size_t used;
    uint8_t *packed; /* one deflated piece */
    size_t packed_cap;
    uint8_t *table; /* one chunk table */
    size_t table_cap;
};

static int flush(struct rec_stream_writer *w, struct rec_error *err)
{
    size_t n = w->used;

    w->used = 0;
    return rec_output_write(w->out, w->buf, n, err);
}

static int put(struct rec_stream_writer *w, const void *p, size_t n,
               struct rec_error *err)
{
    int rc = 0;

    if (n == 0) {
        return 0;
    }
    rec_digest_add(w->digest, p, n);
    if (n > BUFFER - w->used) {
        rc = flush(w, err);
    }
    if (rc == 0 && n > BUFFER) {
        return rec_output_write(w->out, p, n, err);
    }
    if (rc == 0) {
        memcpy(w->buf + w->used, p, n);
        w->used += n;
    }
    return rc;
}

static int put_padding(struct rec_stream_writer *w, uint64_t n,
                       struct rec_error *err)
{
    static const uint8_t zero[REC_STREAM_UNIT];

    return put(w, zero, (size_t)(rec_stream_pad(n) - n), err);
}

static int put_header(struct rec_stream_writer *w,
                      const struct rec_block_header *h, struct rec_error *err)
{
    uint8_t bytes[64];

    rec_block_header_put(h, bytes);
    w->blocks++;
    return put(w, bytes, sizeof bytes, err);
}

/* Deflate the H->raw bytes at DATA into w->packed. Returns 1 if that made
   them shorter, 0 if not. */
static int deflate_piece(struct rec_stream_writer *w,
                         struct rec_block_header *h, const void *data,
                         struct rec_error *err)
{
    uLongf n = compressBound((uLong)h->raw);

    if (rec_reserve(&w->packed, &w->packed_cap, n, 1) != 0
        || compress2(w->packed, &n, data, (uLong)h->raw, w->level) != Z_OK) {
        return rec_fail_nomem(err);
    }
    if (n >= h->raw) {
        return 0;
    }
    h->flags |= REC_FLAG_DEFLATED;
    h->stored = n;
    h->crc = rec_crc(w->packed, n);
    return 1;
}

/* The chunk table of DATA into w->table. */
static int fill_table(struct rec_stream_writer *w, struct rec_block_header *h,
                      const uint8_t *data, struct rec_error *err)
{
    size_t bytes = (size_t)rec_stream_table_bytes(h->raw);
    long long chunks = (long long)((h->raw + REC_CHUNK - 1) / REC_CHUNK);

    if (rec_reserve(&w->table, &w->table_cap, bytes, 1) != 0) {
        return rec_fail_nomem(err);
    }
    memset(w->table, 0, bytes);
    for (long long c = 0; c < chunks; c++) {
        size_t at = (size_t)c * REC_CHUNK;
        size_t n = (size_t)h->raw - at < REC_CHUNK ? (size_t)h->raw - at
                                                    : REC_CHUNK;

        rec_put32(w->table + 4 * c, rec_crc(data + at, n));
    }
    h->flags |= REC_FLAG_CHUNKED;
    h->stored = bytes + h->raw;
    h->crc = rec_crc(w->table, bytes);
    return 0;
}

static int write_block(struct rec_stream_writer *w,
                       struct rec_block_header *h, const uint8_t *data,
                       struct rec_error *err)
{
    int rc = w->level > 0 && h->raw > 0 ? deflate_piece(w, h, data, err) : 0;

    if (rc < 0) {
        return rc;
    }
    if (rc == 1) {
        rc = put_header(w, h, err);
        rc = rc ? rc : put(w, w->packed, (size_t)h->stored, err);
        return rc ? rc : put_padding(w, h->stored, err);
    }
    h->stored = h->raw;
    if (h->raw > REC_CHUNK) {
        rc = fill_table(w, h, data, err);
    } else {
        h->crc = rec_crc(data, (size_t)h->raw);
    }
    rc = rc ? rc : put_header(w, h, err);
    rc = rc ? rc : put(w, w->table, (size_t)(h->stored - h->raw), err);
    rc = rc ? rc : put(w, data, (size_t)h->raw, err);
    return rc ? rc : put_padding(w, h->raw, err);
}

int rec_stream_write(struct rec_stream_writer *w, const char *type,
                     const char *name, enum rec_dtype dtype, const void *data,
                     size_t nbytes, struct rec_error *err)
{
    uint64_t limit = strcmp(type, REC_BLOCK_ARRAY) == 0 ? REC_MAX_ARRAY
                                                        : REC_MAX_BLOCK;
    const uint8_t *at = data;
    int rc = 0;

    if (nbytes > limit) {
        return rec_fail(err, REC_ELIMIT,
                        "a '%s' block of %llu bytes is above the limit of "
                        "the format",
                        type, (unsigned long long)nbytes);
    }
    do {
        struct rec_block_header h = {"", "", 0, 0, dtype, 0, 0};

        memcpy(h.type, type, 4);
        if (name) {
            memcpy(h.name, name, strnlen(name, REC_NAME));
        }
        h.raw = nbytes;
        if (w->level > 0 && nbytes > REC_PIECE) {
            h.raw = REC_PIECE;
            h.flags = REC_FLAG_MORE;
        }
        rc = write_block(w, &h, at, err);
        at = at ? at + h.raw : at;
        nbytes -= (size_t)h.raw;
    } while (rc == 0 && nbytes > 0);
    return rc;
}

int rec_stream_writer_new(struct rec_stream_writer **out,
                          struct rec_output *o, const struct rec_head *head,
                          int level, struct rec_error *err)
{
    struct rec_stream_writer *w;
    struct rec_head again;
    uint8_t first[64] = {0};
    char text[256];
    int n = rec_head_put(head, text, sizeof text);
    int rc = rec_head_get(text, (size_t)n, &again, err);

    if (rc != 0) {
        return rc; /* what no reader would take is not written */
    }
    w = rec_zalloc(1, sizeof *w);
    if (!w) {
        return rec_fail_nomem(err);
    }
    w->out = o;
    w->level = level;
    w->digest = rec_digest_new();
    w->buf = rec_alloc(BUFFER, 1);
    if (!w->digest || !w->buf) {
        rec_stream_writer_free(w);
        return rec_fail_nomem(err);
    }
    memcpy(first, rec_stream_magic, sizeof rec_stream_magic);
    rec_put32(first + 8, REC_STREAM_VERSION);
    rc = put(w, first, sizeof first, err);
    rc = rc ? rc : rec_stream_write(w, REC_BLOCK_HEAD, NULL, REC_BYTES, text,
                                    (size_t)n, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

void rec_stream_writer_free(struct rec_stream_writer *w)
{
    if (w) {
        rec_digest_free(w->digest);
        free(w->buf);
        free(w->packed);
        free(w->table);
        free(w);
    }
}

int rec_stream_finish(struct rec_stream_writer *w,
                      const struct rec_counts *counts, const char *prov,
                      struct rec_error *err)
{
    struct rec_block_header h = {REC_BLOCK_END,  "", 0, 0, REC_BYTES,
                                 REC_END_BYTES, REC_END_BYTES};
    uint8_t end[REC_END_BYTES] = {0};
    int rc = 0;

    if (prov && strlen(prov) > REC_MAX_PROV) {
        return rec_fail(err, REC_ELIMIT,
                        "more than 1 MiB of provenance (leave it out with "
                        "--no-provenance)");
    }
    if (prov && *prov) {
        rc = rec_stream_write(w, REC_BLOCK_PROV, NULL, REC_BYTES, prov,
                              strlen(prov), err);
    }
    if (rc != 0) {
        return rc;
    }
    rec_put64(end, w->blocks);
    rec_put64(end + 8, counts->rows);
    rec_put64(end + 16, counts->events);
    rec_put64(end + 24, counts->items);
    rec_digest_get(w->digest, w->sum);
    memcpy(end + 32, w->sum, sizeof w->sum);
    h.crc = rec_crc(end, sizeof end);
    rc = put_header(w, &h, err);
    rc = rc ? rc : put(w, end, sizeof end, err);
    return rc ? rc : flush(w, err);
}

const uint8_t *rec_stream_writer_digest(const struct rec_stream_writer *w)
{
    return w->sum;
}
