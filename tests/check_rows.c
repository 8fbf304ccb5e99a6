/* SPDX-License-Identifier: MIT */
/* Unit tests of rows: what is written comes back, cut where rec-format(5)
   says, and what does not fit together is refused. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/dataset.h"
#include "data/rows.h"
#include "forge.h"
#include "io/stream_private.h"
#include "suite.h"

/* ---- a small world to write and to compare with ----------------------- */

struct world {
    struct rec_dict *items; /* more than the rows use, in another order */
    struct rec_dict *users;
    struct rec_csr m;
    unsigned columns;
};

static void add_item(struct rec_dict *d, unsigned i)
{
    struct rec_error err;
    uint32_t index;
    char s[40];
    int n = snprintf(s, sizeof s, i % 3 ? "%u" : "item number %u", i);

    ck_assert_int_eq(rec_dict_add(d, s, (size_t)n, &index, &err), 0);
}

/* ROWS rows whose lengths are LEN[r % lens]. */
static void world_make(struct world *w, size_t rows, const size_t *len,
                       size_t lens, unsigned columns, uint64_t seed)
{
    size_t events = 0;
    struct rec_rng r;

    memset(w, 0, sizeof *w);
    rec_rng_init(&r, seed);
    w->items = rec_dict_new();
    w->users = rec_dict_new();
    w->columns = columns;
    for (unsigned i = 0; i < 500; i++) {
        add_item(w->items, i);
    }
    w->m.rows = rows;
    w->m.cols = 500;
    w->m.start = rec_zalloc(rows + 1, sizeof *w->m.start);
    for (size_t i = 0; i < rows; i++) {
        add_item(w->users, (unsigned)i);
        events += len[i % lens];
        w->m.start[i + 1] = (int64_t)events;
    }
    w->m.item = rec_alloc(events, sizeof *w->m.item);
    w->m.weight = rec_alloc(events, sizeof *w->m.weight);
    w->m.time = rec_alloc(events, sizeof *w->m.time);
    for (size_t e = 0; e < events; e++) {
        w->m.item[e] = (uint32_t)rec_rng_below(&r, 400) + 50;
        w->m.weight[e] = (float)rec_rng_unit(&r) - 0.5f;
        w->m.time[e] = (int64_t)rec_rng_next(&r);
    }
}

static void world_release(struct world *w)
{
    rec_dict_free(w->items);
    rec_dict_free(w->users);
    rec_csr_release(&w->m);
}

static struct rec_row world_row(const struct world *w, size_t r)
{
    size_t at = (size_t)w->m.start[r], len;
    const char *id = rec_dict_id(w->users, (uint32_t)r, &len);
    struct rec_row row = {id,
                          len,
                          rec_csr_row_len(&w->m, r),
                          w->m.item + at,
                          w->columns & REC_COL_WEIGHT ? w->m.weight + at
                                                      : NULL,
                          w->columns & REC_COL_TIME ? w->m.time + at : NULL};

    return row;
}

static struct rec_stream_writer *begin(const struct scratch *s,
                                       struct rec_output **o,
                                       unsigned columns, int level)
{
    struct rec_head head = {"interactions", "train", columns};
    struct rec_stream_writer *w;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(o, s->path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, *o, &head, level, &err), 0);
    return w;
}

static void finish(struct rec_stream_writer *w, struct rec_row_writer *rw,
                   struct rec_output *o)
{
    struct rec_counts counts;
    struct rec_error err;

