/* SPDX-License-Identifier: MIT */
/* ItemKNN and UserKNN against the definitions, on dense tables in double
   precision. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "dense.h"
#include "io/output.h"
#include "models/knn.h"
#include "suite.h"

enum { SIMILARITIES = 6, WEIGHTINGS = 3 };

/* Rows to be compared, as a table. */
struct table {
    size_t rows, cols;
    double x[DENSE_MAX][DENSE_MAX];
    double idf[DENSE_MAX];
    double length; /* mean */
    double y[DENSE_MAX][DENSE_MAX];
};

static uint32_t rank[DENSE_MAX];

static void set_up(void)
{
    struct rec_rng rng;

    rec_rng_init(&rng, 77);
    for (uint32_t i = 0; i < DENSE_MAX; i++) {
        rank[i] = i;
    }
    rec_rng_shuffle(&rng, rank, DENSE_MAX);
}

/* ---- the definitions ---------------------------------------------------- */

static void weigh_row(const struct table *t, enum rec_knn_weighting w,
                      const double *x, double *y)
{
    double length = 0;

    for (size_t c = 0; c < t->cols; c++) {
        length += x[c];
    }
    for (size_t c = 0; c < t->cols; c++) {
        double norm = 1.2 * (1 - 0.75 + 0.75 * length / t->length);

        y[c] = w == REC_KNN_NONE    ? x[c]
               : x[c] == 0          ? 0
               : w == REC_KNN_TFIDF ? sqrt(x[c]) * t->idf[c]
                                    : x[c] * (1.2 + 1) / (x[c] + norm)
                                       * t->idf[c];
    }
}

/* Rows are users, or items. */
static void make_table(struct table *t, const struct dense *d, int items,
                       const struct rec_knn_options *o)
{
    double n = 0;

    memset(t, 0, sizeof *t);
    t->rows = items ? d->items : d->users;
    t->cols = items ? d->users : d->items;
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->cols; c++) {
            double v = items ? d->x[c][r] : d->x[r][c];

            t->x[r][c] = o->binary && v != 0 ? 1 : v;
            t->length += t->x[r][c] / (double)t->rows;
        }
    }
    for (size_t c = 0; c < t->cols; c++) {
        double df = 0;

        for (size_t r = 0; r < t->rows; r++) {
            df += t->x[r][c] != 0;
        }
        n = (double)t->rows;
        t->idf[c] = log(1 + (n - df + 0.5) / (df + 0.5));
    }
    for (size_t r = 0; r < t->rows; r++) {
        weigh_row(t, o->weighting, t->x[r], t->y[r]);
    }
}

/* Of a row of a history and of another. */
static double similarity(const struct rec_knn_options *o, const double *a,
                         const double *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0, by = 1, e = o->exponent;

    for (size_t c = 0; c < n; c++) {
        ab += a[c] * b[c];
        aa += a[c] * a[c];
        bb += b[c] * b[c];
    }
    switch (o->similarity) {
    case REC_KNN_COSINE:
        by = sqrt(aa) * sqrt(bb) + o->shrink;
        break;
    case REC_KNN_ASYMMETRIC:
        by = pow(aa, e) * pow(bb, 1 - e) + o->shrink;
        break;
    case REC_KNN_CONDITIONAL:
        by = aa * pow(bb, e) + o->shrink;
        break;
    case REC_KNN_JACCARD:
        by = aa + bb - ab + o->shrink;
        break;
    case REC_KNN_DICE:
        by = (aa + bb + o->shrink) / 2;
        break;
    case REC_KNN_DOT:
        break;
    }
    return ab != 0 ? ab / by : 0;
}

static struct rec_knn_options options(int k)
{
    struct rec_knn_options o = {
        .similarity = (enum rec_knn_similarity)(k % SIMILARITIES),
        .weighting = (enum rec_knn_weighting)(k / SIMILARITIES % WEIGHTINGS),
        .exponent = 0.3,
        .shrink = k % 2 ? 2.5 : 0,
        .binary = k % 5 == 0};

