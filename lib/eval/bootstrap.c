/* SPDX-License-Identifier: MIT */
/* Bootstrap intervals: see bootstrap.h. */
#include <config.h>

#include "eval/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"

/* ---- draws -------------------------------------------------------------- */

/* How often each of N units is drawn, in TIMES. Two draws from a random word:
   none is favoured by more than n / 2^32. */
static void draw(uint32_t *times, uint32_t n, uint64_t seed, uint64_t number)
{
    const uint64_t key[2] = {seed, number};
    struct rec_rng rng;
    uint64_t r = 0;

    memset(times, 0, n * sizeof *times);
    rec_rng_init(&rng, rec_hash_id(key, sizeof key));
    for (uint32_t i = 0; i < n; i++) {
        r = i & 1 ? r >> 32 : rec_rng_next(&rng);
        times[(r & 0xffffffffu) * n >> 32]++;
    }
}

/* Add up the units, each as often as it was drawn. */
REC_HOT static void add_up(const struct rec_units *u, const uint32_t *times,
                           double *sum)
{
    size_t m = u->stride;

    memset(sum, 0, m * sizeof *sum);
    for (size_t i = 0; i < u->n; i++) {
        const double *at = u->at + i * m;
        double w = times[i];

        if (w > 0) {
            for (size_t c = 0; c < m; c++) {
                sum[c] += w * at[c];
            }
        }
    }
}

/* Room of one thread. */
struct room {
    uint32_t *times;
    double *sum;
};

static int reserve(struct room *r, const struct rec_units *u)
{
    r->times = rec_alloc(u->n, sizeof *r->times);
    r->sum = rec_alloc(u->stride, sizeof *r->sum);
    return r->times && r->sum;
}

static void release(struct room *r)
{
    free(r->times);
    free(r->sum);
}

/* STAT[c * n + d]: the statistic of column c in draw d. */
static int draw_all(const struct rec_units *u, const struct rec_draws *o,
                    double *stat)
{
    int lacking = 0;

#pragma omp parallel num_threads(o->threads) reduction(| : lacking)
    {
        struct room r;

        lacking = !reserve(&r, u);
#pragma omp for schedule(static)
        for (uint32_t d = 0; d < o->n; d++) {
            if (!lacking) {
                draw(r.times, (uint32_t)u->n, o->seed, d);
                add_up(u, r.times, r.sum);
                for (size_t c = 0; c < u->columns; c++) {
                    double base = r.sum[u->columns + u->base[c]];

                    stat[c * o->n + d] = base > 0 ? r.sum[c] / base : NAN;
                }
            }
        }
        release(&r);
    }
    return !lacking;
}

/* ---- quantiles ---------------------------------------------------------- */

static double phi(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* The z with phi(z) = P: by bisection, a few per column. */
static double inverse_phi(double p)
{
    double low = -40, high = 40;

    for (int i = 0; i < 64; i++) {
        double z = (low + high) / 2;

        if (phi(z) < p) {
            low = z;
        } else {
            high = z;
        }
    }
    return high;
}

/* What would stand at place K of the N numbers X if they were sorted (Hoare's
   selection). */
static double pick(double *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;

    while (low < high) {
        double pivot = x[low + (high - low) / 2];
        size_t i = low, j = high;

        for (;;) {
            while (x[i] < pivot) {
                i++;
            }
            while (x[j] > pivot) {
                j--;
            }
            if (i >= j) {
                break;
            }
            double t = x[i];
            x[i++] = x[j];
            x[j--] = t;
        }
        /* all before i are at most the pivot, all after j at least */
        if (k <= j) {
            high = j;
        } else {
            low = j + 1;
        }
    }
    return x[k];
}

/* The quantile of X at P: with n draws the one numbered (n + 1) p from 1. */
static double quantile(double *x, size_t n, double p, int up)
{
    double place = ((double)n + 1) * p;
    double k = up ? ceil(place - 1e-9) : floor(place + 1e-9);

    k = k < 1 ? 1 : k > (double)n ? (double)n : k;
    return pick(x, n, (size_t)k - 1);
}

/* ---- BCa ---------------------------------------------------------------- */

static double acceleration(const struct rec_units *u, size_t c,
                           double statistic)
{
    double square = 0, cube = 0;

    for (size_t i = 0; i < u->n; i++) {
        const double *at = u->at + i * u->stride;
        double l = at[c] - statistic * at[u->columns + u->base[c]];

        square += l * l;
        cube += l * l * l;
    }
    return square > 0 ? cube / (6 * square * sqrt(square)) : 0;
}

static double adjust(double z0, double z, double a)
{
    double rest = 1 - a * (z0 + z);

    return rest > 0 ? phi(z0 + (z0 + z) / rest) : z > 0;
}

/* How many of the N draws X that are numbers, which come first then, and are
   *NUMBERS, are below STATISTIC. Of those that equal it but for rounding, as
   many do where values are few, one half. */
static double count_below(double *x, size_t n, double statistic,
                          size_t *numbers)
{
    double below = 0, near = 0;

    *numbers = 0;
    for (size_t d = 0; d < n; d++) {
        if (!isnan(x[d])) {
            near = fmax(near, fabs(x[d]));
            x[(*numbers)++] = x[d];
        }
    }
    near *= 1e-12;
    for (size_t d = 0; d < *numbers; d++) {
        double far = x[d] - statistic;

        below += far < -near ? 1 : far > near ? 0 : 0.5;
    }
    return below;
}

/* The interval of column C from its N draws X, those that are numbers. */
static struct rec_interval interval_of(const struct rec_units *u, size_t c,
                                       double *x, size_t n, double level)
{
    double statistic = rec_units_ratio(u, c), z0, z, a;
    struct rec_interval out = {NAN, NAN};
    size_t numbers;
    double below = count_below(x, n, statistic, &numbers);

    if (numbers > 0 && !isnan(statistic)) {
        double all = (double)numbers, most = 1 - 0.5 / all;
        double share = below / all;

        share = share < 0.5 / all ? 0.5 / all : share > most ? most : share;
        z0 = inverse_phi(share);
        z = inverse_phi((1 - level) / 2);
        a = acceleration(u, c, statistic);
        out.low = quantile(x, numbers, adjust(z0, z, a), 0);
        out.high = quantile(x, numbers, adjust(z0, -z, a), 1);
    }
    return out;
}

int rec_bootstrap(const struct rec_units *u, const struct rec_draws *o,
                  struct rec_interval *out, struct rec_error *err)
{
    double *stat = NULL;
    size_t all;

    if (rec_size_mul(u->columns, o->n, &all) == 0) {
        stat = rec_alloc(all, sizeof *stat);
    }
    if (!stat || !draw_all(u, o, stat)) {
        free(stat);
        return rec_fail_nomem(err);
    }
#pragma omp parallel for schedule(static) num_threads(o->threads)
    for (size_t c = 0; c < u->columns; c++) {
        out[c] = interval_of(u, c, stat + c * o->n, o->n, o->level);
    }
    free(stat);
    return 0;
}
