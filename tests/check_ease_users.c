/* SPDX-License-Identifier: MIT */
/* EASE solved on the users side against the items side: every member of the
   family, with powers and weights, on problems of both shapes; histories that
   are training rows, and others; what a damaged file leads to. */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dense.h"
#include "io/output.h"
#include "models/ease.h"
#include "suite.h"

static char dir[64], path[2][96];
static struct dense p, q;          /* training data; histories */
static struct rec_model *model[2]; /* solved on the items side, the users' */
static float score[2][DENSE_MAX * DENSE_MAX];

static void set_up(void)
{
    snprintf(dir, sizeof dir, "/tmp/check_ease_users.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path[0], sizeof path[0], "%s/items.rps", dir);
    snprintf(path[1], sizeof path[1], "%s/users.rps", dir);
}

static void tear_down(void)
{
    rec_model_close(model[0]);
    rec_model_close(model[1]);
    unlink(path[0]);
    unlink(path[1]);
    rmdir(dir);
}

static struct rec_dict *make_dict(uint32_t n)
{
    struct rec_dict *d = rec_dict_new();
    struct rec_error err;
    uint32_t index;
    char id[16];

    for (uint32_t i = 0; i < n; i++) {
        int len = snprintf(id, sizeof id, "i%u", (unsigned)i);

        ck_assert_int_eq(rec_dict_add(d, id, (size_t)len, &index, &err), 0);
    }
    return d;
}

static void save(const struct rec_ease *e, const char *to)
{
    struct rec_dict *dict = make_dict(e->items);
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, to, &err), 0);
    ck_assert_int_eq(rec_ease_save(e, dict, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    rec_dict_free(dict);
}

/* Fit P on both sides, and load the two models. */
static void fit_both(struct rec_ease_options opt)
{
    struct rec_ease e;
    struct rec_error err;

    for (int i = 0; i < 2; i++) {
        opt.side = i == 0 ? REC_EASE_ITEMS : REC_EASE_USERS;
        ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &opt, &err), 0);
        save(&e, path[i]);
        rec_ease_release(&e);
        rec_model_close(model[i]);
        ck_assert_int_eq(rec_model_open(&model[i], path[i], &err), 0);
    }
    ck_assert_str_eq(model[0]->type->kind, "model/ease");
    ck_assert_str_eq(model[1]->type->kind, "model/ease-users");
}

/* All scores of ROWS agree. They stand beside numbers of the order of LARGE. */
static void compare_scores(const struct rec_csr *rows, double tolerance)
{
    size_t n = rows->rows * model[0]->n_items;
    double large = 0;
    struct rec_error err;

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(rec_model_score(model[i], rows, 1, score[i], &err),
                         0);
    }
    for (size_t k = 0; k < n; k++) {
        large = fmax(large, fabs((double)score[0][k]));
    }
    ck_assert_double_gt(large, 1e-4);
    for (size_t k = 0; k < n; k++) {
        ck_assert_double_eq_tol(score[0][k], score[1][k], tolerance * large);
    }
}

static void compare_parts(const struct rec_csr *rows)
{
    static double part[2][DENSE_MAX];
    struct rec_csr row = *rows;
    struct rec_error err;

    row.start += 3;
    row.rows = 1;
    for (uint32_t j = 0; j < model[0]->n_items; j++) {
        for (int i = 0; i < 2; i++) {
            ck_assert_int_eq(
                rec_model_explain(model[i], &row, j, part[i], &err), 0);
        }
        for (uint32_t k = 0; k < rec_csr_row_len(&row, 0); k++) {
            ck_assert_double_eq_tol(part[0][k], part[1][k], 1e-4);
        }
    }
}

/* The weights of every item, against the scores of one event of it. */
static void compare_weights(void)
{
    static float w[2][DENSE_MAX];
    uint32_t n = model[0]->n_items;
    double large = 0;
    struct rec_error err;

    for (uint32_t i = 0; i < n; i++) {
        int64_t start[] = {0, 1};
        float one = 1;
        struct rec_csr x = {1, n, start, &i, &one, NULL};

        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(rec_model_weights(model[k], i, w[k], &err), 0);
            ck_assert_int_eq(rec_model_score(model[k], &x, 1, score[k], &err),
                             0);
            SURE(memcmp(w[k], score[k], n * sizeof *w[k]) == 0);
        }
        for (uint32_t j = 0; j < n; j++) {
            large = fmax(large, fabs((double)w[0][j]));
            SURE(fabs(w[0][j] - w[1][j]) < 1e-4 * fmax(large, 1));
        }
    }
}

/* 17 users x 40 items, more than a block; and 40 x 17. Single precision has a
   lambda that suits it, near the mean square of the values. */
