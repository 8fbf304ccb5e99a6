/* SPDX-License-Identifier: MIT */
/* Unit tests of lib/base: memory, numbers from text, generators, digests. */
#include <config.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/threads.h"
#include "suite.h"

/* ---- memory ----------------------------------------------------------- */

START_TEST(sizes_do_not_wrap)
{
    size_t n = 7;

    ck_assert_int_eq(rec_size_mul(SIZE_MAX / 2, 3, &n), -1);
    ck_assert_uint_eq(n, 7);
    ck_assert_int_eq(rec_size_mul(SIZE_MAX, 0, &n), 0);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(rec_size_mul(SIZE_MAX, 1, &n), 0);
    ck_assert_ptr_null(rec_alloc(SIZE_MAX / 2, 3));
    ck_assert_ptr_null(rec_zalloc(SIZE_MAX / 2, 3));
    ck_assert_ptr_null(rec_alloc64(SIZE_MAX / 2, 3));
    ck_assert_ptr_null(rec_alloc64(SIZE_MAX, 1));
}
END_TEST

START_TEST(nothing_is_a_valid_pointer)
{
    void *p[3] = {rec_alloc(0, 8), rec_zalloc(8, 0), rec_alloc64(0, 8)};

    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(p[i]);
        free(p[i]);
    }
}
END_TEST

START_TEST(alignment)
{
    for (size_t n = 1; n < 300; n += 37) {
        void *p = rec_alloc64(n, 1);

        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 64, 0);
        free(p);
    }
}
END_TEST

START_TEST(reserve_grows_and_keeps)
{
    uint32_t *v = NULL;
    size_t cap = 0, moves = 0;

    for (uint32_t i = 0; i < 100000; i++) {
        size_t before = cap;

        SURE(rec_reserve(&v, &cap, i + 1, sizeof *v) == 0);
        SURE(cap > i);
        moves += cap != before;
        v[i] = i;
    }
    SURE(moves < 40);
    for (uint32_t i = 0; i < 100000; i++) {
        SURE(v[i] == i);
    }
    free(v);
}
END_TEST

START_TEST(reserve_refuses_overflow)
{
    uint64_t *v = NULL, *before;
    size_t cap = 0, had;

    ck_assert_int_eq(rec_reserve(&v, &cap, SIZE_MAX, sizeof *v), -1);
    ck_assert_ptr_null(v);
    ck_assert_uint_eq(cap, 0);
    ck_assert_int_eq(rec_reserve(&v, &cap, 10, sizeof *v), 0);
    before = v;
    had = cap;
    ck_assert_int_eq(rec_reserve(&v, &cap, SIZE_MAX / 8 + 1, sizeof *v), -1);
    ck_assert_ptr_eq(v, before);
    ck_assert_uint_eq(cap, had);
    free(v);
}
END_TEST

START_TEST(buf)
{
    struct rec_buf b = {NULL, 0, 0};
    char want[4096] = "";

    ck_assert_int_eq(rec_buf_add(&b, NULL, 0), 0);
    ck_assert_str_eq(b.data, "");
    for (int i = 0; i < 300; i++) {
        ck_assert_int_eq(rec_buf_addf(&b, "%d,", i), 0);
        snprintf(want + strlen(want), sizeof want - strlen(want), "%d,", i);
    }
    ck_assert_str_eq(b.data, want);
    ck_assert_uint_eq(b.len, strlen(want));
    ck_assert_int_eq(rec_buf_add(&b, "x", SIZE_MAX), -1);
    ck_assert_str_eq(b.data, want);
    rec_buf_release(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(error_text_may_quote_itself)
{
    struct rec_error err;

    ck_assert_int_eq(rec_fail(&err, REC_EPARSE, "x %d", 1), REC_EPARSE);
    ck_assert_int_eq(rec_fail(&err, REC_EIO, "y: %s", err.text), REC_EIO);
    ck_assert_str_eq(err.text, "y: x 1");
    ck_assert_int_eq(err.code, REC_EIO);
    ck_assert_int_eq(rec_fail(NULL, REC_EIO, "z"), REC_EIO);
}
END_TEST

/* ---- numbers from text ------------------------------------------------ */

static int int_is(const char *s, int64_t want)
{
    int64_t v;

    return rec_parse_int(s, strlen(s), INT64_MIN, INT64_MAX, &v) == 0
           && v == want;
}

static int int_refused(const char *s)
{
    int64_t v = 42;

    return rec_parse_int(s, strlen(s), INT64_MIN, INT64_MAX, &v) == -1
           && v == 42;
}

START_TEST(integers)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "1e3",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616",
                                      "99999999999999999999999"};
    int64_t v = 42;

    ck_assert(int_is("0", 0));
    ck_assert(int_is("-0", 0));
    ck_assert(int_is("007", 7));
    ck_assert(int_is("9223372036854775807", INT64_MAX));
    ck_assert(int_is("-9223372036854775808", INT64_MIN));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(int_refused(bad[i]), "'%s' was taken", bad[i]);
    }
    ck_assert_int_eq(rec_parse_int("1\0", 2, 0, 9, &v), -1);
    ck_assert_int_eq(rec_parse_int("10", 2, 0, 9, &v), -1);
    ck_assert_int_eq(rec_parse_int("-1", 2, 0, 9, &v), -1);
    ck_assert_int_eq(rec_parse_int("12", 1, 0, 9, &v), 0);
    ck_assert_int_eq(v, 1);
}
END_TEST

