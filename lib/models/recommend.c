/* SPDX-License-Identifier: MIT */
/* The best items for a block of users: see recommend.h. */
#include <config.h>

#include "models/recommend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/factors.h"
#include "models/panels.h"

enum { BLOCK_BYTES = 1 << 24, MAX_ROWS = 16384, MAX_SCORE_ROWS = 1024 };

/* Rows of ROW bytes each, at least 1 and at most MOST. */
static size_t rows_of(size_t row, size_t most)
{
    size_t n = row > 0 ? BLOCK_BYTES / row : most;

    return n < 1 ? 1 : n > most ? most : n;
}

int rec_lists_init(struct rec_lists *l, const struct rec_model *m, size_t n,
                   struct rec_error *err)
{
    memset(l, 0, sizeof *l);
    l->model = m;
    l->n = n < m->n_items ? n : m->n_items;
    l->max_rows = rows_of(l->n * sizeof *l->hit, MAX_ROWS);
    l->score_rows = rows_of(m->n_items * sizeof *l->score, MAX_SCORE_ROWS);
    l->rank = rec_dict_tie_rank(m->items);
    l->score = rec_alloc64(l->score_rows * m->n_items, sizeof *l->score);
    l->start = rec_alloc(l->score_rows + 1, sizeof *l->start);
    l->hit = rec_alloc(l->max_rows * l->n, sizeof *l->hit);
    l->count = rec_alloc(l->max_rows, sizeof *l->count);
    if (rec_model_has_cohorts(m)) {
        l->cohort = rec_alloc(l->max_rows, sizeof *l->cohort);
    }
    if (!l->rank || !l->score || !l->start || !l->hit || !l->count
        || (rec_model_has_cohorts(m) && !l->cohort)) {
        rec_lists_release(l);
        return rec_fail_nomem(err);
    }
    return 0;
}

void rec_lists_release(struct rec_lists *l)
{
    free(l->rank);
    free(l->score);
    free(l->start);
    free(l->hit);
    free(l->count);
    free(l->cohort);
    free(l->key);
    free(l->spread);
    memset(l, 0, sizeof *l);
}

int rec_lists_grow(struct rec_lists *l, size_t rows, struct rec_error *err)
{
    size_t hits;

    if (rows <= l->max_rows) {
        return 0;
    }
    free(l->hit); /* nothing of a block yet */
    free(l->count);
    l->hit = rec_size_mul(rows, l->n, &hits)
                 ? NULL
                 : rec_alloc(hits, sizeof *l->hit);
    l->count = rec_alloc(rows, sizeof *l->count);
    if (l->cohort) {
        free(l->cohort);
        l->cohort = rec_alloc(rows, sizeof *l->cohort);
    }
    l->max_rows = rows;
    return l->hit && l->count && (l->cohort || !rec_model_has_cohorts(l->model))
               ? 0
               : rec_fail_nomem(err);
}

int rec_lists_sample(struct rec_lists *l, size_t samples, uint64_t seed,
                     struct rec_error *err)
{
    l->samples = samples;
    l->seed = seed;
    if (l->max_rows > l->score_rows) {
        l->max_rows = l->score_rows; /* deviations take as much as scores */
    }
    l->key = rec_alloc(l->max_rows, sizeof *l->key);
    l->spread = rec_alloc64(l->max_rows * l->model->n_items,
                            sizeof *l->spread);
    return l->key && l->spread ? 0 : rec_fail_nomem(err);
}

/* The list of row R, from its scores. */
static void fill_row(struct rec_lists *l, const struct rec_csr *hide,
                     const uint8_t *hidden, size_t r, float *score)
{
    for (int64_t e = hide->start[r]; e < hide->start[r + 1]; e++) {
        score[hide->item[e]] = -INFINITY;
    }
    l->count[r] = rec_topk(score, l->model->n_items, l->rank, hidden, l->n,
                           l->hit + r * l->n);
}

/* Rows [FROM, FROM + N) of X, as rows of their own. */
static struct rec_csr some_rows(struct rec_lists *l, const struct rec_csr *x,
                                size_t from, size_t n)
{
    size_t at = (size_t)x->start[from];
    struct rec_csr rows = {n, x->cols, l->start, x->item ? x->item + at : NULL,
                           x->weight ? x->weight + at : NULL, NULL};

    for (size_t r = 0; r <= n; r++) {
        l->start[r] = x->start[from + r] - x->start[from];
    }
    return rows;
}

/* The scores of ROWS, the first of which is row FROM of the block. */
static int score_rows(struct rec_lists *l, const struct rec_csr *rows,
                      size_t from, int threads, struct rec_error *err)
{
    struct rec_draws draws = {l->samples, l->seed, NULL};

    if (l->cohort) {
        return rec_model_score_cohorts(l->model, rows, l->cohort + from,
                                       threads, l->score, err);
    }
    if (!l->spread) {
        return rec_model_score(l->model, rows, threads, l->score, err);
    }
    draws.key = l->key + from;
    return rec_model_sample(l->model, rows, &draws, threads, l->score,
                            l->spread + from * l->model->n_items, err);
}

int rec_lists_fill(struct rec_lists *l, const struct rec_csr *history,
                   const struct rec_csr *hide, const uint8_t *hidden,
                   int threads, struct rec_error *err)
{
    if (!l->spread && rec_panels_suit(l->model, history)) {
        return rec_panels_fill(l->model, history, hide, hidden, l->rank, l->n,
                               l->hit, l->count, threads, err);
    }
    for (size_t from = 0; from < history->rows; from += l->score_rows) {
        size_t left = history->rows - from;
        size_t n = left < l->score_rows ? left : l->score_rows;
        struct rec_csr rows = some_rows(l, history, from, n);
        int rc = score_rows(l, &rows, from, threads, err);

        if (rc != 0) {
            return rc;
        }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)           \
    if (n > 1)
        for (size_t r = from; r < from + n; r++) {
            l->count[r] = 0;
            if (rec_csr_row_len(history, r) > 0 || l->model->type->any_row) {
                fill_row(l, hide, hidden, r,
                         l->score + (r - from) * l->model->n_items);
            }
        }
    }
    return 0;
}

int rec_lists_fill_vectors(struct rec_lists *l, const float *user,
                           const struct rec_csr *hide, const uint8_t *hidden,
                           int threads, struct rec_error *err)
{
    uint32_t dim = rec_model_dimensions(l->model), items = l->model->n_items;
    const float *item;
    int rc = rec_model_item_vectors(l->model, &item, err);

    for (size_t from = 0; from < hide->rows && rc == 0;
         from += l->score_rows) {
        size_t left = hide->rows - from;
        size_t n = left < l->score_rows ? left : l->score_rows;

        rec_factors_score(user + from * dim, n, item, items, dim, l->score);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)           \
    if (n > 1)
        for (size_t r = from; r < from + n; r++) {
            fill_row(l, hide, hidden, r, l->score + (r - from) * items);
        }
    }
    return rc;
}
