/* SPDX-License-Identifier: MIT */
/* Unit tests of the container: what is written comes back by every way of
   reading, and what is wrong in any way is refused by all of them. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <zlib.h>

#include "base/endian.h"
#include "base/rng.h"
#include "forge.h"
#include "io/store.h"
#include "io/stream.h"
#include "io/stream_private.h"
#include "suite.h"

/* ---- writing ---------------------------------------------------------- */

static const struct rec_head model_head = {"model/test", "", 0};

static struct rec_stream_writer *begin(const struct scratch *s,
                                       struct rec_output **o, int level)
{
    struct rec_stream_writer *w;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(o, s->path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, *o, &model_head, level, &err),
                     0);
    return w;
}

static void finish(struct rec_stream_writer *w, struct rec_output *o)
{
    struct rec_counts counts = {0, 0, 0, 7};
    struct rec_error err;

    ck_assert_int_eq(rec_stream_finish(w, &counts, "check 1\nmore 2\n", &err),
                     0);
    rec_stream_writer_free(w);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

/* ---- round trip ------------------------------------------------------- */

static const struct sample {
    const char *type, *name;
    enum rec_dtype dtype;
    size_t n;
    int noise; /* random bytes, else compressible ones */
} sample[] = {
    {"Arry", "empty", REC_F64, 0, 0},
    {"Arry", "byte", REC_BYTES, 1, 1},
    {"Arry", "sixteen letters!", REC_U32, 4 * 15, 1},
    {"Arry", "sixteen", REC_U32, 64, 0},
    {"Arry", "i64", REC_I64, 8 * 1000, 0},
    {"Arry", "chunk", REC_F32, REC_CHUNK, 1},
    {"Arry", "chunk+1", REC_BYTES, REC_CHUNK + 1, 1},
    {"Arry", "chunk-4", REC_F32, REC_CHUNK - 4, 0},
    {"Arry", "chunks", REC_F64, 3 * REC_CHUNK + 8, 1},
    {"Parm", "", REC_BYTES, 20, 0},
    {"zzzz", "again", REC_BYTES, 100, 0},
    {"Arry", "piece", REC_F64, REC_PIECE, 0},
    {"Arry", "pieces", REC_F64, 2 * REC_PIECE + 24, 0},
    {"Arry", "noisy pieces", REC_F32, REC_PIECE + 4 * REC_CHUNK + 4, 1},
};
enum { SAMPLES = sizeof sample / sizeof *sample };

static uint8_t *make_sample(const struct sample *s, uint64_t seed)
{
    uint8_t *p = rec_alloc64(s->n, 1);
    struct rec_rng r;

    ck_assert_ptr_nonnull(p);
    rec_rng_init(&r, seed);
    for (size_t i = 0; i < s->n; i++) {
        p[i] = s->noise ? (uint8_t)(rec_rng_next(&r) >> 56)
                        : (uint8_t)(i % 251 + i / 4096);
        if (s->dtype == REC_F32 || s->dtype == REC_F64) {
            p[i] &= 0xbf; /* numbers of a model are finite */
        }
    }
    return p;
}

static uint8_t *made[SAMPLES]; /* each test is a process of its own */

static void make_samples(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        made[i] = make_sample(&sample[i], (uint64_t)i);
    }
}

static void free_samples(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        free(made[i]);
    }
}

static void assert_same(const struct rec_block *b, int i)
{
    const struct sample *s = &sample[i];

    ck_assert_str_eq(b->type, s->type);
    ck_assert_str_eq(b->name, s->name);
    ck_assert_uint_eq(b->dtype, s->dtype);
    ck_assert_uint_eq(b->nbytes, s->n);
    ck_assert_uint_eq((uintptr_t)b->data % 64, 0);
    ck_assert(b->offset % 64 == 0 && b->number >= 2);
    ck_assert_msg(memcmp(b->data, made[i], s->n) == 0, "%s differs", s->name);
}

