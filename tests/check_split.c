/* SPDX-License-Identifier: MIT */
/* Splits of small data, by hand or against numpy, and the properties that
   every random one must have. */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "data/split.h"
#include "make_data.h"
#include "suite.h"

/* Users with 0 to 7 items; ids that are integers of all sorts. */
static const char mixed[] =
    "10 a b c d e f; 9 f e d c b; 007 a c e g; 7 b d f; -1 a b; 0 c; 3; "
    "2 h g f e d c; 100 a e b z d c; 11 y b c d a f e";

static struct rec_split_rule rule_of(enum rec_split_protocol p)
{
    struct rec_split_rule r = {p, 1, 1, 0, 0.2, 1, 0, 0, 0};

    return r;
}

/* File F of the split as text, by way of a stream. */
static char *show_file(const struct rec_split *s, const struct rec_data *d,
                       enum rec_split_file f)
{
    struct rec_head head = {"interactions", "", d->head.columns};
    char *path = make_path(), *text;
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_output *o;
    struct rec_error err;
    struct rec_data back;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    ck_assert_int_eq(rec_row_writer_new(&rw, w, head.columns, d->items, &err),
                     0);
    ck_assert_int_eq(rec_split_write(s, d, f, rw, &err), 0);
    end_rows(rw, w, o);
    ck_assert_int_eq(rec_data_load(&back, path, "interactions", &err), 0);
    ck_assert_uint_eq(back.rows.rows, s->count[f].users);
    ck_assert_uint_eq(rec_csr_events(&back.rows), s->count[f].events);
    ck_assert_uint_eq(back.rows.cols, s->count[f].items);
    text = show_data(&back);
    rec_data_release(&back);
    drop_path(path);
    return text;
}

static void expect(const char *data, const struct rec_split_rule *rule,
                   const char *const want[REC_SPLIT_FILES])
{
    struct rec_data d = make_data(data);
    struct rec_error err;
    struct rec_split s;

    ck_assert_int_eq(rec_split_make(&s, &d, rule, &err), 0);
    for (int f = 0; f < REC_SPLIT_FILES; f++) {
        char *got = show_file(&s, &d, (enum rec_split_file)f);

        ck_assert_str_eq(got, want[f]);
        free(got);
    }
    rec_split_release(&s);
    rec_data_release(&d);
}

static void expect_error(const char *data, const struct rec_split_rule *rule,
                         const char *text)
{
    struct rec_data d = make_data(data);
    struct rec_error err;
    struct rec_split s;

    ck_assert_int_eq(rec_split_make(&s, &d, rule, &err), REC_EVALUE);
    ck_assert_str_eq(err.text, text);
    rec_data_release(&d);
}

static void expect_order(const char *data, const char *want)
{
    struct rec_data d = make_data(data);
    uint32_t *order = rec_dict_ascending(d.users);
    struct rec_buf b = {NULL, 0, 0};

    ck_assert_ptr_nonnull(order);
    for (uint32_t i = 0; i < rec_dict_count(d.users); i++) {
        size_t len;
        const char *id = rec_dict_id(d.users, order[i], &len);

        ck_assert_int_eq(rec_buf_addf(&b, "%s%.*s", i ? " " : "", (int)len,
                                      id),
                         0);
    }
    ck_assert_str_eq(b.data, want);
    rec_buf_release(&b);
    free(order);
    rec_data_release(&d);
}

START_TEST(ascending)
{
    expect_order(mixed, "-1 0 2 3 007 7 9 10 11 100");
    expect_order("10; 9; 1a; 100; 1", "1 10 100 1a 9"); /* not all integers */
    expect_order("5; -; 40", "- 40 5");
    expect_order("5; +3; 40", "+3 40 5");
    expect_order("-10; -9; -0; 0; 00; -00; 1", "-10 -9 -0 -00 0 00 1");
    expect_order("18446744073709551617; 18446744073709551616; 9; "
                 "-18446744073709551617; -18446744073709551616",
                 "-18446744073709551617 -18446744073709551616 9 "
                 "18446744073709551616 18446744073709551617");
    expect_order("b; ab; a; \xc3\xa9; Z", "Z a ab b \xc3\xa9");
}
END_TEST

