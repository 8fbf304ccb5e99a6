/* SPDX-License-Identifier: MIT */
/* The autoencoder as a model: written, loaded, scored. Scores are the logits
   of the decoder at the mean of z. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "models/vae_private.h"

enum { BLOCK = 256 }; /* rows at a time */

struct vae {
    struct rec_vae_net net; /* its arrays are the store's, or lent */
    const struct rec_array *array[REC_VAE_MAX_LAYERS][REC_VAE_PARTS]; /* NULL:
                                                    lent, or none */
    enum rec_vae_likelihood likelihood;
    int weights;
};

/* ---- writing --------------------------------------------------------- */

static int describe(const struct rec_vae *t, struct rec_buf *b,
                    struct rec_error *err)
{
    const struct rec_vae_shape *s = &t->opt.shape;
    int rc = rec_buf_addf(
        b, "dae %d\nprior %d\nlikelihood %d\nepoch %zu\nweights %d\n"
           "latent %lu\nhidden-layers %d\n",
        s->dae, s->composite, (int)t->opt.likelihood,
        t->best ? t->best : t->epoch, t->x->weight && !t->opt.binary,
        (unsigned long)s->latent, s->n_hidden);

    for (int k = 0; k < s->n_hidden; k++) {
        rc |= rec_buf_addf(b, "hidden-%d %lu\n", k + 1,
                           (unsigned long)s->hidden[k]);
    }
    return rc ? rec_fail_nomem(err) : 0;
}

/* The loss is looked at before an update, and the last one may have gone
   wrong. */
static int check_finite(void *ctx, const char *name, void *array, size_t n,
                        struct rec_error *err)
{
    const struct rec_vae *t = ctx;
    const float *p = array;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(p[i])) {
            return rec_fail(err, REC_ENUMERIC,
                            "epoch %zu: a weight of '%s' is not a number any "
                            "more; a rate below %g is the remedy",
                            t->best ? t->best : t->epoch, name, t->opt.rate);
        }
    }
    return 0;
}

int rec_vae_save(struct rec_vae *t, const struct rec_dict *items,
                 struct rec_output *o, int level, const char *prov,
                 struct rec_error *err)
{
    const struct rec_vae_net *net = t->best ? &t->kept : &t->net;
    struct rec_buf param = {NULL, 0, 0};
    struct rec_stream_writer *w;
    int rc = describe(t, &param, err);

