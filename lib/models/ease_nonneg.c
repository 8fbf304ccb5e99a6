/* SPDX-License-Identifier: MIT */
/* The member of the family whose weights are not negative: the optimum of the
   same problem under that constraint, which is not the unconstrained one with
   its negative weights set to 0. With G the Gram matrix of Y, column j of B
   minimises

     1/2 b'(G + diag(g))b - G_j'b,  b >= 0,  b_j <= xi,

   so that each is a problem of its own (nnls.h); at xi = 0 that is SLIM (Ning
   and Karypis, ICDM 2011) without its L1 penalty. The Gram matrix stays whole
   in memory and only what is above 0 is kept. */
#include <config.h>

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/nnls.h"
#include "models/ease_private.h"

#define TOLERANCE 1e-6 /* of a weight */

enum { STRIP = 64 }; /* columns between two looks at the clock */

struct column {
    size_t n;
    uint32_t *item;
    float *weight;
};

static int keep_column(struct column *c, const struct rec_nnls *s,
                       struct rec_error *err)
{
    size_t n = rec_nnls_count(s);

    c->item = rec_alloc(n, sizeof *c->item);
    c->weight = rec_alloc(n, sizeof *c->weight);
    if (!c->item || !c->weight) {
        return rec_fail_nomem(err);
    }
    c->n = n;
    for (size_t k = 0; k < n; k++) {
        c->item[k] = rec_nnls_index(s)[k];
        c->weight[k] = (float)rec_nnls_value(s)[k];
    }
    return 0;
}

/* COLUMN[0 .. N) = columns [J, J + N) of B. */
static int solve_strip(const struct rec_ease *e, struct rec_nnls **solver,
                       uint32_t j, size_t n, struct column *column,
                       struct rec_error *err)
{
    double most = e->family.xi >= 1 ? INFINITY : e->family.xi;
    int failed = 0;

#pragma omp parallel for num_threads(e->threads) schedule(dynamic)
    for (size_t l = 0; l < n; l++) {
        struct rec_nnls *s = solver[rec_thread()];
        struct rec_error why;
        int rc = rec_nnls_solve(s, j + l, most, TOLERANCE, &why);

        rc = rc ? rc : keep_column(&column[l], s, &why);
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

static int add_strip(struct rec_pick *p, uint32_t j, size_t n,
                     struct column *column, struct rec_error *err)
{
    int rc = 0;

    for (size_t l = 0; l < n; l++) {
        for (size_t k = 0; k < column[l].n && rc == 0; k++) {
            rc = rec_pick_add(p, column[l].item[k], j + (uint32_t)l,
                              column[l].weight[k], err);
        }
        free(column[l].item);
        free(column[l].weight);
    }
    return rc;
}

static int solve_columns(const struct rec_ease *e, struct rec_nnls **solver,
                         struct rec_pick *p, struct rec_error *err)
{
    int rc = 0;

    for (uint32_t j = 0; j < e->items && rc == 0; j += STRIP) {
        size_t n = e->items - j < STRIP ? e->items - j : STRIP;
        struct column column[STRIP] = {{0, NULL, NULL}};
        int bad;

        rec_progress(e->tick, "columns", j, e->items);
        rc = solve_strip(e, solver, j, n, column, err);
        bad = add_strip(p, j, n, column, err);
        rc = rc ? rc : bad;
    }
    return rc;
}

double rec_ease_nonneg_memory(uint32_t items, int threads)
{
    return 69.0 * items * threads; /* the solvers' vectors */
}

int rec_ease_nonneg(struct rec_sparse *out, struct rec_ease *e, double lambda,
                    struct rec_error *err)
{
    static const struct rec_cut all = {0, 0};
    struct rec_nnls_matrix a = {e->dtype, e->items, NULL, e->columns.penalty};
    struct rec_nnls **solver = NULL;
    struct rec_pick p;
    int rc;

    rec_pick_begin(&p, e->items, &all);
    e->keep = 1; /* both triangles */
    rec_ease_set_lambda(e, lambda);
    rc = rec_ease_check_range(e, " or double precision", err);
    if (rc != 0) {
        rec_pick_release(&p);
        return rc;
    }
    rc = rec_ease_get_gram(e, err);
    a.g = e->matrix;
    solver = rec_zalloc((size_t)e->threads, sizeof *solver);
    rc = rc || solver ? rc : rec_fail_nomem(err);
    for (int t = 0; t < e->threads && rc == 0; t++) {
        rc = rec_nnls_new(&solver[t], &a, err);
    }
    rc = rc ? rc : solve_columns(e, solver, &p, err);
    for (int t = 0; t < e->threads && solver; t++) {
        rec_nnls_free(solver[t]);
    }
    free(solver);
    rc = rc ? rc : rec_pick_end(&p, out, err);
    rc = rc == REC_ENUMERIC ? rec_ease_fail_numeric(e, err) : rc;
    rec_pick_release(&p);
    if (rc == 0) {
        rc = rec_ease_lend_factors(e, out, err);
        if (rc != 0) {
            rec_sparse_release(out);
        }
    }
    return rc;
}
