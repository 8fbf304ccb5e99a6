/* SPDX-License-Identifier: MIT */
/* Products in a fixed order: every sum has its own lane of a vector and takes
   its terms one by one, so the compiler may use vectors of any length and the
   bits are the same. */
#include <config.h>

#include "models/amp_private.h"

enum { ROWS = 4 }; /* a tile of so many rows of sums, which are registers */

/* ROWS is a constant where this is called. */
static inline void tile(const struct amp_product *p, size_t i, size_t l,
                        const size_t rows)
{
    const float *a = p->a + i * p->a_row, *b = p->b + l;
    float *out = p->out + i * p->out_row + l;
    float sum[ROWS * AMP_LANES];

    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < AMP_LANES; k++) {
            sum[r * AMP_LANES + k] = p->add ? out[r * p->out_row + k] : 0;
        }
    }
    for (size_t t = 0; t < p->terms; t++) {
        for (size_t r = 0; r < rows; r++) {
            float x = a[r * p->a_row];

#pragma omp simd
            for (size_t k = 0; k < AMP_LANES; k++) {
                sum[r * AMP_LANES + k] += x * b[k];
            }
        }
        a += p->a_term;
        b += p->b_term;
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < AMP_LANES; k++) {
            out[r * p->out_row + k] = sum[r * AMP_LANES + k];
        }
    }
}

REC_HOT static void amp_multiply_hot(const struct amp_product *p)
{
    for (size_t l = 0; l < p->lanes; l += AMP_LANES) {
        size_t i = 0;

        for (; i + ROWS <= p->rows; i += ROWS) {
            tile(p, i, l, ROWS);
        }
        for (; i < p->rows; i++) {
            tile(p, i, l, 1);
        }
    }
}

void amp_multiply(const struct amp_product *p)
{
    amp_multiply_hot(p);
}

REC_HOT static float amp_dot_hot(const float *x, const float *y, size_t n)
{
    float part[AMP_LANES] = {0}, sum = 0;

    for (size_t i = 0; i < n; i += AMP_LANES) {
#pragma omp simd
        for (size_t l = 0; l < AMP_LANES; l++) {
            part[l] += x[i + l] * y[i + l];
        }
    }
    for (size_t l = 0; l < AMP_LANES; l++) {
        sum += part[l];
    }
    return sum;
}

float amp_dot(const float *x, const float *y, size_t n)
{
    return amp_dot_hot(x, y, n);
}

REC_HOT static void amp_axpy_hot(float *y, float a, const float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

void amp_axpy(float *y, float a, const float *x, size_t n)
{
    amp_axpy_hot(y, a, x, n);
}
