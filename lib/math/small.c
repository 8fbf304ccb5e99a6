/* SPDX-License-Identifier: MIT */
/* Small positive definite systems: see small.h. The work is in one tile of 4 x
   16 sums, which stay in registers: a compiler that vectorises the inner loop
   does 16 columns at once, and no sum is ever split. */
#include <config.h>

#include "math/small.h"

#include <float.h>
#include <math.h>

enum { ROWS = 4, COLS = REC_SMALL_TILE };

size_t rec_small_ld(size_t n)
{
    return (n + COLS - 1) / COLS * COLS;
}

/* S (4 x 16) += SIGN A'B, A of k x 4 and B of k x 16, rows LP apart. Four
   arrays and not one of two dimensions, which GCC would not keep in
   registers. */
static inline void add_tile(float *restrict s, size_t ld, const float *a,
                            const float *b, size_t lp, size_t k, float sign)
{
    float s0[COLS] = {0}, s1[COLS] = {0}, s2[COLS] = {0}, s3[COLS] = {0};

    for (size_t i = 0; i < k; i++) {
        float a0 = a[i * lp], a1 = a[i * lp + 1];
        float a2 = a[i * lp + 2], a3 = a[i * lp + 3];
        const float *y = b + i * lp;

        for (int c = 0; c < COLS; c++) {
            s0[c] += a0 * y[c];
            s1[c] += a1 * y[c];
            s2[c] += a2 * y[c];
            s3[c] += a3 * y[c];
        }
    }
    for (int c = 0; c < COLS; c++) {
        s[c] += sign * s0[c];
        s[ld + c] += sign * s1[c];
        s[2 * ld + c] += sign * s2[c];
        s[3 * ld + c] += sign * s3[c];
    }
}

REC_HOT static void hot_gram(float *s, size_t ld, const float *p, size_t k)
{
    for (size_t j = 0; j < ld; j += COLS) {
        for (size_t i = 0; i < j + COLS; i += ROWS) {
            add_tile(s + i * ld + j, ld, p + i, p + j, ld, k, 1);
        }
    }
}

/* By block rows of U: each is finished by its own pivots, then taken out of
   all that is below. */
REC_HOT static int hot_factor(float *s, size_t ld, size_t n)
{
    for (size_t from = 0; from < n; from += COLS) {
        size_t to = from + COLS < n ? from + COLS : n;

        for (size_t c = from; c < to; c++) {
            float *restrict row = s + c * ld;
            float pivot;

            for (size_t p = from; p < c; p++) {
                const float *above = s + p * ld;
                float x = above[c];

                for (size_t j = from; j < ld; j++) {
                    row[j] -= x * above[j];
                }
            }
            if (!(row[c] > 0 && row[c] <= FLT_MAX)) {
                return -1;
            }
            pivot = 1 / sqrtf(row[c]);
            for (size_t j = from; j < ld; j++) {
                row[j] *= pivot;
            }
        }
        for (size_t j = to; j < n; j += COLS) { /* TO is a whole tile here */
            for (size_t i = to; i < j + COLS; i += ROWS) {
                add_tile(s + i * ld + j, ld, s + from * ld + i,
                         s + from * ld + j, ld, COLS, -1);
            }
        }
    }
    return 0;
}

static inline void axpy(float *restrict y, size_t n, float a, const float *x)
{
    for (size_t i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

/* Sixteen sums, so that the order is the same whatever the vectors. */
static inline float dot(const float *x, const float *y, size_t n)
{
    float sum[COLS] = {0};
    size_t i = 0;

    for (; i + COLS <= n; i += COLS) {
        for (int c = 0; c < COLS; c++) {
            sum[c] += x[i + (size_t)c] * y[i + (size_t)c];
        }
    }
    for (int c = 0; i < n; i++, c++) {
        sum[c] += x[i] * y[i];
    }
    for (int half = COLS / 2; half > 0; half /= 2) {
        for (int c = 0; c < half; c++) {
            sum[c] += sum[c + half];
        }
    }
    return sum[0];
}

REC_HOT static void hot_solve(const float *u, size_t ld, size_t n, float *b)
{
    for (size_t c = 0; c < n; c++) {
        const float *row = u + c * ld;

        b[c] /= row[c];
        axpy(b + c + 1, n - c - 1, -b[c], row + c + 1);
    }
    for (size_t c = n; c-- > 0;) {
        const float *row = u + c * ld;

        b[c] = (b[c] - dot(row + c + 1, b + c + 1, n - c - 1)) / row[c];
    }
}

REC_HOT static void hot_pack(float *p, size_t ld, size_t k,
                             const float *const *v, const float *times,
                             size_t n, const float *scale)
{
    float by[COLS] = {0};
    const float *from[COLS];

    for (size_t c = 0; c < COLS; c++) {
        by[c] = c < n ? times[c] : 0;
        from[c] = v[c < n ? c : 0];
    }
    for (size_t i = 0; i < k; i++) {
        for (int c = 0; c < COLS; c++) {
            p[i * ld + (size_t)c] = from[c][i] * by[c] * scale[i];
        }
    }
}

REC_HOT static void hot_axpy(float *y, size_t n, float a, const float *x)
{
    axpy(y, n, a, x);
}

REC_HOT static float hot_dot(const float *x, const float *y, size_t n)
{
    return dot(x, y, n);
}

/* A multiversioned function has to be static: Clang 14 gives it a name of its
   own. */

void rec_small_gram(float *s, size_t ld, const float *p, size_t k)
{
    hot_gram(s, ld, p, k);
}

int rec_small_factor(float *s, size_t ld, size_t n)
{
    return hot_factor(s, ld, n);
}

void rec_small_solve(const float *u, size_t ld, size_t n, float *b)
{
    hot_solve(u, ld, n, b);
}

void rec_small_pack(float *p, size_t ld, size_t k, const float *const *v,
                    const float *times, size_t n, const float *scale)
{
    hot_pack(p, ld, k, v, times, n, scale);
}

void rec_small_axpy(float *y, size_t n, float a, const float *x)
{
    hot_axpy(y, n, a, x);
}

float rec_small_dot(const float *x, const float *y, size_t n)
{
    return hot_dot(x, y, n);
}
