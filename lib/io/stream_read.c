/* SPDX-License-Identifier: MIT */
/* Reading the container from a file or a pipe, every byte verified. Memory
   is taken in steps as bytes really arrive, so a header that lies about a
   length cannot make the reader allocate more than about twice what was
   sent. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/mem.h"
#include "io/stream.h"
#include "io/stream_private.h"

enum { STEP = 1 << 24 };

struct rec_stream_reader {
    struct rec_input *in;
    struct rec_digest *digest;
    uint64_t seen;         /* block headers read so far */
    struct rec_block place; /* the block at hand, for messages */
    struct rec_head head;
    uint8_t *buf; /* the array of the block, joined and inflated */
    size_t cap, used;
    uint8_t *side; /* a deflated payload or a chunk table */
    size_t side_cap;
    char *prov; /* with NUL; NULL until seen */
    struct rec_counts counts;
    struct rec_volume volume; /* so far */
    uint8_t sum[REC_DIGEST_BYTES];
    int ended;
};

static int fail(struct rec_stream_reader *r, int code, struct rec_error *err,
                const char *why)
{
    if (r->place.number == 0) {
        return rec_fail(err, code, "%s: %s", rec_input_name(r->in), why);
    }
    return rec_stream_fail(rec_input_name(r->in), &r->place, code, err, "%s",
                           why);
}

/* Exactly N bytes, without or with the digest. */
static int get_raw(struct rec_stream_reader *r, void *p, size_t n,
                   struct rec_error *err)
{
    size_t got = 0;
    int rc = rec_input_read(r->in, p, n, &got, err);

    r->volume.bytes += got;
    if (rc == 0 && got < n) {
        rc = fail(r, REC_ETRUNC, err, "truncated: the stream ends here");
    }
    return rc;
}

static int get(struct rec_stream_reader *r, void *p, size_t n,
               struct rec_error *err)
{
    int rc = get_raw(r, p, n, err);

    if (rc == 0) {
        rec_digest_add(r->digest, p, n);
    }
    return rc;
}

/* Aligned growth of the array buffer, contents kept. */
static int reserve(struct rec_stream_reader *r, size_t need,
                   struct rec_error *err)
{
    uint8_t *grown;

    if (need <= r->cap) {
        return 0;
    }
    grown = rec_alloc64(need, 1);
    if (!grown) {
        return rec_fail_nomem(err);
    }
    if (r->used) {
        memcpy(grown, r->buf, r->used);
    }
    free(r->buf);
    r->buf = grown;
    r->cap = need;
    return 0;
}

/* Room for the next step of an array that should still have LEFT bytes. A
   regular file that is long enough is believed at once. */
static int reserve_step(struct rec_stream_reader *r, size_t left, size_t step,
                        struct rec_error *err)
{
    int64_t file = rec_input_left(r->in);
    size_t need = r->used + step;

    if (need <= r->cap) {
        return 0;
    }
    if (file >= 0 && (uint64_t)file >= left) {
        need = r->used + left;
    } else if (need < 2 * r->used) {
        need = 2 * r->used < r->used + left ? 2 * r->used : r->used + left;
    }
    return reserve(r, need, err);
}

static int check_crc(struct rec_stream_reader *r, const void *p, size_t n,
                     uint32_t want, struct rec_error *err)
{
    if (rec_crc(p, n) != want) {
        return fail(r, REC_ECORRUPT, err,
                    "damaged: the payload has a wrong checksum");
    }
    return 0;
}

/* The bytes [FROM, FROM + N) of the array at hand against their CRCs. */
static int check_chunks(struct rec_stream_reader *r, const uint8_t *from,
                        size_t first, size_t n, struct rec_error *err)
{
    int rc = 0;

    for (size_t at = 0; at < n && rc == 0; at += REC_CHUNK) {
        size_t len = n - at < REC_CHUNK ? n - at : REC_CHUNK;
        size_t chunk = first + at / REC_CHUNK;

        rc = check_crc(r, from + at, len, rec_get32(r->side + 4 * chunk),
                       err);
    }
    return rc;
}

static int read_chunked(struct rec_stream_reader *r,
                        const struct rec_block_header *h,
                        struct rec_error *err)
{
    size_t table = (size_t)rec_stream_table_bytes(h->raw), at = 0;
    size_t left = (size_t)h->raw, first = 0;
    int rc = 0;

