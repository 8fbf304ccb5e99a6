/* SPDX-License-Identifier: MIT */
/* Unit tests of table files, of the counting filter and of the schemes of
   smaller tables. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/collisions.h"
#include "data/idbook.h"
#include "forge.h"
#include "io/lock.h"
#include "io/stream_private.h"
#include "models/unhash.h"
#include "suite.h"

static uint32_t add(struct rec_idbook *b, int side, const char *id,
                    uint32_t stamp)
{
    struct rec_idkey k = rec_idtable_key(b->side[side], id, strlen(id));
    struct rec_error err;
    uint32_t slot;

    ck_assert_int_eq(rec_idtable_add(b->side[side], &k, stamp, &slot, &err),
                     0);
    return slot;
}

static uint32_t find(const struct rec_idbook *b, int side, const char *id)
{
    struct rec_idkey k = rec_idtable_key(b->side[side], id, strlen(id));

    return rec_idtable_find(b->side[side], &k);
}

static void save(struct rec_idbook *b, const char *path)
{
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_idbook_save(b, o, 0, "rec-test 1\n", &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

/* A small table with a free slot on each side, filters and two versions. */
static void make_book(struct rec_idbook *b, const char *path)
{
    struct rec_error err;

    ck_assert_int_eq(rec_idbook_init(b, 9, &err), 0);
    ck_assert_int_eq(rec_idbook_sketch(b, 40, &err), 0);
    b->set.expire = 30;
    b->set.admit = 3;
    b->set.now = 1000;
    add(b, REC_USERS, "17", 100);
    add(b, REC_USERS, "ann", 200);
    add(b, REC_ITEMS, "a", 1);
    add(b, REC_ITEMS, "a long id of an item", 1000);
    add(b, REC_ITEMS, "b", 1000);
    rec_idtable_remove(b->side[REC_USERS], 0);
    rec_idtable_remove(b->side[REC_ITEMS], 2);
    for (uint64_t i = 0; i < 60; i++) {
        rec_idsketch_add(&b->sketch[REC_ITEMS], i << 52 | i << 27, 2);
    }
    save(b, path);
    save(b, path);
}

START_TEST(there_and_back)
{
    struct rec_idbook b, again;
    struct scratch s;
    struct rec_error err;
    uint8_t old[REC_DIGEST_BYTES];

    scratch_open(&s);
    make_book(&b, s.path);
    memcpy(old, b.history[0], sizeof old);
    ck_assert_int_eq(rec_idbook_load(&again, s.path, &err), 0);
    ck_assert_mem_eq(&again.set, &b.set, sizeof b.set);
    ck_assert_uint_eq(again.set.epoch, 2);
    ck_assert_int_eq(rec_idbook_age(&again, b.digest), 0);
    ck_assert_int_eq(rec_idbook_age(&again, old), 1);
    old[3] ^= 1;
    ck_assert_int_eq(rec_idbook_age(&again, old), -1);
    for (int i = 0; i < REC_SIDES; i++) {
        const struct rec_idtable *x = b.side[i], *y = again.side[i];
        const struct rec_idsketch *p = &b.sketch[i], *q = &again.sketch[i];
        char m[REC_MAX_ID], n[REC_MAX_ID];

        ck_assert_uint_eq(rec_idtable_slots(x), rec_idtable_slots(y));
        ck_assert_uint_eq(rec_idtable_count(x), rec_idtable_count(y));
        for (uint32_t k = 0; k < rec_idtable_slots(x); k++) {
            size_t len = rec_idtable_id(x, k, m);

            ck_assert_uint_eq(len, rec_idtable_id(y, k, n));
            ck_assert_int_eq(memcmp(m, n, len), 0);
            ck_assert_uint_eq(rec_idtable_stamp(x, k),
                              rec_idtable_stamp(y, k));
            ck_assert_uint_eq(rec_idtable_generation(x, k),
                              rec_idtable_generation(y, k));
        }
        ck_assert_uint_eq(p->seen, q->seen);
        ck_assert_mem_eq(p->cell[p->now], q->cell[q->now], 2 * p->cells);
        ck_assert_mem_eq(p->cell[!p->now], q->cell[!q->now], 2 * p->cells);
    }
    rec_idbook_release(&b);
    rec_idbook_release(&again);
    scratch_close(&s);
}
END_TEST

