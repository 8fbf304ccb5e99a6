/* SPDX-License-Identifier: MIT */
/* Truncated singular value decomposition of the interactions: PureSVD
   (Cremonesi, Koren and Turrin, "Performance of recommender algorithms on
   top-N recommendation tasks", RecSys 2010). Y = X, or X normalised by the
   degrees of users and items,

     y_ui = x_ui n_u^-A c_i^-B,

   n_u and c_i the events of a user and of an item, is close to U S V' with DIM
   columns; a history has the vector S^P V'y, and item j the vector
   c_j^C V_j. V is found by subspace iteration from a random start (Halko,
   Martinsson and Tropp, "Finding structure with randomness", SIAM Review
   2011). Dimensions beyond the rank of Y are zero.

   File: kind "model/svd"; parameters "dim", "user-power" (A), "item-power"
   (B), "score-power" (C), "value-power" (P) and "weights" (1: X has the events'
   weights, 0: every value is 1); arrays, all f32: "item", items x dim, the
   vectors c_j^C V_j; "value", dim, the singular values, descending; "in",
   items, what an event is multiplied by, c_i^-B / c_i^C. */
#ifndef REC_SVD_H
#define REC_SVD_H

#include "base/progress.h"
#include "data/csr.h"
#include "models/model.h"

extern const struct rec_model_type rec_svd_type;

struct rec_svd_options {
    uint32_t dim;    /* 1 to REC_FACTORS_MAX */
    uint32_t extra;  /* dimensions carried along for accuracy, then dropped */
    uint32_t rounds; /* multiplications by Y'Y */
    double user_power, item_power, score_power; /* A, B, C */
    double value_power;                         /* P */
    uint64_t seed;
    int binary;      /* take every weight as 1 */
    int threads;     /* the result does not depend on it */
    const struct rec_progress *tick; /* phase rounds; may be NULL */
};

struct rec_svd {
    uint32_t items, dim;
    double user_power, item_power, score_power, value_power;
    int weights;
    const float *item;  /* items x dim */
    const float *value; /* dim */
    const float *in;    /* items */
    float *owned;       /* where these are, or NULL: elsewhere */
};

/* Bytes that a fit of X takes beside X. */
double rec_svd_memory(const struct rec_csr *x,
                      const struct rec_svd_options *opt);

/* *OUT is to be released. */
REC_MUST_CHECK int rec_svd_fit(struct rec_svd *out, const struct rec_csr *x,
                               const struct rec_svd_options *opt,
                               struct rec_error *err);
void rec_svd_release(struct rec_svd *m);

REC_MUST_CHECK int rec_svd_save(const struct rec_svd *m,
                                const struct rec_dict *items,
                                struct rec_output *o, int level,
                                const char *prov, struct rec_error *err);

/* The vectors of the histories ROWS into OUT, rows x dim. */
REC_MUST_CHECK int rec_svd_fold_in(const struct rec_svd *m,
                                   const struct rec_csr *rows, int threads,
                                   float *out, struct rec_error *err);

/* Lend it as a model until rec_svd_unlend. ITEMS is borrowed. */
REC_MUST_CHECK int rec_svd_lend(const struct rec_svd *s,
                                struct rec_dict *items, struct rec_model *m,
                                struct rec_error *err);
void rec_svd_unlend(struct rec_model *m);

#endif
