/* SPDX-License-Identifier: MIT */
/* Sampled softmax: the sum over all items in the softmax of a user is
   estimated from the items of the user and a sample that the batch shares, in
   which item i is with chance p_i and counts 1 / p_i: log p_i is taken off its
   logit (the log-Q correction; Bengio and Senecal, 2008). The estimate of the
   sum is without bias; that of its logarithm is not, but nearly.

   The sample is a systematic one: laid end to end, the chances of the items
   are cut at u, u + 1, u + 2 ... The logits of the sample are a matrix product;
   those of the other events of the batch are as many dot products, by row
   after those of the sample. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/threads.h"
#include "data/dict.h"
#include "math/blas.h"
#include "models/vae_private.h"

enum { SAMPLE = 3, TILE = 4096 };

/* ---- the sample -------------------------------------------------------- */

/* p_i = min(1, c q_i) with the sum N. */
static void set_chances(struct rec_vae_sampled *s, size_t n)
{
    size_t whole = 0, before = 1;

    for (size_t i = 0; i < s->items && n == s->items; i++) {
        s->chance[i] = 1;
        whole++;
    }
    while (whole != before && whole < s->items) {
        double sum = 0, c;

        before = whole;
        for (size_t i = 0; i < s->items; i++) {
            sum += s->chance[i] < 1 ? s->weight[i] : 0;
        }
        c = n > whole && sum > 0 ? (double)(n - whole) / sum : 0;
        whole = 0;
        for (size_t i = 0; i < s->items; i++) {
            if (s->chance[i] < 1) {
                double p = c * s->weight[i];

                s->chance[i] = p < 1 ? p : 1;
            }
            whole += s->chance[i] >= 1;
        }
    }
}

size_t rec_vae_sampled_width(const struct rec_csr *x, size_t n)
{
    size_t longest = 0, most;

    for (size_t r = 0; r < x->rows; r++) {
        size_t len = rec_csr_row_len(x, r);

        longest = len > longest ? len : longest;
    }
    most = (n < x->cols ? n + 1 : x->cols) + longest;
    return most < x->cols ? most : x->cols;
}

int rec_vae_sampled_init(struct rec_vae_sampled *s, const struct rec_csr *x,
                         size_t n, int binary, struct rec_error *err)
{
    int rc = rec_vae_batch_init(&s->rest, x->cols, err);

    s->items = x->cols;
    s->width = rec_vae_sampled_width(x, n);
    s->rest.binary = binary;
    s->chance = rec_zalloc(s->items, sizeof *s->chance);
    s->weight = rec_zalloc(s->items, sizeof *s->weight);
    s->item = rec_alloc(s->items, sizeof *s->item);
    s->slot = rec_alloc(s->items, sizeof *s->slot);
    if (rc != 0 || !s->chance || !s->weight || !s->item || !s->slot) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < rec_csr_events(x); e++) {
        s->weight[x->item[e]]++;
    }
    for (size_t i = 0; i < s->items; i++) {
        s->weight[i] = pow(s->weight[i] > 1 ? s->weight[i] : 1, 0.75);
        s->slot[i] = REC_NONE;
    }
    set_chances(s, n < s->items ? n : s->items);
    return 0;
}

void rec_vae_sampled_release(struct rec_vae_sampled *s)
{
    rec_vae_batch_release(&s->rest);
    free(s->chance);
    free(s->weight);
    free(s->item);
    free(s->slot);
    free(s->w);
    free(s->bias);
    free(s->place);
    free(s->place_at);
    free(s->event);
    memset(s, 0, sizeof *s);
}

void rec_vae_sampled_pick(struct rec_vae_sampled *s, double u)
{
    double end = 0;

    for (size_t k = 0; k < s->n; k++) {
        s->slot[s->item[k]] = REC_NONE;
    }
    s->n = 0;
    for (size_t i = 0; i < s->items; i++) {
        int in = s->chance[i] >= 1;

        if (!in) {
            end += s->chance[i];
            in = u < end;
            u += in;
        }
        if (in) {
            s->slot[i] = (uint32_t)s->n;
            s->item[s->n++] = (uint32_t)i;
        }
    }
}

/* Events of the batch that are not in the sample into s->rest, and where the
   logit of every event is into s->place. */
