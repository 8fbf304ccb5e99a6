/* SPDX-License-Identifier: MIT */
/* Training the autoencoder: epochs of shuffled batches, and the best one. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "math/blas.h"
#include "models/vae_private.h"

/* ---- beginning and end ----------------------------------------------- */

size_t rec_vae_default_batch(size_t users)
{
    size_t n = users / 25;

    return n < 10 ? 10 : n > 500 ? 500 : n;
}

/* What a sampled softmax takes, but for the logits. */
static double sampled_bytes(const struct rec_csr *x, size_t n, size_t in)
{
    double most = n < x->cols ? (double)n + 1 : (double)x->cols;

    return 36.0 * (double)x->cols + 4 * most * ((double)in + 1);
}

/* By user, item, step and epoch, and the events of a batch. */
static double small_bytes(const struct rec_csr *x,
                          const struct rec_vae_options *o, size_t rows)
{
    double users = x->rows ? (double)x->rows : 1, share = (double)rows / users;
    double steps = ceil(users / (double)o->batch) * (double)o->epochs;

    return 4.0 * (double)rows * o->shape.latent + 4.0 * (double)x->rows
           + 12.0 * (double)x->cols
           + (double)(o->epochs * sizeof(struct rec_vae_report))
           + 16 * fmin(steps, REC_ADAM_STEPS)
           + 36 * share * (double)rec_csr_events(x);
}

double rec_vae_memory(const struct rec_csr *x,
                      const struct rec_vae_options *opt, int keep)
{
    struct rec_vae_shape shape = opt->shape;
    size_t rows = opt->batch < x->rows ? opt->batch : x->rows;
    size_t logits = opt->sampled ? rec_vae_sampled_width(x, opt->sampled)
                                 : x->cols;
    struct rec_vae_net net;
    double n = 0;

    shape.items = x->cols;
    rec_vae_net_describe(&net, &shape, REC_F32);
    for (int l = 0; l < net.layers; l++) {
        int old = shape.composite && l < net.encoder;

        for (int part = 0; part < REC_VAE_PARTS; part++) {
            double size = (double)rec_vae_part_size(&net.layer[l], part);

            n += size * (3 + (keep != 0) + old);
        }
        n += old ? 3 * (double)rows * (double)net.layer[l].out : 0;
    }
    return n * sizeof(float) + rec_vae_work_bytes(&net, rows, logits)
           + small_bytes(x, opt, rows)
           + (opt->sampled ? sampled_bytes(x, opt->sampled,
                                           net.layer[net.layers - 1].in)
                           : 0);
}

/* The weights must suit the likelihood, and no row has an item twice. */
static int check_rows(const struct rec_csr *x, const struct rec_vae_options *o,
                      struct rec_error *err)
{
    float top = o->likelihood == REC_VAE_LOGISTIC ? 1 : INFINITY;
    size_t *seen = rec_zalloc(x->cols, sizeof *seen); /* row + 1 */
    int rc = seen ? 0 : rec_fail_nomem(err);

    for (size_t r = 0; r < x->rows && rc == 0; r++) {
        for (int64_t e = x->start[r]; e < x->start[r + 1] && rc == 0; e++) {
            float w = x->weight && !o->binary ? x->weight[e] : 1;

            if (seen[x->item[e]] == r + 1) {
                rc = rec_fail(err, REC_EREPEAT, "row %zu has an item twice",
                              r + 1);
            } else if (!(w >= 0 && w <= top)) {
                rc = rec_fail(err, REC_EVALUE,
                              "row %zu has the weight %g; %s likelihood "
                              "takes weights %s only",
                              r + 1, (double)w,
                              top == 1 ? "the logistic" : "a",
                              top == 1 ? "from 0 to 1" : "of 0 or more");
            }
            seen[x->item[e]] = r + 1;
        }
    }
    free(seen);
    return rc;
}

/* The old encoder of a composite prior. */
static int alloc_old(struct rec_vae *t, size_t rows, struct rec_error *err)
{
    int rc = rec_vae_net_init_some(&t->old, &t->opt.shape, REC_F32,
                                   t->net.encoder, err);

    rc = rc ? rc : rec_vae_batch_init(&t->whole, t->opt.shape.items, err);
    rc = rc ? rc : rec_vae_work_init(&t->old_work, &t->old, rows, 0, NULL, err);
    t->whole.binary = t->opt.binary;
    return rc;
}

