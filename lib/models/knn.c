/* SPDX-License-Identifier: MIT */
/* Values and similarities of neighbourhood models: see knn.h. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_private.h"

/* ---- values ------------------------------------------------------------ */

static double value(const struct rec_csr *x, int64_t e)
{
    return x->weight ? x->weight[e] : 1;
}

/* A history may have negative weights, which count 0 under a weighting. */
static double row_sum(const struct rec_csr *x, size_t r)
{
    double sum = 0;

    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        sum += value(x, e) > 0 ? value(x, e) : 0;
    }
    return sum;
}

static int check_weights(const struct rec_csr *x, struct rec_error *err)
{
    for (size_t e = 0; x->weight && e < rec_csr_events(x); e++) {
        if (x->weight[e] < 0) {
            return rec_fail(err, REC_EVALUE,
                            "the weight %g is negative, which bm25 and tfidf "
                            "cannot take",
                            (double)x->weight[e]);
        }
    }
    return 0;
}

int rec_knn_scale_init(struct rec_knn_scale *s, const struct rec_csr *x,
                       enum rec_knn_weighting weighting,
                       struct rec_error *err)
{
    double n = (double)x->rows, sum = 0;
    int rc = 0;

    memset(s, 0, sizeof *s);
    s->weighting = weighting;
    if (weighting == REC_KNN_NONE) {
        return 0;
    }
    rc = check_weights(x, err);
    if (rc != 0) {
        return rc;
    }
    s->idf = rec_zalloc(x->cols, sizeof *s->idf);
    if (!s->idf) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < rec_csr_events(x); e++) {
        s->idf[x->item[e]]++;
    }
    for (uint32_t c = 0; c < x->cols; c++) {
        s->idf[c] = log1p((n - s->idf[c] + 0.5) / (s->idf[c] + 0.5));
    }
    for (size_t r = 0; r < x->rows; r++) {
        sum += row_sum(x, r);
    }
    s->length = sum > 0 ? sum / n : 1;
    return 0;
}

void rec_knn_scale_release(struct rec_knn_scale *s)
{
    free(s->idf);
    memset(s, 0, sizeof *s);
}

/* Of a value V in column C of a row whose sum is LENGTH. */
static double scale(const struct rec_knn_scale *s, double v, uint32_t c,
                    double length)
{
    double norm;

    switch (s->weighting) {
    case REC_KNN_BM25:
        norm = 1.2 * (0.25 + 0.75 * length / s->length);
        return v > 0 ? v * 2.2 / (v + norm) * s->idf[c] : 0;
    case REC_KNN_TFIDF:
        return v > 0 ? sqrt(v) * s->idf[c] : 0;
    case REC_KNN_NONE:
        break;
    }
    return v;
}

void rec_knn_scale_rows(const struct rec_knn_scale *s, const struct rec_csr *x,
                        float *out)
{
    for (size_t r = 0; r < x->rows; r++) {
        double length = row_sum(x, r);

        for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
            out[e] = (float)scale(s, value(x, e), x->item[e], length);
        }
    }
}

/* ---- similarities ------------------------------------------------------ */

void rec_knn_mass(const struct rec_csr *y, double *mass)
{
    for (size_t r = 0; r < y->rows; r++) {
        mass[r] = 0;
        for (int64_t e = y->start[r]; e < y->start[r + 1]; e++) {
            mass[r] += value(y, e) * value(y, e);
        }
    }
}

void rec_knn_side(const struct rec_knn_options *opt, int history,
                  const double *mass, size_t n, double *out)
{
    double power = 1; /* of the mass */

    switch (opt->similarity) {
    case REC_KNN_COSINE:
        power = 0.5;
        break;
    case REC_KNN_ASYMMETRIC:
        power = history ? opt->exponent : 1 - opt->exponent;
        break;
    case REC_KNN_CONDITIONAL:
        power = history ? 1 : opt->exponent;
        break;
    case REC_KNN_JACCARD:
    case REC_KNN_DICE:
    case REC_KNN_DOT:
        break;
    }
    for (size_t r = 0; r < n; r++) {
        out[r] = pow(mass[r], power);
    }
}

/* Sums are 0 where a row is, and a similarity then is too. */
static double divide(double sum, double by)
{
    return by > 0 ? sum / by : 0;
}

void rec_knn_finish(const void *ctx, size_t row, const uint32_t *col,
                    double *sum, size_t n)
{
    const struct rec_knn_compare *c = ctx;
    double own = c->row[row];

    switch (c->similarity) {
    case REC_KNN_COSINE:
    case REC_KNN_ASYMMETRIC:
    case REC_KNN_CONDITIONAL:
        for (size_t k = 0; k < n; k++) {
            sum[k] = divide(sum[k], own * c->col[col[k]] + c->shrink);
        }
        break;
    case REC_KNN_JACCARD:
        for (size_t k = 0; k < n; k++) {
            sum[k] = divide(sum[k],
                            own + c->col[col[k]] - sum[k] + c->shrink);
        }
        break;
    case REC_KNN_DICE:
        for (size_t k = 0; k < n; k++) {
            sum[k] = divide(2 * sum[k], own + c->col[col[k]] + c->shrink);
        }
        break;
    case REC_KNN_DOT:
        break;
    }
}
