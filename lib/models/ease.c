/* SPDX-License-Identifier: MIT */
/* EASE: see ease.h. What does not depend on how it is solved. Harald Steck,
   "Embarrassingly shallow autoencoders for sparse data", WWW 2019. */
#include <config.h>

#include "models/ease.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"
#include "math/gram.h"
#include "math/half.h"
#include "models/ease_private.h"

struct rec_csr rec_ease_values(const struct rec_csr *x, int binary)
{
    struct rec_csr view = *x;

    if (binary) {
        view.weight = NULL;
    }
    return view;
}

static double default_lambda(double events, double square, double items)
{
    return events > 0 && square > 0
               ? 30 * (square / events) * sqrt(events / items)
               : 30;
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
    return default_lambda((double)n, square,
                          (double)(items ? items : x->cols));
}

double rec_ease_gram_lambda(const struct rec_ease *e)
{
    double events = 0, square = 0, items = 0;

    for (uint32_t j = 0; j < e->items; j++) {
        events += e->source->count[j];
        square += e->columns.mass[j];
        items += e->source->count[j] > 0;
    }
    return default_lambda(events, square, items);
}

enum rec_ease_side rec_ease_side(const struct rec_csr *x,
                                 const struct rec_ease_options *opt)
{
    return opt->side != REC_EASE_AUTO ? opt->side
           : x->rows < x->cols        ? REC_EASE_USERS
                                      : REC_EASE_ITEMS;
}

double rec_ease_order(const struct rec_csr *x,
                      const struct rec_ease_options *opt)
{
    return rec_ease_side(x, opt) == REC_EASE_USERS ? (double)x->rows
                                                   : (double)x->cols;
}

double rec_ease_gram_work(const struct rec_csr *x,
                          const struct rec_ease_options *opt)
{
    size_t n = rec_csr_events(x);
    uint32_t *count;
    double sum = 0;

    if (rec_ease_side(x, opt) == REC_EASE_ITEMS) {
        return rec_gram_work(x);
    }
    count = rec_zalloc(x->cols, sizeof *count);
    for (size_t e = 0; e < n && count; e++) {
        sum += ++count[x->item[e]];
    }
    free(count);
    return sum;
}

double rec_ease_memory(const struct rec_csr *x,
                       const struct rec_ease_options *opt)
{
    double order = rec_ease_order(x, opt), events = (double)rec_csr_events(x);
    int users = rec_ease_side(x, opt) == REC_EASE_USERS;
    /* values, and what the Gram matrix takes; on the users side also the
       transpose and, for the forms, a place and a part per event */
    double per_event = 4 + 20 + (users ? 8 + 16 + 4 : 0);

    return order * order * (opt->wide ? 8 : 4) + per_event * events
           + 64.0 * x->cols + 8 * order * (opt->threads + 2);
}

/* ---- the columns ------------------------------------------------------ */

static int alloc_columns(struct rec_ease_columns *c, uint32_t n,
                         struct rec_error *err)
{
    double **column[] = {&c->mass, &c->penalty, &c->inverse, &c->scale,
                         &c->own,  &c->in,      &c->out};

    for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
        *column[i] = rec_alloc(n, sizeof **column[i]);
        if (!*column[i]) {
            return rec_fail_nomem(err);
        }
    }
    return 0;
}

static void release_columns(struct rec_ease_columns *c)
{
    free(c->mass);
    free(c->penalty);
    free(c->inverse);
    free(c->scale);
    free(c->own);
    free(c->in);
    free(c->out);
}

