/* SPDX-License-Identifier: MIT */
/* Extra columns of rows: what is written comes back in every batch, items by
   id; names and values that cannot be are refused on both sides. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/rows.h"
#include "forge.h"
#include "io/stream_private.h"
#include "make_data.h"
#include "suite.h"

enum { ROWS = 5000, LEN = 9, ITEMS = 300 }; /* more than one batch */

static const struct rec_column three[] = {
    {"spread", REC_COLUMN_REAL},
    {"persona", REC_COLUMN_COUNT},
    {"medoid", REC_COLUMN_ITEM},
};

static float spread[LEN];
static uint32_t item[LEN], persona[LEN], medoid[LEN];

/* What row R holds: items of the second half only ever are medoids. */
static void make_row(size_t r)
{
    for (size_t i = 0; i < LEN; i++) {
        item[i] = (uint32_t)((r * 7 + i * 13) % (ITEMS / 2));
        spread[i] = (float)r / 8 + (float)i;
        persona[i] = (uint32_t)(r * 100000 + i);
        medoid[i] = (uint32_t)((r * 11 + i) % ITEMS);
    }
}

static struct rec_dict *make_items(void)
{
    struct rec_dict *d = rec_dict_new();
    struct rec_error err;

    for (uint32_t i = 0; i < ITEMS; i++) {
        char id[16];
        uint32_t index;
        int n = snprintf(id, sizeof id, "item%" PRIu32, i);

        SURE(rec_dict_add(d, id, (size_t)n, &index, &err) == 0);
    }
    return d;
}

static void write_rows(const struct scratch *s, const struct rec_dict *items)
{
    struct rec_head head = {"ranking", "", 0};
    const void *more[] = {spread, persona, medoid};
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, s->path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    ck_assert_int_eq(rec_row_writer_new(&rw, w, 0, items, &err), 0);
    ck_assert_int_eq(rec_row_columns(rw, three, 3, &err), 0);
    for (size_t r = 0; r < ROWS; r++) {
        char id[16];
        struct rec_row row = {id, 0, r % 10 ? LEN : 0, item, NULL, NULL};

        row.id_len = (size_t)snprintf(id, sizeof id, "%zu", r);
        make_row(r);
        SURE(rec_row_write_more(rw, &row, more, &err) == 0);
    }
    end_rows(rw, w, o);
}

static void sure_id(const struct rec_dict *d, uint32_t have, uint32_t want)
{
    size_t len;
    const char *id = rec_dict_id(d, have, &len);
    char expected[16];
    int n = snprintf(expected, sizeof expected, "item%" PRIu32, want);

    SURE(len == (size_t)n && memcmp(id, expected, len) == 0);
}

static void sure_row(const struct rec_batch *b, size_t at, size_t r,
                     const struct rec_dict *d)
{
    const float *real = b->more[0];
    const uint32_t *count = b->more[1], *other = b->more[2];
    size_t n = r % 10 ? LEN : 0;

    make_row(r);
    SURE(b->start[at + 1] - b->start[at] == n);
    for (size_t i = 0; i < n; i++) {
        size_t e = b->start[at] + i;

        sure_id(d, b->item[e], item[i]);
        sure_id(d, other[e], medoid[i]);
        SURE(count[e] == persona[i]);
        SURE(memcmp(&real[e], &spread[i], sizeof *real) == 0);
    }
}

START_TEST(round_trip)
{
    struct rec_dict *items = make_items();
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;
    struct scratch s;
    size_t r = 0, batches = 0;

    scratch_open(&s);
    write_rows(&s, items);
    ck_assert_int_eq(rec_row_reader_open(&in, s.path, NULL, &err), 0);
    while (rec_row_next(in, &b, &err) == 1) {
        ck_assert_uint_eq(b.columns, 3);
        ck_assert_mem_eq(b.column, three, sizeof three);
        for (size_t k = 0; k < b.rows; k++) {
            sure_row(&b, k, r++, rec_row_items(in));
        }
        batches++;
    }
    ck_assert_uint_eq(r, ROWS);
    ck_assert_uint_gt(batches, 1);
    rec_row_reader_close(in);
    rec_dict_free(items);
    scratch_close(&s);
}
END_TEST

/* ---- what is refused -------------------------------------------------- */

