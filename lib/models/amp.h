/* SPDX-License-Identifier: MIT */
/* Several tastes per person: AMP-CF, attentive multi-persona collaborative
   filtering (Barkan, Fuchs, Caciularu and Koenigstein, "Explainable
   recommendations via attentive multi-persona collaborative filtering", RecSys
   2020). User i has K personas u_k, item j a vector v and a bias b. The
   candidate decides how they are mixed:

     a = softmax_k(l_k / T),   y = sum_k a_k u_k.v + b,

   with l_k = cos(A u_k + c, B v + e) (cosine), or l_k = u_k.v (dot), where y is
   a smooth maximum of the K products. K = 1 is matrix factorisation.

   Training minimises, over the events (i, j) with negatives N,

     alpha L + (1 - alpha) (p H(a_ij) - n mean_N H(a_im)),
     L = -log(e^y_ij / (e^y_ij + sum_N e^y_im)),   H(a) = -sum_k a_k log a_k,

   plus decay times the squares of all vectors: what a user likes is to be the
   affair of one persona, what not of none. N are all items that the user does
   not have (full), or a sample, drawn evenly or by popularity, that all users
   of a batch share; CORRECTED, what it says of e^y is an unbiased estimate of
   the sum over all. An event of weight w counts w times.

   A step of Adam (math/adam.h) for the items comes with every batch of users,
   one for a user's personas with every epoch. A history that was not there in
   training is folded in with the items fixed: its personas start at the means
   of a Ward cut of its items' vectors (ward.h), and take some steps of the same
   loss. How many personas a history of n events gets: the lesser of K and
   n / PER_PERSONA, rounded up.

   All sums have a fixed order and BLAS is not used, so the result does not
   depend on the number of threads.

   File: kind "model/persona"; parameters by the names in amp_model.c; arrays,
   f32, row-major: "item", items x dim; "bias", items; with cosine attention
   "user-map" (A) and "item-map" (B), project x dim, "user-base" and
   "item-base" (c, e), project; and "count", items, the events of each. It holds
   no user. */
#ifndef REC_AMP_H
#define REC_AMP_H

#include "base/progress.h"
#include "data/csr.h"
#include "models/model.h"

extern const struct rec_model_type rec_amp_type;

enum rec_amp_attention { /* pinned: they stand in files */
    REC_AMP_COSINE = 0,
    REC_AMP_DOT = 1
};

enum rec_amp_negatives { /* pinned */
    REC_AMP_FULL = 0,
    REC_AMP_UNIFORM = 1,
    REC_AMP_POPULAR = 2
};

enum {
    REC_AMP_MAX_PERSONAS = 16,
    REC_AMP_MAX_DIM = 4096,
    REC_AMP_MAX_FOLD_STEPS = 10000 /* less than REC_ADAM_STEPS */
};

struct rec_amp_shape {
    uint32_t items;
    uint32_t dim;      /* of the vectors */
    uint32_t personas; /* K */
    uint32_t project;  /* rows of A and B; cosine only */
    uint32_t per_persona;
    enum rec_amp_attention attention;
    int bias; /* 0: every b is 0 */
    double temperature;
};

struct rec_amp_loss {
    double alpha;            /* in (0, 1] */
    double pos_entropy;      /* p >= 0 */
    double neg_entropy;      /* n >= 0 */
    double decay;            /* >= 0 */
    enum rec_amp_negatives negatives;
    size_t sampled;          /* negatives of a batch, if not full */
    int corrected;
    uint64_t seed;
};

struct rec_amp_fold {
    size_t steps; /* at most REC_AMP_MAX_FOLD_STEPS */
    double rate; /* of the first one; it falls evenly to 0 */
};

struct rec_amp_options {
    struct rec_amp_shape shape; /* items are those of the rows */
    struct rec_amp_loss loss;
    struct rec_amp_fold fold;
    double rate, user_rate; /* of items and maps, and of personas */
    size_t batch;           /* users */
    size_t epochs;
    int binary; /* take every weight as 1 */
    int threads;
    const struct rec_progress *tick; /* phase "train"; may be NULL */
    /* Asked after every batch; not 0: stop here. May be NULL. */
    int (*stop)(void *ctx);
    void *stop_ctx;
};