static int same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

START_TEST(reals)
{
    static const char *const good[] = {"0",
                                       "-0",
                                       "1",
                                       "-2.5",
                                       ".5",
                                       "5.",
                                       "1e-3",
                                       "1E+3",
                                       "-.5e2",
                                       "+1",
                                       "123456789012345",
                                       "999999999999999",
                                       "1234567890123456",
                                       "0.1",
                                       "0.000000000000001",
                                       "123456.789012345",
                                       "1e308",
                                       "4.9406564584124654e-324",
                                       "2.2250738585072011e-308",
                                       "1e-400",
                                       "00000000000000000000000001",
                                       "179769313486231570e291"};
    static const char *const bad[] = {
        "",     "-",   ".",     "-.",    "+",  "e5",       "1e",   "1e+",
        "--1",  "+-1", "1..2",  "1 ",    " 1", "1,5",      "0x10", "inf",
        "-inf", "nan", "1e400", "1e5e5", "1f", "infinity", "NAN",  "1_0"};
    double v;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(rec_parse_double(good[i], strlen(good[i]), &v) == 0
                          && same_bits(v, strtod(good[i], NULL)),
                      "'%s' is not what strtod makes of it", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        v = 42;
        ck_assert_msg(rec_parse_double(bad[i], strlen(bad[i]), &v) == -1
                          && same_bits(v, 42),
                      "'%s' was taken", bad[i]);
    }
    ck_assert_int_eq(rec_parse_double("1\0", 2, &v), -1);
    ck_assert_int_eq(rec_parse_double("1.5e1", 3, &v), 0);
    ck_assert(same_bits(v, 1.5));
    ck_assert_int_eq(rec_parse_double(NULL, 0, &v), -1);
}
END_TEST

/* Random text of the right alphabet: accepted exactly when strtod takes all
   of it, with the same bits. */
START_TEST(reals_random)
{
    static const char letter[] = "0123456789012345678901234567890..--+eE";
    struct rec_rng r;
    int taken = 0;

    rec_rng_init(&r, 1);
    for (int i = 0; i < 300000; i++) {
        char s[32], *end;
        size_t n = 1 + rec_rng_below(&r, 24);
        double v = 0, want;
        int ok;

        for (size_t k = 0; k < n; k++) {
            s[k] = letter[rec_rng_below(&r, sizeof letter - 1)];
        }
        s[n] = '\0';
        want = strtod(s, &end);
        ok = end == s + n && isfinite(want);
        if (!((rec_parse_double(s, n, &v) == 0) == ok)) {
            ck_abort_msg("'%s'", s);
        }
        if (!(!ok || same_bits(v, want))) {
            ck_abort_msg("'%s'", s);
        }
        taken += ok;
    }
    SURE(taken > 1000);
}
END_TEST

/* What rec-cat prints comes back as the same float. */
START_TEST(floats_come_back)
{
    struct rec_rng r;

    rec_rng_init(&r, 2);
    for (int i = 0; i < 200000; i++) {
        uint32_t bits = (uint32_t)rec_rng_next(&r);
        char s[64];
        float f;
        double v;
        int n;

        memcpy(&f, &bits, sizeof f);
        if (!isfinite(f)) {
            continue;
        }
        n = snprintf(s, sizeof s, "%.9g", (double)f);
        SURE(rec_parse_double(s, (size_t)n, &v) == 0);
        if (!(memcmp(&(float){(float)v}, &f, sizeof f) == 0)) {
            ck_abort_msg("%s", s);
        }
    }
}
END_TEST

/* ---- generators ------------------------------------------------------- */

START_TEST(generator_vectors)
{
    struct rec_rng r;
    uint64_t first[2];

    rec_rng_init(&r, 1);
    ck_assert(rec_rng_next(&r) == 0xb3f2af6d0fc710c5u);
    ck_assert(rec_rng_next(&r) == 0x853b559647364ceau);
    ck_assert(rec_rng_next(&r) == 0x92f89756082a4514u);
    rec_rng_init(&r, 0);
    first[0] = rec_rng_next(&r);
    rec_rng_init(&r, UINT64_MAX);
    first[1] = rec_rng_next(&r);
    ck_assert(first[0] != first[1] && first[0] != 0);
}
END_TEST

