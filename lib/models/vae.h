/* SPDX-License-Identifier: MIT */
/* Mult-VAE and Mult-DAE (Liang, Krishnan, Hoffman and Jebara, WWW 2018): an
   autoencoder of histories. With x the row of a user, of length one after
   division by its norm, and dropout on it,

     h = tanh(x W1 + b1) ...   [mu | lv] = h W + b     (the encoder)
     z = mu + eps exp(lv / 2), eps normal; mu when it is used
     h = tanh(z W + b) ...     f = h W + b             (the decoder)

   and the loss, a mean over users,

     - log p(x | f) + beta KL(N(mu, exp(lv)) || N(0, 1)) + decay sum W^2

   where p is one of

     multinomial  - sum_i x_i log softmax(f)_i
     logistic     sum_i log(1 + e^f_i) - x_i f_i
     gaussian     sum_i c_i (x_i - f_i)^2 / 2, c_i the confidence where x_i > 0
                  and 1 elsewhere

   The denoising autoencoder (DAE) has z = tanh(h W + b), no eps and no KL.

   With a composite prior it is RecVAE (Shenbin et al., WSDM 2020): the layers
   of the encoder are

     s = h W + b + (the sum of all h before)   h = LayerNorm(s sigmoid(s))

   and the decoder is f = z W + b. With n the sum of the row, and q_old what the
   encoder of some epochs ago makes of it without dropout,

     - log p(x | f) + gamma n sum_d (log q(z_d) - log p(z_d)), z drawn once,
     p = 3/20 N(0, 1) + 3/4 q_old + 1/10 N(0, e^10)

   Three epochs train the encoder, and then, after it has become the old one,
   an epoch without dropout trains the decoder.

   The first layer reads sparse rows only; the last one is matrix products.
   Training is by Adam (math/adam.h). The rows of the first weights that a
   batch does not use are not touched: what Adam would have done to them is
   done, to the bit, before they are used next, or by a flush. With a sampled
   softmax (vae_sampled.c) the last weights are treated likewise.

   File: kind "model/vae"; parameters "dae", "likelihood" (0, 1, 2 as below),
   "prior" (0 normal, 1 composite), "epoch" that the parameters are of,
   "weights" (1: the values of a row are the events' weights; 0: every value is
   1), "latent", "hidden-layers" and "hidden-1" ... from the items inwards;
   arrays, f32, row-major: "encoder-1", in x out, and its "encoder-1-bias" ...
   "decoder-N", likewise, but the last, which is items x in: row i are the
   weights of item i; with a composite prior also "encoder-1-gain" and
   "encoder-1-base" and so on, of LayerNorm. */
#ifndef REC_VAE_H
#define REC_VAE_H

#include "base/progress.h"
#include "data/csr.h"
#include "io/stream.h"
#include "models/model.h"

extern const struct rec_model_type rec_vae_type;

enum rec_vae_likelihood { /* pinned: they stand in files */
    REC_VAE_MULTINOMIAL = 0,
    REC_VAE_LOGISTIC = 1,
    REC_VAE_GAUSSIAN = 2
};

enum {
    REC_VAE_MAX_HIDDEN = 8,
    REC_VAE_MAX_LAYERS = 2 * (REC_VAE_MAX_HIDDEN + 1),
    REC_VAE_MAX_WIDTH = 65536
};

struct rec_vae_shape {
    uint32_t items;
    uint32_t latent;
    uint32_t hidden[REC_VAE_MAX_HIDDEN]; /* widths, from the items inwards; the
                                            decoder has the same outwards */
    int n_hidden;
    int dae;
    int composite; /* the prior: RecVAE; hidden widths are equal */
};

struct rec_vae_options {
    struct rec_vae_shape shape; /* items are those of the rows */
    enum rec_vae_likelihood likelihood;
    double confidence; /* > 0: of the events, gaussian */
    double dropout;    /* in [0, 1) */
    double beta;       /* >= 0; with a composite prior it is gamma */
    double anneal;     /* beta grows evenly from 0 over so many updates */
    int anneal_share;  /* 1: ANNEAL is a share of all updates instead */
    double rate;       /* > 0: of Adam */
    double decay;      /* >= 0: lambda of lambda sum W^2, without biases */
    size_t batch;      /* users */
    size_t epochs;
    size_t sampled; /* softmax over so many items; 0: over all. Otherwise the
                       likelihood is multinomial and the prior normal */
    uint64_t seed;
    int binary; /* take every weight as 1 */
    int threads;
    const struct rec_progress *tick; /* phase "train"; may be NULL */
    /* Asked after every batch; not 0: stop here. May be NULL. */
    int (*stop)(void *ctx);
    void *stop_ctx;
};

