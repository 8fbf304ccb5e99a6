/* SPDX-License-Identifier: MIT */
/* The best items for a block of users: see recommend.h. */
#include <config.h>

#include "models/recommend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_BYTES = 1 << 24, MAX_ROWS = 1024 };

int rec_lists_init(struct rec_lists *l, const struct rec_model *m, size_t n,
                   struct rec_error *err)
{
    size_t row;

    memset(l, 0, sizeof *l);
    l->model = m;
    l->n = n < m->n_items ? n : m->n_items;
    row = m->n_items * sizeof *l->score + l->n * sizeof *l->hit;
    l->max_rows = row > 0 ? BLOCK_BYTES / row : MAX_ROWS;
    l->max_rows = l->max_rows < 1          ? 1
                  : l->max_rows > MAX_ROWS ? MAX_ROWS
                                           : l->max_rows;
    l->rank = rec_dict_tie_rank(m->items);
    l->score = rec_alloc64(l->max_rows * m->n_items, sizeof *l->score);
    l->hit = rec_alloc(l->max_rows * l->n, sizeof *l->hit);
    l->count = rec_alloc(l->max_rows, sizeof *l->count);
    if (!l->rank || !l->score || !l->hit || !l->count) {
        rec_lists_release(l);
        return rec_fail_nomem(err);
    }
    return 0;
}

void rec_lists_release(struct rec_lists *l)
{
    free(l->rank);
    free(l->score);
    free(l->hit);
    free(l->count);
    free(l->key);
    free(l->spread);
    memset(l, 0, sizeof *l);
}

int rec_lists_sample(struct rec_lists *l, size_t samples, uint64_t seed,
                     struct rec_error *err)
{
    l->samples = samples;
    l->seed = seed;
    l->key = rec_alloc(l->max_rows, sizeof *l->key);
    l->spread = rec_alloc64(l->max_rows * l->model->n_items,
                            sizeof *l->spread);
    return l->key && l->spread ? 0 : rec_fail_nomem(err);
}

/* The list of row R, from its scores. */
static void fill_row(struct rec_lists *l, const struct rec_csr *history,
                     const struct rec_csr *hide, const uint8_t *hidden,
                     size_t r)
{
    float *score = l->score + r * l->model->n_items;

    l->count[r] = 0;
    if (rec_csr_row_len(history, r) == 0 && !l->model->type->any_row) {
        return;
    }
    for (int64_t e = hide->start[r]; e < hide->start[r + 1]; e++) {
        score[hide->item[e]] = -INFINITY;
    }
    l->count[r] = rec_topk(score, l->model->n_items, l->rank, hidden, l->n,
                           l->hit + r * l->n);
}

int rec_lists_fill(struct rec_lists *l, const struct rec_csr *history,
                   const struct rec_csr *hide, const uint8_t *hidden,
                   int threads, struct rec_error *err)
{
    struct rec_draws draws = {l->samples, l->seed, l->key};
    int rc = l->spread ? rec_model_sample(l->model, history, &draws, threads,
                                          l->score, l->spread, err)
                       : rec_model_score(l->model, history, threads, l->score,
                                         err);

    if (rc != 0) {
        return rc;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)
    for (size_t r = 0; r < history->rows; r++) {
        fill_row(l, history, hide, hidden, r);
    }
    return 0;
}
