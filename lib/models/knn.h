/* SPDX-License-Identifier: MIT */
/* Neighbourhood models. ItemKNN (Sarwar et al., WWW 2001; Deshpande and
   Karypis, ACM TOIS 22(1), 2004): the weights W_ij of a "model/sparse" are
   similarities of items i and j, of which the largest are kept. UserKNN
   (Resnick et al., CSCW 1994): a score is the sum of the values x_vj of the
   users v whose histories are most like the one at hand, times that
   similarity; for any history, so no user needs to be known.

   What is compared are the rows y_a of Y: of items by users, or of users by
   items; Y holds the values of X (weights, or 1), which --weighting changes in
   the way of text retrieval, a row being a document and a column a term. With
   |y| the Euclidean norm, S the shrinkage and E the exponent, a an item of the
   history (or its user) and b the item recommended (or the neighbour), the
   similarities are

     cosine       y_a.y_b / (|y_a| |y_b| + S)
     asymmetric   y_a.y_b / (|y_a|^(2E) |y_b|^(2 - 2E) + S)   (Aiolli, 2013)
     conditional  y_a.y_b / (|y_a|^2 |y_b|^(2E) + S)   (Deshpande, Karypis)
     jaccard      y_a.y_b / (|y_a|^2 + |y_b|^2 - y_a.y_b + S)
     dice         2 y_a.y_b / (|y_a|^2 + |y_b|^2 + S)
     dot          y_a.y_b

   and the weightings, with n rows, df_t of them with a value in column t,
   l_a the sum of row a and l the mean of these,

     idf_t  = ln(1 + (n - df_t + 1/2) / (df_t + 1/2))
     tfidf  y_at = sqrt(x_at) idf_t
     bm25   y_at = x_at 2.2 / (x_at + 1.2 (1/4 + 3/4 l_a / l)) idf_t

   File of a UserKNN: kind "model/user-knn"; parameters "weights" (1: values
   are the events' weights), "users", "similarity" and "weighting" (the numbers
   of the lists here, from 0), "exponent", "shrink" and "neighbours" (0: all);
   arrays "start" (i64), "item" (u32) and, with weights, "weight" (f32), the
   rows of X. No user's id is in it. */
#ifndef REC_KNN_H
#define REC_KNN_H

#include "base/progress.h"
#include "data/csr.h"
#include "math/product.h"
#include "models/model.h"

extern const struct rec_model_type rec_user_knn_type;

enum rec_knn_similarity { /* pinned: they stand in files */
    REC_KNN_COSINE = 0,
    REC_KNN_ASYMMETRIC = 1,
    REC_KNN_CONDITIONAL = 2,
    REC_KNN_JACCARD = 3,
    REC_KNN_DICE = 4,
    REC_KNN_DOT = 5
};

enum rec_knn_weighting { /* likewise */
    REC_KNN_NONE = 0,
    REC_KNN_BM25 = 1,
    REC_KNN_TFIDF = 2
};

struct rec_knn_options {
    enum rec_knn_similarity similarity;
    enum rec_knn_weighting weighting;
    double exponent;     /* E, of asymmetric and conditional */
    double shrink;       /* S >= 0 */
    uint32_t neighbours; /* K; 0: all */
    int of_history;      /* ItemKNN: 1: of every i the K largest W_ij are kept;
                            0: of every j */
    int binary;          /* take every weight as 1 */
};

/* ---- ItemKNN ----------------------------------------------------------- */

/* The items to be compared. */
struct rec_item_knn {
    struct rec_csr items; /* Y, items x users */
    struct rec_csr users; /* its transpose */
    double *mass;         /* |y|^2 */
    const uint32_t *rank; /* of the items, borrowed: which of equally similar
                             ones are kept */
};

/* Make Y of X. REC_EVALUE for a negative weight that the weighting cannot
   take, REC_EREPEAT for a row with an item twice. *K is the caller's, to be
   released. */
REC_MUST_CHECK int rec_item_knn_begin(struct rec_item_knn *k,
                                      const struct rec_csr *x,
                                      const struct rec_knn_options *opt,
                                      const uint32_t *rank,
                                      struct rec_error *err);
void rec_item_knn_release(struct rec_item_knn *k);

/* *OUT is W, items x items, items ascending in a row; to be released. Only
   similarity, exponent, shrink, neighbours and of_history of OPT may differ
   from those given to begin. */
REC_MUST_CHECK int rec_item_knn_fit(struct rec_csr *out,
                                    const struct rec_item_knn *k,
                                    const struct rec_knn_options *opt,
                                    int threads,
                                    const struct rec_progress *tick,
                                    struct rec_error *err);

/* Bytes that begin takes for X, and fit. */
double rec_item_knn_room(const struct rec_csr *x);
double rec_item_knn_memory(const struct rec_item_knn *k,
                           const struct rec_knn_options *opt, int threads);

/* ---- UserKNN ----------------------------------------------------------- */

/* Save the model that OPT makes of X. */
REC_MUST_CHECK int rec_user_knn_save(const struct rec_csr *x,
                                     const struct rec_knn_options *opt,
                                     const struct rec_dict *items,
                                     struct rec_output *o, int level,
                                     const char *prov, struct rec_error *err);

/* Lend it as a model until rec_user_knn_unlend. X and ITEMS are borrowed.
   Errors as rec_item_knn_begin. */
REC_MUST_CHECK int rec_user_knn_lend(const struct rec_csr *x,
                                     const struct rec_knn_options *opt,
                                     struct rec_dict *items,
                                     struct rec_model *m,
                                     struct rec_error *err);
void rec_user_knn_unlend(struct rec_model *m);

/* Bytes that lending takes beside X. */
double rec_user_knn_room(const struct rec_csr *x);

#endif
