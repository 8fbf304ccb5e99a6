/* SPDX-License-Identifier: MIT */
/* rec-ask: what is there before the first question: the model, the
   population, the pool. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "ask.h"

static void open_model(struct job *j)
{
    struct rec_error err;

    check(rec_model_open(&j->model, j->o->model, &err), &err);
    if (!rec_model_is_product(j->model)) {
        die("%s: a '%s' has no vectors whose products are its scores",
            j->o->model, j->model->type->kind);
    }
    cli_prov_input(j->c, "model", rec_store_prov(j->model->store),
                   rec_store_digest(j->model->store));
    check(rec_model_item_vectors(j->model, &j->vector, &err), &err);
    j->dim = rec_model_dimensions(j->model);
    j->rank = rec_dict_tie_rank(j->model->items);
    if (!j->rank) {
        die("out of memory");
    }
}

struct rec_csr ask_join(const struct job *j, const struct rec_data *d)
{
    uint32_t *map = rec_dict_map(d->items, j->model->items);
    size_t events = rec_csr_events(&d->rows), n = 0;
    struct rec_csr x = {.rows = d->rows.rows, .cols = j->model->n_items};

    if (!map) {
        die("out of memory");
    }
    x.start = xalloc(x.rows + 1, sizeof *x.start);
    x.item = xalloc(events, sizeof *x.item);
    x.weight = d->rows.weight ? xalloc(events, sizeof *x.weight) : NULL;
    x.start[0] = 0;
    for (size_t r = 0; r < x.rows; r++) {
        for (int64_t e = d->rows.start[r]; e < d->rows.start[r + 1]; e++) {
            uint32_t item = map[d->rows.item[e]];

            if (item != REC_NONE) {
                if (x.weight) {
                    x.weight[n] = d->rows.weight[e];
                }
                x.item[n++] = item;
            }
        }
        x.start[r + 1] = (int64_t)n;
    }
    free(map);
    return x;
}

/* Take the rows without items out of X: they say nothing of tastes. */
static void drop_empty(struct rec_csr *x)
{
    size_t rows = 0;

    for (size_t r = 0; r < x->rows; r++) {
        if (x->start[r + 1] > x->start[r]) {
            x->start[++rows] = x->start[r + 1];
        }
    }
    x->rows = rows;
}

/* The population's vectors, and from them the prior. */
static void fit_prior(struct job *j, const struct rec_csr *x)
{
    float *user;
    struct rec_error err;

    cli_need_memory(j->c, 12.0 * (double)x->rows * j->dim, "the population");
    user = xalloc(x->rows * j->dim, sizeof *user);
    check(rec_model_user_vectors(j->model, x, (int)j->c->threads, user, &err),
          &err);
    check_input(rec_ask_prior_fit(&j->prior, j->dim, user, x->rows, &err),
                j->c, &err);
    free(user);
}

/* The pool at SCALE. */
static void make_pool(struct job *j, double scale)
{
    struct rec_ask_items items = {j->vector, j->count, j->rank,
                                  j->model->n_items, (double)j->people};
    struct rec_ask_options opt = {(size_t)j->o->pool, j->o->pairs, j->o->ratio,
                                  scale, j->o->known,
                                  !j->o->offset && j->users};
    struct rec_error err;

    check(rec_ask_pool_init(&j->pool, &j->prior, &items, &opt, &err), &err);
}

static void open_population(struct job *j)
{
    double scale = j->o->scale;
    struct rec_data data;
    struct rec_csr x;
    struct rec_error err;

    check(rec_data_load(&data, cli_one_input(j->c), "interactions", &err),
          &err);
    cli_prov_input(j->c, "input", data.prov, data.digest);
    x = ask_join(j, &data);
    drop_empty(&x);
    j->people = x.rows;
    j->users = data.users;
    data.users = NULL;
    j->count = xalloc(j->model->n_items, sizeof *j->count);
    rec_csr_item_counts(&x, j->count);
    fit_prior(j, &x);
    make_pool(j, 1);
    if (!cli_given(j->c, "scale")) {
        check(rec_ask_scale(j->model, &x, &j->pool, (uint64_t)j->c->seed,
                            (int)j->c->threads, &scale, &err),
              &err);
    }
    rec_ask_pool_release(&j->pool);
    make_pool(j, scale);
    rec_csr_release(&x);
    rec_data_release(&data);
}

/* The population that the model was learnt from: its products are log odds. */
static void open_own_population(struct job *j)
{
    size_t d = j->dim;
    struct rec_population p;
    double *wide = xalloc(d + d * d, sizeof *wide);
    struct rec_error err;

    check(rec_model_population(j->model, &p, &err), &err);
    for (size_t k = 0; k < d; k++) {
        wide[k] = (double)p.mean[k];
    }
    for (size_t k = 0; k < d * d; k++) {
        wide[d + k] = (double)p.covariance[k];
    }
    check(rec_ask_prior_init(&j->prior, d, wide, wide + d, &err), &err);
    free(wide);
    j->count = xalloc(j->model->n_items, sizeof *j->count);
    memcpy(j->count, p.count, j->model->n_items * sizeof *j->count);
    j->people = (size_t)p.people;
    make_pool(j, j->o->scale);
}

static void load_titles(struct job *j)
{
    struct rec_error err;
    uint32_t found;

    if (!j->o->titles) {
        return;
    }
    check(rec_titles_load(&j->titles, j->o->titles, j->model->items, &found,
                          &err),
          &err);
    if (j->c->verbose || found == 0) { /* it may be the wrong file */
        note(j->c, "%s: titles for %lu of %lu items", j->o->titles,
             (unsigned long)found, (unsigned long)j->model->n_items);
    }
}

void ask_open(struct job *j)
{
    double side = j->o->pairs ? (double)j->o->pool : 1;

    open_model(j);
    cli_need_memory(j->c,
                    8 * ((double)j->o->pool * (3.0 * j->dim + 4 * side)
                         + 7.0 * j->dim * j->dim),
                    "the pool of questions");
    if (j->c->n_operands > 0) {
        open_population(j);
    } else if (rec_model_has_population(j->model)) {
        open_own_population(j);
    } else {
        die_usage("no population given (FILE), and a '%s' knows none",
                  j->model->type->kind);
    }
    if (j->c->verbose) {
        note(j->c, "people: %zu; items asked about: %zu; questions: %zu; "
                   "scale: %.4g",
             j->people, j->pool.n, j->pool.questions, j->pool.opt.scale);
    }
    load_titles(j);
}

void ask_close(struct job *j)
{
    rec_titles_release(&j->titles);
    rec_ask_pool_release(&j->pool);
    rec_ask_prior_release(&j->prior);
    rec_model_close(j->model);
    rec_dict_free(j->users);
    free(j->count);
    free(j->rank);
}
