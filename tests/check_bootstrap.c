/* SPDX-License-Identifier: MIT */
/* Intervals and tests by resampling: against all resamples of a few users
   counted out, and by what they promise: on 1,000 simulated data sets the 95%
   intervals hold the truth 93 to 97% of the time (three standard errors of
   such a count are 2.1%), and where there is no difference every p is as
   likely as any other. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "eval/compare.h"
#include "make_data.h"
#include "suite.h"

/* N rows of COLUMNS values in at most MOST units. */
static struct rec_units make_units(const double *value, size_t n,
                                   size_t columns, size_t most)
{
    struct rec_units u;
    struct rec_error err;

    ck_assert_int_eq(rec_units_init(&u, n, columns, most, 5, &err), 0);
    for (size_t i = 0; i < n; i++) {
        rec_units_add_row(&u, i, value + i * columns);
    }
    ck_assert_int_eq(rec_units_close(&u, &err), 0);
    return u;
}

static const struct rec_draws usual = {.95, 1000, 1, 1};

/* ---- units -------------------------------------------------------------- */

START_TEST(units_share_bases)
{
    const double value[] = {1, 2, NAN, 3, 5, 4, 5, 6, NAN};
    struct rec_units u = make_units(value, 3, 3, 10);

    ck_assert_uint_eq(u.n, 3);
    ck_assert_uint_eq(u.bases, 2); /* of the first two, of the last */
    ck_assert_uint_eq(u.base[0], 0);
    ck_assert_uint_eq(u.base[1], 0);
    ck_assert_uint_eq(u.base[2], 1);
    ck_assert(rec_units_ratio(&u, 0) == 3);
    ck_assert(rec_units_ratio(&u, 1) == 13. / 3);
    ck_assert(rec_units_ratio(&u, 2) == 4);
    rec_units_release(&u);
}
END_TEST

START_TEST(units_are_dealt_out)
{
    double value[1003];
    struct rec_units u;
    double least = 1e9, most = 0;

    for (int i = 0; i < 1003; i++) {
        value[i] = i;
    }
    u = make_units(value, 1003, 1, 100);
    ck_assert_uint_eq(u.n, 100);
    ck_assert(rec_units_ratio(&u, 0) == 501);
    for (int i = 0; i < 100; i++) { /* as many each, of all sorts */
        double n = u.at[2 * i + 1], mean = u.at[2 * i] / n;

        ck_assert(n == (i < 3 ? 11 : 10));
        least = mean < least ? mean : least;
        most = mean > most ? mean : most;
    }
    /* the error of the mean of 10 of these is 91 */
    ck_assert(least > 100 && least < 400 && most < 900 && most > 600);
    rec_units_release(&u);
}
END_TEST

/* ---- all resamples of a few --------------------------------------------- */