START_TEST(writer_refuses)
{
    static const struct rec_column bad[][2] = {
        {{"", REC_COLUMN_REAL}, {"b", REC_COLUMN_REAL}},
        {{"a b", REC_COLUMN_REAL}, {"b", REC_COLUMN_REAL}},
        {{"same", REC_COLUMN_REAL}, {"same", REC_COLUMN_COUNT}},
        {{"item", REC_COLUMN_ITEM}, {"number", REC_COLUMN_COUNT}},
    };
    struct rec_head head = {"ranking", "", 0};
    struct rec_dict *items = make_items();
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_output *o;
    struct rec_error err;
    struct scratch s;
    struct rec_row row = {"u", 1, 1, item, NULL, NULL};
    const void *more[] = {spread};

    scratch_open(&s);
    ck_assert_int_eq(rec_output_open(&o, s.path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    ck_assert_int_eq(rec_row_writer_new(&rw, w, 0, items, &err), 0);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ck_assert_int_eq(rec_row_columns(rw, bad[k], 2, &err), REC_EVALUE);
    }
    ck_assert_int_eq(rec_row_columns(rw, three, 9, &err), REC_EVALUE);
    ck_assert_int_eq(rec_row_columns(rw, three, 1, &err), 0);
    spread[0] = NAN;
    ck_assert_int_eq(rec_row_write_more(rw, &row, more, &err), REC_ENUMERIC);
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    rec_output_free(o);
    rec_dict_free(items);
    scratch_close(&s);
}
END_TEST

static void extra(struct forge *f, const char *type, const char *name,
                  uint32_t dtype, const void *data, size_t n)
{
    struct forge_header h = {type, name, 0, dtype, rec_crc(data, n), n, n};

    forge_raw(f, &h, data, n);
}

/* A batch of the user ID with two events, and the extra columns C. */
struct forged {
    const char *type, *name;
    uint32_t dtype;
    const void *data;
    size_t bytes;
};

static void batch(struct forge *f, const char *id, const struct forged *c,
                  size_t n)
{
    forge_text(f, "User", id);
    forge_block(f, "Rlen", REC_U32, (uint32_t[]){2}, 4);
    for (size_t k = 0; k < n; k++) {
        extra(f, c[k].type, c[k].name, c[k].dtype, c[k].data, c[k].bytes);
    }
    forge_block(f, "Ritm", REC_U32, (uint32_t[]){0, 1}, 8);
}

/* Read a stream of two users with these extra columns; REC_OK or the error. */
static int read_back(const struct forged *first, size_t n,
                     const struct forged *second, size_t m,
                     struct rec_error *err)
{
    struct forge f = {{NULL, 0, 0}, 0};
    struct rec_row_reader *in;
    struct rec_batch b;
    struct scratch s;
    int rc;

    forge_begin(&f, "kind ranking\n");
    forge_text(&f, "Item", "a\nb\n");
    batch(&f, "u\n", first, n);
    batch(&f, "v\n", second, m);
    forge_end(&f, 2, 4, 2);
    scratch_open(&s);
    scratch_put(&s, f.bytes.data, f.bytes.len);
    ck_assert_int_eq(rec_row_reader_open(&in, s.path, NULL, err), 0);
    do {
        rc = rec_row_next(in, &b, err);
    } while (rc == 1);
    rec_row_reader_close(in);
    scratch_close(&s);
    forge_release(&f);
    return rc;
}

START_TEST(reader_refuses)
{
    static const float real[] = {1, 2}, odd[] = {1, INFINITY};
    static const uint32_t count[] = {0, 1}, far[] = {0, 2};
    static const double wide[] = {1, 2};
    static const struct forged
        good = {"xcol", "spread", REC_F32, real, 8},
        good_item = {"xitm", "medoid", REC_U32, count, 8};
    static const struct forged bad[] = {
        {"xcol", "spread", REC_F32, odd, 8},  {"xcol", "", REC_F32, real, 8},
        {"xcol", "spread", REC_F32, real, 4}, {"xcol", "w", REC_F64, wide, 16},
        {"xitm", "medoid", REC_U32, far, 8},  {"xitm", "m", REC_F32, real, 8},
    };
    struct forged both[] = {good, good_item}, many[REC_MAX_COLUMNS + 1];
    struct rec_error err = {0, ""};

    ck_assert_int_eq(read_back(both, 2, both, 2, &err), 0);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ck_assert_int_eq(read_back(&bad[k], 1, &bad[k], 1, &err),
                         REC_ECORRUPT);
    }
    /* Other columns in the second batch: fewer, more, another. */
    ck_assert_int_eq(read_back(both, 2, both, 1, &err), REC_ECORRUPT);
    ck_assert_int_eq(read_back(both, 1, both, 2, &err), REC_ECORRUPT);
    ck_assert_int_eq(read_back(&good, 1, &good_item, 1, &err), REC_ECORRUPT);
    for (size_t k = 0; k <= REC_MAX_COLUMNS; k++) {
        many[k] = good;
    }
    ck_assert_int_eq(
        read_back(many, REC_MAX_COLUMNS + 1, many, REC_MAX_COLUMNS + 1, &err),
        REC_ECORRUPT);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {round_trip, writer_refuses, reader_refuses};

    return suite_run("columns", test, sizeof test / sizeof *test);
}
