/* SPDX-License-Identifier: MIT */
/* What the files of the autoencoder share: the network, a batch, a step of
   training. Everything is there in both precisions, REC_F32 for use, REC_F64
   for the tests of the gradients; arrays of either are void pointers. */
#ifndef REC_VAE_PRIVATE_H
#define REC_VAE_PRIVATE_H

#include "base/rng.h"
#include "math/adam.h"
#include "models/vae.h"

/* Threads for WORK elementary operations: starting them for less than some
   tens of microseconds does not pay, and on a busy machine costs dearly. */
static inline int rec_vae_threads(int threads, size_t work)
{
    return work < 1 << 17 ? 1 : threads;
}

/* ---- the network: vae_net.c ------------------------------------------- */

/* out = in W + b, and tanh of it if ACTIVE. W is IN x OUT, row-major; the
   last layer's is OUT x IN, so that first and last have a row per item. */
struct rec_vae_layer {
    size_t in, out;
    int active;
    void *w, *b;
};

struct rec_vae_net {
    struct rec_vae_shape shape;
    enum rec_dtype dtype;
    int layers; /* first half encoder, second half decoder */
    struct rec_vae_layer layer[REC_VAE_MAX_LAYERS];
};

/* The layers of SHAPE without arrays. */
void rec_vae_net_describe(struct rec_vae_net *net,
                          const struct rec_vae_shape *shape,
                          enum rec_dtype dtype);
/* The same with arrays of zeros, to be released. */
REC_MUST_CHECK int rec_vae_net_init(struct rec_vae_net *net,
                                    const struct rec_vae_shape *shape,
                                    enum rec_dtype dtype,
                                    struct rec_error *err);
void rec_vae_net_release(struct rec_vae_net *net);
/* Random parameters: weights uniform in +-sqrt(6 / (in + out)) (Glorot and
   Bengio), biases normal with a deviation of 0.001, cut at two of them. */
void rec_vae_net_draw(struct rec_vae_net *net, uint64_t seed);
/* TO = FROM; of one shape. */
void rec_vae_net_copy(struct rec_vae_net *to, const struct rec_vae_net *from);
/* Numbers in W (part 0) or b (part 1) of a layer, and the array. */
size_t rec_vae_part_size(const struct rec_vae_layer *l, int part);
static inline void **rec_vae_part(struct rec_vae_layer *l, int part)
{
    return part ? &l->b : &l->w;
}
/* Whether T or U, "encoder-1" and so on, with "-bias" if PART is 1. */
void rec_vae_part_name(const struct rec_vae_net *net, int layer, int part,
                       char name[REC_NAME + 1]);

/* Element I of array P. */
static inline void *rec_vae_at(enum rec_dtype dtype, const void *p, size_t i)
{
    return (char *)(uintptr_t)p + i * rec_dtype_size(dtype);
}

/* ---- a batch: vae_batch.c --------------------------------------------- */

/* Users with their targets, and what is left of them as input. */
struct rec_vae_batch {
    const struct rec_csr *x; /* the targets are rows of this, */
    const uint32_t *user;    /* these; NULL: the rows from FIRST on */
    size_t first, rows;
    int binary;
    /* The input: START[r] ... START[r + 1] are the events of row r. */
    size_t *start;
    uint32_t *item;
    double *value;
    /* The same by item: those of ITEMS[s] are AT[s] ... AT[s + 1]. */
    size_t n_items;
    uint32_t *items;
    size_t *at;
    uint32_t *row;
    double *row_value;
    void *eps; /* rows x latent */
    /* Room. */
    size_t rows_cap, start_cap, item_cap, value_cap, items_cap, at_cap, row_cap,
        row_value_cap;
    uint32_t *slot; /* by item: its place in ITEMS; REC_NONE between batches */
    uint32_t cols;
};

/* For rows of at most COLS items; all of it grows as needed, but EPS, which is
   the caller's. */
REC_MUST_CHECK int rec_vae_batch_init(struct rec_vae_batch *b, uint32_t cols,
                                      struct rec_error *err);
void rec_vae_batch_release(struct rec_vae_batch *b);
/* The rows [FIRST, FIRST + ROWS) of X, or the rows USER[FIRST] ... if that is
   not NULL, each divided by its norm. */
