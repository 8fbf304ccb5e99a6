/* SPDX-License-Identifier: MIT */
/* rec-recommend --personas: a row for each persona of a user, and one list out
   of theirs, with places by importance (Pal et al., PinnerSage, KDD 2020). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "recommend.h"

void personas_load(struct job *j)
{
    struct rec_persona_set *set = &j->personas.set;
    struct rec_error err;

    check(rec_persona_set_load(set, j->o->personas, &err), &err);
    cli_prov_input(j->c, "personas", set->data.prov, set->data.digest);
}

void personas_open(struct job *j)
{
    struct personas *p = &j->personas;
    uint32_t items = j->main.model->n_items;
    size_t most = p->set.most, n = (size_t)j->o->length;
    struct rec_error err;

    p->join = rec_dict_map(p->set.data.items, j->main.model->items);
    if (!p->join) {
        die("out of memory");
    }
    check(rec_lists_grow(&j->main.lists, most, &err), &err);
    p->found = xalloc(most, sizeof *p->found);
    p->of_row = xalloc(j->main.lists.max_rows, sizeof *p->of_row);
    p->list = xalloc(most, sizeof *p->list);
    p->pick = xalloc(n, sizeof *p->pick);
    p->number = xalloc(n, sizeof *p->number);
    p->medoid = xalloc(n, sizeof *p->medoid);
    p->taken = xalloc(items, sizeof *p->taken);
    memset(p->taken, 0, items);
    p->weight = xalloc(items, sizeof *p->weight);
    for (uint32_t i = 0; i < items; i++) {
        p->weight[i] = 1;
    }
}

void personas_close(struct personas *p)
{
    rec_persona_set_release(&p->set);
    free(p->join);
    free(p->shown);
    free(p->found);
    free(p->of_row);
    free(p->list);
    free(p->pick);
    free(p->number);
    free(p->medoid);
    free(p->taken);
    free(p->weight);
}

/* ---- asking ----------------------------------------------------------- */

/* Does the model know what persona K would ask by? */
static int usable(const struct job *j, size_t k)
{
    const struct personas *p = &j->personas;

    if (j->main.model->type->any_row) {
        return 1;
    }
    if (j->o->by_medoid) {
        return p->join[p->set.medoid[k]] != REC_NONE;
    }
    for (int64_t e = p->set.start[k]; e < p->set.start[k + 1]; e++) {
        if (p->join[p->set.data.rows.item[e]] != REC_NONE) {
            return 1;
        }
    }
    return 0;
}

size_t personas_find(struct job *j, const struct rec_row *row)
{
    struct personas *p = &j->personas;
    uint32_t u = rec_dict_find(p->set.data.users, row->id, row->id_len);

    p->n_found = 0;
    if (u != REC_NONE) {
        for (uint32_t k = p->set.first[u]; k < p->set.first[u + 1]; k++) {
            if (usable(j, k)) {
                p->found[p->n_found++] = k;
            }
        }
    }
    return p->n_found;
}

/* The event of the persona's ITEM, with its weight in the user's history. */
static void add_member(struct job *j, uint32_t item)
{
    uint32_t own = j->personas.join[item];
    struct rec_error err;

    if (own != REC_NONE) {
        check(rec_gather_add(&j->main.history, own, j->personas.weight[own],
                             &err),
              &err);
    }
}

/* Into the row at hand of what is hidden: the history and what --exclude
   says, then the members of all personas, which may not be of this history. */
static void hide_first(struct job *j, const struct rec_row *row)
{
    struct personas *p = &j->personas;
    struct rec_error err;

    recommend_hide(j, &j->main, row);
    for (size_t k = 0; k < p->n_found && !j->o->keep_seen; k++) {
        int64_t to = p->set.start[p->found[k] + 1];

        for (int64_t e = p->set.start[p->found[k]]; e < to; e++) {
            uint32_t own = p->join[p->set.data.rows.item[e]];

            if (own != REC_NONE) {
                check(rec_gather_add(&j->main.hide, own, 1, &err), &err);
            }
        }
    }
}

/* The same as in row FIRST. */
static void hide_again(struct source *s, size_t first)
{
    struct rec_error err;

    for (int64_t e = s->hide.m.start[first]; e < s->hide.m.start[first + 1];
         e++) {
        check(rec_gather_add(&s->hide, s->hide.m.item[e], 1, &err), &err);
    }
}

/* Know the weights of ROW's items, or forget them. */
static void set_weights(struct job *j, const struct rec_row *row, int known)
{
    for (size_t i = 0; i < row->n; i++) {
        uint32_t own = j->main.join[row->item[i]];

        if (own != REC_NONE) {
            j->personas.weight[own] =
                known && row->weight ? row->weight[i] : 1;
        }
    }
}

void personas_ask(struct job *j, const struct rec_row *row)
{
    struct personas *p = &j->personas;
    size_t first = j->main.history.m.rows;

    set_weights(j, row, 1);
    for (size_t k = 0; k < p->n_found; k++) {
        uint32_t persona = p->found[k];
        int64_t e = p->set.start[persona], to = p->set.start[persona + 1];

        if (j->o->by_medoid) {
            add_member(j, p->set.medoid[persona]);
        }
        for (; e < to && !j->o->by_medoid; e++) {
            add_member(j, p->set.data.rows.item[e]);
        }
        if (k == 0) {
            hide_first(j, row);
        } else {
            hide_again(&j->main, first);
        }
        p->of_row[first + k] = persona;
        recommend_end_row(j, &j->main, row);
    }
    set_weights(j, row, 0);
}

/* ---- the list --------------------------------------------------------- */

size_t personas_list(struct job *j, const struct asker *a)
{
    struct personas *p = &j->personas;
    const struct rec_lists *l = &j->main.lists;
    size_t n;

    for (size_t k = 0; k < a->personas; k++) {
        p->list[k] = (struct rec_quota){
            .hit = l->hit + (a->row + k) * l->n,
            .count = l->count[a->row + k],
            .weight = (double)rec_persona_importance(&p->set,
                                                     p->of_row[a->row + k])};
    }
    n = rec_quota_merge(p->list, a->personas, (size_t)j->o->length, l->rank,
                        p->taken, p->pick);
    for (size_t i = 0; i < n; i++) {
        size_t row = a->row + p->pick[i].list;

        j->list_item[i] = recommend_shown(&j->main, p->pick[i].item);
        j->list_own[i] = p->pick[i].item;
        j->list_row[i] = row;
        j->list_score[i] = p->pick[i].score;
        p->number[i] = p->set.number[p->of_row[row]];
        p->medoid[i] = p->shown[p->set.medoid[p->of_row[row]]];
    }
    return n;
}