/* The batch to use when nobody says: a 25th of the users, from 10 to 500. */
size_t rec_amp_default_batch(size_t users);

/* Bytes that training on X takes beside X; with KEEP the best parameters are
   kept. */
double rec_amp_memory(const struct rec_csr *x,
                      const struct rec_amp_options *opt, int keep);

struct rec_amp_train; /* a training under way */

/* Begin to train on X, which is borrowed, and whose rows without items take no
   part, from random vectors (Glorot). REC_EVALUE where a weight is negative,
   REC_EREPEAT where a row has an item twice. The caller frees. */
REC_MUST_CHECK int rec_amp_new(struct rec_amp_train **out,
                               const struct rec_csr *x,
                               const struct rec_amp_options *opt,
                               struct rec_error *err);
void rec_amp_free(struct rec_amp_train *t);

/* Begin from the vectors of the model FROM instead, which has vectors of DIM
   numbers for items and users: items[i] is item i there, or REC_NONE, which
   stays random. The personas of a user are the vectors that FROM gives the
   parts of a Ward cut of the history. All vectors are then stretched by what,
   of some powers of 2, makes the loss of the first batch least. */
REC_MUST_CHECK int rec_amp_start(struct rec_amp_train *t,
                                 const struct rec_model *from,
                                 const uint32_t *items, struct rec_error *err);

/* Train to the end of the epoch. Returns 1 there, and 0 if opt->stop said so
   before: after a checkpoint, or at once, the call may be repeated.
   REC_ENUMERIC when the loss is not a number any more; only free may
   follow. */
REC_MUST_CHECK int rec_amp_epoch(struct rec_amp_train *t,
                                 struct rec_error *err);

/* What an epoch was like: means over its events. */
struct rec_amp_report {
    double epoch, updates; /* so far, from 1 */
    double loss;           /* L */
    double pos_entropy;    /* H of the events */
    double neg_entropy;    /* H of the negatives */
    double figure;         /* set by rec_amp_judged; -1: not judged */
    double seconds;        /* the caller's, 0 at first */
};

uint64_t rec_amp_updates(const struct rec_amp_train *t);
size_t rec_amp_epochs(const struct rec_amp_train *t);
/* Of epoch EPOCH, from 0. */
struct rec_amp_report *rec_amp_report(struct rec_amp_train *t, size_t epoch);

/* The last epoch reached FIGURE on validation: if no epoch before it did, its
   parameters are kept, to be saved instead of the last ones. Returns how many
   epochs ago the best one was, or a negative rec_err. rec_amp_best is its
   number, from 1; 0 if none was judged. */
REC_MUST_CHECK int rec_amp_judged(struct rec_amp_train *t, double figure,
                                  struct rec_error *err);
size_t rec_amp_best(const struct rec_amp_train *t);

/* Lend the parameters as they are as a model, until rec_amp_unlend, which has
   to come before the next epoch. ITEMS is borrowed. */
REC_MUST_CHECK int rec_amp_lend(struct rec_amp_train *t,
                                struct rec_dict *items, struct rec_model *m,
                                struct rec_error *err);
void rec_amp_unlend(struct rec_model *m);

/* Write the model: the parameters that were kept, or the last ones. */
REC_MUST_CHECK int rec_amp_save(struct rec_amp_train *t,
                                const struct rec_dict *items,
                                struct rec_output *o, int level,
                                const char *prov, struct rec_error *err);

/* Write all that is needed to go on, and read it into a fresh T, of the same
   rows and options, as if it had been there (models/checkpoint.h). Kind
   "checkpoint/persona": see rec-format(5). */
REC_MUST_CHECK int rec_amp_checkpoint(struct rec_amp_train *t,
                                      const char *identity,
                                      struct rec_output *o,
                                      struct rec_error *err);
REC_MUST_CHECK int rec_amp_resume(struct rec_amp_train *t,
                                  const char *identity, const char *path,
                                  struct rec_error *err);

#endif
