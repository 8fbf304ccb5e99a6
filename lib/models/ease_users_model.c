/* SPDX-License-Identifier: MIT */
/* Scores from a model that was solved on the users side: see ease_users.c.
   With w the history on the scale of Y, B = I - Q diag(s), and the scores

     s_j = out_j (w_j - s_j (wQ)_j),

   wQ has two forms. For the row y_u of user u of the training data, which is
   w n_u^-power,

     y_u Q = (K^-1 Y)_u D^-1,                                    (short)

   one row of K^-1 and all of Y; for any other history

     w Q = (w - (K^-1 Y D^-1 w') Y) D^-1,                         (full)

   which combines the rows of K^-1 of all users who share an item with it. A
   history takes the short form if it is, in any order, that of a training
   user: equal histories have equal scores, so it need not be the same
   person's, and no user's id is in the model. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/gather.h"
#include "models/ease_private.h"

struct known { /* a training row by a hash of what is in it */
    uint64_t hash;
    uint32_t user;
};

struct users {
    const struct rec_array *inverse; /* K^-1 in a file, or NULL */
    enum rec_dtype dtype;
    const void *k; /* K^-1 */
    int weights;
    double user_power;
    struct rec_csr x; /* borrowed from the file */
    struct rec_csr t; /* Y transposed */
    const double *penalty, *scale, *in, *out;
    double *factor;      /* out s / g */
    struct known *known; /* by hash */
};

/* ---- rows by content -------------------------------------------------- */

/* The finalizer of splitmix64. */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

/* The same for every order of the events. */
static uint64_t row_hash(const struct rec_csr *x, size_t r)
{
    uint64_t sum = rec_csr_row_len(x, r);

    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        uint32_t bits = 0;

        if (x->weight) {
            memcpy(&bits, &x->weight[e], sizeof bits);
        }
        sum += mix((uint64_t)x->item[e] << 32 | bits);
    }
    return sum;
}

static int compare_known(const void *a, const void *b)
{
    const struct known *x = a, *y = b;

    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
                              : (x->user > y->user) - (x->user < y->user);
}

/* Is event E of the training data event K of X? */
static int same_event(const struct users *s, int64_t e,
                      const struct rec_csr *x, int64_t k)
{
    return x->item[k] == s->x.item[e]
           && (!s->x.weight
               || memcmp(&x->weight[k], &s->x.weight[e], sizeof *x->weight)
                      == 0);
}

/* Is every event of row U of the training data one of row R of X? Rows do not
   repeat items, so with equal lengths that is equality. Most often the order
   is the same too. */
static int same_row(const struct users *s, size_t u, const struct rec_csr *x,
                    size_t r)
{
    int64_t from = s->x.start[u], n = s->x.start[u + 1] - from;

    if (rec_csr_row_len(x, r) != n || !s->x.weight != !x->weight) {
        return 0;
    }
    for (int64_t e = 0; e < n; e++) {
        int64_t k = e;

        if (!same_event(s, from + e, x, x->start[r] + k)) {
            for (k = 0; k < n; k++) {
                if (same_event(s, from + e, x, x->start[r] + k)) {
                    break;
                }
            }
        }
        if (k == n) {
            return 0;
        }
    }
    return 1;
}

