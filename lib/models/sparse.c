/* SPDX-License-Identifier: MIT */
/* Sparse weights between items: see sparse.h. */
#include <config.h>

#include "models/sparse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/half.h"

enum { PIECE = 256 }; /* weights widened at a time */

struct sparse {
    uint32_t items;
    int weights;
    const int64_t *start;
    const uint32_t *item;
    const void *weight; /* of DTYPE */
    enum rec_dtype dtype;
    const float *in, *out; /* or NULL */
    /* In a file: the same arrays, and by row whether it has been checked. */
    const struct rec_array *item_array, *weight_array;
    uint8_t *sound;
};

void rec_sparse_release(struct rec_sparse *s)
{
    free(s->start);
    free(s->item);
    free(s->weight);
    memset(s, 0, sizeof *s);
}

/* ---- saving ----------------------------------------------------------- */

static int write_array(struct rec_stream_writer *w, const char *name,
                       enum rec_dtype dtype, const void *data, size_t n,
                       struct rec_error *err)
{
    return rec_stream_write(w, REC_BLOCK_ARRAY, name, dtype, data,
                            n * rec_dtype_size(dtype), err);
}

static int write_weights(const struct rec_sparse *s, enum rec_dtype store,
                         struct rec_stream_writer *w, struct rec_error *err)
{
    size_t n = (size_t)s->start[s->items];
    void *narrow = rec_alloc(n, rec_dtype_size(store));
    int rc = narrow ? rec_floats_narrow(store, narrow, REC_F32, s->weight, n,
                                        err)
                    : rec_fail_nomem(err);

    rc = rc ? rc : write_array(w, "weight", store, narrow, n, err);
    free(narrow);
    return rc;
}

static int write_arrays(const struct rec_sparse *s, enum rec_dtype store,
                        struct rec_stream_writer *w, struct rec_error *err)
{
    size_t n = s->items;
    int rc = write_array(w, "start", REC_I64, s->start, n + 1, err);

    rc = rc ? rc
            : write_array(w, "item", REC_U32, s->item, (size_t)s->start[n],
                          err);
    rc = rc ? rc : write_weights(s, store, w, err);
    if (rc == 0 && s->in) {
        rc = write_array(w, "in", REC_F32, s->in, n, err);
    }
    if (rc == 0 && s->out) {
        rc = write_array(w, "out", REC_F32, s->out, n, err);
    }
    return rc;
}

int rec_sparse_save(const struct rec_sparse *s, const char *param,
                    enum rec_dtype store, const struct rec_dict *items,
                    struct rec_output *o, int level, const char *prov,
                    struct rec_error *err)
{
    struct rec_stream_writer *w = NULL;
    struct rec_buf text = {NULL, 0, 0};
    int rc = rec_buf_addf(&text, "%sweights %d\n", param, s->weights != 0)
                 ? rec_fail_nomem(err)
                 : rec_model_begin(&w, o, rec_sparse_type.kind, level,
                                   text.data, items, err);