static void read_back(const char *path)
{
    struct rec_stream_reader *r;
    struct rec_block b;
    struct rec_error err;
    uint64_t last = 1;

    ck_assert_msg(rec_stream_reader_open(&r, path, &err) == 0, "%s",
                  err.text);
    ck_assert_str_eq(rec_stream_head(r)->kind, "model/test");
    for (int i = 0; i < SAMPLES; i++) {
        ck_assert_msg(rec_stream_next(r, &b, &err) == 1, "%s", err.text);
        ck_assert_uint_gt(b.number, last);
        last = b.number;
        assert_same(&b, i);
        if (i % 2) { /* taken or not, the next one is right */
            void *p = rec_stream_take(r);

            ck_assert_ptr_eq(p, b.data);
            free(p);
        }
    }
    ck_assert_int_eq(rec_stream_next(r, &b, &err), 0);
    ck_assert_int_eq(rec_stream_next(r, &b, &err), 0);
    ck_assert_str_eq(rec_stream_prov(r), "check 1\nmore 2\n");
    ck_assert_uint_eq(rec_stream_counts(r)->items, 7);
    rec_stream_reader_close(r);
}

static void load_back(const char *path, uint8_t digest[REC_DIGEST_BYTES])
{
    struct rec_store *s;
    struct rec_error err;

    ck_assert_msg(rec_store_open(&s, path, &err) == 0, "%s", err.text);
    ck_assert_str_eq(rec_store_head(s)->kind, "model/test");
    ck_assert_str_eq(rec_store_prov(s), "check 1\nmore 2\n");
    ck_assert_uint_eq(rec_store_counts(s)->items, 7);
    ck_assert_uint_eq(rec_store_count(s), SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        const struct rec_array *a = rec_store_at(s, (size_t)i);

        ck_assert_int_eq(rec_array_check(a, 0, a->block.nbytes, &err), 0);
        assert_same(&a->block, i);
    }
    memcpy(digest, rec_store_digest(s), REC_DIGEST_BYTES);
    rec_store_close(s);
}

static void round_trip(int level)
{
    struct scratch s;
    struct scratch_pipe p;
    struct rec_output *o;
    struct rec_stream_writer *w;
    struct rec_error err;
    uint8_t digest[2][REC_DIGEST_BYTES], *bytes;
    size_t n;

    scratch_open(&s);
    w = begin(&s, &o, level);
    make_samples();
    for (int i = 0; i < SAMPLES; i++) {
        ck_assert_int_eq(rec_stream_write(w, sample[i].type, sample[i].name,
                                          sample[i].dtype, made[i],
                                          sample[i].n, &err),
                         0);
    }
    finish(w, o);
    bytes = scratch_get(&s, &n);
    ck_assert_uint_eq(n % 64, 0);
    read_back(s.path);
    load_back(s.path, digest[0]);
    scratch_pipe_open(&p, bytes, n);
    read_back(p.path);
    scratch_pipe_close(&p);
    scratch_pipe_open(&p, bytes, n);
    load_back(p.path, digest[1]);
    scratch_pipe_close(&p);
    ck_assert_mem_eq(digest[0], digest[1], REC_DIGEST_BYTES);
    free_samples();
    free(bytes);
    scratch_close(&s);
}

START_TEST(plain)
{
    round_trip(0);
}
END_TEST

START_TEST(deflated)
{
    round_trip(1);
}
END_TEST

START_TEST(deflated_well)
{
    round_trip(9);
}
END_TEST

