/* SPDX-License-Identifier: MIT */
/* rec-persona --assign: histories cut by the personas of a model. The groups
   are those of rec-cluster --mode=personas, with a persona's share of the
   history as its importance, and the item whose weight is largest as its
   medoid. */
#include <config.h>

#include "persona.h"

#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "data/gather.h"
#include "models/model.h"

enum { BLOCK = 256, MOST = 4096 }; /* users at a time; personas of one */

struct job {
    struct cli *c;
    struct rec_model *m;
    struct rec_data data;
    uint32_t *join; /* to the model's items */
    struct rec_gather rows;
    struct cli_rows out;
    uint32_t *persona; /* by event of the block */
    float *weight;
    /* By event of a user, in the order of the personas: */
    uint32_t *item, *number, *medoid;
    float *importance;
    uint64_t unknown, empty;
};

/* Users [FROM, TO), with the items that the model knows. */
static void gather(struct job *j, size_t from, size_t to)
{
    const struct rec_csr *x = &j->data.rows;
    struct rec_error err;

    check(rec_gather_begin(&j->rows, j->m->n_items, &err), &err);
    for (size_t r = from; r < to; r++) {
        for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
            uint32_t own = j->join[x->item[e]];

            if (own == REC_NONE) {
                j->unknown++;
                continue;
            }
            check(rec_gather_add(&j->rows, own, x->weight ? x->weight[e] : 1,
                                 &err),
                  &err);
        }
        check(rec_gather_end_row(&j->rows, &err), &err);
    }
}

/* The events of persona P among the N at PERSONA, added behind the AT that are
   there; ITEM are those of the history that the model knows. */
static size_t add_persona(struct job *j, uint32_t p, const uint32_t *persona,
                          const float *weight, const uint32_t *item, size_t n,
                          size_t at)
{
    size_t begun = at, best = n;

    for (size_t i = 0; i < n; i++) {
        if (persona[i] == p) {
            best = best == n || weight[i] > weight[best] ? i : best;
            j->number[at] = p;
            j->item[at++] = item[i];
        }
    }
    for (size_t i = begun; i < at; i++) {
        j->medoid[i] = item[best];
        j->importance[i] = (float)(at - begun) / (float)n;
    }
    return at;
}

static void write_user(struct job *j, size_t r, size_t of_block)
{
    const struct rec_csr *m = &j->rows.m;
    size_t at = (size_t)m->start[of_block], n = rec_csr_row_len(m, of_block);
    struct rec_row row = rec_data_row(&j->data, r);
    const void *more[] = {j->number, j->medoid};
    struct rec_error err;
    size_t used = 0;

    for (uint32_t p = 1; used < n && p <= MOST; p++) {
        used = add_persona(j, p, j->persona + at, j->weight + at,
                           m->item + at, n, used);
    }
    j->empty += n == 0;
    row.n = used;
    row.item = j->item;
    row.weight = j->importance;
    row.time = NULL;
    check(rec_row_write_more(j->out.rows, &row, more, &err), &err);
}

static void do_block(struct job *j, size_t from, size_t to)
{
    struct rec_error err;
    size_t n, longest = 0;

    gather(j, from, to);
    n = rec_csr_events(&j->rows.m);
    for (size_t r = 0; r < to - from; r++) {
        size_t len = rec_csr_row_len(&j->rows.m, r);

        longest = len > longest ? len : longest;
    }
    j->persona = xalloc(n, sizeof *j->persona);
    j->weight = xalloc(n, sizeof *j->weight);
    j->item = xalloc(longest, sizeof *j->item);
    j->number = xalloc(longest, sizeof *j->number);
    j->medoid = xalloc(longest, sizeof *j->medoid);
    j->importance = xalloc(longest, sizeof *j->importance);
    check(rec_model_winners(j->m, &j->rows.m, &j->rows.m, (int)j->c->threads,
                            j->persona, j->weight, &err),
          &err);
    for (size_t r = from; r < to; r++) {
        write_user(j, r, r - from);
    }
    free(j->persona);
    free(j->weight);
    free(j->item);
    free(j->number);
    free(j->medoid);
    free(j->importance);
}

static void open_all(struct job *j, const char *model)
{
    static const struct rec_column column[] = {{"group", REC_COLUMN_COUNT},
                                               {"medoid", REC_COLUMN_ITEM}};
    struct rec_head head = {"groups", "", REC_COL_WEIGHT};
    struct rec_error err;

    check(rec_model_open(&j->m, model, &err), &err);
    if (!rec_model_has_personas(j->m)) {
        die("%s: a '%s' has no personas", model, j->m->type->kind);
    }
    cli_prov_input(j->c, "model", rec_store_prov(j->m->store),
                   rec_store_digest(j->m->store));
    check(rec_data_load(&j->data, cli_one_input(j->c), "interactions", &err),
          &err);
    cli_prov_input(j->c, "input", j->data.prov, j->data.digest);
    j->join = rec_dict_map(j->data.items, j->m->items);
    if (!j->join) {
        die("out of memory");
    }
    cli_rows_begin(j->c, &j->out, cli_output(j->c, j->c->output, 1), &head,
                   j->m->items);
    check(rec_row_columns(j->out.rows, column, 2, &err), &err);
}

void persona_assign(struct cli *c, const char *model)
{
    struct job j = {.c = c};

    open_all(&j, model);
    for (size_t r = 0; r < j.data.rows.rows; r += BLOCK) {
        size_t left = j.data.rows.rows - r;

        do_block(&j, r, r + (left < BLOCK ? left : BLOCK));
    }
    cli_rows_finish(c, &j.out);
    if (j.unknown > 0) {
        note(c, "unknown to the model: %llu events",
             (unsigned long long)j.unknown);
    }
    if (j.empty > 0) {
        note(c, "users without a known item, whose rows are empty: %llu",
             (unsigned long long)j.empty);
    }
    rec_model_close(j.m);
    rec_data_release(&j.data);
    rec_gather_release(&j.rows);
    free(j.join);
}
