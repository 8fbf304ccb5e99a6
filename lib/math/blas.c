/* SPDX-License-Identifier: MIT */
/* Dense algebra: see blas.h. OpenBLAS has the Fortran names of LAPACK but no
   header for them, so their prototypes stand here. */
#include <config.h>

#include "math/blas.h"

#include <limits.h>
#include <stdlib.h>

#include <cblas.h>

#include "base/mem.h"

void spotrf_(const char *uplo, const int *n, float *a, const int *lda,
             int *info);
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
void spotri_(const char *uplo, const int *n, float *a, const int *lda,
             int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda,
             int *info);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a,
             const int *lda, double *w, double *work, const int *lwork,
             int *iwork, const int *liwork, int *info);
void sgelqf_(const int *m, const int *n, float *a, const int *lda, float *tau,
             float *work, const int *lwork, int *info);
void sorglq_(const int *m, const int *n, const int *k, float *a,
             const int *lda, const float *tau, float *work, const int *lwork,
             int *info);

void rec_blas_threads(int threads)
{
    openblas_set_num_threads(threads);
}

void rec_gemm(enum rec_dtype dtype, int trans_a, int trans_b, size_t m,
              size_t n, size_t k, double alpha, const void *a, size_t lda,
              const void *b, size_t ldb, double beta, void *c, size_t ldc)
{
    CBLAS_TRANSPOSE ta = trans_a ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE tb = trans_b ? CblasTrans : CblasNoTrans;
    int rows = (int)m, cols = (int)n, inner = (int)k;
    int la = (int)lda, lb = (int)ldb, lc = (int)ldc;

    if (dtype == REC_F64) {
        cblas_dgemm(CblasRowMajor, ta, tb, rows, cols, inner, alpha, a, la, b,
                    lb, beta, c, lc);
    } else {
        cblas_sgemm(CblasRowMajor, ta, tb, rows, cols, inner, (float)alpha, a,
                    la, b, lb, (float)beta, c, lc);
    }
}

static int check_order(size_t n, struct rec_error *err)
{
    if (n > INT_MAX) {
        return rec_fail(err, REC_ELIMIT,
                        "a matrix of order %zu is too large for LAPACK", n);
    }
    return 0;
}

int rec_spd_factor(enum rec_dtype dtype, size_t n, void *a,
                   struct rec_error *err)
{
    int order = (int)n, info = 0;

    if (check_order(n, err) != 0) {
        return REC_ELIMIT;
    }
    if (n > 0 && dtype == REC_F64) {
        dpotrf_("L", &order, a, &order, &info);
    } else if (n > 0) {
        spotrf_("L", &order, a, &order, &info);
    }
    if (info != 0) {
        return rec_fail(err, REC_ENUMERIC,
                        "the matrix is not positive definite in %s "
                        "precision (pivot %d of %d)",
                        dtype == REC_F64 ? "double" : "single", info, order);
    }
    return 0;
}

int rec_spd_invert(enum rec_dtype dtype, size_t n, void *a,
                   struct rec_error *err)
{
    int order = (int)n, info = 0;

    if (check_order(n, err) != 0) {
        return REC_ELIMIT;
    }
    if (n > 0 && dtype == REC_F64) {
        dpotri_("L", &order, a, &order, &info);
    } else if (n > 0) {
        spotri_("L", &order, a, &order, &info);
    }
    if (info != 0) {
        return rec_fail(err, REC_ENUMERIC,
                        "the factor is singular (pivot %d of %d)", info, order);
    }
    return 0;
}

void rec_syrk(size_t n, size_t k, const float *a, float *c)
{
    if (n > 0) {
        cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (blasint)n,
                    (blasint)k, 1, a, (blasint)n, 0, c, (blasint)n);
    }
}

int rec_eigen(size_t n, double *a, double *value, struct rec_error *err)
{
    int order = (int)n, info = 0, ask = -1, iask = 0, lwork;
    double want = 0;
    double *work;
    int *iwork;

    if (n > 1 << 14) { /* 2 n^2 of work space counts in an int */
        return rec_fail(err, REC_ELIMIT,
                        "a matrix of order %zu is too large for LAPACK", n);
    }
    if (n == 0) {
        return 0;
    }
    dsyevd_("V", "L", &order, a, &order, value, &want, &ask, &iask, &ask,
            &info);
    lwork = (int)want;
    work = rec_alloc((size_t)lwork, sizeof *work);
    iwork = rec_alloc((size_t)iask, sizeof *iwork);
    if (!work || !iwork) {
        free(work);
        free(iwork);
        return rec_fail_nomem(err);
    }
    dsyevd_("V", "L", &order, a, &order, value, work, &lwork, iwork, &iask,
            &info);
    free(work);
    free(iwork);
    return info == 0 ? 0
                     : rec_fail(err, REC_ENUMERIC,
                                "the eigenvalues of a matrix of order %zu were "
                                "not found",
                                n);
}

/* To LAPACK the rows of A are columns, so this is the factor Q of A = LQ. */
int rec_orthonormal(size_t n, size_t k, float *a, struct rec_error *err)
{
    int rows = (int)k, cols = (int)n, info = 0, lwork = (int)k * 64;
    float *tau, *work;

    if (check_order(n, err) != 0) {
        return REC_ELIMIT;
    }
    if (k == 0) {
        return 0;
    }
    tau = rec_alloc(k, sizeof *tau);
    work = rec_alloc((size_t)lwork, sizeof *work);
    if (!tau || !work) {
        info = REC_ENOMEM;
    } else {
        sgelqf_(&rows, &cols, a, &rows, tau, work, &lwork, &info);
        sorglq_(&rows, &cols, &rows, a, &rows, tau, work, &lwork, &info);
    }
    free(tau);
    free(work);
    return info == 0 ? 0 : rec_fail_nomem(err);
}
