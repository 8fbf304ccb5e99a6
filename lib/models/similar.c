/* SPDX-License-Identifier: MIT */
/* Neighbours of items: see similar.h. */
#include <config.h>

#include "models/similar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"

enum { BLOCK_BYTES = 1 << 24, MAX_ROWS = 256 };

int rec_similar_natural(const struct rec_model *m, struct rec_error *err)
{
    if (m->type->weights) {
        return REC_SIMILAR_WEIGHTS;
    }
    return rec_model_dimensions(m) > 0
               ? REC_SIMILAR_COSINE
               : rec_fail(err, REC_ENOTSUP,
                          "%s: a '%s' has neither weights between items nor "
                          "vectors",
                          rec_store_name(m->store), m->type->kind);
}

/* ---- set up ------------------------------------------------------------- */

/* Vectors of length 1; a NaN marks those that cannot be: it is never on a
   list. */
static int make_units(struct rec_similar *s, struct rec_error *err)
{
    uint32_t n = rec_dict_count(s->ids);

    s->unit = rec_alloc64((size_t)n * s->dim, sizeof *s->unit);
    if (!s->unit) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const float *v = s->value + (size_t)i * s->dim;
        float *u = s->unit + (size_t)i * s->dim;
        double square = 0, scale;

        for (uint32_t k = 0; k < s->dim; k++) {
            square += (double)v[k] * v[k];
        }
        scale = square > 0 ? 1 / sqrt(square) : (double)NAN;
        for (uint32_t k = 0; k < s->dim; k++) {
            u[k] = (float)(v[k] * scale);
        }
    }
    s->value = s->unit;
    return 0;
}

static int alloc_lists(struct rec_similar *s, size_t n, struct rec_error *err)
{
    size_t ids = rec_dict_count(s->ids), row;

    s->n = n < ids ? n : ids;
    row = ids * sizeof *s->score + s->n * sizeof *s->hit;
    s->max_rows = row > 0 ? BLOCK_BYTES / row : MAX_ROWS;
    s->max_rows = s->max_rows < 1          ? 1
                  : s->max_rows > MAX_ROWS ? MAX_ROWS
                                           : s->max_rows;
    s->rank = rec_dict_tie_rank(s->ids);
    s->score = rec_alloc64(s->max_rows * ids, sizeof *s->score);
    s->query = rec_alloc64(s->max_rows * s->dim, sizeof *s->query);
    s->hit = rec_alloc(s->max_rows * s->n, sizeof *s->hit);
    s->count = rec_alloc(s->max_rows, sizeof *s->count);
    return s->rank && s->score && s->query && s->hit && s->count
               ? 0
               : rec_fail_nomem(err);
}

static int set_up(struct rec_similar *s, size_t n, struct rec_error *err)
{
    int rc = alloc_lists(s, n, err);

    if (rc == 0 && s->by == REC_SIMILAR_COSINE) {
        rc = make_units(s, err);
    }
    if (rc != 0) {
        rec_similar_release(s);
    }
    return rc;
}

int rec_similar_init(struct rec_similar *s, const struct rec_model *m,
                     enum rec_similar_by by, size_t n, struct rec_error *err)
{
    int rc;

    memset(s, 0, sizeof *s);
    s->model = m;
    s->ids = m->items;
    s->by = by;
    if (by == REC_SIMILAR_WEIGHTS) {
        if (!m->type->weights) {
            return rec_fail(err, REC_ENOTSUP,
                            "%s: a '%s' has no weights between items",
                            rec_store_name(m->store), m->type->kind);
        }
    } else {
        rc = rec_model_item_vectors(m, &s->value, err);
        if (rc != 0) {
            return rc;
        }
        s->dim = rec_model_dimensions(m);
    }
    return set_up(s, n, err);
}

int rec_similar_init_vectors(struct rec_similar *s,
                             const struct rec_dict *ids, const float *value,
                             uint32_t dim, enum rec_similar_by by, size_t n,
                             struct rec_error *err)
{
    memset(s, 0, sizeof *s);
    s->ids = ids;
    s->by = by;
    s->dim = dim;
    s->value = value;
    if (by == REC_SIMILAR_WEIGHTS) {
        return rec_fail(err, REC_ENOTSUP,
                        "vectors have no weights between items");
    }
    return set_up(s, n, err);
}

void rec_similar_release(struct rec_similar *s)
{
    free(s->unit);
    free(s->query);
    free(s->rank);
    free(s->score);
    free(s->hit);
    free(s->count);
    memset(s, 0, sizeof *s);
}

/* ---- lists -------------------------------------------------------------- */

/* In a sparse model most weights are 0: these are no neighbours. */
static int score_weights(struct rec_similar *s, const uint32_t *item,
                         size_t count, struct rec_error *err)
{
    size_t ids = rec_dict_count(s->ids);
    int rc = 0;

    for (size_t r = 0; r < count && rc == 0; r++) {
        float *score = s->score + r * ids;

        rc = rec_model_weights(s->model, item[r], score, err);
        for (size_t j = 0; j < ids && rc == 0; j++) {
            score[j] = score[j] != 0 ? score[j] : -INFINITY;
        }
    }
    return rc;
}

/* On one thread of BLAS: on several its sums would depend on how many. */
static void score_vectors(struct rec_similar *s, const uint32_t *item,
                          size_t count)
{
    size_t ids = rec_dict_count(s->ids), dim = s->dim;

    for (size_t r = 0; r < count; r++) {
        memcpy(s->query + r * dim, s->value + item[r] * dim,
               dim * sizeof *s->query);
    }
    rec_blas_threads(1);
    rec_gemm(REC_F32, 0, 1, count, ids, dim, 1, s->query, dim, s->value, dim,
             0, s->score, ids);
}

int rec_similar_fill(struct rec_similar *s, const uint32_t *item,
                     size_t count, int threads, struct rec_error *err)
{
    size_t ids = rec_dict_count(s->ids);
    int rc = 0;

    if (s->by == REC_SIMILAR_WEIGHTS) {
        rc = score_weights(s, item, count, err);
    } else {
        score_vectors(s, item, count);
    }
    if (rc != 0) {
        return rc;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t r = 0; r < count; r++) {
        s->score[r * ids + item[r]] = -INFINITY;
        s->count[r] = rec_topk(s->score + r * ids, (uint32_t)ids, s->rank,
                               NULL, s->n, s->hit + r * s->n);
    }
    return 0;
}
