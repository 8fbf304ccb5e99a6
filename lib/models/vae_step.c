/* SPDX-License-Identifier: MIT */
/* Forward and backward through the autoencoder. Rows of a batch, items of the
   first layer and pieces of columns are dealt to threads; every sum is made by
   one thread in a fixed order, but for those inside BLAS. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/blas.h"
#include "models/vae_private.h"

enum {
    TILE = 4096, /* items whose gradients are made before they are used */
    STRIP = 512  /* columns summed at a time */
};

/* ---- room ------------------------------------------------------------ */

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The widest layer but the last, and the most numbers of a gradient. */
static void measure(const struct rec_vae_net *net, size_t *width, size_t *grad)
{
    const struct rec_vae_layer *end = &net->layer[net->layers - 1];

    *width = end->in;
    *grad = most(end->in * (end->out < TILE ? end->out : TILE), end->out);
    for (int l = 0; l < net->layers - 1; l++) {
        *width = most(*width, net->layer[l].out);
        *grad = most(*grad, 2 * net->layer[l].out);
        if (l > 0) {
            *grad = most(*grad, rec_vae_part_size(&net->layer[l], 0));
        }
    }
}

double rec_vae_work_bytes(const struct rec_vae_net *net, size_t rows,
                          size_t logits)
{
    double size = (double)rec_dtype_size(net->dtype), n = (double)logits;
    size_t width, grad;

    measure(net, &width, &grad);
    for (int l = 0; l < net->layers - 1; l++) {
        int dense = net->layer[l].active == REC_VAE_DENSE;

        n += (double)(net->layer[l].out << dense) + 4 * dense;
    }
    n += (double)net->shape.latent
         + (net->shape.composite ? 3 : 2) * (double)width;
    return (n * (double)rows + (double)grad) * size + 16.0 * (double)rows;
}

int rec_vae_work_init(struct rec_vae_work *w, const struct rec_vae_net *net,
                      size_t rows, int threads,
                      struct rec_vae_sampled *sampled, struct rec_error *err)
{
    size_t size = rec_dtype_size(net->dtype), width, grad;
    size_t logits = sampled ? sampled->width : net->shape.items;
    int ok = 1;

    memset(w, 0, sizeof *w);
    w->rows = rows;
    w->sampled = sampled;
    measure(net, &width, &grad);
    for (int l = 0; l < net->layers - 1; l++) {
        w->act[l] = rec_alloc64(rows * net->layer[l].out, size);
        ok &= w->act[l] != NULL;
        if (net->layer[l].active == REC_VAE_DENSE) {
            w->pre[l] = rec_alloc64(rows * net->layer[l].out, size);
            w->stat[l] = rec_alloc(rows * 2, sizeof *w->stat[l]);
            ok &= w->pre[l] && w->stat[l];
        }
    }
    if (net->shape.composite) {
        w->skip = rec_alloc64(rows * width, size);
        ok &= w->skip != NULL;
    }
    if (threads > 0) {
        w->z = rec_alloc64(rows * net->shape.latent, size);
        w->back[0] = rec_alloc64(rows * width, size);
        w->back[1] = rec_alloc64(rows * width, size);
        w->logits = rec_alloc64(rows * logits, size);
        w->grad = rec_alloc64(grad, size);
        w->own = rec_alloc64((size_t)threads
                                 * most(net->layer[0].out,
                                        net->layer[net->layers - 1].in),
                             size);
        w->nll = rec_alloc(rows, sizeof *w->nll);
        w->kl = rec_alloc(rows, sizeof *w->kl);
        ok &= w->z && w->back[0] && w->back[1] && w->logits && w->grad
              && w->own && w->nll && w->kl;
    }
    if (!ok) {
        rec_vae_work_release(w);
        return rec_fail_nomem(err);
    }
    return 0;
}