/* Each byte of the file changed in turn, and the file cut there: refused, with
   the block once there is one. */
START_TEST(damage)
{
    struct rec_idbook b;
    struct scratch s;
    struct rec_error err;
    uint8_t *bytes;
    size_t n;

    scratch_open(&s);
    make_book(&b, s.path);
    rec_idbook_release(&b);
    bytes = scratch_get(&s, &n);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        scratch_put(&s, bytes, n);
        bytes[i] ^= (uint8_t)(1 << i % 8);
        SURE(rec_idbook_load(&b, s.path, &err) < 0);
        SURE(i < 64 || strstr(err.text, ": block "));
        scratch_put(&s, bytes, i);
        SURE(rec_idbook_load(&b, s.path, &err) < 0);
        SURE(i < 64 || strstr(err.text, ": block "));
    }
    free(bytes);
    scratch_close(&s);
}
END_TEST

/* Parameters that no version of this program writes. */
START_TEST(forged_parameters)
{
    static const char *const parm[] = {
        "",
        "seed 1\nepoch 1\nnow 0\nexpire 0\nadmit 1\nby 0\n",
        "seed 1\nepoch 1\nnow 0\nexpire 0\nadmit 0\nby 0\nsketch 0\n",
        "seed 1\nepoch 1\nnow 0\nexpire 0\nadmit 1\nby 2\nsketch 0\n",
        "seed 1\nepoch 1\nnow 0\nexpire 0\nadmit 1\nby 0\nsketch 4e9\n",
        "seed 1\nepoch 1\nnow 4294967296\nexpire 0\nadmit 1\nby 0\n"
        "sketch 0\n",
        "seed 1\nepoch 1\nnow 0\nexpire 4294967296\nadmit 1\nby 0\n"
        "sketch 0\n",
        "seed 1\nepoch 1\nnow 4294967295\nexpire 1\nadmit 1\nby 0\n"
        "sketch 0\n"};
    size_t cases = sizeof parm / sizeof *parm;

    for (size_t i = 0; i < cases; i++) {
        struct forge f = {{NULL, 0, 0}, 0};
        struct rec_idbook b;
        struct rec_error err;
        struct scratch s;

        scratch_open(&s);
        forge_begin(&f, "kind table\n");
        forge_text(&f, "Parm", parm[i]);
        forge_end(&f, 0, 0, 0);
        scratch_put(&s, f.bytes.data, f.bytes.len);
        if (i + 1 < cases) {
            SURE(rec_idbook_load(&b, s.path, &err) == REC_EFORMAT);
        } else { /* the last is as it should be */
            SURE(rec_idbook_load(&b, s.path, &err) == 0);
            rec_idbook_release(&b);
        }
        forge_release(&f);
        scratch_close(&s);
    }
}
END_TEST

