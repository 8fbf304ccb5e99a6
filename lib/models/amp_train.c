/* SPDX-License-Identifier: MIT */
/* Training AMP-CF: epochs of shuffled batches of users, and the best one. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "models/amp_private.h"

enum {
    PIECE = 1 << 12, /* numbers that Adam takes at a time */
    SAMPLE = 200,    /* users that tell where to start from */
    BLOCK = 1 << 22  /* products at a time, as in amp_step.c */
};

/* ---- beginning and end ------------------------------------------------- */

size_t rec_amp_default_batch(size_t users)
{
    size_t n = users / 25;

    return n < 10 ? 10 : n > 500 ? 500 : n;
}

static size_t count_personas(const struct rec_csr *x,
                             const struct rec_amp_shape *s)
{
    size_t sum = 0;

    for (size_t r = 0; r < x->rows; r++) {
        sum += amp_personas(s, rec_csr_row_len(x, r));
    }
    return sum;
}

double rec_amp_memory(const struct rec_csr *x,
                      const struct rec_amp_options *opt, int keep)
{
    const struct rec_amp_shape *s = &opt->shape;
    double ld = (double)amp_round(s->dim + (s->bias != 0), AMP_LANES);
    double lda = s->attention == REC_AMP_COSINE
                     ? (double)amp_round(s->project, AMP_LANES)
                     : 0;
    double rows = (double)count_personas(x, s), items = x->cols;
    double share = fmin(1, (double)opt->batch / fmax(1, (double)x->rows));
    double products = fmax(BLOCK, items * s->personas) * (lda > 0 ? 2 : 1);

    return 4 * (items * ld * (4 + (keep != 0) + 2) + 4 * items * lda
                + 2 * s->project * ld * (4 + (keep != 0)) + 3 * rows * ld
                + 2 * share * rows * ld + products
                + (double)opt->threads * (s->personas + 2) * items)
           + 40 * items + 12 * (double)x->rows
           + 8 * share * (double)rec_csr_events(x) * s->personas
           + (double)(opt->epochs * sizeof(struct rec_amp_report));
}

/* No confidence is negative, and no row has an item twice. */
static int check_rows(const struct rec_csr *x, struct rec_error *err)
{
    size_t *seen = rec_zalloc(x->cols, sizeof *seen); /* row + 1 */
    int rc = seen ? 0 : rec_fail_nomem(err);

    for (size_t r = 0; r < x->rows && rc == 0; r++) {
        for (int64_t e = x->start[r]; e < x->start[r + 1] && rc == 0; e++) {
            if (seen[x->item[e]] == r + 1) {
                rc = rec_fail(err, REC_EREPEAT, "row %zu has an item twice",
                              r + 1);
            } else if (x->weight && !(x->weight[e] >= 0)) {
                rc = rec_fail(err, REC_EVALUE,
                              "row %zu has the weight %g; weights are 0 or "
                              "more",
                              r + 1, (double)x->weight[e]);
            }
            seen[x->item[e]] = r + 1;
        }
    }
    free(seen);
    return rc;
}

/* Glorot: the personas of all users are one matrix. */
static void draw_users(struct rec_amp_train *t)
{
    const struct rec_amp_shape *s = &t->net.shape;
    double sd = sqrt(2.0 / ((double)t->users + s->dim));
    size_t rows = t->first[t->x->rows];

    for (size_t r = 0; r < rows; r++) {
        float *w = t->w + r * t->net.ld;

        memset(w, 0, t->net.ld * sizeof *w);
        amp_normal(t->opt.loss.seed, r, sd, w, s->dim);
        if (s->bias) {
            w[s->dim] = 1;
        }
    }
}

static int alloc_nets(struct rec_amp_train *t, struct rec_error *err)
{
    struct rec_amp_shape *s = &t->opt.shape;
    int rc = amp_net_init(&t->net, s, err);

    rc = rc ? rc : amp_net_init(&t->m, s, err);
    rc = rc ? rc : amp_net_init(&t->v, s, err);
    rc = rc ? rc : amp_net_init(&t->grad, s, err);
    rc = rc ? rc
            : rec_adam_init(&t->adam, t->opt.rate,
                            (uint64_t)t->batches * t->opt.epochs, err);
    return rc ? rc
              : rec_adam_init(&t->user_adam, t->opt.user_rate, t->opt.epochs,
                              err);
}