static int ascending(const void *pa, const void *pb)
{
    const double *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

static double phi(double z)
{
    return erfc(-z * sqrt(.5)) / 2;
}

/* Newton's method, not that of the library. */
static double inverse_phi(double p)
{
    double z = 0;

    for (int i = 0; i < 100; i++) {
        z -= (phi(z) - p) / (exp(-z * z / 2) / sqrt(2 * acos(-1)));
    }
    return z;
}

enum { FEW = 6, ALL = 46656 };

START_TEST(all_resamples_counted_out)
{
    /* the second column is a ratio of other numbers */
    static const double x[FEW] = {0, 1, .5, .25, 0, .75};
    static const double y[FEW] = {1, 5, 0, 2, 1, 7}, of[FEW] = {2, 9, 1, 2, 3,
                                                                8};
    static double stat[2][ALL];
    struct rec_draws many = {.9, 200000, 3, 2};
    struct rec_interval got[2];
    struct rec_units u;
    struct rec_error err;

    ck_assert_int_eq(rec_units_init(&u, FEW, 2, 100, 1, &err), 0);
    for (size_t i = 0; i < FEW; i++) {
        rec_units_add(&u, i, 0, x[i], 1);
        rec_units_add(&u, i, 1, y[i], of[i]);
    }
    ck_assert_int_eq(rec_units_close(&u, &err), 0);
    ck_assert_int_eq(rec_bootstrap(&u, &many, got, &err), 0);
    for (int r = 0; r < ALL; r++) {
        double sum = 0, up = 0, down = 0;

        for (int i = 0, rest = r; i < FEW; i++, rest /= FEW) {
            sum += x[rest % FEW];
            up += y[rest % FEW];
            down += of[rest % FEW];
        }
        stat[0][r] = sum / FEW;
        stat[1][r] = up / down;
    }
    for (int c = 0; c < 2; c++) {
        double full = c ? 16. / 25 : 2.5 / 6, below = 0, z0, z, a, s = 0,
               t = 0, low, high;

        qsort(stat[c], ALL, sizeof(double), ascending);
        for (int r = 0; r < ALL; r++) {
            below += stat[c][r] < full - 1e-12
                         ? 1
                         : stat[c][r] < full + 1e-12 ? .5 : 0;
        }
        for (int i = 0; i < FEW; i++) {
            double l = c ? y[i] - full * of[i] : x[i] - full;

            s += l * l;
            t += l * l * l;
        }
        z0 = inverse_phi(below / ALL);
        a = t / 6 / pow(s, 1.5);
        z = inverse_phi(.05);
        low = stat[c][(int)(ALL
                            * phi(z0 + (z0 + z) / (1 - a * (z0 + z))))];
        high = stat[c][(int)(ALL
                             * phi(z0 + (z0 - z) / (1 - a * (z0 - z))))];
        ck_assert_double_eq_tol(got[c].low, low, .012);
        ck_assert_double_eq_tol(got[c].high, high, .012);
        ck_assert(got[c].low < full && full < got[c].high);
    }
    rec_units_release(&u);
}
END_TEST

START_TEST(alike_or_alone)
{
    const double value[] = {.25, NAN, .25, NAN, .25, NAN, .25, NAN};
    struct rec_units u = make_units(value, 4, 2, 100);
    struct rec_interval got[2];
    struct rec_error err;

    ck_assert_int_eq(rec_bootstrap(&u, &usual, got, &err), 0);
    ck_assert(got[0].low == .25 && got[0].high == .25);
    ck_assert(isnan(got[1].low) && isnan(got[1].high));
    rec_units_release(&u);
    u = make_units(value, 1, 1, 100);
    ck_assert_int_eq(rec_bootstrap(&u, &usual, got, &err), 0);
    ck_assert(got[0].low == .25 && got[0].high == .25);
    rec_units_release(&u);
}
END_TEST

START_TEST(threads_and_seeds)
{
    double value[300];
    struct rec_draws o = usual;
    struct rec_interval one[3], other[3];
    double p[3], q[3];
    struct rec_units u;
    struct rec_error err;
    struct rec_rng r;

    rec_rng_init(&r, 8);
    for (int i = 0; i < 300; i++) {
        value[i] = rec_rng_unit(&r) - .45;
    }
    u = make_units(value, 100, 3, 100);
    ck_assert_int_eq(rec_bootstrap(&u, &o, one, &err), 0);
    ck_assert_int_eq(rec_sign_test(&u, &o, p, &err), 0);
    o.threads = 4;
    ck_assert_int_eq(rec_bootstrap(&u, &o, other, &err), 0);
    ck_assert_int_eq(rec_sign_test(&u, &o, q, &err), 0);
    ck_assert_mem_eq(one, other, sizeof one);
    ck_assert_mem_eq(p, q, sizeof p);
    o.seed = 2;
    ck_assert_int_eq(rec_bootstrap(&u, &o, other, &err), 0);
    for (int c = 0; c < 3; c++) {
        ck_assert(one[c].low != other[c].low);
        ck_assert_double_eq_tol(one[c].low, other[c].low, .02);
    }
    rec_units_release(&u);
}
END_TEST

/* ---- what an interval promises ------------------------------------------ */

/* One value of a world, and their mean over all of it. */
static double draw_value(struct rec_rng *r, int world)
{
    double x = rec_rng_unit(r), y = rec_rng_unit(r);

    switch (world) {
    case 0: return x < .4; /* hits */
    case 1: return x < .5 ? 0 : y * y; /* many zeros, skewed, as ndcg */
    case 2: return floor(4 * x) / 3 - floor(4 * y) / 3; /* a difference */
    default: return x < .8 ? 0 : 1 / (1 + floor(9 * y)); /* as mrr */
    }
}

static const double world_mean[] = {
    .4, 1. / 6, 0,
    .2 / 9 * (1 + 1 / 2. + 1 / 3. + 1 / 4. + 1 / 5. + 1 / 6. + 1 / 7.
              + 1 / 8. + 1 / 9.)};

enum { WORLDS = 4, SETS = 1000 };

/* Intervals of N users put together in at most MOST units. */
static void expect_coverage(size_t n, size_t most, uint64_t seed)
{
    double *value = malloc(n * WORLDS * sizeof *value);
    int held[WORLDS] = {0};
    struct rec_draws o = usual;
    struct rec_error err;
    struct rec_rng r;

    ck_assert_ptr_nonnull(value);
    rec_rng_init(&r, seed);
    for (int s = 0; s < SETS; s++) {
        struct rec_interval got[WORLDS];
        struct rec_units u;

        for (size_t i = 0; i < n * WORLDS; i++) {
            value[i] = draw_value(&r, (int)(i % WORLDS));
        }
        o.seed = (uint64_t)s;
        u = make_units(value, n, WORLDS, most);
        ck_assert_int_eq(rec_bootstrap(&u, &o, got, &err), 0);
        rec_units_release(&u);
        for (int w = 0; w < WORLDS; w++) {
            held[w] += got[w].low <= world_mean[w]
                       && world_mean[w] <= got[w].high;
        }
    }
    for (int w = 0; w < WORLDS; w++) {
        ck_assert_msg(held[w] >= 930 && held[w] <= 970,
                      "world %d: %d of 1000", w, held[w]);
    }
    free(value);
}

START_TEST(intervals_hold_the_truth)
{
    expect_coverage(120, 1000, 11);
}
END_TEST

START_TEST(and_so_they_do_of_users_put_together)
{
    expect_coverage(1200, 100, 12);
}
END_TEST

/* ---- the randomisation test --------------------------------------------- */

START_TEST(all_signs_counted_out)
{
    static const double d[10] = {.5, -.25, 0, .25, 1, .5, -.5, .25, .75, 0};
    struct rec_units u = make_units(d, 10, 1, 100);
    struct rec_draws many = {.95, 100000, 4, 2};
    struct rec_error err;
    double p, far = 0;

    for (int s = 0; s < 1024; s++) {
        double sum = 0;

        for (int i = 0; i < 10; i++) {
            sum += s >> i & 1 ? d[i] : -d[i];
        }
        far += fabs(sum) >= 2.5;
    }
    ck_assert_int_eq(rec_sign_test(&u, &many, &p, &err), 0);
    ck_assert_double_eq_tol(p, far / 1024, .004);
    rec_units_release(&u);
}
END_TEST

START_TEST(nothing_differs)
{
    static const double d[20];
    struct rec_units u = make_units(d, 20, 1, 100);
    struct rec_error err;
    double p;

    ck_assert_int_eq(rec_sign_test(&u, &usual, &p, &err), 0);
    ck_assert(p == 1);
    rec_units_release(&u);
}
END_TEST

/* Two runs that are the same but for chance: the largest distance of the
   p found from the diagonal (Kolmogorov) stays below 1.63 / sqrt(sets), which
   99 of 100 do. And where they do differ most p are small. */
START_TEST(p_is_uniform)
{
    enum { USERS = 80 };
    double d[2 * USERS], p[2], seen[SETS], far = 0, small = 0;
    struct rec_draws o = {.95, 999, 1, 1};
    struct rec_error err;
    struct rec_rng r;

    rec_rng_init(&r, 21);
    for (int s = 0; s < SETS; s++) {
        struct rec_units u;

        for (int i = 0; i < USERS; i++) {
            d[2 * i] = draw_value(&r, 1) - draw_value(&r, 1);
            d[2 * i + 1] = d[2 * i] + .1;
        }
        o.seed = (uint64_t)s;
        u = make_units(d, USERS, 2, 100);
        ck_assert_int_eq(rec_sign_test(&u, &o, p, &err), 0);
        rec_units_release(&u);
        seen[s] = p[0];
        small += p[1] < .05;
    }
    qsort(seen, SETS, sizeof *seen, ascending);
    for (int s = 0; s < SETS; s++) {
        far = fmax(far, fabs(seen[s] - (s + 1.) / SETS));
        far = fmax(far, fabs(seen[s] - (double)s / SETS));
    }
    ck_assert_msg(far < 1.63 / sqrt(SETS), "%g from the diagonal", far);
    ck_assert_double_gt(small, .5 * SETS);
}
END_TEST

START_TEST(holm_by_hand)
{
    const double p[] = {.01, .04, .03, .005}, same[] = {.5, .5, .5};
    double q[4];
    struct rec_error err;

    ck_assert_int_eq(rec_holm(p, 4, q, &err), 0);
    ck_assert_double_eq_tol(q[0], .03, 1e-15);
    ck_assert_double_eq_tol(q[1], .06, 1e-15); /* not .04: never below .03's */
    ck_assert_double_eq_tol(q[2], .06, 1e-15);
    ck_assert_double_eq_tol(q[3], .02, 1e-15);
    ck_assert_int_eq(rec_holm(same, 3, q, &err), 0);
    ck_assert(q[0] == 1 && q[1] == 1 && q[2] == 1);
    ck_assert_int_eq(rec_holm(p, 1, q, &err), 0);
    ck_assert(q[0] == .01);
}
END_TEST

/* ---- two runs ----------------------------------------------------------- */

static struct rec_judge *judge(const struct rec_data *truth,
                               const struct rec_measures *m, const char *run)
{
    char *path = make_path();
    struct rec_row_reader *in;
    struct rec_judge *j;
    struct rec_batch b;
    struct rec_error err;

    make_stream(path, "ranking", run);
    ck_assert_int_eq(rec_judge_new(&j, truth, "truth", m, NULL, NULL, &err), 0);
    ck_assert_int_eq(rec_row_reader_open(&in, path, NULL, &err), 0);
    while (rec_row_next(in, &b, &err) == 1) {
        ck_assert_int_eq(rec_judge_add(j, in, &b, &err), 0);
    }
    rec_row_reader_close(in);
    rec_judge_finish(j);
    drop_path(path);
    return j;
}

/* mrr of a, b, d, e: first 1, 0, 1/2, 1/2, then 1/2, 1, 1, 0 */
START_TEST(runs_by_hand)
{
    struct rec_data truth = make_data("a x; b x; c; d x y; e z");
    struct rec_measures m;
    struct rec_judge *one, *two;
    struct rec_comparison c;
    struct rec_error err;
    const uint32_t cut = 5, *row;
    size_t n;
    const double sd = sqrt((.25 + 1 + .25 + .25) / 4 - .015625);

    ck_assert_int_eq(rec_measures_init(&m, 1u << REC_MRR, &cut, 1, NULL,
                                       &err), 0);
    one = judge(&truth, &m, "a x=1; b q=1; d q=2 x=1; e p=1 z=0; c y=1");
    two = judge(&truth, &m, "e q=1; d y=1; a q=2 x=1; b x=1");
    row = rec_judge_rows(one, &n);
    ck_assert_uint_eq(n, 4);
    ck_assert(row[2] == 3 && row[3] == 4);
    ck_assert_int_eq(rec_judges_compare(one, two, &usual, &c, &err), 0);
    ck_assert_double_eq_tol(c.difference.mean, .125, 1e-15);
    ck_assert(c.difference.n == 4 && c.better == 2 && c.worse == 2);
    ck_assert_double_eq_tol(rec_moments_error(&c.difference), sd / 2, 1e-15);
    ck_assert_double_eq_tol(c.effect, .125 / sd, 1e-15);
    /* |+-1 +- .5 +- .5 +- .5| >= .5 is always so */
    ck_assert(c.p == 1 && c.holm == 1);
    ck_assert(c.interval.low >= -.5 && c.interval.low < .125);
    ck_assert(c.interval.high <= 1 && c.interval.high > .125);
    ck_assert_int_eq(rec_judges_compare(one, one, &usual, &c, &err), 0);
    ck_assert(c.effect == 0 && c.p == 1 && c.interval.low == 0);
    rec_judge_free(one);
    rec_judge_free(two);
    rec_measures_release(&m);
    rec_data_release(&truth);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        units_share_bases, units_are_dealt_out, all_resamples_counted_out,
        alike_or_alone, threads_and_seeds, intervals_hold_the_truth,
        and_so_they_do_of_users_put_together, all_signs_counted_out,
        nothing_differs, p_is_uniform, holm_by_hand, runs_by_hand};

    return suite_run("bootstrap", tests, sizeof tests / sizeof *tests);
}
