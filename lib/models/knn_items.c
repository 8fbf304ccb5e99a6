/* SPDX-License-Identifier: MIT */
/* ItemKNN: see knn.h. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_private.h"

/* The values of Y into k->items, which has those of X. */
static int make_values(struct rec_item_knn *k, enum rec_knn_weighting weighting,
                       struct rec_error *err)
{
    struct rec_knn_scale s;
    float *value;
    int rc;

    if (weighting == REC_KNN_NONE) {
        return 0;
    }
    rc = rec_knn_scale_init(&s, &k->items, weighting, err);
    if (rc != 0) {
        return rc;
    }
    value = rec_alloc(rec_csr_events(&k->items), sizeof *value);
    if (value) {
        rec_knn_scale_rows(&s, &k->items, value);
        free(k->items.weight);
        k->items.weight = value;
    }
    rec_knn_scale_release(&s);
    return value ? 0 : rec_fail_nomem(err);
}

int rec_item_knn_begin(struct rec_item_knn *k, const struct rec_csr *x,
                       const struct rec_knn_options *opt, const uint32_t *rank,
                       struct rec_error *err)
{
    struct rec_csr values = *x;
    int rc;

    memset(k, 0, sizeof *k);
    k->rank = rank;
    if (opt->binary) {
        values.weight = NULL;
    }
    rc = rec_csr_transpose(&k->items, &values, NULL, err);
    rc = rc ? rc : make_values(k, opt->weighting, err);
    /* Transposing back sorts the rows of the users, so that the product runs
       through its sums in one direction. */
    rc = rc ? rc : rec_csr_transpose(&k->users, &k->items, NULL, err);
    if (rc == 0) {
        k->mass = rec_alloc(k->items.rows, sizeof *k->mass);
        rc = k->mass ? 0 : rec_fail_nomem(err);
    }
    if (rc != 0) {
        rec_item_knn_release(k);
        return rc;
    }
    rec_knn_mass(&k->items, k->mass);
    return 0;
}

void rec_item_knn_release(struct rec_item_knn *k)
{
    rec_csr_release(&k->items);
    rec_csr_release(&k->users);
    free(k->mass);
    memset(k, 0, sizeof *k);
}

static struct rec_product product(const struct rec_item_knn *k,
                                  const struct rec_knn_options *opt)
{
    struct rec_product p = {.left = &k->items,
                            .right = &k->users,
                            .keep = opt->neighbours,
                            .rank = k->rank,
                            .square = 1};

    return p;
}

/* Rows of the product are the items whose neighbours are chosen: those of the
   history, or those recommended; the latter are columns in W. */
int rec_item_knn_fit(struct rec_csr *out, const struct rec_item_knn *k,
                     const struct rec_knn_options *opt, int threads,
                     const struct rec_progress *tick, struct rec_error *err)
{
    struct rec_product p = product(k, opt);
    size_t n = k->items.rows;
    double *side[] = {rec_alloc(n, sizeof **side), rec_alloc(n, sizeof **side)};
    struct rec_knn_compare compare = {opt->similarity, opt->shrink, side[0],
                                      side[1]};
    struct rec_csr w;
    int rc = side[0] && side[1] ? 0 : rec_fail_nomem(err);

    p.finish = rec_knn_finish;
    p.ctx = &compare;
    if (rc == 0) {
        rec_knn_side(opt, opt->of_history, k->mass, n, side[0]);
        rec_knn_side(opt, !opt->of_history, k->mass, n, side[1]);
        rc = rec_product(&w, &p, threads, tick, err);
    }
    if (rc == 0 && opt->of_history) {
        *out = w;
    } else if (rc == 0) {
        rc = rec_csr_transpose(out, &w, NULL, err);
        rec_csr_release(&w);
    }
    free(side[0]);
    free(side[1]);
    return rc;
}

double rec_item_knn_room(const struct rec_csr *x)
{
    return 20.0 * (double)rec_csr_events(x) + 16.0 * (double)x->cols
           + 8.0 * (double)x->rows;
}

double rec_item_knn_memory(const struct rec_item_knn *k,
                           const struct rec_knn_options *opt, int threads)
{
    struct rec_product p = product(k, opt);
    double need = rec_product_memory(&p, threads);

    return opt->of_history ? need : 2 * need;
}