START_TEST(same_bytes_twice)
{
    uint8_t *bytes[2];
    size_t n[2];

    for (int i = 0; i < 2; i++) {
        struct scratch s;
        struct rec_output *o;
        struct rec_stream_writer *w;
        struct rec_error err;

        scratch_open(&s);
        w = begin(&s, &o, 6);
        ck_assert_int_eq(
            rec_stream_write(w, "Arry", "x", REC_F32, "12345678", 8, &err),
            0);
        finish(w, o);
        bytes[i] = scratch_get(&s, &n[i]);
        scratch_close(&s);
    }
    ck_assert_uint_eq(n[0], n[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], n[0]);
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(store_lookup)
{
    struct forge f;
    struct scratch s;
    struct rec_store *st;
    const struct rec_array *a;
    struct rec_error err;

    forge_begin(&f, "kind model/test\n");
    forge_block(&f, "Arry", REC_U32, "12345678", 8);
    forge_end(&f, 0, 0, 0);
    scratch_open(&s);
    scratch_put(&s, f.bytes.data, f.bytes.len);
    ck_assert_int_eq(rec_store_open(&st, s.path, &err), 0);
    ck_assert_int_eq(rec_store_array(st, "", REC_U32, 2, &a, &err), 0);
    ck_assert_mem_eq(a->block.data, "12345678", 8);
    ck_assert_int_eq(rec_store_array(st, "", REC_U32, 1, &a, &err),
                     REC_ECORRUPT);
    ck_assert_int_eq(rec_store_array(st, "", REC_F32, 2, &a, &err),
                     REC_ECORRUPT);
    ck_assert_int_eq(rec_store_array(st, "x", REC_U32, 2, &a, &err),
                     REC_ECORRUPT);
    ck_assert_ptr_null(rec_store_find(st, "Parm", ""));
    rec_store_close(st);
    scratch_close(&s);
    forge_release(&f);
}
END_TEST

/* ---- refusals --------------------------------------------------------- */

static int read_all(const char *path, struct rec_error *err)
{
    struct rec_stream_reader *r;
    struct rec_block b;
    int rc = rec_stream_reader_open(&r, path, err);

    if (rc != 0) {
        return rc;
    }
    do {
        rc = rec_stream_next(r, &b, err);
    } while (rc == 1);
    rec_stream_reader_close(r);
    return rc;
}

static int load_all(const char *path, struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    for (size_t i = 0; i < rec_store_count(s) && rc == 0; i++) {
        const struct rec_array *a = rec_store_at(s, i);

        rc = rec_array_check(a, 0, a->block.nbytes, err);
    }
    rc = rc && rc != REC_EVALUE ? rc : rec_store_verify(s, err);
    rec_store_close(s);
    return rc;
}

/* Every way of reading must end in CODE with words that hold PART. */
static void assert_refused(const void *p, size_t n, int code,
                           const char *part)
{
    struct scratch s;

    scratch_open(&s);
    scratch_put(&s, p, n);
    for (int way = 0; way < 4; way++) {
        struct rec_error err = {0, ""};
        struct scratch_pipe pipe;
        const char *path = s.path;
        int rc;

        if (way >= 2) {
            scratch_pipe_open(&pipe, p, n);
            path = pipe.path;
        }
        rc = (way % 2 ? load_all : read_all)(path, &err);
        ck_assert_msg(rc == code, "way %d: got %d (%s), not %d (%s)", way, rc,
                      err.text, code, part);
        ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0
                          || strstr(err.text, path) != NULL,
                      "'%s' does not name %s", err.text, path);
        ck_assert_msg(strstr(err.text, part) != NULL, "'%s' lacks '%s'",
                      err.text, part);
        if (way >= 2) {
            scratch_pipe_close(&pipe);
        }
    }
    scratch_close(&s);
}

/* The same of what F holds; F is released. */
static void refused(struct forge *f, int code, const char *part)
{
    assert_refused(f->bytes.data, f->bytes.len, code, part);
    forge_release(f);
}

static void begin_model(struct forge *f)
{
    forge_begin(f, "kind model/test\n");
}

START_TEST(not_a_stream)
{
    static const char text[] = "user,item\n1,2\n";
    struct forge f;

    assert_refused("", 0, REC_ETRUNC, "empty");
    assert_refused(text, sizeof text - 1, REC_EFORMAT,
                   "not a recpipe stream");
    begin_model(&f);
    assert_refused(f.bytes.data, 63, REC_ETRUNC, "truncated");
    assert_refused(f.bytes.data, 5, REC_ETRUNC, "truncated");
    f.bytes.data[0] = '?';
    assert_refused(f.bytes.data, f.bytes.len, REC_EFORMAT, "text-mode");
    f.bytes.data[1] = '?';
    refused(&f, REC_EFORMAT, "not a recpipe stream");
    begin_model(&f);
    f.bytes.data[8] = 2;
    assert_refused(f.bytes.data, f.bytes.len, REC_EFORMAT, "version 2");
    f.bytes.data[8] = 1;
    f.bytes.data[63] = 1;
    refused(&f, REC_EFORMAT, "version");
}
END_TEST