    rec_buf_release(&text);
    if (rc != 0) {
        return rc;
    }
    rc = write_arrays(s, store, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

/* ---- loading ---------------------------------------------------------- */

static int corrupt(const struct rec_model *m, const char *name,
                   const char *what, struct rec_error *err)
{
    return rec_fail(err, REC_ECORRUPT, "%s: array '%s' %s",
                    rec_store_name(m->store), name, what);
}

static int get_start(const struct rec_model *m, struct sparse *s,
                     struct rec_error *err)
{
    size_t n = s->items;
    int rc = rec_model_array(m, "start", REC_I64, n + 1, &s->start, err);
    int sound;

    if (rc != 0) {
        return rc;
    }
    sound = s->start[0] == 0;
    for (size_t i = 0; i < n && sound; i++) {
        sound = s->start[i] <= s->start[i + 1]
                && s->start[i + 1] - s->start[i] <= (int64_t)n;
    }
    return sound ? 0 : corrupt(m, "start", "does not ascend from 0", err);
}

/* Where the rows are; what is in them is checked when it is used. */
static int get_rows(const struct rec_model *m, struct sparse *s,
                    struct rec_error *err)
{
    const struct rec_array *w = rec_store_find(m->store, REC_BLOCK_ARRAY,
                                               "weight");
    size_t n = (size_t)s->start[s->items];
    int rc;

    s->dtype = w && w->block.dtype == REC_F16    ? REC_F16
               : w && w->block.dtype == REC_BF16 ? REC_BF16
                                                 : REC_F32;
    rc = rec_store_array(m->store, "item", REC_U32, n, &s->item_array, err);
    rc = rc ? rc
            : rec_store_array(m->store, "weight", s->dtype, n,
                              &s->weight_array, err);
    if (rc != 0) {
        return rc;
    }
    s->item = s->item_array->block.data;
    s->weight = s->weight_array->block.data;
    s->sound = rec_zalloc(s->items, 1);
    return s->sound ? 0 : rec_fail_nomem(err);
}

/* A factor per item, if the file has it. */
static int get_factors(const struct rec_model *m, const char *name,
                       const float **out, struct rec_error *err)
{
    int rc;

    if (!rec_store_find(m->store, REC_BLOCK_ARRAY, name)) {
        return 0;
    }
    rc = rec_model_array(m, name, REC_F32, m->n_items, out, err);
    if (rc != 0) {
        return rc;
    }
    for (uint32_t i = 0; i < m->n_items; i++) {
        if (!isfinite((*out)[i])) {
            return corrupt(m, name, "has a number that is not finite", err);
        }
    }
    return 0;
}

static int sparse_load(struct rec_model *m, struct rec_error *err)
{
    struct sparse *s = m->state = rec_zalloc(1, sizeof *s);
    double weights = 0;
    int rc;

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->items = m->n_items;
    rc = rec_model_param(m, "weights", &weights, err);
    s->weights = weights != 0;
    rc = rc ? rc : get_start(m, s, err);
    rc = rc ? rc : get_rows(m, s, err);
    rc = rc ? rc : get_factors(m, "in", &s->in, err);
    return rc ? rc : get_factors(m, "out", &s->out, err);
}

static void sparse_release(struct rec_model *m)
{
    struct sparse *s = m->state;

    if (s) {
        free(s->sound);
        free(s);
    }
}

int rec_sparse_lend(const struct rec_sparse *s, struct rec_dict *items,
                    struct rec_model *out, struct rec_error *err)
{
    struct rec_model m = {&rec_sparse_type, NULL, items, s->items, NULL};
    struct sparse *state = m.state = rec_zalloc(1, sizeof *state);

    if (!state) {
        return rec_fail_nomem(err);
    }
    state->items = s->items;
    state->weights = s->weights;
    state->start = s->start;
    state->item = s->item;
    state->weight = s->weight;
    state->dtype = REC_F32;
    state->in = s->in;
    state->out = s->out;
    *out = m;
    return 0;
}

void rec_sparse_unlend(struct rec_model *m)
{
    sparse_release(m);
}

/* ---- rows, checked before their first use ----------------------------- */

/* Up to PIECE weights from entry AT on. */
static const float *widen(const struct sparse *s, size_t at, size_t n,
                          float room[PIECE])
{
    if (s->dtype == REC_F32) {
        return (const float *)s->weight + at;
    }
    rec_floats_widen(s->dtype, s->weight, at, n, room);
    return room;
}

/* Are the items of entries [AT, END) ascending ones of ours, the weights
   finite? */
static int is_sound(const struct sparse *s, size_t at, size_t end)
{
    float room[PIECE];

    for (size_t from = at, n; from < end; from += n) {
        const float *w;

        n = end - from < PIECE ? end - from : PIECE;
        w = widen(s, from, n, room);
        for (size_t k = 0; k < n; k++) {
            if (s->item[from + k] >= s->items || !isfinite(w[k])
                || (from + k > at
                    && s->item[from + k] <= s->item[from + k - 1])) {
                return 0;
            }
        }
    }
    return 1;
}

static int check_row(const struct sparse *s, uint32_t i,
                     struct rec_error *err)
{
    size_t at = (size_t)s->start[i], n = (size_t)s->start[i + 1] - at;
    size_t size = rec_dtype_size(s->dtype);
    int done, rc;

#pragma omp atomic read
    done = s->sound[i];
    if (done) {
        return 0;
    }
    rc = rec_array_check(s->item_array, at * sizeof *s->item,
                         n * sizeof *s->item, err);
    rc = rc ? rc : rec_array_check(s->weight_array, at * size, n * size, err);
    if (rc == 0 && !is_sound(s, at, at + n)) {
        rc = rec_fail(err, REC_ECORRUPT,
                      "%s: the weights of item %lu are not those of ascending "
                      "items, or not finite",
                      s->item_array->file, (unsigned long)i + 1);
    }
    if (rc == 0) {
#pragma omp atomic write
        s->sound[i] = 1;
    }
    return rc;
}

static int check_rows(const struct sparse *s, const struct rec_csr *x,
                      int threads, struct rec_error *err)
{
    int64_t n = s->sound ? (int64_t)rec_csr_events(x) : 0;
    int failed = 0;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)          \
    if (n > 256)
    for (int64_t e = 0; e < n; e++) {
        struct rec_error why;
        int rc = check_row(s, x->item[e], &why);

        if (rc != 0) {
#pragma omp critical
            {
                failed = rc;
                if (err) {
                    *err = why;
                }
            }
        }
    }
    return failed;
}

/* ---- scoring ---------------------------------------------------------- */

/* OUT += X times row I. */
static void add_row(const struct sparse *s, uint32_t i, float x, float *out)
{
    size_t at = (size_t)s->start[i], end = (size_t)s->start[i + 1];
    float room[PIECE];

    for (size_t n; at < end; at += n) {
        const uint32_t *item = s->item + at;
        const float *w;

        n = end - at < PIECE ? end - at : PIECE;
        w = widen(s, at, n, room);
        for (size_t k = 0; k < n; k++) {
            out[item[k]] += x * w[k];
        }
    }
}

/* What event E of X puts in. */
static float input(const struct sparse *s, const struct rec_csr *x, int64_t e)
{
    float v = s->weights && x->weight ? x->weight[e] : 1;

    return s->in ? v * s->in[x->item[e]] : v;
}

static void score_row(const struct sparse *s, const struct rec_csr *x,
                      size_t r, float *out)
{
    memset(out, 0, s->items * sizeof *out);
    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        add_row(s, x->item[e], input(s, x, e), out);
    }
    for (uint32_t j = 0; j < s->items && s->out; j++) {
        out[j] *= s->out[j];
    }
}

