/* SPDX-License-Identifier: MIT */
/* Scores as probabilities: see calibrate.h. */
#include <config.h>

#include "eval/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/logistic.h"

static double logit(double p)
{
    p = fmin(fmax(p, REC_CALIBRATE_EDGE), 1 - REC_CALIBRATE_EDGE);
    return log(p / (1 - p));
}

/* ---- using a map ------------------------------------------------------- */

void rec_calibration_release(struct rec_calibration *c)
{
    free(c->at);
    free(c->value);
    free(c->shift);
    memset(c, 0, sizeof *c);
}

double rec_calibrate_z(enum rec_calibrate_input input, float x)
{
    /* Rounded: equal places on both sides of a knot, whoever computes them. */
    return input == REC_FROM_PROBABILITY ? (double)(float)logit((double)x)
                                         : (double)x;
}

/* Linear between knots, flat beyond the first and the last. */
static double between_knots(const struct rec_calibration *c, double z)
{
    size_t low = 0, high = c->knots - 1;
    double t, p;

    if (z <= (double)c->at[low]) {
        return c->value[low];
    }
    if (z >= (double)c->at[high]) {
        return c->value[high];
    }
    while (high - low > 1) { /* at[low] <= z < at[high] */
        size_t mid = low + (high - low) / 2;

        if ((double)c->at[mid] <= z) {
            low = mid;
        } else {
            high = mid;
        }
    }
    t = (z - (double)c->at[low]) / ((double)c->at[high] - (double)c->at[low]);
    p = c->value[low] + t * (c->value[high] - c->value[low]);
    return fmin(p, c->value[high]);
}

/* The logit of the map of all. */
static double map_logit(const struct rec_calibration *c, double z)
{
    return c->method == REC_ISOTONIC ? logit(between_knots(c, z))
                                     : c->slope * z + c->offset;
}

double rec_calibrate(const struct rec_calibration *c, uint32_t cohort, float x)
{
    double z = rec_calibrate_z(c->input, x);

    if (c->shift && cohort != REC_NONE) {
        return rec_logistic(map_logit(c, z) + c->shift[cohort]);
    }
    return c->method == REC_ISOTONIC ? between_knots(c, z)
                                     : rec_logistic(map_logit(c, z));
}

/* ---- fitting ----------------------------------------------------------- */

static int check_outcomes(const struct rec_calibration *c,
                          struct rec_error *err)
{
    if (c->trials == 0) {
        return rec_fail(err, REC_EVALUE, "there are no scores");
    }
    if (c->hits == 0 || c->hits == c->trials) {
        return rec_fail(err, REC_EVALUE, "%s of the %llu items is a hit",
                        c->hits ? "every one" : "none",
                        (unsigned long long)c->trials);
    }
    return 0;
}

int rec_calibrate_fit(struct rec_calibration *c, const float *x,
                      const uint8_t *y, size_t n, struct rec_error *err)
{
    double *z;
    int rc;

    c->trials = n;
    c->hits = 0;
    for (size_t i = 0; i < n; i++) {
        c->hits += y[i];
    }
    rc = check_outcomes(c, err);
    if (rc != 0) {
        return rc;
    }
    z = rec_alloc(n, sizeof *z);
    if (!z) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        z[i] = rec_calibrate_z(c->input, x[i]);
    }
    if (c->method == REC_PLATT) {
        rc = rec_platt_fit(z, y, n, &c->slope, &c->offset, err);
    } else if (c->method == REC_ISOTONIC) {
        rc = rec_isotonic_fit(z, y, n, &c->at, &c->value, &c->knots, err);
    } else {
        c->slope = 1;
        rc = rec_shift_fit(z, y, n, 0, &c->offset, err);
    }
    free(z);
    return rc;
}

static int fit_cohort(struct rec_calibration *c, uint32_t k,
                      const struct rec_dict *names, const float *x,
                      const uint8_t *y, size_t n, struct rec_error *err)
{
    double *z = rec_alloc(n, sizeof *z);
    int rc;

    if (!z) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        z[i] = map_logit(c, rec_calibrate_z(c->input, x[i]));
    }
    rc = rec_shift_fit(z, y, n, c->prior, &c->shift[k], err);
    free(z);
    if (rc == REC_EVALUE) {
        size_t len;
        const char *id = rec_dict_id(names, k, &len);

        rc = rec_fail(err, rc,
                      "cohort '%.*s': %s of its %zu items is a hit, so no "
                      "shift is right without a prior",
                      (int)len, id, y[0] ? "every one" : "none", n);
    }
    return rc;
}

int rec_calibrate_fit_cohorts(struct rec_calibration *c,
                              const struct rec_dict *names, const size_t *from,
                              const float *x, const uint8_t *y, double ridge,
                              struct rec_error *err)
{
    int rc = 0;

    c->cohorts = rec_dict_count(names);
    c->prior = ridge;
    c->shift = rec_zalloc(c->cohorts, sizeof *c->shift);
    if (!c->shift) {
        return rec_fail_nomem(err);
    }
    for (uint32_t k = 0; k < c->cohorts && rc == 0; k++) {
        size_t n = from[k + 1] - from[k];

        if (n > 0) {
            rc = fit_cohort(c, k, names, x + from[k], y + from[k], n, err);
        }
    }
    return rc;
}
