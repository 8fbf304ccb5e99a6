/* SPDX-License-Identifier: MIT */
/* The generators against values computed elsewhere: numpy 1.24's RandomState
   for the legacy one, a separate implementation for rec_rng. */
#include <config.h>

#include <check.h>
#include <stdlib.h>

#include "base/endian.h"
#include "base/rng.h"
#include "make_data.h"
#include "sha256.h"
#include "suite.h"

static uint32_t *permutation(uint32_t seed, size_t n)
{
    uint32_t *v = malloc((n + 1) * sizeof *v);
    struct rec_mt r;

    ck_assert_ptr_nonnull(v);
    rec_mt_init(&r, seed);
    rec_mt_permutation(&r, v, n);
    return v;
}

static uint64_t sha_of(const uint32_t *v, size_t n)
{
    uint8_t *bytes = malloc(4 * n);
    uint64_t sha;

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < n; i++) {
        rec_put32(bytes + 4 * i, v[i]);
    }
    sha = sha256_start(bytes, 4 * n);
    free(bytes);
    return sha;
}

START_TEST(sha256_is_right)
{
    ck_assert_uint_eq(sha256_start((const uint8_t *)"abc", 3),
                      UINT64_C(0xba7816bf8f01cfea));
    ck_assert_uint_eq(sha256_start((const uint8_t *)"", 0),
                      UINT64_C(0xe3b0c44298fc1c14));
}
END_TEST

START_TEST(legacy_permutation)
{
    static const uint32_t first[] = {104323, 11053,  111295, 50587,
                                     126873, 109564, 129424, 1596};
    static const uint32_t last[] = {37808, 126893, 69107, 134933};
    static const uint32_t other[] = {73549, 4588, 373646, 74537};
    uint32_t *v = permutation(98765, 136677);

    ck_assert_mem_eq(v, first, sizeof first);
    ck_assert_mem_eq(v + 136677 - 4, last, sizeof last);
    ck_assert_uint_eq(sha_of(v, 136677), UINT64_C(0x6889cd062705f0f0));
    free(v);
    v = permutation(98765, 463435);
    ck_assert_mem_eq(v, other, sizeof other);
    ck_assert_uint_eq(sha_of(v, 463435), UINT64_C(0xfdba812db8dd0690));
    free(v);
}
END_TEST

START_TEST(legacy_permutation_small)
{
    static const uint32_t zero[] = {2, 8, 4, 9, 1, 6, 7, 3, 0, 5};
    static const uint32_t most[] = {6, 9, 5, 1, 8, 0, 7, 4, 2, 3};
    static const uint32_t one[] = {681, 626, 329, 620, 399, 443, 274, 529};
    uint32_t *v = permutation(0, 10);

    ck_assert_mem_eq(v, zero, sizeof zero);
    free(v);
    v = permutation(4294967295u, 10);
    ck_assert_mem_eq(v, most, sizeof most);
    free(v);
    v = permutation(1, 700); /* more than one refill of the state */
    ck_assert_mem_eq(v, one, sizeof one);
    free(v);
    v = permutation(1, 1); /* no draw */
    ck_assert_uint_eq(v[0], 0);
    free(v);
    free(permutation(1, 0));
}
END_TEST

START_TEST(legacy_choice)
{
    static const struct {
        size_t n, k;
        uint32_t want[4];
    } c[] = {{5, 1, {4}}, {10, 2, {8, 7}}, {24, 4, {20, 22, 15, 3}}};

    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        uint32_t *v = permutation(98765, c[i].n);

        ck_assert_mem_eq(v, c[i].want, c[i].k * sizeof *v);
        free(v);
    }
}
END_TEST

START_TEST(own_outputs)
{
    static const struct {
        uint64_t seed, want[4];
    } c[] = {{0,
              {UINT64_C(0x99ec5f36cb75f2b4), UINT64_C(0xbf6e1f784956452a),
               UINT64_C(0x1a5f849d4933e6e0), UINT64_C(0x6aa594f1262d2d2c)}},
             {1,
              {UINT64_C(0xb3f2af6d0fc710c5), UINT64_C(0x853b559647364cea),
               UINT64_C(0x92f89756082a4514), UINT64_C(0x642e1c7bc266a3a7)}},
             {UINT64_MAX,
              {UINT64_C(0x8f5520d52a7ead08), UINT64_C(0xc476a018caa1802d),
               UINT64_C(0x81de31c0d260469e), UINT64_C(0xbf658d7e065f3c2f)}}};

    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct rec_rng r;

        rec_rng_init(&r, c[i].seed);
        for (int j = 0; j < 4; j++) {
            ck_assert_uint_eq(rec_rng_next(&r), c[i].want[j]);
        }
    }
}
END_TEST

/* Every one of the 24 orders of 4 numbers about equally often: chi-square of
   24,000 draws, 23 degrees of freedom; 49.7 is the 0.1% point. */
START_TEST(own_shuffle_is_fair)
{
    unsigned count[256] = {0};
    struct rec_rng r;
    double chi = 0;
    int orders = 0;

    rec_rng_init(&r, 7);
    for (int i = 0; i < 24000; i++) {
        uint32_t v[4] = {0, 1, 2, 3};

        rec_rng_shuffle(&r, v, 4);
        count[v[0] * 64 + v[1] * 16 + v[2] * 4 + v[3]]++;
    }
    for (int i = 0; i < 256; i++) {
        orders += count[i] > 0;
        chi += count[i] ? (count[i] - 1000.0) * (count[i] - 1000.0) / 1000
                        : 0;
    }
    ck_assert_int_eq(orders, 24);
    ck_assert_double_lt(chi, 49.7);
}
END_TEST

START_TEST(own_ranges)
{
    struct rec_rng r;

    rec_rng_init(&r, 3);
    for (int i = 0; i < 1000; i++) {
        double u = rec_rng_unit(&r);

        ck_assert(u >= 0 && u < 1);
        ck_assert_uint_eq(rec_rng_below(&r, 1), 0);
        ck_assert_uint_lt(rec_rng_below(&r, 3), 3);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("rng");

    tcase_add_test(t, sha256_is_right);
    tcase_add_test(t, legacy_permutation);
    tcase_add_test(t, legacy_permutation_small);
    tcase_add_test(t, legacy_choice);
    tcase_add_test(t, own_outputs);
    tcase_add_test(t, own_shuffle_is_fair);
    tcase_add_test(t, own_ranges);
    return suite_end("rng", t);
}
