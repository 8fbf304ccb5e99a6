/* SPDX-License-Identifier: MIT */
/* UserKNN: see knn.h. The similarities of a history to all training users come
   from the users of its items (an inverted index), as a row of a sparse
   product; those of a block of histories from one product. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_private.h"

struct user_knn {
    struct rec_knn_options opt;
    struct rec_csr x; /* borrowed */
    struct rec_csr t; /* Y transposed: items x users */
    struct rec_knn_scale scale;
    double *side;   /* of the users, as the neighbours */
    uint32_t *rank; /* of the users: their order */
};

/* ---- making it --------------------------------------------------------- */

/* s->t, and from its rows s->side. */
static int derive_values(struct user_knn *s, struct rec_error *err)
{
    struct rec_csr y = s->x;
    float *value = NULL;
    double *mass = rec_alloc(y.rows, sizeof *mass);
    int rc = mass ? 0 : rec_fail_nomem(err);

    if (rc == 0 && s->opt.weighting != REC_KNN_NONE) {
        value = rec_alloc(rec_csr_events(&y), sizeof *value);
        if (value) {
            rec_knn_scale_rows(&s->scale, &s->x, value);
            y.weight = value;
        } else {
            rc = rec_fail_nomem(err);
        }
    }
    rc = rc ? rc : rec_csr_transpose(&s->t, &y, NULL, err);
    if (rc == 0) {
        rec_knn_mass(&y, mass);
        rec_knn_side(&s->opt, 0, mass, y.rows, s->side);
    }
    free(value);
    free(mass);
    return rc;
}

/* Everything else from OPT and X. */
static int derive(struct user_knn *s, struct rec_error *err)
{
    size_t n = s->x.rows;
    int rc;

    if (s->opt.binary) {
        s->x.weight = NULL;
    }
    s->side = rec_alloc(n, sizeof *s->side);
    s->rank = rec_alloc(n, sizeof *s->rank);
    if (!s->side || !s->rank) {
        return rec_fail_nomem(err);
    }
    for (size_t u = 0; u < n; u++) {
        s->rank[u] = (uint32_t)u;
    }
    rc = rec_knn_scale_init(&s->scale, &s->x, s->opt.weighting, err);
    return rc ? rc : derive_values(s, err);
}

static void user_knn_release(struct rec_model *m)
{
    struct user_knn *s = m->state;

    if (s) {
        rec_csr_release(&s->t);
        rec_knn_scale_release(&s->scale);
        free(s->side);
        free(s->rank);
        free(s);
    }
}

int rec_user_knn_lend(const struct rec_csr *x,
                      const struct rec_knn_options *opt,
                      struct rec_dict *items, struct rec_model *out,
                      struct rec_error *err)
{
    struct rec_model m = {&rec_user_knn_type, NULL, items, x->cols, NULL};
    struct user_knn *s = m.state = rec_zalloc(1, sizeof *s);
    int rc = s ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        s->opt = *opt;
        s->x = *x;
        rc = derive(s, err);
    }
    if (rc != 0) {
        user_knn_release(&m);
        return rc;
    }
    *out = m;
    return 0;
}

void rec_user_knn_unlend(struct rec_model *m)
{
    user_knn_release(m);
}

double rec_user_knn_room(const struct rec_csr *x)
{
    return 12.0 * (double)rec_csr_events(x) + 20.0 * (double)x->rows
           + 16.0 * (double)x->cols;
}

/* ---- saving and loading ------------------------------------------------ */

static int write_arrays(const struct rec_csr *x, int weights,
                        struct rec_stream_writer *w, struct rec_error *err)
{
    static const int64_t none = 0;
    size_t n = rec_csr_events(x);
    int rc = rec_stream_write(w, REC_BLOCK_ARRAY, "start", REC_I64,
                              x->rows ? x->start : &none,
                              (x->rows + 1) * sizeof *x->start, err);

    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "item", REC_U32, x->item,
                               n * sizeof *x->item, err);
    if (rc == 0 && weights) {
        rc = rec_stream_write(w, REC_BLOCK_ARRAY, "weight", REC_F32, x->weight,
                              n * sizeof *x->weight, err);
    }
    return rc;
}

