/* SPDX-License-Identifier: MIT */
/* Ward's tree against the greedy algorithm on centroids, against scipy, and
   where the answer is known. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "math/ward.h"
#include "suite.h"

enum { MAX = 60, DIM = 5 };

static float v[MAX * DIM];
static struct rec_merge merge[MAX];
static uint32_t label[MAX];
static struct rec_error err;

static void random_vectors(size_t n, uint64_t seed, uint64_t grid)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (size_t k = 0; k < n * DIM; k++) {
        v[k] = grid ? (float)rec_rng_below(&rng, grid)
                    : (float)rec_rng_unit(&rng);
    }
}

/* ---- the greedy algorithm, with means in double precision ------------- */

static double mean[MAX][DIM], members[MAX];

static double union_height(size_t a, size_t b)
{
    double d = 0;

    for (size_t k = 0; k < DIM; k++) {
        d += (mean[a][k] - mean[b][k]) * (mean[a][k] - mean[b][k]);
    }
    return 2 * members[a] * members[b] / (members[a] + members[b]) * d;
}

static void greedy(size_t n, double *height)
{
    for (size_t i = 0; i < n; i++) {
        members[i] = 1;
        for (size_t k = 0; k < DIM; k++) {
            mean[i][k] = v[i * DIM + k];
        }
    }
    for (size_t m = 0; m + 1 < n; m++) {
        size_t a = 0, b = 0;

        height[m] = INFINITY;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i + 1; j < n; j++) {
                if (members[i] > 0 && members[j] > 0
                    && union_height(i, j) < height[m]) {
                    height[m] = union_height(i, j);
                    a = i;
                    b = j;
                }
            }
        }
        for (size_t k = 0; k < DIM; k++) {
            mean[a][k] = (members[a] * mean[a][k] + members[b] * mean[b][k])
                         / (members[a] + members[b]);
        }
        members[a] += members[b];
        members[b] = 0;
    }
}

static double total_squares(size_t n)
{
    double sum = 0;

    for (size_t k = 0; k < DIM; k++) {
        double m = 0;

        for (size_t i = 0; i < n; i++) {
            m += v[i * DIM + k] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            sum += (v[i * DIM + k] - m) * (v[i * DIM + k] - m);
        }
    }
    return sum;
}

/* ---- tests ------------------------------------------------------------ */

/* Parts before wholes, none used twice, sizes add up, heights ascend. */
static void sure_tree(size_t n)
{
    uint8_t used[2 * MAX] = {0};
    double sum = 0;

    for (size_t k = 0; k + 1 < n; k++) {
        const struct rec_merge *m = &merge[k];
        uint32_t part[] = {m->a, m->b}, size = 0;

        for (int p = 0; p < 2; p++) {
            SURE(part[p] < n + k && !used[part[p]]);
            used[part[p]] = 1;
            size += part[p] < n ? 1 : merge[part[p] - n].size;
        }
        SURE(m->size == size && m->height >= 0);
        SURE(k == 0 || m->height >= merge[k - 1].height);
        sum += m->height;
    }
    SURE(n < 2 || merge[n - 2].size == n);
    SURE(fabs(sum / 2 - total_squares(n)) <= 1e-10 * (1 + sum));
}

START_TEST(as_greedy)
{
    double height[MAX];

    for (uint64_t seed = 1; seed <= 60; seed++) {
        size_t n = 2 + (size_t)seed % (MAX - 2);

        random_vectors(n, seed, 0);
        ck_assert_int_eq(rec_ward(v, n, DIM, merge, &err), 0);
        sure_tree(n);
        greedy(n, height);
        for (size_t k = 0; k + 1 < n; k++) {
            SURE(fabs(height[k] - merge[k].height) <= 1e-12 * (1 + height[k]));
        }
    }
}
END_TEST

/* scipy.cluster.hierarchy.linkage(v, "ward"), heights squared, of
   v[i][k] = ((37 i + 11 k + 5 i i (k + 1)) % 23) / 4 for 10 points in 3
   dimensions; scipy sorts the two parts by number. */