static int alloc_users(struct rec_amp_train *t, struct rec_error *err)
{
    size_t numbers = t->first[t->x->rows] * t->net.ld;
    size_t batch = t->opt.batch < t->users ? t->opt.batch : t->users;
    size_t most = batch * t->opt.shape.personas * t->net.ld;

    t->w = rec_alloc64(numbers, sizeof *t->w);
    t->wm = rec_zalloc(numbers, sizeof *t->wm);
    t->wv = rec_zalloc(numbers, sizeof *t->wv);
    t->batch_w = rec_alloc64(most, sizeof *t->batch_w);
    t->batch_g = rec_alloc64(most, sizeof *t->batch_g);
    t->batch_first = rec_alloc(batch + 1, sizeof *t->batch_first);
    t->gmap = rec_alloc64(t->x->cols * t->net.lda, sizeof *t->gmap);
    t->report = rec_zalloc(t->opt.epochs, sizeof *t->report);
    return t->w && t->wm && t->wv && t->batch_w && t->batch_g
                   && t->batch_first && t->gmap && t->report
               ? 0
               : rec_fail_nomem(err);
}

/* Users, and the events of each item. */
static int count_all(struct rec_amp_train *t, struct rec_error *err)
{
    const struct rec_csr *x = t->x;
    size_t events = rec_csr_events(x);

    t->user = rec_alloc(x->rows, sizeof *t->user);
    t->first = rec_alloc(x->rows + 1, sizeof *t->first);
    t->count = rec_zalloc(x->cols, sizeof *t->count);
    if (!t->user || !t->first || !t->count) {
        return rec_fail_nomem(err);
    }
    t->first[0] = 0;
    for (size_t r = 0; r < x->rows; r++) {
        size_t n = rec_csr_row_len(x, r);

        t->users += n > 0;
        t->first[r + 1] = t->first[r] + amp_personas(&t->opt.shape, n);
    }
    for (size_t e = 0; e < events; e++) {
        t->count[x->item[e]] += 1;
    }
    t->batches = t->users / t->opt.batch + (t->users % t->opt.batch > 0);
    return 0;
}

static int begin(struct rec_amp_train *t, struct rec_error *err)
{
    int rc;

    t->seen = *t->x;
    if (t->opt.binary) {
        t->seen.weight = NULL;
    }
    rc = check_rows(&t->seen, err);
    rc = rc ? rc : count_all(t, err);
    rc = rc ? rc : alloc_nets(t, err);
    rc = rc ? rc : alloc_users(t, err);
    rc = rc ? rc
            : amp_cand_init(&t->cand, &t->net, &t->opt.loss, t->count, err);
    if (rc == 0) {
        amp_net_draw(&t->net, t->opt.loss.seed);
        draw_users(t);
    }
    return rc;
}

int rec_amp_new(struct rec_amp_train **out, const struct rec_csr *x,
                const struct rec_amp_options *opt, struct rec_error *err)
{
    struct rec_amp_train *t = rec_zalloc(1, sizeof *t);
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
        rec_amp_free(t);
        return rc;
    }
    *out = t;
    return 0;
}

void rec_amp_free(struct rec_amp_train *t)
{
    if (t) {
        amp_net_release(&t->net);
        amp_net_release(&t->m);
        amp_net_release(&t->v);
        amp_net_release(&t->grad);
        amp_net_release(&t->kept);
        amp_cand_release(&t->cand, &t->opt.loss);
        amp_room_release(&t->room);
        rec_adam_release(&t->adam);
        rec_adam_release(&t->user_adam);
        free(t->gmap);
        free(t->first);
        free(t->w);
        free(t->wm);
        free(t->wv);
        free(t->batch_w);
        free(t->batch_g);
        free(t->batch_first);
        free(t->count);
        free(t->user);
        free(t->report);
        free(t);
    }
}

/* ---- an update --------------------------------------------------------- */

