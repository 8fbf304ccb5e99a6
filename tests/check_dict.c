/* SPDX-License-Identifier: MIT */
/* Unit tests of the dictionary, against a naive one that compares every id
   with every other. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/rng.h"
#include "data/dict.h"
#include "io/stream.h"
#include "suite.h"

static uint32_t add(struct rec_dict *d, const char *id, size_t n)
{
    struct rec_error err;
    uint32_t index = REC_NONE;

    ck_assert_int_eq(rec_dict_add(d, id, n, &index, &err), 0);
    return index;
}

static uint32_t add_text(struct rec_dict *d, const char *id)
{
    return add(d, id, strlen(id));
}

static void assert_id(const struct rec_dict *d, uint32_t index,
                      const char *id, size_t n)
{
    size_t len;
    const char *have = rec_dict_id(d, index, &len);

    SURE(len == n);
    SURE(memcmp(have, id, n) == 0);
}

START_TEST(empty)
{
    struct rec_dict *d = rec_dict_new();
    uint32_t *rank, *map;

    ck_assert_uint_eq(rec_dict_count(d), 0);
    ck_assert_uint_eq(rec_dict_find(d, "a", 1), REC_NONE);
    rank = rec_dict_tie_rank(d);
    map = rec_dict_map(d, d);
    ck_assert(rank && map);
    free(rank);
    free(map);
    rec_dict_free(d);
    rec_dict_free(NULL);
}
END_TEST

/* Short ids from a small alphabet (zero bytes too, which the dictionary
   itself does not judge), of lengths around the 8 bytes a slot can hold. */
START_TEST(against_naive)
{
    enum { N = 3000 };
    static char id[N][12];
    static size_t len[N];
    struct rec_dict *d = rec_dict_new();
    struct rec_rng r;
    uint32_t n = 0;

    rec_rng_init(&r, 1);
    for (int i = 0; i < N; i++) {
        char s[12];
        size_t k = 1 + rec_rng_below(&r, 11);
        uint32_t want = REC_NONE;

        for (size_t c = 0; c < k; c++) {
            s[c] = "\0a"[rec_rng_below(&r, 2)];
        }
        for (uint32_t j = 0; j < n && want == REC_NONE; j++) {
            want = len[j] == k && memcmp(id[j], s, k) == 0 ? j : REC_NONE;
        }
        SURE(rec_dict_find(d, s, k) == want);
        if (want == REC_NONE) {
            memcpy(id[n], s, k);
            len[n] = k;
            want = n++;
        }
        SURE(add(d, s, k) == want);
        SURE(rec_dict_count(d) == n);
    }
    SURE(n > 1000);
    for (uint32_t j = 0; j < n; j++) {
        assert_id(d, j, id[j], len[j]);
    }
    rec_dict_free(d);
}
END_TEST

START_TEST(lengths)
{
    static const char *const id[] = {
        "1234567", "12345678", "123456789", "12345678a", "1234567890",
        "\1",      "a\1",      "1",         "10",        "100"};
    static char longest[2][REC_MAX_ID];
    struct rec_dict *d = rec_dict_new();
    uint32_t n = sizeof id / sizeof *id;

    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_eq(add_text(d, id[i]), i);
    }
    memset(longest, 'x', sizeof longest);
    longest[1][REC_MAX_ID - 1] = 'y';
    ck_assert_uint_eq(add(d, longest[0], REC_MAX_ID), n);
    ck_assert_uint_eq(add(d, longest[1], REC_MAX_ID), n + 1);
    ck_assert_uint_eq(add(d, longest[1], REC_MAX_ID - 1), n + 2);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_eq(rec_dict_find(d, id[i], strlen(id[i])), i);
        assert_id(d, i, id[i], strlen(id[i]));
    }
    ck_assert_uint_eq(rec_dict_find(d, longest[1], REC_MAX_ID), n + 1);
    ck_assert_uint_eq(rec_dict_find(d, "1234567\0", 8), REC_NONE);
    ck_assert_uint_eq(rec_dict_find(d, "12345678", 0), REC_NONE);
    rec_dict_free(d);
}
END_TEST

