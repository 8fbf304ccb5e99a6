/* SPDX-License-Identifier: MIT */
/* EASE on the users side (Woodbury): with Y the normalised X and D = diag(g),

     Q = (Y'Y + D)^-1 = D^-1 - D^-1 Y' K^-1 Y D^-1,  K = I + Y D^-1 Y',

   so that a matrix of users x users takes the place of Q. With Z = Y D^-1/2,
   K = I + ZZ' and Q_jj = (1 - z_j' K^-1 z_j) / g_j. One matrix holds in turn
   ZZ', the factor of K, and K^-1, in one triangle; then K^-1 whole, so that a
   row of it is one piece of the mapped file. */
#include <config.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/gram.h"
#include "models/ease_private.h"

/* Z borrows the rows of Y. */
struct forms {
    struct rec_csr z, t; /* and its transpose */
    int64_t *place;      /* of Z's events in T */
    double *part;
    double *one; /* the diagonal to add to ZZ' */
};

static void release_forms(struct forms *f)
{
    free(f->z.weight);
    rec_csr_release(&f->t);
    free(f->place);
    free(f->part);
    free(f->one);
}

static int make_forms(struct forms *f, const struct rec_csr *y,
                      const double *penalty, struct rec_error *err)
{
    size_t n = rec_csr_events(y);

    f->z = *y;
    f->z.weight = rec_alloc(n, sizeof *f->z.weight);
    f->place = rec_alloc(n, sizeof *f->place);
    f->one = rec_alloc(y->rows, sizeof *f->one);
    if (!f->z.weight || !f->place || !f->one) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < n; e++) {
        double v = y->weight ? y->weight[e] : 1;

        f->z.weight[e] = (float)(v / sqrt(penalty[y->item[e]]));
    }
    for (size_t u = 0; u < y->rows; u++) {
        f->one[u] = 1;
    }
    return rec_csr_transpose(&f->t, &f->z, f->place, err);
}

/* g_j Q_jj is the small difference 1 - z_j'K^-1z_j, and K^-1 is rounded in
   proportion to the largest value of K, which is at least every z_j'z_j. Where
   little is left of the difference beside that, it looks like a number and is
   noise. */
static int check_digits(const struct rec_ease *e, struct rec_error *err)
{
    const struct rec_ease_columns *c = &e->columns;
    double epsilon = e->dtype == REC_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    double most = 0;

    for (uint32_t j = 0; j < e->items; j++) {
        most = fmax(most, c->mass[j] / c->penalty[j]);
    }
    for (uint32_t j = 0; j < e->items; j++) {
        double left = c->penalty[j] * c->inverse[j];

        if (!(epsilon * most <= 0.1 * left)) {
            return rec_fail(err, REC_ENUMERIC,
                            "rounding has taken the digits of the inverse "
                            "(%g at item %lu)",
                            left, (unsigned long)j + 1);
        }
    }
    return 0;
}

/* c->inverse from K^-1. */
static int find_inverse(struct rec_ease *e, struct forms *f, int threads,
                        struct rec_error *err)
{
    struct rec_ease_columns *c = &e->columns;
    int rc;

    f->part = rec_alloc(rec_csr_events(&f->z), sizeof *f->part);
    if (!f->part) {
        return rec_fail_nomem(err);
    }
    rec_ease_forms(e->dtype, e->matrix, &f->z, &f->t, f->place, f->part,
                   c->inverse, threads);
    for (uint32_t j = 0; j < e->items; j++) {
        c->inverse[j] = (1 - c->inverse[j]) / c->penalty[j];
    }
    rc = check_digits(e, err);
    return rc ? rc : rec_ease_scale_columns(e, err);
}

int rec_ease_transpose(struct rec_csr *t, const struct rec_csr *y,
                       struct rec_error *err)
{
    int rc = rec_csr_transpose(t, y, NULL, err);

    if (rc == 0 && !t->weight) {
        t->weight = rec_alloc(rec_csr_events(t), sizeof *t->weight);
        if (!t->weight) {
            return rec_fail_nomem(err);
        }
        for (size_t e = 0; e < rec_csr_events(t); e++) {
            t->weight[e] = 1;
        }
    }
    return rc;
}

int rec_ease_solve_users(struct rec_ease *e, struct rec_error *err)
{
    struct forms f = {{0}, {0}, NULL, NULL, NULL};
    size_t n = e->y.rows;
    int rc = make_forms(&f, &e->y, e->columns.penalty, err);

    if (rc == 0 && !e->matrix) {
        rc = rec_ease_alloc(e, n, err);
    }
    rc = rc ? rc
            : rec_gram(&f.t, e->dtype, e->matrix, e->threads, e->tick, err);
    rc = rc ? rc : rec_ease_invert(e, n, f.one, err);
    rc = rc ? rc : find_inverse(e, &f, e->threads, err);
    if (rc == 0) {
        rec_ease_mirror(e->dtype, e->matrix, n, e->threads);
    }
    release_forms(&f);
    return rc;
}

int rec_ease_save_users(const struct rec_ease *e, struct rec_stream_writer *w,
                        struct rec_error *err)
{
    const struct rec_ease_columns *c = &e->columns;
    size_t n = rec_csr_events(&e->x), users = e->x.rows, items = e->items;
    const struct {
        const char *name;
        enum rec_dtype dtype;
        const void *data;
        size_t n;
    } array[] = {{"penalty", REC_F64, c->penalty, items},
                 {"scale", REC_F64, c->scale, items},
                 {"in", REC_F64, c->in, items},
                 {"out", REC_F64, c->out, items},
                 {"start", REC_I64, e->x.start, users + 1},
                 {"item", REC_U32, e->x.item, n},
                 {"K^-1", e->dtype, e->matrix, users * users},
                 {"weight", REC_F32, e->x.weight, n}};
    size_t arrays = sizeof array / sizeof *array - !e->x.weight;
    int rc = 0;

    for (size_t i = 0; i < arrays && rc == 0; i++) {
        rc = rec_stream_write(
            w, REC_BLOCK_ARRAY, array[i].name, array[i].dtype, array[i].data,
            array[i].n * rec_dtype_size(array[i].dtype), err);
    }
    return rc;
}