START_TEST(heads)
{
    static const char *const bad[] = {
        "",
        "kind \n",
        "kind a",
        "role a\n",
        "kind a\nkind b\n",
        "kind a\nrole \n",
        "kind a\ncolumns\n",
        "kind a\ncolumns x\n",
        "kind a\ncolumns time weight\n",
        "kind a\ncolumns weight weight\n",
        "role a\nkind b\n",
        "kind a\nsize 3\n",
        "kind a\n\n",
        "kind  a\n",
        "kind a b\n",
        "kind a\nrole b c\n",
        "kind a\x1b\n",
        "kind a\n\xff\n",
        ("kind a234567890123456789012345678901234567890123456789012345678901"
         "234\n")};
    struct forge f;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        forge_begin(&f, bad[i]);
        forge_end(&f, 0, 0, 0);
        refused(&f, REC_EFORMAT, "head");
    }
    forge_begin(&f, NULL);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_EFORMAT, "no head");
    forge_begin(&f, NULL);
    forge_block(&f, "Arry", REC_BYTES, "x", 1);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_EFORMAT, "no head");
    forge_begin(&f, NULL);
    forge_text(&f, "prov", "x 1\n");
    forge_text(&f, "Head", "kind a\n");
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_EFORMAT, "no head");
    begin_model(&f);
    forge_text(&f, "Head", "kind model/test\n");
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "second head");
    forge_begin(&f, NULL);
    forge_block(&f, "Head", REC_U32, "kind abc\nrole d\n", 16);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_EFORMAT, "head");
}
END_TEST

START_TEST(writer_refuses_bad_heads)
{
    static const struct rec_head bad[] = {
        {"", "", 0}, {"a b", "", 0}, {"a", "b\nkind c", 0}};
    struct scratch s;
    struct rec_output *o;
    struct rec_stream_writer *w;
    struct rec_error err;

    scratch_open(&s);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(rec_output_open(&o, s.path, &err), 0);
        ck_assert_int_lt(rec_stream_writer_new(&w, o, &bad[i], 0, &err), 0);
        rec_output_free(o);
    }
    scratch_close(&s);
}
END_TEST

START_TEST(provenance)
{
    static const char *const bad[] = {"no line feed", "\n", "a\n\nb\n",
                                      "tab\there\n", "esc \x1b[2J\n"};
    struct forge f;

    begin_model(&f);
    forge_text(&f, "prov", "x 1\n");
    forge_text(&f, "prov", "x 1\n");
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "after the provenance");
    begin_model(&f);
    forge_text(&f, "prov", "x 1\n");
    forge_block(&f, "Arry", REC_BYTES, "x", 1);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "after the provenance");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        begin_model(&f);
        forge_text(&f, "prov", bad[i]);
        forge_end(&f, 0, 0, 0);
        refused(&f, REC_ECORRUPT, "provenance");
    }
    begin_model(&f);
    forge_block(&f, "prov", REC_BYTES, "a\0\n", 3);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "provenance");
}
END_TEST

START_TEST(writer_limits_provenance)
{
    struct rec_counts counts = {0, 0, 0, 0};
    char *big = rec_alloc(REC_MAX_PROV + 2, 1);
    struct rec_stream_writer *w;
    struct rec_output *o;
    struct rec_error err;
    struct scratch s;
    uint8_t *p;
    size_t n;

    ck_assert_ptr_nonnull(big);
    memset(big, 'x', REC_MAX_PROV + 1);
    big[REC_MAX_PROV] = '\n';
    big[REC_MAX_PROV + 1] = '\0';
    scratch_open(&s);
    w = begin(&s, &o, 0);
    ck_assert_int_eq(rec_stream_finish(w, &counts, big, &err), REC_ELIMIT);
    ck_assert_int_eq(rec_stream_finish(w, &counts, big + 1, &err), 0);
    rec_stream_writer_free(w);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    ck_assert_int_eq(read_all(s.path, &err), 0);
    ck_assert_int_eq(load_all(s.path, &err), 0);
    p = scratch_get(&s, &n); /* its chunks are checked when it is mapped */
    p[n - 300000] ^= 1;
    assert_refused(p, n, REC_ECORRUPT, "checksum");
    free(p);
    scratch_close(&s);
    free(big);
}
END_TEST