/* Expected values from numpy.random.seed, permutation and choice. */
START_TEST(liang2018)
{
    static const char *const fifth[] = {
        "7 b d f; -1 a b; 100 a e b z d c",
        "007 a c e; 0 c; 2 f e d c",
        "007; 0; 2",
        "10 a b c d e; 9 f d c b; 11 b c d a e",
        "10 f; 9 e; 11 f"};
    static const char *const half[] = {
        "9 f e d c b; 007 a c e g; 7 b d f; 0 c",
        "10 c d e; -1 a b; 100 b d c",
        "10 a b f; -1; 100 a e",
        "2 e d c; 11 d a e",
        "2 g f; 11 b c f"};
    struct rec_split_rule r = rule_of(REC_SPLIT_LIANG2018);

    r.held_out = 3;
    r.seed = 14;
    expect(mixed, &r, fifth);
    r.seed = 61;
    r.fraction = 0.5;
    expect(mixed, &r, half);
}
END_TEST

START_TEST(liang2018_counts)
{
    struct rec_split_rule r = rule_of(REC_SPLIT_LIANG2018);
    struct rec_data d = make_data(mixed);
    struct rec_error err;
    struct rec_split s;

    r.held_out = 3;
    r.seed = 14;
    ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
    ck_assert_uint_eq(s.few, 3);     /* 007, 0 and 2 */
    ck_assert_uint_eq(s.unknown, 4); /* g; h, g; y */
    ck_assert_uint_eq(s.cold, 0);
    rec_split_release(&s);
    rec_data_release(&d);
}
END_TEST

START_TEST(leave_last)
{
    /* Of equal times the later arrival is later; x and y are only ever held
       out, so they are dropped and v is left without targets. */
    static const char *const timed[] = {
        "u c@1 d@2; v a@3 b@3 c@3 d@3", "u c@1 d@2; v a@3 b@3 c@3 d@3",
        "u b@3; v",                     "u b@3 c@1 d@2; v a@3 b@3 c@3 d@3",
        "u a@4; v"};
    static const char *const two[] = {"u a b; v a b c d; w e f", "u a b",
                                      "u c d", "u a b c d", "u e"};
    struct rec_split_rule r = rule_of(REC_SPLIT_LEAVE_LAST);

    expect("u a@4 b@3 c@1 d@2; v a@3 b@3 c@3 d@3 x@3 y@3", &r, timed);
    r.leave = 2;
    expect("u a b c d e q; v a b c d; w e f", &r, two);
}
END_TEST

START_TEST(leave_short_rows)
{
    struct rec_split_rule r = rule_of(REC_SPLIT_LEAVE_LAST);
    struct rec_data d = make_data("a; b a; c a b; d b a c; e c a b d; "
                                  "f a b c d e; g a b c d e f");
    struct rec_error err;
    struct rec_split s;

    for (int random = 0; random < 2; random++) {
        r.protocol = random ? REC_SPLIT_LEAVE_RANDOM : REC_SPLIT_LEAVE_LAST;
        r.valid = 1; /* needs three items */
        ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
        ck_assert_uint_eq(s.few, 3);
        ck_assert_uint_eq(s.count[REC_SPLIT_TRAIN].users, 6);
        ck_assert_uint_eq(s.count[REC_SPLIT_VALID_OUT].users, 4);
        ck_assert_uint_eq(s.count[REC_SPLIT_TEST_OUT].users, 4);
        rec_split_release(&s);
        r.valid = 0; /* two */
        ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
        ck_assert_uint_eq(s.few, 2);
        ck_assert_uint_eq(s.count[REC_SPLIT_VALID_OUT].users, 0);
        ck_assert_uint_eq(s.count[REC_SPLIT_TEST_OUT].users, 5);
        rec_split_release(&s);
    }
    rec_data_release(&d);
}
END_TEST

