/* SPDX-License-Identifier: MIT */
/* Vectors from comparisons in use: folding in, scores, the file. See
   pref.h. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/laplace.h"
#include "models/ask.h"
#include "models/factors.h"
#include "models/pref.h"

struct pref {
    uint32_t dim;
    double users;
    const float *item, *mean, *covariance;
    const uint32_t *count;
    struct rec_ask_prior prior;
    double *average; /* dim: of the items */
};

/* ---- folding in ------------------------------------------------------- */

/* An item is preferred to the average one: X = L'(v - average), and what the
   users' mean says of it already. */
static int push(struct rec_laplace *l, const struct pref *p, uint32_t item,
                double *x, struct rec_error *err)
{
    const float *v = p->item + (size_t)item * p->dim;
    double offset = 0;

    memset(x, 0, p->dim * sizeof *x);
    for (size_t k = 0; k < p->dim; k++) {
        double d = (double)v[k] - p->average[k];

        offset += p->prior.mean[k] * d;
        for (size_t j = 0; j < p->dim; j++) {
            x[j] += d * p->prior.root[k * p->dim + j];
        }
    }
    return rec_laplace_push(l, x, offset, 1, err);
}

static int pref_user_vectors(const struct rec_model *m,
                             const struct rec_csr *rows, int threads,
                             float *out, struct rec_error *err)
{
    const struct pref *p = m->state;
    double *x = rec_alloc(p->dim, sizeof *x);
    struct rec_laplace l;
    int rc = x ? rec_laplace_init(&l, p->dim, err) : rec_fail_nomem(err);

    (void)threads;
    if (rc != 0) {
        free(x);
        return rc;
    }
    for (size_t r = 0; r < rows->rows && rc == 0; r++) {
        rec_laplace_clear(&l);
        for (int64_t e = rows->start[r]; e < rows->start[r + 1] && rc == 0;
             e++) {
            rc = push(&l, p, rows->item[e], x, err);
        }
        rc = rc ? rc : rec_laplace_fit(&l, err);
        if (rc == 0) {
            rec_ask_prior_place(&p->prior, l.z, out + r * p->dim);
        }
    }
    rec_laplace_release(&l);
    free(x);
    return rc;
}

/* ---- the model's hooks ------------------------------------------------ */

static void pref_release(struct rec_model *m)
{
    struct pref *p = m->state;

    if (p) {
        rec_ask_prior_release(&p->prior);
        free(p->average);
    }
    free(p);
}

static int pref_score(const struct rec_model *m, const struct rec_csr *rows,
                      int threads, float *out, struct rec_error *err)
{
    const struct pref *p = m->state;
    float *user = rec_alloc64(rows->rows * p->dim, sizeof *user);
    int rc = user ? pref_user_vectors(m, rows, threads, user, err)
                  : rec_fail_nomem(err);

    if (rc == 0) {
        rec_factors_score(user, rows->rows, p->item, m->n_items, p->dim, out);
    }
    free(user);
    return rc;
}

static uint32_t pref_dimensions(const struct rec_model *m)
{
    const struct pref *p = m->state;

    return p->dim;
}

static int pref_item_vectors(const struct rec_model *m, const float **out,
                             struct rec_error *err)
{
    const struct pref *p = m->state;

    (void)err;
    *out = p->item;
    return 0;
}

static int pref_population(const struct rec_model *m,
                           struct rec_population *out, struct rec_error *err)
{
    const struct pref *p = m->state;

    (void)err;
    *out = (struct rec_population){p->mean, p->covariance, p->count, p->users};
    return 0;
}

/* ---- the file --------------------------------------------------------- */

static int load_arrays(const struct rec_model *m, struct pref *p,
                       struct rec_error *err)
{
    size_t d = p->dim;
    int rc = rec_model_array(m, "item", REC_F32, m->n_items * d, &p->item,
                             err);

    rc = rc ? rc : rec_model_array(m, "mean", REC_F32, d, &p->mean, err);
    rc = rc ? rc : rec_model_array(m, "covariance", REC_F32, d * d,
                                   &p->covariance, err);
    return rc ? rc
              : rec_model_array(m, "count", REC_U32, m->n_items, &p->count,
                                err);
}

static int prepare(const struct rec_model *m, struct pref *p,
                   struct rec_error *err)
{
    size_t d = p->dim;
    double *wide = rec_alloc(d + d * d, sizeof *wide);
    int rc;

    p->average = rec_zalloc(d, sizeof *p->average);
    if (!wide || !p->average) {
        free(wide);
        return rec_fail_nomem(err);
    }
    for (size_t k = 0; k < d; k++) {
        wide[k] = (double)p->mean[k];
    }
    for (size_t k = 0; k < d * d; k++) {
        wide[d + k] = (double)p->covariance[k];
    }
    for (size_t i = 0; i < m->n_items * d; i++) {
        p->average[i % d] += (double)p->item[i] / m->n_items;
    }
    rc = rec_ask_prior_init(&p->prior, d, wide, wide + d, err);
    free(wide);
    return rc;
}

static int pref_load(struct rec_model *m, struct rec_error *err)
{
    struct pref *p = m->state = rec_zalloc(1, sizeof *p);
    int rc = p ? rec_factors_dim(m, &p->dim, err) : rec_fail_nomem(err);

    rc = rc ? rc : rec_model_param(m, "users", &p->users, err);
    rc = rc ? rc : load_arrays(m, p, err);
    return rc ? rc : prepare(m, p, err);
}

static int write_arrays(struct rec_stream_writer *w, const struct rec_pref *m,
                        const float *mean, const float *covariance,
                        struct rec_error *err)
{
    size_t d = m->dim;
    int rc = rec_stream_write(w, REC_BLOCK_ARRAY, "item", REC_F32, m->item,
                              m->items * d * sizeof(float), err);

    rc = rc ? rc : rec_stream_write(w, REC_BLOCK_ARRAY, "mean", REC_F32, mean,
                                    d * sizeof(float), err);
    rc = rc ? rc : rec_stream_write(w, REC_BLOCK_ARRAY, "covariance", REC_F32,
                                    covariance, d * d * sizeof(float), err);
    return rc ? rc
              : rec_stream_write(w, REC_BLOCK_ARRAY, "count", REC_U32,
                                 m->count, m->items * sizeof *m->count, err);
}

int rec_pref_save(const struct rec_pref *m, const struct rec_dict *items,
                  struct rec_output *o, int level, const char *prov,
                  struct rec_error *err)
{
    size_t d = m->dim;
    float *mean = rec_alloc(d + d * d, sizeof *mean);
    struct rec_stream_writer *w;
    char param[64];
    int rc = mean ? rec_ask_prior_moments(d, m->user, m->users, mean, mean + d,
                                          err)
                  : rec_fail_nomem(err);

    snprintf(param, sizeof param, "dim %lu\nusers %zu\n",
             (unsigned long)m->dim, m->users);
    rc = rc ? rc
            : rec_model_begin(&w, o, rec_pref_type.kind, level, param, items,
                              err);
    if (rc != 0) {
        free(mean);
        return rc;
    }
    rc = write_arrays(w, m, mean, mean + d, err);
    free(mean);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

const struct rec_model_type rec_pref_type = {
    .kind = "model/pref",
    .product = 1,
    .load = pref_load,
    .release = pref_release,
    .score = pref_score,
    .dimensions = pref_dimensions,
    .item_vectors = pref_item_vectors,
    .user_vectors = pref_user_vectors,
    .population = pref_population,
};