    return o;
}

static int near(double got, double want)
{
    return fabs(got - want) <= 2e-6 * (fabs(want) + 1e-3);
}

/* ---- items --------------------------------------------------------------- */

static void fit(const struct dense *d, const struct rec_knn_options *o,
                int threads, struct rec_csr *w)
{
    struct rec_item_knn k;
    struct rec_error err;

    ck_assert_int_eq(rec_item_knn_begin(&k, &d->rows, o, rank, &err), 0);
    ck_assert_int_eq(rec_item_knn_fit(w, &k, o, threads, NULL, &err), 0);
    ck_assert(rec_item_knn_memory(&k, o, threads)
              >= 8.0 * (double)rec_csr_events(w));
    rec_item_knn_release(&k);
}

static void fill(const struct rec_csr *w, double out[DENSE_MAX][DENSE_MAX])
{
    memset(out, 0, sizeof(double) * DENSE_MAX * DENSE_MAX);
    for (size_t i = 0; i < w->rows; i++) {
        for (int64_t e = w->start[i]; e < w->start[i + 1]; e++) {
            SURE(e == w->start[i] || w->item[e] > w->item[e - 1]);
            out[i][w->item[e]] = w->weight[e];
        }
    }
}

/* Is B one of the K best of the values V, N of them STRIDE apart? */
static int is_kept(const double *v, size_t stride, size_t n, size_t b,
                   size_t k)
{
    size_t better = 0;

    for (size_t j = 0; j < n; j++) {
        double other = v[j * stride], own = v[b * stride];

        better += other != 0
                  && (other > own || (other >= own && rank[j] < rank[b]));
    }
    return v[b * stride] != 0 && better < k;
}

/* Every similarity with every weighting; then the K best of them, of rows and
   of columns. */
START_TEST(similar_items)
{
    static double all[DENSE_MAX][DENSE_MAX], some[DENSE_MAX][DENSE_MAX];
    static struct table t;
    static struct dense d;
    struct rec_knn_options o = options(_i);
    struct rec_csr w;

    dense_random(&d, 40, 30, _i % 3 != 1, (uint64_t)_i + 1);
    make_table(&t, &d, 1, &o);
    fit(&d, &o, 1, &w);
    fill(&w, all);
    rec_csr_release(&w);
    for (size_t i = 0; i < d.items; i++) {
        for (size_t j = 0; j < d.items; j++) {
            SURE(near(all[i][j], i == j ? 0
                                        : similarity(&o, t.y[i], t.y[j],
                                                     t.cols)));
        }
    }
    for (int k = 0; k < 6; k++) {
        o.neighbours = k < 2 ? 1 : k < 4 ? 4 : 29;
        o.of_history = k % 2;
        fit(&d, &o, 2, &w);
        fill(&w, some);
        rec_csr_release(&w);
        for (size_t i = 0; i < d.items; i++) {
            for (size_t j = 0; j < d.items; j++) {
                int kept = k % 2 ? is_kept(all[i], 1, d.items, j, o.neighbours)
                                 : is_kept(&all[0][j], DENSE_MAX, d.items, i,
                                           o.neighbours);

                SURE(kept ? some[i][j] == all[i][j] : some[i][j] == 0);
            }
        }
    }
}
END_TEST

/* Weights of 0 and below. */
START_TEST(negative)
{
    static double all[DENSE_MAX][DENSE_MAX];
    static struct table t;
    static struct dense d;
    struct rec_knn_options o = options(_i);
    struct rec_item_knn k;
    struct rec_model m;
    struct rec_csr w;
    struct rec_error err;

    o.binary = 0;
    dense_random(&d, 20, 15, 1, 5);
    for (size_t u = 0; u < d.users; u += 2) {
        for (size_t i = 0; i < d.items; i++) {
            d.x[u][i] *= -1;
        }
    }
    dense_rows(&d, 1);
    make_table(&t, &d, 1, &o);
    fit(&d, &o, 1, &w);
    fill(&w, all);
    rec_csr_release(&w);
    for (size_t i = 0; i < d.items; i++) {
        for (size_t j = 0; j < d.items; j++) {
            SURE(near(all[i][j], i == j ? 0
                                        : similarity(&o, t.y[i], t.y[j],
                                                     t.cols)));
        }
    }
    o.weighting = _i % 2 ? REC_KNN_BM25 : REC_KNN_TFIDF;
    ck_assert_int_eq(rec_item_knn_begin(&k, &d.rows, &o, rank, &err),
                     REC_EVALUE);
    ck_assert_int_eq(rec_user_knn_lend(&d.rows, &o, NULL, &m, &err),
                     REC_EVALUE);
}
END_TEST

