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

/* in = c^-item, out = c^score; items without events count as one with. */
static void scale_columns(const struct rec_csr *x,
                          const struct rec_ease_powers *p, double *in,
                          double *out)
{
    size_t n = rec_csr_events(x);

    memset(in, 0, x->cols * sizeof *in);
    for (size_t e = 0; e < n; e++) {
        in[x->item[e]]++;
    }
    for (uint32_t j = 0; j < x->cols; j++) {
        double count = in[j] > 0 ? in[j] : 1;

        out[j] = pow(count, p->score);
        in[j] = pow(count, -p->item);
    }
}

/* The values of Y, or NULL when they are those of X. */
static int scale_values(const struct rec_csr *x,
                        const struct rec_ease_powers *p, const double *in,
                        float **out, struct rec_error *err)
{
    int plain = !(p->user != 0 || p->item != 0);
    float *v = plain ? NULL : rec_alloc(rec_csr_events(x), sizeof *v);

    if (!plain && !v) {
        return rec_fail_nomem(err);
    }
    for (size_t u = 0; u < x->rows && v; u++) {
        double row = pow(rec_csr_row_len(x, u), -p->user);

        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            double w = x->weight ? x->weight[e] : 1;

            v[e] = (float)(w * row * in[x->item[e]]);
        }
    }
    *out = v;
    return 0;
}

static void sum_squares(const struct rec_csr *y, double *mass)
{
    size_t n = rec_csr_events(y);

    memset(mass, 0, y->cols * sizeof *mass);
    for (size_t e = 0; e < n; e++) {
        double v = y->weight ? y->weight[e] : 1;

        mass[y->item[e]] += v * v;
    }
}

int rec_ease_scaled_init(struct rec_ease_scaled *s, const struct rec_csr *x,
                         const struct rec_ease_options *opt,
                         struct rec_error *err)
{
    uint32_t n = x->cols;
    int rc = 0;

    memset(s, 0, sizeof *s);
    s->x = rec_ease_values(x, opt->binary);
    s->y = s->x;
    s->in = rec_alloc(n, sizeof *s->in);
    s->out = rec_alloc(n, sizeof *s->out);
    s->mass = rec_alloc(n, sizeof *s->mass);
    if (!s->in || !s->out || !s->mass) {
        rc = rec_fail_nomem(err);
    }
    if (rc == 0) {
        scale_columns(x, &opt->powers, s->in, s->out);
        rc = scale_values(&s->x, &opt->powers, s->in, &s->weight, err);
    }
    if (rc != 0) {
        rec_ease_scaled_release(s);
        return rc;
    }
    if (s->weight) {
        s->y.weight = s->weight;
    }
    sum_squares(&s->y, s->mass);
    return 0;
}

void rec_ease_scaled_release(struct rec_ease_scaled *s)
{
    free(s->weight);
    free(s->in);
    free(s->out);
    free(s->mass);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int rec_ease_median_mass(const struct rec_csr *x,
                         const struct rec_ease_options *opt, double *out,
                         struct rec_error *err)
{
    struct rec_ease_scaled s;
    size_t n = 0;
    int rc = rec_ease_scaled_init(&s, x, opt, err);

    if (rc != 0) {
        return rc;
    }
    for (uint32_t j = 0; j < x->cols; j++) {
        if (s.mass[j] > 0) {
            s.mass[n++] = s.mass[j];
        }
    }
    qsort(s.mass, n, sizeof *s.mass, compare);
    *out = n > 0 ? (s.mass[(n - 1) / 2] + s.mass[n / 2]) / 2 : 1;
    rec_ease_scaled_release(&s);
    return 0;
}
