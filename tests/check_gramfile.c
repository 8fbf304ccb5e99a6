/* SPDX-License-Identifier: MIT */
/* Sets of users, changes between two states, and Gram matrices on streams:
   written and read back, and forged ones refused. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/changes.h"
#include "data/gramfile.h"
#include "forge.h"
#include "make_data.h"
#include "suite.h"

static struct rec_error err;

/* ---- sets of users ----------------------------------------------------- */

/* The set of the numbers below 64 whose bit is set. */
static struct rec_userset bits_set(uint64_t bits)
{
    struct rec_userset s = {rec_alloc(64, sizeof *s.hash), 0};

    ck_assert_ptr_nonnull(s.hash);
    for (uint64_t i = 0; i < 64; i++) {
        if (bits >> i & 1) {
            s.hash[s.n++] = i << 58 | 5; /* also above 2^63 */
        }
    }
    return s;
}

static uint64_t set_bits(struct rec_userset *s)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < s->n; i++) {
        ck_assert(i == 0 || s->hash[i - 1] < s->hash[i]);
        bits |= (uint64_t)1 << (s->hash[i] >> 58);
    }
    rec_userset_release(s);
    return bits;
}

START_TEST(sets)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 1);
    for (int round = 0; round < 200; round++) {
        uint64_t x = rec_rng_next(&rng) & rec_rng_next(&rng);
        uint64_t y = round % 7 ? rec_rng_next(&rng) : 0;
        struct rec_userset a = bits_set(x), b = bits_set(y), c;

        ck_assert_int_eq(rec_userset_union(&c, &a, &b, &err), 0);
        ck_assert_uint_eq(set_bits(&c), x | y);
        ck_assert_int_eq(rec_userset_minus(&c, &a, &b, &err), 0);
        ck_assert_uint_eq(set_bits(&c), x & ~y);
        ck_assert_int_eq(rec_userset_minus(&c, &b, &a, &err), 0);
        ck_assert_uint_eq(set_bits(&c), y & ~x);
        ck_assert_uint_eq(rec_userset_common(&a, &b),
                          (size_t)__builtin_popcountll(x & y));
        rec_userset_release(&a);
        rec_userset_release(&b);
    }
}
END_TEST

START_TEST(set_of_ids)
{
    struct rec_dict *d = rec_dict_new();
    static const uint8_t skip[] = {0, 1, 0};
    struct rec_userset s;
    uint64_t a = rec_hash_id("anna", 4), c = rec_hash_id("cleo", 4);
    uint32_t index;

    ck_assert_int_eq(rec_dict_add(d, "anna", 4, &index, &err), 0);
    ck_assert_int_eq(rec_dict_add(d, "bob", 3, &index, &err), 0);
    ck_assert_int_eq(rec_dict_add(d, "cleo", 4, &index, &err), 0);
    ck_assert_int_eq(rec_userset_make(&s, d, skip, &err), 0);
    ck_assert_uint_eq(s.n, 2);
    ck_assert_uint_eq(s.hash[0], a < c ? a : c);
    ck_assert_uint_eq(s.hash[1], a < c ? c : a);
    rec_userset_release(&s);
    ck_assert_int_eq(rec_userset_make(&s, d, NULL, &err), 0);
    ck_assert_uint_eq(s.n, 3);
    rec_userset_release(&s);
    rec_dict_free(d);
}
END_TEST

/* ---- changes ----------------------------------------------------------- */

/* The rows of M by ITEMS as text: "a b=2; c". */
static char *show_rows(const struct rec_csr *m, const struct rec_dict *items)
{
    struct rec_buf b = {NULL, 0, 0};
    int rc = rec_buf_add(&b, "", 0);

    for (size_t r = 0; r < m->rows; r++) {
        rc |= rec_buf_addf(&b, r ? ";" : "");
        for (int64_t e = m->start[r]; e < m->start[r + 1]; e++) {
            size_t len;
            const char *id = rec_dict_id(items, m->item[e], &len);

            rc |= rec_buf_addf(&b, "%s%.*s", r || e ? " " : "", (int)len, id);
            if (m->weight) {
                rc |= rec_buf_addf(&b, "=%g", (double)m->weight[e]);
            }
        }
    }
    ck_assert_int_eq(rc, 0);
    return b.data;
}