/* The training user with row R of X, or REC_NONE. */
static uint32_t find_user(const struct users *s, const struct rec_csr *x,
                          size_t r)
{
    struct known key = {row_hash(x, r), 0};
    size_t low = 0, high = s->x.rows;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (compare_known(&s->known[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < s->x.rows && s->known[low].hash == key.hash; low++) {
        if (same_row(s, s->known[low].user, x, r)) {
            return s->known[low].user;
        }
    }
    return REC_NONE;
}

/* ---- loading ---------------------------------------------------------- */

static int get_columns(const struct rec_model *m, struct users *s,
                       struct rec_error *err)
{
    size_t n = m->n_items;
    int rc = rec_model_array(m, "penalty", REC_F64, n, &s->penalty, err);

    rc = rc ? rc : rec_model_array(m, "scale", REC_F64, n, &s->scale, err);
    rc = rc ? rc : rec_model_array(m, "in", REC_F64, n, &s->in, err);
    return rc ? rc : rec_model_array(m, "out", REC_F64, n, &s->out, err);
}

/* What the file implies: Y by item, its rows by content. */
static int derive(struct users *s, double item_power, struct rec_error *err)
{
    struct rec_ease_powers p = {s->user_power, item_power, 0};
    struct rec_csr y;
    float *owned = NULL;
    int rc;

    s->factor = rec_alloc(s->x.cols, sizeof *s->factor);
    s->known = rec_alloc(s->x.rows, sizeof *s->known);
    if (!s->factor || !s->known) {
        return rec_fail_nomem(err);
    }
    for (size_t j = 0; j < s->x.cols; j++) {
        s->factor[j] = s->out[j] * s->scale[j] / s->penalty[j];
    }
    for (size_t u = 0; u < s->x.rows; u++) {
        s->known[u].hash = row_hash(&s->x, u);
        s->known[u].user = (uint32_t)u;
    }
    qsort(s->known, s->x.rows, sizeof *s->known, compare_known);
    rc = rec_ease_scale_values(&y, &owned, &s->x, &p, s->in, err);
    rc = rc ? rc : rec_ease_transpose(&s->t, &y, err);
    free(owned);
    return rc;
}

static int users_load(struct rec_model *m, struct rec_error *err)
{
    struct users *s = m->state = rec_zalloc(1, sizeof *s);
    const struct rec_array *k = rec_store_find(m->store, REC_BLOCK_ARRAY,
                                               "K^-1");
    double weights = 0, item_power = 0;
    size_t n;
    int rc;

    if (!s) {
        return rec_fail_nomem(err);
    }
    rc = rec_model_param(m, "weights", &weights, err);
    rc = rc ? rc : rec_model_param(m, "user-power", &s->user_power, err);
    rc = rc ? rc : rec_model_param(m, "item-power", &item_power, err);
    if (rc != 0) {
        return rc;
    }
    s->weights = weights != 0;
    /* Values that only decayed are there too. */
    rc = rec_model_rows(m,
                        s->weights
                            || rec_store_find(m->store, REC_BLOCK_ARRAY,
                                              "weight"),
                        &s->x, err);
    if (rc != 0) {
        return rc;
    }
    n = s->x.rows;
    rc = rec_store_array(m->store, "K^-1",
                         k && k->block.dtype == REC_F64 ? REC_F64 : REC_F32,
                         n * n, &s->inverse, err);
    if (rc == 0) {
        s->dtype = s->inverse->block.dtype;
        s->k = s->inverse->block.data;
    }
    rc = rc ? rc : get_columns(m, s, err);
    return rc ? rc : derive(s, item_power, err);
}

int rec_ease_lend_users(const struct rec_ease *e, struct rec_model *m,
                        struct rec_error *err)
{
    struct users *s = m->state = rec_zalloc(1, sizeof *s);

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->dtype = e->dtype;
    s->k = e->matrix;
    s->weights = e->weights;
    s->user_power = e->powers.user;
    s->x = e->x;
    s->penalty = e->columns.penalty;
    s->scale = e->columns.scale;
    s->in = e->columns.in;
    s->out = e->columns.out;
    return derive(s, e->powers.item, err);
}

static void users_release(struct rec_model *m)
{
    struct users *s = m->state;

    if (s) {
        rec_csr_release(&s->t);
        free(s->factor);
        free(s->known);
        free(s);
    }
}

/* ---- scoring ---------------------------------------------------------- */

/* A block of up to REC_EASE_LANES rows. */
struct block {
    uint32_t user[REC_EASE_LANES]; /* whose training row it is, or REC_NONE */
    struct rec_gather
        mix;     /* row l: the rows of K^-1 to combine, for lane l */
    double *sum; /* users: a row of MIX, dense */
    float *row;  /* REC_EASE_LANES x users */
    float *lane; /* users x REC_EASE_LANES: its transpose */
};

static void release_block(struct block *b)
{
    rec_gather_release(&b->mix);
    free(b->sum);
    free(b->row);
    free(b->lane);
}

static int alloc_block(struct block *b, size_t users, struct rec_error *err)
{
    memset(b, 0, sizeof *b);
    b->sum = rec_zalloc(users, sizeof *b->sum);
    b->row = rec_alloc64(users * REC_EASE_LANES, sizeof *b->row);
    b->lane = rec_alloc64(users * REC_EASE_LANES, sizeof *b->lane);
    if (!b->sum || !b->row || !b->lane) {
        release_block(b);
        return rec_fail_nomem(err);
    }
    return 0;
}

static double value(const struct users *s, const struct rec_csr *x, int64_t e)
{
    return s->weights && x->weight ? x->weight[e] : 1;
}

/* A row of b->mix: Y D^-1 w' for row R of X. */
static int mix_full(const struct users *s, const struct rec_csr *x, size_t r,
                    struct block *b, struct rec_error *err)
{
    int rc = 0;

    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        uint32_t i = x->item[e];
        double w = value(s, x, e) * s->in[i] / s->penalty[i];

        for (int64_t k = s->t.start[i]; k < s->t.start[i + 1]; k++) {
            b->sum[s->t.item[k]] += w * s->t.weight[k];
        }
    }
    for (size_t v = 0; v < s->x.rows && rc == 0; v++) {
        if (b->sum[v] != 0) {
            rc = rec_gather_add(&b->mix, (uint32_t)v, (float)b->sum[v], err);
            b->sum[v] = 0;
        }
    }
    return rc;
}

/* OUT = X K^-1. */
static int combine(const struct users *s, const struct rec_csr *x,
                   int threads, float *out, struct rec_error *err)
{
    size_t n = s->x.rows;
    int rc = s->inverse ? rec_ease_check_rows(s->inverse, n, x, threads, err)
                        : 0;

    if (rc == 0) {
        rec_ease_sum_rows(s->dtype, s->k, n, x, threads, out);
    }
    return rc;
}

/* What to combine for N rows of X from FROM on. The short form is one row of
   K^-1, undoing the scale of the user's row; it has the other sign. */
static int mix_rows(const struct users *s, const struct rec_csr *x,
                    size_t from, size_t n, struct block *b,
                    struct rec_error *err)
{
    int rc = rec_gather_begin(&b->mix, (uint32_t)s->x.rows, err);

    for (size_t l = 0; l < n && rc == 0; l++) {
        uint32_t u = b->user[l] = find_user(s, x, from + l);

        if (u != REC_NONE) {
            double len = rec_csr_row_len(x, from + l);

            rc = rec_gather_add(&b->mix, u, (float)-pow(len, s->user_power),
                                err);
        } else {
            rc = mix_full(s, x, from + l, b, err);
        }
        rc = rc ? rc : rec_gather_end_row(&b->mix, err);
    }
    return rc;
}

/* What w_j itself adds to the scores of row R, which is lane L. */
static void add_own(const struct users *s, const struct rec_csr *x, size_t r,
                    int full, float *out)
{
    for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
        uint32_t i = x->item[e];
        double own = s->out[i] - (full ? s->factor[i] : 0);

        out[i] += (float)(value(s, x, e) * s->in[i] * own);
    }
}

