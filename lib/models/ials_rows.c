/* SPDX-License-Identifier: MIT */
/* The rows of iALS. With the other side's vectors as the rows of V in their
   principal axes, alpha V'V is a diagonal, and a row with events i, weights c
   and the rows V_i of V as H minimises

     sum c_i (w.h_i - 1)^2 + w'D w,  D = diag(alpha gram + r).

   Three ways to the minimum or towards it, none with a system of higher order
   than the block:

   events  of a short row, n <= dim. With C = diag(c) and R = C^1/2 H D^-1/2,
           w = D^-1 H'C^1/2 y, (I + R R') y = C^1/2 1: a system of order n.
           This is where turning to the principal axes pays: the ridge differs
           from row to row, and a diagonal takes it up for nothing.
   whole   of a long row, when the block has all dimensions: the normal
           equations, (D + H'C H) w = H'C 1.
   blocks  of a long row otherwise: for one block of dimensions after the
           other a Newton step, which is exact for the block, on predictions
           that are kept up to date. Rendle, Krichene, Zhang and Koren,
           "iALS++: speeding up matrix factorization with subspace
           optimization", 2021 (arXiv:2110.14044). */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/small.h"
#include "models/ials_private.h"

enum { CHUNK = 128 }; /* vectors, or dimensions, packed at a time */

/* Of one thread. */
struct room {
    float *memory; /* the arrays below, one after the other */
    float *s;      /* a system */
    float *p;      /* CHUNK x its rows */
    float *rhs;    /* its right side, or of its events */
    float *scale;  /* dim: D^-1/2 */
    float *root;   /* by event: the square root of the weight */
    float *guess;  /* by event: the prediction */
    const float **vector; /* by event */
};

struct row { /* at hand */
    size_t n;
    float ridge;
};

double rec_ials_ridge(const struct rec_ials_fixed *f, double count)
{
    return f->lambda * pow(count + f->offset, f->nu);
}

/* ---- room ------------------------------------------------------------- */

static size_t longest(const struct rec_csr *x)
{
    size_t most = 0;

    for (size_t r = 0; r < x->rows; r++) {
        size_t n = rec_csr_row_len(x, r);

        most = n > most ? n : most;
    }
    return most;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void room_release(struct room *r)
{
    free(r->memory);
    free(r->vector);
}

/* For rows of up to N events. */
static int room_init(struct room *r, const struct rec_ials_fixed *f, size_t n)
{
    size_t dim = rec_small_ld(f->dim), events = rec_small_ld(n);
    size_t order = rec_small_ld(min(min(f->block, f->dim), n));

    r->vector = rec_alloc(n, sizeof *r->vector);
    r->memory = rec_alloc64(order * order + CHUNK * order + order + dim
                                + 2 * events,
                            sizeof *r->memory);
    if (!r->vector || !r->memory) {
        room_release(r);
        return -1;
    }
    r->s = r->memory;
    r->p = r->s + order * order;
    r->rhs = r->p + CHUNK * order;
    r->scale = r->rhs + order;
    r->root = r->scale + dim;
    r->guess = r->root + events;
    return 0;
}

/* ---- a row ------------------------------------------------------------ */

/* Look up row U of X. */
static struct row take_row(const struct rec_ials_fixed *f,
                           const struct rec_csr *x, size_t u, struct room *r)
{
    struct row row = {0, 0};
    double count = 0;

    for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
        float c = x->weight ? x->weight[e] : 1;

        count += (double)c;
        r->root[row.n] = sqrtf(c);
        r->vector[row.n++] = f->vector + (size_t)x->item[e] * f->dim;
    }
    row.ridge = (float)rec_ials_ridge(f, count);
    if (!(count > 0)) { /* no events; there may be no ridge either */
        row.n = 0;
    }
    return row;
}

/* S = diag(D), or I without D, of order N. */
static void set_diagonal(float *s, size_t ld, size_t n, const float *mass,
                         float ridge)
{
    memset(s, 0, ld * ld * sizeof *s);
    for (size_t i = 0; i < n; i++) {
        s[i * ld + i] = mass ? mass[i] + ridge : 1;
    }
}