START_TEST(ratio_short_rows)
{
    struct rec_split_rule r = rule_of(REC_SPLIT_RATIO);
    struct rec_data d = make_data("a; b a; c a b; d b a c; e c a b d; "
                                  "f a b c d e; g a b c d e f; h a b c d e f "
                                  "g h i j; i a b c d e f g h i j");
    struct rec_error err;
    struct rec_split s;

    ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
    ck_assert_uint_eq(s.few, 5); /* a fifth of four is none */
    ck_assert_uint_eq(s.count[REC_SPLIT_TRAIN].users, 8);
    ck_assert_uint_eq(s.count[REC_SPLIT_TEST_OUT].users, 4);
    ck_assert_uint_eq(s.count[REC_SPLIT_TEST_OUT].events
                          + s.count[REC_SPLIT_TEST_IN].events + s.unknown,
                      5 + 6 + 10 + 10);
    rec_split_release(&s);
    rec_data_release(&d);
}
END_TEST

START_TEST(weights_and_times_pass)
{
    static const char *const want[] = {"a x=1@5; b y=2@9; c x=3@-9", "", "",
                                       "a x=1@5; c x=3@-9",
                                       "a y=0.5@7; c y=4@-2"};
    struct rec_split_rule r = rule_of(REC_SPLIT_LEAVE_LAST);

    r.valid = 0;
    expect("a x=1@5 y=0.5@7; b y=2@9; c x=3@-9 y=4@-2", &r, want);
}
END_TEST

START_TEST(time_cuts)
{
    /* q is not in train; nothing is known of d before test begins */
    static const char data[] = "a x@10 y@20 z@30; b y@15 x@25; c z@28 y@5; "
                               "d x@30; e z@12; f x@1 q@40";
    static const char *const want[] = {
        "a x@10; b y@15; c y@5; e z@12; f x@1", "a x@10; b y@15",
        "a y@20; b x@25", "a x@10 y@20; c y@5; f x@1", "a z@30; c z@28; f"};
    struct rec_split_rule r = rule_of(REC_SPLIT_TIME);
    struct rec_data d = make_data(data);
    struct rec_error err;
    struct rec_split s;

    r.cut = 1;
    r.valid_at = 20;
    r.test_at = 28;
    expect(data, &r, want);
    ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
    ck_assert_uint_eq(s.cold, 1);
    ck_assert_uint_eq(s.unknown, 1);
    rec_split_release(&s);
    rec_data_release(&d);
}
END_TEST

static void expect_cuts(const char *data, double fraction, int valid,
                        int64_t valid_at, int64_t test_at)
{
    struct rec_split_rule r = rule_of(REC_SPLIT_TIME);
    struct rec_data d = make_data(data);
    struct rec_error err;
    struct rec_split s;

    r.fraction = fraction;
    r.valid = valid;
    ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
    ck_assert_int_eq(s.test_at, test_at);
    ck_assert_int_eq(s.valid_at, valid_at);
    rec_split_release(&s);
    rec_data_release(&d);
}

START_TEST(time_share)
{
    expect_cuts("a a@1 b@2 c@7 d@9; b b@3 a@4 c@5 d@6 x@8 y@10", 0.2, 1, 7,
                9);
    expect_cuts("a a@1 b@2 c@7 d@9; b b@3 a@4 c@5 d@6 x@8 y@10", 0.2, 0, 9,
                9);
    /* never more than the share: equal times stay before the cut */
    expect_cuts("a a@5 b@5 c@5; b a@1 b@5", 0.4, 0, 6, 6);
    expect_cuts("a a@-9223372036854775808 b@9223372036854775807; b b@0 a@5",
                0.25, 1, 1, 6);
    expect_cuts("a a@9223372036854775807 b@-9223372036854775808", 0.5, 0,
                -INT64_MAX, -INT64_MAX);
}
END_TEST

START_TEST(refusals)
{
    struct rec_split_rule r = rule_of(REC_SPLIT_STRONG);

    expect_error("a x", &r,
                 "too few users: 1, where 1 are to be held out for each of "
                 "validation and test");
    r.valid = 0;
    expect_error("a x", &r,
                 "too few users: 1, where 1 are to be held out");
    r.held_out = UINT64_MAX;
    r.valid = 1;
    expect_error(mixed, &r,
                 "too few users: 10, where 18446744073709551615 are to be "
                 "held out for each of validation and test");
    r = rule_of(REC_SPLIT_RATIO);
    expect_error("", &r, "no event is left to train on");
    r.fraction = 0.5;
    expect_error(mixed, &r,
                 "a share of 0.5 for each of validation and test leaves "
                 "nothing to train on");
    r = rule_of(REC_SPLIT_TIME);
    expect_error(mixed, &r, "the events have no times to be split by");
    r.cut = 1;
    r.valid = 0;
    expect_error("a x@5 y@6", &r, "no event is left to train on");
}
END_TEST

