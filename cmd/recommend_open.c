/* SPDX-License-Identifier: MIT */
/* rec-recommend: what is read before the users: models, filters, titles. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "data/idlist.h"
#include "recommend.h"

static void open_source(struct job *j, struct source *s, const char *path,
                        const char *what)
{
    struct rec_error err;

    check(rec_model_open(&s->model, path, &err), &err);
    if (s->model->n_items == 0) {
        warn("%s: the model knows no items", rec_store_name(s->model->store));
    }
    check(rec_lists_init(&s->lists, s->model, (size_t)j->o->length, &err),
          &err);
    cli_prov_input(j->c, what, rec_store_prov(s->model->store),
                   rec_store_digest(s->model->store));
    if (!j->o->samples) {
        return;
    }
    if (!rec_model_has_posterior(s->model)) {
        die("%s: this '%s' has no posterior to sample from", path,
            s->model->type->kind);
    }
    check(rec_lists_sample(&s->lists, (size_t)j->o->samples,
                           (uint64_t)j->o->seed, &err),
          &err);
}

/* Add the ids of FROM to the output's items. */
static void show(struct job *j, const struct rec_dict *from, uint32_t *shown)
{
    uint32_t n = rec_dict_count(from);
    struct rec_error err;

    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(from, i, &len);

        check(rec_dict_add(j->shown, id, len, &shown[i], &err), &err);
    }
}

/* The output's dictionary: the main model's, and then what only the fallback
   or the personas know. */
static void join_dictionaries(struct job *j)
{
    uint32_t *same = xalloc(j->main.model->n_items, sizeof *same);

    j->shown = rec_dict_new();
    if (!j->shown) {
        die("out of memory");
    }
    j->shown_owned = 1;
    show(j, j->main.model->items, same);
    free(same);
    if (j->fallback.model) {
        j->fallback.shown =
            xalloc(j->fallback.model->n_items, sizeof *j->fallback.shown);
        show(j, j->fallback.model->items, j->fallback.shown);
    }
    if (j->o->personas) {
        const struct rec_dict *items = j->personas.set.data.items;

        j->personas.shown =
            xalloc(rec_dict_count(items), sizeof *j->personas.shown);
        show(j, items, j->personas.shown);
    }
}

static void open_models(struct job *j)
{
    open_source(j, &j->main, j->o->model, "model");
    if (j->o->reasons && !rec_model_can_explain(j->main.model)) {
        die("%s: a '%s' cannot explain its scores", j->o->model,
            j->main.model->type->kind);
    }
    if (j->o->fallback) {
        open_source(j, &j->fallback, j->o->fallback, "fallback");
    }
    if (j->o->personas) {
        personas_load(j);
    }
    if (j->o->fallback || j->o->personas) {
        join_dictionaries(j);
    } else {
        j->shown = j->main.model->items;
    }
    if (j->o->personas) {
        personas_open(j);
    }
}

int recommend_knows(const struct job *j, const char *id, size_t len)
{
    return rec_dict_find(j->main.model->items, id, len) != REC_NONE
           || (j->fallback.model
               && rec_dict_find(j->fallback.model->items, id, len)
                      != REC_NONE);
}

/* Say how many of the items in PATH no model knows. */
static void report_unknown(const struct job *j, const char *path,
                           const struct rec_dict *list)
{
    uint32_t n = rec_dict_count(list), unknown = 0;

    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(list, i, &len);

        unknown += !recommend_knows(j, id, len);
    }
    if (unknown > 0) {
        note(j->c, "%s: unknown to the model: %lu of %lu items", path,
             (unsigned long)unknown, (unsigned long)n);
    }
}

static struct rec_dict *load_list(struct job *j, const char *path,
                                  const char *what)
{
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_dict *list;
    struct rec_error err;

    if (!path) {
        return NULL;
    }
    check(rec_idlist_load(&list, path, digest, &err), &err);
    cli_prov_input(j->c, what, NULL, digest);
    report_unknown(j, path, list);
    return list;
}

static void hide_items(struct source *s, const struct rec_dict *only,
                       const struct rec_dict *except)
{
    uint32_t n = s->model ? s->model->n_items : 0;

    if (!only && !except) {
        return;
    }
    s->hidden = xalloc(n, 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(s->model->items, i, &len);

        s->hidden[i] =
            (only && rec_dict_find(only, id, len) == REC_NONE)
            || (except && rec_dict_find(except, id, len) != REC_NONE);
    }
}

static void load_filters(struct job *j)
{
    struct rec_dict *only = load_list(j, j->o->only, "only");
    struct rec_dict *except = load_list(j, j->o->except, "except");
    struct source *source[] = {&j->main, &j->fallback};
    struct rec_error err;

    if (j->o->personas) {
        report_unknown(j, j->o->personas, j->personas.set.data.items);
    }
    if (j->o->exclude) {
        check(rec_data_load(&j->exclude, j->o->exclude, NULL, &err), &err);
        cli_prov_input(j->c, "exclude", j->exclude.prov, j->exclude.digest);
        report_unknown(j, j->o->exclude, j->exclude.items);
    }
    for (int i = 0; i < 2; i++) {
        hide_items(source[i], only, except);
        if (j->o->exclude && source[i]->model) {
            source[i]->excluded =
                rec_dict_map(j->exclude.items, source[i]->model->items);
            if (!source[i]->excluded) {
                die("out of memory");
            }
        }
    }
    rec_dict_free(only);
    rec_dict_free(except);
}

static void load_titles(struct job *j)
{
    struct rec_error err;
    uint32_t found;

    if (!j->o->titles) {
        return;
    }
    check(rec_titles_load(&j->titles, j->o->titles, j->shown, &found, &err),
          &err);
    if (j->c->verbose || found < rec_dict_count(j->shown)) { /* wrong file? */
        note(j->c, "%s: titles for %lu of %lu items", j->o->titles,
             (unsigned long)found, (unsigned long)rec_dict_count(j->shown));
    }
}

void recommend_open(struct job *j)
{
    size_t n = (size_t)j->o->length;

    open_models(j);
    load_filters(j);
    load_titles(j);
    j->block_rows = j->main.lists.max_rows;
    if (j->fallback.model && j->fallback.lists.max_rows < j->block_rows) {
        j->block_rows = j->fallback.lists.max_rows;
    }
    j->asker = xalloc(j->block_rows, sizeof *j->asker);
    j->list_item = xalloc(n, sizeof *j->list_item);
    j->list_score = xalloc(n, sizeof *j->list_score);
    j->list_spread = xalloc(n, sizeof *j->list_spread);
    j->list_winner = xalloc(n, sizeof *j->list_winner);
    j->list_share = xalloc(n, sizeof *j->list_share);
    j->list_row = xalloc(n, sizeof *j->list_row);
    j->list_own = xalloc(n, sizeof *j->list_own);
}

static void release_source(struct source *s)
{
    rec_lists_release(&s->lists);
    rec_gather_release(&s->history);
    rec_gather_release(&s->hide);
    rec_model_close(s->model);
    free(s->join);
    free(s->excluded);
    free(s->shown);
    free(s->hidden);
}

void recommend_close(struct job *j)
{
    if (j->shown_owned) {
        rec_dict_free(j->shown);
    }
    release_source(&j->main);
    release_source(&j->fallback);
    personas_close(&j->personas);
    winners_close(j);
    rec_data_release(&j->exclude);
    rec_titles_release(&j->titles);
    free(j->asker);
    rec_buf_release(&j->ids);
    free(j->list_item);
    free(j->list_score);
    free(j->list_spread);
    free(j->list_row);
    free(j->list_own);
    free(j->part);
}