static int place_events(struct rec_vae_sampled *s,
                        const struct rec_vae_batch *b, struct rec_error *err)
{
    struct rec_vae_batch *rest = &s->rest;
    int rc = rec_vae_batch_set(rest, b->x, b->user, b->first, b->rows, err);
    size_t to = 0, from = 0;

    if (rc != 0) {
        return rc;
    }
    if (rec_reserve(&s->place, &s->place_cap, rest->start[b->rows],
                    sizeof *s->place)
            != 0
        || rec_reserve(&s->place_at, &s->place_at_cap, b->rows + 1,
                       sizeof *s->place_at)
               != 0) {
        return rec_fail_nomem(err);
    }
    s->most = 0;
    for (size_t r = 0; r < b->rows; r++) {
        size_t first = to;

        s->place_at[r] = from;
        for (; from < rest->start[r + 1]; from++) {
            uint32_t item = rest->item[from];

            s->place[from] = s->slot[item];
            if (s->slot[item] == REC_NONE) {
                s->place[from] = (uint32_t)(s->n + to - first);
                rest->value[to] = (double)to;
                rest->item[to++] = item;
            }
        }
        rest->start[r + 1] = to;
        s->most = to - first > s->most ? to - first : s->most;
    }
    return 0;
}

/* Room for the batch, and by place in the view by item the event there, which
   place_events has put for its value. */
static int prepare(const struct rec_vae_net *net, struct rec_vae_sampled *s,
                   struct rec_error *err)
{
    size_t size = rec_dtype_size(net->dtype);
    size_t in = net->layer[net->layers - 1].in;
    size_t events = s->rest.start[s->rest.rows];

    if (rec_reserve(&s->w, &s->w_cap, s->n * in, size) != 0
        || rec_reserve(&s->bias, &s->bias_cap, s->n + s->most, size) != 0
        || rec_reserve(&s->event, &s->event_cap, events, sizeof *s->event)
               != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < events; e++) {
        s->event[e] = (size_t)s->rest.row_value[e];
    }
    return 0;
}

int rec_vae_sampled_draw(const struct rec_vae_net *net,
                         struct rec_vae_sampled *s,
                         const struct rec_vae_batch *b, uint64_t seed,
                         uint64_t step, struct rec_error *err)
{
    uint64_t key[3] = {seed, step, SAMPLE};
    struct rec_rng rng;
    int rc;

    rec_rng_init(&rng, rec_hash_id(key, sizeof key));
    rec_vae_sampled_pick(s, rec_rng_unit(&rng));
    rc = place_events(s, b, err);
    rc = rc ? rc : rec_vae_batch_turn(&s->rest, err);
    return rc ? rc : prepare(net, s, err);
}

/* ---- forward ----------------------------------------------------------- */

static double get(enum rec_dtype dtype, const void *p, size_t i)
{
    return dtype == REC_F64 ? ((const double *)p)[i]
                            : (double)((const float *)p)[i];
}

static void put(enum rec_dtype dtype, void *p, size_t i, double x)
{
    if (dtype == REC_F64) {
        ((double *)p)[i] = x;
    } else {
        ((float *)p)[i] = (float)x;
    }
}

/* The rows of the last weights that are in the sample, and what is added to
   their logits; 0 to those after them. */
static void gather(const struct rec_vae_net *net, struct rec_vae_sampled *s)
{
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    size_t size = rec_dtype_size(net->dtype);

    for (size_t k = 0; k < s->n; k++) {
        uint32_t i = s->item[k];

        memcpy(rec_vae_at(net->dtype, s->w, k * y->in),
               rec_vae_at(net->dtype, y->w, i * y->in), y->in * size);
        put(net->dtype, s->bias, k,
            get(net->dtype, y->b, i) - log(s->chance[i]));
    }
    memset(rec_vae_at(net->dtype, s->bias, s->n), 0, s->most * size);
}

/* Row R: the logits after those of the sample; then the loss. */
static void finish_row(const struct rec_vae_net *net,
                       const struct rec_vae_batch *b, struct rec_vae_work *w,
                       const struct rec_vae_loss *loss, const void *h, size_t r)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    struct rec_vae_sampled *s = w->sampled;
    size_t stride = s->n + s->most, at, n = rec_vae_target(b, r, &at);
    size_t first = s->rest.start[r], extra = s->rest.start[r + 1] - first;
    const uint32_t *place = s->place + s->place_at[r];
    void *f = rec_vae_at(net->dtype, w->logits, r * stride);

    for (size_t e = 0; e < extra; e++) {
        uint32_t i = s->rest.item[first + e];

        put(net->dtype, f, s->n + e,
            k->dot(rec_vae_at(net->dtype, h, r * y->in),
                   rec_vae_at(net->dtype, y->w, i * y->in), y->in)
                + get(net->dtype, y->b, i));
    }
    for (size_t e = 0; e < n; e++) { /* the user's own are there anyway */
        if (place[e] < s->n) {
            put(net->dtype, f, place[e],
                get(net->dtype, f, place[e])
                    + log(s->chance[s->item[place[e]]]));
        }
    }
    w->nll[r] = k->loss(loss, f, s->bias, s->n + extra, place,
                        b->binary || !b->x->weight ? NULL : b->x->weight + at,
                        n, 1 / (double)b->rows);
    for (size_t e = 0; e < extra; e++) {
        s->rest.value[first + e] = get(net->dtype, f, s->n + e);
    }
}

