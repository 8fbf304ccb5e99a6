/* SPDX-License-Identifier: MIT */
/* Lists made by panels against lists made from rows of scores: the same, with
   ties, hidden items, weights and rows without items; damage is found. */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "io/output.h"
#include "models/ease.h"
#include "models/panels.h"
#include "models/recommend.h"
#include "suite.h"

/* Items are no multiple of a panel, and more than a strip of panels. */
enum { ITEMS = 300, ROWS = 90, MOST = 30, BEST = 25 };

static char path[64];
static struct rec_dict *dict;
static float weights[ITEMS * ITEMS];
static int64_t start[2][ROWS + 1];
static uint32_t item[2][ROWS * MOST];
static float weight[ROWS * MOST];
static struct rec_csr history, hide;
static uint8_t hidden[ITEMS];

/* Rows of up to MOST different items; some have none. */
static struct rec_csr make_rows(struct rec_rng *rng, int which)
{
    struct rec_csr x = {ROWS, ITEMS, start[which], item[which], NULL, NULL};
    int64_t n = 0;

    for (size_t r = 0; r < ROWS; r++) {
        uint64_t len = r % 11 == 3 ? 0 : 1 + rec_rng_below(rng, MOST);
        uint32_t first = (uint32_t)rec_rng_below(rng, ITEMS);

        start[which][r] = n;
        for (uint64_t k = 0; k < len; k++) {
            item[which][n++] = (uint32_t)((first + 7 * k) % ITEMS);
        }
    }
    start[which][ROWS] = n;
    return x;
}

static void save(enum rec_dtype store)
{
    static float room[ITEMS * ITEMS];
    struct rec_ease e = {.dtype = REC_F32,
                         .side = REC_EASE_ITEMS,
                         .items = ITEMS,
                         .family = {1, 0, 0},
                         .weights = 1,
                         .matrix = room};
    struct rec_output *o;
    struct rec_error err;

    memcpy(room, weights, sizeof room);
    ck_assert_int_eq(rec_ease_narrow(&e, store, &err), 0);

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_ease_save(&e, dict, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

/* Weights of few values, so that scores are often equal. */
static void set_up(void)
{
    struct rec_error err;
    struct rec_rng rng;
    uint32_t index;
    char id[16];

    snprintf(path, sizeof path, "/tmp/check_panels.%ld", (long)getpid());
    rec_rng_init(&rng, 5);
    dict = rec_dict_new();
    for (int i = 0; i < ITEMS; i++) {
        int n = snprintf(id, sizeof id, "item-%d", i);

        ck_assert_int_eq(rec_dict_add(dict, id, (size_t)n, &index, &err), 0);
        hidden[i] = rec_rng_below(&rng, 20) == 0;
    }
    for (size_t k = 0; k < (size_t)ITEMS * ITEMS; k++) {
        weights[k] = ((float)rec_rng_below(&rng, 9) - 4) / 3;
    }
    history = make_rows(&rng, 0);
    hide = make_rows(&rng, 1);
    for (size_t e = 0; e < rec_csr_events(&history); e++) {
        weight[e] = (float)rec_rng_below(&rng, 3) + 0.5F;
    }
    history.weight = weight;
}

static void tear_down(void)
{
    unlink(path);
    rec_dict_free(dict);
}

/* The lists as they are defined. */
static void list_slowly(const struct rec_model *m, const uint8_t *not_shown,
                        const uint32_t *rank, struct rec_hit *hit,
                        size_t *count)
{
    static float score[ROWS * ITEMS];
    struct rec_error err;

    ck_assert_int_eq(rec_model_score(m, &history, 1, score, &err), 0);
    for (size_t r = 0; r < ROWS; r++) {
        float *row = score + r * ITEMS;

        for (int64_t e = hide.start[r]; e < hide.start[r + 1]; e++) {
            row[hide.item[e]] = -INFINITY;
        }
        count[r] = rec_csr_row_len(&history, r) == 0
                       ? 0
                       : rec_topk(row, ITEMS, rank, not_shown, BEST,
                                  hit + r * BEST);
    }
}

static void compare(const struct rec_model *m, const uint8_t *not_shown,
                    int threads)
{
    static struct rec_hit slow[ROWS * BEST], fast[ROWS * BEST];
    static size_t slow_count[ROWS], fast_count[ROWS];
    uint32_t *rank = rec_dict_tie_rank(m->items);
    struct rec_error err;

    list_slowly(m, not_shown, rank, slow, slow_count);
    ck_assert_int_eq(rec_panels_fill(m, &history, &hide, not_shown, rank, BEST,
                                     fast, fast_count, threads, &err),
                     0);
    ck_assert_mem_eq(slow_count, fast_count, sizeof slow_count);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t k = 0; k < slow_count[r]; k++) {
            struct rec_hit a = slow[r * BEST + k], b = fast[r * BEST + k];

            SURE(a.item == b.item);
            SURE(memcmp(&a.score, &b.score, sizeof a.score) == 0);
        }
    }
    ck_assert_uint_eq(slow_count[3], 0);
    ck_assert_uint_eq(slow_count[4], BEST);
    free(rank);
}

START_TEST(same_lists)
{
    static const enum rec_dtype store[] = {REC_F32, REC_F16, REC_BF16};
    struct rec_model *m;
    struct rec_error err;

    if (_i & 2) {
        hide.rows = 0; /* nobody's: */
        memset(start[1], 0, sizeof start[1]);
    }
    save(store[_i / 8]);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_model_linear(m), REC_LINEAR_WEIGHTED);
    ck_assert_int_eq(rec_panels_suit(m, &history), 1);
    compare(m, _i & 4 ? hidden : NULL, _i & 1 ? 3 : 1);
    history.weight = NULL;
    compare(m, _i & 4 ? hidden : NULL, _i & 1 ? 3 : 1);
    rec_model_close(m);
}
END_TEST

/* A list cannot be longer than what may be shown. */
START_TEST(short_lists)
{
    struct rec_model *m;
    struct rec_error err;
    struct rec_lists l;
    size_t shown = 0;

    save(REC_F32);
    for (size_t i = 0; i < ITEMS; i++) {
        hidden[i] = i % 50 != 49;
        shown += !hidden[i];
    }
    memset(start[1], 0, sizeof start[1]);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_lists_init(&l, m, ITEMS, &err), 0);
    ck_assert_int_eq(rec_lists_fill(&l, &history, &hide, hidden, 2, &err), 0);
    for (size_t r = 0; r < ROWS; r++) {
        ck_assert_uint_eq(l.count[r], rec_csr_row_len(&history, r) ? shown : 0);
        for (size_t k = 1; k < l.count[r]; k++) {
            ck_assert_float_ge(l.hit[r * l.n + k - 1].score,
                               l.hit[r * l.n + k].score);
        }
    }
    rec_lists_release(&l);
    rec_model_close(m);
}
END_TEST

START_TEST(damage)
{
    struct rec_model *m;
    struct rec_error err;
    struct rec_lists l;
    FILE *f;

    save(REC_F32);
    f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, -100000, SEEK_END), 0);
    ck_assert_int_eq(fputc(0x5a, f), 0x5a);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0); /* mapped */
    ck_assert_int_eq(rec_lists_init(&l, m, BEST, &err), 0);
    ck_assert_int_eq(rec_lists_fill(&l, &history, &hide, NULL, 2, &err),
                     REC_ECORRUPT);
    rec_lists_release(&l);
    rec_model_close(m);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("panels");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, same_lists, 0, 24);
    tcase_add_test(t, short_lists);
    tcase_add_test(t, damage);
    return suite_end("panels", t);
}