/* Well-formed streams that are no table. */
START_TEST(forged)
{
    static const char parm[] =
        "seed 1\nepoch 1\nnow 0\nexpire 0\nadmit 1\nby 0\nsketch 0\n";
    static const struct {
        const char *ids;
        uint32_t use[3], gen[3];
        int n, slots;
    } bad[] = {
        {"a\nb\na\n", {0, 0, 0}, {0, 0, 0}, 3, 3}, /* twice */
        {"a\nb\n", {0, 0, 0}, {0, 0, 0}, 3, 3},    /* too few ids */
        {"a\nb\nc\nd\n", {0, 0, 0}, {0, 0, 0}, 3, 3},
        {"a\nb\nc", {0, 0, 0}, {0, 0, 0}, 3, 3},
        {"a\nb\tc\nd\n", {0, 0, 0}, {0, 0, 0}, 3, 3},
        {"a\nb\nc\n", {0, 0, 0}, {0, 65536, 0}, 3, 3},
        {"a\nb\nc\n", {0, 0, 0}, {0, 0, 0}, 3, 4}, /* the end block lies */
        {"a\nb\nc\n", {0, 0, 0}, {0, 0, 0}, 3, 3}};
    size_t cases = sizeof bad / sizeof *bad;

    for (size_t i = 0; i < cases; i++) {
        struct forge_header h = {"Tids", "item", 0, REC_BYTES, 0, 0, 0};
        struct forge f = {{NULL, 0, 0}, 0};
        struct rec_idbook b;
        struct rec_error err;
        struct scratch s;
        size_t n = strlen(bad[i].ids), bytes = 4 * (size_t)bad[i].n;
        int rc;

        scratch_open(&s);
        forge_begin(&f, "kind table\n");
        forge_text(&f, "Parm", parm);
        h.raw = h.stored = n;
        h.crc = rec_crc(bad[i].ids, n);
        forge_raw(&f, &h, bad[i].ids, n);
        h.type = "Tuse";
        h.dtype = REC_U32;
        h.raw = h.stored = bytes;
        h.crc = rec_crc(bad[i].use, bytes);
        forge_raw(&f, &h, bad[i].use, bytes);
        h.type = "Tgen";
        h.crc = rec_crc(bad[i].gen, bytes);
        forge_raw(&f, &h, bad[i].gen, bytes);
        forge_end(&f, (uint64_t)bad[i].slots, 3, 0);
        scratch_put(&s, f.bytes.data, f.bytes.len);
        rc = rec_idbook_load(&b, s.path, &err);
        if (i + 1 < cases) {
            ck_assert_int_lt(rc, 0);
        } else { /* the last is as it should be */
            ck_assert_int_eq(rc, 0);
            ck_assert_uint_eq(find(&b, REC_ITEMS, "c"), 2);
            rec_idbook_release(&b);
        }
        forge_release(&f);
        scratch_close(&s);
    }
}
END_TEST

START_TEST(join)
{
    struct rec_idbook a, b;
    struct rec_error err;

    ck_assert_int_eq(rec_idbook_init(&a, 1, &err), 0);
    ck_assert_int_eq(rec_idbook_init(&b, 2, &err), 0);
    add(&a, REC_USERS, "x", 10);
    add(&a, REC_USERS, "y", 20);
    add(&b, REC_USERS, "z", 5);
    add(&b, REC_USERS, "x", 30);
    add(&b, REC_ITEMS, "x", 7);
    b.set.now = 30;
    ck_assert_int_eq(rec_idbook_join(&a, &b, &err), 0);
    ck_assert_uint_eq(find(&a, REC_USERS, "x"), 0);
    ck_assert_uint_eq(find(&a, REC_USERS, "y"), 1);
    ck_assert_uint_eq(find(&a, REC_USERS, "z"), 2);
    ck_assert_uint_eq(find(&a, REC_ITEMS, "x"), 0);
    ck_assert_uint_eq(rec_idtable_stamp(a.side[REC_USERS], 0), 30);
    ck_assert_uint_eq(rec_idtable_stamp(a.side[REC_USERS], 1), 20);
    ck_assert_uint_eq(a.set.now, 30);
    rec_idbook_release(&a);
    rec_idbook_release(&b);
}
END_TEST

START_TEST(one_writer)
{
    struct scratch s;
    struct rec_lock *a, *b;
    struct rec_error err;

    scratch_open(&s);
    ck_assert_int_eq(rec_lock_take(&a, s.path, &err), 0);
    rec_lock_release(a); /* and its file is gone */
    ck_assert_int_eq(rec_lock_take(&b, s.path, &err), 0);
    rec_lock_release(b);
    rec_lock_release(NULL);
    scratch_close(&s);
}
END_TEST

/* ---- the counting filter ------------------------------------------------- */

/* Within a window no count is too low, and nearly none too high. */
START_TEST(sketch_counts)
{
    enum { N = 20000 };
    static uint32_t count[N];
    struct rec_idsketch s;
    struct rec_rng r;
    uint32_t high = 0;

    rec_rng_init(&r, 4);
    ck_assert_int_eq(rec_idsketch_init(&s, N), 0);
    for (int op = 0; op < 5 * N; op++) {
        uint64_t id = rec_rng_below(&r, N);
        struct rec_rng h;
        uint32_t got;

        rec_rng_init(&h, id);
        got = rec_idsketch_add(&s, rec_rng_next(&h), 1);
        count[id] += count[id] < 15;
        SURE(got >= count[id] && got <= 15);
        high += got > count[id];
    }
    ck_assert_uint_lt(high, 5 * N * 3 / 100);
    rec_idsketch_release(&s);
}
END_TEST

