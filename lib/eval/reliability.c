/* SPDX-License-Identifier: MIT */
/* Do probabilities come true: see reliability.h. */
#include <config.h>

#include "eval/reliability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/calibrate.h"

void rec_wilson(double hits, double n, double *low, double *high)
{
    const double z = 1.959963984540054, y = hits / n;
    double centre = y + z * z / (2 * n), all = 1 + z * z / n;
    double half = z * sqrt(y * (1 - y) / n + z * z / (4 * n * n));

    /* At the ends exactly 0 and 1, whatever is rounded. */
    *low = hits > 0 ? fmax((centre - half) / all, 0) : 0;
    *high = hits < n ? fmin((centre + half) / all, 1) : 1;
}

double rec_log_loss(float p, int y)
{
    double q = fmin(fmax((double)p, REC_CALIBRATE_EDGE),
                    1 - REC_CALIBRATE_EDGE);

    return y ? -log(q) : -log1p(-q);
}

void rec_reliability_release(struct rec_reliability *r)
{
    free(r->bin);
    memset(r, 0, sizeof *r);
}

/* ---- bins --------------------------------------------------------------- */

static void add(struct rec_bin *b, float p, uint8_t y)
{
    b->n++;
    b->hits += y;
    b->p += (double)p; /* a sum for now */
}

static void close_bin(struct rec_bin *b)
{
    if (b->n > 0) {
        b->p /= (double)b->n;
        b->y = (double)b->hits / (double)b->n;
        rec_wilson((double)b->hits, (double)b->n, &b->low, &b->high);
    }
}

static void fill_by_width(struct rec_reliability *r, const float *p,
                          const uint8_t *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t b = (size_t)((double)p[i] * (double)r->bins);

        add(&r->bin[b < r->bins ? b : r->bins - 1], p[i], y[i]);
    }
}

struct trial {
    float p;
    uint32_t y;
};

static int compare_trials(const void *a, const void *b)
{
    const struct trial *x = a, *y = b;

    return (x->p > y->p) - (x->p < y->p);
}

static int fill_by_count(struct rec_reliability *r, const float *p,
                         const uint8_t *y, size_t n, struct rec_error *err)
{
    struct trial *t = rec_alloc(n, sizeof *t);

    if (!t) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        t[i] = (struct trial){p[i], y[i]};
    }
    qsort(t, n, sizeof *t, compare_trials);
    for (size_t from = 0, to; from < n; from = to) {
        size_t b;

        for (to = from + 1; to < n && !(t[to].p > t[from].p); to++) {
        }
        /* the middle of from ... to - 1, the lower one of two */
        b = (size_t)((double)((from + to - 1) / 2) * (double)r->bins
                     / (double)n);
        for (size_t i = from; i < to; i++) {
            add(&r->bin[b], t[i].p, (uint8_t)t[i].y);
        }
    }
    free(t);
    return 0;
}

/* ---- figures ------------------------------------------------------------ */

static void sum_trials(struct rec_reliability *r, const float *p,
                       const uint8_t *y, size_t n)
{
    double brier = 0, loss = 0;

    for (size_t i = 0; i < n; i++) {
        double x = (double)p[i], far = x - y[i];

        add(&r->all, p[i], y[i]);
        brier += far * far;
        loss += rec_log_loss(p[i], y[i]);
        r->clipped += x < REC_CALIBRATE_EDGE || x > 1 - REC_CALIBRATE_EDGE;
    }
    close_bin(&r->all);
    if (n > 0) {
        r->brier = brier / (double)n;
        r->log_loss = loss / (double)n;
    }
}

static void sum_bins(struct rec_reliability *r)
{
    for (size_t k = 0; k < r->bins; k++) {
        struct rec_bin *b = &r->bin[k];
        double share = (double)b->n / (double)r->all.n, far;

        if (b->n == 0) {
            continue;
        }
        close_bin(b);
        far = b->p - b->y;
        r->ece += share * fabs(far);
        r->square += share * far * far;
        r->debiased += share * far * far;
        if (b->n > 1) {
            r->debiased -= share * b->y * (1 - b->y) / ((double)b->n - 1);
        }
    }
}

int rec_reliability(struct rec_reliability *out, const float *p,
                    const uint8_t *y, size_t n, size_t bins,
                    enum rec_binning binning, struct rec_error *err)
{
    int rc = 0;

    memset(out, 0, sizeof *out);
    out->bins = bins;
    out->bin = rec_zalloc(bins, sizeof *out->bin);
    if (!out->bin) {
        return rec_fail_nomem(err);
    }
    if (binning == REC_BINS_WIDTH) {
        fill_by_width(out, p, y, n);
    } else {
        rc = fill_by_count(out, p, y, n, err);
    }
    if (rc != 0) {
        rec_reliability_release(out);
        return rc;
    }
    sum_trials(out, p, y, n);
    sum_bins(out);
    return 0;
}
