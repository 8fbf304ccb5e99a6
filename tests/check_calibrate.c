/* SPDX-License-Identifier: MIT */
/* Calibration: fits against golden numbers, brute force, their optimality
   conditions and numpy, scipy and sklearn; maps that do not fall; files; the
   figures of a reliability report. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "eval/calibrate.h"
#include "eval/calibration_file.h"
#include "eval/reliability.h"
#include "suite.h"

enum { N = 1000 };

static double z[N];
static float x[N], p[N];
static uint8_t y[N];
static struct rec_error err;

static double s(double t)
{
    return 1 / (1 + exp(-t));
}

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        ck_abort_msg("%.17g, not %.17g", got, want);
    }
}

/* What the numbers below were made from, with numpy:
     s = 12345
     def u():
         global s
         s = (s * 1103515245 + 12345) % 2**31
         return (s >> 8) / 2**23
     for i in range(1000): z[i] = float32(6 * u() - 4)
                           y[i] = u() < 1 / (1 + exp(-(.5 * z[i] - 1))) */
static double draw(uint64_t *state)
{
    *state = (*state * 1103515245 + 12345) % (UINT64_C(1) << 31);
    return (double)(*state >> 8) / 8388608;
}

static void make_trials(void)
{
    uint64_t state = 12345;

    for (int i = 0; i < N; i++) {
        x[i] = (float)(6 * draw(&state) - 4);
        z[i] = (double)x[i];
        y[i] = draw(&state) < s(.5 * z[i] - 1);
    }
}

/* ---- Platt -------------------------------------------------------------- */

/* a and b: Newton's method in numpy to a gradient of 1e-14; sklearn's
   _sigmoid_calibration(z, y) gives -.50325196, .95182044. */
START_TEST(platt_reference)
{
    double a, b;

    make_trials();
    ck_assert_int_eq(rec_platt_fit(z, y, N, &a, &b, &err), 0);
    near(a, 0.5032519586098481, 1e-10);
    near(b, -0.9518204453555865, 1e-10);
    /* the same in other units */
    for (int i = 0; i < N; i++) {
        z[i] = 1e6 + 1e-3 * z[i];
    }
    ck_assert_int_eq(rec_platt_fit(z, y, N, &a, &b, &err), 0);
    near(a, 503.2519586098481, 1e-3);
    near(a * (1e6 - 1e-3) + b, -0.5032519586 - 0.9518204454, 1e-5);
}
END_TEST

/* The loss, straight from its definition. */
static double platt_loss(size_t n, double a, double b)
{
    double hits = 0, sum = 0;

    for (size_t i = 0; i < n; i++) {
        hits += y[i];
    }
    for (size_t i = 0; i < n; i++) {
        double t = y[i] ? (hits + 1) / (hits + 2)
                        : 1 / ((double)n - hits + 2);

        sum -= t * log(s(a * z[i] + b)) + (1 - t) * log(s(-a * z[i] - b));
    }
    return sum;
}

START_TEST(platt_optimal)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 1);
    for (int round = 0; round < 200; round++) {
        size_t n = 2 + rec_rng_below(&rng, 30);
        double a = 0, b = 0, h = 1e-4, da, db;

        for (size_t i = 0; i < n; i++) {
            z[i] = round % 3 ? 4 * rec_rng_unit(&rng) - 2
                             : (double)rec_rng_below(&rng, 3);
            y[i] = i == 0 || (i > 1 && rec_rng_unit(&rng) < .4);
        }
        SURE(rec_platt_fit(z, y, n, &a, &b, &err) == 0);
        SURE(a >= 0 && isfinite(a) && isfinite(b));
        if (a > 50) { /* a small step is not small any more */
            continue;
        }
        da = (platt_loss(n, a + h, b) - platt_loss(n, a - h, b)) / (2 * h);
        db = (platt_loss(n, a, b + h) - platt_loss(n, a, b - h)) / (2 * h);
        near(db, 0, 1e-5);
        if (a > 0) {
            near(da, 0, 1e-5);
        } else { /* at the bound the loss rises */
            SURE(da > -1e-5);
        }
    }
}
END_TEST

