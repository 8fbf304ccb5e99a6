/* SPDX-License-Identifier: MIT */
/* Sparse models of EASE: the largest weights of B, from both sides, against a
   sort of the whole of B; the non-negative one against the conditions of its
   optimum; B in fewer bits. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dense.h"
#include "io/output.h"
#include "models/ease.h"
#include "suite.h"

static struct dense p;
static double b[DENSE_MAX][DENSE_MAX]; /* on the scale of scores */
static double size[DENSE_MAX * DENSE_MAX];

static const struct rec_ease_powers none = {0, 0, 0}, some = {0.3, 0.5, 0.2};

static struct rec_ease_options options(int side, int weights, int powers)
{
    struct rec_ease_options opt = {
        {weights ? 20 : 2, 0, 0}, powers ? some : none,
        (enum rec_ease_side)side, 0, 1, 2, NULL};

    opt.family.lambda *= powers ? 0.05 : 1;
    return opt;
}

/* b from a fit of the items side, whose matrix is B. */
static void find_b(const struct rec_ease_options *opt)
{
    struct rec_ease_options items = *opt;
    struct rec_ease e;
    struct rec_error err;

    items.side = REC_EASE_ITEMS;
    ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &items, &err), 0);
    for (size_t i = 0; i < p.items; i++) {
        for (size_t j = 0; j < p.items; j++) {
            b[i][j] = ((double *)e.matrix)[i * p.items + j];
            size[i * p.items + j] =
                fabs(b[i][j]) / (e.columns.in[i] * e.columns.out[j]);
        }
    }
    rec_ease_release(&e);
}

static int descending(const void *x, const void *y)
{
    double a = *(const double *)x, c = *(const double *)y;

    return (a < c) - (a > c);
}

/* S has the largest of B and nothing else. LEAST: the smallest size kept. */
static void compare(const struct rec_sparse *s, double least)
{
    size_t kept = 0;

    for (size_t i = 0; i < p.items; i++) {
        double row[DENSE_MAX] = {0};

        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            uint32_t j = s->item[k];

            SURE(k == s->start[i] || j > s->item[k - 1]);
            row[j] = s->weight[k] * (s->in ? (double)s->in[i] : 1)
                     * (s->out ? (double)s->out[j] : 1);
            SURE(row[j] != 0);
            kept++;
        }
        for (size_t j = 0; j < p.items; j++) {
            double want = size[i * p.items + j] >= least ? b[i][j] : 0;

            ck_assert_double_eq_tol(row[j], want, 2e-6);
        }
    }
    ck_assert_int_eq((int64_t)kept, s->start[p.items]);
}

/* Both sides and shapes, with weights and powers: so many, or so large. */
START_TEST(largest)
{
    int side = _i & 1 ? REC_EASE_USERS : REC_EASE_ITEMS;
    int weights = (_i & 2) != 0, powers = (_i & 4) != 0, by_size = _i & 16;
    struct rec_ease_options opt = options(side, weights, powers);
    struct rec_cut cut = {by_size ? 0 : 5, 0};
    struct rec_sparse s;
    struct rec_ease e;
    struct rec_error err;
    static double sorted[DENSE_MAX * DENSE_MAX];
    double least;

    dense_random(&p, _i & 8 ? 40 : 19, _i & 8 ? 21 : 40, weights, 7);
    find_b(&opt);
    memcpy(sorted, size, sizeof sorted);
    qsort(sorted, p.items * p.items, sizeof *sorted, descending);
    /* Between two sizes, so that rounding does not decide. */
    least = (sorted[5 * p.items - 1] + sorted[5 * p.items]) / 2;
    cut.threshold = by_size ? least : 0;
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    ck_assert_int_eq(rec_ease_solve(&e, opt.family.lambda, &err), 0);
    ck_assert_int_eq(rec_ease_sparse(&s, &e, &cut, &err), 0);
    ck_assert_int_eq(s.weights, weights);
    ck_assert_int_eq(s.start[p.items], (int64_t)(5 * p.items));
    compare(&s, least);
    rec_sparse_release(&s);
    rec_ease_release(&e);
}
END_TEST

/* With xi the diagonal is a weight like others; all of B may be kept, and a
   model of it scores as the dense one. */
