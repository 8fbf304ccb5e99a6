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

/* Replace the positive definite A by its Cholesky factor. REC_ENUMERIC when
   a pivot is not positive. */
REC_MUST_CHECK int rec_spd_factor(enum rec_dtype dtype, size_t n, void *a,
                                  struct rec_error *err);

/* Replace a Cholesky factor by the inverse of the matrix it came from. */
REC_MUST_CHECK int rec_spd_invert(enum rec_dtype dtype, size_t n, void *a,
                                  struct rec_error *err);

#endif
