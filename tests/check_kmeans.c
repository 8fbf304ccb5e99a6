/* SPDX-License-Identifier: MIT */
/* k-means: nearest centres by brute force, optima that are known, the sum
   never rising from sweep to sweep, sizes when balanced. */
#include <config.h>

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "math/kmeans_private.h"
#include "suite.h"

enum { N = 3000, D = 19, K = 13 };

static float v[N * D], centre[K * D], distance[N];
static uint32_t label[N], other[N];
static struct rec_error err;

static struct rec_kmeans_options opt;

static void setup(size_t clusters)
{
    opt = (struct rec_kmeans_options){
        .clusters = clusters, .sweeps = 100, .seed = 1, .threads = 2};
}

/* Clouds of radius SPREAD around K corners of a cube. */
static void clouds(uint64_t seed, float spread)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < D; k++) {
            v[i * D + k] = spread * (float)(rec_rng_unit(&rng) - 0.5)
                           + (float)((i % K) >> (k % 4) & 1);
        }
    }
}

static double exact(const float *a, const float *b)
{
    double sum = 0;

    for (size_t k = 0; k < D; k++) {
        sum += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
    }
    return sum;
}

START_TEST(nearest)
{
    clouds(3, 2);
    memcpy(centre, v + 100 * D, sizeof centre);
    ck_assert_int_eq(
        rec_kmeans_assign(v, N, D, centre, K, 2, label, distance, &err), 0);
    for (size_t i = 0; i < N; i++) {
        double best = DBL_MAX;

        for (size_t k = 0; k < K; k++) {
            double d = exact(v + i * D, centre + k * D);

            best = d < best ? d : best;
        }
        SURE(fabs(exact(v + i * D, centre + label[i] * D) - best) < 1e-4);
        SURE(fabs(distance[i] - best) < 1e-4);
    }
}
END_TEST

/* Lloyd's algorithm by the book, from K vectors drawn at random. */
static double by_the_book(struct rec_rng *rng)
{
    static double c[K * D];
    static size_t at[N];
    double sum = DBL_MAX, before;

    for (size_t k = 0; k < K; k++) {
        size_t i = rec_rng_below(rng, N);

        for (size_t j = 0; j < D; j++) {
            c[k * D + j] = v[i * D + j];
        }
    }
    do {
        size_t n[K] = {0};

        before = sum;
        sum = 0;
        for (size_t i = 0; i < N; i++) {
            double best = DBL_MAX;

            for (size_t k = 0; k < K; k++) {
                double d = 0;

                for (size_t j = 0; j < D; j++) {
                    double t = v[i * D + j] - c[k * D + j];

                    d += t * t;
                }
                if (d < best) {
                    best = d;
                    at[i] = k;
                }
            }
            sum += best;
        }
        memset(c, 0, sizeof c);
        for (size_t i = 0; i < N; i++) {
            n[at[i]]++;
            for (size_t j = 0; j < D; j++) {
                c[at[i] * D + j] += v[i * D + j];
            }
        }
        for (size_t k = 0; k < K * D; k++) {
            c[k] /= n[k / D] ? (double)n[k / D] : 1;
        }
    } while (sum < before * (1 - 1e-6));
    return sum;
}