/* N users of T from place FROM of their order: their personas, copied. */
struct amp_users amp_take_users(struct rec_amp_train *t, size_t from,
                                size_t n)
{
    size_t ld = t->net.ld;

    t->batch_first[0] = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t u = t->user[from + i];
        size_t rows = t->first[u + 1] - t->first[u];

        memcpy(t->batch_w + t->batch_first[i] * ld, t->w + t->first[u] * ld,
               rows * ld * sizeof *t->w);
        t->batch_first[i + 1] = t->batch_first[i] + rows;
    }
    return (struct amp_users){n, t->user + from, t->batch_first, t->batch_w};
}

static void step_users(struct rec_amp_train *t, const struct amp_users *us)
{
    size_t ld = t->net.ld;

    for (size_t i = 0; i < us->n; i++) {
        size_t at = t->first[us->row[i]] * ld;
        size_t rows = us->first[i + 1] - us->first[i];

        rec_adam_step(&t->user_adam, REC_F32, t->epoch + 1, t->opt.loss.decay,
                      rows * ld, t->w + at, t->wm + at, t->wv + at,
                      t->batch_g + us->first[i] * ld);
        for (size_t r = 0; r < rows && t->net.shape.bias; r++) {
            t->w[at + r * ld + t->net.shape.dim] = 1;
        }
    }
}

/* The decay is for a whole epoch; US is part of one. */
static void step_net(struct rec_amp_train *t, const struct amp_users *us)
{
    double decay = t->opt.loss.decay * (double)us->n / (double)t->users;
    size_t all = amp_net_numbers(&t->net), items = t->net.size[AMP_ITEM];
    int threads = t->opt.threads;

#pragma omp parallel for num_threads(threads) if (all > 1 << 17)
    for (size_t at = 0; at < all; at += PIECE) {
        size_t n = all - at < PIECE ? all - at : PIECE;
        size_t vectors = at >= items ? 0 : items - at < n ? items - at : n;

        rec_adam_step(&t->adam, REC_F32, t->step, decay, vectors,
                      t->net.part[0] + at, t->m.part[0] + at,
                      t->v.part[0] + at, t->grad.part[0] + at);
        at += vectors; /* what is left are maps */
        rec_adam_step(&t->adam, REC_F32, t->step, 0, n - vectors,
                      t->net.part[0] + at, t->m.part[0] + at,
                      t->v.part[0] + at, t->grad.part[0] + at);
        at -= vectors;
    }
}

static int update(struct rec_amp_train *t, struct rec_error *err)
{
    size_t from = t->next * t->opt.batch, left = t->users - from;
    struct amp_users us =
        amp_take_users(t, from, left < t->opt.batch ? left : t->opt.batch);
    struct amp_task task = {&t->net,    &t->opt.loss, &t->cand,
                            &t->seen,   &us,          t->batch_g,
                            &t->grad,   t->gmap,      t->opt.threads};
    struct amp_sums sums;
    int rc;

    amp_cand_draw(&t->cand, &t->net, &t->opt.loss,
                  ((uint64_t)1 << 32) + t->step);
    amp_cand_take(&t->cand, &t->net, t->opt.threads);
    memset(t->grad.part[0], 0, amp_net_numbers(&t->grad) * sizeof(float));
    memset(t->gmap, 0, t->x->cols * t->net.lda * sizeof *t->gmap);
    rc = amp_gradient(&task, &t->room, &sums, err);
    if (rc != 0) {
        return rc;
    }
    t->step++;
    step_users(t, &us);
    step_net(t, &us);
    t->sums.weight += sums.weight;
    t->sums.loss += sums.loss;
    t->sums.pos_entropy += sums.pos_entropy;
    t->sums.neg_entropy += sums.neg_entropy;
    return isfinite(sums.loss + sums.pos_entropy + sums.neg_entropy)
               ? 0
               : rec_fail(err, REC_ENUMERIC,
                          "the loss is not a number after %llu updates; use a "
                          "lower rate",
                          (unsigned long long)t->step);
}

/* ---- an epoch ---------------------------------------------------------- */