/* y as often 1 as the logits say: a -> 1, b -> 0. */
START_TEST(platt_calibrated)
{
    enum { MANY = 200000 };
    double *w = malloc(MANY * sizeof *w), a, b;
    uint8_t *hit = malloc(MANY);
    struct rec_rng rng;

    rec_rng_init(&rng, 5);
    for (int i = 0; i < MANY; i++) {
        w[i] = 5 * rec_rng_unit(&rng) - 4;
        hit[i] = rec_rng_unit(&rng) < s(w[i]);
    }
    ck_assert_int_eq(rec_platt_fit(w, hit, MANY, &a, &b, &err), 0);
    near(a, 1, .02);
    near(b, 0, .02);
    free(w);
    free(hit);
}
END_TEST

/* What would diverge, or fall. */
START_TEST(platt_hard)
{
    double a, b;

    for (double scale = 1e-30; scale < 1e31; scale *= 1e10) {
        for (int i = 0; i < 10; i++) {
            z[i] = (i + (i > 4 ? 1000 : 0)) * scale;
            y[i] = i > 4;
        }
        ck_assert_int_eq(rec_platt_fit(z, y, 10, &a, &b, &err), 0);
        ck_assert(isfinite(a) && isfinite(b) && a > 0);
        /* as far as the targets: 6/7 and 1/7 */
        near(s(a * z[9] + b), 6. / 7, .01);
        near(s(a * z[0] + b), 1. / 7, .01);
        for (int i = 0; i < 10; i++) {
            z[i] = -z[i];
        }
        ck_assert_int_eq(rec_platt_fit(z, y, 10, &a, &b, &err), 0);
        ck_assert(a == 0);
        near(b, 0, 1e-12);
    }
    for (int i = 0; i < 10; i++) { /* one score for all */
        z[i] = .1;
        y[i] = i < 3;
    }
    ck_assert_int_eq(rec_platt_fit(z, y, 10, &a, &b, &err), 0);
    ck_assert(a == 0);
    near(s(b), (3 * 4. / 5 + 7 * 1. / 9) / 10, 1e-12);
    for (int i = 0; i < 10; i++) { /* one outcome for all */
        z[i] = i;
        y[i] = 0;
    }
    ck_assert_int_eq(rec_platt_fit(z, y, 10, &a, &b, &err), 0);
    near(s(a * 3 + b), 1. / 12, 1e-6);
}
END_TEST

/* ---- isotonic ------------------------------------------------------------ */

static struct rec_calibration isotonic(const float *at, const uint8_t *hit,
                                       size_t n)
{
    struct rec_calibration c = {.method = REC_ISOTONIC};
    double w[N];

    for (size_t i = 0; i < n; i++) {
        w[i] = (double)at[i];
    }
    ck_assert_int_eq(rec_isotonic_fit(w, hit, n, &c.at, &c.value, &c.knots,
                                      &err),
                     0);
    return c;
}

START_TEST(isotonic_golden)
{
    const float at[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const uint8_t hit[] = {0, 1, 0, 0, 1, 1, 0, 1};
    const double want[] = {0, 1. / 3, 1. / 3, 1. / 3, 2. / 3, 2. / 3, 2. / 3,
                           1};
    struct rec_calibration c = isotonic(at, hit, 8);

    for (int i = 0; i < 8; i++) {
        near(rec_calibrate(&c, REC_NONE, at[i]), want[i], 0);
    }
    ck_assert_uint_eq(c.knots, 6);
    near(rec_calibrate(&c, REC_NONE, 1.5F), 1. / 6, 1e-15);
    near(rec_calibrate(&c, REC_NONE, 4.25F), 1. / 3 + 1. / 12, 1e-15);
    near(rec_calibrate(&c, REC_NONE, -9), 0, 0);
    near(rec_calibrate(&c, REC_NONE, 9), 1, 0);
    rec_calibration_release(&c);
}
END_TEST

/* sklearn: IsotonicRegression(out_of_bounds='clip').fit(z, y).predict */
START_TEST(isotonic_reference)
{
    const double at[] = {-5, -3, -1, -.25, 0, .5, 1, 1.9, 3};
    const double want[] = {
        0.0, 0.06711409395973154, 0.15822784810126583,
        0.2916666666666667, 0.2947628894621251, 0.29523809523809524,
        0.44, 0.4479166666666667, 1.0};
    struct rec_calibration c;

    make_trials();
    c = isotonic(x, y, N);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        near(rec_calibrate(&c, REC_NONE, (float)at[i]), want[i], 1e-12);
    }
    rec_calibration_release(&c);
}
END_TEST

