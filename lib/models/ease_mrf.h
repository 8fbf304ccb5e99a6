/* SPDX-License-Identifier: MIT */
/* A sparse approximation of EASE for catalogues whose items x items and
   users x users matrices are both too large: a bounded number of weights, from
   small exact solutions. After the blocks of Harald Steck, "Markov random
   fields for collaborative filtering", NeurIPS 2019, with one block per column
   (his r = 0).

   1. The pairs to solve for: of all that meet in the data, those whose
      covariance is largest beside their penalised scales,

        |G_ij - s_i s_j / U| / sqrt((G_ii + g_i) (G_jj + g_j)),

      with s the column sums, U the number of users and g the penalties of
      ease.h: twice NONZEROS in all, and for one item at most four times
      NONZEROS over the items (ease_mrf_support.c).
   2. Their weights. With N the items of the pairs of item j,

        B_Nj = (G_NN + diag(g_N))^-1 G_Nj,   B_jj = 0,

      the ridge regression of item j on those alone. G_NN is exact: a pair that
      is not among those of step 1 is not taken for 0, without which nothing
      good comes out (ease_mrf_block.c).
   3. Of these the NONZEROS largest are kept, whatever their sign. Choosing by
      weights is worth it: a pair may vary together because of a third item.

   Where NONZEROS allows all pairs, all are kept, and the model is that of
   ease.h; it is found as there, by one inverse instead of a system per item.

   The model is of kind "model/sparse" (sparse.h), with the parameters of
   ease.h and "nonzeros", what was allowed. Unless that is all pairs, the result
   depends neither on the number of threads nor on the instruction set. */
#ifndef REC_EASE_MRF_H
#define REC_EASE_MRF_H

#include "models/ease.h"
#include "models/sparse.h"

struct rec_ease_hubs;

struct rec_ease_mrf {
    struct rec_ease e;   /* the data, scales and penalties; a matrix only if
                            all pairs are allowed, and then nothing of T, SUM
                            and HUBS */
    size_t nonzeros;     /* allowed */
    struct rec_csr t;    /* transpose of e.y: a row per item */
    double *sum;         /* of an item's values */
    struct rec_ease_hubs *hubs;
    struct rec_sparse w; /* the last solution */
    uint32_t longest;    /* at least the weights of a column of w */
};

/* Bytes that a fit of X takes beside X, at most. */
double rec_ease_mrf_memory(const struct rec_csr *x,
                           const struct rec_ease_options *opt,
                           size_t nonzeros);

/* Begin, solve as often as wanted, release. *OUT borrows the rows of X.
   REC_ENOTSUP for a relaxed diagonal, double precision and the side of the
   users. REC_ENUMERIC when a column cannot be solved. If solve fails, only
   release may follow. */
REC_MUST_CHECK int rec_ease_mrf_begin(struct rec_ease_mrf *out,
                                      const struct rec_csr *x,
                                      const struct rec_ease_options *opt,
                                      size_t nonzeros,
                                      struct rec_error *err);
REC_MUST_CHECK int rec_ease_mrf_solve(struct rec_ease_mrf *m, double lambda,
                                      struct rec_error *err);
void rec_ease_mrf_release(struct rec_ease_mrf *m);

/* The solution as a model: m->w may be lent (rec_sparse_lend), or saved with
   its weights in DTYPE. */
REC_MUST_CHECK int rec_ease_mrf_save(const struct rec_ease_mrf *m,
                                     enum rec_dtype dtype,
                                     const struct rec_dict *items,
                                     struct rec_output *o, int level,
                                     const char *prov, struct rec_error *err);

#endif