START_TEST(generator_is_even)
{
    struct rec_rng r;
    int hits[7] = {0};
    double sum = 0;

    rec_rng_init(&r, 3);
    for (int i = 0; i < 70000; i++) {
        double u = rec_rng_unit(&r);

        SURE(u >= 0 && u < 1);
        sum += u;
        hits[rec_rng_below(&r, 7)]++;
    }
    for (int i = 0; i < 7; i++) { /* 10000 expected, sd 93 */
        SURE(hits[i] > 9500);
        SURE(hits[i] < 10500);
    }
    SURE(fabs(sum / 70000 - 0.5) < 0.005);
    for (int i = 0; i < 100; i++) {
        SURE(rec_rng_below(&r, 1) == 0);
    }
}
END_TEST

START_TEST(shuffle_is_a_permutation)
{
    enum { N = 1000 };
    struct rec_rng r;
    uint32_t v[N];
    char seen[N] = {0};
    int moved = 0;

    rec_rng_init(&r, 4);
    for (uint32_t i = 0; i < N; i++) {
        v[i] = i;
    }
    rec_rng_shuffle(&r, v, N);
    for (uint32_t i = 0; i < N; i++) {
        SURE(v[i] < N);
        SURE(seen[v[i]] == 0);
        seen[v[i]] = 1;
        moved += v[i] != i;
    }
    SURE(moved > 950);
    rec_rng_shuffle(&r, v, 0);
}
END_TEST

/* The reference implementation's first outputs for init_genrand(5489), and
   its ten thousandth (as in the C++ standard). */
START_TEST(mersenne_vectors)
{
    struct rec_mt r;
    uint32_t last = 0;

    rec_mt_init(&r, 5489);
    ck_assert_uint_eq(rec_mt_next(&r), 3499211612u);
    ck_assert_uint_eq(rec_mt_next(&r), 581869302u);
    rec_mt_init(&r, 5489);
    for (int i = 0; i < 10000; i++) {
        last = rec_mt_next(&r);
    }
    ck_assert_uint_eq(last, 4123659995u);
}
END_TEST

/* ---- the rest --------------------------------------------------------- */

START_TEST(digest)
{
    static const uint8_t empty[] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47,
                                    0x98, 0xd8, 0x60, 0x01, 0xc3, 0x24,
                                    0x46, 0x8d, 0x49, 0x7f};
    struct rec_digest *d = rec_digest_new(), *e = rec_digest_new();
    uint8_t a[REC_DIGEST_BYTES], b[REC_DIGEST_BYTES];
    char text[REC_DIGEST_TEXT];

    ck_assert(d && e);
    rec_digest_get(d, a);
    ck_assert_mem_eq(a, empty, sizeof a);
    rec_digest_text(a, text);
    ck_assert_str_eq(text, "99aa06d3014798d86001c324468d497f");
    rec_digest_add(d, "hello world", 11);
    rec_digest_add(e, "hello", 5);
    rec_digest_get(e, b); /* looking changes nothing */
    rec_digest_add(e, " world", 6);
    rec_digest_get(d, a);
    rec_digest_get(e, b);
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert(rec_hash_id("", 0) == 0xef46db3751d8e999u);
    ck_assert(rec_hash_id("abc", 3) == 0x44bc2cf5ad770999u);
    rec_digest_free(d);
    rec_digest_free(e);
}
END_TEST

START_TEST(little_endian)
{
    uint8_t p[8];

    rec_put64(p, 0x0102030405060708u);
    ck_assert_mem_eq(p, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
    ck_assert(rec_get64(p) == 0x0102030405060708u);
    ck_assert_uint_eq(rec_get32(p), 0x05060708u);
}
END_TEST

START_TEST(threads)
{
    ck_assert_int_ge(rec_threads(0), 1);
    ck_assert_int_eq(rec_threads(3), 3);
    ck_assert_int_eq(rec_threads(-5), 1);
    ck_assert_int_eq(rec_threads(1 << 20), 1024);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {sizes_do_not_wrap,
                                 nothing_is_a_valid_pointer,
                                 alignment,
                                 reserve_grows_and_keeps,
                                 reserve_refuses_overflow,
                                 buf,
                                 error_text_may_quote_itself,
                                 integers,
                                 reals,
                                 reals_random,
                                 floats_come_back,
                                 generator_vectors,
                                 generator_is_even,
                                 shuffle_is_a_permutation,
                                 mersenne_vectors,
                                 digest,
                                 little_endian,
                                 threads};

    return suite_run("base", test, sizeof test / sizeof *test);
}
