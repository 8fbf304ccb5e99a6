/* SPDX-License-Identifier: MIT */
/* Filters, against hand cases and against a slow and obvious rewriting. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/filter.h"
#include "suite.h"

struct event {
    uint32_t user, item;
    float weight;
    int64_t time;
    int gone;
};

enum { USERS = 20, ITEMS = 15, MOST = 400 };

/* Events grouped by user, as the filters take them. */
static void to_csr(struct rec_csr *m, const struct event *v, size_t n)
{
    size_t e = 0;

    memset(m, 0, sizeof *m);
    m->rows = USERS;
    m->cols = ITEMS;
    m->start = rec_zalloc(USERS + 1, sizeof *m->start);
    m->item = rec_alloc(n, sizeof *m->item);
    m->weight = rec_alloc(n, sizeof *m->weight);
    m->time = rec_alloc(n, sizeof *m->time);
    for (uint32_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < n; i++) {
            if (v[i].user == u) {
                m->item[e] = v[i].item;
                m->weight[e] = v[i].weight;
                m->time[e++] = v[i].time;
            }
        }
        m->start[u + 1] = (int64_t)e;
    }
}

static size_t random_events(struct event *v, uint64_t seed)
{
    struct rec_rng r;
    size_t n;

    rec_rng_init(&r, seed);
    n = (size_t)rec_rng_below(&r, MOST + 1);
    for (size_t i = 0; i < n; i++) {
        v[i].user = (uint32_t)rec_rng_below(&r, USERS);
        v[i].item = (uint32_t)(rec_rng_below(&r, ITEMS)
                               * rec_rng_below(&r, ITEMS) / ITEMS);
        v[i].weight = (float)rec_rng_below(&r, 10) / 2;
        v[i].time = (int64_t)rec_rng_below(&r, 1000);
        v[i].gone = 0;
    }
    return n;
}

/* Are the rows of M the events of V that are not gone, in order? */
static void same(const struct rec_csr *m, const struct event *v, size_t n)
{
    size_t e = 0;

    for (uint32_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < n; i++) {
            if (v[i].user == u && !v[i].gone) {
                ck_assert_uint_lt(e, rec_csr_events(m));
                ck_assert_uint_eq(m->item[e], v[i].item);
                ck_assert(m->weight[e] == v[i].weight);
                ck_assert_int_eq(m->time[e], v[i].time);
                e++;
            }
        }
        ck_assert_int_eq(m->start[u + 1], (int64_t)e);
    }
}

static void naive_duplicates(struct event *v, size_t n, int how)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n && !v[i].gone; j++) {
            if (v[j].gone || v[j].user != v[i].user
                || v[j].item != v[i].item) {
                continue;
            }
            v[j].gone = 1;
            if (how == REC_DUP_LAST) {
                v[i].weight = v[j].weight;
                v[i].time = v[j].time;
            } else if (how != REC_DUP_FIRST) {
                v[i].weight = how == REC_DUP_SUM
                                  ? v[i].weight + v[j].weight
                                  : fmaxf(v[i].weight, v[j].weight);
                v[i].time = v[j].time > v[i].time ? v[j].time : v[i].time;
            }
        }
    }
}

static size_t count_left(const struct event *v, size_t n, uint32_t user,
                         uint32_t item)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        count += !v[i].gone && (user == UINT32_MAX || v[i].user == user)
                 && (item == UINT32_MAX || v[i].item == item);
    }
    return count;
}

/* One pass: items, then users. Returns how many went. */
static size_t naive_pass(struct event *v, size_t n, size_t min_item,
                         size_t min_user)
{
    size_t before = count_left(v, n, UINT32_MAX, UINT32_MAX);
    int drop[ITEMS > USERS ? ITEMS : USERS];

    for (uint32_t i = 0; i < ITEMS; i++) {
        drop[i] = count_left(v, n, UINT32_MAX, i) < min_item;
    }
    for (size_t i = 0; i < n; i++) {
        v[i].gone |= drop[v[i].item];
    }
    for (uint32_t u = 0; u < USERS; u++) {
        drop[u] = count_left(v, n, u, UINT32_MAX) < min_user;
    }
    for (size_t i = 0; i < n; i++) {
        v[i].gone |= drop[v[i].user];
    }
    return before - count_left(v, n, UINT32_MAX, UINT32_MAX);
}