void rec_vae_sampled_forward(const struct rec_vae_net *net,
                             const struct rec_vae_batch *b,
                             struct rec_vae_work *w,
                             const struct rec_vae_loss *loss, const void *h,
                             int threads)
{
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    struct rec_vae_sampled *s = w->sampled;
    size_t stride = s->n + s->most;

    gather(net, s);
    if (s->n > 0) {
        rec_gemm(net->dtype, 0, 1, b->rows, s->n, y->in, 1, h, y->in, s->w,
                 y->in, 0, w->logits, stride);
    }
    threads = rec_vae_threads(threads, b->rows * stride);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (size_t r = 0; r < b->rows; r++) {
        finish_row(net, b, w, loss, h, r);
    }
    for (size_t e = 0; e < s->rest.start[b->rows]; e++) {
        s->rest.row_value[e] = s->rest.value[s->event[e]];
    }
}

/* ---- backward ---------------------------------------------------------- */

/* The gradient by the input of the last layer into w->back[0]. */
static void input_back(const struct rec_vae_net *net, size_t rows,
                       struct rec_vae_work *w, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    const struct rec_vae_layer *y = &net->layer[net->layers - 1];
    struct rec_vae_sampled *s = w->sampled;
    const struct rec_vae_batch *rest = &s->rest;

    threads = rec_vae_threads(threads, rest->start[rows] * y->in);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (size_t r = 0; r < rows; r++) {
        k->sum_rows(y->w, y->in, rest->item + rest->start[r],
                    rest->value + rest->start[r],
                    rest->start[r + 1] - rest->start[r], NULL,
                    rec_vae_at(net->dtype, w->back[0], r * y->in));
    }
    if (s->n > 0) {
        rec_gemm(net->dtype, 0, 0, rows, y->in, s->n, 1, w->logits,
                 s->n + s->most, s->w, y->in, 1, w->back[0], y->in);
    }
}

/* The gradients of the rows of W, one at a time. */
static void rows_back(const struct rec_vae_net *net, size_t rows,
                      struct rec_vae_work *w, const void *h,
                      const struct rec_vae_sink *sink, int threads)
{
    const struct rec_vae_kernels *k = rec_vae_kernels(net);
    struct rec_vae_sampled *s = w->sampled;
    const struct rec_vae_batch *rest = &s->rest;
    int l = net->layers - 1;
    size_t in = net->layer[l].in;

    for (size_t at = 0; at < s->n; at += TILE) {
        size_t n = s->n - at < TILE ? s->n - at : TILE;
        int some = rec_vae_threads(threads, n * in);

        rec_gemm(net->dtype, 1, 0, n, in, rows, 1,
                 rec_vae_at(net->dtype, w->logits, at), s->n + s->most, h, in,
                 0, w->grad, in);
#pragma omp parallel for num_threads(some) schedule(static)
        for (size_t j = 0; j < n; j++) {
            sink->take(sink->ctx, l, 0, s->item[at + j] * in, in,
                       rec_vae_at(net->dtype, w->grad, j * in));
        }
    }
    threads = rec_vae_threads(threads, rest->start[rows] * in);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t j = 0; j < rest->n_items; j++) {
        void *own = rec_vae_at(net->dtype, w->own,
                               (size_t)rec_thread() * in);

        k->sum_rows(h, in, rest->row + rest->at[j],
                    rest->row_value + rest->at[j],
                    rest->at[j + 1] - rest->at[j], NULL, own);
        sink->take(sink->ctx, l, 0, rest->items[j] * in, in, own);
    }
}

/* That of the bias, zero for most. */
static void bias_back(const struct rec_vae_net *net, size_t rows,
                      struct rec_vae_work *w, const struct rec_vae_sink *sink)
{
    struct rec_vae_sampled *s = w->sampled;
    const struct rec_vae_batch *rest = &s->rest;
    size_t items = net->shape.items, stride = s->n + s->most;

    memset(w->grad, 0, items * rec_dtype_size(net->dtype));
    rec_vae_kernels(net)->column_sums(w->logits, rows, stride, s->n, s->bias);
    for (size_t k = 0; k < s->n; k++) {
        put(net->dtype, w->grad, s->item[k], get(net->dtype, s->bias, k));
    }
    for (size_t j = 0; j < rest->n_items; j++) {
        double sum = 0;

        for (size_t e = rest->at[j]; e < rest->at[j + 1]; e++) {
            sum += rest->row_value[e];
        }
        put(net->dtype, w->grad, rest->items[j], sum);
    }
    sink->take(sink->ctx, net->layers - 1, 1, 0, items, w->grad);
}

void rec_vae_sampled_back(const struct rec_vae_net *net, size_t rows,
                          struct rec_vae_work *w, const void *h,
                          const struct rec_vae_sink *sink, int threads)
{
    input_back(net, rows, w, threads);
    rows_back(net, rows, w, h, sink, threads);
    bias_back(net, rows, w, sink);
}