    for (; at < table && rc == 0; at += STEP) { /* the table, in steps */
        size_t n = table - at < STEP ? table - at : STEP;

        if (rec_reserve(&r->side, &r->side_cap, at + n, 1) != 0) {
            return rec_fail_nomem(err);
        }
        rc = get(r, r->side + at, n, err);
    }
    rc = rc ? rc : check_crc(r, r->side, table, h->crc, err);
    while (left > 0 && rc == 0) {
        size_t n = left < STEP ? left : STEP;

        rc = reserve_step(r, left, n, err);
        rc = rc ? rc : get(r, r->buf + r->used, n, err);
        rc = rc ? rc : check_chunks(r, r->buf + r->used, first, n, err);
        if (rc == 0) {
            r->used += n;
            left -= n;
            first += n / REC_CHUNK;
        }
    }
    return rc;
}

static int read_deflated(struct rec_stream_reader *r,
                         const struct rec_block_header *h,
                         struct rec_error *err)
{
    struct rec_error why;
    size_t n = (size_t)h->stored, raw = (size_t)h->raw;
    int rc;

    if (rec_reserve(&r->side, &r->side_cap, n, 1) != 0) {
        return rec_fail_nomem(err);
    }
    rc = get(r, r->side, n, err);
    rc = rc ? rc : check_crc(r, r->side, n, h->crc, err);
    if (rc == 0 && r->used + raw > r->cap) { /* grow by half: many pieces */
        rc = reserve(r, r->used + raw + r->used / 2, err);
    }
    if (rc != 0) {
        return rc;
    }
    rc = rec_inflate(r->side, n, r->buf + r->used, raw, &why);
    if (rc != 0) {
        return fail(r, rc, err, why.text);
    }
    r->used += raw;
    return 0;
}

static int read_payload(struct rec_stream_reader *r,
                        const struct rec_block_header *h,
                        struct rec_error *err)
{
    uint8_t pad[REC_STREAM_UNIT];
    size_t n = (size_t)(rec_stream_pad(h->stored) - h->stored);
    int rc;

    if (h->flags & REC_FLAG_DEFLATED) {
        rc = read_deflated(r, h, err);
    } else if (h->flags & REC_FLAG_CHUNKED) {
        rc = read_chunked(r, h, err);
    } else {
        rc = reserve(r, r->used + (size_t)h->raw + 1, err);
        rc = rc ? rc : get(r, r->buf + r->used, (size_t)h->raw, err);
        rc = rc ? rc : check_crc(r, r->buf + r->used, (size_t)h->raw, h->crc,
                                 err);
        r->used += rc == 0 ? (size_t)h->raw : 0;
    }
    rc = rc ? rc : get(r, pad, n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (pad[i] != 0) {
            rc = fail(r, REC_ECORRUPT, err, "damaged: padding is not zero");
        }
    }
    return rc;
}

/* One block header. The end block's bytes stay out of the digest. */
static int read_header(struct rec_stream_reader *r,
                       struct rec_block_header *h, struct rec_error *err)
{
    struct rec_error why;
    uint8_t bytes[64];
    int rc;

