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
static double cut[2];
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
    return rec_personas(v, n, D, time, opt, persona, member, &count, cut,
                        &err);
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

/* ---- users of one and two tastes -------------------------------------- */

enum { WIDE = 16, GROUPS = 12, EACH = 80, MOST = 160 };

static float item[GROUPS * EACH][WIDE]; /* unit vectors, group by group */

static double normal(struct rec_rng *rng)
{
    double u = 1 - rec_rng_unit(rng), w = rec_rng_unit(rng);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * w);
}

static void normalise(float *x)
{
    double sum = 0;

    for (size_t k = 0; k < WIDE; k++) {
        sum += (double)x[k] * x[k];
    }
    for (size_t k = 0; k < WIDE; k++) {
        x[k] = (float)(x[k] / sqrt(sum));
    }
}

/* Groups around random directions: within one the mean cosine is about 2/3,
   between two of them it is about 0, but now and then as much as 1/2. */
static void make_items(struct rec_rng *rng)
{
    float centre[WIDE];

    for (size_t i = 0; i < (size_t)GROUPS * EACH; i++) {
        for (size_t k = 0; k < WIDE && i % EACH == 0; k++) {
            centre[k] = (float)normal(rng);
        }
        normalise(centre);
        for (size_t k = 0; k < WIDE; k++) {
            item[i][k] = centre[k] + (float)(0.7 * normal(rng) / sqrt(WIDE));
        }
        normalise(item[i]);
    }
}

static double variance(void)
{
    enum { ITEMS = GROUPS * EACH };
    double mean[WIDE] = {0}, sum = 1; /* all have length 1 */

    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t k = 0; k < WIDE; k++) {
            mean[k] += item[i][k] / (double)ITEMS;
        }
    }
    for (size_t k = 0; k < WIDE; k++) {
        sum -= mean[k] * mean[k];
    }
    return sum;
}

/* How long a history is: LEAST items of a taste, and up to MORE - 1. */
struct length {
    size_t least, more;
};
static const struct length some = {5, 16}, many = {40, 40};

/* Does a user of one or two TASTES come out as these are? A height below 0 is
   the default. */
static int find_tastes(struct rec_rng *rng, struct rec_persona_options o,
                       struct length len, int tastes)
{
    static float x[MOST * WIDE];
    static struct rec_persona out[MOST];
    static uint32_t label[MOST];
    size_t taste[MOST], n = 0, found, right = 1;
    size_t a = (size_t)rec_rng_below(rng, GROUPS);
    size_t b = (a + 1 + (size_t)rec_rng_below(rng, GROUPS - 1)) % GROUPS;

    for (int t = 0; t < tastes; t++) {
        size_t take = len.least + (size_t)rec_rng_below(rng, len.more);

        for (size_t i = 0; i < take; i++) {
            taste[n] = t ? b : a;
            memcpy(x + n * WIDE,
                   item[taste[n] * EACH + (size_t)rec_rng_below(rng, EACH)],
                   sizeof item[0]);
            n++;
        }
    }
    if (o.height < 0) {
        o.height = rec_persona_height(variance(), n);
    }
    ck_assert_int_eq(rec_personas(x, n, WIDE, NULL, &o, out, label, &found,
                                  NULL, &err),
                     0);
    for (size_t i = 0; i < n; i++) {
        right &= (label[i] == label[0]) == (taste[i] == taste[0]);
    }
    return right && found == (size_t)tastes;
}

static double rate(const struct rec_persona_options *o, struct length len,
                   int tastes)
{
    int users = len.least < 20 ? 1000 : 200, found = 0;
    struct rec_rng rng;

    rec_rng_init(&rng, 7);
    make_items(&rng);
    for (int u = 0; u < users; u++) {
        if (u % 100 == 99) {
            make_items(&rng);
        }
        found += find_tastes(&rng, *o, len, tastes);
    }
    return (double)found / users;
}

/* The rates are in rec-cluster(1). */
START_TEST(tastes)
{
    struct rec_persona_options gap = {.cut = REC_CUT_GAP, .most = 10};
    struct rec_persona_options four = {.cut = REC_CUT_HEIGHT, .height = 4};
    struct rec_persona_options usual = {.cut = REC_CUT_HEIGHT, .height = -1,
                                        .most = 10};

    SURE(rate(&gap, some, 2) >= 0.95);
    SURE(rate(&gap, some, 1) <= 0.01); /* cut where it is widest */
    SURE(rate(&usual, some, 2) >= 0.95);
    SURE(rate(&usual, some, 1) >= 0.99);
    SURE(rate(&usual, many, 2) >= 0.92);
    SURE(rate(&usual, many, 1) >= 0.99);
    SURE(rate(&four, many, 1) <= 0.6); /* one height is not for all */
    SURE(rate(&four, many, 2) <= 0.4);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {planted, cuts, times, few, tastes};

    return suite_run("personas", test, sizeof test / sizeof *test);
}