    ck_assert_int_eq(rec_row_finish(rw, &counts, &err), 0);
    ck_assert_int_eq(rec_stream_finish(w, &counts, "check 1\n", &err), 0);
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

static void world_write(const struct world *w, const struct scratch *s,
                        int level)
{
    struct rec_output *o;
    struct rec_stream_writer *sw = begin(s, &o, w->columns, level);
    struct rec_row_writer *rw;
    struct rec_error err;

    ck_assert_int_eq(rec_row_writer_new(&rw, sw, w->columns, w->items, &err),
                     0);
    for (size_t r = 0; r < w->m.rows; r++) {
        struct rec_row row = world_row(w, r);

        ck_assert_int_eq(rec_row_write(rw, &row, &err), 0);
    }
    finish(sw, rw, o);
}

/* ---- round trip ------------------------------------------------------- */

static void assert_same_id(const struct rec_dict *a, uint32_t i,
                           const struct rec_dict *b, uint32_t j)
{
    size_t na, nb;
    const char *pa = rec_dict_id(a, i, &na), *pb = rec_dict_id(b, j, &nb);

    SURE(na == nb);
    SURE(memcmp(pa, pb, na) == 0);
}

static void assert_same_row(const struct world *w, const struct rec_data *d,
                            size_t r)
{
    struct rec_row want = world_row(w, r), have = rec_data_row(d, r);

    SURE(have.id_len == want.id_len);
    SURE(memcmp(have.id, want.id, want.id_len) == 0);
    SURE(have.n == want.n);
    SURE(!have.weight == !want.weight && !have.time == !want.time);
    for (size_t i = 0; i < want.n; i++) {
        assert_same_id(w->items, want.item[i], d->items, have.item[i]);
        SURE(!want.weight
             || memcmp(&want.weight[i], &have.weight[i], 4) == 0);
        SURE(!want.time || want.time[i] == have.time[i]);
    }
}

static void assert_same(const struct world *w, const struct rec_data *d)
{
    uint32_t next = 0;

    SURE(d->rows.rows == w->m.rows);
    SURE(rec_csr_events(&d->rows) == rec_csr_events(&w->m));
    ck_assert_str_eq(d->head.kind, "interactions");
    ck_assert_str_eq(d->head.role, "train");
    SURE(d->head.columns == w->columns);
    ck_assert_str_eq(d->prov, "check 1\n");
    for (size_t r = 0; r < w->m.rows; r++) {
        assert_same_row(w, d, r);
    }
    /* Items are numbered by first use, and only those used are there. */
    for (size_t e = 0; e < rec_csr_events(&d->rows); e++) {
        SURE(d->rows.item[e] <= next);
        next += d->rows.item[e] == next;
    }
    SURE(rec_dict_count(d->items) == next);
    SURE(d->rows.cols == next);
}

static void round_trip(size_t rows, const size_t *len, size_t lens)
{
    for (unsigned columns = 0; columns < 4; columns++) {
        for (int level = 0; level <= 6; level += 6) {
            struct scratch s;
            struct scratch_pipe p;
            struct world w;
            struct rec_data d;
            struct rec_error err;
            uint8_t *bytes;
            size_t n;

            scratch_open(&s);
            world_make(&w, rows, len, lens, columns, 5);
            world_write(&w, &s, level);
            ck_assert_msg(rec_data_load(&d, s.path, "interactions", &err)
                              == 0,
                          "%s", err.text);
            assert_same(&w, &d);
            rec_data_release(&d);
            bytes = scratch_get(&s, &n);
            scratch_pipe_open(&p, bytes, n);
            ck_assert_int_eq(rec_data_load(&d, p.path, NULL, &err), 0);
            assert_same(&w, &d);
            rec_data_release(&d);
            scratch_pipe_close(&p);
            free(bytes);
            world_release(&w);
            scratch_close(&s);
        }
    }
}

START_TEST(many_rows)
{
    static const size_t len[] = {3, 1, 0, 7, 2, 0, 0, 12};

    round_trip(9000, len, 8);
}
END_TEST

START_TEST(long_rows)
{
    static const size_t len[] = {40000, 1, 20000, 0, 15000};

    round_trip(6, len, 5);
}
END_TEST

START_TEST(no_rows)
{
    static const size_t len[] = {1};

    round_trip(0, len, 1);
}
END_TEST

START_TEST(only_empty_rows)
{
    static const size_t len[] = {0};

    round_trip(3, len, 1);
}
END_TEST

START_TEST(weights_default_to_one)
{
    struct scratch s;
    struct world w;
    struct rec_output *o;
    struct rec_stream_writer *sw;
    struct rec_row_writer *rw;
    struct rec_row row;
    struct rec_data d;
    struct rec_error err;
    size_t len = 3;

    scratch_open(&s);
    world_make(&w, 1, &len, 1, 0, 1);
    sw = begin(&s, &o, REC_COL_WEIGHT, 0);
    ck_assert_int_eq(
        rec_row_writer_new(&rw, sw, REC_COL_WEIGHT, w.items, &err), 0);
    row = world_row(&w, 0);
    ck_assert_int_eq(rec_row_write(rw, &row, &err), 0);
    finish(sw, rw, o);
    ck_assert_int_eq(rec_data_load(&d, s.path, NULL, &err), 0);
    for (size_t i = 0; i < len; i++) {
        ck_assert(d.rows.weight[i] == 1.0f);
    }
    rec_data_release(&d);
    world_release(&w);
    scratch_close(&s);
}
END_TEST

START_TEST(writer_refuses_odd_weights)
{
    static const float odd[] = {(float)INFINITY, (float)-INFINITY,
                                (float)NAN};
    struct scratch s;
    struct world w;
    size_t len = 1;

    scratch_open(&s);
    world_make(&w, 1, &len, 1, REC_COL_WEIGHT, 1);
    for (int i = 0; i < 3; i++) {
        struct rec_output *o;
        struct rec_stream_writer *sw = begin(&s, &o, REC_COL_WEIGHT, 0);
        struct rec_row row = world_row(&w, 0);
        struct rec_row_writer *rw;
        struct rec_error err;

        ck_assert_int_eq(
            rec_row_writer_new(&rw, sw, REC_COL_WEIGHT, w.items, &err), 0);
        row.weight = &odd[i];
        ck_assert_int_eq(rec_row_write(rw, &row, &err), REC_ENUMERIC);
        rec_row_writer_free(rw);
        rec_stream_writer_free(sw);
        rec_output_free(o);
    }
    world_release(&w);
    scratch_close(&s);
}
END_TEST

/* ---- where batches are cut -------------------------------------------- */

/* The rows of the first batches must be WANT (ended by 0). */
static void assert_cuts(const struct world *w, const size_t *want)
{
    struct scratch s;
    struct rec_row_reader *r;
    struct rec_batch b;
    struct rec_error err;
    size_t rows = 0;

    scratch_open(&s);
    world_write(w, &s, 0);
    ck_assert_int_eq(rec_row_reader_open(&r, s.path, NULL, &err), 0);
    while (rec_row_next(r, &b, &err) == 1) {
        rows += b.rows;
        if (*want) {
            ck_assert_uint_eq(b.rows, *want++);
        }
    }
    ck_assert_uint_eq(*want, 0);
    ck_assert_uint_eq(rows, w->m.rows);
    rec_row_reader_close(r);
    scratch_close(&s);
}

START_TEST(cut_by_rows)
{
    static const size_t len[] = {1}, want[] = {4096, 4096, 1, 0};
    struct world w;

    world_make(&w, 8193, len, 1, 0, 1);
    assert_cuts(&w, want);
    world_release(&w);
}
END_TEST

START_TEST(cut_by_events)
{
    static const size_t len[] = {32768, 0, 1, 32767, 1, 32769, 0, 2},
                        want[] = {2, 2, 1, 1, 2, 0};
    struct world w;

    world_make(&w, 8, len, 8, 0, 1);
    assert_cuts(&w, want);
    world_release(&w);
}
END_TEST

START_TEST(cut_by_text)
{
    static const size_t len[] = {1}, want[] = {256, 44, 0};
    static char id[REC_MAX_ID];
    struct rec_error err;
    struct world w;
    uint32_t index;

    world_make(&w, 300, len, 1, 0, 1);
    rec_dict_free(w.users);
    w.users = rec_dict_new();
    memset(id, 'x', sizeof id);
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "%09d", i);
        id[9] = 'x';
        ck_assert_int_eq(rec_dict_add(w.users, id, sizeof id, &index, &err),
                         0);
    }
    assert_cuts(&w, want);
    world_release(&w);
}
END_TEST