/* One forged header in an otherwise right stream. */
static void header_refused(struct forge_header h, const char *payload,
                           size_t n, int code, const char *part)
{
    struct forge f;

    h.crc = rec_crc(payload, n);
    begin_model(&f);
    forge_raw(&f, &h, payload, n);
    forge_end(&f, 0, 0, 0);
    refused(&f, code, part);
}

START_TEST(headers)
{
    struct forge f;

    header_refused((struct forge_header){"Ar y", "", 0, 0, 0, 8, 8},
                   "12345678", 8, REC_ECORRUPT, "four letters");
    header_refused((struct forge_header){"Arry", "", 8, 0, 0, 8, 8},
                   "12345678", 8, REC_EFORMAT, "newer version");
    header_refused((struct forge_header){"Arry", "", 0, 7, 0, 8, 8},
                   "12345678", 8, REC_EFORMAT, "newer version");
    header_refused((struct forge_header){"Arry", "", 0, 2, 0, 7, 7},
                   "12345678", 7, REC_ECORRUPT, "whole element");
    header_refused((struct forge_header){"Arry", "", 0, 0, 0, 8, 7},
                   "12345678", 7, REC_ECORRUPT, "stored length");
    header_refused((struct forge_header){"Arry", "", 0, 0, 0, 7, 8},
                   "12345678", 8, REC_ECORRUPT, "stored length");
    header_refused((struct forge_header){"Arry", "", 1, 0, 0, 8, 8},
                   "12345678", 8, REC_ECORRUPT, "stored length");
    header_refused((struct forge_header){"Arry", "", 1, 0, 0, 100, 8},
                   "12345678", 8, REC_ECORRUPT, "deflated data");
    header_refused((struct forge_header){"Arry", "", 2, 0, 0, 8, 72},
                   "12345678", 8, REC_ECORRUPT, "flags");
    header_refused((struct forge_header){"Arry", "", 4, 0, 0, 8, 8},
                   "12345678", 8, REC_ECORRUPT, "flags");
    header_refused((struct forge_header){"Arry", "a\x1b", 0, 0, 0, 8, 8},
                   "12345678", 8, REC_ECORRUPT, "name");
    header_refused((struct forge_header){"Arry", "a b\xff", 0, 0, 0, 8, 8},
                   "12345678", 8, REC_ECORRUPT, "name");
    begin_model(&f); /* a name with something behind its end */
    forge_block(&f, "Arry", REC_BYTES, "x", 1);
    f.bytes.data[192 + 40] = 'x';
    forge_repair((uint8_t *)f.bytes.data + 192);
    refused(&f, REC_ECORRUPT, "name");
    for (int at = 48; at < 60; at++) { /* spare bytes */
        begin_model(&f);
        forge_block(&f, "Arry", REC_BYTES, "x", 1);
        f.bytes.data[192 + at] = 1;
        forge_repair((uint8_t *)f.bytes.data + 192);
        refused(&f, REC_EFORMAT, "newer version");
    }
    begin_model(&f); /* padding */
    forge_block(&f, "Arry", REC_BYTES, "x", 1);
    f.bytes.data[f.bytes.len - 1] = 1;
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "padding");
}
END_TEST