/* I + R R', factored. */
static int factor_events(const struct rec_ials_fixed *f, struct room *r,
                         const struct row *row)
{
    size_t ld = rec_small_ld(row->n);

    for (size_t k = 0; k < f->dim; k++) {
        r->scale[k] = 1 / sqrtf(f->mass[k] + row->ridge);
    }
    set_diagonal(r->s, ld, row->n, NULL, 0);
    for (size_t k = 0; k < f->dim; k += CHUNK) {
        size_t chunk = min(CHUNK, f->dim - k);

        for (size_t e = 0; e < row->n; e += REC_SMALL_TILE) {
            size_t tile = min(REC_SMALL_TILE, row->n - e);
            const float *v[REC_SMALL_TILE];

            for (size_t i = 0; i < tile; i++) {
                v[i] = r->vector[e + i] + k;
            }
            rec_small_pack(r->p + e, ld, chunk, v, r->root + e, tile,
                           r->scale + k);
        }
        rec_small_gram(r->s, ld, r->p, chunk);
    }
    return rec_small_factor(r->s, ld, row->n);
}

static int solve_events(const struct rec_ials_fixed *f, struct room *r,
                        const struct row *row, float *out)
{
    memset(out, 0, f->dim * sizeof *out);
    if (row->n == 0) {
        return 0;
    }
    if (factor_events(f, r, row) != 0) {
        return -1;
    }
    memcpy(r->rhs, r->root, row->n * sizeof *r->rhs);
    rec_small_solve(r->s, rec_small_ld(row->n), row->n, r->rhs);
    for (size_t e = 0; e < row->n; e++) {
        rec_small_axpy(out, f->dim, r->root[e] * r->rhs[e], r->vector[e]);
    }
    for (size_t k = 0; k < f->dim; k++) {
        out[k] *= r->scale[k] * r->scale[k];
    }
    return 0;
}

/* D + H'C H of the dimensions [FROM, FROM + N), factored; GRADIENT (NULL: not
   wanted), which has D w, becomes that plus H'C (guess - 1). */
static int factor_block(const struct rec_ials_fixed *f, struct room *r,
                        const struct row *row, size_t from, size_t n,
                        float *gradient)
{
    size_t ld = rec_small_ld(n);

    set_diagonal(r->s, ld, n, f->mass + from, row->ridge);
    for (size_t e = 0; e < row->n; e += CHUNK) {
        size_t chunk = min(CHUNK, row->n - e);

        memset(r->p, 0, chunk * ld * sizeof *r->p);
        for (size_t i = e; i < e + chunk; i++) {
            const float *v = r->vector[i] + from;
            float c = r->root[i];

            rec_small_axpy(r->p + (i - e) * ld, n, c, v);
            if (gradient) {
                rec_small_axpy(gradient, n, c * c * (r->guess[i] - 1), v);
            }
        }
        rec_small_gram(r->s, ld, r->p, chunk);
    }
    return rec_small_factor(r->s, ld, n);
}

static int solve_blocks(const struct rec_ials_fixed *f, struct room *r,
                        const struct row *row, float *out)
{
    int whole = f->block >= f->dim;

    if (whole) {
        memset(out, 0, f->dim * sizeof *out);
    }
    for (size_t e = 0; e < row->n; e++) {
        r->guess[e] = whole ? 0 : rec_small_dot(r->vector[e], out, f->dim);
    }
    for (size_t from = 0; from < f->dim; from += f->block) {
        size_t n = min(f->block, f->dim - from);

        for (size_t k = 0; k < n; k++) {
            r->rhs[k] = (f->mass[from + k] + row->ridge) * out[from + k];
        }
        if (factor_block(f, r, row, from, n, r->rhs) != 0) {
            return -1;
        }
        rec_small_solve(r->s, rec_small_ld(n), n, r->rhs);
        rec_small_axpy(out + from, n, -1, r->rhs);
        for (size_t e = 0; e < row->n && !whole; e++) {
            r->guess[e] -= rec_small_dot(r->vector[e] + from, r->rhs, n);
        }
    }
    return 0;
}

