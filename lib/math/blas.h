/* SPDX-License-Identifier: MIT */
/* Dense algebra, all of it OpenBLAS's: its CBLAS and the LAPACK symbols it
   exports itself. None of these may be called inside a parallel region: BLAS
   brings its own threads.

   A symmetric N x N matrix here is its upper triangle in row-major order,
   element (i, j), i <= j, at a[i * n + j]; what lies below the diagonal is
   neither read nor written. (To LAPACK, which thinks in columns, the same
   bytes are a lower triangle.) DTYPE is REC_F32 or REC_F64. */
#ifndef REC_BLAS_H
#define REC_BLAS_H

#include <stddef.h>

#include "base/compat.h"
#include "base/error.h"
#include "io/stream.h"

/* How many threads BLAS uses from now on. */
void rec_blas_threads(int threads);

/* C = ALPHA op(A) op(B) + BETA C, all row-major of DTYPE: op(A) is M x K, op(B)
   K x N, C M x N, where op transposes if TRANS_A or TRANS_B; rows are LDA, LDB
   and LDC numbers apart. With BETA 0 what C held does not matter. All sizes
   are at most INT_MAX. */
void rec_gemm(enum rec_dtype dtype, int trans_a, int trans_b, size_t m,
              size_t n, size_t k, double alpha, const void *a, size_t lda,
              const void *b, size_t ldb, double beta, void *c, size_t ldc);

/* Replace the positive definite A by its Cholesky factor. REC_ENUMERIC when
   a pivot is not positive. */
REC_MUST_CHECK int rec_spd_factor(enum rec_dtype dtype, size_t n, void *a,
                                  struct rec_error *err);

/* Replace a Cholesky factor by the inverse of the matrix it came from. */
REC_MUST_CHECK int rec_spd_invert(enum rec_dtype dtype, size_t n, void *a,
                                  struct rec_error *err);

/* The upper triangle of C = A'A, A of k x n float32, row-major. */
void rec_syrk(size_t n, size_t k, const float *a, float *c);

/* The eigenvectors of the symmetric matrix A of doubles in its place: row i is
   the one of VALUE[i], of length 1; values ascend. REC_ENUMERIC when the
   iteration fails. */
REC_MUST_CHECK int rec_eigen(size_t n, double *a, double *value,
                             struct rec_error *err);

/* The columns of A, n x k float32, row-major, n >= k, replaced by an
   orthonormal basis of what they span (Householder). */
REC_MUST_CHECK int rec_orthonormal(size_t n, size_t k, float *a,
                                   struct rec_error *err);

#endif