START_TEST(sides_agree)
{
    static const struct rec_ease_family family[] = {
        {2, 0, 0},   {2, 0, 0.1},   {2, 0, 1},
        {2, 0.3, 0}, {2, 0.3, 0.1}, {2, 0.3, 1}};
    static const struct rec_ease_powers powers[] = {
        {0, 0, 0}, {0.4, 0.4, 0.4}, {0.3, 0.5, 0.1}};
    int weights = _i & 1, wide = (_i & 2) != 0;
    struct rec_ease_options opt = {
        family[_i / 8 % 6], powers[_i / 48], REC_EASE_AUTO, 0, wide, 2, NULL};
    size_t users = _i & 4 ? 40 : 17, items = _i & 4 ? 17 : 40;

    opt.family.lambda *= (weights ? 10 : 1)
                         * (powers[_i / 48].user > 0 ? 0.05 : 1);
    dense_random(&p, users, items, weights, 1 + (uint64_t)_i);
    dense_random(&q, 35, items, weights, 1000 + (uint64_t)_i);
    fit_both(opt);
    compare_scores(&p.rows, 1e-4); /* the short form */
    compare_scores(&q.rows, 1e-4); /* the full form */
    compare_parts(&p.rows);
    compare_parts(&q.rows);
    compare_weights();
}
END_TEST

/* An event of weight 0 makes a training row another row with the same scores:
   the short form against the full form. Shuffled, it is the same row. */
START_TEST(short_is_full)
{
    struct rec_ease_options opt = {
        {0.1, 0.2, 0.05}, {0.4, 0.3, 0.2}, REC_EASE_AUTO, 0, 0, 1, NULL};
    int64_t n;
    struct rec_error err;

    dense_random(&p, 20, 30, 1, 77);
    fit_both(opt);
    q = p;
    n = q.start[1];
    for (int64_t e = 0; e < n; e++) { /* backwards */
        q.item[e] = p.item[n - 1 - e];
        q.weight[e] = p.weight[n - 1 - e];
    }
    q.rows.rows = p.rows.rows = 1;
    q.rows.start = q.start;
    q.rows.item = q.item;
    q.rows.weight = q.weight;
    ck_assert_int_eq(rec_model_score(model[1], &p.rows, 1, score[0], &err),
                     0);
    ck_assert_int_eq(rec_model_score(model[1], &q.rows, 1, score[1], &err),
                     0);
    ck_assert_mem_eq(score[0], score[1], 30 * sizeof **score);
    q.item[n] = 29;
    q.weight[n] = 0;
    q.start[1] = n + 1;
    ck_assert_int_eq(rec_model_score(model[1], &q.rows, 1, score[1], &err),
                     0);
    ck_assert_int_ne(memcmp(score[0], score[1], 30 * sizeof **score), 0);
    for (size_t j = 0; j < 30; j++) {
        ck_assert_double_eq_tol(score[0][j], score[1][j], 1e-4);
    }
}
END_TEST

START_TEST(threads_do_not_matter)
{
    struct rec_ease_options opt = {{2, 0, 0}, {0, 0, 0}, REC_EASE_AUTO, 0,
                                   0,         1,         NULL};
    struct rec_error err;

    dense_random(&p, 40, 48, 0, 3);
    dense_random(&q, 40, 48, 0, 4);
    memcpy(q.x[0], p.x[20], sizeof q.x[0] * 20);
    dense_rows(&q, 0);
    fit_both(opt);
    ck_assert_int_eq(rec_model_score(model[1], &q.rows, 1, score[0], &err),
                     0);
    ck_assert_int_eq(rec_model_score(model[1], &q.rows, 3, score[1], &err),
                     0);
    ck_assert_mem_eq(score[0], score[1], 40 * 48 * sizeof **score);
}
END_TEST

START_TEST(smaller_side)
{
    struct rec_ease_options opt = {{2, 0, 0}, {0, 0, 0}, REC_EASE_AUTO, 0,
                                   0,         1,         NULL};

    dense_random(&p, 9, 10, 0, 3);
    ck_assert_int_eq(rec_ease_side(&p.rows, &opt), REC_EASE_USERS);
    ck_assert_double_eq(rec_ease_order(&p.rows, &opt), 9);
    opt.side = REC_EASE_ITEMS;
    ck_assert_int_eq(rec_ease_side(&p.rows, &opt), REC_EASE_ITEMS);
    opt.side = REC_EASE_AUTO;
    dense_random(&p, 10, 10, 0, 3);
    ck_assert_int_eq(rec_ease_side(&p.rows, &opt), REC_EASE_ITEMS);
    ck_assert_double_eq(rec_ease_order(&p.rows, &opt), 10);
}
END_TEST

