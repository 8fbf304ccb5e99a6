/* SPDX-License-Identifier: MIT */
/* Unit tests of vectors: what is written comes back from a map, a pipe and in
   batches, cut where rec-format(5) says; what does not fit is refused. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/vectors.h"
#include "forge.h"
#include "io/stream_private.h"
#include "suite.h"

static struct rec_error err;

/* N vectors of DIM whose ids are LEN bytes long. */
struct world {
    struct rec_dict *ids;
    uint32_t n, dim;
    float *value;
};

static struct world world_make(uint32_t n, uint32_t dim, int len)
{
    struct world w = {rec_dict_new(), n, dim, NULL};
    struct rec_rng rng;
    char id[REC_MAX_ID + 1];
    uint32_t index;

    rec_rng_init(&rng, n + dim);
    w.value = rec_alloc((size_t)n * dim, sizeof *w.value);
    for (uint32_t i = 0; i < n; i++) {
        int k = snprintf(id, sizeof id, "%0*u", len, i);

        ck_assert_int_eq(rec_dict_add(w.ids, id, (size_t)k, &index, &err), 0);
    }
    for (size_t i = 0; i < (size_t)n * dim; i++) {
        w.value[i] = (float)(rec_rng_unit(&rng) - 0.5);
    }
    return w;
}

static void world_release(struct world *w)
{
    rec_dict_free(w->ids);
    free(w->value);
}

static void save(const struct world *w, const char *path, int level,
                 uint32_t step)
{
    struct rec_vector_writer *vw;
    struct rec_output *o;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_vector_begin(&vw, o, "test.in", w->dim, level, &err),
                     0);
    for (uint32_t i = 0; i < w->n; i += step) {
        uint32_t n = w->n - i < step ? w->n - i : step;

        ck_assert_int_eq(rec_vector_write_rows(vw, w->ids, i, n,
                                               w->value + (size_t)i * w->dim,
                                               &err),
                         0);
    }
    ck_assert_int_eq(rec_vector_finish(vw, "test\n", &err), 0);
    rec_vector_writer_free(vw);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

static void check_id(const struct world *w, const struct rec_dict *ids,
                     uint32_t i)
{
    size_t n, m;
    const char *a = rec_dict_id(w->ids, i, &n), *b = rec_dict_id(ids, i, &m);

    SURE(n == m && memcmp(a, b, n) == 0);
}

static void check_open(const struct world *w, const char *path, int owned)
{
    struct rec_vectors v;
    size_t len;
    const char *id;

    ck_assert_int_eq(rec_vectors_open(&v, path, &err), 0);
    ck_assert_uint_eq(v.n, w->n);
    ck_assert_uint_eq(v.dim, w->dim);
    ck_assert_uint_eq(rec_dict_count(v.ids), w->n);
    ck_assert_int_eq(v.owned != NULL, owned);
    ck_assert_str_eq(rec_store_head(v.store)->role, "test.in");
    ck_assert_str_eq(rec_store_prov(v.store), "test\n");
    SURE(memcmp(v.value, w->value, (size_t)w->n * w->dim * sizeof *v.value)
         == 0);
    for (uint32_t i = 0; i < w->n; i++) {
        check_id(w, v.ids, i);
    }
    if (w->n > 0) {
        id = rec_dict_id(w->ids, w->n - 1, &len);
        ck_assert_ptr_eq(rec_vectors_find(&v, id, len),
                         rec_vectors_row(&v, w->n - 1));
    }
    ck_assert_ptr_null(rec_vectors_find(&v, "nobody", 6));
    rec_vectors_release(&v);
}