/* The batch to use when nobody says: 500, or a 25th of the users if that is
   less, but at least 10. */
size_t rec_vae_default_batch(size_t users);

/* Bytes that training on X takes beside X; with KEEP the best parameters are
   kept. */
double rec_vae_memory(const struct rec_csr *x,
                      const struct rec_vae_options *opt, int keep);

struct rec_vae; /* a training under way */

/* Begin to train on X, which is borrowed, and whose rows without items take no
   part. REC_EVALUE where a weight is not one that the likelihood can take
   (below 0; logistic: above 1); REC_EREPEAT where a row has an item twice. The
   caller frees. */
REC_MUST_CHECK int rec_vae_new(struct rec_vae **out, const struct rec_csr *x,
                               const struct rec_vae_options *opt,
                               struct rec_error *err);
void rec_vae_free(struct rec_vae *t);

/* Train to the end of the epoch. Returns 1 there, and 0 if opt->stop said so
   before: after a checkpoint, or at once, the call may be repeated.
   REC_ENUMERIC when the loss is not a number any more; only free may follow.
   The result is the same on the same machine with the same number of
   threads; with another, BLAS rounds differently. Sets the number of threads
   of BLAS. */
REC_MUST_CHECK int rec_vae_epoch(struct rec_vae *t, struct rec_error *err);

/* What an epoch was like; nll and kl are means over its users. */
struct rec_vae_report {
    double epoch, updates; /* so far, from 1 */
    double beta;           /* of the last update */
    double nll;            /* - log p(x | f) */
    double kl;             /* not yet times beta; composite: times n */
    double figure;         /* set by rec_vae_judged; -1: not judged */
    double seconds;        /* the caller's, 0 at first */
};

/* Updates so far; epochs so far, the first one first. */
uint64_t rec_vae_updates(const struct rec_vae *t);
size_t rec_vae_epochs(const struct rec_vae *t);
struct rec_vae_report *rec_vae_report(struct rec_vae *t, size_t epoch);

/* The last epoch reached FIGURE on validation: if that is more than any epoch
   before it did, its parameters are kept, to be saved instead of the last
   ones. Returns how many epochs ago the best one was, or a negative rec_err.
   rec_vae_best is its number, from 1; 0 if none was judged. */
REC_MUST_CHECK int rec_vae_judged(struct rec_vae *t, double figure,
                                  struct rec_error *err);
size_t rec_vae_best(const struct rec_vae *t);

/* Lend the parameters as they are as a model, until rec_vae_unlend, which has
   to come before the next epoch. ITEMS is borrowed. */
REC_MUST_CHECK int rec_vae_lend(struct rec_vae *t, struct rec_dict *items,
                                struct rec_model *m, struct rec_error *err);
void rec_vae_unlend(struct rec_model *m);

/* Write the model: the parameters that were kept, or the last ones.
   REC_ENUMERIC where one of them is not a number. */
REC_MUST_CHECK int rec_vae_save(struct rec_vae *t, const struct rec_dict *items,
                                struct rec_output *o, int level,
                                const char *prov, struct rec_error *err);

/* Write all that is needed to go on, and read it into a fresh T, of the same
   rows and options, as if it had been there. IDENTITY, lines of text, is what
   has to be the same for that: REC_EVALUE, naming the line, if it is not. Kind
   "checkpoint/vae": see rec-format(5). */
REC_MUST_CHECK int rec_vae_checkpoint(struct rec_vae *t, const char *identity,
                                      struct rec_output *o,
                                      struct rec_error *err);
REC_MUST_CHECK int rec_vae_resume(struct rec_vae *t, const char *identity,
                                  const char *path, struct rec_error *err);

#endif