/* What is seen again within N ids is remembered, what is not for 2N is
   forgotten. */
START_TEST(sketch_forgets)
{
    enum { N = 1000 };
    struct rec_idsketch s;
    struct rec_rng r;

    rec_rng_init(&r, 5);
    ck_assert_int_eq(rec_idsketch_init(&s, N), 0);
    ck_assert_uint_eq(rec_idsketch_add(&s, 42, 3), 3);
    for (int i = 0; i < N; i++) {
        SURE(rec_idsketch_add(&s, rec_rng_next(&r), 1) >= 1);
    }
    ck_assert_uint_eq(rec_idsketch_add(&s, 42, 1), 4); /* copied forward */
    for (int i = 0; i < 2 * N + 1; i++) {
        SURE(rec_idsketch_add(&s, rec_rng_next(&r), 1) >= 1);
    }
    ck_assert_uint_eq(rec_idsketch_add(&s, 42, 1), 1);
    ck_assert_uint_eq(rec_idsketch_add(&s, 42, 100), 15);
    rec_idsketch_release(&s);
}
END_TEST

/* ---- smaller tables ------------------------------------------------------ */

static struct rec_scheme scheme(int kind, uint32_t rows, uint32_t ids)
{
    struct rec_scheme s;
    struct rec_error err;

    ck_assert_int_eq(rec_scheme_init(&s, kind, rows, 3, ids, 1, &err), 0);
    return s;
}

/* All pairs of quotient and remainder differ and stay within M rows. */
START_TEST(quotients)
{
    static const uint32_t ids[] = {1, 2, 10, 100, 1000, 1000, 1000};
    static const uint32_t rows[] = {2, 3, 7, 20, 64, 500, 2000};

    for (int c = 0; c < 7; c++) {
        struct rec_scheme s = scheme(REC_SCHEME_QR, rows[c], ids[c]);
        uint8_t *seen = calloc((size_t)rows[c] * rows[c], 1);

        ck_assert_ptr_nonnull(seen);
        for (uint32_t i = 0; i < ids[c]; i++) {
            uint32_t row[REC_SCHEME_ROWS];

            SURE(rec_scheme_rows(&s, NULL, 0, i, row) == 2);
            SURE(row[0] < row[1] && row[1] < rows[c]);
            SURE(!seen[row[0] * (size_t)rows[c] + row[1]]++);
        }
        free(seen);
    }
}
END_TEST

START_TEST(too_few_rows)
{
    struct rec_scheme s;
    struct rec_error err;

    ck_assert_int_eq(rec_scheme_init(&s, REC_SCHEME_QR, 63, 3, 1000, 1, &err),
                     REC_EVALUE); /* 2 sqrt(1000) = 63.2 */
    ck_assert_int_eq(rec_scheme_init(&s, REC_SCHEME_DOUBLE, 1, 3, 9, 1, &err),
                     REC_EVALUE);
    ck_assert_int_eq(rec_scheme_init(&s, REC_SCHEME_BLOOM, 2, 3, 9, 1, &err),
                     REC_EVALUE);
}
END_TEST

START_TEST(names_of_rows)
{
    struct rec_scheme s = scheme(REC_SCHEME_BLOOM, 1000, 0);
    char name[REC_SCHEME_TOKEN];
    size_t n = rec_scheme_name(&s, 17, name);

    ck_assert_str_eq(name, "17/1000b3");
    ck_assert_int_eq(rec_scheme_row(&s, name, n), 17);
    ck_assert_int_eq(rec_scheme_row(&s, name, n - 1), -1);
    ck_assert_int_eq(rec_scheme_row(&s, "1000/1000b3", 11), -1);
    ck_assert_int_eq(rec_scheme_row(&s, "17/1000m", 8), -1);
    ck_assert_int_eq(rec_scheme_row(&s, "17", 2), -1);
}
END_TEST

static double m_of(uint32_t i)
{
    return i == 0 ? 1e6 : 20000;
}

/* Observed collisions against the formulas, within 4 standard deviations of
   independent ids; modulo at n / m = .163 against 1 - exp(-n/m) too. */
