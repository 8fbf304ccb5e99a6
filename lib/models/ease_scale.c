/* SPDX-License-Identifier: MIT */
/* Degree normalisation: the solve sees

     Y = diag(n_u^-user) X diag(c_i^-item),

   n_u and c_i the events of a user and of an item, so that neither busy users
   nor popular items rule the Gram matrix. With B of Y, a history x has the
   scores

     s_j = (sum over i of x_i c_i^-item B_ij) c_j^score,

   the scale of X again when score = item, and of Y when it is 0. (Scaling the
   history as a user's row too would not change the order of his items.)
   Scaling both sides of the Gram matrix of the items: Steck, "Markov random
   fields for collaborative filtering", NeurIPS 2019. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/ease_private.h"

/* c^-item and c^score; items without events count as one with. */
void rec_ease_item_scales(const struct rec_csr *x,
                          const struct rec_ease_powers *p, double *in,
                          double *out)
{
    size_t n = rec_csr_events(x);

    memset(in, 0, x->cols * sizeof *in);
    for (size_t e = 0; e < n; e++) {
        in[x->item[e]]++;
    }
    rec_ease_count_scales(x->cols, p, in, out);
}

void rec_ease_count_scales(uint32_t n, const struct rec_ease_powers *p,
                           double *in, double *out)
{
    for (uint32_t j = 0; j < n; j++) {
        double count = in[j] > 0 ? in[j] : 1;

        out[j] = pow(count, p->score);
        in[j] = pow(count, -p->item);
    }
}

int rec_ease_scale_values(struct rec_csr *y, float **owned,
                          const struct rec_csr *x,
                          const struct rec_ease_powers *p, const double *in,
                          struct rec_error *err)
{
    float *v = NULL;

    *y = *x;
    if (p->user != 0 || p->item != 0) {
        v = y->weight = rec_alloc(rec_csr_events(x), sizeof *v);
        if (!v) {
            return rec_fail_nomem(err);
        }
    }
    for (size_t u = 0; u < x->rows && v; u++) {
        double row = pow(rec_csr_row_len(x, u), -p->user);

        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            double w = x->weight ? x->weight[e] : 1;

            v[e] = (float)(w * row * in[x->item[e]]);
        }
    }
    *owned = v;
    return 0;
}

void rec_ease_mass(const struct rec_csr *y, double *mass)
{
    size_t n = rec_csr_events(y);

    memset(mass, 0, y->cols * sizeof *mass);
    for (size_t e = 0; e < n; e++) {
        double v = y->weight ? y->weight[e] : 1;

        mass[y->item[e]] += v * v;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of those of the N numbers at V that are not 0. */
static double median(double *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (v[i] > 0) {
            v[kept++] = v[i];
        }
    }
    qsort(v, kept, sizeof *v, compare);
    return kept > 0 ? (v[(kept - 1) / 2] + v[kept / 2]) / 2 : 1;
}

int rec_ease_median_mass(const struct rec_csr *x,
                         const struct rec_ease_options *opt, double *result,
                         struct rec_error *err)
{
    struct rec_csr used = rec_ease_values(x, opt->binary), y;
    double *in = rec_alloc(x->cols, sizeof *in);
    double *out = rec_alloc(x->cols, sizeof *out);
    float *owned = NULL;
    int rc = in && out ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        rec_ease_item_scales(x, &opt->powers, in, out);
        rc = rec_ease_scale_values(&y, &owned, &used, &opt->powers, in, err);
    }
    if (rc == 0) {
        rec_ease_mass(&y, out);
        *result = median(out, x->cols);
    }
    free(owned);
    free(in);
    free(out);
    return rc;
}

int rec_ease_gram_median_mass(const struct rec_ease *e, double *result,
                              struct rec_error *err)
{
    double *mass = rec_alloc(e->items, sizeof *mass);

    if (!mass) {
        return rec_fail_nomem(err);
    }
    memcpy(mass, e->columns.mass, e->items * sizeof *mass);
    *result = median(mass, e->items);
    free(mass);
    return 0;
}
