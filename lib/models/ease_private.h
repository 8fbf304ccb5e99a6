/* SPDX-License-Identifier: MIT */
/* What the files of EASE share. */
#ifndef REC_EASE_PRIVATE_H
#define REC_EASE_PRIVATE_H

#include "models/ease.h"

/* ---- the family: ease_family.c ---------------------------------------- */

/* g_j, from the sum of squares c_j. */
double rec_ease_penalty(const struct rec_ease_family *f, double mass);

/* s_j, from g_j and Q_jj; and B_jj, from s_j and Q_jj. */
double rec_ease_column_scale(const struct rec_ease_family *f, double g,
                             double q);
double rec_ease_own_weight(const struct rec_ease_family *f, double s,
                           double q);

/* ---- normalisation: ease_scale.c -------------------------------------- */

struct rec_ease_scaled {
    struct rec_csr x; /* X with the weights that count, borrowed */
    struct rec_csr y; /* X as the solve sees it; borrows its rows */
    float *weight;    /* of y, or NULL if they are those of x */
    double *in;       /* by item: what a value of a history is multiplied by */
    double *out;      /* by item: what its score is multiplied by */
    double *mass;     /* by item: sum of squares in y */
};

REC_MUST_CHECK int rec_ease_scaled_init(struct rec_ease_scaled *s,
                                        const struct rec_csr *x,
                                        const struct rec_ease_options *opt,
                                        struct rec_error *err);
void rec_ease_scaled_release(struct rec_ease_scaled *s);

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
                                      const struct rec_ease_scaled *s,
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
/* From the upper triangle of Q to the whole of B, in place:
   B_ij = -IN_i Q_ij OUT_j, and OWN on the diagonal. */
void rec_ease_fill(enum rec_dtype dtype, void *q, size_t n, const double *in,
                   const double *out, const double *own, int threads);
/* OUT (x->rows x N) = X B. The result does not depend on THREADS. */
void rec_ease_sum_rows(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out);

#endif
