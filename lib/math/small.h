/* SPDX-License-Identifier: MIT */
/* Positive definite systems of small order and the vector loops around them,
   for one row of a factor model at a time: thousands of them are solved inside
   parallel regions, where BLAS may not be called and would not pay.

   A system is the upper triangle of S, row-major, whose rows are LD floats
   apart. LD is the order rounded up by rec_small_ld; the places beyond the
   order must be there, finite, and are overwritten. Every sum has one order:
   the results depend neither on the threads nor on the instruction set. */
#ifndef REC_SMALL_H
#define REC_SMALL_H

#include <stddef.h>

#include "base/compat.h"

/* N rounded up to what the loops work in. */
size_t rec_small_ld(size_t n);

/* S += P'P: P is k x LD, row-major. */
void rec_small_gram(float *s, size_t ld, const float *p, size_t k);

/* Replace the system of order N by its factor U, S = U'U. Returns 0, or -1
   when a pivot is not positive, or not finite. */
REC_MUST_CHECK int rec_small_factor(float *s, size_t ld, size_t n);

/* B, of N numbers, becomes the solution of U'U x = b. */
void rec_small_solve(const float *u, size_t ld, size_t n, float *b);

/* Columns of P, which is k x LD, from up to REC_SMALL_TILE vectors of k
   numbers: P[i][c] = v[c][i] * scale[i] * times[c] for c < n, 0 for the rest
   of the tile. */
enum { REC_SMALL_TILE = 16 };
void rec_small_pack(float *p, size_t ld, size_t k, const float *const *v,
                    const float *times, size_t n, const float *scale);

/* y += a x, and the inner product, of N numbers. */
void rec_small_axpy(float *y, size_t n, float a, const float *x);
float rec_small_dot(const float *x, const float *y, size_t n);

#endif