/* ---- users --------------------------------------------------------------- */

/* The scores of the history X, by the definition. */
static void score_users(const struct table *t, const struct rec_knn_options *o,
                        const double *x, double *out)
{
    double y[DENSE_MAX], s[DENSE_MAX];

    weigh_row(t, o->weighting, x, y);
    for (size_t v = 0; v < t->rows; v++) {
        s[v] = (float)similarity(o, y, t->y[v], t->cols);
    }
    memset(out, 0, t->cols * sizeof *out);
    for (size_t v = 0; v < t->rows; v++) {
        size_t better = 0;

        for (size_t z = 0; z < t->rows; z++) {
            better += s[z] != 0 && (s[z] > s[v] || (s[z] >= s[v] && z < v));
        }
        if (o->neighbours == 0 || better < o->neighbours) {
            for (size_t i = 0; i < t->cols; i++) {
                out[i] += s[v] * t->x[v][i];
            }
        }
    }
}

static struct rec_dict *make_dict(size_t n)
{
    struct rec_dict *items = rec_dict_new();
    struct rec_error err;
    uint32_t index;
    char id[16];

    for (size_t i = 0; i < n; i++) {
        int len = snprintf(id, sizeof id, "%zu", i);

        ck_assert_int_eq(rec_dict_add(items, id, (size_t)len, &index, &err),
                         0);
    }
    return items;
}

/* Save as PATH and load again. */
static struct rec_model *reload(const struct dense *d,
                                const struct rec_knn_options *o,
                                const struct rec_dict *items)
{
    char path[] = "/tmp/check_knn.XXXXXX";
    struct rec_output *out;
    struct rec_model *m;
    struct rec_error err;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_int_eq(rec_output_open(&out, path, &err), 0);
    ck_assert_int_eq(rec_user_knn_save(&d->rows, o, items, out, 0, NULL, &err),
                     0);
    ck_assert_int_eq(rec_output_flush(out, &err), 0);
    ck_assert_int_eq(rec_output_rename(out, &err), 0);
    rec_output_free(out);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    unlink(path);
    return m;
}

/* What the items of the history add is the score. */
static void check_parts(const struct rec_model *m, const struct rec_csr *rows,
                        const float *score)
{
    double part[DENSE_MAX];
    struct rec_error err;

    for (size_t r = 0; r < rows->rows; r++) {
        int64_t start[2];
        struct rec_csr one = rec_csr_one(rows, r, start);

        for (uint32_t i = 0; i < m->n_items; i += 3) {
            double sum = 0;

            ck_assert_int_eq(rec_model_explain(m, &one, i, part, &err), 0);
            for (int64_t e = 0; e < start[1]; e++) {
                sum += part[e];
            }
            SURE(near(score[r * m->n_items + i], sum));
        }
    }
}

/* Every similarity with every weighting and several K, lent and loaded, for
   histories of nobody in the training data. */
