/* SPDX-License-Identifier: MIT */
/* A whole stream as named arrays, mapped where possible: see store.h. */
#include <config.h>

#include "io/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/endian.h"
#include "base/mem.h"
#include "io/stream_private.h"

struct rec_store {
    char *name;
    struct rec_head head;
    struct rec_counts counts;
    struct rec_volume volume;
    uint8_t digest[REC_DIGEST_BYTES];
    char *prov;
    struct rec_array *array;
    size_t n, cap;
    uint8_t *map; /* NULL when read */
    size_t map_bytes;
};

static struct rec_array *add_array(struct rec_store *s,
                                   const struct rec_block *b,
                                   struct rec_error *err)
{
    struct rec_array *a;

    if (rec_reserve(&s->array, &s->cap, s->n + 1, sizeof *s->array) != 0) {
        rec_fail_nomem(err);
        return NULL;
    }
    a = &s->array[s->n++];
    memset(a, 0, sizeof *a);
    a->block = *b;
    a->file = s->name;
    return a;
}

/* ---- a pipe: read it all ---------------------------------------------- */

static int read_all(struct rec_store *s, const char *path,
                    struct rec_error *err)
{
    struct rec_stream_reader *r = NULL;
    struct rec_block b;
    int rc = rec_stream_reader_open(&r, path, err);

    while (rc == 0 && (rc = rec_stream_next(r, &b, err)) == 1) {
        struct rec_array *a = add_array(s, &b, err);

        rc = a ? 0 : REC_ENOMEM;
        if (a) {
            a->owned = rec_stream_take(r);
        }
    }
    if (rc == 0) {
        s->head = *rec_stream_head(r);
        s->counts = *rec_stream_counts(r);
        s->volume = *rec_stream_volume(r);
        memcpy(s->digest, rec_stream_digest(r), sizeof s->digest);
        s->prov = strdup(rec_stream_prov(r));
        rc = s->prov ? 0 : rec_fail_nomem(err);
    }
    rec_stream_reader_close(r);
    return rc;
}

/* ---- a file: map it --------------------------------------------------- */

struct walk { /* where the walk over the blocks stands */
    struct rec_store *s;
    size_t at;
    struct rec_block b;
    struct rec_block_header h;
    size_t room; /* bytes of the array that is being joined */
};

static int walk_fail(struct walk *w, int code, struct rec_error *err,
                     const char *why)
{
    return rec_stream_fail(w->s->name, &w->b, code, err, "%s", why);
}

/* Decode the header at w->at; w->at then stands on the payload, all of which
   is in the map. */
static int walk_header(struct walk *w, struct rec_error *err)
{
    struct rec_store *s = w->s;
    struct rec_error why;
    size_t left = s->map_bytes - w->at;
    int rc;

    w->b.number++;
    w->b.offset = w->at;
    w->b.type[0] = '\0';
    if (left < 64) {
        return walk_fail(w, REC_ETRUNC, err, "truncated: the stream ends here");
    }
    rc = rec_block_header_get(s->map + w->at, &w->h, &why);
    if (rc != 0) {
        return walk_fail(w, rc, err, why.text);
    }
    memcpy(w->b.type, w->h.type, sizeof w->b.type);
    memcpy(w->b.name, w->h.name, sizeof w->b.name);
    w->b.dtype = w->h.dtype;
    w->b.nbytes = (size_t)w->h.raw;
    s->volume.raw += w->h.raw;
    s->volume.deflated += w->h.flags & REC_FLAG_DEFLATED;
    w->at += 64;
    if (rec_stream_pad(w->h.stored) > left - 64) {
        return walk_fail(w, REC_ETRUNC, err, "truncated: the stream ends here");
    }
    return 0;
}

static int check_padding(struct walk *w, struct rec_error *err)
{
    const uint8_t *p = w->s->map + w->at;
    uint64_t padded = rec_stream_pad(w->h.stored);

    for (uint64_t i = w->h.stored; i < padded; i++) {
        if (p[i] != 0) {
            return walk_fail(w, REC_ECORRUPT, err,
                             "damaged: padding is not zero");
        }
    }
    return 0;
}

/* Room for N more bytes of array A, growing by half: there may be many
   pieces. */
static int reserve(struct walk *w, struct rec_array *a, size_t n,
                   struct rec_error *err)
{
    size_t used = a->block.nbytes;
    uint8_t *grown;

    if (a->owned && used + n <= w->room) {
        return 0;
    }
    w->room = used + n + used / 2;
    grown = rec_alloc64(w->room, 1);
    if (!grown) {
        return rec_fail_nomem(err);
    }
    if (used) {
        memcpy(grown, a->owned, used);
    }
    free(a->owned);
    a->owned = grown;
    a->block.data = grown;
    return 0;
}