static int alloc_sampled(struct rec_vae *t, struct rec_error *err)
{
    t->last_out = rec_zalloc(t->opt.shape.items, sizeof *t->last_out);
    return t->last_out ? rec_vae_sampled_init(&t->sampled, t->x, t->opt.sampled,
                                              t->opt.binary, err)
                       : rec_fail_nomem(err);
}

static int alloc(struct rec_vae *t, struct rec_error *err)
{
    const struct rec_vae_options *o = &t->opt;
    size_t rows = o->batch < t->users ? o->batch : t->users;
    int rc = rec_vae_net_init(&t->net, &o->shape, REC_F32, err);

    rc = rc ? rc : rec_vae_net_init(&t->m, &o->shape, REC_F32, err);
    rc = rc ? rc : rec_vae_net_init(&t->v, &o->shape, REC_F32, err);
    rc = rc ? rc
            : rec_adam_init(&t->adam, o->rate,
                            (uint64_t)t->batches * o->epochs, err);
    rc = rc ? rc : rec_vae_batch_init(&t->batch, o->shape.items, err);
    if (rc == 0 && o->sampled) {
        rc = alloc_sampled(t, err);
    }
    rc = rc ? rc
            : rec_vae_work_init(&t->work, &t->net, rows, o->threads,
                                o->sampled ? &t->sampled : NULL, err);
    if (rc != 0) {
        return rc;
    }
    t->batch.binary = o->binary;
    rc = o->shape.composite ? alloc_old(t, rows, err) : 0;
    if (rc != 0) {
        return rc;
    }
    t->batch.eps = rec_alloc64(rows * o->shape.latent, sizeof(float));
    t->last = rec_zalloc(o->shape.items, sizeof *t->last);
    t->report = rec_zalloc(o->epochs, sizeof *t->report);
    return t->batch.eps && t->last && t->report ? 0 : rec_fail_nomem(err);
}

/* Of BLAS: one where its largest product takes less than a tenth of a
   millisecond or so. */
static int blas_threads(const struct rec_vae *t)
{
    const struct rec_vae_layer *end = &t->net.layer[t->net.layers - 1];
    double work = (double)t->work.rows * (double)end->in * (double)end->out;

    return work < 1e7 ? 1 : t->opt.threads;
}

static int begin(struct rec_vae *t, struct rec_error *err)
{
    int rc = check_rows(t->x, &t->opt, err);

    t->user = rec_alloc(t->x->rows, sizeof *t->user);
    if (rc == 0 && !t->user) {
        rc = rec_fail_nomem(err);
    }
    if (rc != 0) {
        return rc;
    }
    for (size_t r = 0; r < t->x->rows; r++) {
        t->users += rec_csr_row_len(t->x, r) > 0;
    }
    t->batches = t->users / t->opt.batch + (t->users % t->opt.batch > 0);
    rc = alloc(t, err);
    if (rc == 0) {
        rec_vae_net_draw(&t->net, t->opt.seed);
        rec_vae_net_copy(&t->old, &t->net);
    }
    return rc;
}

int rec_vae_new(struct rec_vae **out, const struct rec_csr *x,
                const struct rec_vae_options *opt, struct rec_error *err)
{
    struct rec_vae *t = rec_zalloc(1, sizeof *t);
    int rc;

    if (!t) {
        return rec_fail_nomem(err);
    }
    t->x = x;
    t->opt = *opt;
    t->opt.shape.items = x->cols;
    t->best_figure = -1;
    rc = begin(t, err);
    if (rc != 0) {
        rec_vae_free(t);
        return rc;
    }
    *out = t;
    return 0;
}

void rec_vae_free(struct rec_vae *t)
{
    if (t) {
        free(t->batch.eps);
        rec_vae_batch_release(&t->batch);
        rec_vae_work_release(&t->work);
        rec_vae_net_release(&t->net);
        rec_vae_net_release(&t->m);
        rec_vae_net_release(&t->v);
        rec_vae_net_release(&t->kept);
        rec_vae_net_release(&t->old);
        rec_vae_batch_release(&t->whole);
        rec_vae_work_release(&t->old_work);
        rec_vae_sampled_release(&t->sampled);
        free(t->last_out);
        rec_adam_release(&t->adam);
        free(t->user);
        free(t->last);
        free(t->report);
        free(t);
    }
}