    rec_vae_flush(t);
    rc = rc ? rc : rec_vae_net_visit(net, "", check_finite, t, err);
    rc = rc ? rc
            : rec_model_begin(&w, o, rec_vae_type.kind, level, param.data,
                              items, err);
    rec_buf_release(&param);
    if (rc != 0) {
        return rc;
    }
    rc = rec_vae_net_write(net, "", w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

/* ---- loading --------------------------------------------------------- */

/* A parameter that is a whole number in [LEAST, MOST]. */
static int get_count(const struct rec_model *m, const char *key, uint32_t least,
                     uint32_t most, uint32_t *out, struct rec_error *err)
{
    double value;
    int rc = rec_model_param(m, key, &value, err);

    if (rc == 0
        && !(value >= least && value <= most && value == floor(value))) {
        rc = rec_fail(err, REC_ECORRUPT,
                      "%s: the parameter '%s' is %g, not a whole number from "
                      "%lu to %lu",
                      rec_store_name(m->store), key, value,
                      (unsigned long)least, (unsigned long)most);
    }
    if (rc == 0) {
        *out = (uint32_t)value;
    }
    return rc;
}

static int get_shape(const struct rec_model *m, struct rec_vae_shape *s,
                     struct rec_error *err)
{
    uint32_t dae = 0, composite = 0, hidden = 0;
    int rc = get_count(m, "dae", 0, 1, &dae, err);

    memset(s, 0, sizeof *s);
    s->items = m->n_items;
    rc = rc ? rc : get_count(m, "prior", 0, !dae, &composite, err);
    rc = rc ? rc
            : get_count(m, "latent", 1, REC_VAE_MAX_WIDTH, &s->latent, err);
    rc = rc ? rc
            : get_count(m, "hidden-layers", composite, REC_VAE_MAX_HIDDEN,
                        &hidden, err);
    for (uint32_t k = 0; k < hidden && rc == 0; k++) {
        char key[] = "hidden-1";

        key[7] = (char)('1' + k);
        rc = composite && k > 0
                 ? get_count(m, key, s->hidden[0], s->hidden[0], &s->hidden[k],
                             err)
                 : get_count(m, key, 1, REC_VAE_MAX_WIDTH, &s->hidden[k], err);
    }
    s->dae = (int)dae;
    s->composite = (int)composite;
    s->n_hidden = (int)hidden;
    return rc;
}

static int vae_load(struct rec_model *m, struct rec_error *err)
{
    struct vae *s = m->state = rec_zalloc(1, sizeof *s);
    struct rec_vae_shape shape;
    uint32_t weights = 0, likelihood = 0;
    int rc = s ? get_shape(m, &shape, err) : rec_fail_nomem(err);

    rc = rc ? rc : get_count(m, "weights", 0, 1, &weights, err);
    rc = rc ? rc
            : get_count(m, "likelihood", 0, REC_VAE_GAUSSIAN, &likelihood, err);
    if (rc != 0) {
        return rc;
    }
    s->weights = (int)weights;
    s->likelihood = (enum rec_vae_likelihood)likelihood;
    rec_vae_net_describe(&s->net, &shape, REC_F32);
    for (int l = 0; l < s->net.layers && rc == 0; l++) {
        for (int part = 0; part < REC_VAE_PARTS && rc == 0; part++) {
            struct rec_vae_layer *y = &s->net.layer[l];
            char name[REC_NAME + 1];

            if (part > 1 && y->active != REC_VAE_DENSE) {
                break;
            }
            rec_vae_part_name(&s->net, l, part, name);
            rc = rec_store_array(m->store, name, REC_F32,
                                 rec_vae_part_size(y, part), &s->array[l][part],
                                 err);
            if (rc == 0) { /* only ever read */
                *rec_vae_part(y, part) =
                    (void *)(uintptr_t)s->array[l][part]->block.data;
            }
        }
    }
    return rc;
}

static void vae_release(struct rec_model *m)
{
    free(m->state);
}

int rec_vae_lend_net(const struct rec_vae_net *net, int weights,
                     struct rec_dict *items, struct rec_model *m,
                     struct rec_error *err)
{
    struct vae *s = rec_zalloc(1, sizeof *s);

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->net = *net;
    s->weights = weights;
    memset(m, 0, sizeof *m);
    m->type = &rec_vae_type;
    m->items = items;
    m->n_items = net->shape.items;
    m->state = s;
    return 0;
}

void rec_vae_unlend(struct rec_model *m)
{
    free(m->state);
    memset(m, 0, sizeof *m);
}

/* ---- using ----------------------------------------------------------- */

/* Verify what is about to be read: of the first weights the rows that X names;
   of the others, up to the layer END, all. */
static int check_arrays(const struct vae *s, const struct rec_csr *x, int end,
                        struct rec_error *err)
{
    size_t n = s->net.layer[0].out * sizeof(float);
    int rc = 0;

    if (!s->array[0][0]) {
        return 0;
    }
    for (int l = 0; l < end && rc == 0; l++) {
        for (int part = l == 0; part < REC_VAE_PARTS && rc == 0; part++) {
            const struct rec_array *a = s->array[l][part];

            rc = a ? rec_array_check(a, 0, a->block.nbytes, err) : 0;
        }
    }
    for (size_t e = 0; e < rec_csr_events(x) && rc == 0; e++) {
        rc = rec_array_check(s->array[0][0], x->item[e] * n, n, err);
    }
    return rc;
}

/* The scores of X, or, with OUT NULL, the means of z into VECTORS. */
static int run(const struct rec_model *m, const struct rec_csr *x, int threads,
               float *out, float *vectors, struct rec_error *err)
{
    const struct vae *s = m->state;
    const struct rec_vae_net *net = &s->net;
    size_t latent = net->shape.latent;
    struct rec_vae_work w;
    struct rec_vae_batch b;
    int rc = check_arrays(s, x, out ? net->layers : net->encoder, err);

    rc = rc ? rc : rec_vae_batch_init(&b, m->n_items, err);
    if (rc != 0) {
        return rc;
    }
    b.binary = !s->weights;
    rc = rec_vae_work_init(&w, net, x->rows < BLOCK ? x->rows : BLOCK, 0, NULL,
                           err);
    rec_blas_threads(threads);
    for (size_t r = 0; r < x->rows && rc == 0; r += BLOCK) {
        size_t n = x->rows - r < BLOCK ? x->rows - r : BLOCK, ld;
        const void *z;

        rc = rec_vae_batch_set(&b, x, NULL, r, n, err);
        if (rc != 0) {
            break;
        }
        rec_vae_encode(net, &b, &w, threads, &z, &ld);
        if (out) {
            rec_vae_decode(net, z, ld, n, &w, threads, out + r * m->n_items);
            rec_vae_add_bias(net, n, threads, out + r * m->n_items);
        }
        for (size_t k = 0; k < n && !out; k++) {
            memcpy(vectors + (r + k) * latent, (const float *)z + k * ld,
                   latent * sizeof *vectors);
        }
    }
    rec_vae_batch_release(&b);
    rec_vae_work_release(&w);
    return rc;
}

static int vae_score(const struct rec_model *m, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *err)
{
    return m->n_items ? run(m, rows, threads, out, NULL, err) : 0;
}

static uint32_t vae_dimensions(const struct rec_model *m)
{
    const struct vae *s = m->state;

    return (uint32_t)s->net.layer[s->net.layers - 1].in;
}

static uint32_t vae_user_dimensions(const struct rec_model *m)
{
    const struct vae *s = m->state;

    return s->net.shape.latent;
}

/* The rows of the last weights; the score of an item is its row times what
   the decoder makes of z, and its bias. */
static int vae_item_vectors(const struct rec_model *m, const float **out,
                            struct rec_error *err)
{
    const struct vae *s = m->state;
    int l = s->net.layers - 1;
    const struct rec_array *a = s->array[l][0];
    int rc = a ? rec_array_check(a, 0, a->block.nbytes, err) : 0;

    if (rc == 0) {
        *out = s->net.layer[l].w;
    }
    return rc;
}

static int vae_user_vectors(const struct rec_model *m,
                            const struct rec_csr *rows, int threads, float *out,
                            struct rec_error *err)
{
    return run(m, rows, threads, NULL, out, err);
}

static int vae_has_posterior(const struct rec_model *m)
{
    const struct vae *s = m->state;

    return !s->net.shape.dae;
}

static int vae_sample(const struct rec_model *m, const struct rec_csr *x,
                      const struct rec_draws *draws, int threads, float *mean,
                      float *spread, struct rec_error *err)
{
    const struct vae *s = m->state;
    size_t items = m->n_items, most = rec_vae_sample_rows(&s->net);
    struct rec_vae_work w;
    struct rec_vae_batch b;
    int rc = check_arrays(s, x, s->net.layers, err);

    rc = rc ? rc : rec_vae_batch_init(&b, m->n_items, err);
    if (rc != 0 || items == 0) {
        return rc;
    }
    b.binary = !s->weights;
    rc = rec_vae_work_init(&w, &s->net, most, 0, NULL, err);
    rec_blas_threads(threads);
    for (size_t r = 0; r < x->rows && rc == 0; r += most) {
        size_t n = x->rows - r < most ? x->rows - r : most, ld;
        const void *mulv;

        rc = rec_vae_batch_set(&b, x, NULL, r, n, err);
        if (rc == 0) {
            rec_vae_encode(&s->net, &b, &w, threads, &mulv, &ld);
            rc = rec_vae_sample(&s->net, s->likelihood, mulv, n, draws,
                                draws->key + r, &w, threads, mean + r * items,
                                spread + r * items, err);
        }
    }
    rec_vae_batch_release(&b);
    rec_vae_work_release(&w);
    return rc;
}

const struct rec_model_type rec_vae_type = {
    .kind = "model/vae",
    .any_row = 1,
    .load = vae_load,
    .release = vae_release,
    .score = vae_score,
    .dimensions = vae_dimensions,
    .user_dimensions = vae_user_dimensions,
    .item_vectors = vae_item_vectors,
    .user_vectors = vae_user_vectors,
    .has_posterior = vae_has_posterior,
    .sample = vae_sample,
};
