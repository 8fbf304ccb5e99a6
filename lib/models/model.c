/* SPDX-License-Identifier: MIT */
/* The table of models and what they share: see model.h. */
#include <config.h>

#include "models/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/rows.h"
#include "models/amp.h"
#include "models/cohort_pop.h"
#include "models/ease.h"
#include "models/ials.h"
#include "models/knn.h"
#include "models/pop.h"
#include "models/pref.h"
#include "models/sparse.h"
#include "models/svd.h"
#include "models/vae.h"

static const struct rec_model_type *const types[] = {
    &rec_amp_type,
    &rec_cohort_pop_type,
    &rec_ease_type,
    &rec_ease_users_type,
    &rec_ials_type,
    &rec_pop_type,
    &rec_pref_type,
    &rec_sparse_type,
    &rec_svd_type,
    &rec_user_knn_type,
    &rec_vae_type,
};

/* ---- loading ---------------------------------------------------------- */

static int find_type(struct rec_model *m, struct rec_error *err)
{
    const char *kind = rec_store_head(m->store)->kind;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i]->kind, kind) == 0) {
            m->type = types[i];
            return 0;
        }
    }
    return rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a model%s",
                    rec_store_name(m->store), kind,
                    strncmp(kind, "model/", 6) == 0 ? " that this version knows"
                                                    : "");
}

int rec_model_read_items(const struct rec_model *m, const char *what,
                         struct rec_error *err)
{
    int rc = 0;

    for (size_t i = 0; i < rec_store_count(m->store) && rc == 0; i++) {
        const struct rec_array *a = rec_store_at(m->store, i);

        if (strcmp(a->block.type, REC_BLOCK_ITEM) == 0) {
            rc = rec_array_check(a, 0, a->block.nbytes, err);
            rc = rc ? rc : rec_dict_read(m->items, a->file, &a->block, err);
        } else if (strcmp(a->block.type, REC_BLOCK_PARAM) != 0
                   && strcmp(a->block.type, REC_BLOCK_ARRAY) != 0
                   && a->block.type[0] < 'a') {
            rc = rec_stream_fail(a->file, &a->block, REC_EFORMAT, err,
                                 "this block does not belong in a %s", what);
        }
    }
    return rc;
}

static int load(struct rec_model *m, const char *path, struct rec_error *err)
{
    int rc = rec_store_open(&m->store, path, err);

    rc = rc ? rc : find_type(m, err);
    if (rc != 0) {
        return rc;
    }
    m->items = rec_dict_new();
    rc = m->items ? rec_model_read_items(m, "model", err)
                  : rec_fail_nomem(err);
    if (rc != 0) {
        return rc;
    }
    m->n_items = rec_dict_count(m->items);
    if (rec_store_counts(m->store)->items != m->n_items) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: the end block counts %llu items, the "
                        "dictionary has %lu",
                        rec_store_name(m->store),
                        (unsigned long long)rec_store_counts(m->store)->items,
                        (unsigned long)m->n_items);
    }
    return m->type->load(m, err);
}

int rec_model_open(struct rec_model **out, const char *path,
                   struct rec_error *err)
{
    struct rec_model *m = rec_zalloc(1, sizeof *m);
    int rc = m ? load(m, path, err) : rec_fail_nomem(err);

    if (rc != 0) {
        rec_model_close(m);
        return rc;
    }
    *out = m;
    return 0;
}

void rec_model_close(struct rec_model *m)
{
    if (m) {
        if (m->type) {
            m->type->release(m);
        }
        rec_dict_free(m->items);
        rec_store_close(m->store);
        free(m);
    }
}

/* The text after "KEY " on its line of TEXT, its length in *LEN, or NULL. */
static const char *find_param(const char *text, size_t n, const char *key,
                              size_t *len)
{
    const char *at = text, *end = text + n;
    size_t k = strlen(key);

    while (at < end) {
        const char *nl = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((nl ? nl : end) - at);

        if (line > k && memcmp(at, key, k) == 0 && at[k] == ' ') {
            *len = line - k - 1;
            return at + k + 1;
        }
        at += line + 1;
    }
    return NULL;
}

int rec_model_param(const struct rec_model *m, const char *key, double *out,
                    struct rec_error *err)
{
    const struct rec_array *a = rec_store_find(m->store, REC_BLOCK_PARAM, "");
    const char *value;
    size_t len = 0;
    int rc;

