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
    net->layers = 2 * half;
    for (int l = 0; l < half; l++) {
        size_t outer = l == 0 ? shape->items : shape->hidden[l - 1];
        size_t inner = l == half - 1 ? shape->latent : shape->hidden[l];
        struct rec_vae_layer *e = &net->layer[l];
        struct rec_vae_layer *d = &net->layer[net->layers - 1 - l];
        int two = l == half - 1 && !shape->dae; /* mean and variance */

        *e = (struct rec_vae_layer){outer, inner << two, !two, NULL, NULL};
        *d = (struct rec_vae_layer){inner, outer, l > 0, NULL, NULL};
    }
}

size_t rec_vae_part_size(const struct rec_vae_layer *l, int part)
{
    return part ? l->out : l->in * l->out;
}

int rec_vae_net_init(struct rec_vae_net *net, const struct rec_vae_shape *shape,
                     enum rec_dtype dtype, struct rec_error *err)
{
    rec_vae_net_describe(net, shape, dtype);
    for (int l = 0; l < net->layers; l++) {
        for (int part = 0; part < 2; part++) {
            size_t n = rec_vae_part_size(&net->layer[l], part);
            void *p = rec_alloc64(n, rec_dtype_size(dtype));

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

void rec_vae_net_release(struct rec_vae_net *net)
{
    for (int l = 0; l < net->layers; l++) {
        free(net->layer[l].w);
        free(net->layer[l].b);
    }
    memset(net, 0, sizeof *net);
}

void rec_vae_net_copy(struct rec_vae_net *to, const struct rec_vae_net *from)
{
    for (int l = 0; l < to->layers; l++) {
        const struct rec_vae_layer *f = &from->layer[l];
        size_t size = rec_dtype_size(from->dtype);

        memcpy(to->layer[l].w, f->w, rec_vae_part_size(f, 0) * size);
        memcpy(to->layer[l].b, f->b, rec_vae_part_size(f, 1) * size);
    }
}

void rec_vae_part_name(const struct rec_vae_net *net, int layer, int part,
                       char name[REC_NAME + 1])
{
    unsigned half = (unsigned)net->layers / 2, l = (unsigned)layer;

    snprintf(name, REC_NAME + 1, "%s-%u%s", l < half ? "encoder" : "decoder",
             (l % half + 1) % 100, part ? "-bias" : "");
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
        }
        for (size_t i = 0; i < y->in * y->out; i++) {
            put(net->dtype, y->w, i, limit * (2 * rec_rng_unit(&r) - 1));
        }
    }
}
