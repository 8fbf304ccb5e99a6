/* SPDX-License-Identifier: MIT */
/* P3alpha and RP3beta against the definition: matrices of probabilities,
   multiplied densely in double precision. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "dense.h"
#include "models/walk.h"
#include "suite.h"

static double all[DENSE_MAX][DENSE_MAX], some[DENSE_MAX][DENSE_MAX];
static uint32_t rank[DENSE_MAX];

static void fit(const struct dense *d, const struct rec_walk_options *o,
                int threads, double out[DENSE_MAX][DENSE_MAX])
{
    struct rec_walk w;
    struct rec_csr m;
    struct rec_error err;

    ck_assert_int_eq(rec_walk_begin(&w, &d->rows, o, rank, &err), 0);
    ck_assert_int_eq(rec_walk_fit(&m, &w, threads, NULL, &err), 0);
    ck_assert(rec_walk_memory(&w, threads)
              >= 8.0 * (double)rec_csr_events(&m));
    rec_walk_release(&w);
    ck_assert_uint_eq(m.rows, d->items);
    memset(out, 0, sizeof(double) * DENSE_MAX * DENSE_MAX);
    for (size_t i = 0; i < m.rows; i++) {
        for (int64_t e = m.start[i]; e < m.start[i + 1]; e++) {
            SURE(e == m.start[i] || m.item[e] > m.item[e - 1]);
            out[i][m.item[e]] = m.weight[e];
        }
    }
    rec_csr_release(&m);
}

static double value(const struct dense *d, const struct rec_walk_options *o,
                    size_t u, size_t i)
{
    return o->binary && d->x[u][i] != 0 ? 1 : d->x[u][i];
}

/* W by the definition: of a step, the probability to the power of alpha. */
static double walk(const struct dense *d, const struct rec_walk_options *o,
                   size_t i, size_t j)
{
    double sum = 0, from = 0, to = 0;

    for (size_t u = 0; u < d->users; u++) {
        from += value(d, o, u, i);
        to += value(d, o, u, j);
    }
    for (size_t u = 0; u < d->users; u++) {
        double all_of_user = 0;
        double up = value(d, o, u, i), down = value(d, o, u, j);

        for (size_t k = 0; k < d->items; k++) {
            all_of_user += value(d, o, u, k);
        }
        if (up > 0 && down > 0) {
            sum += pow(up / from, o->alpha) * pow(down / all_of_user, o->alpha);
        }
    }
    return i == j || sum <= 0 ? 0 : sum / pow(to, o->beta);
}

static int is_kept(const double *v, size_t n, size_t b, size_t k)
{
    size_t better = 0;

    for (size_t j = 0; j < n; j++) {
        better += v[j] > v[b] || (v[j] >= v[b] && v[j] > 0
                                  && rank[j] < rank[b]);
    }
    return v[b] > 0 && better < k;
}

/* Powers, weights or none, then the K best of each row. */
START_TEST(dense)
{
    static const double alpha[] = {0, 0.5, 1, 1.7}, beta[] = {0, 0.6, 1.2};
    static struct dense d;
    struct rec_walk_options o = {alpha[_i % 4], beta[_i % 3], 0, _i % 5 == 0};
    struct rec_rng rng;

    rec_rng_init(&rng, (uint64_t)_i);
    for (uint32_t i = 0; i < DENSE_MAX; i++) {
        rank[i] = i;
    }
    rec_rng_shuffle(&rng, rank, 30);
    dense_random(&d, 40, 30, _i % 2, (uint64_t)_i + 1);
    fit(&d, &o, 1, all);
    for (size_t i = 0; i < d.items; i++) {
        for (size_t j = 0; j < d.items; j++) {
            double want = walk(&d, &o, i, j);

            SURE(fabs(all[i][j] - want) <= 1e-6 * want);
        }
    }
    for (uint32_t k = 1; k < 40; k += 6) {
        o.neighbours = k;
        fit(&d, &o, 3, some);
        for (size_t i = 0; i < d.items; i++) {
            for (size_t j = 0; j < d.items; j++) {
                SURE(some[i][j]
                     == (is_kept(all[i], d.items, j, k) ? all[i][j] : 0));
            }
        }
    }
}
END_TEST

