/* SPDX-License-Identifier: MIT */
/* An update of the autoencoder: Adam, and the rows of the first weights that
   are brought up to date when they are needed. */
#include <config.h>

#include <math.h>

#include "base/threads.h"
#include "models/vae_private.h"

enum {
    CHUNK = 1 << 14,   /* parameters that a thread takes at a time */
    ENCODER_EPOCHS = 3 /* of a composite prior, before one of the decoder */
};

double rec_vae_beta(const struct rec_vae *t, uint64_t step)
{
    const struct rec_vae_options *o = &t->opt;
    double ramp = o->anneal_share
                      ? o->anneal * (double)t->batches * (double)o->epochs
                      : o->anneal;

    return (double)step >= ramp ? o->beta : o->beta * (double)step / ramp;
}

enum rec_vae_half rec_vae_half(const struct rec_vae *t)
{
    if (!t->opt.shape.composite) {
        return REC_VAE_BOTH;
    }
    return t->epoch % (ENCODER_EPOCHS + 1) < ENCODER_EPOCHS ? REC_VAE_ENCODER
                                                            : REC_VAE_DECODER;
}

/* Of a decoder that is trained alone. */
static uint64_t decoder_steps(const struct rec_vae *t)
{
    uint64_t whole = t->epoch / (ENCODER_EPOCHS + 1) * t->batches;

    return rec_vae_half(t) == REC_VAE_DECODER ? whole + t->next : whole;
}

uint64_t rec_vae_encoder_steps(const struct rec_vae *t)
{
    return t->opt.shape.composite ? t->step - decoder_steps(t) : t->step;
}

/* Do the steps up to TO that ITEM's row of the weights of LAYER, the first or
   the last, has missed, whose gradients are zero. */
static void catch_up(struct rec_vae *t, int layer, uint32_t item, uint64_t to)
{
    const struct rec_vae_layer *y = &t->net.layer[layer];
    size_t n = layer == 0 ? y->out : y->in, at = item * n;
    float *w = y->w, *m = t->m.layer[layer].w, *v = t->v.layer[layer].w;
    uint64_t *last = layer == 0 ? t->last : t->last_out, s = last[item];

    last[item] = to;
    if (s == 0 && t->opt.decay <= 0) {
        return; /* all moments are zero, so nothing would move */
    }
    while (++s <= to) {
        rec_adam_step(&t->adam, REC_F32, s, t->opt.decay, n, w + at, m + at,
                      v + at, NULL);
    }
}

void rec_vae_flush(struct rec_vae *t)
{
    uint64_t to = rec_vae_encoder_steps(t);
    int threads = rec_vae_threads(
        t->opt.threads, t->opt.shape.items * t->net.layer[0].out);

#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (uint32_t i = 0; i < t->opt.shape.items; i++) {
        catch_up(t, 0, i, to);
        if (t->last_out) {
            catch_up(t, t->net.layers - 1, i, to);
        }
    }
}

/* Take a gradient: the step of Adam. */
static void descend(void *ctx, int layer, int part, size_t first, size_t n,
                    const void *grad)
{
    struct rec_vae *t = ctx;
    float *w = *rec_vae_part(&t->net.layer[layer], part);
    float *m = *rec_vae_part(&t->m.layer[layer], part);
    float *v = *rec_vae_part(&t->v.layer[layer], part);
    double decay = part == 0 ? t->opt.decay : 0;
    int threads = rec_vae_threads(t->opt.threads, n), end = t->net.layers - 1;
    const float *g = grad;

    if (part == 0 && (layer == 0 || (t->last_out && layer == end))) {
        /* A row; we are in a thread already. */
        rec_adam_step(&t->adam, REC_F32, t->now, decay, n, w + first,
                      m + first, v + first, g);
        (layer == 0 ? t->last : t->last_out)[first / n] = t->now;
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t k = 0; k < n; k += CHUNK) {
        size_t at = first + k;

        rec_adam_step(&t->adam, REC_F32, t->now, decay,
                      n - k < CHUNK ? n - k : CHUNK, w + at, m + at, v + at,
                      g + k);
    }
}

/* Bring the rows that the batch uses up to date. */
static void catch_up_batch(struct rec_vae *t)
{
    uint64_t to = rec_vae_encoder_steps(t);
    int threads = rec_vae_threads(t->opt.threads,
                                  t->batch.n_items * t->net.layer[0].out);

#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t s = 0; s < t->batch.n_items; s++) {
        catch_up(t, 0, t->batch.items[s], to);
    }
    if (t->last_out) {
        const struct rec_vae_batch *rest = &t->sampled.rest;
        size_t n = t->sampled.n + rest->n_items;

        threads = rec_vae_threads(t->opt.threads,
                                  n * t->net.layer[t->net.layers - 1].in);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
        for (size_t k = 0; k < n; k++) {
            catch_up(t, t->net.layers - 1,
                     k < t->sampled.n ? t->sampled.item[k]
                                      : rest->items[k - t->sampled.n],
                     to);
        }
    }
}

/* What the old encoder makes of the batch; while the decoder is trained, it is
   the encoder itself. */
static void encode_old(struct rec_vae *t)
{
    size_t ld;

    t->work.old = NULL;
    if (rec_vae_half(t) == REC_VAE_ENCODER) {
        rec_vae_encode(&t->old, &t->whole, &t->old_work, t->opt.threads,
                       &t->work.old, &ld);
    }
}

int rec_vae_update(struct rec_vae *t, struct rec_error *err)
{
    struct rec_vae_loss loss = {t->opt.likelihood, t->opt.confidence,
                                rec_vae_beta(t, t->step + 1), REC_VAE_MIX};
    struct rec_vae_sink sink = {descend, t, rec_vae_half(t)};
    double nll = 0, kl = 0;
    int rc = rec_vae_batch_turn(&t->batch, err);

    if (rc == 0 && t->last_out) {
        rc = rec_vae_sampled_draw(&t->net, &t->sampled, &t->batch, t->opt.seed,
                                  t->step, err);
    }
    if (rc != 0) {
        return rc;
    }
    catch_up_batch(t);
    encode_old(t);
    rec_vae_forward(&t->net, &t->batch, &t->work, &loss, t->opt.threads);
    for (size_t r = 0; r < t->batch.rows; r++) {
        nll += t->work.nll[r];
        kl += t->work.kl[r];
    }
    if (!isfinite(nll) || !isfinite(kl)) {
        return rec_fail(err, REC_ENUMERIC,
                        "epoch %zu, batch %zu of %zu: the loss is not a number "
                        "any more; a rate below %g is the remedy",
                        t->epoch + 1, t->next + 1, t->batches, t->opt.rate);
    }
    t->nll += nll;
    t->kl += kl;
    t->now = 1 + (sink.only == REC_VAE_DECODER ? decoder_steps(t)
                                               : rec_vae_encoder_steps(t));
    t->step++;
    rec_vae_backward(&t->net, &t->batch, &t->work, &loss, &sink,
                     t->opt.threads);
    return 0;
}
