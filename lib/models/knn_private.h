/* SPDX-License-Identifier: MIT */
/* What ItemKNN and UserKNN share: the values that are compared, and the
   similarity of two rows of them. */
#ifndef REC_KNN_PRIVATE_H
#define REC_KNN_PRIVATE_H

#include "models/knn.h"

/* How values of X become those of Y. */
struct rec_knn_scale {
    enum rec_knn_weighting weighting;
    double *idf;   /* by column; NULL without a weighting */
    double length; /* mean of the sums of the rows */
};

/* From the rows of X, whose weights must not be negative if there is a
   weighting (REC_EVALUE). S is the caller's, to be released. */
REC_MUST_CHECK int rec_knn_scale_init(struct rec_knn_scale *s,
                                      const struct rec_csr *x,
                                      enum rec_knn_weighting weighting,
                                      struct rec_error *err);
void rec_knn_scale_release(struct rec_knn_scale *s);

/* Y of X, which has the columns of those of S: VALUE has room for its
   events. */
void rec_knn_scale_rows(const struct rec_knn_scale *s, const struct rec_csr *x,
                        float *value);

/* mass[r] = |y_r|^2 */
void rec_knn_mass(const struct rec_csr *y, double *mass);

/* The similarity of a row of a product and its columns, for
   rec_product.finish: CTX is a struct rec_knn_compare. */
struct rec_knn_compare {
    enum rec_knn_similarity similarity;
    double shrink;
    const double *row, *col; /* what rec_knn_side made of the masses */
};
void rec_knn_finish(const void *ctx, size_t row, const uint32_t *col,
                    double *sum, size_t n);

/* OUT[r], for N rows of mass MASS: what the similarity needs of a row that is
   the one of the history (a), or the other (b). */
void rec_knn_side(const struct rec_knn_options *opt, int history,
                  const double *mass, size_t n, double *out);

#endif