/* One run is within 1% of the best of many restarts, overlapping clouds too. */
START_TEST(restarts)
{
    struct rec_rng rng;

    setup(K);
    for (int spread = 1; spread <= 2; spread++) {
        double best = DBL_MAX, sum;

        clouds(9, (float)spread);
        ck_assert_int_eq(
            rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
        rec_rng_init(&rng, 5);
        for (int k = 0; k < 8; k++) {
            double s = by_the_book(&rng);

            best = s < best ? s : best;
        }
        ck_assert_msg(sum < 1.01 * best, "%g, best of many %g", sum, best);
    }
}
END_TEST

/* Clouds far apart are found, and every centre is their mean. */
START_TEST(planted)
{
    double sum, within = 0;

    setup(K);
    clouds(4, 0.2f);
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
    for (size_t i = 0; i < N; i++) {
        SURE(label[i] == label[i % K]);
    }
    for (size_t c = 0; c < K; c++) {
        double mean[D] = {0};
        size_t n = 0;

        for (size_t i = c; i < N; i += K, n++) {
            for (size_t k = 0; k < D; k++) {
                mean[k] += v[i * D + k];
            }
        }
        for (size_t k = 0; k < D; k++) {
            mean[k] /= (double)n;
            SURE(fabs(mean[k] - centre[label[c] * D + k]) < 1e-6);
        }
        for (size_t i = c; i < N; i += K) {
            for (size_t k = 0; k < D; k++) {
                within += (v[i * D + k] - mean[k]) * (v[i * D + k] - mean[k]);
            }
        }
    }
    ck_assert_double_eq_tol(sum, within, 1e-5 * within);
}
END_TEST

START_TEST(monotone)
{
    for (int balanced = 0; balanced < 2; balanced++) {
        double before = INFINITY, sum = 0;

        setup(K);
        clouds(5, 3);
        opt.balanced = balanced;
        for (opt.sweeps = 1; opt.sweeps < 30; opt.sweeps++) {
            ck_assert_int_eq(
                rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
            SURE(sum <= before * (1 + 1e-6));
            before = sum;
        }
        /* And it led somewhere. */
        opt.sweeps = 1;
        ck_assert_int_eq(
            rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
        SURE(before < 0.99 * sum);
    }
}
END_TEST

START_TEST(one_and_all)
{
    double sum;

    setup(1);
    clouds(6, 1);
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
    for (size_t k = 0; k < D; k++) {
        double mean = 0;

        for (size_t i = 0; i < N; i++) {
            mean += v[i * D + k] / N;
        }
        SURE(fabs(mean - centre[k]) < 1e-6);
    }
    /* As many clusters as vectors, or more: each is its own. */
    for (size_t n = 0; n <= K; n++) {
        setup(K);
        ck_assert_int_eq(rec_kmeans(v, n, D, &opt, centre, label, &sum, &err),
                         0);
        SURE(sum < 1e-10);
        for (size_t i = n * D; i < K * D; i++) {
            SURE(centre[i] >= 0 && centre[i] <= 0);
        }
    }
    /* Nothing but copies of three vectors: nobody starves for want of more. */
    for (size_t i = 3; i < N; i++) {
        memcpy(v + i * D, v + i % 3 * D, D * sizeof *v);
    }
    setup(K);
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, &sum, &err), 0);
    SURE(sum < 1e-10);
}
END_TEST

/* No vector and centre may prefer each other to what they have. */
START_TEST(balanced)
{
    size_t count[K] = {0};
    double farthest[K] = {0};

    clouds(7, 2);
    memcpy(centre, v, sizeof centre);
    ck_assert_int_eq(rec_kmeans_balance(v, N, D, centre, K, 2, label, &err),
                     0);
    for (size_t i = 0; i < N; i++) {
        double d = exact(v + i * D, centre + label[i] * D);

        count[label[i]]++;
        farthest[label[i]] = d > farthest[label[i]] ? d : farthest[label[i]];
    }
    for (size_t k = 0; k < K; k++) {
        SURE(count[k] == N / K + (k < N % K));
    }
    for (size_t i = 0; i < N; i++) {
        double own = exact(v + i * D, centre + label[i] * D);

        for (size_t k = 0; k < K; k++) {
            double d = exact(v + i * D, centre + k * D);

            SURE(!(d < own - 1e-4 && d < farthest[k] - 1e-4));
        }
    }
}
END_TEST

START_TEST(mini_batch)
{
    double whole, batch;

    setup(K);
    clouds(8, 1);
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, &whole, &err),
                     0);
    opt.batch = 100;
    opt.sweeps = 20;
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, &batch, &err),
                     0);
    SURE(batch < 1.05 * whole);
    ck_assert_int_eq(
        rec_kmeans_assign(v, N, D, centre, K, 1, other, NULL, &err), 0);
    ck_assert_mem_eq(label, other, sizeof label);
}
END_TEST

