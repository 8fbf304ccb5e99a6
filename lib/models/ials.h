/* SPDX-License-Identifier: MIT */
/* Implicit alternating least squares: Hu, Koren and Volinsky, "Collaborative
   filtering for implicit feedback datasets", ICDM 2008, in the form of Rendle,
   Krichene, Zhang and Koren, "Revisiting the performance of iALS on item
   recommendation benchmarks", RecSys 2022 (arXiv:2110.14037). User vectors w
   and item vectors h of DIM numbers minimise

     sum over events  c_ui (w_u.h_i - 1)^2
     + alpha  sum over all u, i  (w_u.h_i)^2
     + sum_u r_u |w_u|^2 + sum_i r_i |h_i|^2,

     r_u = lambda (n_u + alpha items)^nu,  r_i = lambda (n_i + alpha users)^nu,

   where c is the weight of the event, a confidence (1 without weights), and n
   the sum of the weights of a row, so that weight 2 is the event twice. With
   one side fixed the other falls into rows, each a small linear system, solved
   exactly or by blocks (ials_rows.c); an epoch solves all items, then all
   users. A history that was not there in training is folded in by solving its
   row, so that a training user gets the vector that training gave him.

   File: kind "model/ials"; parameters "dim", "unobserved" (alpha), "lambda",
   "nu", "weights" (1: weights are confidences, 0: every one is 1), "kappa";
   arrays, all f32: "item", items x dim, the item vectors in their principal
   axes (factors.h); "gram", dim, the diagonal of their Gramian; "mean", dim,
   the mean of the training users' vectors. */
#ifndef REC_IALS_H
#define REC_IALS_H

#include "base/progress.h"
#include "data/csr.h"
#include "models/model.h"

extern const struct rec_model_type rec_ials_type;

struct rec_ials_options {
    uint32_t dim;      /* of the vectors: 1 to REC_FACTORS_MAX */
    uint32_t block;    /* order of the largest system that is solved: rows
                          with more events than that, and dimensions, are
                          updated by blocks of so many dimensions (iALS++) */
    double unobserved; /* alpha >= 0 */
    double lambda;     /* > 0 */
    double nu;
    double init;       /* the first vectors have length INIT, on average */
    uint64_t seed;
    int binary;        /* take every weight as 1 */
    int threads;       /* the result does not depend on it */
};

/* ---- training --------------------------------------------------------- */

struct rec_ials_train {
    struct rec_ials_options opt;
    struct rec_csr x;    /* borrowed: users x items */
    struct rec_csr t;    /* owned: items x users */
    float *user, *item;  /* rows x dim */
    float *gram;         /* dim: the diagonal of the Gramian of ITEM */
    float *axis;         /* dim x dim: room */
    float *mass;         /* dim: room */
};

/* Bytes that training takes beside X. */
double rec_ials_memory(const struct rec_csr *x,
                       const struct rec_ials_options *opt);

/* Begin to train on X, which is borrowed until rec_ials_end. REC_EVALUE if a
   weight is negative. */
REC_MUST_CHECK int rec_ials_begin(struct rec_ials_train *t,
                                  const struct rec_csr *x,
                                  const struct rec_ials_options *opt,
                                  struct rec_error *err);
/* Solve all items, then all users. REC_ENUMERIC when a row cannot be solved
   in single precision. */
REC_MUST_CHECK int rec_ials_epoch(struct rec_ials_train *t,
                                  struct rec_error *err);
/* What is minimised, now; after at least one epoch. */
REC_MUST_CHECK int rec_ials_objective(const struct rec_ials_train *t,
                                      double *out, struct rec_error *err);
void rec_ials_end(struct rec_ials_train *t);

/* ---- the model -------------------------------------------------------- */

struct rec_ials {
    uint32_t items, dim;
    double unobserved, lambda, nu;
    int weights;
    double kappa;       /* a user with n events has n/(n + kappa) of his own
                           vector and the rest of MEAN */
    const float *item;  /* items x dim */
    const float *gram;  /* dim */
    const float *mean;  /* dim */
    float *owned;       /* where these are, or NULL: elsewhere */
};

/* A copy of the model as it is now, to be released. */
REC_MUST_CHECK int rec_ials_take(const struct rec_ials_train *t,
                                 double kappa, struct rec_ials *out,
                                 struct rec_error *err);
void rec_ials_release(struct rec_ials *m);

/* The vectors of the histories ROWS into OUT, rows x dim. */
REC_MUST_CHECK int rec_ials_fold_in(const struct rec_ials *m,
                                    const struct rec_csr *rows, int threads,
                                    float *out, struct rec_error *err);

/* An estimate of kappa from the training rows X (ials_kappa.c); 0 where no
   user has two events. */
REC_MUST_CHECK int rec_ials_kappa(const struct rec_ials *m,
                                  const struct rec_csr *x, int threads,
                                  double *out, struct rec_error *err);

/* Lend it as a model until rec_ials_unlend. ITEMS is borrowed. */
REC_MUST_CHECK int rec_ials_lend(const struct rec_ials *a,
                                 struct rec_dict *items,
                                 struct rec_model *m,
                                 struct rec_error *err);
void rec_ials_unlend(struct rec_model *m);

REC_MUST_CHECK int rec_ials_save(const struct rec_ials *m,
                                 const struct rec_dict *items,
                                 struct rec_output *o, int level,
                                 const char *prov, struct rec_error *err);

#endif
