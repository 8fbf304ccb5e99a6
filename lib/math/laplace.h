/* SPDX-License-Identifier: MIT */
/* Logistic regression with a standard normal prior, for a few answers and a
   few hundred weights: the weights z minimise

     F(z) = |z|^2 / 2 + sum_n log(1 + exp(t_n)) - y_n t_n,   t_n = c_n + x_n.z

   (y from 0 to 1; c is a known offset), found by Newton's method with steps
   halved until F falls; F is strictly convex. What is known of z is then close
   to a normal distribution with this mean and the inverse of

     H = I + sum_n s_n x_n x_n',   s = p (1 - p), p = 1 / (1 + exp(-t)),

   as covariance (Laplace). Any other normal prior N(m, L L') becomes this one
   with x = L'v, c = m.v, so that nothing here depends on the scale of axes.

   BLAS runs on one thread, so the result does not depend on how many there
   are. */
#ifndef REC_LAPLACE_H
#define REC_LAPLACE_H

#include <stddef.h>

#include "base/compat.h"
#include "base/error.h"

struct rec_laplace {
    size_t dim, n;    /* weights, answers */
    size_t x_cap, offset_cap, y_cap;
    double *x;        /* n x dim */
    double *offset, *y;
    double *z;        /* dim: the mode */
    double *inverse;  /* dim x dim, both triangles: H^-1 there */
    double *room;     /* dim x dim + 3 dim */
    double *scaled;   /* n x dim */
    size_t scaled_cap;
};

/* No answers yet: z = 0, H = I. */
REC_MUST_CHECK int rec_laplace_init(struct rec_laplace *l, size_t dim,
                                    struct rec_error *err);
void rec_laplace_release(struct rec_laplace *l);
/* Forget all answers. */
void rec_laplace_clear(struct rec_laplace *l);

/* One answer more: X of dim numbers is copied; y 1 is yes, 0 is no, .5 is a
   tie. REC_EVALUE for a y that is not from 0 to 1. */
REC_MUST_CHECK int rec_laplace_push(struct rec_laplace *l, const double *x,
                                    double offset, double y,
                                    struct rec_error *err);
/* Then z and H^-1 anew. REC_ENUMERIC for numbers that are not finite. */
REC_MUST_CHECK int rec_laplace_fit(struct rec_laplace *l,
                                   struct rec_error *err);
/* Both. */
REC_MUST_CHECK int rec_laplace_add(struct rec_laplace *l, const double *x,
                                   double offset, double y,
                                   struct rec_error *err);

/* F, its gradient G (dim) and its Hessian H (dim x dim, both triangles) at any
   Z; G and H may be NULL. */
double rec_laplace_objective(struct rec_laplace *l, const double *z, double *g,
                             double *h);

#endif