void rec_vae_work_release(struct rec_vae_work *w)
{
    for (int l = 0; l < REC_VAE_MAX_LAYERS; l++) {
        free(w->act[l]);
        free(w->pre[l]);
        free(w->stat[l]);
    }
    free(w->skip);
    free(w->z);
    free(w->back[0]);
    free(w->back[1]);
    free(w->logits);
    free(w->grad);
    free(w->own);
    free(w->nll);
    free(w->kl);
    memset(w, 0, sizeof *w);
}

/* ---- forward --------------------------------------------------------- */

static void first_layer(const struct rec_vae_net *net,
                        const struct rec_vae_batch *b, struct rec_vae_work *w,
                        int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[0];
    void *out = y->active == REC_VAE_DENSE ? w->pre[0] : w->act[0];

    threads = rec_vae_threads(threads, b->start[b->rows] * y->out);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (size_t r = 0; r < b->rows; r++) {
        void *h = rec_vae_at(net->dtype, out, r * y->out);

        k->sum_rows(y->w, y->out, b->item + b->start[r],
                    b->value + b->start[r], b->start[r + 1] - b->start[r],
                    y->b, h);
        k->activate(h, NULL, y->out, y->active == REC_VAE_TANH);
    }
}

static void inner_layer(const struct rec_vae_net *net, int l, const void *in,
                        size_t ld, size_t rows, struct rec_vae_work *w,
                        int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[l];
    void *out = y->active == REC_VAE_DENSE ? w->pre[l] : w->act[l];
    int some = rec_vae_threads(threads, rows * y->out);

    rec_gemm(net->dtype, 0, 0, rows, y->out, y->in, 1, in, ld, y->w, y->out, 0,
             out, y->out);
#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t r = 0; r < rows; r++) {
        k->activate(rec_vae_at(net->dtype, out, r * y->out), y->b, y->out,
                    y->active == REC_VAE_TANH);
    }
    if (y->active == REC_VAE_DENSE) {
        rec_vae_dense(net, l, rows, w, threads);
    }
}

void rec_vae_encode(const struct rec_vae_net *net,
                    const struct rec_vae_batch *b, struct rec_vae_work *w,
                    int threads, const void **z, size_t *ld)
{
    int last = net->encoder - 1;

    first_layer(net, b, w, threads);
    if (net->layer[0].active == REC_VAE_DENSE) {
        rec_vae_dense(net, 0, b->rows, w, threads);
    }
    for (int l = 1; l <= last; l++) {
        inner_layer(net, l, w->act[l - 1], net->layer[l].in, b->rows, w,
                    threads);
    }
    *z = w->act[last];
    *ld = net->layer[last].out;
}

/* The input of the last layer, from Z. */
static const void *decode_hidden(const struct rec_vae_net *net, const void *z,
                                 size_t *ld, size_t rows,
                                 struct rec_vae_work *w, int threads)
{
    for (int l = net->encoder; l < net->layers - 1; l++) {
        inner_layer(net, l, z, *ld, rows, w, threads);
        z = w->act[l];
        *ld = net->layer[l].out;
    }
    return z;
}

void rec_vae_decode(const struct rec_vae_net *net, const void *z, size_t ld,
                    size_t rows, struct rec_vae_work *w, int threads, void *f)
{
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    const void *in = decode_hidden(net, z, &ld, rows, w, threads);

    rec_gemm(net->dtype, 0, 1, rows, y->out, y->in, 1, in, ld, y->w, y->in, 0,
             f, y->out);
}

void rec_vae_add_bias(const struct rec_vae_net *net, size_t rows, int threads,
                      void *f)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];

    threads = rec_vae_threads(threads, rows * y->out);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < rows; r++) {
        k->activate(rec_vae_at(net->dtype, f, r * y->out), y->b, y->out, 0);
    }
}

/* z of all rows, and their KL. */
static void sample(const struct rec_vae_net *net, const struct rec_vae_batch *b,
                   struct rec_vae_work *w, const void *mulv, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    size_t n = net->shape.latent;

    threads = rec_vae_threads(threads, b->rows * n * 16);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < b->rows; r++) {
        w->kl[r] = k->sample(rec_vae_at(net->dtype, mulv, r * 2 * n),
                             rec_vae_at(net->dtype, b->eps, r * n), n,
                             rec_vae_at(net->dtype, w->z, r * n));
    }
}