/* ---- refusals --------------------------------------------------------- */

static int load(const struct forge *f, struct rec_error *err)
{
    struct scratch s;
    struct rec_data d;
    int rc;

    scratch_open(&s);
    scratch_put(&s, f->bytes.data, f->bytes.len);
    rc = rec_data_load(&d, s.path, NULL, err);
    if (rc == 0) {
        rec_data_release(&d);
    } else {
        ck_assert_ptr_nonnull(strstr(err->text, s.path));
    }
    scratch_close(&s);
    return rc;
}

static void refused(struct forge *f, int code, const char *part)
{
    struct rec_error err = {0, ""};
    int rc = load(f, &err);

    ck_assert_msg(rc == code, "got %d (%s), not %d (%s)", rc, err.text, code,
                  part);
    ck_assert_msg(strstr(err.text, part) != NULL, "'%s' lacks '%s'", err.text,
                  part);
    forge_release(f);
}

static void accepted(struct forge *f)
{
    struct rec_error err = {0, ""};

    ck_assert_msg(load(f, &err) == 0, "%s", err.text);
    forge_release(f);
}

/* The pieces of a right stream of two users; each may be replaced. */
struct parts {
    const char *head, *items, *users;
    uint32_t len[3], item[3];
    float weight[3];
    size_t lens, weights, item_n;
    int with_weights;
    const char *after_items, *in_batch; /* types of extra blocks */
};