/* Lengths that lie are refused at the size of what is really there. */
START_TEST(lying_lengths)
{
    static const char payload[64] = "x";
    static const uint64_t above[] = {(uint64_t)1 << 63, UINT64_MAX >> 1,
                                     ((uint64_t)1 << 46) + 1};
    struct forge f;

#ifndef REC_SANITIZE
    struct rlimit small = {(rlim_t)1 << 28, (rlim_t)1 << 28};

    ck_assert_int_eq(setrlimit(RLIMIT_AS, &small), 0);
#endif
    for (size_t i = 0; i < 3; i++) {
        uint64_t n = above[i];

        header_refused((struct forge_header){"Arry", "", 2, 0, 0, n, n},
                       payload, 64, REC_ELIMIT, "limit");
        header_refused((struct forge_header){"Arry", "", 1, 0, 0, n, 9},
                       payload, 64, REC_ELIMIT, "limit");
        header_refused((struct forge_header){"Arry", "", 1, 0, 0, 9,
                                             n + ((uint64_t)1 << 62)},
                       payload, 64, REC_ELIMIT, "limit");
    }
    header_refused(
        (struct forge_header){"Arry", "", 2, 0, 0, (uint64_t)1 << 46,
                              ((uint64_t)1 << 46) + ((uint64_t)1 << 30)},
        payload, 64, REC_ETRUNC, "truncated");
    header_refused((struct forge_header){"Abcd", "", 2, 0, 0,
                                         ((uint64_t)1 << 27) + 1,
                                         ((uint64_t)1 << 27) + 1},
                   payload, 64, REC_ELIMIT, "limit");
    header_refused(
        (struct forge_header){"Arry", "", 1, 0, 0, REC_PIECE + 1, 9}, payload,
        64, REC_ELIMIT, "too long");
    begin_model(&f); /* no end: nothing but the promise */
    forge_raw(&f,
              &(struct forge_header){"Abcd", "", 2, 0, 0, 1 << 27,
                                     (1 << 27) + 2048},
              payload, 0);
    refused(&f, REC_ETRUNC, "truncated");
}
END_TEST

/* A file in which the promised length is there, but only as a hole. */
START_TEST(lying_sparse_table)
{
    struct forge_header h = {"Arry",          "", 2, 0, 12345, 1 << 26,
                             (1 << 26) + 1024};
    struct scratch s;
    struct rec_error err;
    struct forge f;
    uint8_t *p;
    size_t n;

    begin_model(&f);
    forge_raw(&f, &h, NULL, 0);
    n = f.bytes.len + h.stored;
    p = rec_zalloc(n, 1);
    ck_assert_ptr_nonnull(p);
    memcpy(p, f.bytes.data, f.bytes.len);
    scratch_open(&s);
    scratch_put(&s, p, n);
    ck_assert_int_eq(read_all(s.path, &err), REC_ECORRUPT);
    ck_assert_int_eq(load_all(s.path, &err), REC_ECORRUPT);
    scratch_close(&s);
    free(p);
    forge_release(&f);
}
END_TEST

START_TEST(pieces)
{
    static const struct forge_header second[] = {
        {"Arry", "b", 0, REC_F32, 0, 4, 4},
        {"Arry", "a", 0, REC_F64, 0, 8, 8},
        {"Xyzw", "a", 0, REC_F32, 0, 4, 4},
        {"arry", "a", 0, REC_F32, 0, 4, 4}};
    static const uint8_t zero[REC_PIECE];
    static uint8_t packed[1 << 16];
    uLongf bytes = sizeof packed;
    struct forge_header h = {"Arry",  "a", REC_FLAG_MORE | REC_FLAG_DEFLATED,
                             REC_F32, 0,   REC_PIECE,
                             0};
    struct forge f;

    ck_assert_int_eq(compress2(packed, &bytes, zero, REC_PIECE, 9), Z_OK);
    h.stored = bytes;
    h.crc = rec_crc(packed, bytes);
    for (size_t i = 0; i < sizeof second / sizeof *second; i++) {
        struct forge_header next = second[i];

        begin_model(&f);
        forge_raw(&f, &h, packed, bytes);
        next.crc = rec_crc(zero, (size_t)next.raw);
        forge_raw(&f, &next, zero, (size_t)next.raw);
        forge_end(&f, 0, 0, 0);
        refused(&f, REC_ECORRUPT, "not complete");
    }
    begin_model(&f);
    forge_raw(&f, &h, packed, bytes);
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ECORRUPT, "not complete");
    begin_model(&f); /* nine are above the limit of any block but Arry */
    h.type = "Abcd";
    for (int i = 0; i < 9; i++) {
        h.flags = REC_FLAG_DEFLATED | (i < 8 ? REC_FLAG_MORE : 0);
        forge_raw(&f, &h, packed, bytes);
    }
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_ELIMIT, "limit");
}
END_TEST

