/* SPDX-License-Identifier: MIT */
/* The sparse approximation of EASE, step by step: see ease_mrf.h. */
#include <config.h>

#include "models/ease_mrf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/ease_mrf_private.h"
#include "models/ease_private.h"

static const struct rec_cut everything = {0, 0};

double rec_ease_mrf_memory(const struct rec_csr *x,
                           const struct rec_ease_options *opt, size_t nonzeros)
{
    double items = x->cols, events = (double)rec_csr_events(x);
    double pairs = items * (items > 0 ? items - 1 : 0);
    double most = (double)nonzeros < pairs ? (double)nonzeros : pairs;
    double cap = (double)rec_ease_mrf_cap(x->cols, nonzeros);
    double hubs = rec_ease_hubs_count(x->cols, nonzeros);
    double gram = 28 * events + 8 * hubs * (opt->threads + 1);
    double support = 8 * items * cap + 29 * items * opt->threads;
    double values = 16 * most
                    + opt->threads * rec_ease_mrf_room(x->cols, (size_t)cap);
    struct rec_ease_options dense = *opt;

    dense.side = REC_EASE_ITEMS;
    if (rec_ease_mrf_all(x->cols, nonzeros)) {
        return rec_ease_memory(x, &dense)
               + rec_ease_sparse_memory(x, &dense, &everything);
    }
    return 12 * events + 140 * items + 8 * (double)x->rows + 4 * hubs * hubs
           + fmax(gram, fmax(support, values));
}

/* ---- begin ------------------------------------------------------------- */

static int refuse(const struct rec_ease_options *opt, struct rec_error *err)
{
    const char *what = opt->family.xi != 0            ? "a relaxed diagonal"
                       : opt->wide                    ? "double precision"
                       : opt->side == REC_EASE_USERS  ? "the side of the users"
                                                      : NULL;

    return what ? rec_fail(err, REC_ENOTSUP,
                           "the sparse approximation has not %s", what)
                : 0;
}

/* By item, the sum of its values. */
static void add_values(const struct rec_csr *t, double *sum)
{
    for (size_t j = 0; j < t->rows; j++) {
        sum[j] = 0;
        for (int64_t e = t->start[j]; e < t->start[j + 1]; e++) {
            sum[j] += t->weight ? t->weight[e] : 1;
        }
    }
}

/* What does not depend on lambda. */
static int prepare(struct rec_ease_mrf *m, struct rec_error *err)
{
    int rc;

    if (rec_ease_mrf_all(m->e.items, m->nonzeros)) {
        return 0;
    }
    rc = rec_csr_transpose(&m->t, &m->e.y, NULL, err);
    if (rc != 0) {
        return rc;
    }
    m->sum = rec_alloc(m->e.items, sizeof *m->sum);
    if (!m->sum) {
        return rec_fail_nomem(err);
    }
    add_values(&m->t, m->sum);
    return rec_ease_hubs_new(&m->hubs, m, err);
}

int rec_ease_mrf_begin(struct rec_ease_mrf *out, const struct rec_csr *x,
                       const struct rec_ease_options *opt, size_t nonzeros,
                       struct rec_error *err)
{
    struct rec_ease_mrf m = {.nonzeros = nonzeros};
    struct rec_ease_options items = *opt;
    int rc = refuse(opt, err);

    items.side = REC_EASE_ITEMS;
    rc = rc ? rc : rec_ease_begin(&m.e, x, &items, 0, err);
    if (rc != 0) {
        return rc;
    }
    rc = prepare(&m, err);
    if (rc != 0) {
        rec_ease_mrf_release(&m);
        return rc;
    }
    *out = m;
    return 0;
}

void rec_ease_mrf_release(struct rec_ease_mrf *m)
{
    rec_ease_release(&m->e);
    rec_csr_release(&m->t);
    rec_ease_hubs_free(m->hubs);
    rec_sparse_release(&m->w);
    free(m->sum);
    memset(m, 0, sizeof *m);
}

/* ---- solve ------------------------------------------------------------- */

/* m->w, whose rows are those of B, from its columns. */
static int take_weights(struct rec_ease_mrf *m, const struct rec_csr *columns,
                        struct rec_error *err)
{
    struct rec_csr rows;
    int rc = rec_csr_transpose(&rows, columns, NULL, err);

    if (rc != 0) {
        return rc;
    }
    m->w = (struct rec_sparse){m->e.items, m->e.weights, rows.start, rows.item,
                               rows.weight, NULL, NULL};
    m->longest = 0;
    for (size_t j = 0; j < columns->rows; j++) {
        uint32_t n = rec_csr_row_len(columns, j);

        m->longest = n > m->longest ? n : m->longest;
    }
    return rec_ease_lend_factors(&m->e, &m->w, err);
}

static int solve_all_pairs(struct rec_ease_mrf *m, double lambda,
                           struct rec_error *err)
{
    int rc = rec_ease_solve(&m->e, lambda, err);

    m->longest = m->e.items > 0 ? m->e.items - 1 : 0;
    return rc ? rc : rec_ease_sparse(&m->w, &m->e, &everything, err);
}

int rec_ease_mrf_solve(struct rec_ease_mrf *m, double lambda,
                       struct rec_error *err)
{
    struct rec_csr columns;
    int rc;

    rec_sparse_release(&m->w);
    rec_ease_set_lambda(&m->e, lambda);
    rc = rec_ease_check_range(&m->e, "", err);
    if (rc == 0 && rec_ease_mrf_all(m->e.items, m->nonzeros)) {
        return solve_all_pairs(m, lambda, err);
    }
    rc = rc ? rc : rec_ease_mrf_support(m, &columns, err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_ease_mrf_columns(m, &columns, err);
    rc = rc ? rc : rec_ease_mrf_keep(&columns, m->nonzeros, err);
    rc = rc ? rc : take_weights(m, &columns, err);
    rec_csr_release(&columns);
    return rc;
}

/* ---- save -------------------------------------------------------------- */

int rec_ease_mrf_save(const struct rec_ease_mrf *m, enum rec_dtype dtype,
                      const struct rec_dict *items, struct rec_output *o,
                      int level, const char *prov, struct rec_error *err)
{
    struct rec_buf param = {NULL, 0, 0};
    int rc = rec_ease_parameters(&m->e, &param, err);

    if (rc == 0 && rec_buf_addf(&param, "nonzeros %zu\n", m->nonzeros) != 0) {
        rc = rec_fail_nomem(err);
    }
    rc = rc ? rc
            : rec_sparse_save(&m->w, param.data, dtype, items, o, level,
                              prov, err);
    rec_buf_release(&param);
    return rc;
}