static void check_changes(const char *old_text, const char *new_text,
                          int weights, const char *before, const char *after)
{
    struct rec_data old = make_data(old_text), now = make_data(new_text);
    struct rec_changes c;
    char *got;

    ck_assert_int_eq(rec_changes_make(&c, &old, &now, weights, &err), 0);
    got = show_rows(&c.before, c.items);
    ck_assert_str_eq(got, before);
    free(got);
    got = show_rows(&c.after, c.items);
    ck_assert_str_eq(got, after);
    free(got);
    ck_assert_uint_eq(c.old.n, c.before.rows);
    ck_assert_uint_eq(c.users.n, c.after.rows);
    ck_assert_uint_eq(c.before.cols, rec_dict_count(c.items));
    ck_assert_uint_eq(c.after.cols, rec_dict_count(c.items));
    rec_changes_release(&c);
    rec_data_release(&old);
    rec_data_release(&now);
}

START_TEST(changes)
{
    /* The same in another order, more, fewer, others, gone, new. */
    check_changes("u a b c; v a; w a b; x a; y d",
                  "z e; x b; w b; v c a; u c a b", 0,
                  "a; a b; a; d", "e; b; b; c a");
    check_changes("", "u a b", 0, "", "a b");
    check_changes("u a b", "", 0, "a b", "");
    check_changes("u a b; v", "v; u b a", 0, "", "");
    check_changes("u a=1@1 b=2@2", "u b=2@5 a=1@7", 1, "", "");
    check_changes("u a=1 b=2; v c=3", "u b=1 a=2; v c=3", 1, "a=1 b=2",
                  "b=1 a=2");
    check_changes("u a=1 b=2; v c=3", "u b=1 a=2; v c=3", 0, "", "");
    check_changes("u a b", "u a=1 b=1", 1, "", "");
    /* A row with an item twice is not the one that has both. */
    check_changes("u a b", "u a a", 0, "a b", "a a");
    check_changes("u a a", "u a b", 0, "a a", "a b");
}
END_TEST

/* ---- strips ------------------------------------------------------------ */

START_TEST(strip_rule)
{
    static const uint32_t sizes[] = {1,       2,       1447,    1448, 1500,
                                     5000,    600000,  1048575, 1 << 20,
                                     1 << 24};

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint32_t n = sizes[s], first = 0, last = n;
        size_t room = rec_gram_strip_room(n), strips = 0, places = 0;

        /* Of the largest, the beginning and the end are enough. */
        while (first < n) {
            uint32_t rows = rec_gram_strip_rows(n, first);
            size_t size = rec_gram_strip_size(n, first, rows);

            SURE(rows >= 1 && first + rows <= n);
            SURE(rows == 1 || size <= 1 << 20);
            SURE(first + rows == n || size + (n - first - rows) > 1 << 20);
            SURE(size <= room);
            places += size;
            first += rows;
            if (++strips == 1000 && last - first > 10000) {
                places = rec_gram_strip_size(n, 0, last - 5000);
                first = last - 5000;
            }
        }
        ck_assert_uint_eq(places, (size_t)n * ((size_t)n + 1) / 2);
    }
}
END_TEST

static void make_head(struct rec_gram_head *h, uint32_t n)
{
    memset(h, 0, sizeof *h);
    h->weights = 1;
    h->items = rec_dict_new();
    h->count = rec_alloc(n, sizeof *h->count);
    h->users = bits_set(0x8100000000000201u);
    h->old = bits_set(0x4u);
    for (uint32_t i = 0; i < n; i++) {
        char id[16];
        uint32_t index;
        int len = snprintf(id, sizeof id, "item %u", i);

        ck_assert_int_eq(rec_dict_add(h->items, id, (size_t)len, &index, &err),
                         0);
        h->count[i] = i * 0.5 - 3;
    }
}

/* What place (I, J) of the test matrix holds: dense above, sparse below. */
static double entry(uint32_t i, uint32_t j)
{
    return i < 900 ? 1 + i * 0x1p-20 - j : (i * 31 + j) % 11 ? 0 : -(double)j;
}

