/* SPDX-License-Identifier: MIT */
/* Newton's method and Laplace's approximation: see laplace.h. */
#include <config.h>

#include "math/laplace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/logistic.h"

enum { MAX_STEPS = 200, MAX_HALVINGS = 60 };

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void set_identity(double *a, size_t n)
{
    memset(a, 0, n * n * sizeof *a);
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] = 1;
    }
}

int rec_laplace_init(struct rec_laplace *l, size_t dim, struct rec_error *err)
{
    memset(l, 0, sizeof *l);
    l->dim = dim;
    l->z = rec_alloc(dim, sizeof *l->z);
    l->inverse = rec_alloc64(dim * dim, sizeof *l->inverse);
    l->room = rec_alloc64(dim * dim + 3 * dim, sizeof *l->room);
    if (!l->z || !l->inverse || !l->room) {
        rec_laplace_release(l);
        return rec_fail_nomem(err);
    }
    rec_laplace_clear(l);
    return 0;
}

void rec_laplace_release(struct rec_laplace *l)
{
    free(l->x);
    free(l->offset);
    free(l->y);
    free(l->z);
    free(l->inverse);
    free(l->room);
    free(l->scaled);
    memset(l, 0, sizeof *l);
}

void rec_laplace_clear(struct rec_laplace *l)
{
    l->n = 0;
    memset(l->z, 0, l->dim * sizeof *l->z);
    set_identity(l->inverse, l->dim);
}

double rec_laplace_objective(struct rec_laplace *l, const double *z, double *g,
                             double *h)
{
    size_t d = l->dim;
    double sum = dot(z, z, d) / 2;

    if (g) {
        memcpy(g, z, d * sizeof *g);
    }
    for (size_t i = 0; i < l->n; i++) {
        const double *x = l->x + i * d;
        double t = l->offset[i] + dot(x, z, d);
        double root = sqrt(rec_logistic_slope(t));
        double slack = rec_logistic(t) - l->y[i];

        sum += rec_softplus(t) - l->y[i] * t;
        for (size_t k = 0; k < d && g; k++) {
            g[k] += slack * x[k];
        }
        for (size_t k = 0; k < d && h; k++) {
            l->scaled[i * d + k] = root * x[k];
        }
    }
    if (h) {
        set_identity(h, d);
        if (l->n > 0) {
            rec_blas_threads(1);
            rec_gemm(REC_F64, 1, 0, d, d, l->n, 1, l->scaled, d, l->scaled, d,
                     1, h, d);
        }
    }
    return sum;
}

/* B becomes the solution of U'U x = b, U the upper triangle. */
static void solve(const double *u, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        b[i] /= u[i * n + i];
        for (size_t k = i + 1; k < n; k++) {
            b[k] -= u[i * n + k] * b[i];
        }
    }
    for (size_t i = n; i-- > 0;) {
        b[i] = (b[i] - dot(u + i * n + i + 1, b + i + 1, n - i - 1))
               / u[i * n + i];
    }
}

/* Go from z by STEP, or a half of it, or ...; *VALUE is F. Returns 0 where no
   part of it makes F fall by more than rounding. */
static int descend(struct rec_laplace *l, const double *step, double *trial,
                   double *value)
{
    for (int i = 0; i < MAX_HALVINGS; i++) {
        double part = ldexp(1, -i), f;

        for (size_t k = 0; k < l->dim; k++) {
            trial[k] = l->z[k] - part * step[k];
        }
        f = rec_laplace_objective(l, trial, NULL, NULL);
        if (f < *value) {
            memcpy(l->z, trial, l->dim * sizeof *trial);
            *value = f;
            return 1;
        }
    }
    return 0;
}

int rec_laplace_fit(struct rec_laplace *l, struct rec_error *err)
{
    size_t d = l->dim;
    double *h = l->inverse, *g = l->room, *step = g + d, *trial = step + d;
    double value;
    int rc;

    for (int i = 0; i < MAX_STEPS; i++) {
        value = rec_laplace_objective(l, l->z, g, h);
        if (!isfinite(value)) {
            return rec_fail(err, REC_ENUMERIC,
                            "an answer is about numbers that are not finite");
        }
        rc = rec_spd_factor(REC_F64, d, h, err);
        if (rc != 0) {
            return rc;
        }
        memcpy(step, g, d * sizeof *g);
        solve(h, d, step);
        /* |step| in the metric of H: the standard errors still to go */
        if (dot(step, g, d) < 1e-20 || !descend(l, step, trial, &value)) {
            break;
        }
    }
    rc = rec_spd_invert(REC_F64, d, h, err);
    for (size_t i = 0; i < d && rc == 0; i++) {
        for (size_t k = 0; k < i; k++) {
            h[i * d + k] = h[k * d + i];
        }
    }
    return rc;
}

int rec_laplace_push(struct rec_laplace *l, const double *x, double offset,
                     double y, struct rec_error *err)
{
    size_t n = l->n + 1, d = l->dim;

    if (!(y >= 0 && y <= 1)) {
        return rec_fail(err, REC_EVALUE, "an answer of %g is not from 0 to 1",
                        y);
    }
    if (rec_reserve(&l->x, &l->x_cap, n * d, sizeof *l->x) != 0
        || rec_reserve(&l->scaled, &l->scaled_cap, n * d, sizeof *l->x) != 0
        || rec_reserve(&l->offset, &l->offset_cap, n, sizeof *l->offset) != 0
        || rec_reserve(&l->y, &l->y_cap, n, sizeof *l->y) != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(l->x + l->n * d, x, d * sizeof *x);
    l->offset[l->n] = offset;
    l->y[l->n] = y;
    l->n = n;
    return 0;
}

int rec_laplace_add(struct rec_laplace *l, const double *x, double offset,
                    double y, struct rec_error *err)
{
    int rc = rec_laplace_push(l, x, offset, y, err);

    return rc ? rc : rec_laplace_fit(l, err);
}