static const struct parts right = {"kind interactions\ncolumns weight\n",
                                   "a\nb\n",
                                   "u\nv\n",
                                   {2, 1, 0},
                                   {0, 1, 1},
                                   {1, 2, 3},
                                   2,
                                   3,
                                   3,
                                   1,
                                   NULL,
                                   NULL};

static void forge_rows(struct forge *f, const struct parts *p)
{
    forge_begin(f, p->head);
    forge_text(f, "Item", p->items);
    if (p->after_items) {
        forge_text(f, p->after_items, "x");
    }
    forge_text(f, "User", p->users);
    if (p->in_batch) {
        forge_text(f, p->in_batch, "x");
    }
    forge_block(f, "Rlen", REC_U32, p->len, p->lens * 4);
    if (p->with_weights) {
        forge_block(f, "Rwgt", REC_F32, p->weight, p->weights * 4);
    }
    forge_block(f, "Ritm", REC_U32, p->item, p->item_n * 4);
}

static void parts_refused(const struct parts *p, const char *why)
{
    struct forge f;

    forge_rows(&f, p);
    forge_end(&f, 2, 3, 2);
    refused(&f, REC_ECORRUPT, why);
}

START_TEST(right_parts)
{
    struct parts p = right;
    struct forge f;

    forge_rows(&f, &p);
    forge_end(&f, 2, 3, 2);
    accepted(&f);
    p.after_items = p.in_batch = "xtra"; /* may be skipped */
    forge_rows(&f, &p);
    forge_text(&f, "ztra", "x");
    forge_end(&f, 2, 3, 2);
    accepted(&f);
}
END_TEST

START_TEST(unknown_blocks)
{
    struct parts p = right;
    struct forge f;

    p.after_items = "Xtra";
    parts_refused(&p, "does not belong");
    p = right;
    p.in_batch = "Rxyz";
    parts_refused(&p, "does not belong");
    p.in_batch = "Item";
    parts_refused(&p, "does not belong");
    p.in_batch = "User";
    parts_refused(&p, "does not belong");
    p = right;
    p.after_items = "Rlen";
    parts_refused(&p, "does not belong");
    forge_rows(&f, &right);
    forge_text(&f, "Arry", "x");
    forge_end(&f, 2, 3, 2);
    refused(&f, REC_ECORRUPT, "does not belong");
}
END_TEST

START_TEST(ids)
{
    static const char *const bad[] = {"a\nb",     "a\n\nb\n",   "\n",
                                      "a\tb\n",   "a\r\nb\r\n", "a\na\n",
                                      "b\na\nb\n"};
    static char longest[REC_MAX_ID + 3];
    struct parts p;
    struct forge f;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        p = right;
        p.items = bad[i];
        parts_refused(&p, i < 5 ? "list of ids" : "given twice");
        if (i < 5) {
            p = right;
            p.users = bad[i];
            parts_refused(&p, "list of ids");
        }
    }
    memset(longest, 'x', REC_MAX_ID + 1);
    longest[REC_MAX_ID + 1] = '\n';
    p = right;
    p.users = longest;
    parts_refused(&p, "list of ids");
    p = right;
    p.users = "";
    parts_refused(&p, "no rows");
    forge_begin(&f, right.head);
    forge_block(&f, "Item", REC_BYTES, "a\0\n", 3);
    forge_end(&f, 0, 0, 1);
    refused(&f, REC_ECORRUPT, "list of ids");
    forge_begin(&f, right.head);
    forge_block(&f, "Item", REC_U32, "abc\n", 4);
    forge_end(&f, 0, 0, 1);
    refused(&f, REC_ECORRUPT, "list of ids");
    forge_begin(&f, right.head);
    forge_block(&f, "User", REC_U32, "abc\n", 4);
    forge_end(&f, 1, 0, 0);
    refused(&f, REC_ECORRUPT, "list of ids");
}
END_TEST