static double squares(const float *at, const uint8_t *hit, size_t n,
                      const double *value)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        double far = hit[i] - value[(int)at[i]];

        sum += far * far;
    }
    return sum;
}

/* The least squared error of all maps of 0 ... 5 that do not fall, whose
   values are shares of at most six trials: cut into runs, each of one value;
   the best one is among these. */
static double best_squares(const float *at, const uint8_t *hit, size_t n)
{
    double best = INFINITY;

    for (unsigned cuts = 0; cuts < 32; cuts++) {
        double value[6], before = 0;
        int falls = 0;

        for (int from = 0, to; from < 6; from = to) {
            double all = 0, hits = 0;

            for (to = from + 1; to < 6 && !(cuts >> (to - 1) & 1); to++) {
            }
            for (size_t i = 0; i < n; i++) {
                if (at[i] >= (float)from && at[i] < (float)to) {
                    all++;
                    hits += hit[i];
                }
            }
            for (int k = from; k < to; k++) {
                value[k] = all > 0 ? hits / all : before;
            }
            falls |= value[from] < before;
            before = value[from];
        }
        if (!falls) {
            best = fmin(best, squares(at, hit, n, value));
        }
    }
    return best;
}

START_TEST(isotonic_brute_force)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 2);
    for (int round = 0; round < 3000; round++) {
        size_t n = 1 + rec_rng_below(&rng, 6);
        struct rec_calibration c, again;
        double value[6], sum = 0, hits = 0;
        float fitted[6];

        for (size_t i = 0; i < n; i++) {
            x[i] = (float)rec_rng_below(&rng, 6);
            y[i] = rec_rng_below(&rng, 2) == 1;
        }
        c = isotonic(x, y, n);
        for (int k = 0; k < 6; k++) {
            value[k] = rec_calibrate(&c, REC_NONE, (float)k);
            SURE(k == 0 || value[k] >= value[k - 1]);
        }
        near(squares(x, y, n, value), best_squares(x, y, n), 1e-12);
        for (size_t i = 0; i < n; i++) {
            fitted[i] = (float)value[(int)x[i]];
            sum += value[(int)x[i]];
            hits += y[i];
        }
        near(sum, hits, 1e-12); /* the mean is kept */
        again = isotonic(fitted, y, n);
        for (size_t i = 0; i < n; i++) { /* a second time changes nothing */
            near(rec_calibrate(&again, REC_NONE, fitted[i]),
                 value[(int)x[i]], 1e-7);
        }
        rec_calibration_release(&c);
        rec_calibration_release(&again);
    }
}
END_TEST

/* ---- shifts -------------------------------------------------------------- */

/* Ridges: scipy.optimize.brentq on the sum of s(z + b) - 3 + ridge b. */
START_TEST(shift_golden)
{
    const double at[] = {-1, 0, 1, 2};
    const uint8_t hit[] = {0, 1, 1, 1}, none[] = {0, 0, 0, 0};
    double b, sum = 0;

    ck_assert_int_eq(rec_shift_fit(at, hit, 4, 0, &b, &err), 0);
    near(b, 0.8940004851926924, 1e-12);
    for (int i = 0; i < 4; i++) {
        sum += s(at[i] + b);
    }
    near(sum, 3, 1e-13);
    ck_assert_int_eq(rec_shift_fit(at, hit, 4, .5, &b, &err), 0);
    near(b, 0.5069685958659815, 1e-12);
    ck_assert_int_eq(rec_shift_fit(at, none, 4, 1, &b, &err), 0);
    near(b, -1.3577933940506963, 1e-12);
    ck_assert_int_eq(rec_shift_fit(at, none, 4, 0, &b, &err), REC_EVALUE);
    ck_assert_int_eq(rec_shift_fit(at, hit + 1, 3, 0, &b, &err), REC_EVALUE);
}
END_TEST

START_TEST(shift_hard)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 3);
    for (int round = 0; round < 2000; round++) {
        size_t n = 2 + rec_rng_below(&rng, 20);
        double wide = pow(10, (double)rec_rng_below(&rng, 6) - 3);
        double ridge = round % 2 ? 0 : rec_rng_unit(&rng), b, sum;

        for (size_t i = 0; i < n; i++) {
            z[i] = wide * (rec_rng_unit(&rng) - .5) - 20;
            y[i] = i == 0 || (i > 1 && rec_rng_below(&rng, 2));
        }
        SURE(rec_shift_fit(z, y, n, ridge, &b, &err) == 0);
        sum = ridge * b;
        for (size_t i = 0; i < n; i++) {
            sum += s(z[i] + b) - y[i];
        }
        near(sum, 0, 1e-9);
    }
}
END_TEST

