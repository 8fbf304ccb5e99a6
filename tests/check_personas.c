/* SPDX-License-Identifier: MIT */
/* Personas: medoids and importance by their definitions, planted tastes. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "models/personas.h"
#include "suite.h"

enum { N = 40, D = 6 };

static float v[N * D];
static int64_t when[N];
static struct rec_persona persona[N];
static uint32_t member[N];
static size_t count;
static struct rec_error err;

/* Every third item belongs to the second taste, far from the first. */
static void two_tastes(uint64_t seed)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < D; k++) {
            v[i * D + k] = (float)(rec_rng_unit(&rng) - 0.5) * 0.3f;
        }
        v[i * D + (i % 3 == 0)] += 1;
        when[i] = 1600000000 + (int64_t)rec_rng_below(&rng, 400 * 86400);
    }
}

static int run(size_t n, const int64_t *time,
               const struct rec_persona_options *opt)
{
    return rec_personas(v, n, D, time, opt, persona, member, &count, &err);
}

/* The member with the least sum of squared distances to the members. */
static uint32_t medoid_of(uint32_t k, size_t n)
{
    double best = INFINITY;
    uint32_t at = 0;

    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;

        for (size_t j = 0; j < n; j++) {
            for (size_t c = 0; c < D && member[j] == k; c++) {
                double t = (double)v[i * D + c] - v[j * D + c];

                sum += t * t;
            }
        }
        if (member[i] == k && sum < best - 1e-12) {
            best = sum;
            at = i;
        }
    }
    return at;
}

START_TEST(planted)
{
    struct rec_persona_options opt = {.cut = REC_CUT_GAP, .decay = 0.01,
                                      .now = 1650000000};

    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint32_t second;

        two_tastes(seed);
        ck_assert_int_eq(run(N, when, &opt), 0);
        ck_assert_uint_eq(count, 2);
        second = member[0];
        for (size_t i = 0; i < N; i++) {
            SURE((member[i] == second) == (i % 3 == 0));
        }
        ck_assert(persona[0].importance >= persona[1].importance);
        for (uint32_t k = 0; k < 2; k++) {
            double sum = 0;

            for (size_t i = 0; i < N; i++) {
                sum += member[i] == k
                           ? exp(-0.01 * (double)(opt.now - when[i]) / 86400)
                           : 0;
            }
            ck_assert_double_eq_tol(persona[k].importance, sum, 1e-12 * sum);
            ck_assert_uint_eq(persona[k].medoid, medoid_of(k, N));
        }
    }
}
END_TEST

START_TEST(cuts)
{
    struct rec_persona_options opt = {.cut = REC_CUT_COUNT};

    two_tastes(3);
    for (opt.count = 1; opt.count <= N + 5; opt.count++) {
        size_t size = 0;

        ck_assert_int_eq(run(N, NULL, &opt), 0);
        ck_assert_uint_eq(count, opt.count < N ? opt.count : N);
        for (size_t k = 0; k < count; k++) {
            size += persona[k].size;
            SURE(fabs(persona[k].importance - persona[k].size) < 1e-12);
            SURE(k == 0 || persona[k].size <= persona[k - 1].size);
            SURE(persona[k].medoid == medoid_of((uint32_t)k, N));
        }
        ck_assert_uint_eq(size, N);
    }
    opt.cut = REC_CUT_HEIGHT;
    opt.height = 0;
    ck_assert_int_eq(run(N, NULL, &opt), 0);
    ck_assert_uint_eq(count, N);
    opt.most = 7;
    ck_assert_int_eq(run(N, NULL, &opt), 0);
    ck_assert_uint_eq(count, 7);
    opt.height = INFINITY;
    ck_assert_int_eq(run(N, NULL, &opt), 0);
    ck_assert_uint_eq(count, 1);
}
END_TEST

/* 16 events in one second count 4, as long as they are; later than now is
   now; a shift of all times is a factor. */
START_TEST(times)
{
    struct rec_persona_options opt = {.cut = REC_CUT_COUNT, .count = 1,
                                      .decay = 0.01};
    double before;

    two_tastes(4);
    for (size_t i = 0; i < 20; i++) {
        when[i] = i < 16 ? 1000 : 5000 + (int64_t)i;
    }
    opt.now = 1000;
    ck_assert_int_eq(run(20, when, &opt), 0);
    ck_assert_double_eq_tol(persona[0].importance, 4 + 4, 1e-12);
    opt.now = 1000000;
    ck_assert_int_eq(run(20, when, &opt), 0);
    before = persona[0].importance;
    opt.now += 100 * 86400;
    ck_assert_int_eq(run(20, when, &opt), 0);
    ck_assert_double_eq_tol(persona[0].importance, before * exp(-1), 1e-12);
}
END_TEST

START_TEST(few)
{
    struct rec_persona_options opt = {.cut = REC_CUT_GAP};

    two_tastes(5);
    ck_assert_int_eq(run(0, NULL, &opt), 0);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(run(1, when, &opt), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(persona[0].medoid, 0);
    ck_assert_uint_eq(persona[0].size, 1);
    /* The same vector again and again: one persona, its first item. */
    for (size_t i = 1; i < N; i++) {
        memcpy(v + i * D, v, D * sizeof *v);
    }
    ck_assert_int_eq(run(N, NULL, &opt), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(persona[0].medoid, 0);
    opt = (struct rec_persona_options){.cut = REC_CUT_HEIGHT, .height = 0};
    ck_assert_int_eq(run(N, NULL, &opt), 0);
    ck_assert_uint_eq(count, 1);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {planted, cuts, times, few};

    return suite_run("personas", test, sizeof test / sizeof *test);
}
