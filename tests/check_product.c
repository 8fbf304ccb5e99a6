/* SPDX-License-Identifier: MIT */
/* Sparse products against dense ones, with ties, whatever the threads. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "dense.h"
#include "math/product.h"
#include "suite.h"

static uint32_t rank[DENSE_MAX];
static double want[DENSE_MAX][DENSE_MAX];

/* A third, and 1 less in each column: some values are negative or 0. */
static void finish(const void *ctx, size_t row, const uint32_t *col,
                   double *sum, size_t n)
{
    const double *less = ctx;

    for (size_t k = 0; k < n; k++) {
        ck_assert(k == 0 || col[k] > col[k - 1]);
        sum[k] = sum[k] / 3 - (double)(row % 2) * less[col[k]];
    }
}

/* The product of A and B by the definition; UNTOUCHED places are 0. */
static void multiply(const struct dense *a, const struct dense *b,
                     const double *less, int square)
{
    for (size_t r = 0; r < a->users; r++) {
        for (size_t c = 0; c < b->items; c++) {
            double sum = 0;
            int touched = 0;

            for (size_t k = 0; k < a->items; k++) {
                sum += a->x[r][k] * b->x[k][c];
                touched |= a->x[r][k] != 0 && b->x[k][c] != 0;
            }
            sum = less ? sum / 3 - (double)(r % 2) * less[c] : sum;
            want[r][c] = touched && !(square && r == c) ? (double)(float)sum
                                                        : 0;
        }
    }
}

/* Does value C of row R belong to its KEEP best? */
static int is_kept(size_t r, size_t c, size_t cols, size_t keep)
{
    size_t better = 0;

    for (size_t j = 0; j < cols; j++) {
        better += want[r][j] != 0
                  && (want[r][j] > want[r][c]
                      || (want[r][j] >= want[r][c] && rank[j] < rank[c]));
    }
    return want[r][c] != 0 && (keep == 0 || better < keep);
}

static void compare(const struct rec_csr *got, size_t keep)
{
    for (size_t r = 0; r < got->rows; r++) {
        int64_t e = got->start[r];

        for (uint32_t c = 0; c < got->cols; c++) {
            if (is_kept(r, c, got->cols, keep)) {
                SURE(e < got->start[r + 1]);
                SURE(got->item[e] == c);
                SURE(fabs(got->weight[e] - want[r][c]) <= 1e-6);
                e++;
            }
        }
        ck_assert_int_eq(e, got->start[r + 1]);
    }
}

static void check_product(size_t keep, int weights, int square, uint64_t seed)
{
    static struct dense a, b;
    struct rec_product p = {.left = &a.rows, .right = &b.rows, .keep = keep,
                            .rank = rank, .square = square};
    double less[DENSE_MAX];
    struct rec_csr one, two;
    struct rec_error err;
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    dense_random(&a, 30, 41, weights, seed);
    dense_random(&b, 41, square ? 30 : 37, weights, seed + 100);
    for (uint32_t c = 0; c < b.items; c++) {
        rank[c] = c;
        less[c] = (double)rec_rng_below(&rng, 3);
    }
    rec_rng_shuffle(&rng, rank, b.items);
    for (int f = 0; f < 2; f++) {
        p.finish = f ? finish : NULL;
        p.ctx = less;
        multiply(&a, &b, f ? less : NULL, square);
        ck_assert_int_eq(rec_product(&one, &p, 1, NULL, &err), 0);
        ck_assert_int_eq(rec_product(&two, &p, 3, NULL, &err), 0);
        ck_assert_uint_eq(one.rows, a.users);
        ck_assert_uint_eq(one.cols, b.items);
        compare(&one, keep);
        ck_assert_mem_eq(one.start, two.start,
                         (one.rows + 1) * sizeof *one.start);
        ck_assert_mem_eq(one.item, two.item,
                         rec_csr_events(&one) * sizeof *one.item);
        ck_assert_mem_eq(one.weight, two.weight,
                         rec_csr_events(&one) * sizeof *one.weight);
        rec_csr_release(&one);
        rec_csr_release(&two);
    }
}

