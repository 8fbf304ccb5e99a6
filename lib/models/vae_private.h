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

enum rec_vae_active { /* what a layer makes of s = in W + b */
    REC_VAE_LINEAR,
    REC_VAE_TANH,
    REC_VAE_DENSE /* vae_recvae.c */
};

/* W is IN x OUT, row-major; the last layer's is OUT x IN, so that first and
   last have a row per item. GAIN and BASE, of OUT, only if DENSE. */
struct rec_vae_layer {
    size_t in, out;
    enum rec_vae_active active;
    void *w, *b, *gain, *base;
};

enum { REC_VAE_PARTS = 4 }; /* W, b, gain, base */

struct rec_vae_net {
    struct rec_vae_shape shape;
    enum rec_dtype dtype;
    int layers;
    int encoder; /* how many of these, the first ones, are the encoder */
    struct rec_vae_layer layer[REC_VAE_MAX_LAYERS];
};

/* The layers of SHAPE without arrays. */
void rec_vae_net_describe(struct rec_vae_net *net,
                          const struct rec_vae_shape *shape,
                          enum rec_dtype dtype);
/* The same with arrays of zeros, to be released, in the first LAYERS. */
REC_MUST_CHECK int rec_vae_net_init_some(struct rec_vae_net *net,
                                         const struct rec_vae_shape *shape,
                                         enum rec_dtype dtype, int layers,
                                         struct rec_error *err);
/* In all layers. */
REC_MUST_CHECK int rec_vae_net_init(struct rec_vae_net *net,
                                    const struct rec_vae_shape *shape,
                                    enum rec_dtype dtype,
                                    struct rec_error *err);
void rec_vae_net_release(struct rec_vae_net *net);
/* Random parameters: weights uniform in +-sqrt(6 / (in + out)) (Glorot and
   Bengio), biases normal with a deviation of 0.001, cut at two of them;
   gains 1, bases 0. */
void rec_vae_net_draw(struct rec_vae_net *net, uint64_t seed);
/* TO = FROM, as far as both have arrays; of one shape. */
void rec_vae_net_copy(struct rec_vae_net *to, const struct rec_vae_net *from);
/* Numbers in W (part 0), b (1), gain (2) or base (3) of a layer, 0 if it has
   none, and the array. */
size_t rec_vae_part_size(const struct rec_vae_layer *l, int part);
static inline void **rec_vae_part(struct rec_vae_layer *l, int part)
{
    void **const p[REC_VAE_PARTS] = {&l->w, &l->b, &l->gain, &l->base};

    return p[part];
}
/* "encoder-1" and so on, with "-bias", "-gain" or "-base". */
void rec_vae_part_name(const struct rec_vae_net *net, int layer, int part,
                       char name[REC_NAME + 1]);
/* Call VISIT for every array of NET that is there, of N numbers, with its name
   behind PREFIX, until one call does not return 0. */
typedef int rec_vae_visit(void *ctx, const char *name, void *array, size_t n,
                          struct rec_error *err);
REC_MUST_CHECK int rec_vae_net_visit(const struct rec_vae_net *net,
                                     const char *prefix, rec_vae_visit *visit,
                                     void *ctx, struct rec_error *err);
/* Write them all, f32. */
REC_MUST_CHECK int rec_vae_net_write(const struct rec_vae_net *net,
                                     const char *prefix,
                                     struct rec_stream_writer *w,
                                     struct rec_error *err);

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
    /* Of dense layers: s; mean and 1 / deviation by row; and the running sum
       of h, or, on the way back, of the gradients by s. */
    void *pre[REC_VAE_MAX_LAYERS];
    double *stat[REC_VAE_MAX_LAYERS];
    void *skip;
    const void *old; /* composite prior: [mu | lv] of the old encoder; NULL:
                        those of the encoder itself */
    void *back[2];   /* gradients by activation */
    void *logits;  /* rows x items, or with SAMPLED as many as there are; and
                      then their gradient */
    void *grad;    /* gradients of some parameters */
    void *own;     /* by thread, that of a row of the first or last W */
    double *nll, *kl; /* by row */
    struct rec_vae_sampled *sampled; /* borrowed; NULL: all items */
};

/* For batches of ROWS and at most THREADS threads; with THREADS 0 only for
   rec_vae_encode and rec_vae_decode, with any number. SAMPLED is borrowed;
   NULL: all items. */
REC_MUST_CHECK int rec_vae_work_init(struct rec_vae_work *w,
                                     const struct rec_vae_net *net,
                                     size_t rows, int threads,
                                     struct rec_vae_sampled *sampled,
                                     struct rec_error *err);
void rec_vae_work_release(struct rec_vae_work *w);
/* Its bytes, with LOGITS of them in a row. */
double rec_vae_work_bytes(const struct rec_vae_net *net, size_t rows,
                          size_t logits);

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
    double mix[3]; /* of the composite prior */
};

/* Those of the paper. */
#define REC_VAE_MIX {0.15, 0.75, 0.1}

/* All of it, with b->eps: the loss by row into w->nll and w->kl, its gradient
   by the logits into w->logits. */
void rec_vae_forward(const struct rec_vae_net *net,
                     const struct rec_vae_batch *b, struct rec_vae_work *w,
                     const struct rec_vae_loss *loss, int threads);

enum rec_vae_half { REC_VAE_BOTH, REC_VAE_ENCODER, REC_VAE_DECODER };

/* Who takes the gradient GRAD of the N parameters from FIRST on of a PART of
   a layer, and may change them. A layer is only used by what has
   been computed when its turn comes. Of the first W, a row at a time comes,
   only those of the items of the batch, from several threads at once; and
   so of the last W with w->sampled. */