START_TEST(single_user)
{
    /* its held-out items are in nobody's training row */
    static const char *const want[] = {"a x y", "a x y", "a", "a x y", "a"};
    struct rec_split_rule r = rule_of(REC_SPLIT_LEAVE_LAST);

    expect("a x y z w", &r, want);
}
END_TEST

/* ---- properties of the random protocols ------------------------------- */

enum { USERS = 200, ITEMS = 40 };

/* USERS users with 0 to 39 items each, in this order or the reverse. */
static struct rec_data random_data(int reverse)
{
    struct rec_buf b = {NULL, 0, 0};
    struct rec_data d;

    for (int k = 0; k < USERS; k++) {
        int u = reverse ? USERS - 1 - k : k;

        ck_assert_int_eq(rec_buf_addf(&b, "u%d", u), 0);
        for (int i = 0; i < u % ITEMS; i++) {
            ck_assert_int_eq(rec_buf_addf(&b, " i%d", (i * 7 + u) % ITEMS),
                             0);
        }
        ck_assert_int_eq(rec_buf_add(&b, ";", 1), 0);
    }
    d = make_data(b.data);
    rec_buf_release(&b);
    return d;
}

static size_t count_bit(const struct rec_split *s, const struct rec_data *d,
                        size_t u, enum rec_split_file f)
{
    size_t n = 0;

    for (int64_t e = d->rows.start[u]; e < d->rows.start[u + 1]; e++) {
        n += (s->event[e] & s->user[u]) >> f & 1;
    }
    return n;
}

static const enum rec_split_protocol random_protocols[] = {
    REC_SPLIT_LIANG2018, REC_SPLIT_STRONG, REC_SPLIT_RATIO,
    REC_SPLIT_LEAVE_RANDOM};
enum { RANDOM_PROTOCOLS = 4 };

/* No event is both known and a target of the same part; targets are as many
   as the page says; nothing is lost. */
START_TEST(parts_are_disjoint)
{
    struct rec_split_rule r = rule_of(random_protocols[_i]);
    int by_user = _i < 2;
    struct rec_data d = random_data(0);
    struct rec_error err;
    struct rec_split s;

    r.held_out = 50;
    r.leave = 2;
    ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
    ck_assert_uint_eq(s.unknown, 0);
    for (size_t u = 0; u < d.rows.rows; u++) {
        size_t n = rec_csr_row_len(&d.rows, u);
        size_t k = _i < 3 ? (n < 5 ? 0 : (size_t)(0.2 * (double)n))
                          : (n > 4 ? 2 : 0);
        size_t train = count_bit(&s, &d, u, REC_SPLIT_TRAIN);
        size_t vin = count_bit(&s, &d, u, REC_SPLIT_VALID_IN);
        size_t vout = count_bit(&s, &d, u, REC_SPLIT_VALID_OUT);
        size_t tin = count_bit(&s, &d, u, REC_SPLIT_TEST_IN);
        size_t tout = count_bit(&s, &d, u, REC_SPLIT_TEST_OUT);

        for (int64_t e = d.rows.start[u]; e < d.rows.start[u + 1]; e++) {
            unsigned bits = s.event[e] & s.user[u];

            ck_assert((bits & 6) != 6 && (bits & 24) != 24);
        }
        if (by_user) {
            ck_assert_uint_eq(train + vin + vout + tin + tout, n);
            ck_assert(vout + tout == k || train == n);
        } else {
            ck_assert_uint_eq(train, n - 2 * k);
            ck_assert(k == 0 || vin == train);
            ck_assert_uint_eq(vout, k);
            ck_assert_uint_eq(tout, k);
            ck_assert_uint_eq(tin, k ? n - k : 0);
        }
    }
    if (by_user) { /* some have no items, and so no row */
        ck_assert_uint_le(s.count[REC_SPLIT_TEST_IN].users, 50);
        ck_assert_uint_gt(s.count[REC_SPLIT_TEST_IN].users, 40);
    }
    rec_split_release(&s);
    rec_data_release(&d);
}
END_TEST

