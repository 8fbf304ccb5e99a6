/* SPDX-License-Identifier: MIT */
/* The Gram matrix against a double loop over dense rows. */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "math/gram.h"
#include "suite.h"

enum { USERS = 60, ITEMS = 37, ROOM = USERS * ITEMS };

static int64_t start[USERS + 1];
static uint32_t item[ROOM];
static float weight[ROOM];
static double dense[USERS][ITEMS];

/* Random rows in random order; some users and the last item have nothing. */
static struct rec_csr make_rows(int weights)
{
    struct rec_csr x = {USERS, ITEMS, start, item, weights ? weight : NULL,
                        NULL};
    uint32_t order[ITEMS];
    struct rec_rng rng;
    int64_t n = 0;

    rec_rng_init(&rng, 7);
    memset(dense, 0, sizeof dense);
    for (int u = 0; u < USERS; u++) {
        size_t len = u % 9 == 0 ? 0 : rec_rng_below(&rng, ITEMS - 1);

        for (uint32_t i = 0; i < ITEMS; i++) {
            order[i] = i;
        }
        rec_rng_shuffle(&rng, order, ITEMS - 1);
        start[u] = n;
        for (size_t k = 0; k < len; k++) {
            item[n] = order[k];
            weight[n] = (float)rec_rng_below(&rng, 9) - 4.5f;
            dense[u][order[k]] = weights ? weight[n] : 1;
            n++;
        }
    }
    start[USERS] = n;
    return x;
}

static double expected(size_t i, size_t j)
{
    double sum = 0;

    for (size_t u = 0; u < USERS; u++) {
        sum += dense[u][i] * dense[u][j];
    }
    return sum;
}

/* All weights are multiples of a half, so that every sum is exact. */
static void check_gram(int weights, enum rec_dtype dtype, int threads)
{
    static union {
        float f[ITEMS * ITEMS];
        double d[ITEMS * ITEMS];
    } g;
    struct rec_csr x = make_rows(weights);
    struct rec_error err;

    for (size_t k = 0; k < ITEMS * ITEMS; k++) {
        if (dtype == REC_F64) {
            g.d[k] = -1;
        } else {
            g.f[k] = -1;
        }
    }
    ck_assert_int_eq(rec_gram(&x, dtype, &g, threads, NULL, &err), 0);
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < ITEMS; j++) {
            double got = dtype == REC_F64 ? g.d[i * ITEMS + j]
                                          : (double)g.f[i * ITEMS + j];

            ck_assert_double_eq(got, j < i ? -1 : expected(i, j));
        }
    }
}

START_TEST(against_naive)
{
    check_gram(_i & 1, _i & 2 ? REC_F64 : REC_F32, _i & 4 ? 3 : 1);
}
END_TEST

/* Strips of any height give the same rows, packed. */
START_TEST(strips)
{
    static double whole[ITEMS * ITEMS], packed[ITEMS * ITEMS];
    struct rec_csr x = make_rows(_i & 1);
    struct rec_gram_strips *s;
    struct rec_error err;

    ck_assert_int_eq(rec_gram(&x, REC_F64, whole, 1, NULL, &err), 0);
    ck_assert_int_eq(rec_gram_strips_new(&s, &x, &err), 0);
    for (uint32_t rows = 1; rows <= ITEMS; rows += 9) {
        for (uint32_t first = 0; first + rows <= ITEMS; first += 5) {
            const double *at = packed;

            memset(packed, 0xff, sizeof packed);
            rec_gram_strip(s, first, rows, packed, 1 + (_i >> 1) * 2);
            for (uint32_t i = first; i < first + rows; i++) {
                for (uint32_t j = i; j < ITEMS; j++) {
                    ck_assert_double_eq(*at++, whole[i * ITEMS + j]);
                }
            }
        }
    }
    rec_gram_strips_free(s);
}
END_TEST

START_TEST(repeated_item)
{
    int64_t at[] = {0, 1, 4};
    uint32_t items[] = {1, 2, 0, 2};
    struct rec_csr x = {2, 3, at, items, NULL, NULL};
    struct rec_error err;
    float g[9];

    ck_assert_int_eq(rec_gram(&x, REC_F32, g, 1, NULL, &err), REC_EREPEAT);
    ck_assert_str_eq(err.text, "row 2 has an item twice");
}
END_TEST

START_TEST(nothing)
{
    int64_t at[] = {0};
    struct rec_csr x = {0, 0, at, NULL, NULL, NULL};
    struct rec_csr no_rows = {0, 2, at, NULL, NULL, NULL};
    struct rec_error err;
    float g[4] = {5, 5, 5, 5};

    ck_assert_int_eq(rec_gram(&x, REC_F32, g, 2, NULL, &err), 0);
    ck_assert_float_eq(g[0], 5);
    ck_assert_int_eq(rec_gram(&no_rows, REC_F32, g, 2, NULL, &err), 0);
    ck_assert_float_eq(g[0], 0);
    ck_assert_float_eq(g[1], 0);
    ck_assert_float_eq(g[3], 0);
}
END_TEST

START_TEST(work)
{
    int64_t at[] = {0, 3, 3, 4};
    uint32_t items[] = {0, 1, 2, 0};
    struct rec_csr x = {3, 3, at, items, NULL, NULL};

    ck_assert_double_eq(rec_gram_work(&x), 7);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("gram");

    tcase_add_loop_test(t, against_naive, 0, 8);
    tcase_add_loop_test(t, strips, 0, 4);
    tcase_add_test(t, repeated_item);
    tcase_add_test(t, nothing);
    tcase_add_test(t, work);
    return suite_end("gram", t);
}