static const char *const names[] = {"north", "south", "empty"};

static struct rec_dict *name_cohorts(void)
{
    struct rec_dict *d = rec_dict_new();
    uint32_t k;

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(rec_dict_add(d, names[i], strlen(names[i]), &k,
                                      &err),
                         0);
    }
    return d;
}

/* In every cohort the probabilities add up to the hits, over any map. */
START_TEST(cohorts_add_up)
{
    struct rec_dict *d = name_cohorts();
    const size_t from[] = {0, 300, 1000, 1000};

    make_trials();
    for (int i = 0; i < 300; i++) {
        y[i] = y[i] || i % 3 == 0;
    }
    for (int m = REC_PLATT; m <= REC_SHIFT; m++) {
        struct rec_calibration c = {.method = (enum rec_calibrate_method)m};

        ck_assert_int_eq(rec_calibrate_fit(&c, x, y, N, &err), 0);
        ck_assert_int_eq(
            rec_calibrate_fit_cohorts(&c, d, from, x, y, 0, &err), 0);
        for (uint32_t k = 0; k < 2; k++) {
            double sum = 0;

            for (size_t i = from[k]; i < from[k + 1]; i++) {
                sum += rec_calibrate(&c, k, x[i]) - y[i];
            }
            near(sum, 0, 1e-9);
        }
        ck_assert(c.shift[0] > 0 && c.shift[1] < 0);
        ck_assert(c.shift[2] == 0);
        rec_calibration_release(&c);
    }
    memset(y, 0, 300);
    for (int ridge = 0; ridge < 2; ridge++) {
        struct rec_calibration c = {.method = REC_PLATT};

        ck_assert_int_eq(rec_calibrate_fit(&c, x, y, N, &err), 0);
        ck_assert_int_eq(
            rec_calibrate_fit_cohorts(&c, d, from, x, y, ridge, &err),
            ridge ? 0 : REC_EVALUE);
        ck_assert(ridge || strstr(err.text, "cohort 'north': none of its 300"));
        ck_assert(!ridge || (isfinite(c.shift[0]) && c.shift[0] < -2));
        rec_calibration_release(&c);
    }
    rec_dict_free(d);
}
END_TEST

START_TEST(one_outcome)
{
    for (int m = REC_PLATT; m <= REC_SHIFT; m++) {
        struct rec_calibration c = {.method = (enum rec_calibrate_method)m};

        for (int hit = 0; hit < 2; hit++) {
            memset(y, hit, 5);
            ck_assert_int_eq(rec_calibrate_fit(&c, x, y, 5, &err), REC_EVALUE);
            ck_assert(strstr(err.text, hit ? "every one of the 5" : "none of"));
        }
        ck_assert_int_eq(rec_calibrate_fit(&c, x, y, 0, &err), REC_EVALUE);
    }
}
END_TEST

/* No map falls, none leaves [0, 1], whatever the scores are. */
START_TEST(monotone)
{
    const float at[] = {-3e38F, -1e4F, -90, -1, -1e-30F, 0, 1e-30F,
                        1e-9F, .01F, .5F, .9999999F, 1, 17, 90, 1e4F, 3e38F};
    struct rec_dict *d = name_cohorts();
    const size_t from[] = {0, 300, 1000, 1000};

    make_trials();
    for (int m = REC_PLATT; m <= REC_SHIFT; m++) {
        for (int in = REC_FROM_SCORE; in <= REC_FROM_PROBABILITY; in++) {
            struct rec_calibration c = {
                .method = (enum rec_calibrate_method)m,
                .input = (enum rec_calibrate_input)in};

            for (int i = 0; i < N; i++) {
                p[i] = in == REC_FROM_PROBABILITY ? (x[i] + 4) / 6 : x[i];
            }
            ck_assert_int_eq(rec_calibrate_fit(&c, p, y, N, &err), 0);
            ck_assert_int_eq(
                rec_calibrate_fit_cohorts(&c, d, from, p, y, 1, &err), 0);
            for (uint32_t k = 0; k < 3; k++) {
                double before = 0;

                for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
                    double now = rec_calibrate(&c, k == 2 ? REC_NONE : k,
                                               at[i]);

                    ck_assert(now >= before && now <= 1);
                    before = now;
                }
            }
            rec_calibration_release(&c);
        }
    }
    rec_dict_free(d);
}
END_TEST