struct rec_vae_sink {
    void (*take)(void *ctx, int layer, int part, size_t first, size_t n,
                 const void *grad);
    void *ctx;
    enum rec_vae_half only; /* what is wanted of the gradient */
};

/* The gradient of (sum of nll + beta kl) / rows, after rec_vae_forward. */
void rec_vae_backward(const struct rec_vae_net *net,
                      const struct rec_vae_batch *b, struct rec_vae_work *w,
                      const struct rec_vae_loss *loss,
                      const struct rec_vae_sink *sink, int threads);

/* The sums of the N columns of G into TO. */
void rec_vae_column_sums(const struct rec_vae_net *net, const void *g,
                         size_t rows, size_t n, void *to, int threads);

/* ---- sampled softmax: vae_sampled.c ------------------------------------ */

struct rec_vae_sampled {
    size_t items;
    double *chance; /* by item */
    double *weight; /* what that is in proportion to, below 1 */
    size_t width;   /* logits of a row, at most */
    size_t n;       /* items of the sample: */
    uint32_t *item, *slot; /* them, and by item the place or REC_NONE */
    struct rec_vae_batch rest; /* events of the batch not in the sample; their
                                  values are the gradients */
    size_t most;               /* of these in a row */
    uint32_t *place;           /* by event of the batch: its logit in the row */
    size_t *place_at, *event;  /* rows of PLACE; events in the view by item */
    void *w, *bias;            /* of the sample */
    size_t place_cap, place_at_cap, event_cap, w_cap, bias_cap;
};

/* To sample N items, or all if there are less, in proportion to the number of
   their events in X, or 1, to the power 0.75. Released also after a failure. */
REC_MUST_CHECK int rec_vae_sampled_init(struct rec_vae_sampled *s,
                                        const struct rec_csr *x, size_t n,
                                        int binary, struct rec_error *err);
void rec_vae_sampled_release(struct rec_vae_sampled *s);
/* The most logits that a row of X has with a sample of N. */
size_t rec_vae_sampled_width(const struct rec_csr *x, size_t n);
/* The sample of U in [0, 1). */
void rec_vae_sampled_pick(struct rec_vae_sampled *s, double u);
/* A sample for the batch B, of SEED and STEP. */
REC_MUST_CHECK int rec_vae_sampled_draw(const struct rec_vae_net *net,
                                        struct rec_vae_sampled *s,
                                        const struct rec_vae_batch *b,
                                        uint64_t seed, uint64_t step,
                                        struct rec_error *err);
/* The last layer from its input H with w->sampled: the loss into w->nll; and
   the gradients, that by H into w->back[0], rows of W as those of the first
   layer. */
void rec_vae_sampled_forward(const struct rec_vae_net *net,
                             const struct rec_vae_batch *b,
                             struct rec_vae_work *w,
                             const struct rec_vae_loss *loss, const void *h,
                             int threads);
void rec_vae_sampled_back(const struct rec_vae_net *net, size_t rows,
                          struct rec_vae_work *w, const void *h,
                          const struct rec_vae_sink *sink, int threads);

/* ---- RecVAE: vae_recvae.c ---------------------------------------------- */

/* The act of a dense layer from w->pre, which is changed from h W + b to s. */
void rec_vae_dense(const struct rec_vae_net *net, int l, size_t rows,
                   struct rec_vae_work *w, int threads);
/* w->back[0] from the gradient by the act of layer L, as far as it comes
   through the next layer, to that by s. */
void rec_vae_dense_back(const struct rec_vae_net *net, int l, size_t rows,
                        struct rec_vae_work *w, const struct rec_vae_sink *sink,
                        int threads);
/* z, and n KL, of the rows of B under the composite prior, from [mu | lv]; and
   the gradient, from that by z in w->back[0] into w->back[1]. */
void rec_vae_composite(const struct rec_vae_net *net,
                       const struct rec_vae_batch *b, struct rec_vae_work *w,
                       const struct rec_vae_loss *loss, const void *mulv,
                       int threads);
void rec_vae_composite_back(const struct rec_vae_net *net,
                            const struct rec_vae_batch *b,
                            struct rec_vae_work *w,
                            const struct rec_vae_loss *loss, const void *mulv,
                            int threads);

/* ---- inner loops: vae_kernels.c --------------------------------------- */

/* All of one precision; single threads. */
struct rec_vae_kernels {
    /* OUT = BIAS (NULL: 0) + sum over N events of VALUE W[ITEM], rows of COLS
       numbers. */
    void (*sum_rows)(const void *w, size_t cols, const uint32_t *item,
                     const double *value, size_t n, const void *bias,
                     void *out);
    double (*dot)(const void *a, const void *b, size_t n);
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
    struct rec_vae_sampled sampled; /* ITEMS 0: not used */
    uint64_t *last_out; /* if it is, like LAST for the last weights */
    uint64_t *last; /* by item: the step up to which its row of the first
                       weights is done */
    struct rec_adam adam;
    struct rec_vae_batch batch;
    struct rec_vae_work work;
    struct rec_vae_net old; /* composite prior: the old encoder, */
    struct rec_vae_batch whole; /* and its input */
    struct rec_vae_work old_work;
    uint64_t step;  /* updates so far */
    uint64_t now;   /* the step of Adam that is being taken */
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
/* What is trained in the epoch under way, and the steps that the encoder has
   taken. */
enum rec_vae_half rec_vae_half(const struct rec_vae *t);
uint64_t rec_vae_encoder_steps(const struct rec_vae *t);
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