    r->place.number = ++r->seen;
    r->place.offset = r->volume.bytes;
    r->place.type[0] = '\0';
    rc = get_raw(r, bytes, sizeof bytes, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_block_header_get(bytes, h, &why);
    if (rc != 0) {
        return fail(r, rc, err, why.text);
    }
    memcpy(r->place.type, h->type, sizeof h->type);
    memcpy(r->place.name, h->name, sizeof h->name);
    r->place.dtype = h->dtype;
    r->volume.raw += h->raw;
    r->volume.deflated += h->flags & REC_FLAG_DEFLATED;
    if (strcmp(h->type, REC_BLOCK_END) != 0) {
        rec_digest_add(r->digest, bytes, sizeof bytes);
    }
    return 0;
}

static int read_end(struct rec_stream_reader *r,
                    const struct rec_block_header *h, struct rec_error *err)
{
    uint8_t end[REC_END_BYTES], sum[REC_DIGEST_BYTES], extra;
    uint64_t blocks = r->seen - 1;
    struct rec_error why;
    size_t got = 0;
    int rc;

    rc = rec_end_header_check(h, &why);
    if (rc != 0) {
        return fail(r, rc, err, why.text);
    }
    rec_digest_get(r->digest, sum);
    rc = get_raw(r, end, sizeof end, err);
    rc = rc ? rc : check_crc(r, end, sizeof end, h->crc, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_end_get(end, &r->counts, r->sum, &why);
    if (rc != 0) {
        return fail(r, rc, err, why.text);
    }
    if (r->counts.blocks != blocks || memcmp(sum, r->sum, sizeof sum) != 0) {
        return fail(r, REC_ECORRUPT, err,
                    "damaged: blocks are missing or changed");
    }
    rc = rec_input_read(r->in, &extra, 1, &got, err);
    if (rc == 0 && got != 0) {
        rc = fail(r, REC_ECORRUPT, err,
                  "data follow the end (concatenated streams? use "
                  "rec-merge)");
    }
    r->ended = rc == 0;
    return rc;
}

/* The next array, its pieces joined. Returns 1, 0 at the end, or an error. */
static int next_array(struct rec_stream_reader *r, struct rec_error *err)
{
    struct rec_block first = {0};
    struct rec_block_header h;
    uint64_t total = 0;

    r->used = 0;
    do {
        int rc = read_header(r, &h, err);

        if (rc != 0) {
            return rc;
        }
        if (r->seen == 1 && strcmp(h.type, REC_BLOCK_HEAD) != 0) {
            return fail(r, REC_EFORMAT, err, "damaged: no head block");
        }
        if (total == 0) {
            first = r->place;
        } else if (strcmp(first.type, h.type) != 0
                   || strcmp(first.name, h.name) != 0
                   || first.dtype != h.dtype) {
            return fail(r, REC_ECORRUPT, err,
                        "damaged: the array before it is not complete");
        }
        if (strcmp(h.type, REC_BLOCK_END) == 0) {
            return read_end(r, &h, err);
        }
        if (r->prov) {
            return fail(r, REC_ECORRUPT, err,
                        "damaged: a block after the provenance");
        }
        total += h.raw;
        if (total > (strcmp(h.type, REC_BLOCK_ARRAY) == 0 ? REC_MAX_ARRAY
                                                          : REC_MAX_BLOCK)) {
            return fail(r, REC_ELIMIT, err, "array is above the limit");
        }
        rc = read_payload(r, &h, err);
        if (rc != 0) {
            return rc;
        }
    } while (h.flags & REC_FLAG_MORE);
    r->place.number = first.number;
    r->place.offset = first.offset;
    return 1;
}

int rec_stream_next(struct rec_stream_reader *r, struct rec_block *block,
                    struct rec_error *err)
{
    struct rec_error why;
    int rc;

    if (r->ended) {
        return 0;
    }
    do {
        rc = next_array(r, err);
        if (rc != 1) {
            return rc;
        }
        if (strcmp(r->place.type, REC_BLOCK_HEAD) == 0 && r->seen > 1) {
            return fail(r, REC_ECORRUPT, err, "damaged: a second head");
        }
        *block = r->place;
        block->nbytes = r->used;
        block->data = r->buf;
        if (strcmp(r->place.type, REC_BLOCK_PROV) != 0) {
            return 1;
        }
        rc = rec_prov_read(block, &r->prov, &why);
    } while (rc == 0);
    return fail(r, rc, err, why.text);
}

void *rec_stream_take(struct rec_stream_reader *r)
{
    void *p = r->buf;

    r->buf = NULL;
    r->cap = r->used = 0;
    return p;
}

static int read_start(struct rec_stream_reader *r, struct rec_error *err)
{
    struct rec_error why;
    struct rec_block b;
    uint8_t bytes[64];
    size_t got = 0;
    int rc = rec_input_read(r->in, bytes, sizeof bytes, &got, err);

    if (rc != 0) {
        return rc;
    }
    r->volume.bytes = got;
    rec_digest_add(r->digest, bytes, got);
    rc = rec_file_header_check(bytes, got, &why);
    if (rc != 0) {
        return fail(r, rc, err, why.text);
    }
    rc = rec_stream_next(r, &b, err);
    if (rc < 0) {
        return rc;
    }
    rc = rec_head_read(&b, &r->head, &why);
    return rc == 0 ? 0 : fail(r, rc, err, why.text);
}

int rec_stream_reader_open(struct rec_stream_reader **out, const char *path,
                           struct rec_error *err)
{
    struct rec_stream_reader *r = rec_zalloc(1, sizeof *r);
    int rc;

    if (!r) {
        return rec_fail_nomem(err);
    }
    r->digest = rec_digest_new();
    rc = r->digest ? rec_input_open(&r->in, path, 0, err)
                   : rec_fail_nomem(err);
    rc = rc ? rc : read_start(r, err);
    if (rc != 0) {
        rec_stream_reader_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

void rec_stream_reader_close(struct rec_stream_reader *r)
{
    if (r) {
        rec_input_close(r->in);
        rec_digest_free(r->digest);
        free(r->buf);
        free(r->side);
        free(r->prov);
        free(r);
    }
}

const char *rec_stream_name(const struct rec_stream_reader *r)
{
    return rec_input_name(r->in);
}

const struct rec_head *rec_stream_head(const struct rec_stream_reader *r)
{
    return &r->head;
}

const char *rec_stream_prov(const struct rec_stream_reader *r)
{
    return r->prov ? r->prov : "";
}

const struct rec_counts *rec_stream_counts(const struct rec_stream_reader *r)
{
    return &r->counts;
}

const uint8_t *rec_stream_digest(const struct rec_stream_reader *r)
{
    return r->sum;
}

const struct rec_volume *rec_stream_volume(const struct rec_stream_reader *r)
{
    return &r->volume;
}