START_TEST(all_against_naive)
{
    struct rec_places places = {NULL, 0, 0, 0}; /* one for all matrices */

    for (uint64_t seed = 0; seed < 200; seed++) {
        int how = (int)(seed % 4), iterate = seed / 4 % 2;
        uint64_t min_item = seed / 8 % 6, min_user = seed / 3 % 7;
        struct event v[MOST];
        size_t n = random_events(v, seed), gone, item, user, naive = 0, k;
        struct rec_csr m;

        to_csr(&m, v, n);
        ck_assert_int_eq(rec_filter_duplicates(&m, (enum rec_duplicates)how,
                                               NULL, &places, NULL, &gone,
                                               NULL),
                         0);
        naive_duplicates(v, n, how);
        same(&m, v, n);
        ck_assert_uint_eq(gone, n - rec_csr_events(&m));

        k = rec_filter_weight(&m, 1.5f);
        for (size_t i = 0; i < n; i++) {
            naive += !v[i].gone && v[i].weight < 1.5f;
            v[i].gone |= v[i].weight < 1.5f;
        }
        same(&m, v, n);
        ck_assert_uint_eq(k, naive);

        ck_assert_int_eq(rec_filter_core(&m, min_item, min_user, iterate,
                                         &item, &user, NULL),
                         0);
        naive = 0;
        do {
            k = naive_pass(v, n, min_item, min_user);
            naive += k;
        } while (iterate && k > 0);
        same(&m, v, n);
        ck_assert_uint_eq(item + user, naive);
        rec_csr_release(&m);
    }
    rec_places_release(&places);
}
END_TEST

START_TEST(sums_without_weights_count)
{
    struct event v[] = {{0, 1, 1, 5, 0}, {0, 2, 1, 6, 0}, {0, 1, 1, 4, 0}};
    struct rec_places places = {NULL, 0, 0, 0};
    struct rec_csr m;
    size_t gone;

    to_csr(&m, v, 3);
    free(m.weight);
    m.weight = NULL;
    ck_assert_int_eq(
        rec_filter_duplicates(&m, REC_DUP_SUM, NULL, &places, NULL, &gone,
                              NULL),
        0);
    ck_assert_uint_eq(gone, 1);
    ck_assert(m.weight[0] == 2.0f && m.weight[1] == 1.0f);
    ck_assert_int_eq(m.time[0], 5);
    rec_csr_release(&m);
    rec_places_release(&places);
}
END_TEST

START_TEST(sums_round_once)
{
    struct event v[101];
    struct rec_repeat at;
    struct rec_places places = {NULL, 0, 0, 0};
    struct rec_csr m;
    size_t gone;

    for (int i = 0; i < 101; i++) {
        v[i] = (struct event){3, 4, i ? 1e-8f : 1.0f, 0, 0};
    }
    to_csr(&m, v, 101);
    ck_assert_int_eq(
        rec_filter_duplicates(&m, REC_DUP_SUM, NULL, &places, NULL, &gone,
                              NULL),
        0);
    ck_assert(m.weight[0] == (float)(1 + 1e-6));
    m.start[4] = 2; /* the row again, now of two huge weights */
    for (size_t r = 4; r <= USERS; r++) {
        m.start[r] = 2;
    }
    m.item[1] = m.item[0];
    m.weight[0] = m.weight[1] = 3e38f;
    ck_assert_int_eq(
        rec_filter_duplicates(&m, REC_DUP_SUM, NULL, &places, &at, &gone,
                              NULL),
        REC_ENUMERIC);
    ck_assert_uint_eq(at.row, 3);
    ck_assert_uint_eq(at.item, 4);
    rec_csr_release(&m);
    rec_places_release(&places);
}
END_TEST

START_TEST(first_repeat_is_named)
{
    struct event v[] = {{0, 1, 1, 0, 0}, {0, 1, 1, 0, 0}, {1, 2, 1, 0, 0},
                        {1, 2, 1, 0, 0}, {1, 2, 1, 0, 0}};
    uint64_t line[] = {1, 9, 2, 3, 4};
    struct rec_repeat at;
    struct rec_places places = {NULL, 0, 0, 0};
    struct rec_csr m;
    size_t gone;

    to_csr(&m, v, 5);
    ck_assert_int_eq(
        rec_filter_duplicates(&m, REC_DUP_ERROR, line, &places, &at, &gone,
                              NULL),
        REC_EREPEAT);
    ck_assert_uint_eq(at.line, 3);
    ck_assert_uint_eq(at.row, 1);
    ck_assert_uint_eq(at.item, 2);
    rec_csr_release(&m);
    rec_places_release(&places);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("all");

    tcase_add_test(c, all_against_naive);
    tcase_add_test(c, sums_without_weights_count);
    tcase_add_test(c, sums_round_once);
    tcase_add_test(c, first_repeat_is_named);
    return suite_end("filter", c);
}
