/* SPDX-License-Identifier: MIT */
/* Popularity: see pop.h. */
#include <config.h>

#include "models/pop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- fitting and saving ----------------------------------------------- */

int rec_pop_add(struct rec_pop *p, const struct rec_batch *batch,
                uint32_t items, struct rec_error *err)
{
    if (rec_reserve(&p->count, &p->cap, items, sizeof *p->count) != 0) {
        return rec_fail_nomem(err);
    }
    if (items > p->items) {
        memset(p->count + p->items, 0, (items - p->items) * sizeof *p->count);
        p->items = items;
    }
    for (size_t e = 0; e < batch->events; e++) {
        p->count[batch->item[e]]++;
    }
    p->users += batch->rows;
    return 0;
}

void rec_pop_release(struct rec_pop *p)
{
    free(p->count);
    memset(p, 0, sizeof *p);
}

int rec_pop_save(const struct rec_pop *p, const struct rec_dict *items,
                 struct rec_output *o, int level, const char *prov,
                 struct rec_error *err)
{
    struct rec_stream_writer *w;
    char param[64];
    int rc;

    snprintf(param, sizeof param, "users %" PRIu64 "\n", p->users);
    rc = rec_model_begin(&w, o, rec_pop_type.kind, level, param, items, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_stream_write(w, REC_BLOCK_ARRAY, "count", REC_U32, p->count,
                          p->items * sizeof *p->count, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

/* ---- the loaded model ------------------------------------------------- */

/* The state is the row of scores. */
static int pop_load(struct rec_model *m, struct rec_error *err)
{
    const uint32_t *count;
    float *score;
    int rc = rec_model_array(m, "count", REC_U32, m->n_items, &count, err);

    if (rc != 0) {
        return rc;
    }
    m->state = score = rec_alloc(m->n_items, sizeof *score);
    if (!score) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < m->n_items; i++) {
        score[i] = (float)count[i];
    }
    return 0;
}

static void pop_release(struct rec_model *m)
{
    free(m->state);
}

static int pop_score(const struct rec_model *m, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *err)
{
    (void)threads;
    (void)err;
    for (size_t r = 0; r < rows->rows; r++) {
        memcpy(out + r * m->n_items, m->state, m->n_items * sizeof *out);
    }
    return 0;
}

const struct rec_model_type rec_pop_type = {
    .kind = "model/pop",
    .any_row = 1,
    .load = pop_load,
    .release = pop_release,
    .score = pop_score,
};
