/* SPDX-License-Identifier: MIT */
/* Walks on the graph of users and items: see walk.h. */
#include <config.h>

#include "models/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static double value(const struct rec_csr *x, int64_t e)
{
    return x->weight ? x->weight[e] : 1;
}

/* Of a step of probability V; none is taken where that is 0, not even with
   alpha 0. */
static double power(double v, double e)
{
    return v > 0 ? pow(v, e) : 0;
}

static int check_weights(const struct rec_csr *x, struct rec_error *err)
{
    for (size_t e = 0; x->weight && e < rec_csr_events(x); e++) {
        if (x->weight[e] < 0) {
            return rec_fail(err, REC_EVALUE,
                            "the weight %g is negative: it cannot become a "
                            "probability",
                            (double)x->weight[e]);
        }
    }
    return 0;
}

/* OUT[r] = the sum of row R of X. */
static void sum_rows(const struct rec_csr *x, double *out)
{
    for (size_t r = 0; r < x->rows; r++) {
        out[r] = 0;
        for (int64_t k = x->start[r]; k < x->start[r + 1]; k++) {
            out[r] += value(x, k);
        }
    }
}

/* The weights of X become those of steps from its rows, which sum up to
   SUM. */
static void weigh(struct rec_csr *x, double alpha, const double *sum)
{
    for (size_t r = 0; r < x->rows; r++) {
        for (int64_t k = x->start[r]; k < x->start[r + 1]; k++) {
            x->weight[k] = (float)power(x->weight[k] / sum[r], alpha);
        }
    }
}

/* Without weights, both steps of a path depend on where they start alone: put
   them into one, so that the product only adds. */
static int weigh_both(struct rec_csr *items, double alpha, const double *item,
                      const double *user, struct rec_error *err)
{
    items->weight = rec_alloc(rec_csr_events(items), sizeof *items->weight);
    if (!items->weight) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < items->rows; i++) {
        for (int64_t k = items->start[i]; k < items->start[i + 1]; k++) {
            items->weight[k] =
                (float)pow(item[i] * user[items->item[k]], -alpha);
        }
    }
    return 0;
}

/* The probabilities of the steps, from W's rows of weights. */
static int set_steps(struct rec_walk *w, const struct rec_walk_options *opt,
                     double *item, double *user, struct rec_error *err)
{
    int rc = 0;

    sum_rows(&w->items, item);
    sum_rows(&w->users, user);
    for (size_t i = 0; i < w->items.rows; i++) {
        w->to[i] = power(item[i], -opt->beta);
    }
    if (w->items.weight) {
        weigh(&w->items, opt->alpha, item);
        weigh(&w->users, opt->alpha, user);
    } else {
        rc = weigh_both(&w->items, opt->alpha, item, user, err);
    }
    return rc;
}

int rec_walk_begin(struct rec_walk *w, const struct rec_csr *x,
                   const struct rec_walk_options *opt, const uint32_t *rank,
                   struct rec_error *err)
{
    struct rec_csr values = *x;
    double *item = rec_alloc(x->cols, sizeof *item);
    double *user = rec_alloc(x->rows, sizeof *user);
    int rc;

    memset(w, 0, sizeof *w);
    w->rank = rank;
    w->neighbours = opt->neighbours;
    values.weight = opt->binary ? NULL : values.weight;
    w->to = rec_alloc(x->cols, sizeof *w->to);
    rc = item && user && w->to ? check_weights(&values, err)
                               : rec_fail_nomem(err);
    rc = rc ? rc : rec_csr_transpose(&w->items, &values, NULL, err);
    /* Transposing back sorts the rows of the users, so that the product runs
       through its sums in one direction. */
    rc = rc ? rc : rec_csr_transpose(&w->users, &w->items, NULL, err);
    rc = rc ? rc : set_steps(w, opt, item, user, err);
    free(item);
    free(user);
    if (rc != 0) {
        rec_walk_release(w);
    }
    return rc;
}

void rec_walk_release(struct rec_walk *w)
{
    rec_csr_release(&w->items);
    rec_csr_release(&w->users);
    free(w->to);
    memset(w, 0, sizeof *w);
}

/* Where a walk ends. */
static void finish(const void *ctx, size_t row, const uint32_t *col,
                   double *sum, size_t n)
{
    const struct rec_walk *w = ctx;

    (void)row;
    for (size_t k = 0; k < n; k++) {
        sum[k] *= w->to[col[k]];
    }
}

static struct rec_product product(const struct rec_walk *w)
{
    struct rec_product p = {.left = &w->items,
                            .right = &w->users,
                            .finish = finish,
                            .ctx = w,
                            .keep = w->neighbours,
                            .rank = w->rank,
                            .square = 1};

    return p;
}

int rec_walk_fit(struct rec_csr *out, const struct rec_walk *w, int threads,
                 const struct rec_progress *tick, struct rec_error *err)
{
    struct rec_product p = product(w);

    return rec_product(out, &p, threads, tick, err);
}

double rec_walk_paths(const struct rec_walk *w)
{
    struct rec_product p = product(w);

    return rec_product_work(&p);
}

double rec_walk_room(const struct rec_csr *x)
{
    return 16.0 * (double)rec_csr_events(x) + 32.0 * (double)x->cols
           + 16.0 * (double)x->rows;
}

double rec_walk_memory(const struct rec_walk *w, int threads)
{
    struct rec_product p = product(w);

    return rec_product_memory(&p, threads);
}