    if (!a) {
        return rec_fail(err, REC_ECORRUPT, "%s: no block '%s' of parameters",
                        rec_store_name(m->store), REC_BLOCK_PARAM);
    }
    rc = rec_array_check(a, 0, a->block.nbytes, err);
    if (rc != 0) {
        return rc;
    }
    value = find_param(a->block.data, a->block.nbytes, key, &len);
    if (!value || rec_parse_double(value, len, out) != 0) {
        return rec_stream_fail(a->file, &a->block, REC_ECORRUPT, err,
                               "the parameter '%s' is missing or not a number",
                               key);
    }
    return 0;
}

int rec_model_array(const struct rec_model *m, const char *name,
                    enum rec_dtype dtype, size_t n, void *out,
                    struct rec_error *err)
{
    const struct rec_array *a;
    int rc = rec_store_array(m->store, name, dtype, n, &a, err);

    rc = rc ? rc : rec_array_check(a, 0, a->block.nbytes, err);
    if (rc == 0) {
        *(const void **)out = a->block.data;
    }
    return rc;
}

/* Do the arrays of X keep within each other? */
static int check_rows(const struct rec_model *m, const struct rec_csr *x,
                      struct rec_error *err)
{
    size_t n = rec_csr_events(x);

    for (size_t e = 0; e < n; e++) {
        if (x->item[e] >= x->cols) {
            return rec_fail(err, REC_ECORRUPT,
                            "%s: array 'item' names an item that is not there",
                            rec_store_name(m->store));
        }
        if (x->weight && !isfinite(x->weight[e])) {
            return rec_fail(err, REC_ECORRUPT,
                            "%s: array 'weight' has a number that is not "
                            "finite",
                            rec_store_name(m->store));
        }
    }
    return 0;
}

int rec_model_rows(const struct rec_model *m, int weights, struct rec_csr *out,
                   struct rec_error *err)
{
    struct rec_csr x = {.cols = m->n_items};
    double users = 0;
    int rc = rec_model_param(m, "users", &users, err), sound;

    if (rc == 0 && !(users >= 0 && users < REC_NONE)) {
        rc = rec_fail(err, REC_ECORRUPT, "%s: 'users' is out of range",
                      rec_store_name(m->store));
    }
    if (rc != 0) {
        return rc;
    }
    x.rows = (size_t)users;
    rc = rec_model_array(m, "start", REC_I64, x.rows + 1, &x.start, err);
    if (rc != 0) {
        return rc;
    }
    sound = x.start[0] == 0;
    for (size_t u = 0; u < x.rows && sound; u++) {
        sound = x.start[u] <= x.start[u + 1];
    }
    if (!sound) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: array 'start' does not ascend from 0",
                        rec_store_name(m->store));
    }
    rc = rec_model_array(m, "item", REC_U32, rec_csr_events(&x), &x.item, err);
    if (rc == 0 && weights) {
        rc = rec_model_array(m, "weight", REC_F32, rec_csr_events(&x),
                             &x.weight, err);
    }
    rc = rc ? rc : check_rows(m, &x, err);
    if (rc == 0) {
        *out = x;
    }
    return rc;
}

/* ---- using ------------------------------------------------------------ */

int rec_model_score(const struct rec_model *m, const struct rec_csr *rows,
                    int threads, float *out, struct rec_error *err)
{
    return m->type->score(m, rows, threads, out, err);
}

int rec_model_has_cohorts(const struct rec_model *m)
{
    return m->type->cohort != NULL;
}

uint32_t rec_model_cohort(const struct rec_model *m, const char *id, size_t len)
{
    return m->type->cohort ? m->type->cohort(m, id, len) : REC_NONE;
}

int rec_model_score_cohorts(const struct rec_model *m,
                            const struct rec_csr *rows, const uint32_t *cohort,
                            int threads, float *out, struct rec_error *err)
{
    return m->type->score_cohorts
               ? m->type->score_cohorts(m, rows, cohort, threads, out, err)
               : m->type->score(m, rows, threads, out, err);
}

int rec_model_can_explain(const struct rec_model *m)
{
    return m->type->explain != NULL;
}

