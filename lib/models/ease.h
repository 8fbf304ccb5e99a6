/* SPDX-License-Identifier: MIT */
/* EASE (Steck, WWW 2019) and its closed-form family: item-item weights B, from
   all users at once. With G = X'X, a penalty g_j per item, and

     Q = (G + diag(g))^-1,

   every member is B_ij = -Q_ij s_j (i != j), B_jj = 1 - Q_jj s_j: column j is
   scaled by its own s_j, and nothing else differs (ease_family.c). A user's
   scores are the sum of the rows of B of what the user has, weighted as in X.

   X may be normalised by the degrees of users and items first
   (ease_scale.c).

   It is solved on the smaller side, in single or double precision, with one
   matrix in memory:

   items   items x items, from the Gram matrix to B in place (ease_items.c).
           File: kind "model/ease"; array "B", f32 or f64, or narrowed to
           f16 or bf16, items x items, row-major.
   users   users x users, from the Gram matrix of the users to
           K^-1 = (I + X diag(g)^-1 X')^-1 in place, from which any score of
           the same B follows (ease_users.c, ease_users_model.c). File: kind
           "model/ease-users"; arrays "K^-1", f32 or f64, users x users,
           row-major, whole; "start" (i64), "item" (u32) and, with weights,
           "weight" (f32), the rows of X; and by item, f64: "penalty" g,
           "scale" s, "in" and "out", what values and scores are multiplied
           by.

   Parameters of both: "lambda", "dropout", "xi", "user-power", "item-power",
   "score-power", and "weights" (1: the weights of a row to be scored count,
   as those of the events do in X; 0: every event counts 1); of a model whose
   events decay also "half-life" and "now", in seconds; of model/ease-users
   also "users".

   Either side also gives a sparse model (sparse.h) of the largest weights
   (ease_sparse.c); and the items side one whose weights are the optimum
   among those that are not negative (ease_nonneg.c). */
#ifndef REC_EASE_H
#define REC_EASE_H

#include "base/progress.h"
#include "data/csr.h"
#include "models/model.h"
#include "models/sparse_pick.h"

extern const struct rec_model_type rec_ease_type, rec_ease_users_type;

enum rec_ease_side { REC_EASE_AUTO, REC_EASE_ITEMS, REC_EASE_USERS };

/* Which member of the family. */
struct rec_ease_family {
    double lambda;  /* > 0: the ridge */
    double dropout; /* in [0, 1): how much of the history is dropped at random
                       in training, and has to be predicted */
    double xi;      /* in [0, 1]: the largest weight that an item may give
                       itself; 0 forbids it, 1 allows any */
};

/* "EASE", "RLAE", "LAE", and with dropout "EDLAE", "RDLAE", "DLAE". */
const char *rec_ease_name(const struct rec_ease_family *f);

/* Degree normalisation; all zero is none. */
struct rec_ease_powers {
    double user;  /* rows of X are divided by their length to this power */
    double item;  /* columns of X likewise */
    double score; /* scores are multiplied by the item's count to this power:
                     as ITEM to undo that */
};

struct rec_ease_options {
    struct rec_ease_family family;
    struct rec_ease_powers powers;
    enum rec_ease_side side; /* AUTO: the smaller one */
    int binary;              /* take every weight as 1 */
    int wide;                /* double precision */
    int threads;
    const struct rec_progress *tick; /* phases gram, factor, inverse, weights;
                                        may be NULL */
};

/* The Gram matrix of the items from elsewhere than rows. */
struct rec_ease_source {
    uint32_t items;
    int weights;         /* 0: every value of X was 1 */
    const double *count; /* users who have each item */
    /* G into the upper triangle of the matrix of DTYPE, place i, j multiplied
       by SCALE_i SCALE_j; its diagonal, not rounded, into DIAGONAL. Called
       again for every solve after a finish. */
    int (*read)(void *ctx, enum rec_dtype dtype, const double *scale,
                void *matrix, double *diagonal, struct rec_error *err);
    void *ctx;
};

/* What the solve knows of every item. */
struct rec_ease_columns {
    double *mass;    /* the sum of the squares of its values */
    double *penalty; /* g */
    double *inverse; /* the diagonal of Q */
    double *scale;   /* s */
    double *own;     /* the diagonal of B */
    double *in;      /* what a value of a history is multiplied by */
    double *out;     /* what its score is multiplied by */
};

struct rec_ease {
    enum rec_dtype dtype;    /* REC_F32 or REC_F64 */
    enum rec_dtype store;    /* what it was narrowed to; REC_BYTES: nothing */
    enum rec_ease_side side; /* ITEMS or USERS */
    uint32_t items;
    struct rec_ease_family family;
    struct rec_ease_powers powers;
    int weights;      /* those of histories count */
    double half_life; /* of the events, in seconds; 0: they do not decay */
    int64_t now;      /* when they are full */
    void *matrix;     /* ITEMS: B; USERS: K^-1; row-major */
    struct rec_ease_columns columns;
    struct rec_csr x; /* borrowed from whoever called the fit */
    struct rec_csr y; /* X as the solve sees it; borrows its rows */
    float *value;     /* of y, if they are not those of x */
    double *kept;     /* ITEMS: the diagonal of the Gram matrix, if that is
                         kept in the lower triangle of MATRIX */
    int keep;         /* ... as somebody wishes */
    const struct rec_ease_source *source; /* of G, borrowed; NULL: the rows */
    int ready;        /* G of SOURCE is in MATRIX already */
    int whole;        /* ITEMS: MATRIX is B; 0: its upper triangle is Q */
    float *factor;    /* in and out of sparse models, once they are needed */
    int threads;
    const struct rec_progress *tick;
};

