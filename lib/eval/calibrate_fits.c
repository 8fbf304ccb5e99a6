/* SPDX-License-Identifier: MIT */
/* The fits of calibrate.h: Platt's map, isotonic regression, a shift. */
#include <config.h>

#include "eval/calibrate.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/logistic.h"

/* ---- Platt ------------------------------------------------------------- */

struct platt { /* the problem, in units of the deviation of z */
    const double *z;
    const uint8_t *y;
    size_t n;
    double mean, sd;
    double target[2]; /* of a miss, of a hit */
};

struct slopes { /* the derivatives at a point */
    double a, b, aa, ab, bb;
};

/* The loss at (A, B): with S, its derivatives too. */
static double platt_loss(const struct platt *f, double a, double b,
                         struct slopes *s)
{
    struct slopes sum = {0, 0, 0, 0, 0};
    double loss = 0;

    for (size_t i = 0; i < f->n; i++) {
        double u = (f->z[i] - f->mean) / f->sd, x = a * u + b;
        double t = f->target[f->y[i]], e = exp(-fabs(x));
        double p = x >= 0 ? 1 / (1 + e) : e / (1 + e), w = p * (1 - p);

        loss += log1p(e) + (x >= 0 ? (1 - t) * x : -t * x);
        sum.a += (p - t) * u;
        sum.b += p - t;
        sum.aa += w * u * u;
        sum.ab += w * u;
        sum.bb += w;
    }
    if (s) {
        *s = sum;
    }
    return loss;
}

/* From (*A, *B) to the minimum. The decrement of a step is the squared
   distance to the minimum in standard errors of a and b: where it is small,
   full steps converge and the loss itself has no digits left to compare. */
static int platt_minimise(const struct platt *f, double *a, double *b,
                          struct rec_error *err)
{
    struct slopes s;
    double loss = platt_loss(f, *a, *b, &s);

    for (int round = 0; round < 200; round++) {
        double tiny = 1e-12 * (double)f->n, aa = s.aa + tiny, bb = s.bb + tiny;
        double det = aa * bb - s.ab * s.ab;
        double da = -(bb * s.a - s.ab * s.b) / det;
        double db = -(aa * s.b - s.ab * s.a) / det;
        double decrement = -(s.a * da + s.b * db), step = 1;

        if (!(decrement > 1e-18)) {
            return isfinite(*a) && isfinite(*b) && decrement >= 0
                       ? 0
                       : rec_fail(err, REC_ENUMERIC,
                                  "Platt's map: not a number");
        }
        while (decrement > 1e-6 && step > 1e-10) {
            double next =
                platt_loss(f, *a + step * da, *b + step * db, NULL);

            if (next <= loss - 1e-4 * step * decrement) {
                break;
            }
            step /= 2;
        }
        *a += step * da;
        *b += step * db;
        loss = platt_loss(f, *a, *b, &s);
    }
    return rec_fail(err, REC_ENUMERIC, "Platt's map: no minimum found");
}

/* Where all are equal the deviation is 0, whatever the mean rounds to. */
static void measure_spread(struct platt *f)
{
    double sum = 0, squares = 0;
    int differ = 0;

    for (size_t i = 0; i < f->n; i++) {
        sum += f->z[i];
        differ |= f->z[i] < f->z[0] || f->z[i] > f->z[0];
    }
    f->mean = sum / (double)f->n;
    for (size_t i = 0; i < f->n; i++) {
        squares += (f->z[i] - f->mean) * (f->z[i] - f->mean);
    }
    f->sd = differ ? sqrt(squares / (double)f->n) : 0;
}

int rec_platt_fit(const double *z, const uint8_t *y, size_t n, double *a,
                  double *b, struct rec_error *err)
{
    struct platt f = {z, y, n, 0, 0, {0, 0}};
    double hits = 0, mean, slope = 1, offset = 0;
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        hits += y[i];
    }
    f.target[1] = (hits + 1) / (hits + 2);
    f.target[0] = 1 / ((double)n - hits + 2);
    mean = (hits * f.target[1] + ((double)n - hits) * f.target[0]) / (double)n;
    measure_spread(&f);
    if (f.sd > 0) {
        rc = platt_minimise(&f, &slope, &offset, err);
    }
    if (rc == 0 && f.sd > 0 && slope > 0) {
        *a = slope / f.sd;
        *b = offset - slope * (f.mean / f.sd);
    } else { /* the best that does not fall: one probability for all */
        *a = 0;
        *b = log(mean / (1 - mean));
    }
    return rc;
}

/* ---- isotonic ---------------------------------------------------------- */

struct trial {
    float z;
    uint32_t hit;
};

struct pool {
    float low, high;
    uint64_t n, hits;
};