START_TEST(similar_users)
{
    static const uint32_t neighbours[] = {0, 1, 5, 39, 100};
    static float lent[DENSE_MAX * DENSE_MAX], loaded[DENSE_MAX * DENSE_MAX];
    static struct dense d, h;
    static struct table t;
    struct rec_knn_options o = options(_i);
    double want[DENSE_MAX];
    struct rec_model m, *file;
    struct rec_error err;
    struct rec_dict *items = make_dict(30);

    dense_random(&d, 40, 30, _i % 3 != 1, (uint64_t)_i + 1);
    dense_random(&h, 20, 30, _i % 3 != 1 && !o.binary, (uint64_t)_i + 50);
    o.neighbours = neighbours[_i % 5];
    make_table(&t, &d, 0, &o);
    ck_assert_int_eq(rec_user_knn_lend(&d.rows, &o, items, &m, &err), 0);
    ck_assert_int_eq(rec_model_score(&m, &h.rows, 1, lent, &err), 0);
    for (size_t r = 0; r < h.users; r++) {
        score_users(&t, &o, h.x[r], want);
        for (size_t i = 0; i < h.items; i++) {
            SURE(near(lent[r * h.items + i], want[i]));
        }
    }
    check_parts(&m, &h.rows, lent);
    rec_user_knn_unlend(&m);
    file = reload(&d, &o, items);
    ck_assert_int_eq(rec_model_score(file, &h.rows, 3, loaded, &err), 0);
    ck_assert_mem_eq(lent, loaded, h.users * h.items * sizeof *lent);
    rec_model_close(file);
    rec_dict_free(items);
}
END_TEST

/* ---- small and odd ------------------------------------------------------- */

/* No user, one user, one item, a user without items, weights of 0. */
START_TEST(degenerate)
{
    static const size_t users[] = {0, 1, 5, 3}, cols[] = {0, 6, 1, 4};
    static struct dense d;
    struct rec_knn_options o = options(_i);
    struct rec_dict *items;
    struct rec_model m;
    struct rec_csr w;
    struct rec_error err;
    float score[64];

    for (int k = 0; k < 4; k++) {
        memset(&d, 0, sizeof d);
        d.users = users[k];
        d.items = cols[k];
        for (size_t u = 1; u < d.users; u++) {
            for (size_t i = 0; i < d.items; i++) {
                d.x[u][i] = 1;
            }
        }
        dense_rows(&d, 1);
        if (k == 3) {
            memset(d.weight, 0, sizeof d.weight);
        }
        fit(&d, &o, 2, &w);
        ck_assert_uint_eq(w.rows, d.items);
        if (k != 3 || o.binary) {
            ck_assert_uint_eq(rec_csr_events(&w), k == 3 ? 12 : 0);
        } else {
            ck_assert_uint_eq(rec_csr_events(&w), 0);
        }
        rec_csr_release(&w);
        items = make_dict(d.items);
        ck_assert_int_eq(rec_user_knn_lend(&d.rows, &o, items, &m, &err), 0);
        ck_assert_int_eq(rec_model_score(&m, &d.rows, 2, score, &err), 0);
        for (size_t j = 0; j < d.users * d.items; j++) {
            SURE(isfinite(score[j]) && score[j] >= 0);
        }
        rec_user_knn_unlend(&m);
        rec_dict_free(items);
    }
}
END_TEST

START_TEST(repeats)
{
    int64_t start[] = {0, 3};
    uint32_t item[] = {1, 0, 1};
    struct rec_csr x = {1, 2, start, item, NULL, NULL};
    struct rec_knn_options o = options(0);
    struct rec_item_knn k;
    struct rec_model m;
    struct rec_error err;

    ck_assert_int_eq(rec_item_knn_begin(&k, &x, &o, rank, &err), REC_EREPEAT);
    ck_assert_int_eq(rec_user_knn_lend(&x, &o, NULL, &m, &err), REC_EREPEAT);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("knn");

    tcase_add_unchecked_fixture(t, set_up, NULL);
    tcase_add_loop_test(t, similar_items, 0, SIMILARITIES * WEIGHTINGS);
    tcase_add_loop_test(t, negative, 0, SIMILARITIES);
    tcase_add_loop_test(t, similar_users, 0, SIMILARITIES * WEIGHTINGS);
    tcase_add_loop_test(t, degenerate, 0, SIMILARITIES * WEIGHTINGS);
    tcase_add_test(t, repeats);
    return suite_end("knn", t);
}
