/* SPDX-License-Identifier: MIT */
/* The inner loops of EASE in both precisions, and the choice between them, so
   that the other files need not know which they have. */
#include <config.h>

#include "models/ease_private.h"

enum {
    FILL_TILE = 64,  /* 16 to 32 KiB per tile: two fit the first cache */
    SCORE_TILE = 256 /* columns per strip */
};

#define REAL float
#define FN(name) name##_single
#include "models/ease_real.inc"
#undef REAL
#undef FN
#define REAL double
#define FN(name) name##_double
#include "models/ease_real.inc"
#undef REAL
#undef FN

void rec_ease_add_diagonal(enum rec_dtype dtype, void *a, size_t n,
                           const double *g)
{
    if (dtype == REC_F32) {
        add_diagonal_single(a, n, g);
    } else {
        add_diagonal_double(a, n, g);
    }
}

void rec_ease_get_diagonal(enum rec_dtype dtype, const void *a, size_t n,
                           double *d)
{
    if (dtype == REC_F32) {
        get_diagonal_single(a, n, d);
    } else {
        get_diagonal_double(a, n, d);
    }
}

void rec_ease_fill(enum rec_dtype dtype, void *q, size_t n, const double *in,
                   const double *out, const double *own, int threads)
{
    if (dtype == REC_F32) {
        fill_single(q, n, in, out, own, threads);
    } else {
        fill_double(q, n, in, out, own, threads);
    }
}

void rec_ease_sum_rows(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out)
{
    if (dtype == REC_F32) {
        score_single(b, n, x, threads, out);
    } else {
        score_double(b, n, x, threads, out);
    }
}