START_TEST(counts_within)
{
    struct parts p = right;

    p.lens = 1;
    parts_refused(&p, "row lengths");
    p.lens = 3;
    parts_refused(&p, "row lengths");
    p = right;
    p.len[0] = 3;
    parts_refused(&p, "column does not fit");
    p.len[0] = 1;
    parts_refused(&p, "column does not fit");
    p.len[0] = REC_MAX_ROW + 1;
    parts_refused(&p, "too long");
    p.len[0] = UINT32_MAX;
    parts_refused(&p, "too long");
    p = right;
    p.weights = 2;
    parts_refused(&p, "column does not fit");
    p = right;
    p.item_n = 2;
    parts_refused(&p, "column does not fit");
    p = right;
    p.item[1] = 2;
    parts_refused(&p, "not in the dictionary");
    p.item[1] = UINT32_MAX;
    parts_refused(&p, "not in the dictionary");
    p = right;
    p.with_weights = 0;
    parts_refused(&p, "columns differ");
    p = right;
    p.head = "kind interactions\n";
    parts_refused(&p, "columns differ");
    p.head = "kind interactions\ncolumns weight time\n";
    parts_refused(&p, "columns differ");
}
END_TEST

START_TEST(values)
{
    struct parts p = right;

    p.weight[2] = (float)NAN;
    parts_refused(&p, "finite");
    p.weight[2] = (float)-INFINITY;
    parts_refused(&p, "finite");
}
END_TEST

START_TEST(columns_of_a_wrong_kind)
{
    struct parts p = right;
    struct forge f;

    p.item_n = 0; /* then what follows is by hand */
    for (int wrong = 0; wrong < 5; wrong++) {
        forge_begin(&f, p.head);
        forge_text(&f, "Item", p.items);
        forge_text(&f, "User", p.users);
        forge_block(&f, "Rlen", wrong == 0 ? REC_F32 : REC_U32, p.len, 8);
        forge_block(&f, "Rwgt", wrong == 1 ? REC_U32 : REC_F32, p.weight, 12);
        if (wrong == 2) {
            forge_block(&f, "Rwgt", REC_F32, p.weight, 12);
        }
        if (wrong == 3) {
            forge_block(&f, "Rlen", REC_U32, p.len, 8);
        }
        forge_block(&f, "Ritm", wrong == 4 ? REC_F32 : REC_U32, p.item, 12);
        forge_end(&f, 2, 3, 2);
        refused(&f, REC_ECORRUPT, "damaged");
    }
    forge_begin(&f, p.head); /* weights before the lengths */
    forge_text(&f, "Item", p.items);
    forge_text(&f, "User", p.users);
    forge_block(&f, "Rwgt", REC_F32, p.weight, 12);
    forge_end(&f, 2, 3, 2);
    refused(&f, REC_ECORRUPT, "does not fit");
}
END_TEST

START_TEST(names_do_not_belong)
{
    struct forge_header h = {"Item", "x", 0, REC_BYTES, rec_crc("a\n", 2),
                             2,      2};
    struct forge f;

    forge_begin(&f, right.head);
    forge_raw(&f, &h, "a\n", 2);
    forge_end(&f, 0, 0, 1);
    refused(&f, REC_ECORRUPT, "name");
}
END_TEST

START_TEST(counts_at_the_end)
{
    static const uint64_t count[][3] = {
        {1, 3, 2}, {3, 3, 2}, {2, 2, 2},         {2, 4, 2},
        {2, 3, 1}, {2, 3, 3}, {UINT64_MAX, 3, 2}};
    struct forge f;

    for (size_t i = 0; i < sizeof count / sizeof *count; i++) {
        forge_rows(&f, &right);
        forge_end(&f, count[i][0], count[i][1], count[i][2]);
        refused(&f, REC_ECORRUPT, "end block counts");
    }
    forge_begin(&f, right.head);
    forge_text(&f, "Item", "a\n");
    forge_text(&f, "User", "u\n");
    forge_end(&f, 0, 0, 1);
    refused(&f, REC_ECORRUPT, "not complete");
}
END_TEST

START_TEST(user_twice)
{
    struct parts p = right;
    struct forge f;

    p.users = "u\nu\n";
    forge_rows(&f, &p);
    forge_end(&f, 2, 3, 2);
    refused(&f, REC_EREPEAT, "user 'u' is given twice");
}
END_TEST