/* ---- an epoch -------------------------------------------------------- */

void rec_vae_shuffle(struct rec_vae *t)
{
    uint64_t key[3] = {t->opt.seed, t->epoch, 0};
    struct rec_rng rng;
    size_t n = 0;

    for (size_t r = 0; r < t->x->rows; r++) {
        if (rec_csr_row_len(t->x, r) > 0) {
            t->user[n++] = (uint32_t)r;
        }
    }
    rec_rng_init(&rng, rec_hash_id(key, sizeof key));
    rec_rng_shuffle(&rng, t->user, n);
}

/* The next batch of the epoch, with what is random in it. */
static int draw(struct rec_vae *t, struct rec_error *err)
{
    const struct rec_vae_options *o = &t->opt;
    size_t first = t->next * o->batch, left = t->users - first;
    size_t rows = left < o->batch ? left : o->batch;
    enum rec_vae_half half = rec_vae_half(t);
    int rc = rec_vae_batch_set(&t->batch, t->x, t->user, first, rows, err);

    if (rc == 0 && half == REC_VAE_ENCODER) {
        rc = rec_vae_batch_set(&t->whole, t->x, t->user, first, rows, err);
    }
    if (rc == 0) {
        rec_vae_batch_drop(&t->batch, half == REC_VAE_DECODER ? 0 : o->dropout,
                           o->seed, t->epoch);
        if (!o->shape.dae) {
            rec_vae_batch_draw(&t->batch, REC_F32, o->shape.latent, o->seed,
                               t->epoch, o->threads);
        }
    }
    return rc;
}

static void end_epoch(struct rec_vae *t)
{
    double users = t->users > 0 ? (double)t->users : 1;
    struct rec_vae_report *r = &t->report[t->epoch++];

    r->epoch = (double)t->epoch;
    r->updates = (double)t->step;
    r->beta = rec_vae_beta(t, t->step);
    r->nll = t->nll / users;
    r->kl = t->kl / users;
    r->figure = -1;
    t->nll = t->kl = 0;
    t->next = 0;
}

int rec_vae_epoch(struct rec_vae *t, struct rec_error *err)
{
    double total = (double)t->batches * (double)t->opt.epochs;

    rec_blas_threads(blas_threads(t)); /* judging has its own */
    if (t->next == 0) {
        rec_vae_shuffle(t);
        if (rec_vae_half(t) == REC_VAE_DECODER) {
            rec_vae_flush(t);
            rec_vae_net_copy(&t->old, &t->net);
        }
    }
    while (t->next < t->batches) {
        int rc = draw(t, err);

        rc = rc ? rc : rec_vae_update(t, err);
        if (rc != 0) {
            return rc;
        }
        t->next++;
        rec_progress(t->opt.tick, "train", (double)t->step, total);
        if (t->opt.stop && t->opt.stop(t->opt.stop_ctx)) {
            return 0;
        }
    }
    end_epoch(t);
    return 1;
}

uint64_t rec_vae_updates(const struct rec_vae *t)
{
    return t->step;
}

size_t rec_vae_epochs(const struct rec_vae *t)
{
    return t->epoch;
}

struct rec_vae_report *rec_vae_report(struct rec_vae *t, size_t epoch)
{
    return &t->report[epoch];
}

/* ---- the best one ---------------------------------------------------- */

int rec_vae_keep(struct rec_vae *t, struct rec_error *err)
{
    return t->kept.layers ? 0
                          : rec_vae_net_init(&t->kept, &t->opt.shape, REC_F32,
                                             err);
}

int rec_vae_judged(struct rec_vae *t, double figure, struct rec_error *err)
{
    t->report[t->epoch - 1].figure = figure;
    if (figure > t->best_figure) {
        int rc = rec_vae_keep(t, err);

        if (rc != 0) {
            return rc;
        }
        rec_vae_flush(t);
        rec_vae_net_copy(&t->kept, &t->net);
        t->best = t->epoch;
        t->best_figure = figure;
    }
    return (int)(t->epoch - t->best);
}

size_t rec_vae_best(const struct rec_vae *t)
{
    return t->best;
}

int rec_vae_lend(struct rec_vae *t, struct rec_dict *items, struct rec_model *m,
                 struct rec_error *err)
{
    rec_vae_flush(t);
    return rec_vae_lend_net(&t->net, t->x->weight && !t->opt.binary, items, m,
                            err);
}