START_TEST(refuses_to_fit)
{
    int64_t start[] = {0, 1, 4};
    uint32_t item[] = {1, 2, 0, 2};
    float weight[] = {1000, 1000};
    struct rec_csr x = {2, 3, start, item, NULL, NULL};
    struct rec_ease_options opt = {
        {1e-9, 0, 0}, {0, 0, 0}, REC_EASE_USERS, 0, 0, 1, NULL};
    struct rec_error err;
    struct rec_ease e;

    ck_assert_int_eq(rec_ease_fit(&e, &x, &opt, &err), REC_EREPEAT);
    ck_assert_str_eq(err.text, "row 2 has an item twice");
    item[1] = 1; /* both users have item 1, and lambda is lost beside it */
    start[2] = 2;
    x.weight = weight;
    ck_assert_int_eq(rec_ease_fit(&e, &x, &opt, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "or the items side"));
}
END_TEST

/* A lambda so far below the counts that single precision may give weights
   that are plausible and wrong: refused there, solved in double precision and
   on the other side. */
START_TEST(refuses_noise)
{
    static int64_t start[41];
    static uint32_t item[40 * 3];
    struct rec_csr x = {40, 60, start, item, NULL, NULL};
    struct rec_ease_options opt = {
        {1e-4, 0, 0}, {0, 0, 0}, REC_EASE_USERS, 0, 0, 1, NULL};
    struct rec_error err;
    struct rec_ease e;

    for (uint32_t u = 0; u < 40; u++) { /* everybody has item 0 */
        start[u + 1] = start[u] + 3;
        item[3 * u + 1] = 1 + u;
        item[3 * u + 2] = 41 + u % 19;
    }
    ck_assert_int_eq(rec_ease_fit(&e, &x, &opt, &err), REC_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(err.text, "or double precision or the items"));
    opt.wide = 1;
    ck_assert_int_eq(rec_ease_fit(&e, &x, &opt, &err), 0);
    rec_ease_release(&e);
    opt.wide = 0;
    opt.family.lambda = 1;
    ck_assert_int_eq(rec_ease_fit(&e, &x, &opt, &err), 0);
    rec_ease_release(&e);
}
END_TEST

/* A model of two users and three items, with one thing wrong with it. */
START_TEST(refuses_to_load)
{
    int64_t start[] = {0, 1, 3};
    uint32_t item[] = {2, 0, 1};
    double column[] = {1, 1, 1};
    float matrix[] = {1, 0, 0, 1};
    struct rec_ease e = {
        .dtype = REC_F32,
        .side = REC_EASE_USERS,
        .items = 3,
        .family = {1, 0, 0},
        .matrix = matrix,
        .columns = {column, column, column, column, column, column, column},
        .x = {2, 3, start, item, NULL, NULL}};
    static const int code[] = {0, REC_ECORRUPT, REC_ECORRUPT, REC_ECORRUPT,
                               REC_EREPEAT};
    struct rec_error err;

    switch (_i) {
    case 1:
        start[0] = 1;
        break;
    case 2:
        start[1] = 4;
        break;
    case 3:
        item[1] = 3;
        break;
    case 4:
        item[1] = 1;
        break;
    default:
        break;
    }
    save(&e, path[1]);
    ck_assert_int_eq(rec_model_open(&model[1], path[1], &err), code[_i]);
}
END_TEST

START_TEST(transpose)
{
    int64_t start[] = {0, 3, 3, 5}, place[5];
    uint32_t item[] = {3, 0, 1, 1, 3};
    float weight[] = {1, 2, 3, 4, 5};
    struct rec_csr x = {3, 5, start, item, weight, NULL}, t;
    const int64_t starts[] = {0, 1, 3, 3, 5, 5}, places[] = {3, 0, 1, 2, 4};
    const uint32_t users[] = {0, 0, 2, 0, 2};
    const float weights[] = {2, 3, 4, 1, 5};
    struct rec_error err;

    ck_assert_int_eq(rec_csr_transpose(&t, &x, place, &err), 0);
    ck_assert_uint_eq(t.rows, 5);
    ck_assert_uint_eq(t.cols, 3);
    ck_assert_mem_eq(t.start, starts, sizeof starts);
    ck_assert_mem_eq(t.item, users, sizeof users);
    ck_assert_mem_eq(t.weight, weights, sizeof weights);
    ck_assert_mem_eq(place, places, sizeof places);
    rec_csr_release(&t);
    x.weight = NULL;
    ck_assert_int_eq(rec_csr_transpose(&t, &x, NULL, &err), 0);
    ck_assert_ptr_null(t.weight);
    rec_csr_release(&t);
    item[4] = 1;
    ck_assert_int_eq(rec_csr_transpose(&t, &x, NULL, &err), REC_EREPEAT);
    ck_assert_str_eq(err.text, "row 3 has an item twice");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_users");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, sides_agree, 0, 144);
    tcase_add_test(t, short_is_full);
    tcase_add_test(t, threads_do_not_matter);
    tcase_add_test(t, smaller_side);
    tcase_add_test(t, refuses_to_fit);
    tcase_add_test(t, refuses_noise);
    tcase_add_loop_test(t, refuses_to_load, 0, 5);
    tcase_add_test(t, transpose);
    return suite_end("ease_users", t);
}
