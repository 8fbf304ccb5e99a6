/* SPDX-License-Identifier: MIT */
/* RecVAE (Shenbin, Alekseev, Tutubalina, Malykh and Nikolenko, WSDM 2020): the
   densely connected layers of its encoder and its composite prior, forward and
   backward. The rest is that of any autoencoder here. */
#include <config.h>

#include <math.h>

#include "math/fastexp.h"
#include "models/vae_private.h"

#define NORM_EPS 0.1 /* added to the variance: the authors' choice */
#define LARGEST 20   /* log-variances beyond are taken as this */
#define WIDE 10.0    /* the log-variance of the third prior */

struct kernels { /* see the include */
    void (*dense)(void *s, void *skip, int first, const void *gain,
                  const void *base, size_t n, void *h, double *stat);
    void (*norm_back)(const void *s, const double *stat, const void *later,
                      int last, size_t n, void *g, void *gx);
    void (*dense_back)(const void *s, const double *stat, const void *gain,
                       void *later, int last, size_t n, void *g,
                       const void *gx);
    double (*draw)(const double *mix, const void *mulv, const void *old,
                   const void *eps, size_t n, void *z);
    void (*draw_back)(const double *mix, const void *mulv, const void *old,
                      const void *eps, const void *z, const void *gz, size_t n,
                      double scale, void *to);
};

#define REAL float
#define FN(name) name##_single
#define EXP rec_fast_exp
#include "models/vae_recvae_real.inc"
#undef REAL
#undef FN
#undef EXP
#define REAL double
#define FN(name) name##_double
#define EXP exp
#include "models/vae_recvae_real.inc"
#undef REAL
#undef FN
#undef EXP

static const struct kernels *kernels(const struct rec_vae_net *net)
{
    return net->dtype == REC_F64 ? &kernels_double : &kernels_single;
}

/* ---- dense layers ----------------------------------------------------- */

void rec_vae_dense(const struct rec_vae_net *net, int l, size_t rows,
                   struct rec_vae_work *w, int threads)
{
    const struct kernels *k = kernels(net);
    const struct rec_vae_layer *y = &net->layer[l];
    size_t n = y->out;

    threads = rec_vae_threads(threads, rows * n * 8);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < rows; r++) {
        k->dense(rec_vae_at(net->dtype, w->pre[l], r * n),
                 rec_vae_at(net->dtype, w->skip, r * n), l == 0, y->gain,
                 y->base, n, rec_vae_at(net->dtype, w->act[l], r * n),
                 w->stat[l] + 2 * r);
    }
}

void rec_vae_dense_back(const struct rec_vae_net *net, int l, size_t rows,
                        struct rec_vae_work *w, const struct rec_vae_sink *sink,
                        int threads)
{
    const struct kernels *k = kernels(net);
    const struct rec_vae_layer *y = &net->layer[l];
    size_t n = y->out;
    int last = l == net->encoder - 2;
    int some = rec_vae_threads(threads, rows * n * 8);
    void *by_base = rec_vae_at(net->dtype, w->grad, n);

#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t r = 0; r < rows; r++) {
        k->norm_back(rec_vae_at(net->dtype, w->pre[l], r * n),
                     w->stat[l] + 2 * r,
                     rec_vae_at(net->dtype, w->skip, r * n), last, n,
                     rec_vae_at(net->dtype, w->back[0], r * n),
                     rec_vae_at(net->dtype, w->back[1], r * n));
    }
    rec_vae_column_sums(net, w->back[1], rows, n, w->grad, threads);
    rec_vae_column_sums(net, w->back[0], rows, n, by_base, threads);
#pragma omp parallel for num_threads(some) schedule(static)
    for (size_t r = 0; r < rows; r++) {
        k->dense_back(rec_vae_at(net->dtype, w->pre[l], r * n),
                      w->stat[l] + 2 * r, y->gain,
                      rec_vae_at(net->dtype, w->skip, r * n), last, n,
                      rec_vae_at(net->dtype, w->back[0], r * n),
                      rec_vae_at(net->dtype, w->back[1], r * n));
    }
    sink->take(sink->ctx, l, 2, 0, n, w->grad);
    sink->take(sink->ctx, l, 3, 0, n, by_base);
}

/* ---- the latent layer ------------------------------------------------- */

/* The sum of row R. */
static double row_sum(const struct rec_vae_batch *b, size_t r)
{
    size_t at, n = rec_vae_target(b, r, &at);
    double sum = 0;

    if (b->binary || !b->x->weight) {
        return (double)n;
    }
    for (size_t e = 0; e < n; e++) {
        sum += (double)b->x->weight[at + e];
    }
    return sum;
}

void rec_vae_composite(const struct rec_vae_net *net,
                       const struct rec_vae_batch *b, struct rec_vae_work *w,
                       const struct rec_vae_loss *loss, const void *mulv,
                       int threads)
{
    const void *old = w->old ? w->old : mulv;
    size_t n = net->shape.latent;

    threads = rec_vae_threads(threads, b->rows * n * 64);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < b->rows; r++) {
        w->kl[r] = row_sum(b, r)
                   * kernels(net)->draw(
                       loss->mix, rec_vae_at(net->dtype, mulv, r * 2 * n),
                       rec_vae_at(net->dtype, old, r * 2 * n),
                       rec_vae_at(net->dtype, b->eps, r * n), n,
                       rec_vae_at(net->dtype, w->z, r * n));
    }
}

void rec_vae_composite_back(const struct rec_vae_net *net,
                            const struct rec_vae_batch *b,
                            struct rec_vae_work *w,
                            const struct rec_vae_loss *loss, const void *mulv,
                            int threads)
{
    const void *old = w->old ? w->old : mulv;
    size_t n = net->shape.latent;

    threads = rec_vae_threads(threads, b->rows * n * 64);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < b->rows; r++) {
        kernels(net)->draw_back(
            loss->mix, rec_vae_at(net->dtype, mulv, r * 2 * n),
            rec_vae_at(net->dtype, old, r * 2 * n),
            rec_vae_at(net->dtype, b->eps, r * n),
            rec_vae_at(net->dtype, w->z, r * n),
            rec_vae_at(net->dtype, w->back[0], r * n), n,
            loss->beta * row_sum(b, r) / (double)b->rows,
            rec_vae_at(net->dtype, w->back[1], r * 2 * n));
    }
}