/* A thread owns a row of OUT. */
static int sparse_score(const struct rec_model *m, const struct rec_csr *rows,
                        int threads, float *out, struct rec_error *err)
{
    const struct sparse *s = m->state;
    int rc = check_rows(s, rows, threads, err);

    if (rc != 0) {
        return rc;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)              \
    if (rows->rows > 1)
    for (size_t r = 0; r < rows->rows; r++) {
        score_row(s, rows, r, out + r * s->items);
    }
    return 0;
}

/* W_ij, 0 if it is not there. */
static double find_weight(const struct sparse *s, uint32_t i, uint32_t j)
{
    size_t low = (size_t)s->start[i], end = (size_t)s->start[i + 1];
    size_t high = end;
    float w = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->item[middle] < j) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < end && s->item[low] == j) {
        rec_floats_widen(s->dtype, s->weight, low, 1, &w);
    }
    return w;
}

static int sparse_explain(const struct rec_model *m,
                          const struct rec_csr *row, uint32_t item,
                          double *part, struct rec_error *err)
{
    const struct sparse *s = m->state;
    double out = s->out ? s->out[item] : 1;
    int rc = check_rows(s, row, 1, err);

    for (int64_t e = row->start[0]; e < row->start[1] && rc == 0; e++) {
        part[e - row->start[0]] =
            out * input(s, row, e) * find_weight(s, row->item[e], item);
    }
    return rc;
}

static int sparse_weights(const struct rec_model *m, uint32_t item,
                          float *out, struct rec_error *err)
{
    const struct sparse *s = m->state;
    int64_t start[] = {0, 1};
    struct rec_csr one = {1, s->items, start, &item, NULL, NULL};
    int rc = check_rows(s, &one, 1, err);

    if (rc == 0) {
        score_row(s, &one, 0, out);
    }
    return rc;
}

const struct rec_model_type rec_sparse_type = {
    .kind = "model/sparse",
    .load = sparse_load,
    .release = sparse_release,
    .score = sparse_score,
    .explain = sparse_explain,
    .weights = sparse_weights,
};
