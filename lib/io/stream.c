/* SPDX-License-Identifier: MIT */
/* The bytes of the container: headers, Head text, end block. The table of
   offsets is in stream.h, the specification in rec-format(5). */
#include <config.h>

#include "io/stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/endian.h"
#include "base/mem.h"
#include "io/stream_private.h"

const uint8_t rec_stream_magic[8] = {0x89, 'R',  'P',  'S',
                                     0x0d, 0x0a, 0x1a, 0x0a};

int rec_stream_refuse(const char *p, size_t n, const char *name,
                      struct rec_error *err)
{
    if (n < 4 || memcmp(p, rec_stream_magic, 4) != 0) {
        return 0;
    }
    return rec_fail(err, REC_EFORMAT,
                    "%s: a recpipe stream where text is expected", name);
}

size_t rec_dtype_size(uint32_t dtype)
{
    static const size_t size[] = {1, 4, 8, 4, 8, 2, 2};

    return dtype < sizeof size / sizeof *size ? size[dtype] : 0;
}

uint64_t rec_stream_pad(uint64_t x)
{
    return (x + REC_STREAM_UNIT - 1) / REC_STREAM_UNIT * REC_STREAM_UNIT;
}

uint64_t rec_stream_table_bytes(uint64_t raw)
{
    return rec_stream_pad((raw + REC_CHUNK - 1) / REC_CHUNK * 4);
}

uint32_t rec_crc(const void *p, size_t n)
{
    return (uint32_t)crc32_z(0, p, n);
}

/* A number is finite unless all bits of its exponent are set. */
REC_HOT static int finite32(const void *p, size_t n, uint32_t exponent)
{
    const uint32_t *v = p;
    unsigned bad = 0;

    for (size_t i = 0; i < n; i++) {
        bad |= (v[i] & exponent) == exponent;
    }
    return !bad;
}

REC_HOT static int finite64(const void *p, size_t n)
{
    const uint64_t exponent = (uint64_t)0x7ff << 52, *v = p;
    unsigned bad = 0;

    for (size_t i = 0; i < n; i++) {
        bad |= (v[i] & exponent) == exponent;
    }
    return !bad;
}

REC_HOT static int finite16(const void *p, size_t n, uint16_t exponent)
{
    const uint16_t *v = p;
    unsigned bad = 0;

    for (size_t i = 0; i < n; i++) {
        bad |= (v[i] & exponent) == exponent;
    }
    return !bad;
}

int rec_dtype_finite(uint32_t dtype, const void *p, size_t n)
{
    switch (dtype) {
    case REC_F32: return finite32(p, n / 4, 0x7f800000);
    case REC_F64: return finite64(p, n / 8);
    case REC_F16: return finite16(p, n / 2, 0x7c00);
    case REC_BF16: return finite16(p, n / 2, 0x7f80);
    default: return 1;
    }
}

/* Letters, whatever the locale. */
static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int all_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0) {
            return 0;
        }
    }
    return 1;
}

void rec_block_header_put(const struct rec_block_header *h, uint8_t out[64])
{
    memset(out, 0, 64);
    memcpy(out, h->type, 4);
    rec_put32(out + 4, h->flags);
    rec_put64(out + 8, h->raw);
    rec_put64(out + 16, h->stored);
    rec_put32(out + 24, h->crc);
    rec_put32(out + 28, h->dtype);
    memcpy(out + 32, h->name, strnlen(h->name, REC_NAME));
    rec_put32(out + 60, rec_crc(out, 60));
}

/* The rules that tie flags and lengths together. */
static int check_lengths(const struct rec_block_header *h,
                         struct rec_error *err)
{
    uint64_t limit = strcmp(h->type, REC_BLOCK_ARRAY) == 0 ? REC_MAX_ARRAY
                                                           : REC_MAX_BLOCK;
    int deflated = (h->flags & REC_FLAG_DEFLATED) != 0;
    int chunked = (h->flags & REC_FLAG_CHUNKED) != 0;
    uint64_t plain = h->raw;

    if (h->raw > limit || h->stored > limit + rec_stream_table_bytes(limit)
        || h->raw > SIZE_MAX / 4) {
        return rec_fail(err, REC_ELIMIT, "length is above the limit");
    }
    if (deflated && h->raw > REC_PIECE) {
        return rec_fail(err, REC_ELIMIT, "deflated block is too long");
    }
    if (chunked != (!deflated && h->raw > REC_CHUNK)
        || (h->flags & REC_FLAG_MORE && h->raw != REC_PIECE)) {
        return rec_fail(err, REC_ECORRUPT, "flags do not fit the length");
    }
    if (chunked) {
        plain += rec_stream_table_bytes(h->raw);
    }
    if (deflated ? h->stored >= h->raw : h->stored != plain) {
        return rec_fail(err, REC_ECORRUPT, "stored length does not fit");
    }
    if (h->raw % rec_dtype_size(h->dtype) != 0) {
        return rec_fail(err, REC_ECORRUPT, "length is no whole element");
    }
    return 0;
}

