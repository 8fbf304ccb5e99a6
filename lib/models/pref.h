/* SPDX-License-Identifier: MIT */
/* Vectors of users and items from comparisons: logistic matrix factorisation
   (the matrix phase of Shenfeld, Faltings, Agrawal and Pacchiano, "Language
   model personalization via reward factorization", COLM 2025). That user u
   prefers item a to item b has the probability

     1 / (1 + exp(-t)),  t = w_u.(h_a - h_b),

   and w, h minimise the sum of -log of the probabilities of what was preferred
   plus PENALTY / 2 (|w|^2 + |h|^2), by Adam on all comparisons at once. It
   starts from a truncated singular value decomposition U S V' of the matrix of
   (wins - losses) / comparisons by user and item, 0 where there are none, as
   w = U S^1/2, h = V S^1/2: the problem is the same for R w and R^-T h, and
   random starts are slow to agree on an R.

   A history, of whose items nothing but that they were chosen is known, has the
   most likely vector under the users' mean and covariance, where each of its
   items is preferred to the average one.

   File: kind "model/pref"; parameters "dim", "users"; arrays "item" f32,
   items x dim; "mean" f32, dim, and "covariance" f32, dim x dim, of the users'
   vectors; "count" u32, items: the comparisons that the item is in. */
#ifndef REC_PREF_H
#define REC_PREF_H

#include "base/progress.h"
#include "models/model.h"

extern const struct rec_model_type rec_pref_type;

struct rec_comparisons {
    size_t n;
    const uint32_t *user, *better, *worse; /* n: who, what to what */
    size_t users;
    uint32_t items;
};

struct rec_pref_options {
    uint32_t dim;
    uint32_t epochs;
    double penalty, rate;
    int random; /* start at random instead */
    uint64_t seed;
    int threads;
    const struct rec_progress *tick; /* phase epochs; may be NULL */
};

struct rec_pref {
    uint32_t items, dim;
    size_t users;
    float *both;       /* owned: (users + items) x dim */
    const float *user; /* users x dim, in BOTH */
    const float *item; /* items x dim */
    uint32_t *count;   /* items */
    double loss;       /* mean of -log of the probabilities, at the end */
};

double rec_pref_memory(const struct rec_comparisons *x,
                       const struct rec_pref_options *opt);
/* *OUT is to be released. REC_EVALUE if there are no comparisons. */
REC_MUST_CHECK int rec_pref_fit(struct rec_pref *out,
                                const struct rec_comparisons *x,
                                const struct rec_pref_options *opt,
                                struct rec_error *err);
void rec_pref_release(struct rec_pref *m);

REC_MUST_CHECK int rec_pref_save(const struct rec_pref *m,
                                 const struct rec_dict *items,
                                 struct rec_output *o, int level,
                                 const char *prov, struct rec_error *err);

#endif