/* Inflate the piece at hand onto the end of array A. */
static int join_piece(struct walk *w, struct rec_array *a,
                      struct rec_error *err)
{
    const uint8_t *p = w->s->map + w->at;
    size_t raw = (size_t)w->h.raw;
    struct rec_error why;
    uint8_t *to;
    int rc = reserve(w, a, raw, err);

    if (rc != 0) {
        return rc;
    }
    to = (uint8_t *)a->owned + a->block.nbytes;
    if (w->h.flags & REC_FLAG_DEFLATED) {
        rc = rec_inflate(p, (size_t)w->h.stored, to, raw, &why);
        if (rc != 0) {
            return walk_fail(w, rc, err, why.text);
        }
    } else {
        memcpy(to, p + (w->h.stored - raw), raw);
    }
    a->block.nbytes += raw;
    return 0;
}

/* The piece at hand, its chunks only if it is to be checked as a WHOLE. */
static int check_piece(struct walk *w, int whole, struct rec_error *err)
{
    const uint8_t *p = w->s->map + w->at;
    size_t table = (size_t)(w->h.stored - w->h.raw);
    int chunked = (w->h.flags & REC_FLAG_CHUNKED) != 0;
    size_t n = chunked ? table : (size_t)w->h.stored;

    if (rec_crc(p, n) != w->h.crc) {
        return walk_fail(w, REC_ECORRUPT, err,
                         "damaged: the payload has a wrong checksum");
    }
    if (chunked && whole) {
        for (size_t at = 0; at < w->h.raw; at += REC_CHUNK) {
            size_t len = (size_t)w->h.raw - at < REC_CHUNK
                             ? (size_t)w->h.raw - at
                             : REC_CHUNK;

            if (rec_crc(p + table + at, len)
                != rec_get32(p + at / REC_CHUNK * 4)) {
                return walk_fail(w, REC_ECORRUPT, err,
                                 "damaged: the payload has a wrong checksum");
            }
        }
    }
    return check_padding(w, err);
}

/* The array A in place. The chunks of an "Arry" wait until they are touched;
   everything else is checked now. */
static int map_array(struct walk *w, struct rec_array *a,
                     struct rec_error *err)
{
    const uint8_t *p = w->s->map + w->at;
    int lazy = strcmp(w->h.type, REC_BLOCK_ARRAY) == 0
               && w->h.flags & REC_FLAG_CHUNKED;
    int rc = check_piece(w, !lazy, err);

    if (rc != 0) {
        return rc;
    }
    a->block.data = p + (w->h.stored - w->h.raw);
    if (lazy) {
        a->table = p;
        a->checked = rec_zalloc((a->block.nbytes - 1) / REC_CHUNK + 1, 1);
        if (!a->checked) {
            return rec_fail_nomem(err);
        }
    }
    w->at += (size_t)rec_stream_pad(w->h.stored);
    return 0;
}

/* The header of the next piece of A. */
static int next_piece(struct walk *w, const struct rec_array *a,
                      struct rec_error *err)
{
    uint64_t limit = strcmp(a->block.type, REC_BLOCK_ARRAY) == 0
                         ? REC_MAX_ARRAY
                         : REC_MAX_BLOCK;
    int rc = walk_header(w, err);

    if (rc != 0) {
        return rc;
    }
    if (strcmp(w->h.type, a->block.type) != 0
        || strcmp(w->h.name, a->block.name) != 0
        || w->h.dtype != a->block.dtype) {
        return walk_fail(w, REC_ECORRUPT, err,
                         "damaged: the array before it is not complete");
    }
    if (a->block.nbytes + w->h.raw > limit) {
        return walk_fail(w, REC_ELIMIT, err, "array is above the limit");
    }
    return 0;
}

/* The array A, inflated and joined in memory. */
static int copy_array(struct walk *w, struct rec_array *a,
                      struct rec_error *err)
{
    a->block.nbytes = 0;
    w->room = 0;
    for (;;) {
        int rc = check_piece(w, 1, err);

        rc = rc ? rc : join_piece(w, a, err);
        if (rc != 0) {
            return rc;
        }
        w->at += (size_t)rec_stream_pad(w->h.stored);
        if (!(w->h.flags & REC_FLAG_MORE)) {
            return 0;
        }
        rc = next_piece(w, a, err);
        if (rc != 0) {
            return rc;
        }
    }
}