START_TEST(whole)
{
    int side = _i & 1 ? REC_EASE_USERS : REC_EASE_ITEMS;
    struct rec_ease_options opt = options(side, 1, 1);
    struct rec_cut cut = {DENSE_MAX, 0};
    static float dense[DENSE_MAX * DENSE_MAX], sparse[DENSE_MAX * DENSE_MAX];
    struct rec_dict *dict = rec_dict_new();
    struct rec_model m;
    struct rec_sparse s;
    struct rec_ease e;
    struct rec_error err;

    dense_random(&p, 30, 20, 1, 8);
    opt.family.xi = 0.2;
    find_b(&opt);
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    ck_assert_int_eq(rec_ease_solve(&e, opt.family.lambda, &err), 0);
    ck_assert_int_eq(rec_ease_sparse(&s, &e, &cut, &err), 0);
    compare(&s, 0);
    ck_assert_int_eq(rec_ease_lend(&e, dict, &m, &err), 0);
    ck_assert_int_eq(rec_model_score(&m, &p.rows, 2, dense, &err), 0);
    rec_ease_unlend(&m);
    ck_assert_int_eq(rec_sparse_lend(&s, dict, &m, &err), 0);
    ck_assert_int_eq(rec_model_score(&m, &p.rows, 2, sparse, &err), 0);
    rec_sparse_unlend(&m);
    for (size_t k = 0; k < p.users * p.items; k++) {
        ck_assert_double_eq_tol(dense[k], sparse[k], 1e-4);
    }
    rec_sparse_release(&s);
    rec_ease_release(&e);
    rec_dict_free(dict);
}
END_TEST

/* Of equal weights the first are kept, in whatever order they come. */
START_TEST(ties)
{
    static const struct rec_cut cut = {2, 0}, none_below = {0, 1};
    struct rec_sparse s, t;
    struct rec_pick pick;
    struct rec_error err;

    rec_pick_begin(&pick, 50, &cut);
    for (uint32_t k = 0; k < 2500; k++) {
        uint32_t at = k * 1201 % 2500; /* all of them, in disorder */
        float w = at % 50 == 3 ? 2 : at % 2 ? 1 : -1;

        ck_assert_int_eq(
            rec_pick_add(&pick, at / 50, at % 50, w, &err), 0);
    }
    ck_assert_int_eq(rec_pick_add(&pick, 0, 0, NAN, &err), 0);
    ck_assert_int_eq(rec_pick_add(&pick, 0, 0, 0, &err), 0);
    ck_assert_int_eq(rec_pick_end(&pick, &s, &err), 0);
    ck_assert_int_eq(s.start[50], 100);
    /* 50 twos; then the first 50 of the others: row 0 but one, one of row 1 */
    ck_assert_int_eq(s.start[1], 50);
    ck_assert_int_eq(s.start[2], 52);
    ck_assert_uint_eq(s.item[50], 0);
    ck_assert_float_eq(s.weight[0], -1);
    for (uint32_t i = 2; i < 50; i++) {
        ck_assert_int_eq(s.start[i + 1] - s.start[i], 1);
        ck_assert_uint_eq(s.item[s.start[i]], 3);
    }
    ck_assert_int_eq(rec_sparse_cut(&t, &s, &none_below, &err), 0);
    ck_assert_int_eq(t.start[50], 100);
    rec_sparse_release(&t);
    rec_sparse_release(&s);
}
END_TEST

/* The conditions of the optimum for every column of the non-negative B, in
   float64 from X alone: with r = G_j - (G + diag(g)) b, r_i <= 0 where b_i is
   0 and r_i = 0 where it is not. */
static void check_nonneg(const struct rec_sparse *s,
                         const struct rec_ease_options *opt)
{
    static double got[DENSE_MAX][DENSE_MAX], gram[DENSE_MAX][DENSE_MAX];
    double dropout = opt->family.dropout;
    size_t free_ones = 0, held = 0;

    memset(got, 0, sizeof got);
    for (size_t i = 0; i < p.items; i++) {
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            SURE(s->weight[k] > 0);
            got[i][s->item[k]] = s->weight[k];
        }
        for (size_t j = 0; j < p.items; j++) {
            gram[i][j] = 0;
            for (size_t u = 0; u < p.users; u++) {
                gram[i][j] += p.x[u][i] * p.x[u][j];
            }
        }
    }
    for (size_t j = 0; j < p.items; j++) {
        SURE(got[j][j] <= (float)opt->family.xi);
        for (size_t i = 0; i < p.items; i++) {
            double penalty = opt->family.lambda
                             + gram[i][i] * dropout / (1 - dropout);
            double r = gram[i][j] - penalty * got[i][j];

            for (size_t k = 0; k < p.items; k++) {
                r -= gram[i][k] * got[k][j];
            }
            r /= gram[i][i] + penalty;
            if (i == j && got[j][j] >= (float)opt->family.xi) {
                continue;
            }
            SURE(r <= 3e-6);
            SURE(got[i][j] == 0 || r >= -3e-6);
            free_ones += got[i][j] > 0;
            held += r < -3e-6;
        }
    }
    ck_assert_uint_gt(free_ones, p.items);
    ck_assert_uint_gt(held, p.items);
}

/* With dropout, with xi, in both precisions; two lambdas from one begin, each
   as if it were alone; any number of threads. */