/* With both powers at rest, the walks from an item are a distribution: what
   does not come back to it sums up to 1 less that. */
START_TEST(probabilities)
{
    static struct dense d;
    struct rec_walk_options o = {1, 0, 0, 0};

    dense_random(&d, 35, 28, 1, 3);
    fit(&d, &o, 1, all);
    for (size_t i = 0; i + 1 < d.items; i++) {
        double sum = 0, back = 0, from = 0;

        for (size_t u = 0; u < d.users; u++) {
            double n = 0;

            for (size_t j = 0; j < d.items; j++) {
                n += d.x[u][j];
            }
            from += d.x[u][i];
            back += n > 0 ? d.x[u][i] * d.x[u][i] / n : 0;
        }
        for (size_t j = 0; j < d.items; j++) {
            sum += all[i][j];
        }
        SURE(from <= 0 || fabs(sum + back / from - 1) <= 1e-6);
    }
}
END_TEST

/* Two users, a-b and b-c: from b half of the walks turn to each side. */
START_TEST(by_hand)
{
    static struct dense d;
    struct rec_walk_options o = {1, 0, 0, 0};

    memset(&d, 0, sizeof d);
    d.users = 2;
    d.items = 3;
    d.x[0][0] = d.x[0][1] = d.x[1][1] = d.x[1][2] = 1;
    dense_rows(&d, 0);
    fit(&d, &o, 1, all);
    ck_assert_double_eq(all[0][1], 0.5);
    ck_assert_double_eq(all[1][0], 0.25);
    ck_assert_double_eq(all[1][2], 0.25);
    ck_assert_double_eq(all[0][2], 0);
    o.beta = 1;
    fit(&d, &o, 1, all);
    ck_assert_double_eq(all[0][1], 0.25);
    ck_assert_double_eq(all[1][0], 0.25);
}
END_TEST

/* Nothing; weights of 0, which no walk follows; negative ones. */
START_TEST(odd)
{
    static struct dense d;
    struct rec_walk_options o = {0, 0, 0, 0};
    struct rec_walk w;
    struct rec_error err;

    memset(&d, 0, sizeof d);
    dense_rows(&d, 0);
    fit(&d, &o, 2, all);
    d.users = 3;
    d.items = 4;
    dense_rows(&d, 1);
    fit(&d, &o, 2, all);
    for (size_t u = 0; u < 2; u++) {
        for (size_t i = 0; i < 3; i++) {
            d.x[u][i] = 2;
        }
    }
    dense_rows(&d, 1);
    d.weight[2] = d.weight[5] = 0; /* item 0, as rows descend */
    for (int k = 0; k < 4; k++) {
        o = (struct rec_walk_options){k % 2, k / 2, 0, 0};
        fit(&d, &o, 1, all);
        ck_assert_double_eq(all[0][1] + all[1][0] + all[0][2] + all[2][0], 0);
        ck_assert_double_gt(all[1][2], 0);
    }
    d.weight[3] = -1;
    ck_assert_int_eq(rec_walk_begin(&w, &d.rows, &o, rank, &err), REC_EVALUE);
    o.binary = 1;
    fit(&d, &o, 1, all);
    ck_assert_double_gt(all[0][1], 0);
}
END_TEST

/* The scale of the weights does not matter, however large. */
START_TEST(scale)
{
    static struct dense d;
    struct rec_walk_options o = {2, 0, 0, 0};

    dense_random(&d, 20, 15, 1, 8);
    fit(&d, &o, 1, all);
    for (size_t e = 0; e < rec_csr_events(&d.rows); e++) {
        d.weight[e] *= 1e30f;
    }
    fit(&d, &o, 1, some);
    for (size_t i = 0; i < d.items; i++) {
        for (size_t j = 0; j < d.items; j++) {
            SURE(fabs(all[i][j] - some[i][j]) <= 1e-5 * all[i][j]);
        }
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("walk");

    tcase_add_loop_test(t, dense, 0, 12);
    tcase_add_test(t, probabilities);
    tcase_add_test(t, by_hand);
    tcase_add_test(t, odd);
    tcase_add_test(t, scale);
    return suite_end("walk", t);
}