int rec_ease_scale_columns(struct rec_ease *e, struct rec_error *err)
{
    struct rec_ease_columns *c = &e->columns;
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

int rec_ease_alloc(struct rec_ease *e, size_t order, struct rec_error *err)
{
    size_t bytes;

    if (rec_size_mul(order, order, &bytes) == 0
        && rec_size_mul(bytes, rec_dtype_size(e->dtype), &bytes) == 0) {
        e->matrix = rec_alloc64(bytes, 1);
    }
    return e->matrix ? 0 : rec_fail_nomem(err);
}

int rec_ease_invert(struct rec_ease *e, size_t order, const double *g,
                    struct rec_error *err)
{
    int rc;

    rec_ease_add_diagonal(e->dtype, e->matrix, order, g);
    rec_blas_threads(e->threads);
    rec_progress(e->tick, "factor", 0, 1);
    rc = rec_spd_factor(e->dtype, order, e->matrix, err);
    rec_progress(e->tick, "inverse", 0, 1);
    rc = rc ? rc : rec_spd_invert(e->dtype, order, e->matrix, err);
    rec_progress(e->tick, "weights", 0, 1);
    return rc;
}

int rec_ease_fail_numeric(const struct rec_ease *e, struct rec_error *err)
{
    struct rec_error why = *err;

    return rec_fail(
        err, REC_ENUMERIC,
        "cannot solve with lambda %g: %s; use a larger lambda%s%s",
        e->family.lambda, why.text,
        e->dtype == REC_F32 ? " or double precision" : "",
        e->side == REC_EASE_USERS ? " or the items side" : "");
}

int rec_ease_check_range(const struct rec_ease *e, const char *remedy,
                         struct rec_error *err)
{
    const struct rec_ease_columns *c = &e->columns;

    for (uint32_t j = 0; j < e->items && e->dtype == REC_F32; j++) {
        double sum = c->mass[j] + c->penalty[j];

        if (!(sum <= FLT_MAX)) {
            return rec_fail(err, REC_ENUMERIC,
                            "the squares of the weights of item %lu, with "
                            "lambda %g, add up to %g, too much for single "
                            "precision; use smaller weights%s",
                            (unsigned long)j + 1, e->family.lambda, sum,
                            remedy);
        }
    }
    return 0;
}

/* Everything about the items that is known before lambda. */
static int prepare(struct rec_ease *e, struct rec_error *err)
{
    struct rec_ease_columns *c = &e->columns;
    int rc = alloc_columns(c, e->items, err);

    if (rc != 0) {
        return rc;
    }
    rec_ease_item_scales(&e->x, &e->powers, c->in, c->out);
    rc = rec_ease_scale_values(&e->y, &e->value, &e->x, &e->powers, c->in,
                               err);
    if (rc == 0) {
        rec_ease_mass(&e->y, c->mass);
    }
    return rc;
}

int rec_ease_begin(struct rec_ease *out, const struct rec_csr *x,
                   const struct rec_ease_options *opt, int keep,
                   struct rec_error *err)
{
    struct rec_ease e = {.dtype = opt->wide ? REC_F64 : REC_F32,
                         .side = rec_ease_side(x, opt),
                         .items = x->cols,
                         .family = opt->family,
                         .powers = opt->powers,
                         .weights = x->weight && !opt->binary,
                         .x = rec_ease_values(x, opt->binary),
                         .keep = keep,
                         .threads = opt->threads,
                         .tick = opt->tick};
    int rc = prepare(&e, err);

    if (rc != 0) {
        rec_ease_release(&e);
        return rc;
    }
    *out = e;
    return 0;
}

void rec_ease_set_decay(struct rec_ease *e, double half_life, int64_t now,
                        int weights)
{
    e->half_life = half_life;
    e->now = now;
    e->weights = weights;
}

int rec_ease_begin_gram(struct rec_ease *out,
                        const struct rec_ease_source *source,
                        const struct rec_ease_options *opt, int keep,
                        struct rec_error *err)
{
    struct rec_ease e = {.dtype = opt->wide ? REC_F64 : REC_F32,
                         .side = REC_EASE_ITEMS,
                         .items = source->items,
                         .family = opt->family,
                         .powers = opt->powers,
                         .weights = source->weights,
                         .keep = keep,
                         .source = source,
                         .ready = 1,
                         .threads = opt->threads,
                         .tick = opt->tick};
    struct rec_ease_columns *c = &e.columns;
    int rc;

    if (opt->side == REC_EASE_USERS || opt->powers.user != 0) {
        return rec_fail(err, REC_ENOTSUP,
                        "a Gram matrix has no rows of users");
    }
    rc = alloc_columns(c, e.items, err);
    rc = rc ? rc : rec_ease_alloc(&e, e.items, err);
    if (rc == 0) {
        memcpy(c->in, source->count, e.items * sizeof *c->in);
        rec_ease_count_scales(e.items, &e.powers, c->in, c->out);
        rec_progress(e.tick, "read", 0, 1);
        rc = source->read(source->ctx, e.dtype, c->in, e.matrix, c->mass,
                          err);
    }
    if (rc != 0) {
        rec_ease_release(&e);
        return rc;
    }
    *out = e;
    return 0;
}

void rec_ease_set_lambda(struct rec_ease *e, double lambda)
{
    struct rec_ease_columns *c = &e->columns;

    e->family.lambda = lambda;
    e->store = REC_BYTES;
    for (uint32_t j = 0; j < e->items; j++) {
        c->penalty[j] = rec_ease_penalty(&e->family, c->mass[j]);
    }
}

int rec_ease_solve(struct rec_ease *e, double lambda, struct rec_error *err)
{
    int rc;

    rec_ease_set_lambda(e, lambda);
    if (e->side == REC_EASE_USERS) { /* whose values are relative to lambda */
        rc = rec_ease_solve_users(e, err);
    } else {
        rc = rec_ease_check_range(e, " or double precision", err);
        if (rc != 0) {
            return rc;
        }
        rc = rec_ease_solve_items(e, err);
    }
    return rc == REC_ENUMERIC ? rec_ease_fail_numeric(e, err) : rc;
}

void rec_ease_finish(struct rec_ease *e)
{
    const struct rec_ease_columns *c = &e->columns;

    if (e->side == REC_EASE_ITEMS && !e->whole) {
        rec_ease_fill(e->dtype, e->matrix, e->items, c->in, c->scale, c->own,
                      e->threads);
        e->whole = 1;
        free(e->kept);
        e->kept = NULL;
    }
}

int rec_ease_narrow(struct rec_ease *e, enum rec_dtype store,
                    struct rec_error *err)
{
    struct rec_error why;
    int rc = 0;

    if (store == e->dtype) {
        return 0;
    }
    if (e->side == REC_EASE_USERS) {
        return rec_fail(err, REC_ENOTSUP,
                        "the inverse of the users side loses too much in "
                        "fewer bits");
    }
    rc = rec_floats_narrow(store, e->matrix, e->dtype, e->matrix,
                           (size_t)e->items * e->items, &why);
    e->store = store;
    return rc ? rec_fail(err, rc, "weights: %s", why.text) : 0;
}

int rec_ease_fit(struct rec_ease *out, const struct rec_csr *x,
                 const struct rec_ease_options *opt, struct rec_error *err)
{
    struct rec_ease e;
    int rc = rec_ease_begin(&e, x, opt, 0, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_ease_solve(&e, opt->family.lambda, err);
    if (rc != 0) {
        rec_ease_release(&e);
        return rc;
    }
    rec_ease_finish(&e);
    *out = e;
    return 0;
}

void rec_ease_release(struct rec_ease *e)
{
    release_columns(&e->columns);
    free(e->matrix);
    free(e->value);
    free(e->kept);
    free(e->factor);
    memset(e, 0, sizeof *e);
}

int rec_ease_lend(const struct rec_ease *e, struct rec_dict *items,
                  struct rec_model *out, struct rec_error *err)
{
    int by_users = e->side == REC_EASE_USERS;
    struct rec_model m = {by_users ? &rec_ease_users_type : &rec_ease_type,
                          NULL, items, e->items, NULL};
    int rc = (by_users ? rec_ease_lend_users : rec_ease_lend_items)(e, &m,
                                                                    err);

    if (rc != 0) {
        rec_ease_unlend(&m);
        return rc;
    }
    *out = m;
    return 0;
}

void rec_ease_unlend(struct rec_model *m)
{
    m->type->release(m);
}

/* ---- saving and loading ----------------------------------------------- */

int rec_ease_parameters(const struct rec_ease *e, struct rec_buf *param,
                        struct rec_error *err)
{
    int failed =
        rec_buf_addf(param,
                     "lambda %.17g\ndropout %.17g\nxi %.17g\n"
                     "user-power %.17g\nitem-power %.17g\n"
                     "score-power %.17g\n",
                     e->family.lambda, e->family.dropout, e->family.xi,
                     e->powers.user, e->powers.item, e->powers.score)
        || (e->half_life > 0
            && rec_buf_addf(param, "half-life %.17g\nnow %" PRId64 "\n",
                            e->half_life, e->now));

    return failed ? rec_fail_nomem(err) : 0;
}

static int begin_file(const struct rec_ease *e, struct rec_stream_writer **w,
                      struct rec_output *o, int level,
                      const struct rec_dict *items, struct rec_error *err)
{
    int by_users = e->side == REC_EASE_USERS, rc;
    struct rec_buf param = {NULL, 0, 0};

    rc = rec_ease_parameters(e, &param, err);
    if (rc == 0
        && (rec_buf_addf(&param, "weights %d\n", e->weights) != 0
            || (by_users
                && rec_buf_addf(&param, "users %zu\n", e->x.rows) != 0))) {
        rc = rec_fail_nomem(err);
    }
    rc = rc ? rc
            : rec_model_begin(
                  w, o, (by_users ? rec_ease_users_type : rec_ease_type).kind,
                  level, param.data, items, err);
    rec_buf_release(&param);
    return rc;
}

int rec_ease_save(const struct rec_ease *e, const struct rec_dict *items,
                  struct rec_output *o, int level, const char *prov,
                  struct rec_error *err)
{
    int by_users = e->side == REC_EASE_USERS, rc;
    struct rec_stream_writer *w;

    rc = begin_file(e, &w, o, level, items, err);
    if (rc != 0) {
        return rc;
    }
    rc = (by_users ? rec_ease_save_users : rec_ease_save_items)(e, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

int rec_ease_weights(const struct rec_model *m, uint32_t item, float *out,
                     struct rec_error *err)
{
    int64_t start[] = {0, 1};
    float one = 1;
    struct rec_csr row = {1, m->n_items, start, &item, &one, NULL};

    return m->type->score(m, &row, 1, out, err);
}

int rec_ease_check_rows(const struct rec_array *a, size_t n,
                        const struct rec_csr *x, int threads,
                        struct rec_error *err)
{
    size_t bytes = n * rec_dtype_size(a->block.dtype);
    int64_t events = (int64_t)rec_csr_events(x);
    int failed = 0;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)          \
    if (events > 16)
    for (int64_t i = 0; i < events; i++) {
        struct rec_error why;
        int rc = rec_array_check(a, x->item[i] * bytes, bytes, &why);

        if (rc != 0) {
#pragma omp critical
            {
                failed = rc;
                if (err) {
                    *err = why;
                }
            }
        }
    }
    return failed;
}
