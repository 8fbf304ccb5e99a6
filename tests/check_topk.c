/* SPDX-License-Identifier: MIT */
/* Top-k against sorting everything, with many ties. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "math/topk.h"
#include "suite.h"

enum { ITEMS = 200 };

static float score[ITEMS];
static uint32_t rank[ITEMS];
static uint8_t hidden[ITEMS];

static int by_rule(const void *pa, const void *pb)
{
    const struct rec_hit *a = pa, *b = pb;

    if (a->score > b->score || a->score < b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return rank[a->item] < rank[b->item] ? -1 : 1;
}

static size_t naive(struct rec_hit *out)
{
    size_t n = 0;

    for (uint32_t i = 0; i < ITEMS; i++) {
        if (!hidden[i] && !isnan(score[i]) && score[i] > -INFINITY) {
            out[n].score = score[i];
            out[n++].item = i;
        }
    }
    qsort(out, n, sizeof *out, by_rule);
    return n;
}

static void fill(uint64_t seed)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (uint32_t i = 0; i < ITEMS; i++) {
        uint64_t kind = rec_rng_below(&rng, 20);

        score[i] = (float)rec_rng_below(&rng, 12) - 6; /* many ties */
        score[i] = kind == 0   ? -INFINITY
                   : kind == 1 ? NAN
                   : kind == 2 ? INFINITY
                   : kind == 3 ? -0.0f
                               : score[i];
        hidden[i] = rec_rng_below(&rng, 10) == 0;
        rank[i] = i;
    }
    rec_rng_shuffle(&rng, rank, ITEMS);
}

START_TEST(against_sorting)
{
    static const size_t length[] = {0, 1, 2, 3, 10, 99, 199, 200, 500};
    struct rec_hit want[ITEMS], got[500];
    size_t all, n;

    fill((uint64_t)_i);
    all = naive(want);
    for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
        n = rec_topk(score, ITEMS, rank, hidden, length[k], got);
        ck_assert_uint_eq(n, all < length[k] ? all : length[k]);
        for (size_t i = 0; i < n; i++) {
            ck_assert_uint_eq(got[i].item, want[i].item);
            ck_assert_float_eq(got[i].score, want[i].score);
        }
    }
}
END_TEST

/* The same hits, in no order. */
START_TEST(keeps_the_best)
{
    static const size_t length[] = {0, 1, 2, 3, 10, 99, 199, 200, 500};
    struct rec_hit want[ITEMS], got[ITEMS];
    size_t all, n;

    fill((uint64_t)_i);
    all = naive(want);
    for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
        size_t have = 0;

        for (uint32_t i = 0; i < ITEMS; i++) {
            if (!hidden[i] && !isnan(score[i]) && score[i] > -INFINITY) {
                got[have++] = (struct rec_hit){score[i], i};
            }
        }
        n = rec_topk_keep(got, have, rank, length[k]);
        ck_assert_uint_eq(n, all < length[k] ? all : length[k]);
        qsort(got, n, sizeof *got, by_rule);
        for (size_t i = 0; i < n; i++) {
            ck_assert_uint_eq(got[i].item, want[i].item);
        }
    }
}
END_TEST

START_TEST(ties_by_rank)
{
    const float even[] = {1, 1, 2, 1};
    const uint32_t place[] = {3, 0, 1, 2};
    struct rec_hit hit[3];

    ck_assert_uint_eq(rec_topk(even, 4, place, NULL, 3, hit), 3);
    ck_assert_uint_eq(hit[0].item, 2);
    ck_assert_uint_eq(hit[1].item, 1);
    ck_assert_uint_eq(hit[2].item, 3);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("topk");

    tcase_add_loop_test(t, against_sorting, 0, 20);
    tcase_add_loop_test(t, keeps_the_best, 0, 20);
    tcase_add_test(t, ties_by_rank);
    return suite_end("topk", t);
}
