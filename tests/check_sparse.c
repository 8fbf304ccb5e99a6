/* SPDX-License-Identifier: MIT */
/* Sparse weights as a model: saved in every precision, lent, mapped and from a
   pipe, against the dense sum; damage refused. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "data/rows.h"
#include "io/output.h"
#include "models/sparse.h"
#include "suite.h"

/* 160,000 places, of which half are full: 320 KB of items, two chunks. */
enum { ITEMS = 400, ROWS = 3, ROOM = ITEMS * ITEMS };

static char dir[64], path[96];
static struct rec_dict *dict;
static int64_t start[ITEMS + 1];
static uint32_t item[ROOM];
static float weight[ROOM], in[ITEMS], out[ITEMS];
static double dense[ITEMS][ITEMS];

/* Row 5 has nothing, row 6 everything: more than is widened at a time. */
static void set_up(void)
{
    struct rec_error err;
    struct rec_rng rng;
    uint32_t index;
    char id[16];
    int64_t n = 0;

    snprintf(dir, sizeof dir, "/tmp/check_sparse.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/m.rps", dir);
    dict = rec_dict_new();
    rec_rng_init(&rng, 3);
    start[0] = 0;
    for (uint32_t i = 0; i < ITEMS; i++) {
        int len = snprintf(id, sizeof id, "item-%u", (unsigned)i);

        ck_assert_int_eq(rec_dict_add(dict, id, (size_t)len, &index, &err),
                         0);
        in[i] = (float)(rec_rng_unit(&rng) + 0.5);
        out[i] = (float)(rec_rng_unit(&rng) + 0.5);
        for (uint32_t j = 0; j < ITEMS; j++) {
            dense[i][j] = 0;
            if (i != 5 && (i == 6 || rec_rng_unit(&rng) < 0.5)) {
                item[n] = j;
                weight[n] = (float)(rec_rng_unit(&rng) - 0.5);
                dense[i][j] = weight[n++];
            }
        }
        start[i + 1] = n;
    }
}

static void tear_down(void)
{
    unlink(path);
    rmdir(dir);
    rec_dict_free(dict);
}

static struct rec_sparse make(int weights, int factors)
{
    struct rec_sparse s = {ITEMS, weights, start, item, weight,
                           factors ? in : NULL, factors ? out : NULL};

    return s;
}