void rec_vae_forward(const struct rec_vae_net *net,
                     const struct rec_vae_batch *b, struct rec_vae_work *w,
                     const struct rec_vae_loss *loss, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    const void *z;
    size_t ld;

    rec_vae_encode(net, b, w, threads, &z, &ld);
    if (net->shape.dae) {
        memset(w->kl, 0, b->rows * sizeof *w->kl);
    } else {
        if (net->shape.composite) {
            rec_vae_composite(net, b, w, loss, z, threads);
        } else {
            sample(net, b, w, z, threads);
        }
        z = w->z;
        ld = net->shape.latent;
    }
    if (w->sampled) {
        z = decode_hidden(net, z, &ld, b->rows, w, threads);
        rec_vae_sampled_forward(net, b, w, loss, z, threads);
        return;
    }
    rec_vae_decode(net, z, ld, b->rows, w, threads, w->logits);
    threads = rec_vae_threads(threads, b->rows * y->out);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (size_t r = 0; r < b->rows; r++) {
        size_t at, n = rec_vae_target(b, r, &at);

        w->nll[r] = k->loss(
            loss, rec_vae_at(net->dtype, w->logits, r * y->out), y->b, y->out,
            b->x->item + at, b->binary || !b->x->weight ? NULL
                                                        : b->x->weight + at,
            n, 1 / (double)b->rows);
    }
}

/* ---- backward -------------------------------------------------------- */

/* What layer L > 0 had as input. */
static const void *input_of(const struct rec_vae_net *net,
                            const struct rec_vae_work *w, int l)
{
    return l == net->encoder && !net->shape.dae ? w->z : w->act[l - 1];
}

void rec_vae_column_sums(const struct rec_vae_net *net, const void *g,
                         size_t rows, size_t n, void *to, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);

    threads = rec_vae_threads(threads, rows * n);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t c = 0; c < n; c += STRIP) {
        k->column_sums(rec_vae_at(net->dtype, g, c), rows, n,
                       n - c < STRIP ? n - c : STRIP,
                       rec_vae_at(net->dtype, to, c));
    }
}

/* The gradient of the bias of layer L from that of its output G. */
static void bias_back(const struct rec_vae_net *net, int l, const void *g,
                      size_t rows, struct rec_vae_work *w,
                      const struct rec_vae_sink *sink, int threads)
{
    size_t n = net->layer[l].out;

    rec_vae_column_sums(net, g, rows, n, w->grad, threads);
    sink->take(sink->ctx, l, 1, 0, n, w->grad);
}

/* The last layer: its gradients by tiles of items, that of its input into
   w->back[0]. */
static void last_back(const struct rec_vae_net *net, size_t rows,
                      struct rec_vae_work *w, const struct rec_vae_sink *sink,
                      int threads)
{
    int l = net->layers - 1;
    const struct rec_vae_layer *y = &net->layer[l];
    const void *h = input_of(net, w, l);

    if (w->sampled) {
        rec_vae_sampled_back(net, rows, w, h, sink, threads);
        return;
    }
    if (sink->only != REC_VAE_DECODER) {
        rec_gemm(net->dtype, 0, 0, rows, y->in, y->out, 1, w->logits, y->out,
                 y->w, y->in, 0, w->back[0], y->in);
    }
    if (sink->only == REC_VAE_ENCODER) {
        return;
    }
    for (size_t i = 0; i < y->out; i += TILE) {
        size_t n = y->out - i < TILE ? y->out - i : TILE;

        rec_gemm(net->dtype, 1, 0, n, y->in, rows, 1,
                 rec_vae_at(net->dtype, w->logits, i), y->out, h, y->in, 0,
                 w->grad, y->in);
        sink->take(sink->ctx, l, 0, i * y->in, n * y->in, w->grad);
    }
    bias_back(net, l, w->logits, rows, w, sink, threads);
}

