/* SPDX-License-Identifier: MIT */
/* Walks of three steps on the graph of users and items, from an item of the
   history to one of its users and on to one of that user's items: P3alpha
   (Cooper et al., WWW 2014 companion) and, divided by the popularity of where
   they end, RP3beta (Paudel et al., ACM TiiS 7(1), 2016). With w_u and w_i the
   sums of the weights of a user and of an item, the weights of a
   "model/sparse" are

     W_ij = sum_u (x_ui / w_i)^alpha (x_uj / w_u)^alpha / w_j^beta   (i != j)

   of which the largest of every i are kept. The first step, from the user at
   hand to an item, is the history itself. Nothing is trained. */
#ifndef REC_WALK_H
#define REC_WALK_H

#include "base/progress.h"
#include "data/csr.h"
#include "math/product.h"

struct rec_walk_options {
    double alpha;        /* power of a step's probability, >= 0 */
    double beta;         /* power of the popularity, >= 0; 0: P3alpha */
    uint32_t neighbours; /* K, items kept for each; 0: all */
    int binary;          /* take every weight as 1 */
};

/* The two steps. */
struct rec_walk {
    struct rec_csr items; /* (x_ui / w_i)^alpha, items x users; without
                             weights, both steps: (w_i w_u)^-alpha */
    struct rec_csr users; /* (x_uj / w_u)^alpha, users x items; without
                             weights, 1 */
    double *to;           /* w_j^-beta */
    const uint32_t *rank; /* of the items, borrowed: which of equal ones are
                             kept */
    uint32_t neighbours;
};

/* REC_EVALUE for a negative weight, REC_EREPEAT for a row with an item twice.
   *W is the caller's, to be released. */
REC_MUST_CHECK int rec_walk_begin(struct rec_walk *w, const struct rec_csr *x,
                                  const struct rec_walk_options *opt,
                                  const uint32_t *rank, struct rec_error *err);
void rec_walk_release(struct rec_walk *w);

/* *OUT is W, items x items, items ascending in a row; to be released. */
REC_MUST_CHECK int rec_walk_fit(struct rec_csr *out, const struct rec_walk *w,
                                int threads, const struct rec_progress *tick,
                                struct rec_error *err);

/* Walks of two steps that it adds up. */
double rec_walk_paths(const struct rec_walk *w);

/* Bytes that begin takes for X, and fit. */
double rec_walk_room(const struct rec_csr *x);
double rec_walk_memory(const struct rec_walk *w, int threads);

#endif