int rec_user_knn_save(const struct rec_csr *x,
                      const struct rec_knn_options *opt,
                      const struct rec_dict *items, struct rec_output *o,
                      int level, const char *prov, struct rec_error *err)
{
    int weights = x->weight && !opt->binary, rc;
    struct rec_stream_writer *w;
    struct rec_buf param = {NULL, 0, 0};

    if (rec_buf_addf(&param,
                     "weights %d\nusers %zu\nsimilarity %d\nweighting %d\n"
                     "exponent %.17g\nshrink %.17g\nneighbours %lu\n",
                     weights, x->rows, (int)opt->similarity,
                     (int)opt->weighting, opt->exponent, opt->shrink,
                     (unsigned long)opt->neighbours)
        != 0) {
        return rec_fail_nomem(err);
    }
    rc = rec_model_begin(&w, o, rec_user_knn_type.kind, level, param.data,
                         items, err);
    rec_buf_release(&param);
    if (rc != 0) {
        return rc;
    }
    rc = write_arrays(x, weights, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

/* "similarity" and "weighting" of the file, below N; K a u32. */
static int get_options(const struct rec_model *m, struct user_knn *s,
                       struct rec_error *err)
{
    struct rec_knn_options *o = &s->opt;
    double similarity = 0, weighting = 0, neighbours = 0, weights = 0;
    int rc = rec_model_param(m, "similarity", &similarity, err);

    rc = rc ? rc : rec_model_param(m, "weighting", &weighting, err);
    rc = rc ? rc : rec_model_param(m, "exponent", &o->exponent, err);
    rc = rc ? rc : rec_model_param(m, "shrink", &o->shrink, err);
    rc = rc ? rc : rec_model_param(m, "neighbours", &neighbours, err);
    rc = rc ? rc : rec_model_param(m, "weights", &weights, err);
    if (rc != 0) {
        return rc;
    }
    if (!(similarity >= 0 && similarity <= REC_KNN_DOT && weighting >= 0
          && weighting <= REC_KNN_TFIDF && neighbours >= 0
          && neighbours < REC_NONE && o->shrink >= 0)) {
        return rec_fail(err, REC_ECORRUPT, "%s: a parameter is out of range",
                        rec_store_name(m->store));
    }
    o->similarity = (enum rec_knn_similarity)similarity;
    o->weighting = (enum rec_knn_weighting)weighting;
    o->neighbours = (uint32_t)neighbours;
    o->binary = weights <= 0;
    return 0;
}

static int user_knn_load(struct rec_model *m, struct rec_error *err)
{
    struct user_knn *s = m->state = rec_zalloc(1, sizeof *s);
    int rc = s ? get_options(m, s, err) : rec_fail_nomem(err);

    rc = rc ? rc : rec_model_rows(m, !s->opt.binary, &s->x, err);
    return rc ? rc : derive(s, err);
}

/* ---- neighbours -------------------------------------------------------- */

/* Histories as they are compared. */
struct histories {
    struct rec_csr y;
    float *value; /* of y */
    double *side;
};

static void release_histories(struct histories *h)
{
    free(h->value);
    free(h->side);
    h->value = NULL;
    h->side = NULL; /* a caller may release what could not be made */
}

static int make_histories(const struct user_knn *s, struct histories *h,
                          const struct rec_csr *rows, struct rec_error *err)
{
    struct rec_csr x = *rows;
    double *mass = rec_alloc(x.rows, sizeof *mass);

    h->value = rec_alloc(rec_csr_events(&x), sizeof *h->value);
    h->side = rec_alloc(x.rows, sizeof *h->side);
    if (!mass || !h->value || !h->side) {
        free(mass);
        release_histories(h);
        return rec_fail_nomem(err);
    }
    x.weight = s->opt.binary ? NULL : x.weight;
    rec_knn_scale_rows(&s->scale, &x, h->value);
    h->y = x;
    h->y.weight = h->value;
    rec_knn_mass(&h->y, mass);
    rec_knn_side(&s->opt, 1, mass, x.rows, h->side);
    free(mass);
    return 0;
}

/* OUT: of every history its neighbours and how similar they are. */
static int find_neighbours(const struct user_knn *s, const struct histories *h,
                           int threads, struct rec_csr *out,
                           struct rec_error *err)
{
    struct rec_knn_compare compare = {s->opt.similarity, s->opt.shrink,
                                      h->side, s->side};
    struct rec_product p = {.left = &h->y,
                            .right = &s->t,
                            .finish = rec_knn_finish,
                            .ctx = &compare,
                            .keep = s->opt.neighbours,
                            .rank = s->rank};

    return rec_product(out, &p, threads, NULL, err);
}

static double value(const struct rec_csr *x, int64_t e)
{
    return x->weight ? x->weight[e] : 1;
}

/* OUT = the sum of the rows of the neighbours, row R of V. */
static void sum_rows(const struct user_knn *s, const struct rec_csr *v,
                     size_t r, float *out)
{
    memset(out, 0, s->x.cols * sizeof *out);
    for (int64_t k = v->start[r]; k < v->start[r + 1]; k++) {
        uint32_t u = v->item[k];

        for (int64_t e = s->x.start[u]; e < s->x.start[u + 1]; e++) {
            out[s->x.item[e]] += (float)(v->weight[k] * value(&s->x, e));
        }
    }
}

static int user_knn_score(const struct rec_model *m,
                          const struct rec_csr *rows, int threads, float *out,
                          struct rec_error *err)
{
    const struct user_knn *s = m->state;
    struct histories h;
    struct rec_csr v;
    int rc = make_histories(s, &h, rows, err);

    if (rc != 0) {
        return rc;
    }
    rc = find_neighbours(s, &h, threads, &v, err);
    release_histories(&h);
    if (rc != 0) {
        return rc;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t r = 0; r < rows->rows; r++) {
        sum_rows(s, &v, r, out + r * m->n_items);
    }
    rec_csr_release(&v);
    return 0;
}

/* ---- explaining -------------------------------------------------------- */

/* A similarity is the product of two rows times something: FACTOR of user v is
   that something times x_v,item, for the neighbours V; 0 for others. */
static void fill_factors(const struct user_knn *s, const struct rec_csr *y,
                         const struct rec_csr *v, uint32_t item,
                         double *dot, double *factor)
{
    for (int64_t e = y->start[0]; e < y->start[1]; e++) {
        uint32_t i = y->item[e];

        for (int64_t k = s->t.start[i]; k < s->t.start[i + 1]; k++) {
            dot[s->t.item[k]] += value(y, e) * value(&s->t, k);
        }
    }
    for (int64_t k = v->start[0]; k < v->start[1]; k++) {
        uint32_t u = v->item[k];

        for (int64_t e = s->x.start[u]; e < s->x.start[u + 1]; e++) {
            if (s->x.item[e] == item) {
                factor[u] = v->weight[k] * value(&s->x, e) / dot[u];
            }
        }
    }
}

/* What an item of the history adds to the product with each neighbour. */
static int user_knn_explain(const struct rec_model *m,
                            const struct rec_csr *row, uint32_t item,
                            double *part, struct rec_error *err)
{
    const struct user_knn *s = m->state;
    double *dot = rec_zalloc(s->x.rows, sizeof *dot);
    double *factor = rec_zalloc(s->x.rows, sizeof *factor);
    struct histories h = {.value = NULL};
    struct rec_csr v = {.rows = 0};
    int rc = dot && factor ? make_histories(s, &h, row, err)
                           : rec_fail_nomem(err);

    rc = rc ? rc : find_neighbours(s, &h, 1, &v, err);
    if (rc == 0) {
        fill_factors(s, &h.y, &v, item, dot, factor);
    }
    for (int64_t e = row->start[0]; e < row->start[1] && rc == 0; e++) {
        uint32_t i = row->item[e];
        double sum = 0;

        for (int64_t k = s->t.start[i]; k < s->t.start[i + 1]; k++) {
            sum += value(&s->t, k) * factor[s->t.item[k]];
        }
        part[e - row->start[0]] = value(&h.y, e) * sum;
    }
    release_histories(&h);
    rec_csr_release(&v);
    free(dot);
    free(factor);
    return rc;
}

const struct rec_model_type rec_user_knn_type = {
    .kind = "model/user-knn",
    .load = user_knn_load,
    .release = user_knn_release,
    .score = user_knn_score,
    .explain = user_knn_explain,
};