/* From the gradient by z, in w->back[0], to that by [mu | lv] in w->back[1]. */
static void sample_back(const struct rec_vae_net *net,
                        const struct rec_vae_batch *b, struct rec_vae_work *w,
                        const struct rec_vae_loss *loss, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    size_t n = net->shape.latent;
    const void *mulv = w->act[net->encoder - 1];

    threads = rec_vae_threads(threads, b->rows * n * 16);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < b->rows; r++) {
        k->sample_back(rec_vae_at(net->dtype, mulv, r * 2 * n),
                       rec_vae_at(net->dtype, b->eps, r * n),
                       rec_vae_at(net->dtype, w->back[0], r * n), n,
                       loss->beta / (double)b->rows,
                       rec_vae_at(net->dtype, w->back[1], r * 2 * n));
    }
}

/* From the gradient by z, in w->back[0], to that by what the encoder gave. */
static void latent_back(const struct rec_vae_net *net,
                        const struct rec_vae_batch *b, struct rec_vae_work *w,
                        const struct rec_vae_loss *loss, int threads)
{
    void *t = w->back[0];

    if (net->shape.dae) {
        return;
    }
    if (net->shape.composite) {
        rec_vae_composite_back(net, b, w, loss, w->act[net->encoder - 1],
                               threads);
    } else {
        sample_back(net, b, w, loss, threads);
    }
    w->back[0] = w->back[1];
    w->back[1] = t;
}

/* A layer between the first and the last: w->back[0] is the gradient of its
   output, and then of its input. */
static void inner_back(const struct rec_vae_net *net, int l, size_t rows,
                       struct rec_vae_work *w, const struct rec_vae_sink *sink,
                       int threads)
{
    const struct rec_vae_layer *y = &net->layer[l];
    void *g = w->back[0];

    rec_gemm(net->dtype, 0, 1, rows, y->in, y->out, 1, g, y->out, y->w, y->out,
             0, w->back[1], y->in);
    rec_gemm(net->dtype, 1, 0, y->in, y->out, rows, 1, input_of(net, w, l),
             y->in, g, y->out, 0, w->grad, y->out);
    sink->take(sink->ctx, l, 0, 0, y->in * y->out, w->grad);
    bias_back(net, l, g, rows, w, sink, threads);
    w->back[0] = w->back[1];
    w->back[1] = g;
}

/* The first layer: a row of W per item of the batch. */
static void first_back(const struct rec_vae_net *net,
                       const struct rec_vae_batch *b, struct rec_vae_work *w,
                       const struct rec_vae_sink *sink, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    size_t n = net->layer[0].out;

    threads = rec_vae_threads(threads, b->start[b->rows] * n);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t s = 0; s < b->n_items; s++) {
        void *own = rec_vae_at(net->dtype, w->own, (size_t)rec_thread() * n);

        k->sum_rows(w->back[0], n, b->row + b->at[s], b->row_value + b->at[s],
                    b->at[s + 1] - b->at[s], NULL, own);
        sink->take(sink->ctx, 0, 0, b->items[s] * n, n, own);
    }
    bias_back(net, 0, w->back[0], b->rows, w, sink, threads);
}

void rec_vae_backward(const struct rec_vae_net *net,
                      const struct rec_vae_batch *b, struct rec_vae_work *w,
                      const struct rec_vae_loss *loss,
                      const struct rec_vae_sink *sink, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);

    last_back(net, b->rows, w, sink, threads);
    if (sink->only == REC_VAE_DECODER) {
        return; /* that was all of it */
    }
    for (int l = net->layers - 2; l >= 0; l--) {
        const struct rec_vae_layer *y = &net->layer[l];

        if (l == net->encoder - 1) {
            latent_back(net, b, w, loss, threads);
        }
        if (y->active == REC_VAE_TANH) {
            k->tanh_back(w->back[0], w->act[l], b->rows * y->out);
        } else if (y->active == REC_VAE_DENSE) {
            rec_vae_dense_back(net, l, b->rows, w, sink, threads);
        }
        if (l > 0) {
            inner_back(net, l, b->rows, w, sink, threads);
        } else {
            first_back(net, b, w, sink, threads);
        }
    }
}