void amp_shuffle(struct rec_amp_train *t)
{
    uint64_t key[3] = {t->opt.loss.seed, t->epoch, 4};
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

static void end_epoch(struct rec_amp_train *t)
{
    double events = t->sums.weight > 0 ? t->sums.weight : 1;
    struct rec_amp_report *r = &t->report[t->epoch++];

    r->epoch = (double)t->epoch;
    r->updates = (double)t->step;
    r->loss = t->sums.loss / events;
    r->pos_entropy = t->sums.pos_entropy / events;
    r->neg_entropy = t->sums.neg_entropy / events;
    r->figure = -1;
    memset(&t->sums, 0, sizeof t->sums);
    t->next = 0;
}

int rec_amp_epoch(struct rec_amp_train *t, struct rec_error *err)
{
    double total = (double)t->batches * (double)t->opt.epochs;

    if (t->next == 0) {
        amp_shuffle(t);
    }
    while (t->next < t->batches) {
        int rc = update(t, err);

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

uint64_t rec_amp_updates(const struct rec_amp_train *t)
{
    return t->step;
}

size_t rec_amp_epochs(const struct rec_amp_train *t)
{
    return t->epoch;
}

struct rec_amp_report *rec_amp_report(struct rec_amp_train *t, size_t epoch)
{
    return &t->report[epoch];
}

/* ---- the model --------------------------------------------------------- */

/* How long the personas are, beside the means of a Ward cut: of some users,
   evenly spread. */
static int find_start(const struct rec_amp_train *t, double *out,
                      struct rec_error *err)
{
    size_t ld = t->net.ld, dim = t->net.shape.dim, seen = 0;
    float *w = rec_alloc(t->net.shape.personas * ld, sizeof *w);
    double own = 0, means = 0;
    int rc = w ? 0 : rec_fail_nomem(err);

    for (size_t r = 0; r < t->x->rows && rc == 0; r++) {
        size_t k = t->first[r + 1] - t->first[r];

        if (k == 0 || seen++ % (t->users / SAMPLE + 1) != 0) {
            continue;
        }
        rc = amp_ward_start(&t->net, t->x->item + t->x->start[r],
                            rec_csr_row_len(t->x, r), k, 1, w, err);
        for (size_t p = 0; p < k && rc == 0; p++) {
            for (size_t i = 0; i < dim; i++) {
                double u = (double)t->w[(t->first[r] + p) * ld + i];

                own += u * u;
                means += (double)w[p * ld + i] * (double)w[p * ld + i];
            }
        }
    }
    free(w);
    /* A float, whose digits are all in the file. */
    *out = means > 0 ? (double)(float)fmin(sqrt(own / means), 1e6) : 1;
    return rc;
}

static int model_like(const struct rec_amp_train *t, struct rec_amp *m,
                      struct rec_error *err)
{
    memset(m, 0, sizeof *m);
    m->loss = t->opt.loss;
    m->fold = t->opt.fold;
    m->weights = t->seen.weight != NULL;
    m->count = t->count;
    return find_start(t, &m->start, err);
}

int amp_keep(struct rec_amp_train *t, struct rec_error *err)
{
    return t->kept.part[0] ? 0 : amp_net_init(&t->kept, &t->opt.shape, err);
}

int rec_amp_judged(struct rec_amp_train *t, double figure,
                   struct rec_error *err)
{
    t->report[t->epoch - 1].figure = figure;
    if (figure > t->best_figure) {
        int rc = amp_keep(t, err);

        rc = rc ? rc : find_start(t, &t->kept_start, err);
        if (rc != 0) {
            return rc;
        }
        amp_net_copy(&t->kept, &t->net);
        t->best = t->epoch;
        t->best_figure = figure;
    }
    return (int)(t->epoch - t->best);
}

size_t rec_amp_best(const struct rec_amp_train *t)
{
    return t->best;
}

int rec_amp_lend(struct rec_amp_train *t, struct rec_dict *items,
                 struct rec_model *m, struct rec_error *err)
{
    struct rec_amp like;
    int rc = model_like(t, &like, err);

    return rc ? rc : amp_lend(&t->net, &like, items, m, err);
}

int rec_amp_save(struct rec_amp_train *t, const struct rec_dict *items,
                 struct rec_output *o, int level, const char *prov,
                 struct rec_error *err)
{
    struct rec_amp like;
    int rc = model_like(t, &like, err);

    if (t->best) {
        like.start = t->kept_start;
    }
    return rc ? rc
              : amp_save(t->best ? &t->kept : &t->net, &like, items, o, level,
                         prov, err);
}
