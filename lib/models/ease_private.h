/* SPDX-License-Identifier: MIT */
/* What the files of EASE share. */
#ifndef REC_EASE_PRIVATE_H
#define REC_EASE_PRIVATE_H

#include "models/ease.h"

/* ---- the family: ease_family.c ---------------------------------------- */

/* g_j for every item of X. */
void rec_ease_penalties(const struct rec_ease_family *f,
                        const struct rec_csr *x, double *g);

/* s_j, from g_j and Q_jj; and B_jj, from s_j and Q_jj. */
double rec_ease_column_scale(const struct rec_ease_family *f, double g,
                             double q);
double rec_ease_own_weight(const struct rec_ease_family *f, double s,
                           double q);

/* ---- the columns: ease.c ---------------------------------------------- */

/* What the solve knows of every item. */
struct rec_ease_columns {
    double *penalty; /* g */
    double *inverse; /* the diagonal of Q */
    double *scale;   /* s */
    double *own;     /* the diagonal of B */
};

/* SCALE and OWN from the others. For every item 0 < g_j Q_jj <= 1, with
   equality for an item without events: anything else is a broken
   factorisation, however plausible the numbers look, and REC_ENUMERIC. */
REC_MUST_CHECK int rec_ease_scale_columns(const struct rec_ease *e,
                                          struct rec_ease_columns *c,
                                          struct rec_error *err);

/* X, borrowed, with its weights or, if BINARY, without. */
struct rec_csr rec_ease_values(const struct rec_csr *x, int binary);

/* ---- the items side: ease_items.c ------------------------------------- */

REC_MUST_CHECK int rec_ease_fit_items(struct rec_ease *e,
                                      const struct rec_csr *y,
                                      struct rec_ease_columns *c,
                                      const struct rec_ease_options *opt,
                                      struct rec_error *err);
REC_MUST_CHECK int rec_ease_save_items(const struct rec_ease *e,
                                       struct rec_stream_writer *w,
                                       struct rec_error *err);

/* ---- inner loops: ease_kernels.c -------------------------------------- */

/* All matrices are N x N, row-major, of DTYPE REC_F32 or REC_F64. */

/* A += diag(G); D = the diagonal of A. */
void rec_ease_add_diagonal(enum rec_dtype dtype, void *a, size_t n,
                           const double *g);
void rec_ease_get_diagonal(enum rec_dtype dtype, const void *a, size_t n,
                           double *d);
/* From the upper triangle of Q to the whole of B, in place: columns times
   -SCALE, and OWN on the diagonal. */
void rec_ease_fill(enum rec_dtype dtype, void *q, size_t n, const double *scale,
                   const double *own, int threads);
/* OUT (x->rows x N) = X B. The result does not depend on THREADS. */
void rec_ease_sum_rows(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out);

#endif