START_TEST(ends)
{
    struct forge f, g;
    uint8_t *end;

    begin_model(&f);
    forge_end(&f, 0, 0, 0);
    begin_model(&g);
    forge_end(&g, 0, 0, 0);
    ck_assert_int_eq(rec_buf_add(&f.bytes, g.bytes.data, g.bytes.len), 0);
    assert_refused(f.bytes.data, f.bytes.len, REC_ECORRUPT, "follow the end");
    assert_refused(f.bytes.data, g.bytes.len + 1, REC_ECORRUPT,
                   "follow the end");
    forge_release(&f);
    end = (uint8_t *)g.bytes.data + g.bytes.len - 128;
    end[28] = REC_U32; /* an element type */
    forge_repair(end);
    assert_refused(g.bytes.data, g.bytes.len, REC_ECORRUPT, "wrong end");
    end[28] = 0;
    end[32] = 'x'; /* a name */
    forge_repair(end);
    assert_refused(g.bytes.data, g.bytes.len, REC_ECORRUPT, "wrong end");
    end[32] = 0;
    end[64 + 63] = 1; /* spare bytes */
    rec_put32(end + 24, rec_crc(end + 64, 64));
    forge_repair(end);
    assert_refused(g.bytes.data, g.bytes.len, REC_EFORMAT, "spare");
    end[64 + 63] = 0;
    end[64]++; /* the number of blocks */
    rec_put32(end + 24, rec_crc(end + 64, 64));
    forge_repair(end);
    assert_refused(g.bytes.data, g.bytes.len, REC_ECORRUPT, "missing");
    forge_release(&g);
    begin_model(&f);
    forge_block(&f, "Endb", REC_BYTES, "", 0);
    refused(&f, REC_ECORRUPT, "wrong end");
}
END_TEST

/* The digest alone tells. */
START_TEST(wrong_digest)
{
    struct forge f;
    uint8_t *end;

    begin_model(&f);
    forge_end(&f, 0, 0, 0);
    end = (uint8_t *)f.bytes.data + f.bytes.len - 128;
    end[64 + 32] ^= 1;
    rec_put32(end + 24, rec_crc(end + 64, 64));
    forge_repair(end);
    refused(&f, REC_ECORRUPT, "block 2 'Endb': damaged: blocks are missing");
}
END_TEST

/* ---- every byte ------------------------------------------------------- */

/* A stream such as a model's: parameters, ids, a chunked array. */
static void make_model(const struct scratch *s, int level)
{
    static const struct sample big = {"Arry", "B", REC_F32, REC_CHUNK + 64,
                                      0};
    uint8_t *data = make_sample(&big, 1);
    struct rec_output *o;
    struct rec_stream_writer *w = begin(s, &o, level);
    struct rec_error err;

    ck_assert(
        rec_stream_write(w, "Parm", NULL, REC_BYTES, "lambda 1\n", 9, &err)
            == 0
        && rec_stream_write(w, "Item", NULL, REC_BYTES, "a\nb\n", 4, &err)
               == 0
        && rec_stream_write(w, "Arry", "small", REC_U32, "12345678", 8, &err)
               == 0
        && rec_stream_write(w, "Arry", "B", REC_F32, data, big.n, &err) == 0);
    free(data);
    finish(w, o);
}

static void flip_all(int level)
{
    struct scratch s;
    struct rec_error err;
    uint8_t *p;
    size_t n;

    scratch_open(&s);
    make_model(&s, level);
    p = scratch_get(&s, &n);
    SURE(load_all(s.path, &err) == 0);
    for (size_t i = 0; i < n; i++) {
        /* All of the small part, a sample of the large array. */
        if (level == 0 && i > 1500 && i + 1500 < n && i % 4099 != 0) {
            continue;
        }
        scratch_poke(&s, i, p[i] ^ (uint8_t)(1 << i % 8));
        if (!(load_all(s.path, &err) < 0)) {
            ck_abort_msg("byte %zu of %zu", i, n);
        }
        if (!(read_all(s.path, &err) < 0)) {
            ck_abort_msg("byte %zu of %zu", i, n);
        }
        scratch_poke(&s, i, p[i]);
    }
    SURE(load_all(s.path, &err) == 0);
    for (size_t cut = n; cut > 0; cut -= cut <= 1500 || n < 5000 ? 1 : 997) {
        scratch_cut(&s, cut - 1);
        if (!(load_all(s.path, &err) < 0)) {
            ck_abort_msg("cut at %zu", cut - 1);
        }
        if (!(read_all(s.path, &err) < 0)) {
            ck_abort_msg("cut at %zu", cut - 1);
        }
    }
    free(p);
    scratch_close(&s);
}