/* REC_ENOTSUP: models of this kind CANNOT. */
static int lacks(const struct rec_model *m, const char *cannot,
                 struct rec_error *err)
{
    return rec_fail(err, REC_ENOTSUP, "%s: a '%s' %s", rec_store_name(m->store),
                    m->type->kind, cannot);
}

int rec_model_explain(const struct rec_model *m, const struct rec_csr *row,
                      uint32_t item, double *part, struct rec_error *err)
{
    return m->type->explain ? m->type->explain(m, row, item, part, err)
                            : lacks(m, "cannot explain its scores", err);
}

int rec_model_weights(const struct rec_model *m, uint32_t item, float *out,
                      struct rec_error *err)
{
    return m->type->weights ? m->type->weights(m, item, out, err)
                            : lacks(m, "has no weights between items", err);
}

enum rec_linear rec_model_linear(const struct rec_model *m)
{
    return m->type->linear ? m->type->linear(m) : REC_LINEAR_NO;
}

int rec_model_panel(const struct rec_model *m, uint32_t from, uint32_t to,
                    uint32_t first, uint32_t n, float *out,
                    struct rec_error *err)
{
    return m->type->panel(m, from, to, first, n, out, err);
}

int rec_model_is_product(const struct rec_model *m)
{
    return m->type->product;
}

uint32_t rec_model_dimensions(const struct rec_model *m)
{
    return m->type->dimensions ? m->type->dimensions(m) : 0;
}

uint32_t rec_model_user_dimensions(const struct rec_model *m)
{
    return m->type->user_dimensions ? m->type->user_dimensions(m)
                                    : rec_model_dimensions(m);
}

int rec_model_item_vectors(const struct rec_model *m, const float **out,
                           struct rec_error *err)
{
    return m->type->item_vectors ? m->type->item_vectors(m, out, err)
                                 : lacks(m, "has no vectors", err);
}

int rec_model_user_vectors(const struct rec_model *m,
                           const struct rec_csr *rows, int threads, float *out,
                           struct rec_error *err)
{
    return m->type->user_vectors
               ? m->type->user_vectors(m, rows, threads, out, err)
               : lacks(m, "has no vectors", err);
}

int rec_model_has_population(const struct rec_model *m)
{
    return m->type->population != NULL;
}

int rec_model_population(const struct rec_model *m, struct rec_population *out,
                         struct rec_error *err)
{
    return m->type->population
               ? m->type->population(m, out, err)
               : lacks(m, "knows nothing of its users", err);
}

int rec_model_has_posterior(const struct rec_model *m)
{
    return m->type->has_posterior && m->type->has_posterior(m);
}

int rec_model_sample(const struct rec_model *m, const struct rec_csr *rows,
                     const struct rec_draws *draws, int threads, float *mean,
                     float *spread, struct rec_error *err)
{
    return rec_model_has_posterior(m)
               ? m->type->sample(m, rows, draws, threads, mean, spread, err)
               : lacks(m, "has no posterior to sample from", err);
}

int rec_model_has_personas(const struct rec_model *m)
{
    return m->type->winners != NULL;
}

int rec_model_winners(const struct rec_model *m, const struct rec_csr *rows,
                      const struct rec_csr *lists, int threads,
                      uint32_t *persona, float *weight, struct rec_error *err)
{
    return m->type->winners
               ? m->type->winners(m, rows, lists, threads, persona, weight,
                                  err)
               : lacks(m, "has no personas", err);
}

/* ---- saving ----------------------------------------------------------- */

int rec_model_begin(struct rec_stream_writer **out, struct rec_output *o,
                    const char *kind, int level, const char *param,
                    const struct rec_dict *items, struct rec_error *err)
{
    struct rec_stream_writer *w;
    struct rec_head head = {"", "", 0};
    int rc;

    snprintf(head.kind, sizeof head.kind, "%s", kind);
    rc = rec_stream_writer_new(&w, o, &head, level, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_stream_write(w, REC_BLOCK_PARAM, NULL, REC_BYTES, param,
                          strlen(param), err);
    rc = rc ? rc : rec_dict_write(items, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

int rec_model_end(struct rec_stream_writer *w, const struct rec_dict *items,
                  const char *prov, struct rec_error *err)
{
    struct rec_counts counts = {0, 0, 0, rec_dict_count(items)};
    int rc = rec_stream_finish(w, &counts, prov, err);

    rec_stream_writer_free(w);
    return rc;
}
