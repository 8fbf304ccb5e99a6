/* SPDX-License-Identifier: MIT */
/* The inner loops of EASE in both precisions, and the choice between them, so
   that the other files need not know which they have. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/half.h"
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

REC_HOT static void add_piece(const float *row, size_t len, float w,
                              float *sum)
{
    for (size_t k = 0; k < len; k++) {
        sum[k] += w * row[k];
    }
}

/* As score, of a matrix in 16 bits: its rows are widened as they are used. */
static void score_half(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t j = 0; j < n; j += SCORE_TILE) {
        size_t len = n - j < SCORE_TILE ? n - j : SCORE_TILE;

        for (size_t r = 0; r < x->rows; r++) {
            float *sum = out + r * n + j, row[SCORE_TILE];

            memset(sum, 0, len * sizeof *sum);
            for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
                rec_floats_widen(dtype, b, x->item[e] * n + j, len, row);
                add_piece(row, len, x->weight ? x->weight[e] : 1, sum);
            }
        }
    }
}

void rec_ease_sum_rows(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out)
{
    if (dtype == REC_F64) {
        score_double(b, n, x, threads, out);
    } else if (dtype == REC_F32) {
        score_single(b, n, x, threads, out);
    } else {
        score_half(dtype, b, n, x, threads, out);
    }
}

void rec_ease_mirror(enum rec_dtype dtype, void *a, size_t n, int threads)
{
    if (dtype == REC_F32) {
        mirror_single(a, n, threads);
    } else {
        mirror_double(a, n, threads);
    }
}

void rec_ease_restore(enum rec_dtype dtype, void *a, size_t n,
                      const double *d, int threads)
{
    if (dtype == REC_F32) {
        restore_single(a, n, d, threads);
    } else {
        restore_double(a, n, d, threads);
    }
}

int rec_ease_sum_triangle(enum rec_dtype dtype, const void *q, size_t n,
                          const struct rec_ease_columns *c,
                          const struct rec_csr *x, int threads, float *out,
                          struct rec_error *err)
{
    size_t panel = n * SCORE_TILE * rec_dtype_size(dtype);
    void *room = rec_alloc64((size_t)threads, panel);

    if (!room) {
        return rec_fail_nomem(err);
    }
    if (dtype == REC_F32) {
        sum_triangle_single(q, n, c, x, threads, room, out);
    } else {
        sum_triangle_double(q, n, c, x, threads, room, out);
    }
    free(room);
    return 0;
}

/* form[j] = the sum of what the events of item j gave. */
static void sum_parts(const struct rec_csr *t, const double *part,
                      double *form, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t j = 0; j < t->rows; j++) {
        double sum = 0;

        for (int64_t e = t->start[j]; e < t->start[j + 1]; e++) {
            sum += part[e];
        }
        form[j] = sum;
    }
}

void rec_ease_forms(enum rec_dtype dtype, const void *a,
                    const struct rec_csr *z, const struct rec_csr *t,
                    const int64_t *place, double *part, double *form,
                    int threads)
{
    if (dtype == REC_F32) {
        forms_single(a, z, t, place, part, threads);
    } else {
        forms_double(a, z, t, place, part, threads);
    }
    sum_parts(t, part, form, threads);
}

void rec_ease_copy_row(enum rec_dtype dtype, const void *a, size_t n,
                       size_t row, double factor, float *out)
{
    const float *single = (const float *)a + row * n;
    const double *wide = (const double *)a + row * n;

    for (size_t v = 0; v < n; v++) {
        out[v] = (float)(factor
                         * (dtype == REC_F32 ? (double)single[v] : wide[v]));
    }
}

void rec_ease_strip(enum rec_dtype dtype, const void *a, size_t n, size_t j,
                    size_t len, const double *factor, int threads, float *out)
{
    if (dtype == REC_F32) {
        strip_single(a, n, j, len, factor, threads, out);
    } else {
        strip_double(a, n, j, len, factor, threads, out);
    }
}

void rec_ease_fill_lanes(const float *row, size_t users, size_t n,
                         int threads, float *v)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t u = 0; u < users; u++) {
        for (size_t l = 0; l < REC_EASE_LANES; l++) {
            v[u * REC_EASE_LANES + l] = l < n ? row[l * users + u] : 0;
        }
    }
}

/* SUM[l] = the sum of y V[v][l] over the N events (v, y). */
REC_HOT static void sum_lanes(const uint32_t *user, const float *y, size_t n,
                              const float *v, float sum[REC_EASE_LANES])
{
    float s[REC_EASE_LANES] = {0};

    for (size_t e = 0; e < n; e++) {
        const float *row = v + (size_t)user[e] * REC_EASE_LANES;
        float w = y[e];

#pragma omp simd
        for (size_t l = 0; l < REC_EASE_LANES; l++) {
            s[l] += w * row[l];
        }
    }
    for (size_t l = 0; l < REC_EASE_LANES; l++) {
        sum[l] = s[l];
    }
}

void rec_ease_apply(const struct rec_csr *t, const float *v,
                    const double *factor, size_t rows, int threads,
                    float *out)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
    for (size_t j = 0; j < t->rows; j++) {
        size_t at = (size_t)t->start[j];
        float sum[REC_EASE_LANES];

        sum_lanes(t->item + at, t->weight + at, rec_csr_row_len(t, j), v,
                  sum);
        for (size_t r = 0; r < rows; r++) {
            out[r * t->rows + j] = (float)(factor[j] * sum[r]);
        }
    }
}
