/* SPDX-License-Identifier: MIT */
/* EASE: see ease.h. What does not depend on how it is solved. Harald Steck,
   "Embarrassingly shallow autoencoders for sparse data", WWW 2019. */
#include <config.h>

#include "models/ease.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/gram.h"
#include "models/ease_private.h"

struct rec_csr rec_ease_values(const struct rec_csr *x, int binary)
{
    struct rec_csr view = *x;

    if (binary) {
        view.weight = NULL;
    }
    return view;
}

double rec_ease_lambda(const struct rec_csr *x, int binary)
{
    size_t n = rec_csr_events(x), items = 0;
    uint8_t *seen = rec_zalloc(x->cols, 1);
    double square = 0;

    for (size_t e = 0; e < n; e++) {
        double v = x->weight && !binary ? x->weight[e] : 1;

        square += v * v;
        if (seen && !seen[x->item[e]]) {
            seen[x->item[e]] = 1;
            items++;
        }
    }
    free(seen);
    if (n == 0 || square == 0) {
        return 30;
    }
    return 30 * (square / (double)n)
           * sqrt((double)n / (double)(items ? items : x->cols));
}

double rec_ease_memory(const struct rec_csr *x,
                       const struct rec_ease_options *opt)
{
    return (double)x->cols * (double)x->cols * (opt->wide ? 8 : 4)
           + rec_gram_memory(x, opt->threads) + 4.0 * (double)rec_csr_events(x);
}

/* ---- the columns ------------------------------------------------------ */

static int alloc_columns(struct rec_ease_columns *c, uint32_t n,
                         struct rec_error *err)
{
    c->penalty = rec_alloc(n, sizeof *c->penalty);
    c->inverse = rec_alloc(n, sizeof *c->inverse);
    c->scale = rec_alloc(n, sizeof *c->scale);
    c->own = rec_alloc(n, sizeof *c->own);
    return c->penalty && c->inverse && c->scale && c->own
               ? 0
               : rec_fail_nomem(err);
}

static void release_columns(struct rec_ease_columns *c)
{
    free(c->penalty);
    free(c->inverse);
    free(c->scale);
    free(c->own);
}

int rec_ease_scale_columns(const struct rec_ease *e, struct rec_ease_columns *c,
                           struct rec_error *err)
{
    double slack = e->dtype == REC_F32 ? 1e-3 : 1e-9;

    for (uint32_t j = 0; j < e->items; j++) {
        double q = c->inverse[j], v = c->penalty[j] * q;

        if (!(v > 0 && v <= 1 + slack)) {
            return rec_fail(err, REC_ENUMERIC,
                            "the inverse is not that of a positive definite "
                            "matrix (%g at item %lu)",
                            v, (unsigned long)j + 1);
        }
        c->scale[j] = rec_ease_column_scale(&e->family, c->penalty[j], q);
        c->own[j] = rec_ease_own_weight(&e->family, c->scale[j], q);
    }
    return 0;
}

/* ---- fitting ---------------------------------------------------------- */

/* The remedy goes with every numerical failure. */
static int fail_numeric(const struct rec_ease *e, struct rec_error *err)
{
    struct rec_error why = *err;

    return rec_fail(err, REC_ENUMERIC,
                    "cannot solve with lambda %g: %s; use a larger lambda%s",
                    e->family.lambda, why.text,
                    e->dtype == REC_F32 ? " or double precision" : "");
}

int rec_ease_fit(struct rec_ease *out, const struct rec_csr *x,
                 const struct rec_ease_options *opt, struct rec_error *err)
{
    struct rec_ease e = {opt->wide ? REC_F64 : REC_F32,
                         x->cols,
                         opt->family,
                         opt->powers,
                         x->weight && !opt->binary,
                         NULL};
    struct rec_ease_columns c;
    struct rec_ease_scaled s;
    int rc = rec_ease_scaled_init(&s, x, opt, err);

    if (rc != 0) {
        return rc;
    }
    rc = alloc_columns(&c, x->cols, err);
    for (uint32_t j = 0; j < x->cols && rc == 0; j++) {
        c.penalty[j] = rec_ease_penalty(&e.family, s.mass[j]);
    }
    rc = rc ? rc : rec_ease_fit_items(&e, &s, &c, opt, err);
    rec_ease_scaled_release(&s);
    release_columns(&c);
    if (rc != 0) {
        rec_ease_release(&e);
        return rc == REC_ENUMERIC ? fail_numeric(&e, err) : rc;
    }
    *out = e;
    return 0;
}

void rec_ease_release(struct rec_ease *e)
{
    free(e->b);
    e->b = NULL;
}

int rec_ease_save(const struct rec_ease *e, const struct rec_dict *items,
                  struct rec_output *o, int level, const char *prov,
                  struct rec_error *err)
{
    struct rec_stream_writer *w;
    char param[384];
    int rc;

    snprintf(param, sizeof param,
             "lambda %.17g\ndropout %.17g\nxi %.17g\nuser-power %.17g\n"
             "item-power %.17g\nscore-power %.17g\nweights %d\n",
             e->family.lambda, e->family.dropout, e->family.xi,
             e->powers.user, e->powers.item, e->powers.score, e->weights);
    rc = rec_model_begin(&w, o, rec_ease_type.kind, level, param, items, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_ease_save_items(e, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