START_TEST(kinds)
{
    struct forge f;
    struct scratch s;
    struct rec_data d;
    struct rec_error err;

    scratch_open(&s);
    forge_begin(&f, "kind ranking\n");
    forge_end(&f, 0, 0, 0);
    scratch_put(&s, f.bytes.data, f.bytes.len);
    ck_assert_int_eq(rec_data_load(&d, s.path, "interactions", &err),
                     REC_EFORMAT);
    ck_assert_int_eq(rec_data_load(&d, s.path, "ranking", &err), 0);
    rec_data_release(&d);
    forge_release(&f);
    scratch_close(&s);
    forge_begin(&f, "kind model/ease\n");
    forge_end(&f, 0, 0, 0);
    refused(&f, REC_EFORMAT, "model/ease");
}
END_TEST

/* ---- every byte ------------------------------------------------------- */

/* A batch of 4 users with 5 events each, regular enough to be deflated. */
static void write_batch(struct rec_stream_writer *w, const char *items,
                        const char *users)
{
    uint32_t len[4] = {5, 5, 5, 5}, item[20];
    int64_t time[20];
    float weight[20];
    struct rec_error err;

    for (uint32_t e = 0; e < 20; e++) {
        item[e] = e % 5;
        weight[e] = 2;
        time[e] = 1000000000;
    }
    ck_assert(
        rec_stream_write(w, "Item", "", REC_BYTES, items, strlen(items), &err)
            == 0
        && rec_stream_write(w, "User", "", REC_BYTES, users, strlen(users),
                            &err)
               == 0
        && rec_stream_write(w, "Rlen", "", REC_U32, len, sizeof len, &err)
               == 0
        && rec_stream_write(w, "Rwgt", "", REC_F32, weight, sizeof weight,
                            &err)
               == 0
        && rec_stream_write(w, "Rtim", "", REC_I64, time, sizeof time, &err)
               == 0
        && rec_stream_write(w, "Ritm", "", REC_U32, item, sizeof item, &err)
               == 0);
}

static void flip_all(int level)
{
    struct rec_counts counts = {0, 8, 40, 6};
    struct rec_stream_writer *w;
    struct rec_output *o;
    struct scratch s;
    struct rec_data d;
    struct rec_error err;
    uint8_t *p;
    size_t n;

    scratch_open(&s);
    w = begin(&s, &o, REC_COL_WEIGHT | REC_COL_TIME, level);
    write_batch(w, "item 1\nitem 2\nitem 3\nitem 4\nitem 5\n",
                "user 1\nuser 2\nuser 3\nuser 4\n");
    write_batch(w, "item 6\n", "user 5\nuser 6\nuser 7\nuser 8\n");
    SURE(rec_stream_finish(w, &counts, "check 1\ncheck 2\ncheck 3\n", &err)
         == 0);
    rec_stream_writer_free(w);
    SURE(rec_output_flush(o, &err) == 0);
    SURE(rec_output_rename(o, &err) == 0);
    rec_output_free(o);
    p = scratch_get(&s, &n);
    for (size_t i = 0; i < n; i++) {
        for (int bit = 0; bit < 2; bit++) {
            uint8_t mask = bit ? 0xff : (uint8_t)(1 << i % 8);

            scratch_poke(&s, i, p[i] ^ mask);
            if (!(rec_data_load(&d, s.path, NULL, &err) < 0)) {
                ck_abort_msg("byte %zu of %zu", i, n);
            }
        }
        scratch_poke(&s, i, p[i]);
    }
    SURE(rec_data_load(&d, s.path, NULL, &err) == 0);
    rec_data_release(&d);
    for (size_t cut = n; cut-- > 0;) {
        scratch_cut(&s, cut);
        if (!(rec_data_load(&d, s.path, NULL, &err) < 0)) {
            ck_abort_msg("cut at %zu of %zu", cut, n);
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

int main(void)
{
    const TTest *const test[] = {many_rows,
                                 long_rows,
                                 no_rows,
                                 only_empty_rows,
                                 weights_default_to_one,
                                 writer_refuses_odd_weights,
                                 cut_by_rows,
                                 cut_by_events,
                                 cut_by_text,
                                 right_parts,
                                 unknown_blocks,
                                 ids,
                                 counts_within,
                                 values,
                                 columns_of_a_wrong_kind,
                                 names_do_not_belong,
                                 counts_at_the_end,
                                 user_twice,
                                 kinds,
                                 every_byte_plain,
                                 every_byte_deflated};

    return suite_run("rows", test, sizeof test / sizeof *test);
}