/* Batch by batch; returns how many there were. */
static int check_batches(const struct world *w, const char *path)
{
    struct rec_stream_reader *in;
    struct rec_vector_reader *r;
    struct rec_vector_batch b;
    uint32_t at = 0;
    int n = 0, rc;

    ck_assert_int_eq(rec_stream_reader_open(&in, path, &err), 0);
    ck_assert_int_eq(rec_vector_reader_attach(&r, in, &err), 0);
    ck_assert_uint_eq(rec_vector_dimension(r), w->dim);
    while ((rc = rec_vector_next(r, &b, &err)) == 1) {
        ck_assert_uint_eq(b.first, at);
        ck_assert_uint_gt(b.n, 0);
        ck_assert_mem_eq(b.value, w->value + (size_t)at * w->dim,
                         (size_t)b.n * w->dim * sizeof *b.value);
        at += b.n;
        ck_assert_uint_eq(rec_dict_count(rec_vector_ids(r)), at);
        n++;
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(at, w->n);
    rec_vector_reader_free(r);
    return n;
}

/* The shapes, and the batches that the rule of rec-format(5) gives: 16 MiB
   are 4,194,304 values, or 64 rows of 65,536; 1 MiB of ids are 256 of 4,095
   bytes with their line feeds. */
static const struct {
    uint32_t n, dim;
    int len, batches;
} shapes[] = {
    {0, 3, 1, 0},   {1, 1, 1, 1},      {70000, 2, 5, 1},
    {64, 65536, 2, 1}, {65, 65536, 2, 2}, {256, 2, 4095, 1},
    {257, 2, 4095, 2},
};

START_TEST(round_trip)
{
    struct world w =
        world_make(shapes[_i].n, shapes[_i].dim, shapes[_i].len);
    int batches = shapes[_i].batches;
    struct scratch s, t;
    struct scratch_pipe p;
    uint8_t *one, *two;
    size_t n, m;

    scratch_open(&s);
    scratch_open(&t);
    save(&w, s.path, 0, 1000);
    save(&w, t.path, 0, 7); /* however it is fed, the same bytes */
    one = scratch_get(&s, &n);
    two = scratch_get(&t, &m);
    ck_assert_uint_eq(n, m);
    ck_assert(memcmp(one, two, n) == 0);
    check_open(&w, s.path, batches != 1);
    ck_assert_int_eq(check_batches(&w, s.path), batches);
    scratch_pipe_open(&p, one, n);
    check_open(&w, p.path, batches != 1);
    scratch_pipe_close(&p);
    save(&w, t.path, 1, 1000);
    check_open(&w, t.path, batches != 1);
    ck_assert_int_eq(check_batches(&w, t.path), batches);
    free(one);
    free(two);
    scratch_close(&s);
    scratch_close(&t);
    world_release(&w);
}
END_TEST

/* ---- what must not be -------------------------------------------------- */

static const float good[] = {1, 2, 3, 4}, bad[] = {1, NAN, 2, -INFINITY};
#define NONE ((size_t)-1)

static void values(struct forge *f, const char *name, uint32_t dtype,
                   const void *p, size_t n)
{
    struct forge_header h = {"Arry", name, 0, dtype, 0, n, n};

    h.crc = rec_crc(p, n);
    forge_raw(f, &h, p, n);
}

/* Refused with CODE and WORDS, mapped, from a pipe and in batches. */
static void refuse(struct forge *f, int code, const char *words)
{
    struct rec_stream_reader *in;
    struct rec_vector_reader *r;
    struct rec_vector_batch b;
    struct scratch_pipe p;
    struct rec_vectors v;
    struct scratch s;
    int rc;

    scratch_open(&s);
    scratch_put(&s, f->bytes.data, f->bytes.len);
    ck_assert_int_eq(rec_vectors_open(&v, s.path, &err), code);
    ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
    scratch_pipe_open(&p, f->bytes.data, f->bytes.len);
    ck_assert_int_eq(rec_vectors_open(&v, p.path, &err), code);
    scratch_pipe_close(&p);
    ck_assert_int_eq(rec_stream_reader_open(&in, s.path, &err), 0);
    rc = rec_vector_reader_attach(&r, in, &err);
    if (rc == 0) {
        while ((rc = rec_vector_next(r, &b, &err)) == 1) {
        }
        rec_vector_reader_free(r);
    } else {
        rec_stream_reader_close(in);
    }
    ck_assert_int_eq(rc, code);
    ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
    forge_release(f);
    scratch_close(&s);
}

/* One batch of ids and values, all but one thing right. */
static const struct {
    const char *param, *ids, *name;
    uint32_t dtype;
    size_t bytes; /* of VALUES; NONE: no such block */
    const float *values;
    uint64_t rows, items;
    int code;
    const char *words;
} wrong[] = {
    {"dimension 0\n", NULL, "", 0, NONE, NULL, 0, 0, REC_EFORMAT, "'Parm'"},
    {"dimension 65537\n", NULL, "", 0, NONE, NULL, 0, 0, REC_EFORMAT,
     "'Parm'"},
    {"dimension 2\nmore 1\n", NULL, "", 0, NONE, NULL, 0, 0, REC_EFORMAT,
     "'Parm'"},
    {NULL, NULL, "", 0, NONE, NULL, 0, 0, REC_ECORRUPT, "end block"},
    {NULL, "a\n", "", 0, NONE, NULL, 0, 1, REC_ECORRUPT, "does not belong"},
    {"dimension 2\n", "a\nb\n", "vectors", REC_F32, 8, good, 0, 2,
     REC_ECORRUPT, "do not fit the ids"},
    {"dimension 2\n", "a\n", "vectors", REC_F64, 16, good, 0, 1,
     REC_ECORRUPT, "do not fit the ids"},
    {"dimension 2\n", "a\n", "B", REC_F32, 8, good, 0, 1, REC_ECORRUPT,
     "do not fit the ids"},
    {"dimension 2\n", NULL, "vectors", REC_F32, 0, good, 0, 0, REC_ECORRUPT,
     "do not fit the ids"},
    {"dimension 2\n", "a\n", "", 0, NONE, NULL, 0, 1, REC_ECORRUPT,
     "and 0 vectors"},
    {"dimension 2\n", "a\na\n", "vectors", REC_F32, 16, good, 0, 2,
     REC_ECORRUPT, "given twice"},
    {"dimension 2\n", "a\nb\n", "vectors", REC_F32, 16, good, 0, 3,
     REC_ECORRUPT, "counts 3 ids"},
    {"dimension 2\n", "a\nb\n", "vectors", REC_F32, 16, good, 2, 2,
     REC_ECORRUPT, "end block"},
    {"dimension 1\n", "a\nb\n", "vectors", REC_F32, 8, bad, 0, 2,
     REC_ECORRUPT, "not a finite number"},
    {"dimension 1\n", "a\nb\n", "vectors", REC_F32, 8, bad + 2, 0, 2,
     REC_ECORRUPT, "not a finite number"},
};

START_TEST(forged)
{
    struct forge f;

    forge_begin(&f, "kind vectors\n");
    if (wrong[_i].param) {
        forge_text(&f, "Parm", wrong[_i].param);
    }
    if (wrong[_i].ids) {
        forge_text(&f, "Item", wrong[_i].ids);
    }
    if (wrong[_i].bytes != NONE) {
        values(&f, wrong[_i].name, wrong[_i].dtype, wrong[_i].values,
               wrong[_i].bytes);
    }
    forge_end(&f, wrong[_i].rows, 0, wrong[_i].items);
    refuse(&f, wrong[_i].code, wrong[_i].words);
}
END_TEST

START_TEST(other_kind)
{
    struct forge f;

    forge_begin(&f, "kind ranking\n");
    forge_end(&f, 0, 0, 0);
    refuse(&f, REC_EFORMAT, "holds 'ranking', not vectors");
}
END_TEST

START_TEST(writer_refuses)
{
    struct rec_vector_writer *w;
    struct rec_output *o;
    struct scratch s;

    scratch_open(&s);
    ck_assert_int_eq(rec_output_open(&o, s.path, &err), 0);
    ck_assert_int_eq(rec_vector_begin(&w, o, "", 0, 0, &err), REC_ELIMIT);
    ck_assert_int_eq(
        rec_vector_begin(&w, o, "", REC_VECTORS_MAX_DIM + 1, 0, &err),
        REC_ELIMIT);
    ck_assert_int_eq(rec_vector_begin(&w, o, "", 2, 0, &err), 0);
    ck_assert_int_eq(rec_vector_write(w, "x", 1, bad, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "'x'"));
    rec_vector_writer_free(w);
    rec_output_free(o);
    scratch_close(&s);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("vectors");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, round_trip, 0, sizeof shapes / sizeof *shapes);
    tcase_add_loop_test(t, forged, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(t, other_kind);
    tcase_add_test(t, writer_refuses);
    return suite_end("vectors", t);
}
