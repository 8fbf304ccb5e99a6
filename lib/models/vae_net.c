/* SPDX-License-Identifier: MIT */
/* The network of the autoencoder: its layers and their first values. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "models/vae_private.h"

void rec_vae_net_describe(struct rec_vae_net *net,
                          const struct rec_vae_shape *shape,
                          enum rec_dtype dtype)
{
    int half = shape->n_hidden + 1;

    memset(net, 0, sizeof *net);
    net->shape = *shape;
    net->dtype = dtype;
    net->encoder = half;
    net->layers = shape->composite ? half + 1 : 2 * half;
    for (int l = 0; l < half; l++) {
        size_t outer = l == 0 ? shape->items : shape->hidden[l - 1];
        size_t inner = l == half - 1 ? shape->latent : shape->hidden[l];
        struct rec_vae_layer *e = &net->layer[l];
        struct rec_vae_layer *d = &net->layer[net->layers - 1 - l];
        int two = l == half - 1 && !shape->dae; /* mean and variance */

        e->in = outer;
        e->out = inner << two;
        e->active = two                ? REC_VAE_LINEAR
                    : shape->composite ? REC_VAE_DENSE
                                       : REC_VAE_TANH;
        if (!shape->composite) {
            d->in = inner;
            d->out = outer;
            d->active = l > 0 ? REC_VAE_TANH : REC_VAE_LINEAR;
        }
    }
    if (shape->composite) {
        net->layer[half].in = shape->latent;
        net->layer[half].out = shape->items;
    }
}

size_t rec_vae_part_size(const struct rec_vae_layer *l, int part)
{
    if (part == 0) {
        return l->in * l->out;
    }
    return part == 1 || l->active == REC_VAE_DENSE ? l->out : 0;
}

int rec_vae_net_init_some(struct rec_vae_net *net,
                          const struct rec_vae_shape *shape,
                          enum rec_dtype dtype, int layers,
                          struct rec_error *err)
{
    rec_vae_net_describe(net, shape, dtype);
    for (int l = 0; l < layers; l++) {
        for (int part = 0; part < REC_VAE_PARTS; part++) {
            size_t n = rec_vae_part_size(&net->layer[l], part);
            void *p;

            if (part > 1 && net->layer[l].active != REC_VAE_DENSE) {
                break;
            }
            p = rec_alloc64(n, rec_dtype_size(dtype));
            if (!p) {
                rec_vae_net_release(net);
                return rec_fail_nomem(err);
            }
            memset(p, 0, n * rec_dtype_size(dtype));
            *rec_vae_part(&net->layer[l], part) = p;
        }
    }
    return 0;
}

int rec_vae_net_init(struct rec_vae_net *net, const struct rec_vae_shape *shape,
                     enum rec_dtype dtype, struct rec_error *err)
{
    rec_vae_net_describe(net, shape, dtype);
    return rec_vae_net_init_some(net, shape, dtype, net->layers, err);
}

void rec_vae_net_release(struct rec_vae_net *net)
{
    for (int l = 0; l < net->layers; l++) {
        for (int part = 0; part < REC_VAE_PARTS; part++) {
            free(*rec_vae_part(&net->layer[l], part));
        }
    }
    memset(net, 0, sizeof *net);
}

void rec_vae_net_copy(struct rec_vae_net *to, const struct rec_vae_net *from)
{
    for (int l = 0; l < to->layers; l++) {
        for (int part = 0; part < REC_VAE_PARTS; part++) {
            struct rec_vae_layer f = from->layer[l];
            void *p = *rec_vae_part(&to->layer[l], part);
            const void *q = *rec_vae_part(&f, part);
            size_t n = rec_vae_part_size(&f, part);

            if (p && q) {
                memcpy(p, q, n * rec_dtype_size(from->dtype));
            }
        }
    }
}

void rec_vae_part_name(const struct rec_vae_net *net, int layer, int part,
                       char name[REC_NAME + 1])
{
    static const char *const end[REC_VAE_PARTS] = {"", "-bias", "-gain",
                                                   "-base"};
    unsigned half = (unsigned)net->encoder, l = (unsigned)layer;

    snprintf(name, REC_NAME + 1, "%s-%u%s", l < half ? "encoder" : "decoder",
             (l % half + 1) % 100, end[part]);
}

int rec_vae_net_visit(const struct rec_vae_net *net, const char *prefix,
                      rec_vae_visit *visit, void *ctx, struct rec_error *err)
{
    int rc = 0;

    for (int k = 0; k < net->layers * REC_VAE_PARTS && rc == 0; k++) {
        int l = k / REC_VAE_PARTS, part = k % REC_VAE_PARTS;
        struct rec_vae_layer y = net->layer[l];
        char base[REC_NAME + 1], name[2 * REC_NAME];

        if (*rec_vae_part(&y, part)) {
            rec_vae_part_name(net, l, part, base);
            snprintf(name, sizeof name, "%s%s", prefix, base);
            rc = visit(ctx, name, *rec_vae_part(&y, part),
                       rec_vae_part_size(&y, part), err);
        }
    }
    return rc;
}

static int write_array(void *ctx, const char *name, void *array, size_t n,
                       struct rec_error *err)
{
    return rec_stream_write(ctx, REC_BLOCK_ARRAY, name, REC_F32, array,
                            n * sizeof(float), err);
}

int rec_vae_net_write(const struct rec_vae_net *net, const char *prefix,
                      struct rec_stream_writer *w, struct rec_error *err)
{
    return rec_vae_net_visit(net, prefix, write_array, w, err);
}

/* ---- the first values ------------------------------------------------ */

static void put(enum rec_dtype dtype, void *p, size_t i, double value)
{
    if (dtype == REC_F64) {
        ((double *)p)[i] = value;
    } else {
        ((float *)p)[i] = (float)value;
    }
}

/* Normal and cut at two deviations, by rejection. */
static double cut_normal(struct rec_rng *r)
{
    double x, accept;

    do {
        x = 4 * rec_rng_unit(r) - 2;
        accept = exp(-x * x / 2);
    } while (rec_rng_unit(r) >= accept);
    return x;
}

void rec_vae_net_draw(struct rec_vae_net *net, uint64_t seed)
{
    for (int l = 0; l < net->layers; l++) {
        struct rec_vae_layer *y = &net->layer[l];
        double limit = sqrt(6.0 / (double)(y->in + y->out));
        uint64_t key[2] = {seed, (uint64_t)l};
        struct rec_rng r;

        rec_rng_init(&r, rec_hash_id(key, sizeof key));
        for (size_t i = 0; i < y->out; i++) {
            put(net->dtype, y->b, i, 0.001 * cut_normal(&r));
            if (y->gain) {
                put(net->dtype, y->gain, i, 1);
                put(net->dtype, y->base, i, 0);
            }
        }
        for (size_t i = 0; i < y->in * y->out; i++) {
            put(net->dtype, y->w, i, limit * (2 * rec_rng_unit(&r) - 1));
        }
    }
}
