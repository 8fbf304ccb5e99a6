/* SPDX-License-Identifier: MIT */
/* Unit tests of neighbours, against sums in double precision: weights and
   vectors of a model that exists only here, and vectors alone. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "models/similar.h"
#include "suite.h"

enum { ITEMS = 300, DIM = 17 };

static float table[ITEMS * ITEMS], vector[ITEMS * DIM];
static struct rec_dict *dict;
static struct rec_error err;

/* ---- a model of tables -------------------------------------------------- */

static int get_weights(const struct rec_model *m, uint32_t item, float *out,
                       struct rec_error *e)
{
    (void)e;
    for (size_t j = 0; j < m->n_items; j++) {
        out[j] = table[item * m->n_items + j];
    }
    return 0;
}

static uint32_t get_dimensions(const struct rec_model *m)
{
    (void)m;
    return DIM;
}

static int get_vectors(const struct rec_model *m, const float **out,
                       struct rec_error *e)
{
    (void)m;
    (void)e;
    *out = vector;
    return 0;
}

static const struct rec_model_type by_weights = {.kind = "model/weights",
                                                 .weights = get_weights};
static const struct rec_model_type by_vectors = {
    .kind = "model/vectors",
    .dimensions = get_dimensions,
    .item_vectors = get_vectors};
static struct rec_model model;

static void set_up(void)
{
    struct rec_rng rng;
    uint32_t index;
    char id[16];

    dict = rec_dict_new();
    rec_rng_init(&rng, 5);
    for (int i = 0; i < ITEMS; i++) {
        int n = snprintf(id, sizeof id, "item-%d", i);

        ck_assert_int_eq(rec_dict_add(dict, id, (size_t)n, &index, &err), 0);
    }
    for (size_t i = 0; i < ITEMS * ITEMS; i++) { /* many ties, many zeros */
        table[i] = (float)rec_rng_below(&rng, 4) - 1;
    }
    for (size_t i = 0; i < ITEMS * DIM; i++) {
        vector[i] = (float)(rec_rng_unit(&rng) - 0.4);
    }
    for (size_t k = 0; k < DIM; k++) {
        vector[3 * DIM + k] = 0; /* no direction */
        vector[7 * DIM + k] = 2 * vector[9 * DIM + k];
    }
    model = (struct rec_model){.items = dict, .n_items = ITEMS};
}

static void tear_down(void)
{
    rec_dict_free(dict);
}

/* ---- the oracle --------------------------------------------------------- */

static double dot(uint32_t a, uint32_t b)
{
    double sum = 0;

    for (size_t k = 0; k < DIM; k++) {
        sum += (double)vector[a * DIM + k] * vector[b * DIM + k];
    }
    return sum;
}

/* The measure from A to B; NaN if B cannot be on the list of A. */
static double measure(enum rec_similar_by by, uint32_t a, uint32_t b)
{
    double w = table[a * ITEMS + b];

    if (a == b) {
        return (double)NAN;
    }
    switch (by) {
    case REC_SIMILAR_WEIGHTS:
        return w != 0 ? w : (double)NAN;
    case REC_SIMILAR_COSINE:
        return dot(a, b) / sqrt(dot(a, a) * dot(b, b)); /* 0 / 0: NaN */
    case REC_SIMILAR_DOT:
        break;
    }
    return dot(a, b);
}

/* List R, of item A: right numbers, in order, and whoever is not on it is no
   better than the last. */
static void check_list(const struct rec_similar *s, size_t r, uint32_t a,
                       const uint32_t *rank)
{
    const struct rec_hit *hit = s->hit + r * s->n;
    size_t n = s->count[r], can = 0;
    uint8_t on[ITEMS] = {0};

    for (size_t i = 0; i < n; i++) {
        double want = measure(s->by, a, hit[i].item);

        SURE(fabs(hit[i].score - want) < 1e-5);
        SURE(!on[hit[i].item]++);
        SURE(i == 0 || hit[i - 1].score > hit[i].score
             || (!(hit[i - 1].score < hit[i].score)
                 && rank[hit[i - 1].item] < rank[hit[i].item]));
    }
    for (uint32_t b = 0; b < ITEMS; b++) {
        double x = measure(s->by, a, b);

        can += !isnan(x);
        SURE(isnan(x) || on[b] || (n > 0 && x < hit[n - 1].score + 1e-5));
    }
    ck_assert_uint_eq(n, can < s->n ? can : s->n);
}

static void check_all(struct rec_similar *s)
{
    uint32_t *rank = rec_dict_tie_rank(dict), item[ITEMS];

    ck_assert_uint_gt(s->max_rows, 2);
    for (uint32_t i = 0; i < ITEMS;) {
        size_t n = 0;

        for (; n < s->max_rows && i + n < ITEMS; n++) {
            item[n] = ITEMS - 1 - (i + (uint32_t)n); /* in any order */
        }
        ck_assert_int_eq(rec_similar_fill(s, item, n, 1 + (int)(i % 2), &err),
                         0);
        for (size_t r = 0; r < n; r++) {
            check_list(s, r, item[r], rank);
        }
        i += (uint32_t)n;
    }
    free(rank);
    rec_similar_release(s);
}

static const size_t lengths[] = {1, 10, ITEMS + 5};

START_TEST(weights)
{
    struct rec_similar s;

    model.type = &by_weights;
    ck_assert_int_eq(rec_similar_natural(&model, &err), REC_SIMILAR_WEIGHTS);
    ck_assert_int_eq(rec_similar_init(&s, &model, REC_SIMILAR_WEIGHTS,
                                      lengths[_i], &err),
                     0);
    check_all(&s);
}
END_TEST

START_TEST(vectors)
{
    enum rec_similar_by by = _i & 1 ? REC_SIMILAR_COSINE : REC_SIMILAR_DOT;
    struct rec_similar s;

    model.type = &by_vectors;
    ck_assert_int_eq(rec_similar_natural(&model, &err), REC_SIMILAR_COSINE);
    ck_assert_int_eq(rec_similar_init(&s, &model, by, lengths[_i / 2], &err),
                     0);
    check_all(&s);
    ck_assert_int_eq(rec_similar_init_vectors(&s, dict, vector, DIM, by,
                                              lengths[_i / 2], &err),
                     0);
    check_all(&s);
}
END_TEST

/* Parallel vectors have cosine 1, however long they are. */
START_TEST(parallel)
{
    struct rec_similar s;
    uint32_t item[] = {7, 3};

    ck_assert_int_eq(rec_similar_init_vectors(&s, dict, vector, DIM,
                                              REC_SIMILAR_COSINE, 1, &err),
                     0);
    ck_assert_int_eq(rec_similar_fill(&s, item, 2, 1, &err), 0);
    ck_assert_uint_eq(s.hit[0].item, 9);
    ck_assert_double_eq_tol(s.hit[0].score, 1, 1e-6);
    ck_assert_uint_eq(s.count[1], 0);
    rec_similar_release(&s);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("similar");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, weights, 0, 3);
    tcase_add_loop_test(t, vectors, 0, 6);
    tcase_add_test(t, parallel);
    return suite_end("similar", t);
}