static int compare_trials(const void *a, const void *b)
{
    const struct trial *x = a, *y = b;

    return (x->z > y->z) - (x->z < y->z);
}

/* Does the mean of A lie below that of B? */
static int below(const struct pool *a, const struct pool *b)
{
    return a->hits * b->n < b->hits * a->n;
}

/* Pool the N trials T, ascending, into P; how many pools there are. */
static size_t pool_trials(const struct trial *t, size_t n, struct pool *p)
{
    size_t top = 0;

    for (size_t i = 0; i < n;) {
        struct pool next = {t[i].z, t[i].z, 0, 0};

        for (; i < n && !(t[i].z > next.low); i++) {
            next.n++;
            next.hits += t[i].hit;
        }
        while (top > 0 && !below(&p[top - 1], &next)) {
            next.low = p[--top].low;
            next.n += p[top].n;
            next.hits += p[top].hits;
        }
        p[top++] = next;
    }
    return top;
}

static int make_knots(const struct pool *p, size_t pools, float **at,
                      double **value, size_t *knots, struct rec_error *err)
{
    size_t n = 0;

    *at = rec_alloc(2 * pools, sizeof **at);
    *value = rec_alloc(2 * pools, sizeof **value);
    if (!*at || !*value) {
        free(*at);
        free(*value);
        *at = NULL;
        *value = NULL;
        return rec_fail_nomem(err);
    }
    for (size_t k = 0; k < pools; k++) {
        int ends = p[k].high > p[k].low ? 2 : 1;

        for (int end = 0; end < ends; end++) {
            (*at)[n] = end ? p[k].high : p[k].low;
            (*value)[n++] = (double)p[k].hits / (double)p[k].n;
        }
    }
    *knots = n;
    return 0;
}

int rec_isotonic_fit(const double *z, const uint8_t *y, size_t n, float **at,
                     double **value, size_t *knots, struct rec_error *err)
{
    struct trial *t = rec_alloc(n, sizeof *t);
    struct pool *p = rec_alloc(n, sizeof *p);
    int rc = t && p ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        for (size_t i = 0; i < n; i++) {
            t[i] = (struct trial){(float)z[i], y[i]};
        }
        qsort(t, n, sizeof *t, compare_trials);
        rc = make_knots(p, pool_trials(t, n, p), at, value, knots, err);
    }
    free(t);
    free(p);
    return rc;
}

/* ---- shifts ------------------------------------------------------------ */

/* What is to be 0, and how fast it rises, at B. */
static double excess(const double *z, size_t n, double hits, double ridge,
                     double b, double *rise)
{
    double sum = ridge * b - hits, slope = ridge;

    for (size_t i = 0; i < n; i++) {
        double p = rec_logistic(z[i] + b);

        sum += p;
        slope += p * (1 - p);
    }
    *rise = slope;
    return sum;
}

/* Where it must be: were all z the least or the greatest of them, b would be
   logit(mean y) minus that; a ridge only draws it towards 0, and no farther
   out than the excess at 0 over RIDGE. */
static void bracket(const double *z, size_t n, double hits, double ridge,
                    double *low, double *high)
{
    double least = INFINITY, most = -INFINITY, rise;
    double odds = log(hits / ((double)n - hits));

    for (size_t i = 0; i < n; i++) {
        least = fmin(least, z[i]);
        most = fmax(most, z[i]);
    }
    *low = odds - most;
    *high = odds - least;
    if (ridge > 0) {
        double far = -excess(z, n, hits, ridge, 0, &rise) / ridge;

        *low = fmax(fmin(*low, 0), fmin(far, 0));
        *high = fmin(fmax(*high, 0), fmax(far, 0));
    }
}

int rec_shift_fit(const double *z, const uint8_t *y, size_t n, double ridge,
                  double *b, struct rec_error *err)
{
    double hits = 0, low, high, at;

    for (size_t i = 0; i < n; i++) {
        hits += y[i];
    }
    if (!(ridge > 0) && (hits <= 0 || hits >= (double)n)) {
        return rec_fail(err, REC_EVALUE, "all trials have the same outcome");
    }
    bracket(z, n, hits, ridge, &low, &high);
    at = fmin(fmax(0, low), high);
    for (int round = 0; round < 200 && low < high; round++) {
        double rise, f = excess(z, n, hits, ridge, at, &rise), next;

        if (f > 0) {
            high = at;
        } else {
            low = at;
        }
        next = rise > 0 ? at - f / rise : low - 1;
        if (!(next >= low && next <= high)) { /* Newton's step leaves it */
            next = low + (high - low) / 2;
        }
        if (fabs(next - at) <= 1e-15 * fmax(fabs(at), 1)) {
            break;
        }
        at = next;
    }
    *b = at;
    return 0;
}