static void save(const struct rec_sparse *s, enum rec_dtype store, int level)
{
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_sparse_save(s, "top 7\n", store, dict, o, level,
                                     "test\n", &err),
                     0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

static int64_t row_start[] = {0, 4, 4, 6};
static uint32_t row_item[] = {7, 399, 5, 6, 12, 7};
static float row_weight[] = {1, 2, 0.5f, 3, -1, 2};
static struct rec_csr rows = {ROWS, ITEMS, row_start, row_item, row_weight,
                              NULL};

/* score_j = out_j sum in_i x_i W_ij; TOL is what storing costs a weight. */
static void check_model(const struct rec_model *m, int weights, int factors,
                        double tol)
{
    static float one[ROWS * ITEMS], two[ROWS * ITEMS], votes[ITEMS];
    struct rec_error err;

    ck_assert_int_eq(rec_model_score(m, &rows, 1, one, &err), 0);
    ck_assert_int_eq(rec_model_score(m, &rows, 3, two, &err), 0);
    ck_assert_mem_eq(one, two, sizeof one);
    for (size_t r = 0; r < ROWS; r++) {
        int64_t alone[2];
        struct rec_csr row = rec_csr_one(&rows, r, alone);

        for (uint32_t j = 0; j < ITEMS; j++) {
            double want = 0, sum = 0, part[4];

            ck_assert_int_eq(rec_model_explain(m, &row, j, part, &err), 0);
            for (int64_t e = row_start[r]; e < row_start[r + 1]; e++) {
                uint32_t i = row_item[e];
                double x = (weights ? row_weight[e] : 1)
                           * (factors ? (double)in[i] * out[j] : 1);

                want += x * dense[i][j];
                sum += part[e - row_start[r]];
                SURE(fabs(part[e - row_start[r]] - x * dense[i][j])
                     < 10 * tol + 1e-6);
            }
            SURE(fabs(one[r * ITEMS + j] - want) < 20 * tol + 5e-6);
            SURE(fabs(one[r * ITEMS + j] - sum) < 5e-6);
        }
    }
    ck_assert_int_eq(rec_model_weights(m, 7, votes, &err), 0);
    for (uint32_t j = 0; j < ITEMS; j++) {
        double want = dense[7][j] * (factors ? (double)in[7] * out[j] : 1);

        SURE(fabs(votes[j] - want) < 3 * tol + 1e-6);
    }
}

/* Every precision, with and without weights, factors and deflation; mapped
   and read. */
START_TEST(round_trip)
{
    static const enum rec_dtype stores[] = {REC_F32, REC_F16, REC_BF16};
    static const double tols[] = {0, 1.3e-4, 1e-3}; /* half a step below .5 */
    enum rec_dtype store = stores[_i % 3];
    int weights = _i & 1, factors = (_i & 2) != 0, level = _i & 4 ? 1 : 0;
    struct rec_sparse s = make(weights, factors);
    struct rec_model *m;
    struct rec_error err;
    double top;

    save(&s, store, level);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_str_eq(m->type->kind, "model/sparse");
    ck_assert_uint_eq(m->n_items, ITEMS);
    ck_assert_int_eq(rec_model_param(m, "top", &top, &err), 0);
    ck_assert_double_eq(top, 7);
    ck_assert_uint_eq(
        rec_store_find(m->store, "Arry", "weight")->block.dtype, store);
    check_model(m, weights, factors, tols[_i % 3]);
    rec_model_close(m);
}
END_TEST

START_TEST(lent)
{
    struct rec_sparse s = make(_i & 1, _i & 2);
    struct rec_model m;
    struct rec_error err;

    ck_assert_int_eq(rec_sparse_lend(&s, dict, &m, &err), 0);
    check_model(&m, _i & 1, _i & 2, 0);
    rec_sparse_unlend(&m);
}
END_TEST

START_TEST(does_not_fit)
{
    struct rec_sparse s = make(0, 0);
    struct rec_output *o;
    struct rec_error err;

    weight[77] = 70000;
    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(
        rec_sparse_save(&s, "", REC_F16, dict, o, 0, NULL, &err),
        REC_ENUMERIC);
    rec_output_free(o);
}
END_TEST

/* A file with anything in its arrays. */
static void save_odd(void)
{
    struct rec_head head = {"model/sparse", "", 0};
    struct rec_counts counts = {0, 0, 0, ITEMS};
    size_t n = (size_t)(start[ITEMS] < 0 ? 0 : start[ITEMS]);
    struct rec_stream_writer *w;
    struct rec_output *o;
    struct rec_error err;
    int rc;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    rc = rec_stream_write(w, "Parm", NULL, REC_BYTES, "weights 0\n", 10, &err);
    rc |= rec_dict_write(dict, w, &err);
    rc |= rec_stream_write(w, "Arry", "start", REC_I64, start, sizeof start,
                           &err);
    rc |= rec_stream_write(w, "Arry", "item", REC_U32, item, n * 4, &err);
    rc |= rec_stream_write(w, "Arry", "weight", REC_F32, weight, n * 4, &err);
    rc |= rec_stream_write(w, "Arry", "out", REC_F32, out, sizeof out, &err);
    rc |= rec_stream_finish(w, &counts, NULL, &err);
    rc |= rec_output_flush(o, &err);
    rc |= rec_output_rename(o, &err);
    ck_assert_int_eq(rc, 0);
    rec_stream_writer_free(w);
    rec_output_free(o);
}

/* What may not be in a row is found when that row is used: item 7 is in the
   histories, item 9 is not. */
START_TEST(damaged_rows)
{
    uint32_t row = _i & 1 ? 8 : 6;
    size_t last = (size_t)start[row + 1] - 1;
    static float scores[ROWS * ITEMS];
    struct rec_model *m;
    struct rec_error err;

    switch (_i / 2) {
    case 0:
        item[last] = ITEMS;
        break;
    case 1:
        item[last] = item[last - 1];
        break;
    case 2:
        item[last - 2] = item[last - 1] + 1;
        break;
    case 3:
        weight[last] = INFINITY;
        break;
    default:
        weight[last - 1] = NAN;
    }
    save_odd();
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    if (_i / 2 >= 3) { /* numbers: when their part of the array is used */
        ck_assert_int_eq(rec_model_score(m, &rows, 2, scores, &err),
                         REC_ECORRUPT);
        ck_assert_ptr_nonnull(strstr(err.text, "not finite"));
        rec_model_close(m);
        return;
    }
    ck_assert_int_eq(rec_model_score(m, &rows, 2, scores, &err),
                     row == 6 ? REC_ECORRUPT : 0);
    if (row == 6) {
        ck_assert_ptr_nonnull(strstr(err.text, path));
        ck_assert_ptr_nonnull(strstr(err.text, "item 7"));
    }
    rec_model_close(m);
}
END_TEST

/* The rest is found when the file is opened. */
START_TEST(damaged_arrays)
{
    struct rec_model *m = NULL;
    struct rec_error err;

    switch (_i) {
    case 0:
        start[0] = 1;
        break;
    case 1:
        start[3] = start[4] + 1;
        break;
    case 2:
        start[ITEMS] = -1;
        break;
    case 3:
        start[7] = start[6] + ITEMS + 1; /* more than there are */
        for (int i = 8; i <= ITEMS; i++) {
            start[i] = start[7];
        }
        break;
    default:
        out[ITEMS - 1] = INFINITY;
    }
    save_odd();
    ck_assert_int_eq(rec_model_open(&m, path, &err), REC_ECORRUPT);
    ck_assert_ptr_null(m);
    ck_assert_ptr_nonnull(strstr(err.text, path));
    ck_assert_ptr_nonnull(strstr(err.text, _i < 4 ? "'start'" : "'out'"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("sparse");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, round_trip, 0, 12);
    tcase_add_loop_test(t, lent, 0, 4);
    tcase_add_test(t, does_not_fit);
    tcase_add_loop_test(t, damaged_rows, 0, 10);
    tcase_add_loop_test(t, damaged_arrays, 0, 5);
    return suite_end("sparse", t);
}
