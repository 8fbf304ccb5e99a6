/* SPDX-License-Identifier: MIT */
/* The parameters of AMP-CF: their shape, room and random start. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "models/amp_private.h"

static void describe(struct amp_net *n, const struct rec_amp_shape *s)
{
    int maps = s->attention == REC_AMP_COSINE;

    memset(n, 0, sizeof *n);
    n->shape = *s;
    n->ld = amp_round(s->dim + (s->bias != 0), AMP_LANES);
    n->lda = maps ? amp_round(s->project, AMP_LANES) : 0;
    n->size[AMP_ITEM] = s->items * n->ld;
    n->size[AMP_USER_MAP] = n->size[AMP_ITEM_MAP] = maps ? s->project * n->ld
                                                         : 0;
    n->size[AMP_USER_BASE] = n->size[AMP_ITEM_BASE] = n->lda;
}

int amp_net_init(struct amp_net *n, const struct rec_amp_shape *shape,
                 struct rec_error *err)
{
    float *at;

    describe(n, shape);
    at = rec_alloc64(amp_net_numbers(n), sizeof *at);
    if (!at) {
        return rec_fail_nomem(err);
    }
    memset(at, 0, amp_net_numbers(n) * sizeof *at);
    for (int p = 0; p < AMP_PARTS; p++) {
        n->part[p] = at;
        at += n->size[p];
    }
    return 0;
}

void amp_net_release(struct amp_net *n)
{
    free(n->part[0]);
    memset(n, 0, sizeof *n);
}

size_t amp_net_numbers(const struct amp_net *n)
{
    size_t sum = 0;

    for (int p = 0; p < AMP_PARTS; p++) {
        sum += n->size[p];
    }
    return sum;
}

void amp_net_copy(struct amp_net *to, const struct amp_net *from)
{
    memcpy(to->part[0], from->part[0],
           amp_net_numbers(from) * sizeof *to->part[0]);
}

/* By the method of Box and Muller. */
void amp_normal(uint64_t seed, uint64_t key, double sd, float *out, size_t n)
{
    uint64_t keys[2] = {seed, key};
    struct rec_rng rng;

    rec_rng_init(&rng, rec_hash_id(keys, sizeof keys));
    for (size_t i = 0; i < n; i++) {
        double r = sqrt(-2 * log(1 - rec_rng_unit(&rng)));

        out[i] = (float)(sd * r * cos(2 * 3.14159265358979323846
                                      * rec_rng_unit(&rng)));
    }
}

void amp_net_draw(struct amp_net *n, uint64_t seed)
{
    const struct rec_amp_shape *s = &n->shape;
    double sd = sqrt(2.0 / ((double)s->items + s->dim));
    double map = sqrt(2.0 / ((double)s->project + s->dim));
    uint64_t key = (uint64_t)1 << 40; /* users have the keys below */

    for (uint32_t i = 0; i < s->items; i++) {
        amp_normal(seed, key++, sd, n->part[AMP_ITEM] + i * n->ld, s->dim);
    }
    for (uint32_t i = 0; i < s->project && n->lda > 0; i++) {
        amp_normal(seed, key++, map, n->part[AMP_USER_MAP] + i * n->ld,
                   s->dim);
        amp_normal(seed, key++, map, n->part[AMP_ITEM_MAP] + i * n->ld,
                   s->dim);
    }
}

size_t amp_personas(const struct rec_amp_shape *s, size_t n)
{
    size_t per = s->per_persona > 0 ? s->per_persona : 1;
    size_t k = (n + per - 1) / per;

    return k < s->personas ? k : s->personas;
}

void amp_turn(const struct amp_net *net, enum amp_part map, float *turned)
{
    for (size_t k = 0; k < net->ld; k++) {
        for (size_t i = 0; i < net->lda; i++) {
            turned[k * net->lda + i] =
                i < net->shape.project ? net->part[map][i * net->ld + k] : 0;
        }
    }
}

void amp_map_rows(const struct amp_net *net, const float *turned,
                  const float *base, const float *w, size_t n, float *out,
                  float *norm)
{
    struct amp_product p = {n,      net->lda, net->ld, w,   net->ld,
                            1,      turned,   net->lda, out, net->lda,
                            1};

    for (size_t r = 0; r < n; r++) {
        memcpy(out + r * net->lda, base, net->lda * sizeof *out);
    }
    amp_multiply(&p);
    for (size_t r = 0; r < n; r++) {
        float *row = out + r * net->lda;
        float length = sqrtf(amp_dot(row, row, net->lda) + 1e-8f);

        for (size_t i = 0; i < net->lda; i++) {
            row[i] /= length;
        }
        if (norm) {
            norm[r] = length;
        }
    }
}