START_TEST(hostile)
{
    setup(3);
    clouds(9, 1);
    v[7 * D] = NAN;
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, NULL, &err),
                     REC_ENUMERIC);
    v[7 * D] = 1e30f;
    ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, NULL, &err),
                     REC_ENUMERIC);
    ck_assert(strstr(err.text, "vector 8 ") != NULL);
}
END_TEST

/* The norms are in range but not the distances, which a balanced sweep would
   take for centres that have turned a vector down. */
START_TEST(too_far)
{
    static const float first[] = {1.5e19f, -1.5e19f};

    for (int even = 0; even < 2; even++) {
        setup(2);
        opt.balanced = even;
        memset(v, 0, sizeof v);
        for (size_t i = 0; i < N; i++) {
            v[i * D] = first[i % 3 == 0];
        }
        ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, NULL, &err),
                         REC_ENUMERIC);
        ck_assert(strstr(err.text, "vector 1 ") != NULL);
        /* As long as can be. */
        for (size_t i = 0; i < N; i++) {
            v[i * D] = first[i % 3 == 0] * 0.43f;
        }
        ck_assert_int_eq(rec_kmeans(v, N, D, &opt, centre, label, NULL, &err),
                         0);
        if (even) {
            size_t ones = 0;

            for (size_t i = 0; i < N; i++) {
                ones += label[i];
            }
            ck_assert_uint_eq(ones, N / 2);
        }
    }
    memset(centre, 0, sizeof centre);
    centre[3 * D + 1] = 1e30f;
    ck_assert_int_eq(
        rec_kmeans_assign(v, N, D, centre, K, 1, label, distance, &err),
        REC_ENUMERIC);
    ck_assert(strstr(err.text, "centre 4 ") != NULL);
}
END_TEST

/* On a line, seeds at -1.9, -1 and 3.1: the second centre goes to 0, between
   its vectors -1 and 1, and its neighbours take both. What was the last to
   happen has to be a labelling that leaves no centre without vectors. */
START_TEST(none_empty)
{
    enum { LINE = 15 };
    static const float line[LINE] = {-1.9f,  -1.5f,  -1,     1,      1.1f,
                                     1.11f, 1.12f, 1.13f, 1.14f, 1.15f,
                                     1.16f, 1.17f, 1.18f, 1.19f, 3.1f};
    size_t count[3];

    setup(3);
    opt.threads = 1;
    for (opt.sweeps = 1; opt.sweeps < 6; opt.sweeps++) {
        memcpy(centre, (float[]){-1.9f, -1, 3.1f}, 3 * sizeof *centre);
        memset(count, 0, sizeof count);
        ck_assert_int_eq(
            rec_kmeans_from(line, LINE, 1, &opt, centre, label, &err), 0);
        ck_assert_int_eq(rec_kmeans_assign(line, LINE, 1, centre, 3, 1, other,
                                           NULL, &err),
                         0);
        ck_assert_mem_eq(label, other, LINE * sizeof *label);
        for (size_t i = 0; i < LINE; i++) {
            count[label[i]]++;
        }
        ck_assert(count[0] > 0 && count[1] > 0 && count[2] > 0);
    }
}
END_TEST

/* Seeds are different vectors of the data, whatever their number. */
START_TEST(seeds)
{
    clouds(10, 1);
    ck_assert_int_eq(rec_kmeans_seeds(v, N, D, K, 5, 2, centre, &err), 0);
    for (size_t k = 0; k < K; k++) {
        size_t found = 0;

        for (size_t i = 0; i < N; i++) {
            found += memcmp(centre + k * D, v + i * D, D * sizeof *v) == 0;
        }
        SURE(found == 1);
        for (size_t j = 0; j < k; j++) {
            SURE(memcmp(centre + k * D, centre + j * D, D * sizeof *v) != 0);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const test[] = {nearest,     restarts, planted,
                                 monotone,    balanced, mini_batch,
                                 one_and_all, hostile,  too_far,
                                 none_empty,  seeds};

    return suite_run("kmeans", test, sizeof test / sizeof *test);
}