START_TEST(growth)
{
    enum { N = 200000 };
    struct rec_dict *d = rec_dict_new();
    char s[32];

    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < N; i++) {
            int n = snprintf(s, sizeof s, i % 2 ? "%u" : "a long user id %u",
                             i);
            struct rec_key k = rec_key_make(s, (size_t)n);

            rec_dict_prefetch(d, &k);
            SURE(rec_dict_find_key(d, &k, s) == (pass ? i : REC_NONE));
            SURE(add(d, s, (size_t)n) == i);
        }
    }
    SURE(rec_dict_count(d) == N);
    SURE(rec_dict_memory(d) < N * 100);
    rec_dict_free(d);
}
END_TEST

/* Inverse of an odd number modulo 2^64. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd; /* right to 3 bits; each step doubles that */

    for (int i = 0; i < 5; i++) {
        x *= 2 - odd * x;
    }
    return x;
}

/* Half a million ids that would all belong into one place if the hash had no
   key: minutes then, which the time limit of a test ends. */
START_TEST(crafted_ids)
{
    uint64_t c = inverse(0x9e3779b97f4a7c15u);
    uint64_t d = inverse(0xd6e8feb86659fd93u);
    struct rec_dict *dict = rec_dict_new();

    for (uint32_t i = 0; i < 500000; i++) {
        uint64_t h = (uint64_t)i << 32; /* what it hashes to */

        h = (h ^ h >> 32) * d;
        h = (h ^ h >> 32) * c - 8;
        SURE(add(dict, (const char *)&h, sizeof h) == i);
    }
    rec_dict_free(dict);
}
END_TEST

START_TEST(map)
{
    struct rec_dict *a = rec_dict_new(), *b = rec_dict_new();
    uint32_t *m;

    add_text(a, "one");
    add_text(a, "two");
    add_text(a, "a very long three");
    add_text(b, "a very long three");
    add_text(b, "one");
    m = rec_dict_map(a, b);
    ck_assert_ptr_nonnull(m);
    ck_assert_uint_eq(m[0], 1);
    ck_assert_uint_eq(m[1], REC_NONE);
    ck_assert_uint_eq(m[2], 0);
    free(m);
    rec_dict_free(a);
    rec_dict_free(b);
}
END_TEST

/* Does id A come before id B by the rule of rankings? */
static int before(const struct rec_dict *d, uint32_t a, uint32_t b)
{
    size_t na, nb;
    const char *pa = rec_dict_id(d, a, &na), *pb = rec_dict_id(d, b, &nb);
    uint64_t ha = rec_hash_id(pa, na), hb = rec_hash_id(pb, nb);
    int c = memcmp(pa, pb, na < nb ? na : nb);

    return ha != hb ? ha < hb : c != 0 ? c < 0 : na < nb;
}

START_TEST(tie_rank)
{
    struct rec_dict *d = rec_dict_new();
    uint32_t *rank, n;
    char s[32];

    for (unsigned i = 0; i < 700; i++) {
        snprintf(s, sizeof s, "item %u", i * i);
        add_text(d, s);
    }
    n = rec_dict_count(d);
    rank = rec_dict_tie_rank(d);
    ck_assert_ptr_nonnull(rank);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t want = 0;

        for (uint32_t j = 0; j < n; j++) {
            want += j != i && before(d, j, i);
        }
        SURE(rank[i] == want);
    }
    free(rank);
    rec_dict_free(d);
}
END_TEST

START_TEST(what_may_be_an_id)
{
    static char longest[REC_MAX_ID + 1];

    memset(longest, 'x', sizeof longest);
    ck_assert_ptr_null(rec_id_check("a b,\"c\"", 7));
    ck_assert_ptr_null(rec_id_check("\xff\x80\x01", 3));
    ck_assert_ptr_null(rec_id_check(longest, REC_MAX_ID));
    ck_assert_ptr_nonnull(rec_id_check(longest, REC_MAX_ID + 1));
    ck_assert_ptr_nonnull(rec_id_check("", 0));
    ck_assert_ptr_nonnull(rec_id_check("a\0", 2));
    ck_assert_ptr_nonnull(rec_id_check("a\n", 2));
    ck_assert_ptr_nonnull(rec_id_check("\ra", 2));
    ck_assert_ptr_nonnull(rec_id_check("a\tb", 3));
}
END_TEST

int main(void)
{
    const TTest *const test[] = {
        empty,       against_naive, lengths,  growth,
        crafted_ids, map,           tie_rank, what_may_be_an_id};

    return suite_run("dict", test, sizeof test / sizeof *test);
}