START_TEST(expected_collisions)
{
    enum { N = 20000 };
    static const int kind[] = {REC_SCHEME_MODULO, REC_SCHEME_DOUBLE,
                               REC_SCHEME_BLOOM};
    static uint32_t events[N];
    struct rec_dict *d = rec_dict_new();

    for (uint32_t i = 0; i < N; i++) {
        struct rec_error err;
        uint32_t index;
        char id[16];

        events[i] = 1 + i / 100;
        ck_assert_int_eq(
            rec_dict_add(d, id, (size_t)snprintf(id, sizeof id, "%u", i),
                         &index, &err),
            0);
    }
    for (int k = 0; k < 6; k++) {
        struct rec_scheme s =
            scheme(kind[k / 2], (uint32_t)m_of((uint32_t)k % 2), 0);
        double want = rec_scheme_shared(&s, N), sd, same;
        struct rec_collisions c;
        struct rec_error err;

        ck_assert_int_eq(rec_collisions_count(&c, &s, d, events, N, &err), 0);
        sd = sqrt(2 * want * (1 - want) / N); /* they come in pairs */
        ck_assert_double_lt(fabs(c.at[REC_ALL].shared / N - want), 4 * sd);
        same = rec_scheme_same(&s, N);
        sd = sqrt(2 * same * (1 - same) / N) + 1.0 / N;
        ck_assert_double_lt(fabs(c.at[REC_ALL].same / N - same), 4 * sd);
        ck_assert_double_eq(c.at[0].ids, N / 10);
        ck_assert_double_eq(c.at[0].events, 190.5 * N / 10);
        /* The rows of rare ids are mostly of others. */
        ck_assert(c.at[0].foreign <= c.at[9].foreign);
    }
    rec_dict_free(d);
}
END_TEST

START_TEST(modulo_of_the_paper)
{
    struct rec_scheme s = scheme(REC_SCHEME_MODULO, 1000000, 0);

    /* ids lost to other ids at n/m = .163: 1 - m(1 - (1-1/m)^n)/n = 7.7%;
       ids that share, twice that and a little less. */
    ck_assert_double_eq_tol(rec_scheme_shared(&s, 162541), 0.15003, 1e-4);
    s.kind = REC_SCHEME_QR;
    ck_assert_double_eq(rec_scheme_same(&s, 1e6), 0);
}
END_TEST

/* Three items, four rows: means by hand; a row that is not listed counts as
   the last one. */
START_TEST(lists_of_rows)
{
    struct rec_scheme s = scheme(REC_SCHEME_QR, 4, 4); /* R = 2 */
    static const char *const id[] = {"a", "b", "c"};
    const uint32_t index[] = {0, 1, 2}, row[] = {2, 1, 0};
    const float score[] = {9, 5, 1};
    const uint8_t hide[] = {0, 1, 0};
    struct rec_dict *d = rec_dict_new();
    struct rec_unhash u;
    struct rec_hit hit[3];
    struct rec_error err;

    for (int i = 0; i < 3; i++) {
        uint32_t at;

        ck_assert_int_eq(rec_dict_add(d, id[i], 1, &at, &err), 0);
    }
    ck_assert_uint_eq(s.low, 2);
    ck_assert_int_eq(rec_unhash_init(&u, &s, d, index, &err), 0);
    /* a: rows 0, 2; b: 1, 2; c: 0, 3, the latter not listed */
    ck_assert_uint_eq(rec_unhash_list(&u, row, score, 3, NULL, 3, hit), 3);
    ck_assert_uint_eq(hit[0].item, 1);
    ck_assert_float_eq(hit[0].score, 7);
    ck_assert_uint_eq(hit[1].item, 0);
    ck_assert_float_eq(hit[1].score, 5);
    ck_assert_float_eq(hit[2].score, 1);
    ck_assert_uint_eq(rec_unhash_list(&u, row, score, 3, hide, 1, hit), 1);
    ck_assert_uint_eq(hit[0].item, 0);
    ck_assert_uint_eq(rec_unhash_list(&u, row, score, 0, NULL, 3, hit), 0);
    rec_unhash_release(&u);
    rec_dict_free(d);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {
        there_and_back,      damage,         forged_parameters,
        forged,              join,           one_writer,
        sketch_counts,       sketch_forgets, quotients,
        too_few_rows,        names_of_rows,  expected_collisions,
        modulo_of_the_paper, lists_of_rows};

    return suite_run("idbook", test, sizeof test / sizeof *test);
}