REC_MUST_CHECK int rec_vae_batch_set(struct rec_vae_batch *b,
                                     const struct rec_csr *x,
                                     const uint32_t *user, size_t first,
                                     size_t rows, struct rec_error *err);
/* Drop events with probability P and multiply the others by 1 / (1 - P). The
   draws of a user depend on SEED, EPOCH and the user's row alone. */
void rec_vae_batch_drop(struct rec_vae_batch *b, double p, uint64_t seed,
                        uint64_t epoch);
/* Draw b->eps, of DTYPE, LATENT a row, likewise. */
void rec_vae_batch_draw(struct rec_vae_batch *b, enum rec_dtype dtype,
                        size_t latent, uint64_t seed, uint64_t epoch,
                        int threads);
/* N normal numbers. */
void rec_vae_normal(struct rec_rng *rng, enum rec_dtype dtype, size_t n,
                    void *out);
/* Make the view by item. */
REC_MUST_CHECK int rec_vae_batch_turn(struct rec_vae_batch *b,
                                      struct rec_error *err);

/* Row R of the targets: its place in the arrays of x, and its length. */
static inline size_t rec_vae_target(const struct rec_vae_batch *b, size_t r,
                                    size_t *at)
{
    size_t row = b->user ? b->user[b->first + r] : b->first + r;

    *at = (size_t)b->x->start[row];
    return rec_csr_row_len(b->x, row);
}

/* ---- forward and backward: vae_step.c --------------------------------- */

/* Room for the numbers of a batch. */
struct rec_vae_work {
    size_t rows;
    void *act[REC_VAE_MAX_LAYERS]; /* of the layers but the last */
    void *z;
    void *back[2]; /* gradients by activation */
    void *logits;  /* rows x items; and then their gradient */
    void *grad;    /* gradients of some parameters */
    void *own;     /* by thread, that of a row of the first W */
    double *nll, *kl; /* by row */
};

/* For batches of ROWS and at most THREADS threads; with THREADS 0 only for
   rec_vae_encode and rec_vae_decode, with any number. */
REC_MUST_CHECK int rec_vae_work_init(struct rec_vae_work *w,
                                     const struct rec_vae_net *net,
                                     size_t rows, int threads,
                                     struct rec_error *err);
void rec_vae_work_release(struct rec_vae_work *w);
double rec_vae_work_bytes(const struct rec_vae_net *net, size_t rows);

/* The encoder, for the inputs of B: afterwards *Z, rows LD numbers apart, is
   the mean of z (or, of a DAE, z). */
void rec_vae_encode(const struct rec_vae_net *net,
                    const struct rec_vae_batch *b, struct rec_vae_work *w,
                    int threads, const void **z, size_t *ld);
/* The decoder from Z; F, rows x items, lacks the last bias. */
void rec_vae_decode(const struct rec_vae_net *net, const void *z, size_t ld,
                    size_t rows, struct rec_vae_work *w, int threads, void *f);
/* Add the last bias. */
void rec_vae_add_bias(const struct rec_vae_net *net, size_t rows, int threads,
                      void *f);

struct rec_vae_loss {
    enum rec_vae_likelihood likelihood;
    double confidence, beta;
};

/* All of it, with b->eps: the loss by row into w->nll and w->kl, its gradient
   by the logits into w->logits. */
void rec_vae_forward(const struct rec_vae_net *net,
                     const struct rec_vae_batch *b, struct rec_vae_work *w,
                     const struct rec_vae_loss *loss, int threads);

/* Who takes the gradient GRAD of the N parameters from FIRST on of a PART (0:
   W, 1: b) of a layer, and may change them. A layer is only used by what has
   been computed when its turn comes. Of the first W, a row at a time comes,
   only those of the items of the batch, from several threads at once. */
struct rec_vae_sink {
    void (*take)(void *ctx, int layer, int part, size_t first, size_t n,
                 const void *grad);
    void *ctx;
};

/* The gradient of (sum of nll + beta kl) / rows, after rec_vae_forward. */
void rec_vae_backward(const struct rec_vae_net *net,
                      const struct rec_vae_batch *b, struct rec_vae_work *w,
                      const struct rec_vae_loss *loss,
                      const struct rec_vae_sink *sink, int threads);

/* ---- inner loops: vae_kernels.c --------------------------------------- */