/* Printable letters, then nothing but zeros. */
static int check_name(const char name[REC_NAME])
{
    size_t n = strnlen(name, REC_NAME);

    for (size_t i = 0; i < n; i++) {
        if (name[i] < ' ' || name[i] > '~') {
            return 0;
        }
    }
    return all_zero((const uint8_t *)name + n, REC_NAME - n);
}

int rec_block_header_get(const uint8_t in[64], struct rec_block_header *h,
                         struct rec_error *err)
{
    memset(h, 0, sizeof *h);
    if (rec_get32(in + 60) != rec_crc(in, 60)) {
        return rec_fail(err, REC_ECORRUPT, "header has a wrong checksum");
    }
    memcpy(h->type, in, 4);
    memcpy(h->name, in + 32, REC_NAME);
    h->flags = rec_get32(in + 4);
    h->raw = rec_get64(in + 8);
    h->stored = rec_get64(in + 16);
    h->crc = rec_get32(in + 24);
    h->dtype = rec_get32(in + 28);
    for (int i = 0; i < 4; i++) {
        if (!is_letter(h->type[i])) {
            return rec_fail(err, REC_ECORRUPT, "type is not four letters");
        }
    }
    if (h->flags > 7 || rec_dtype_size(h->dtype) == 0
        || !all_zero(in + 48, 12)) {
        return rec_fail(err, REC_EFORMAT,
                        "needs a newer version of recpipe");
    }
    if (!check_name(h->name)) {
        return rec_fail(err, REC_ECORRUPT,
                        "name is not printable, zero-padded text");
    }
    return check_lengths(h, err);
}

static int looks_typed(const uint8_t *in, size_t n)
{
    size_t i = 0;

    while (i < n && (in[i] >= ' ' || in[i] == '\t' || in[i] == '\n'
                     || in[i] == '\r')) {
        i++;
    }
    return i == n;
}

int rec_file_header_check(const uint8_t *in, size_t n, struct rec_error *err)
{
    if (n == 0) {
        return rec_fail(err, REC_ETRUNC, "empty: not a recpipe stream");
    }
    if (memcmp(in, rec_stream_magic, n < 8 ? n : 8) != 0) {
        if (n >= 8 && memcmp(in + 1, "RPS", 3) == 0) {
            return rec_fail(err, REC_EFORMAT,
                            "stream was damaged by a text-mode copy");
        }
        return rec_fail(err, REC_EFORMAT, "not a recpipe stream%s",
                        in[0] == 0x1f && n > 1 && in[1] == 0x8b
                            ? " but compressed by gzip"
                        : looks_typed(in, n)
                            ? " but text; rec-ingest reads text"
                            : "");
    }
    if (n < 64) {
        return rec_fail(err, REC_ETRUNC, "truncated: the stream ends here");
    }
    if (rec_get32(in + 8) == REC_STREAM_VERSION && !all_zero(in + 12, 52)) {
        return rec_fail(err, REC_EFORMAT,
                        "needs a newer version of recpipe");
    }
    if (rec_get32(in + 8) != REC_STREAM_VERSION) {
        return rec_fail(err, REC_EFORMAT,
                        "format version %lu; this program reads %d",
                        (unsigned long)rec_get32(in + 8), REC_STREAM_VERSION);
    }
    return 0;
}

/* ---- Head ------------------------------------------------------------- */

int rec_head_put(const struct rec_head *head, char *out, size_t cap)
{
    return snprintf(out, cap, "kind %s\n%s%s%s%s%s%s%s", head->kind,
                    *head->role ? "role " : "", head->role,
                    *head->role ? "\n" : "", head->columns ? "columns" : "",
                    head->columns & REC_COL_WEIGHT ? " weight" : "",
                    head->columns & REC_COL_TIME ? " time" : "",
                    head->columns ? "\n" : "");
}

static int is_value(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9')
           || memchr("./-_", c, 4) != NULL;
}

/* The rest of LINE after KEY and a space, copied to OUT; 0 when LINE has not
   that form. Only the columns are several words. */