/* ---- all rows --------------------------------------------------------- */

static int fail_solve(struct rec_error *err)
{
    return rec_fail(err, REC_ENUMERIC,
                    "a row cannot be solved in single precision; a larger "
                    "lambda would help");
}

static int solve_all(const struct rec_ials_fixed *f, const struct rec_csr *x,
                     int threads, float *out, struct room *rooms)
{
    size_t shortest = min(f->block, f->dim);
    int bad = 0;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t u = 0; u < x->rows; u++) {
        struct room *r = &rooms[rec_thread()];
        struct row row = take_row(f, x, u, r);
        float *w = out + u * f->dim;
        int rc = row.n <= shortest ? solve_events(f, r, &row, w)
                                   : solve_blocks(f, r, &row, w);

        if (rc != 0) {
#pragma omp atomic write
            bad = 1;
        }
    }
    return bad;
}

int rec_ials_solve_rows(const struct rec_ials_fixed *f,
                        const struct rec_csr *x, int threads, float *out,
                        struct rec_error *err)
{
    struct room *rooms = rec_zalloc((size_t)threads, sizeof *rooms);
    size_t events = longest(x);
    int rc = rooms ? 0 : rec_fail_nomem(err), made = 0;

    for (; made < threads && rc == 0; made++) {
        if (room_init(&rooms[made], f, events) != 0) {
            rc = rec_fail_nomem(err);
            break;
        }
    }
    if (rc == 0 && solve_all(f, x, threads, out, rooms) != 0) {
        rc = fail_solve(err);
    }
    while (made-- > 0) {
        room_release(&rooms[made]);
    }
    free(rooms);
    return rc;
}

/* ---- one row, explained ----------------------------------------------- */

/* The solution is w = A^-1 H'C 1, A = D + H'C H, so the score of v is the sum
   over the events of c_i h_i.A^-1 v; and C^1/2 H A^-1 =
   (I + R R')^-1 C^1/2 H D^-1. */
static int explain(const struct rec_ials_fixed *f, struct room *r,
                   const struct row *row, const float *vector, double *part)
{
    int by_events = row->n <= f->dim;

    if ((by_events ? factor_events(f, r, row)
                   : factor_block(f, r, row, 0, f->dim, NULL))
        != 0) {
        return -1;
    }
    for (size_t k = 0; k < f->dim; k++) {
        r->scale[k] = by_events ? vector[k] / (f->mass[k] + row->ridge)
                                : vector[k];
    }
    if (!by_events) {
        rec_small_solve(r->s, rec_small_ld(f->dim), f->dim, r->scale);
    }
    for (size_t e = 0; e < row->n; e++) {
        float dot = rec_small_dot(r->vector[e], r->scale, f->dim);

        r->guess[e] = r->root[e] * dot;
    }
    if (by_events) {
        rec_small_solve(r->s, rec_small_ld(row->n), row->n, r->guess);
    }
    for (size_t e = 0; e < row->n; e++) {
        part[e] = (double)r->root[e] * (double)r->guess[e];
    }
    return 0;
}

int rec_ials_explain_row(const struct rec_ials_fixed *f,
                         const struct rec_csr *row, const float *vector,
                         double *part, struct rec_error *err)
{
    struct room r;
    struct row at;
    int rc = room_init(&r, f, rec_csr_row_len(row, 0));

    if (rc != 0) {
        return rec_fail_nomem(err);
    }
    at = take_row(f, row, 0, &r);
    if (at.n == 0) {
        memset(part, 0, rec_csr_row_len(row, 0) * sizeof *part);
    } else if (explain(f, &r, &at, vector, part) != 0) {
        rc = fail_solve(err);
    }
    room_release(&r);
    return rc;
}