/* The files of user ID's item, as bits. */
static unsigned bits_of(const struct rec_split *s, const struct rec_data *d,
                        const char *user, size_t place)
{
    uint32_t u = rec_dict_find(d->users, user, strlen(user));

    return s->event[d->rows.start[u] + (int64_t)place] & s->user[u];
}

/* Same seed, same split; another order of the users, the same split;
   another seed, another split. */
START_TEST(seed_decides)
{
    struct rec_split_rule r = rule_of(random_protocols[_i]);
    struct rec_data d = random_data(0), back = random_data(1);
    size_t n = rec_csr_events(&d.rows), same = 0, total = 0;
    struct rec_split a, b, c, reversed;
    struct rec_error err;

    r.held_out = 50;
    ck_assert_int_eq(rec_split_make(&a, &d, &r, &err), 0);
    ck_assert_int_eq(rec_split_make(&b, &d, &r, &err), 0);
    ck_assert_int_eq(rec_split_make(&reversed, &back, &r, &err), 0);
    r.seed = 2;
    ck_assert_int_eq(rec_split_make(&c, &d, &r, &err), 0);
    ck_assert_mem_eq(a.event, b.event, n);
    ck_assert_mem_eq(a.user, b.user, USERS);
    for (int u = 0; u < USERS; u++) {
        char id[16];

        snprintf(id, sizeof id, "u%d", u);
        for (size_t i = 0; i < (size_t)u % ITEMS; i++) {
            ck_assert_uint_eq(bits_of(&a, &d, id, i),
                              bits_of(&reversed, &back, id, i));
            same += bits_of(&a, &d, id, i) == bits_of(&c, &d, id, i);
            total++;
        }
    }
    ck_assert_uint_eq(total, n);
    ck_assert_uint_lt(same, n - n / 10);
    rec_split_release(&a);
    rec_split_release(&b);
    rec_split_release(&c);
    rec_split_release(&reversed);
    rec_data_release(&d);
    rec_data_release(&back);
}
END_TEST

/* Over many seeds every item of a row is a target equally often: chi-square
   with 9 degrees of freedom, 27.9 is the 0.1% point. Not so for liang2018,
   which seeds the draw of users and the draw of items alike. */
START_TEST(draws_are_fair)
{
    struct rec_split_rule r = rule_of(random_protocols[_i]);
    struct rec_data d = make_data("a 0 1 2 3 4 5 6 7 8 9; "
                                  "b 0 1 2 3 4 5 6 7 8 9; "
                                  "c 0 1 2 3 4 5 6 7 8 9");
    double count[10] = {0}, total = 0, chi = 0;
    struct rec_error err;
    struct rec_split s;

    for (r.seed = 1; r.seed <= 3000; r.seed++) {
        ck_assert_int_eq(rec_split_make(&s, &d, &r, &err), 0);
        for (int i = 0; i < 10; i++) {
            count[i] += (s.event[i] & s.user[0]) >> REC_SPLIT_TEST_OUT & 1;
        }
        rec_split_release(&s);
    }
    for (int i = 0; i < 10; i++) {
        total += count[i];
    }
    ck_assert_double_gt(total, 1500); /* strong: a third of the time */
    for (int i = 0; i < 10; i++) {
        chi += (count[i] - total / 10) * (count[i] - total / 10) * 10 / total;
    }
    ck_assert_double_lt(chi, 27.9);
    rec_data_release(&d);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("split");

    tcase_add_test(t, ascending);
    tcase_add_test(t, liang2018);
    tcase_add_test(t, liang2018_counts);
    tcase_add_test(t, leave_last);
    tcase_add_test(t, leave_short_rows);
    tcase_add_test(t, ratio_short_rows);
    tcase_add_test(t, weights_and_times_pass);
    tcase_add_test(t, time_cuts);
    tcase_add_test(t, time_share);
    tcase_add_test(t, refusals);
    tcase_add_test(t, single_user);
    tcase_add_loop_test(t, parts_are_disjoint, 0, RANDOM_PROTOCOLS);
    tcase_add_loop_test(t, seed_decides, 0, RANDOM_PROTOCOLS);
    tcase_add_loop_test(t, draws_are_fair, 1, RANDOM_PROTOCOLS);
    return suite_end("split", t);
}