START_TEST(nonneg)
{
    struct rec_ease_options opt = options(REC_EASE_ITEMS, _i & 1, 0);
    struct rec_sparse s, again;
    struct rec_ease e;
    struct rec_error err;

    dense_random(&p, 35, 30, _i & 1, 9);
    opt.wide = (_i & 2) != 0;
    opt.family.dropout = _i & 4 ? 0.3 : 0;
    opt.family.xi = _i & 8 ? 0.1 : 0;
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    ck_assert_int_eq(rec_ease_nonneg(&s, &e, 1, &err), 0);
    rec_sparse_release(&s);
    ck_assert_int_eq(rec_ease_nonneg(&s, &e, opt.family.lambda, &err), 0);
    check_nonneg(&s, &opt);
    rec_ease_release(&e);
    opt.threads = 1;
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    ck_assert_int_eq(rec_ease_nonneg(&again, &e, opt.family.lambda, &err),
                     0);
    ck_assert_int_eq(again.start[p.items], s.start[p.items]);
    ck_assert_mem_eq(again.weight, s.weight,
                     (size_t)s.start[p.items] * sizeof *s.weight);
    rec_sparse_release(&s);
    rec_sparse_release(&again);
    rec_ease_release(&e);
}
END_TEST

static const char path[] = "check_ease_sparse.rps";

static void save(const struct rec_ease *e, const struct rec_dict *dict)
{
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_ease_save(e, dict, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

/* B in fewer bits: every score within the rounding of its weights; and the
   next solve starts afresh. */
START_TEST(narrow)
{
    static const enum rec_dtype stores[] = {REC_F32, REC_F16, REC_BF16};
    static const double tols[] = {1e-7, 6e-4, 5e-3};
    struct rec_ease_options opt = options(REC_EASE_ITEMS, 0, 0);
    static float score[DENSE_MAX * DENSE_MAX];
    struct rec_dict *dict = rec_dict_new();
    struct rec_model *m;
    struct rec_ease e;
    struct rec_error err;
    uint32_t index;

    dense_random(&p, 40, 30, 0, 10);
    for (uint32_t i = 0; i < 30; i++) {
        char id = (char)('0' + i);

        ck_assert_int_eq(rec_dict_add(dict, &id, 1, &index, &err), 0);
    }
    find_b(&opt);
    opt.wide = _i / 3;
    ck_assert_int_eq(rec_ease_begin(&e, &p.rows, &opt, 0, &err), 0);
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(rec_ease_solve(&e, opt.family.lambda, &err), 0);
        rec_ease_finish(&e);
        ck_assert_int_eq(rec_ease_narrow(&e, stores[_i % 3], &err), 0);
        save(&e, dict);
        ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
        ck_assert_int_eq(rec_model_score(m, &p.rows, 2, score, &err), 0);
        for (size_t u = 0; u < p.users; u++) {
            int64_t alone[2];
            struct rec_csr row = rec_csr_one(&p.rows, u, alone);

            for (uint32_t j = 0; j < p.items; j++) {
                double want = 0, room = 1e-5, part[DENSE_MAX], sum = 0;

                ck_assert_int_eq(
                    rec_model_explain(m, &row, j, part, &err), 0);
                for (size_t i = 0; i < p.items; i++) {
                    want += p.x[u][i] * b[i][j];
                    room += p.x[u][i] * fabs(b[i][j]) * tols[_i % 3];
                }
                for (size_t k = 0; k < rec_csr_row_len(&row, 0); k++) {
                    sum += part[k];
                }
                SURE(fabs(score[u * p.items + j] - want) <= room);
                SURE(fabs(score[u * p.items + j] - sum) <= 1e-5);
            }
        }
        rec_model_close(m);
    }
    unlink(path);
    rec_ease_release(&e);
    rec_dict_free(dict);
}
END_TEST

START_TEST(users_stay_wide)
{
    struct rec_ease_options opt = options(REC_EASE_USERS, 0, 0);
    struct rec_ease e;
    struct rec_error err;

    dense_random(&p, 12, 20, 0, 11);
    ck_assert_int_eq(rec_ease_fit(&e, &p.rows, &opt, &err), 0);
    ck_assert_int_eq(rec_ease_narrow(&e, REC_F16, &err), REC_ENOTSUP);
    rec_ease_release(&e);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ease_sparse");

    tcase_add_loop_test(t, largest, 0, 32);
    tcase_add_loop_test(t, whole, 0, 2);
    tcase_add_test(t, ties);
    tcase_add_loop_test(t, nonneg, 0, 16);
    tcase_add_loop_test(t, narrow, 0, 6);
    tcase_add_test(t, users_stay_wide);
    return suite_end("ease_sparse", t);
}