/* The lambda to use when nobody says: 30 v sqrt(events / items), where v is
   the mean of the squared values and only items with an event count; 30 where
   there are no events. A rule of thumb: it is within a factor of four of what
   has been tuned for data from 16 to 3,000 events per item, and near the
   optimum the quality hardly depends on lambda. */
double rec_ease_lambda(const struct rec_csr *x, int binary);

/* The median, over the items with an event, of the sum of the squares of an
   item's values, weights and powers included: a unit for lambda that suits
   any scale of the data. 1 where there are no events. */
REC_MUST_CHECK int rec_ease_median_mass(const struct rec_csr *x,
                                        const struct rec_ease_options *opt,
                                        double *out, struct rec_error *err);

/* The side on which X is solved: that of the options, or the smaller one. */
enum rec_ease_side rec_ease_side(const struct rec_csr *x,
                                 const struct rec_ease_options *opt);

/* The order of that matrix, and the multiplications that fill it. */
double rec_ease_order(const struct rec_csr *x,
                      const struct rec_ease_options *opt);
double rec_ease_gram_work(const struct rec_csr *x,
                          const struct rec_ease_options *opt);

/* Bytes that a fit of X takes beside X. */
double rec_ease_memory(const struct rec_csr *x,
                       const struct rec_ease_options *opt);

/* REC_ENUMERIC when the matrix cannot be inverted in the chosen precision.
   *OUT is the caller's, to be released, and borrows the rows of X. */
REC_MUST_CHECK int rec_ease_fit(struct rec_ease *out, const struct rec_csr *x,
                                const struct rec_ease_options *opt,
                                struct rec_error *err);
void rec_ease_release(struct rec_ease *e);

/* The same step by step, to solve for several lambdas: begin, solve as often
   as wanted, finish, which makes the last solution ready to be saved. With
   KEEP the Gram matrix of the items waits in the other triangle for the next
   solve; after finish it has to be made again. (That of the users depends on
   the penalties and always is.) If solve fails, only release may follow. */
REC_MUST_CHECK int rec_ease_begin(struct rec_ease *e, const struct rec_csr *x,
                                  const struct rec_ease_options *opt,
                                  int keep, struct rec_error *err);
REC_MUST_CHECK int rec_ease_solve(struct rec_ease *e, double lambda,
                                  struct rec_error *err);
void rec_ease_finish(struct rec_ease *e);

/* Say, between begin and finish, that the weights of X are those of events
   that have decayed (data/decay.h). The histories to be scored are taken as
   they are, and their weights count only if WEIGHTS. */
void rec_ease_set_decay(struct rec_ease *e, double half_life, int64_t now,
                        int weights);

/* Begin with a Gram matrix, which is read once here, so that the rules for
   lambda below may be asked for. There are no rows: REC_ENOTSUP for the side
   of the users and for a power of their degrees; opt->binary does not
   count. */
REC_MUST_CHECK int rec_ease_begin_gram(struct rec_ease *e,
                                       const struct rec_ease_source *source,
                                       const struct rec_ease_options *opt,
                                       int keep, struct rec_error *err);
/* rec_ease_lambda and rec_ease_median_mass of such a fit. */
double rec_ease_gram_lambda(const struct rec_ease *e);
REC_MUST_CHECK int rec_ease_gram_median_mass(const struct rec_ease *e,
                                             double *out,
                                             struct rec_error *err);

/* Lend the solution as a model, finished or not, until rec_ease_unlend. ITEMS
   is borrowed. */
REC_MUST_CHECK int rec_ease_lend(const struct rec_ease *e,
                                 struct rec_dict *items, struct rec_model *m,
                                 struct rec_error *err);
void rec_ease_unlend(struct rec_model *m);

/* Store B in fewer bits than it was solved with, before rec_ease_save, after
   which only release may follow: STORE is REC_F32, REC_F16 or REC_BF16.
   REC_ENOTSUP on the users side. */
REC_MUST_CHECK int rec_ease_narrow(struct rec_ease *e, enum rec_dtype store,
                                   struct rec_error *err);

REC_MUST_CHECK int rec_ease_save(const struct rec_ease *e,
                                 const struct rec_dict *items,
                                 struct rec_output *o, int level,
                                 const char *prov, struct rec_error *err);

/* ---- sparse models ---------------------------------------------------- */

/* *OUT = what CUT leaves of the last solution, which must not be finished; its
   size is that of the scale before "in" and "out" of the powers, which OUT
   borrows from E. *OUT is to be released by the caller, before E. */
REC_MUST_CHECK int rec_ease_sparse(struct rec_sparse *out, struct rec_ease *e,
                                   const struct rec_cut *cut,
                                   struct rec_error *err);

/* Bytes that this takes beside those of the fit. */
double rec_ease_sparse_memory(const struct rec_csr *x,
                              const struct rec_ease_options *opt,
                              const struct rec_cut *cut);

/* Instead of rec_ease_solve, on the items side: *OUT = the weights that solve
   the problem for LAMBDA under the constraint that none is negative; all above
   0. May be called again for another lambda; it and rec_ease_solve do not
   mix. */
REC_MUST_CHECK int rec_ease_nonneg(struct rec_sparse *out, struct rec_ease *e,
                                   double lambda, struct rec_error *err);

/* Bytes that this takes beside those of the fit, but for what it gives. */
double rec_ease_nonneg_memory(uint32_t items, int threads);

/* Save such a model with the parameters of E, and "top", "threshold" and
   "nonneg". */
REC_MUST_CHECK int rec_ease_save_sparse(const struct rec_ease *e,
                                        const struct rec_sparse *s,
                                        const struct rec_cut *cut, int nonneg,
                                        enum rec_dtype store,
                                        const struct rec_dict *items,
                                        struct rec_output *o, int level,
                                        const char *prov,
                                        struct rec_error *err);

#endif