/* ---- files --------------------------------------------------------------- */

static void save(const struct rec_calibration *c, const struct rec_dict *d,
                 const char *path)
{
    struct rec_output *o;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_calibration_save(c, d, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

START_TEST(files)
{
    char path[] = "/tmp/check_calibrate.XXXXXX";
    int fd = mkstemp(path);
    struct rec_dict *d = name_cohorts();
    struct rec_calibration_file f;
    const size_t from[] = {0, 300, 1000, 1000};

    ck_assert_int_ge(fd, 0);
    close(fd);
    make_trials();
    for (int m = REC_PLATT; m <= REC_SHIFT; m++) {
        struct rec_calibration c = {.method = (enum rec_calibrate_method)m,
                                    .input = REC_FROM_LOGIT};

        ck_assert_int_eq(rec_calibrate_fit(&c, x, y, N, &err), 0);
        ck_assert_int_eq(
            rec_calibrate_fit_cohorts(&c, d, from, x, y, 1, &err), 0);
        save(&c, d, path);
        ck_assert_int_eq(rec_calibration_load(&f, path, &err), 0);
        for (int i = 0; i < N; i++) {
            uint32_t k = i % 4 == 3 ? REC_NONE : (uint32_t)i % 4;

            SURE(rec_calibrate(&f.map, k, x[i]) == rec_calibrate(&c, k, x[i]));
        }
        ck_assert_uint_eq(rec_dict_find(f.cohorts, "south", 5), 1);
        ck_assert_uint_eq(f.map.hits, 217);
        rec_calibration_file_release(&f);

        /* what no fit gives is not believed */
        c.shift[1] = NAN;
        save(&c, d, path);
        ck_assert_int_eq(rec_calibration_load(&f, path, &err), REC_ECORRUPT);
        c.shift[1] = 0;
        if (m == REC_ISOTONIC) {
            c.value[1] = -1;
        } else {
            c.slope = -1;
        }
        save(&c, d, path);
        ck_assert_int_eq(rec_calibration_load(&f, path, &err), REC_ECORRUPT);
        rec_calibration_release(&c);
    }
    unlink(path);
    rec_dict_free(d);
}
END_TEST

/* ---- reliability --------------------------------------------------------- */

static const float eight_p[] = {.7F, .1F, .9F, .2F, .3F, .4F, .6F, .8F};
static const uint8_t eight_y[] = {1, 0, 1, 0, 1, 0, 1, 0};

START_TEST(ece_golden)
{
    struct rec_reliability r;

    ck_assert_int_eq(rec_reliability(&r, eight_p, eight_y, 8, 2,
                                     REC_BINS_COUNT, &err),
                     0);
    near(r.ece, 0, 1e-7);
    near(r.all.p, .5, 1e-7);
    near(r.all.y, .5, 0);
    ck_assert(r.debiased < 0);
    near(r.debiased, -.75 * .25 / 3, 1e-7);
    rec_reliability_release(&r);
    ck_assert_int_eq(rec_reliability(&r, eight_p, eight_y, 8, 4,
                                     REC_BINS_COUNT, &err),
                     0);
    near(r.ece, .25, 1e-7);
    for (int k = 0; k < 4; k++) {
        ck_assert_uint_eq(r.bin[k].n, 2);
    }
    rec_reliability_release(&r);
}
END_TEST

/* By numpy and sklearn (brier_score_loss, log_loss) from p = s(a z + b) of
   platt_reference in float32, ten bins as wide. */
START_TEST(reliability_reference)
{
    struct rec_reliability r;
    size_t n = 0;

    make_trials();
    for (int i = 0; i < N; i++) {
        p[i] = (float)s(0.5032519586098481 * z[i] - 0.9518204453555865);
    }
    ck_assert_int_eq(rec_reliability(&r, p, y, N, 10, REC_BINS_WIDTH, &err),
                     0);
    near(r.ece, 0.014245001964271059, 1e-7);
    near(r.square, 0.00038667365875116205, 1e-8);
    near(r.debiased, -0.0007456400382165815, 1e-8);
    near(r.brier, 0.1522771398489503, 1e-7);
    near(r.log_loss, 0.469332175371107, 1e-7);
    ck_assert_uint_eq(r.clipped, 0);
    ck_assert_uint_eq(r.all.hits, 217);
    for (int k = 0; k < 10; k++) {
        n += r.bin[k].n;
    }
    ck_assert_uint_eq(n, N);
    rec_reliability_release(&r);
}
END_TEST

/* Equal probabilities stay together, whatever the order; the ends; clipping. */
START_TEST(bins)
{
    const float ties[] = {.5F, .5F, .1F, .5F, .5F, .9F};
    const uint8_t hit[] = {1, 0, 0, 1, 0, 1};
    const float end[] = {0, 1, .25F, .5F, 1};
    const uint8_t end_hit[] = {0, 1, 0, 1, 0};
    struct rec_reliability r;

    ck_assert_int_eq(rec_reliability(&r, ties, hit, 6, 3, REC_BINS_COUNT,
                                     &err),
                     0);
    ck_assert_uint_eq(r.bin[0].n, 1);
    ck_assert_uint_eq(r.bin[1].n, 4);
    ck_assert_uint_eq(r.bin[2].n, 1);
    near(r.bin[1].y, .5, 0);
    rec_reliability_release(&r);

    ck_assert_int_eq(rec_reliability(&r, end, end_hit, 5, 4, REC_BINS_WIDTH,
                                     &err),
                     0);
    ck_assert_uint_eq(r.bin[0].n, 1);
    ck_assert_uint_eq(r.bin[1].n, 1);
    ck_assert_uint_eq(r.bin[2].n, 1);
    ck_assert_uint_eq(r.bin[3].n, 2);
    ck_assert_uint_eq(r.clipped, 3);
    ck_assert(isfinite(r.log_loss) && r.log_loss > 24 * log(2) / 5);
    rec_reliability_release(&r);

    ck_assert_int_eq(rec_reliability(&r, end, end_hit, 0, 4, REC_BINS_COUNT,
                                     &err),
                     0);
    ck_assert(r.ece == 0 && r.brier == 0 && r.all.n == 0);
    rec_reliability_release(&r);
}
END_TEST

/* The noise of calibrated probabilities: on average the debiased square is 0
   and the plain one is not. */
START_TEST(debiased_is_unbiased)
{
    struct rec_reliability r;
    struct rec_rng rng;
    double square = 0, debiased = 0, squares = 0;
    enum { TIMES = 400 };

    rec_rng_init(&rng, 9);
    for (int t = 0; t < TIMES; t++) {
        for (int i = 0; i < 200; i++) {
            p[i] = (float)(.05 + .1 * (double)(i % 10));
            y[i] = rec_rng_unit(&rng) < (double)p[i];
        }
        ck_assert_int_eq(rec_reliability(&r, p, y, 200, 10, REC_BINS_WIDTH,
                                         &err),
                         0);
        square += r.square / TIMES;
        debiased += r.debiased / TIMES;
        squares += r.debiased * r.debiased / TIMES;
        rec_reliability_release(&r);
    }
    /* five standard errors; the mean of p (1 - p) / 20 */
    near(debiased, 0, 5 * sqrt(squares / TIMES));
    near(square, .1675 / 20, .1 * .1675 / 20);
}
END_TEST

/* scipy: binomtest(hits, n).proportion_ci(method='wilson') */
START_TEST(wilson)
{
    double low, high;

    rec_wilson(0, 10, &low, &high);
    ck_assert(low == 0);
    near(high, 0.27753279986288926, 1e-14);
    rec_wilson(3, 10, &low, &high);
    near(low, 0.10779126740630102, 1e-14);
    near(high, 0.6032218525388546, 1e-14);
    rec_wilson(10, 10, &low, &high);
    near(low, 0.7224672001371109, 1e-14);
    ck_assert(high == 1);
    rec_wilson(50, 1000, &low, &high);
    near(low, 0.03813026239274881, 1e-14);
    near(high, 0.06531382024425081, 1e-14);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        platt_reference, platt_optimal,        platt_calibrated,
        platt_hard,      isotonic_golden,      isotonic_reference,
        isotonic_brute_force, shift_golden,    shift_hard,
        cohorts_add_up,  one_outcome,          monotone,
        files,           ece_golden,           reliability_reference,
        bins,            debiased_is_unbiased, wilson};

    return suite_run("calibrate", tests, sizeof tests / sizeof *tests);
}