START_TEST(as_scipy)
{
    static const struct rec_merge want[] = {
        {3, 8, 2, 0.3125},
        {0, 2, 2, 1.3125},
        {1, 5, 2, 4.8125},
        {6, 12, 3, 7.35416666666667},
        {7, 10, 3, 10.1041666666667},
        {9, 11, 3, 19.9375},
        {4, 13, 4, 28.8958333333333},
        {14, 16, 7, 31.8065476190476},
        {15, 17, 10, 74.6392857142857},
    };

    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 3; k++) {
            v[i * 3 + k] =
                (float)((37 * i + 11 * k + 5 * i * i * (k + 1)) % 23) / 4;
        }
    }
    ck_assert_int_eq(rec_ward(v, 10, 3, merge, &err), 0);
    for (int k = 0; k < 9; k++) {
        const struct rec_merge *m = &merge[k];

        ck_assert_uint_eq(m->a < m->b ? m->a : m->b, want[k].a);
        ck_assert_uint_eq(m->a < m->b ? m->b : m->a, want[k].b);
        ck_assert_uint_eq(m->size, want[k].size);
        ck_assert_double_eq_tol(m->height, want[k].height, 1e-12 * 75);
    }
}
END_TEST

/* On a coarse grid most distances are equal, and many vectors too. */
START_TEST(ties)
{
    for (uint64_t seed = 1; seed <= 30; seed++) {
        random_vectors(MAX, seed, 2);
        ck_assert_int_eq(rec_ward(v, MAX, DIM, merge, &err), 0);
        sure_tree(MAX);
    }
    /* Of equally near ones, the lowest: corners of a square. */
    memcpy(v, (float[]){0, 0, 1, 0, 1, 1, 0, 1}, 8 * sizeof *v);
    ck_assert_int_eq(rec_ward(v, 4, 2, merge, &err), 0);
    ck_assert_uint_eq(merge[0].a, 0);
    ck_assert_uint_eq(merge[0].b, 1);
    ck_assert_uint_eq(merge[1].a, 2);
    ck_assert_uint_eq(merge[1].b, 3);
    ck_assert_double_eq_tol(merge[2].height, 2, 1e-15);
}
END_TEST

START_TEST(cut)
{
    random_vectors(30, 7, 0);
    for (size_t i = 0; i < 30; i += 2) { /* every other one far away */
        v[i * DIM + 1] += 50;
    }
    ck_assert_int_eq(rec_ward(v, 30, DIM, merge, &err), 0);
    ck_assert_uint_eq(rec_ward_gap(merge, 30), 2);
    ck_assert_uint_eq(rec_ward_count(merge, 30, 1000), 2);
    ck_assert_uint_eq(rec_ward_count(merge, 30, INFINITY), 1);
    ck_assert_uint_eq(rec_ward_count(merge, 30, 0), 30);
    ck_assert_int_eq(rec_ward_cut(merge, 30, 2, label, &err), 0);
    for (uint32_t i = 0; i < 30; i++) {
        SURE(label[i] == i % 2);
    }
    ck_assert_int_eq(rec_ward_cut(merge, 30, 1, label, &err), 0);
    for (uint32_t i = 0; i < 30; i++) {
        SURE(label[i] == 0);
    }
    ck_assert_int_eq(rec_ward_cut(merge, 30, 30, label, &err), 0);
    for (uint32_t i = 0; i < 30; i++) {
        SURE(label[i] == i);
    }
    /* Between: every label is used, the first time in order. */
    ck_assert_int_eq(rec_ward_cut(merge, 30, 11, label, &err), 0);
    for (uint32_t i = 0, next = 0; i < 30; i++) {
        SURE(label[i] <= next);
        next += label[i] == next;
        SURE(i < 29 || next == 11);
    }
}
END_TEST

START_TEST(few)
{
    float same[12] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};

    ck_assert_int_eq(rec_ward(v, 0, DIM, merge, &err), 0);
    ck_assert_uint_eq(rec_ward_count(merge, 0, 1), 0);
    ck_assert_uint_eq(rec_ward_gap(merge, 0), 0);
    ck_assert_int_eq(rec_ward(v, 1, DIM, merge, &err), 0);
    ck_assert_uint_eq(rec_ward_count(merge, 1, 0), 1);
    ck_assert_uint_eq(rec_ward_gap(merge, 1), 1);
    ck_assert_int_eq(rec_ward_cut(merge, 1, 1, label, &err), 0);
    ck_assert_uint_eq(label[0], 0);
    /* Identical vectors are one cluster at height 0. */
    ck_assert_int_eq(rec_ward(same, 4, 3, merge, &err), 0);
    ck_assert_uint_eq(rec_ward_count(merge, 4, 0), 1);
    ck_assert_uint_eq(rec_ward_gap(merge, 4), 1);
    /* No dimension: nothing tells them apart. */
    ck_assert_int_eq(rec_ward(same, 3, 0, merge, &err), 0);
    ck_assert_uint_eq(rec_ward_count(merge, 3, 0), 1);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {as_greedy, as_scipy, ties, cut, few};

    return suite_run("ward", test, sizeof test / sizeof *test);
}