static void write_matrix(const char *path, const struct rec_gram_head *h,
                         int level)
{
    uint32_t n = rec_dict_count(h->items);
    double *packed = rec_alloc(rec_gram_strip_room(n), sizeof *packed);
    struct rec_stream_writer *w;
    struct rec_output *o;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_gram_begin(&w, o, level, h, &err), 0);
    for (uint32_t first = 0; first < n;) {
        uint32_t rows = rec_gram_strip_rows(n, first);
        size_t at = 0;

        for (uint32_t i = first; i < first + rows; i++) {
            for (uint32_t j = i; j < n; j++) {
                packed[at++] = entry(i, j);
            }
        }
        ck_assert_uint_eq(at, rec_gram_strip_size(n, first, rows));
        ck_assert_int_eq(rec_gram_write(w, n, first, packed, &err), 0);
        first += rows;
    }
    ck_assert_int_eq(rec_gram_finish(w, n, "made\n", &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    free(packed);
}

static struct rec_gram_reader *open_gram(const char *path)
{
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;

    ck_assert_int_eq(rec_stream_reader_open(&in, path, &err), 0);
    ck_assert_int_eq(rec_gram_reader_attach(&r, in, &err), 0);
    return r;
}

static void check_strip(const struct rec_gram_strip *s, uint32_t n)
{
    for (uint32_t k = 0; k < s->rows; k++) {
        uint32_t i = s->first + k, j = i;

        for (size_t e = s->start[k]; e < s->start[k + 1]; e++, j++) {
            for (; j < s->col[e]; j++) {
                SURE(entry(i, j) == 0);
            }
            SURE(j == s->col[e] && s->value[e] == entry(i, j));
        }
        for (; j < n; j++) {
            SURE(entry(i, j) == 0);
        }
    }
}

static void check_round_trip(uint32_t n, int level)
{
    struct rec_gram_head h;
    const struct rec_gram_head *got;
    struct rec_gram_reader *r;
    struct rec_gram_strip s;
    struct scratch file;
    uint32_t row = 0;
    int rc;

    make_head(&h, n);
    scratch_open(&file);
    write_matrix(file.path, &h, level);
    r = open_gram(file.path);
    got = rec_gram_reader_head(r);
    ck_assert_int_eq(got->weights, 1);
    ck_assert_uint_eq(rec_dict_count(got->items), n);
    ck_assert_uint_eq(got->users.n, 4);
    ck_assert_mem_eq(got->users.hash, h.users.hash, 32);
    ck_assert_uint_eq(got->old.n, 1);
    ck_assert_uint_eq(got->old.hash[0], h.old.hash[0]);
    ck_assert_mem_eq(got->count, h.count, n * sizeof *h.count);
    while ((rc = rec_gram_next(r, &s, &err)) == 1) {
        ck_assert_uint_eq(s.first, row);
        check_strip(&s, n);
        row += s.rows;
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(row, n);
    ck_assert_str_eq(rec_stream_prov(rec_gram_reader_stream(r)), "made\n");
    rec_gram_reader_free(r);
    scratch_close(&file);
    rec_gram_head_release(&h);
}

START_TEST(round_trip)
{
    check_round_trip(0, 0);
    check_round_trip(1, 0);
    check_round_trip(7, 1);
    check_round_trip(2500, 0);
}
END_TEST

START_TEST(too_large)
{
    ck_assert_uint_eq(REC_GRAM_MAX_ITEMS * sizeof(double), REC_MAX_BLOCK);
}
END_TEST

/* ---- forged ------------------------------------------------------------ */

/* A gram of three items, right but for what a case changes. */
struct parts {
    const char *param;
    uint64_t users[2];
    double count[3];
    size_t counts; /* bytes of them */
    uint32_t len[3], col[4];
    double value[4];
    size_t cols, values; /* how many */
    int no_len, no_col, twice, extra_len, drop_strip;
    uint64_t items; /* in the end block */
};

static const struct parts good = {"weights 0\n", {1, 9},       {2, 1, 2}, 24,
                                  {2, 1, 1},     {0, 2, 1, 2}, {2, 1, 1, 2},
                                  4,             4,            0,         0,
                                  0,             0,            0,         3};

static void forge_strip(struct forge *f, const struct parts *p)
{
    if (!p->no_len) {
        forge_block(f, "Glen", REC_U32, p->len, sizeof p->len);
    }
    if (p->extra_len) {
        forge_block(f, "Glen", REC_U32, p->len, sizeof p->len);
    }
    forge_text(f, "note", "may be skipped");
    if (!p->no_col) {
        forge_block(f, "Gcol", REC_U32, p->col, p->cols * 4);
    }
    forge_block(f, "Gval", REC_F64, p->value, p->values * 8);
}

/* The first error of reading the forged stream; "" when there is none. */
static const char *judge(const struct parts *p)
{
    struct forge f;
    struct scratch file;
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;
    struct rec_gram_strip s;
    int rc;

    forge_begin(&f, "kind gram\n");
    forge_text(&f, "Parm", p->param);
    forge_block(&f, "Gusr", REC_I64, p->users, sizeof p->users);
    forge_text(&f, "Item", "a\nb\nc\n");
    forge_block(&f, "Gcnt", REC_F64, p->count, p->counts);
    for (int i = 0; i < 1 + p->twice - p->drop_strip; i++) {
        forge_strip(&f, p);
    }
    forge_end(&f, 0, 0, p->items);
    scratch_open(&file);
    scratch_put(&file, f.bytes.data, f.bytes.len);
    forge_release(&f);
    err.text[0] = '\0';
    ck_assert_int_eq(rec_stream_reader_open(&in, file.path, &err), 0);
    rc = rec_gram_reader_attach(&r, in, &err);
    if (rc != 0) {
        rec_stream_reader_close(in);
    } else {
        while ((rc = rec_gram_next(r, &s, &err)) == 1) {
        }
        rec_gram_reader_free(r);
    }
    scratch_close(&file);
    ck_assert_int_eq(rc, !*err.text       ? 0
                         : strstr(err.text, "not known") ? REC_EFORMAT
                                                         : REC_ECORRUPT);
    return err.text;
}

static void refuse(const struct parts *p, const char *why)
{
    ck_assert_ptr_nonnull(strstr(judge(p), why));
}

START_TEST(forged)
{
    struct parts p = good;

    ck_assert_str_eq(judge(&p), "");
    p.param = "weights 2\n";
    refuse(&p, "not known to this version");
    p = good, p.users[1] = 1;
    refuse(&p, "the users are not in order");
    p = good, p.counts = 16;
    refuse(&p, "the counts do not fit");
    p = good, p.count[1] = (double)NAN;
    refuse(&p, "a count is not a finite");
    p = good, p.value[3] = (double)INFINITY;
    refuse(&p, "a value is not a finite");
    p = good, p.len[2] = 2;
    refuse(&p, "a row is too long");
    p = good, p.len[0] = 1;
    refuse(&p, "the columns do not fit");
    p = good, p.cols = 3;
    refuse(&p, "the columns do not fit");
    p = good, p.values = 3;
    refuse(&p, "the values do not fit");
    p = good, p.col[1] = 3;
    refuse(&p, "the columns are not in order");
    p = good, p.col[2] = 0;
    refuse(&p, "the columns are not in order");
    p = good, p.col[1] = 0;
    refuse(&p, "the columns are not in order");
    p = good, p.no_len = 1;
    refuse(&p, "the columns do not fit");
    p = good, p.no_col = 1;
    refuse(&p, "the values do not fit");
    p = good, p.no_col = p.no_len = 1;
    refuse(&p, "the values do not fit");
    p = good, p.extra_len = 1;
    refuse(&p, "row lengths do not fit");
    p = good, p.twice = 1;
    refuse(&p, "does not belong here");
    p = good, p.drop_strip = 1;
    refuse(&p, "there are 0 rows of 3 items");
    p = good, p.items = 4;
    refuse(&p, "there are 3 rows of 3 items");
}
END_TEST

/* The wrong kind; a head that ends early. */
START_TEST(no_gram)
{
    struct forge f;
    struct scratch file;
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;

    for (int kind = 0; kind < 2; kind++) {
        forge_begin(&f, kind ? "kind gram\n" : "kind ranking\n");
        forge_text(&f, "Parm", "weights 0\n");
        forge_end(&f, 0, 0, 0);
        scratch_open(&file);
        scratch_put(&file, f.bytes.data, f.bytes.len);
        forge_release(&f);
        ck_assert_int_eq(rec_stream_reader_open(&in, file.path, &err), 0);
        ck_assert_int_eq(rec_gram_reader_attach(&r, in, &err),
                         kind ? REC_ECORRUPT : REC_EFORMAT);
        ck_assert_ptr_nonnull(strstr(err.text,
                                     kind ? "ends before the counts"
                                          : "holds 'ranking', not a gram"));
        rec_stream_reader_close(in);
        scratch_close(&file);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {sets,       set_of_ids, changes, strip_rule,
                                  round_trip, too_large,  forged,  no_gram};

    return suite_run("gramfile", tests, sizeof tests / sizeof *tests);
}