START_TEST(dense)
{
    static const size_t keep[] = {0, 1, 3, 10, 29, 100};

    for (uint64_t seed = 0; seed < 5; seed++) {
        check_product(keep[_i], seed % 2 == 0, seed % 3 == 0, seed + 1);
    }
}
END_TEST

/* Places of weight 0, and sums that come to 0 on the way and again at the
   end, do not confuse it. */
START_TEST(cancels)
{
    int64_t left_start[] = {0, 4, 4}, right_start[] = {0, 1, 2, 4, 4};
    uint32_t left_item[] = {0, 1, 2, 0}, right_item[] = {70, 70, 70, 1};
    float left_weight[] = {1, -1, 2, 0}, right_weight[] = {3, 3, 5, 0};
    struct rec_csr left = {2, 4, left_start, left_item, left_weight, NULL};
    struct rec_csr right = {4, 71, right_start, right_item, right_weight,
                            NULL};
    struct rec_product p = {.left = &left, .right = &right};
    struct rec_csr out;
    struct rec_error err;

    ck_assert_int_eq(rec_product(&out, &p, 1, NULL, &err), 0);
    ck_assert_int_eq(out.start[1], 1);
    ck_assert_int_eq(out.start[2], 1);
    ck_assert_uint_eq(out.item[0], 70);
    ck_assert_float_eq(out.weight[0], 10);
    rec_csr_release(&out);
    left_weight[2] = 0;
    ck_assert_int_eq(rec_product(&out, &p, 1, NULL, &err), 0);
    ck_assert_int_eq(out.start[2], 0);
    rec_csr_release(&out);
}
END_TEST

START_TEST(too_large)
{
    int64_t start[] = {0, 1};
    uint32_t item[] = {0};
    float weight[] = {1e30f};
    struct rec_csr x = {1, 1, start, item, weight, NULL};
    struct rec_product p = {.left = &x, .right = &x};
    struct rec_csr out;
    struct rec_error err;

    ck_assert_int_eq(rec_product(&out, &p, 1, NULL, &err), REC_ENUMERIC);
}
END_TEST

START_TEST(empty)
{
    int64_t start[] = {0, 0, 0};
    struct rec_csr none = {0, 0, start, NULL, NULL, NULL};
    struct rec_csr blank = {2, 2, start, NULL, NULL, NULL};
    struct rec_product p = {.left = &none, .right = &none};
    struct rec_csr out;
    struct rec_error err;

    ck_assert_int_eq(rec_product(&out, &p, 2, NULL, &err), 0);
    ck_assert_uint_eq(rec_csr_events(&out), 0);
    rec_csr_release(&out);
    p.left = p.right = &blank;
    p.square = 1;
    ck_assert_int_eq(rec_product(&out, &p, 2, NULL, &err), 0);
    ck_assert_int_eq(out.start[2], 0);
    rec_csr_release(&out);
}
END_TEST

/* What it says it takes covers what it gives. */
START_TEST(counts)
{
    static struct dense a;
    struct rec_product p = {.left = &a.rows, .right = &a.rows, .square = 1};
    double work = 0;

    dense_random(&a, 20, 20, 0, 9);
    for (size_t r = 0; r < 20; r++) {
        for (size_t k = 0; k < 20; k++) {
            work += a.x[r][k] * rec_csr_row_len(&a.rows, k);
        }
    }
    ck_assert_double_eq(rec_product_work(&p), work);
    ck_assert(rec_product_memory(&p, 2) > 8 * work / 20);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("product");

    tcase_add_loop_test(t, dense, 0, 6);
    tcase_add_test(t, cancels);
    tcase_add_test(t, too_large);
    tcase_add_test(t, empty);
    tcase_add_test(t, counts);
    return suite_end("product", t);
}