static int walk_end(struct walk *w, struct rec_error *err)
{
    struct rec_store *s = w->s;
    const uint8_t *p = s->map + w->at;
    struct rec_error why;
    int rc;

    rc = rec_end_header_check(&w->h, &why);
    if (rc == 0 && rec_crc(p, REC_END_BYTES) != w->h.crc) {
        rc = rec_fail(&why, REC_ECORRUPT, "damaged: wrong end block");
    }
    rc = rc ? rc : rec_end_get(p, &s->counts, s->digest, &why);
    if (rc != 0) {
        return walk_fail(w, rc, err, why.text);
    }
    if (s->counts.blocks != w->b.number - 1) {
        return walk_fail(w, REC_ECORRUPT, err, "damaged: blocks are missing");
    }
    if (w->at + REC_END_BYTES != s->map_bytes) {
        return walk_fail(w, REC_ECORRUPT, err,
                         "data follow the end (concatenated streams? use "
                         "rec-merge)");
    }
    return 0;
}

/* The text in array A, the last: head and provenance are not arrays for the
   caller, so they come off the list. */
static int take_text(struct walk *w, struct rec_array *a,
                     struct rec_error *err)
{
    struct rec_store *s = w->s;
    int head = a->block.number == 1;
    struct rec_error why;
    int rc;

    if (!head && strcmp(a->block.type, REC_BLOCK_HEAD) == 0) {
        return walk_fail(w, REC_ECORRUPT, err, "damaged: a second head");
    }
    if (!head && strcmp(a->block.type, REC_BLOCK_PROV) != 0) {
        return 0;
    }
    rc = head ? rec_head_read(&a->block, &s->head, &why)
              : rec_prov_read(&a->block, &s->prov, &why);
    if (rc != 0) {
        return walk_fail(w, rc, err, why.text);
    }
    free(a->owned);
    free(a->checked);
    s->n--;
    return 0;
}

static int walk_array(struct walk *w, struct rec_error *err)
{
    struct rec_array *a;
    int rc;

    if (w->s->prov) {
        return walk_fail(w, REC_ECORRUPT, err,
                         "damaged: a block after the provenance");
    }
    a = add_array(w->s, &w->b, err);
    if (!a) {
        return REC_ENOMEM;
    }
    rc = w->h.flags & (REC_FLAG_DEFLATED | REC_FLAG_MORE)
             ? copy_array(w, a, err)
             : map_array(w, a, err);
    return rc ? rc : take_text(w, a, err);
}

static int walk_map(struct rec_store *s, struct rec_error *err)
{
    struct rec_error why;
    struct walk w;
    int rc;

    memset(&w, 0, sizeof w);
    w.s = s;
    w.at = 64;
    rc = rec_file_header_check(s->map, s->map_bytes < 64 ? s->map_bytes : 64,
                               &why);
    if (rc != 0) {
        return rec_fail(err, rc, "%s: %s", s->name, why.text);
    }
    for (;;) {
        rc = walk_header(&w, err);
        if (rc != 0) {
            return rc;
        }
        if (w.b.number == 1 && strcmp(w.h.type, REC_BLOCK_HEAD) != 0) {
            return walk_fail(&w, REC_EFORMAT, err, "damaged: no head block");
        }
        if (strcmp(w.h.type, REC_BLOCK_END) == 0) {
            return walk_end(&w, err);
        }
        rc = walk_array(&w, err);
        if (rc != 0) {
            return rc;
        }
    }
}

/* Map PATH if it is a regular file. Returns 1 if mapped, 0 if it has to be
   read. */
static int try_map(struct rec_store *s, const char *path,
                   struct rec_error *err)
{
    struct stat st;
    int fd, mapped = 0;

    if (strcmp(path, "-") == 0) {
        return 0;
    }
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        return 0; /* the reader reports what cannot be opened */
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return rec_fail_errno(err, "cannot open '%s'", path);
    }
    if (fstat(fd, &st) == 0 && (uint64_t)st.st_size <= SIZE_MAX) {
        s->map_bytes = (size_t)st.st_size;
        s->volume.bytes = s->map_bytes;
        s->map = mmap(NULL, s->map_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        mapped = s->map != MAP_FAILED;
        if (!mapped) {
            s->map = NULL;
        }
    }
    close(fd);
    return mapped;
}