static int score_block(const struct users *s, const struct rec_csr *x,
                       size_t from, size_t n, int threads, struct block *b,
                       float *out, struct rec_error *err)
{
    size_t users = s->x.rows;
    int rc = mix_rows(s, x, from, n, b, err);

    rc = rc ? rc : combine(s, &b->mix.m, threads, b->row, err);
    if (rc != 0) {
        return rc;
    }
    rec_ease_fill_lanes(b->row, users, n, threads, b->lane);
    rec_ease_apply(&s->t, b->lane, s->factor, n, threads, out);
    for (size_t l = 0; l < n; l++) {
        add_own(s, x, from + l, b->user[l] == REC_NONE, out + l * s->x.cols);
    }
    return 0;
}

static int users_score(const struct rec_model *m, const struct rec_csr *rows,
                       int threads, float *out, struct rec_error *err)
{
    const struct users *s = m->state;
    struct rec_csr x = rec_ease_values(rows, !s->weights);
    struct block b;
    int rc = alloc_block(&b, s->x.rows, err);

    if (rc != 0) {
        return rc;
    }
    for (size_t r = 0; r < x.rows && rc == 0; r += REC_EASE_LANES) {
        size_t n = x.rows - r < REC_EASE_LANES ? x.rows - r : REC_EASE_LANES;

        rc = score_block(s, &x, r, n, threads, &b, out + r * m->n_items, err);
    }
    release_block(&b);
    return rc;
}

/* ---- explaining ------------------------------------------------------- */

/* OUT = K^-1 y_item. */
static int solve_item(const struct users *s, uint32_t item, float *out,
                      struct rec_error *err)
{
    size_t at = (size_t)s->t.start[item];
    int64_t start[] = {0, s->t.start[item + 1] - s->t.start[item]};
    struct rec_csr y = {
        1, s->t.cols, start, s->t.item + at, s->t.weight + at, NULL};

    return combine(s, &y, 1, out, err);
}

/* B_ij, from Q_ij = [i = j] / g_j - y_i' K^-1 y_j / (g_i g_j). */
static int users_explain(const struct rec_model *m, const struct rec_csr *row,
                         uint32_t item, double *part, struct rec_error *err)
{
    const struct users *s = m->state;
    float *solved = rec_alloc(s->x.rows, sizeof *solved);
    int rc = solved ? solve_item(s, item, solved, err) : rec_fail_nomem(err);

    for (int64_t e = row->start[0]; e < row->start[1] && rc == 0; e++) {
        uint32_t i = row->item[e];
        double form = 0, b;

        for (int64_t k = s->t.start[i]; k < s->t.start[i + 1]; k++) {
            form += (double)s->t.weight[k] * solved[s->t.item[k]];
        }
        b = s->factor[item] * form / s->penalty[i];
        b += i == item ? s->out[item] - s->factor[item] : 0;
        part[e - row->start[0]] = value(s, row, e) * s->in[i] * b;
    }
    free(solved);
    return rc;
}

const struct rec_model_type rec_ease_users_type = {
    .kind = "model/ease-users",
    .load = users_load,
    .release = users_release,
    .score = users_score,
    .explain = users_explain,
    .weights = rec_ease_weights,
};
