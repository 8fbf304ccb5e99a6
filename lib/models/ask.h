/* SPDX-License-Identifier: MIT */
/* Asking a stranger: which question of a pool tells most about a vector of
   taste, and what the answers so far say. The vector u of a person is drawn
   from the population's N(m, S); a person says "like" of item j, or prefers
   item a to item b, with the probability (Bradley and Terry, 1952)

     1 / (1 + exp(-t)),  t = c_j + A (u - m).v_j,
                         t = c_a - c_b + A (u - m).(v_a - v_b),

   v the vectors of the items, A a scale, and c_j what is known without knowing
   the person: the log odds of the item in the population, or 0. In the terms
   of laplace.h: u = m + L z, S = L L', x = A L'v.

   The next question is the one with the largest (Q = x'H^-1 x, s the slope of
   the logistic function at the mode)

     pref        s^2 Q: the variance of the probability of the answer (Shenfeld,
                 Faltings, Agrawal and Pacchiano, "Language model
                 personalization via reward factorization", COLM 2025)
     d-optimal   s Q: the gain of log det H is log(1 + s Q)
     v-optimal   s x'H^-1 C H^-1 x / (1 + s Q): what the mean variance of the
                 scores of items falls by, C = L' (mean of v v') L
     popular     the product of the counts of its items
     random      any

   the first three times (K_a K_b)^P, K being the count of an item over that of
   the most popular one: nobody can answer about what he does not know. Pairs
   are of items whose counts are no more than RATIO apart, or the answer would
   measure fame; an item is in at most three questions, and no question comes
   twice. */
#ifndef REC_ASK_H
#define REC_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/rng.h"
#include "data/csr.h"
#include "math/laplace.h"
#include "models/model.h"

/* ---- the population --------------------------------------------------- */

struct rec_ask_prior {
    size_t dim;
    double *mean; /* dim */
    double *root; /* dim x dim: L */
};

/* Of a known mean and covariance (dim x dim, its upper triangle). What is not
   positive of its spectrum is taken as 0. */
REC_MUST_CHECK int rec_ask_prior_init(struct rec_ask_prior *p, size_t dim,
                                      const double *mean,
                                      const double *covariance,
                                      struct rec_error *err);
/* Of the N vectors at V, n x dim: their mean, and their covariance with
   dim / (dim + n) of it spread evenly over all directions. REC_EVALUE for
   fewer than two. */
REC_MUST_CHECK int rec_ask_prior_fit(struct rec_ask_prior *p, size_t dim,
                                     const float *v, size_t n,
                                     struct rec_error *err);
/* These two moments, as single precision. */
REC_MUST_CHECK int rec_ask_prior_moments(size_t dim, const float *v, size_t n,
                                         float *mean, float *covariance,
                                         struct rec_error *err);
void rec_ask_prior_release(struct rec_ask_prior *p);
/* The vector m + L Z. */
void rec_ask_prior_place(const struct rec_ask_prior *p, const double *z,
                         float *out);

/* ---- the questions ---------------------------------------------------- */

struct rec_ask_items { /* all borrowed */
    const float *vector;    /* n x dim */
    const uint32_t *count;  /* of people who have the item */
    const uint32_t *rank;   /* order of ties in COUNT */
    uint32_t n;
    double people;
};

struct rec_ask_options {
    size_t size;       /* items asked about, the most popular ones */
    int pairs;         /* 1: of two items, 0: of one */
    double ratio;      /* at least 1 */
    double scale;      /* A */
    double known;      /* P */
    int offset;        /* c is the log odds, or 0 */
};

struct rec_question {
    uint32_t a, b; /* places in the pool; b is REC_NONE for a single item */
};

struct rec_ask_pool {
    const struct rec_ask_prior *prior; /* borrowed */
    struct rec_ask_options opt;
    size_t n;          /* items with a count above 0, at most opt.size */
    uint32_t *item;    /* n: by count, descending */
    double *x;         /* n x dim */
    double *offset;    /* n */
    double *known;     /* n: K */
    double *weight;    /* n: K^P */
    double *goal;      /* dim x dim: C, items weighted by their count */
    struct rec_question *question;
    size_t questions;
};

REC_MUST_CHECK int rec_ask_pool_init(struct rec_ask_pool *p,
                                     const struct rec_ask_prior *prior,
                                     const struct rec_ask_items *items,
                                     const struct rec_ask_options *opt,
                                     struct rec_error *err);
void rec_ask_pool_release(struct rec_ask_pool *p);

/* The scale at which what people have of the items of P is most likely
   (ask_scale.c): the histories ROWS (items of M, whose vectors the pool is of)
   are halved by SEED, one half is folded in and the other one predicted. 1
   where there is nothing to learn from. */
REC_MUST_CHECK int rec_ask_scale(const struct rec_model *m,
                                 const struct rec_csr *rows,
                                 const struct rec_ask_pool *p, uint64_t seed,
                                 int threads, double *out,
                                 struct rec_error *err);

/* ---- a person --------------------------------------------------------- */

enum rec_ask_criterion {
    REC_ASK_PREF,
    REC_ASK_D_OPTIMAL,
    REC_ASK_V_OPTIMAL,
    REC_ASK_RANDOM,
    REC_ASK_POPULAR
};

struct rec_asker {
    const struct rec_ask_pool *pool; /* borrowed */
    struct rec_laplace belief;
    uint8_t *asked;  /* by question */
    uint8_t *times;  /* by item of the pool */
    double *t, *t_goal, *q, *r; /* room */
};

REC_MUST_CHECK int rec_asker_init(struct rec_asker *k,
                                  const struct rec_ask_pool *pool,
                                  struct rec_error *err);
void rec_asker_release(struct rec_asker *k);
/* A new person. */
void rec_asker_clear(struct rec_asker *k);

/* The next question: its place in pool->question, marked as asked, and the
   largest s^2 Q that any question has (for "random" and "popular" 1). Returns
   1, or 0 when none is left. */
int rec_asker_next(struct rec_asker *k, enum rec_ask_criterion by,
                   struct rec_rng *rng, size_t *question, double *most);
/* The answer to it: 1 like, or a; 0 dislike, or b; .5 a tie. One who skips a
   question says nothing: do not call this. */
REC_MUST_CHECK int rec_asker_answer(struct rec_asker *k, size_t question,
                                    double y, struct rec_error *err);

/* The mode of the person's vector: dim numbers. */
void rec_asker_vector(const struct rec_asker *k, float *out);
/* The scores u.v of the N items at V, and their standard deviations (may be
   NULL). REC_ENOMEM. */
REC_MUST_CHECK int rec_asker_scores(const struct rec_asker *k, const float *v,
                                    uint32_t n, float *score, float *sd,
                                    struct rec_error *err);

#endif