static int head_value(const char *line, size_t n, const char *key,
                      char out[64])
{
    size_t k = strlen(key);

    if (n <= k + 1 || n - k - 1 > 63 || memcmp(line, key, k) != 0
        || line[k] != ' ') {
        return 0;
    }
    for (size_t i = k + 1; i < n; i++) {
        if (!is_value(line[i]) && (line[i] != ' ' || *key != 'c')) {
            return 0;
        }
    }
    memcpy(out, line + k + 1, n - k - 1);
    out[n - k - 1] = '\0';
    return 1;
}

int rec_head_get(const char *text, size_t n, struct rec_head *head,
                 struct rec_error *err)
{
    char columns[64] = "", again[256];
    struct rec_head h = {"", "", 0};
    const char *at = text, *end = text + n;

    while (at < end) {
        const char *nl = memchr(at, '\n', (size_t)(end - at));
        size_t len = nl ? (size_t)(nl - at) : 0;

        if (!head_value(at, len, "kind", h.kind)
            && !head_value(at, len, "role", h.role)
            && !head_value(at, len, "columns", columns)) {
            return rec_fail(err, REC_EFORMAT, "unknown line in the head");
        }
        at = nl + 1;
    }
    h.columns = (strstr(columns, "weight") ? REC_COL_WEIGHT : 0)
                | (strstr(columns, "time") ? REC_COL_TIME : 0);
    /* One way to write it: anything else is refused. */
    if (n != (size_t)rec_head_put(&h, again, sizeof again)
        || memcmp(again, text, n) != 0 || !*h.kind) {
        return rec_fail(err, REC_EFORMAT, "head is not understood");
    }
    *head = h;
    return 0;
}

/* ---- the container's own blocks ---------------------------------------- */

int rec_head_read(const struct rec_block *b, struct rec_head *head,
                  struct rec_error *err)
{
    if (b->dtype != REC_BYTES || *b->name) {
        return rec_fail(err, REC_EFORMAT, "head is not understood");
    }
    return rec_head_get(b->data, b->nbytes, head, err);
}

/* Lines of text without control characters: it will be shown to people. */
static int is_text(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == 0x7f || (c < ' ' && (c != '\n' || i == 0
                                      || p[i - 1] == '\n'))) {
            return 0;
        }
    }
    return n == 0 || p[n - 1] == '\n';
}

int rec_prov_read(const struct rec_block *b, char **prov,
                  struct rec_error *err)
{
    char *copy;

    if (b->dtype != REC_BYTES || *b->name || b->nbytes > REC_MAX_PROV
        || !is_text(b->data, b->nbytes)) {
        return rec_fail(err, REC_ECORRUPT,
                        "damaged: the provenance is not lines of text");
    }
    copy = rec_alloc(b->nbytes + 1, 1);
    if (!copy) {
        return rec_fail_nomem(err);
    }
    memcpy(copy, b->data, b->nbytes);
    copy[b->nbytes] = '\0';
    *prov = copy;
    return 0;
}

int rec_end_header_check(const struct rec_block_header *h,
                         struct rec_error *err)
{
    if (h->raw != REC_END_BYTES || h->flags != 0 || h->dtype != REC_BYTES
        || *h->name) {
        return rec_fail(err, REC_ECORRUPT, "damaged: wrong end block");
    }
    return 0;
}

int rec_end_get(const uint8_t in[REC_END_BYTES], struct rec_counts *counts,
                uint8_t digest[REC_DIGEST_BYTES], struct rec_error *err)
{
    if (!all_zero(in + 48, 16)) {
        return rec_fail(err, REC_EFORMAT, "spare bytes are not zero");
    }
    counts->blocks = rec_get64(in);
    counts->rows = rec_get64(in + 8);
    counts->events = rec_get64(in + 16);
    counts->items = rec_get64(in + 24);
    memcpy(digest, in + 32, REC_DIGEST_BYTES);
    return 0;
}

int rec_inflate(const void *in, size_t n, void *out, size_t raw,
                struct rec_error *err)
{
    uLongf got = (uLongf)raw;
    uLong used = (uLong)n;
    int z = uncompress2(out, &got, in, &used);

    if (z == Z_MEM_ERROR) {
        return rec_fail_nomem(err);
    }
    if (z != Z_OK || got != raw || used != n) {
        return rec_fail(err, REC_ECORRUPT, "deflated data are damaged");
    }
    return 0;
}

int rec_stream_fail(const char *name, const struct rec_block *b, int code,
                    struct rec_error *err, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!*b->type) { /* its header could not be read */
        return rec_fail(err, code, "%s: block %llu at byte %llu: %s", name,
                        (unsigned long long)b->number,
                        (unsigned long long)b->offset, text);
    }
    return rec_fail(err, code, "%s: block %llu '%s': %s", name,
                    (unsigned long long)b->number, b->type, text);
}
