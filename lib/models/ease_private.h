/* SPDX-License-Identifier: MIT */
/* What the files of EASE share. */
#ifndef REC_EASE_PRIVATE_H
#define REC_EASE_PRIVATE_H

#include "base/mem.h"
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

/* IN and OUT of the items of X. */
void rec_ease_item_scales(const struct rec_csr *x,
                          const struct rec_ease_powers *p, double *in,
                          double *out);

/* The same of N items, whose counts IN has. */
void rec_ease_count_scales(uint32_t n, const struct rec_ease_powers *p,
                           double *in, double *out);

/* *Y = X as the solve sees it: its rows, borrowed, and its values; if these
   are not those of X, they are in *OWNED, which the caller frees. */
REC_MUST_CHECK int rec_ease_scale_values(struct rec_csr *y, float **owned,
                                         const struct rec_csr *x,
                                         const struct rec_ease_powers *p,
                                         const double *in,
                                         struct rec_error *err);

/* By item, the sum of the squares of its values. */
void rec_ease_mass(const struct rec_csr *y, double *mass);

/* ---- shared: ease.c --------------------------------------------------- */

/* ERR with the remedy; REC_ENUMERIC. */
int rec_ease_fail_numeric(const struct rec_ease *e, struct rec_error *err);

/* REC_ENUMERIC, with what to do: use smaller weights REMEDY, if the diagonal
   of the items' matrix is more than e->dtype can hold. */
REC_MUST_CHECK int rec_ease_check_range(const struct rec_ease *e,
                                        const char *remedy,
                                        struct rec_error *err);

/* The matrix of ORDER rows, not cleared. */
REC_MUST_CHECK int rec_ease_alloc(struct rec_ease *e, size_t order,
                                  struct rec_error *err);

/* SCALE and OWN from PENALTY and INVERSE. For every item 0 < g_j Q_jj <= 1,
   with equality for an item without events: anything else is a broken
   factorisation, however plausible the numbers look, and REC_ENUMERIC. */
REC_MUST_CHECK int rec_ease_scale_columns(struct rec_ease *e,
                                          struct rec_error *err);

/* From a Gram matrix in the upper triangle of e->matrix, of ORDER rows, to
   (it + diag(G))^-1. */
REC_MUST_CHECK int rec_ease_invert(struct rec_ease *e, size_t order,
                                   const double *g, struct rec_error *err);

/* The parameters of E's file as lines. */
REC_MUST_CHECK int rec_ease_parameters(const struct rec_ease *e,
                                       struct rec_buf *param,
                                       struct rec_error *err);

/* *T = Y transposed, always with weights. */
REC_MUST_CHECK int rec_ease_transpose(struct rec_csr *t,
                                      const struct rec_csr *y,
                                      struct rec_error *err);

/* e->columns.penalty for LAMBDA. */
void rec_ease_set_lambda(struct rec_ease *e, double lambda);

/* S, on the scale of the solve, takes weights or not, in and out from E,
   which owns them. */
REC_MUST_CHECK int rec_ease_lend_factors(struct rec_ease *e,
                                         struct rec_sparse *s,
                                         struct rec_error *err);

/* X, borrowed, with its weights or, if BINARY, without. */
struct rec_csr rec_ease_values(const struct rec_csr *x, int binary);

/* Verify the rows of the N x N array A that the rows X name, before the first
   of them is read. */
REC_MUST_CHECK int rec_ease_check_rows(const struct rec_array *a, size_t n,
                                       const struct rec_csr *x, int threads,
                                       struct rec_error *err);

/* The weights of ITEM: the scores of one event of it. */
REC_MUST_CHECK int rec_ease_weights(const struct rec_model *m, uint32_t item,
                                    float *out, struct rec_error *err);

/* ---- the two sides: ease_items.c, ease_users.c ------------------------ */

/* Solve e->y: e->matrix, and of e->columns what MASS, PENALTY, IN and OUT do
   not say. */
REC_MUST_CHECK int rec_ease_solve_items(struct rec_ease *e,
                                        struct rec_error *err);
REC_MUST_CHECK int rec_ease_solve_users(struct rec_ease *e,
                                        struct rec_error *err);
/* The Gram matrix of the items into the upper triangle of e->matrix; with
   e->keep also into the lower one, of which it is taken the next time. */
REC_MUST_CHECK int rec_ease_get_gram(struct rec_ease *e,
                                     struct rec_error *err);
/* The state of a model that borrows E. */
REC_MUST_CHECK int rec_ease_lend_items(const struct rec_ease *e,
                                       struct rec_model *m,
                                       struct rec_error *err);
REC_MUST_CHECK int rec_ease_lend_users(const struct rec_ease *e,
                                       struct rec_model *m,
                                       struct rec_error *err);
/* Write the arrays. */
REC_MUST_CHECK int rec_ease_save_items(const struct rec_ease *e,
                                       struct rec_stream_writer *w,
                                       struct rec_error *err);
REC_MUST_CHECK int rec_ease_save_users(const struct rec_ease *e,
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
/* The whole symmetric matrix from its upper triangle. */
void rec_ease_mirror(enum rec_dtype dtype, void *a, size_t n, int threads);
/* The reverse: the upper triangle from the lower one and the diagonal D. */
void rec_ease_restore(enum rec_dtype dtype, void *a, size_t n,
                      const double *d, int threads);
/* OUT (x->rows x N) = X B. The result does not depend on THREADS. */
void rec_ease_sum_rows(enum rec_dtype dtype, const void *b, size_t n,
                       const struct rec_csr *x, int threads, float *out);

/* The same from the upper triangle of Q, with the numbers that rec_ease_fill
   takes; for many rows at once. */
REC_MUST_CHECK int rec_ease_sum_triangle(enum rec_dtype dtype, const void *q,
                                         size_t n,
                                         const struct rec_ease_columns *c,
                                         const struct rec_csr *x, int threads,
                                         float *out, struct rec_error *err);

/* With Z (users x items) and its transpose T, where event E of Z is event
   PLACE[E] of T: form[j] = z_j' A z_j for every column of Z, of the symmetric
   A, users x users, whose upper triangle is read. PART takes a number per
   event. */
void rec_ease_forms(enum rec_dtype dtype, const void *a,
                    const struct rec_csr *z, const struct rec_csr *t,
                    const int64_t *place, double *part, double *form,
                    int threads);

/* OUT[v] = FACTOR A[row][v]. */
void rec_ease_copy_row(enum rec_dtype dtype, const void *a, size_t n,
                       size_t row, double factor, float *out);

/* Scores of REC_EASE_LANES users at once: OUT[l][j] = OUT_j sum over the
   events (v, y) of row j of T of y V[v][l], for the first ROWS lanes. T has a
   row per item, V one per user. */
enum { REC_EASE_LANES = 16 };
void rec_ease_apply(const struct rec_csr *t, const float *v,
                    const double *factor, size_t rows, int threads,
                    float *out);

/* V of the above from its transpose ROW (N x users), zero in the lanes beyond
   N. */
void rec_ease_fill_lanes(const float *row, size_t users, size_t n,
                         int threads, float *v);

/* Column J + l of the symmetric A, N x N, whose upper triangle is read, times
   FACTOR[l] into row l of OUT (LEN x N), for l < LEN. */
void rec_ease_strip(enum rec_dtype dtype, const void *a, size_t n, size_t j,
                    size_t len, const double *factor, int threads,
                    float *out);

#endif