int rec_store_open(struct rec_store **out, const char *path,
                   struct rec_error *err)
{
    struct rec_store *s = rec_zalloc(1, sizeof *s);
    int rc;

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
    if (!s->name) {
        rc = rec_fail_nomem(err);
    } else {
        rc = try_map(s, path, err);
    }
    if (rc == 1) {
        rc = walk_map(s, err);
    } else if (rc == 0) {
        rc = read_all(s, path, err);
    }
    if (rc != 0) {
        rec_store_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

void rec_store_close(struct rec_store *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        free(s->array[i].owned);
        free(s->array[i].checked);
    }
    if (s->map) {
        munmap(s->map, s->map_bytes);
    }
    free(s->array);
    free(s->prov);
    free(s->name);
    free(s);
}

/* ---- looking at it ---------------------------------------------------- */

const char *rec_store_name(const struct rec_store *s)
{
    return s->name;
}

const struct rec_head *rec_store_head(const struct rec_store *s)
{
    return &s->head;
}

const char *rec_store_prov(const struct rec_store *s)
{
    return s->prov ? s->prov : "";
}

const struct rec_counts *rec_store_counts(const struct rec_store *s)
{
    return &s->counts;
}

const struct rec_volume *rec_store_volume(const struct rec_store *s)
{
    return &s->volume;
}

const uint8_t *rec_store_digest(const struct rec_store *s)
{
    return s->digest;
}

size_t rec_store_count(const struct rec_store *s)
{
    return s->n;
}

const struct rec_array *rec_store_at(const struct rec_store *s, size_t i)
{
    return &s->array[i];
}

const struct rec_array *rec_store_find(const struct rec_store *s,
                                       const char *type, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->array[i].block.type, type) == 0
            && strcmp(s->array[i].block.name, name) == 0) {
            return &s->array[i];
        }
    }
    return NULL;
}

static int not_finite(const struct rec_array *a, struct rec_error *err)
{
    return rec_stream_fail(a->file, &a->block, REC_ECORRUPT, err,
                           "array '%s' has a number that is not finite",
                           a->block.name);
}

int rec_store_array(const struct rec_store *s, const char *name,
                    enum rec_dtype dtype, size_t count,
                    const struct rec_array **out, struct rec_error *err)
{
    const struct rec_array *a = rec_store_find(s, REC_BLOCK_ARRAY, name);
    size_t size = rec_dtype_size(dtype);

    if (!a) {
        return rec_fail(err, REC_ECORRUPT, "%s: array '%s' is missing",
                        s->name, name);
    }
    if (a->block.dtype != (uint32_t)dtype || a->block.nbytes / size != count
        || a->block.nbytes % size != 0) {
        return rec_stream_fail(s->name, &a->block, REC_ECORRUPT, err,
                               "array '%s' has a wrong type or size", name);
    }
    if (!a->checked
        && !rec_dtype_finite(dtype, a->block.data, a->block.nbytes)) {
        return not_finite(a, err);
    }
    *out = a;
    return 0;
}

int rec_array_check(const struct rec_array *a, size_t offset, size_t n,
                    struct rec_error *err)
{
    if (n > a->block.nbytes || offset > a->block.nbytes - n) {
        return rec_stream_fail(a->file, &a->block, REC_EVALUE, err,
                               "array '%s' ends before byte %llu",
                               a->block.name,
                               (unsigned long long)offset + n);
    }
    if (!a->checked || n == 0) {
        return 0;
    }
    for (size_t c = offset / REC_CHUNK; c <= (offset + n - 1) / REC_CHUNK;
         c++) {
        size_t at = c * REC_CHUNK, left = a->block.nbytes - at;
        size_t len = left < REC_CHUNK ? left : REC_CHUNK;
        int done;

#pragma omp atomic read
        done = a->checked[c];
        if (done) {
            continue;
        }
        if (rec_crc((const uint8_t *)a->block.data + at, len)
            != rec_get32(a->table + 4 * c)) {
            return rec_stream_fail(a->file, &a->block, REC_ECORRUPT, err,
                                   "damaged: chunk %llu of array '%s' has a "
                                   "wrong checksum",
                                   (unsigned long long)c, a->block.name);
        }
        if (!rec_dtype_finite(a->block.dtype,
                              (const uint8_t *)a->block.data + at, len)) {
            return not_finite(a, err);
        }
#pragma omp atomic write
        a->checked[c] = 1;
    }
    return 0;
}

int rec_store_verify(const struct rec_store *s, struct rec_error *err)
{
    size_t end = 64 + REC_END_BYTES; /* the end block, outside the digest */
    uint8_t sum[REC_DIGEST_BYTES];
    struct rec_digest *d;
    int rc = 0;

    for (size_t i = 0; i < s->n && rc == 0; i++) {
        rc = rec_array_check(&s->array[i], 0, s->array[i].block.nbytes, err);
    }
    if (rc != 0 || !s->map) {
        return rc; /* what was read was verified then */
    }
    d = rec_digest_new();
    if (!d) {
        return rec_fail_nomem(err);
    }
    rec_digest_add(d, s->map, s->map_bytes - end);
    rec_digest_get(d, sum);
    rec_digest_free(d);
    if (memcmp(sum, s->digest, sizeof sum) != 0) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: block %llu '%s': damaged: blocks are missing or "
                        "changed",
                        s->name, (unsigned long long)s->counts.blocks + 1,
                        REC_BLOCK_END);
    }
    return 0;
}