/* All of one precision; single threads. */
struct rec_vae_kernels {
    /* OUT = BIAS (NULL: 0) + sum over N events of VALUE W[ITEM], rows of COLS
       numbers. */
    void (*sum_rows)(const void *w, size_t cols, const uint32_t *item,
                     const double *value, size_t n, const void *bias,
                     void *out);
    /* H += BIAS (NULL: 0), and then tanh if ACTIVE. */
    void (*activate)(void *h, const void *bias, size_t n, int active);
    /* G *= 1 - H^2. */
    void (*tanh_back)(void *g, const void *h, size_t n);
    /* OUT = the sums of N columns of ROWS rows that are LD apart. */
    void (*column_sums)(const void *g, size_t rows, size_t ld, size_t n,
                        void *out);
    /* z from [mu | lv] and eps; returns the KL of the row. */
    double (*sample)(const void *mulv, const void *eps, size_t latent, void *z);
    /* The gradient by [mu | lv] from that by z and KL times SCALE. */
    void (*sample_back)(const void *mulv, const void *eps, const void *gz,
                        size_t latent, double scale, void *out);
    /* One row: -log p of the targets (WEIGHT NULL: 1 each), and in place of
       the logits F, which lack BIAS, its gradient times SCALE. */
    double (*loss)(const struct rec_vae_loss *loss, void *f, const void *bias,
                   size_t items, const uint32_t *item, const float *weight,
                   size_t n, double scale);
};

extern const struct rec_vae_kernels rec_vae_single, rec_vae_double;

static inline const struct rec_vae_kernels *
rec_vae_kernels(const struct rec_vae_net *net)
{
    return net->dtype == REC_F64 ? &rec_vae_double : &rec_vae_single;
}

/* ---- training: vae_train.c -------------------------------------------- */

struct rec_vae {
    struct rec_vae_options opt;
    const struct rec_csr *x;
    uint32_t *user; /* rows of x that have items, in the order of the epoch */
    size_t users;
    struct rec_vae_net net;
    struct rec_vae_net m, v; /* Adam's moments */
    uint64_t *last; /* by item: the step up to which its row of the first
                       weights is done */
    struct rec_adam adam;
    struct rec_vae_batch batch;
    struct rec_vae_work work;
    uint64_t step;  /* of Adam: updates so far */
    size_t batches; /* of an epoch */
    size_t epoch;   /* epochs done */
    size_t next;    /* batch of the epoch under way */
    double nll, kl; /* sums over the users of the epoch under way */
    struct rec_vae_report *report;
    struct rec_vae_net kept;
    size_t best; /* epoch of KEPT, from 1; 0: there is none */
    double best_figure;
};

/* beta of update STEP, from 1. */
double rec_vae_beta(const struct rec_vae *t, uint64_t step);
/* One update by t->batch as it stands. */
REC_MUST_CHECK int rec_vae_update(struct rec_vae *t, struct rec_error *err);
/* Bring all rows of the first weights up to date. */
void rec_vae_flush(struct rec_vae *t);
/* Put the users in the order of the epoch under way. */
void rec_vae_shuffle(struct rec_vae *t);
/* Make room for KEPT. */
REC_MUST_CHECK int rec_vae_keep(struct rec_vae *t, struct rec_error *err);

/* ---- posterior samples: vae_sample.c ----------------------------------- */

/* The most rows that are decoded at a time. */
size_t rec_vae_sample_rows(const struct rec_vae_net *net);
/* The mean and the deviation of the scores of USERS with the parameters MULV
   of their posteriors over DRAWS, whose keys begin with KEY. W has room for
   rec_vae_sample_rows. NET is single. */
REC_MUST_CHECK int rec_vae_sample(const struct rec_vae_net *net,
                                  enum rec_vae_likelihood likelihood,
                                  const float *mulv, size_t users,
                                  const struct rec_draws *draws,
                                  const uint64_t *key, struct rec_vae_work *w,
                                  int threads, float *mean, float *spread,
                                  struct rec_error *err);

/* ---- the model: vae_model.c -------------------------------------------- */

/* Lend NET as a model; WEIGHTS as in the parameters. */
REC_MUST_CHECK int rec_vae_lend_net(const struct rec_vae_net *net, int weights,
                                    struct rec_dict *items,
                                    struct rec_model *m, struct rec_error *err);

#endif