START_TEST(every_byte_plain)
{
    flip_all(0);
}
END_TEST

START_TEST(every_byte_deflated)
{
    flip_all(9);
}
END_TEST

/* A mapped array is checked where it is touched, and only there. */
START_TEST(chunks_are_lazy)
{
    struct scratch s;
    struct rec_store *st;
    struct rec_error err;
    const struct rec_array *a;
    uint8_t *p;
    size_t n;

    scratch_open(&s);
    make_model(&s, 0);
    p = scratch_get(&s, &n);
    p[n - 2000] ^= 1; /* in the first chunk: 64 bytes are in the second */
    scratch_put(&s, p, n);
    ck_assert_int_eq(rec_store_open(&st, s.path, &err), 0);
    a = rec_store_find(st, "Arry", "B");
    ck_assert_ptr_nonnull(a);
    ck_assert_int_eq(rec_array_check(a, REC_CHUNK, 64, &err), 0);
    ck_assert_int_eq(rec_array_check(a, REC_CHUNK - 1, 1, &err),
                     REC_ECORRUPT);
    ck_assert_ptr_nonnull(strstr(err.text, "chunk 0"));
    ck_assert_int_eq(rec_array_check(a, REC_CHUNK - 1, 0, &err), 0);
    ck_assert_int_eq(rec_array_check(a, REC_CHUNK, 65, &err), REC_EVALUE);
    ck_assert_int_eq(rec_array_check(a, SIZE_MAX, 2, &err), REC_EVALUE);
    rec_store_close(st);
    free(p);
    scratch_close(&s);
}
END_TEST

/* ---- outputs ---------------------------------------------------------- */

static void write_file(const char *path, mode_t mode)
{
    struct rec_output *o;
    struct rec_error err;
    struct stat st;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_output_write(o, "new", 3, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, mode);
    ck_assert_int_eq(st.st_size, 3);
}

/* What would be renamed to no name, or over a link that leads nowhere. */
START_TEST(nowhere_to_write)
{
    struct rec_output *o = NULL;
    struct rec_error err;
    struct scratch s;

    scratch_open(&s);
    unlink(s.path);
    ck_assert_int_eq(symlink("/no/such/folder/file", s.path), 0);
    ck_assert_int_eq(rec_output_open(&o, s.path, &err), REC_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, s.path));
    ck_assert_int_eq(rec_output_open(&o, "", &err), REC_EIO);
    ck_assert_ptr_null(o);
    scratch_close(&s);
}
END_TEST

START_TEST(replaced_file_keeps_its_mode)
{
    struct scratch s;

    scratch_open(&s);
    ck_assert_int_eq(chmod(s.path, 0640), 0);
    write_file(s.path, 0640);
    scratch_close(&s);
    umask(022);
    write_file(s.path, 0644);
    scratch_close(&s);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {plain,
                                 deflated,
                                 deflated_well,
                                 same_bytes_twice,
                                 store_lookup,
                                 not_a_stream,
                                 heads,
                                 writer_refuses_bad_heads,
                                 provenance,
                                 writer_limits_provenance,
                                 headers,
                                 lying_lengths,
                                 lying_sparse_table,
                                 pieces,
                                 ends,
                                 wrong_digest,
                                 every_byte_plain,
                                 every_byte_deflated,
                                 chunks_are_lazy,
                                 nowhere_to_write,
                                 replaced_file_keeps_its_mode};

    return suite_run("stream", test, sizeof test / sizeof *test);
}
