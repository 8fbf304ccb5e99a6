/* SPDX-License-Identifier: MIT */
/* Truncated SVD against the eigenvectors of Y'Y by Jacobi's rotations in
   double precision: values, scores, powers; and what is degenerate. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dense.h"
#include "make_data.h"
#include "models/svd.h"
#include "suite.h"

enum { USERS = 40, ITEMS = 25 };

static struct dense d;
static double y[USERS][ITEMS], vector[ITEMS][ITEMS], square[ITEMS];

static const struct rec_svd_options plain = {
    .dim = 5, .extra = 8, .rounds = 30, .seed = 1, .threads = 2};

static double count(size_t at, int item)
{
    double n = 0;

    for (size_t k = 0; k < (item ? d.users : d.items); k++) {
        n += (item ? d.x[k][at] : d.x[at][k]) != 0;
    }
    return n > 0 ? n : 1;
}

/* G becomes diagonal, V (one vector per column) what it is turned by. */
static void jacobi(double g[ITEMS][ITEMS], double v[ITEMS][ITEMS])
{
    for (int sweep = 0; sweep < 60; sweep++) {
        for (size_t p = 0; p < ITEMS; p++) {
            for (size_t q = p + 1; q < ITEMS; q++) {
                double angle = 0.5 * atan2(2 * g[p][q], g[q][q] - g[p][p]);
                double c = cos(angle), s = sin(angle);

                for (size_t k = 0; k < ITEMS; k++) {
                    double a = g[k][p], b = g[k][q];

                    g[k][p] = c * a - s * b;
                    g[k][q] = s * a + c * b;
                }
                for (size_t k = 0; k < ITEMS; k++) {
                    double a = g[p][k], b = g[q][k];

                    g[p][k] = c * a - s * b;
                    g[q][k] = s * a + c * b;
                    a = v[k][p], b = v[k][q];
                    v[k][p] = c * a - s * b;
                    v[k][q] = s * a + c * b;
                }
            }
        }
    }
}

/* Y, and its right singular vectors as rows of VECTOR, best first. */
static void oracle(double user_power, double item_power)
{
    static double g[ITEMS][ITEMS], v[ITEMS][ITEMS];

    memset(g, 0, sizeof g);
    memset(v, 0, sizeof v);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            y[u][i] = d.x[u][i] * pow(count(u, 0), -user_power)
                      * pow(count(i, 1), -item_power);
        }
    }
    for (size_t i = 0; i < ITEMS; i++) {
        v[i][i] = 1;
        for (size_t j = 0; j < ITEMS; j++) {
            for (size_t u = 0; u < USERS; u++) {
                g[i][j] += y[u][i] * y[u][j];
            }
        }
    }
    jacobi(g, v);
    for (size_t k = 0; k < ITEMS; k++) {
        size_t best = 0;

        for (size_t c = 1; c < ITEMS; c++) {
            best = g[c][c] > g[best][best] ? c : best;
        }
        square[k] = g[best][best];
        g[best][best] = -1 - (double)k;
        for (size_t i = 0; i < ITEMS; i++) {
            vector[k][i] = v[i][best];
        }
    }
}

static struct rec_svd fit(const struct rec_svd_options *o)
{
    struct rec_svd m;
    struct rec_error err;

    ck_assert_int_eq(rec_svd_fit(&m, &d.rows, o, &err), 0);
    return m;
}

static struct rec_dict *make_items(void)
{
    struct rec_dict *items = rec_dict_new();

    for (size_t i = 0; i < d.items; i++) {
        struct rec_error err;
        uint32_t at;
        char id[16];
        int n = snprintf(id, sizeof id, "i%zu", i);

        ck_assert_int_eq(rec_dict_add(items, id, (size_t)n, &at, &err), 0);
    }
    return items;
}

/* user power, item power, score power, value power, weights */
static const double shapes[][5] = {{0, 0, 0, 0, 0},
                                   {0.5, 0.3, 0.3, 0, 0},
                                   {0, 0.4, 0, 0.5, 1},
                                   {0, 0, 0, -1, 1}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct rec_svd_options shape(int i)
{
    struct rec_svd_options o = plain;

    dense_random(&d, USERS, ITEMS, shapes[i][4] != 0, 3);
    o.user_power = shapes[i][0];
    o.item_power = shapes[i][1];
    o.score_power = shapes[i][2];
    o.value_power = shapes[i][3];
    return o;
}

/* The score of ITEM for row U. */
static double score(const struct rec_svd_options *o, size_t u, size_t item)
{
    double sum = 0;

    for (size_t k = 0; k < o->dim; k++) {
        double in = 0;

        for (size_t i = 0; i < ITEMS; i++) {
            in += y[u][i] * vector[k][i];
        }
        sum += in * pow(square[k], o->value_power / 2) * vector[k][item];
    }
    return sum * pow(count(item, 1), o->score_power);
}

static void check_parts(const struct rec_model *m, const float *s)
{
    for (size_t u = 0; u < USERS; u++) {
        int64_t start[2];
        struct rec_csr one = rec_csr_one(&d.rows, u, start);

        for (uint32_t i = 0; i < ITEMS; i++) {
            double part[ITEMS], sum = 0;
            struct rec_error err;

            ck_assert_int_eq(rec_model_explain(m, &one, i, part, &err), 0);
            for (int64_t e = 0; e < start[1]; e++) {
                sum += part[e];
            }
            SURE(fabs(sum - (double)s[u * ITEMS + i]) < 1e-5);
        }
    }
}

START_TEST(against_the_oracle)
{
    struct rec_svd_options o = shape(_i);
    struct rec_dict *items = make_items();
    struct rec_svd m = fit(&o);
    static float s[USERS * ITEMS];
    struct rec_model lent;
    struct rec_error err;

    oracle(o.user_power, o.item_power);
    for (size_t k = 0; k < o.dim; k++) {
        ck_assert_double_eq_tol((double)m.value[k], sqrt(square[k]),
                                1e-5 * sqrt(square[0]));
    }
    ck_assert_int_eq(rec_svd_lend(&m, items, &lent, &err), 0);
    ck_assert_int_eq(rec_model_score(&lent, &d.rows, 2, s, &err), 0);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            SURE(fabs((double)s[u * ITEMS + i] - score(&o, u, i)) < 2e-4);
        }
    }
    check_parts(&lent, s);
    rec_svd_unlend(&lent);
    rec_svd_release(&m);
    rec_dict_free(items);
}
END_TEST

/* Each column of the items has its largest number positive, and length 1. */
START_TEST(signs_and_lengths)
{
    struct rec_svd_options o = shape(0);
    struct rec_svd m = fit(&o);

    for (size_t k = 0; k < o.dim; k++) {
        double length = 0, most = 0, least = 0;

        for (size_t i = 0; i < ITEMS; i++) {
            double v = (double)m.item[i * o.dim + k];

            length += v * v;
            most = fmax(most, v);
            least = fmin(least, v);
        }
        ck_assert_double_eq_tol(length, 1, 1e-5);
        ck_assert_double_ge(most, -least);
    }
    rec_svd_release(&m);
}
END_TEST

START_TEST(threads_change_nothing)
{
    struct rec_svd_options o = shape(1);
    struct rec_svd one, three;

    o.threads = 1;
    one = fit(&o);
    o.threads = 3;
    three = fit(&o);
    ck_assert_mem_eq(one.item, three.item, ITEMS * o.dim * sizeof(float));
    ck_assert_mem_eq(one.value, three.value, o.dim * sizeof(float));
    rec_svd_release(&one);
    rec_svd_release(&three);
}
END_TEST

/* With all dimensions the rows come back; those beyond the rank are zero. The
   last item has no user. */
START_TEST(whole_rank)
{
    struct rec_svd_options o = shape(0);
    struct rec_svd m;
    struct rec_error err;
    static float w[USERS * 30];

    o.dim = 30;
    m = fit(&o);
    for (size_t k = ITEMS - 1; k < 30; k++) {
        SURE(m.value[k] == 0);
    }
    ck_assert_int_eq(rec_svd_fold_in(&m, &d.rows, 1, w, &err), 0);
    for (size_t u = 0; u < USERS; u++) {
        for (size_t i = 0; i < ITEMS; i++) {
            double s = 0;

            for (size_t k = 0; k < 30; k++) {
                s += (double)w[u * 30 + k] * (double)m.item[i * 30 + k];
            }
            SURE(fabs(s - d.x[u][i]) < 1e-4);
        }
    }
    rec_svd_release(&m);
}
END_TEST

START_TEST(saved_and_loaded)
{
    struct rec_svd_options o = shape(2);
    struct rec_svd s = fit(&o);
    struct rec_dict *items = make_items();
    static float w[USERS * 5], v[USERS * 5];
    struct rec_output *out;
    struct rec_model *m;
    struct rec_error err;
    char *path = make_path();
    const float *item;

    ck_assert_int_eq(rec_output_open(&out, path, &err), 0);
    ck_assert_int_eq(rec_svd_save(&s, items, out, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(out, &err), 0);
    ck_assert_int_eq(rec_output_rename(out, &err), 0);
    rec_output_free(out);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_uint_eq(rec_model_dimensions(m), 5);
    ck_assert_int_eq(rec_model_item_vectors(m, &item, &err), 0);
    ck_assert_mem_eq(item, s.item, ITEMS * 5 * sizeof *item);
    ck_assert_int_eq(rec_model_user_vectors(m, &d.rows, 2, w, &err), 0);
    ck_assert_int_eq(rec_svd_fold_in(&s, &d.rows, 1, v, &err), 0);
    ck_assert_mem_eq(w, v, sizeof w);
    rec_model_close(m);
    rec_svd_release(&s);
    rec_dict_free(items);
    drop_path(path);
}
END_TEST

START_TEST(degenerate)
{
    static const size_t sizes[][2] = {{0, 0}, {0, 3}, {1, 0}, {1, 1}, {3, 4}};

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct rec_svd m;

        memset(&d, 0, sizeof d);
        d.users = sizes[s][0];
        d.items = sizes[s][1];
        d.x[0][0] = d.users == 1 && d.items == 1;
        dense_rows(&d, 0);
        m = fit(&plain);
        for (size_t k = 0; k < d.items * plain.dim; k++) {
            SURE(m.item[k] == (k == 0 ? (float)d.x[0][0] : 0));
        }
        SURE(m.value[0] == (float)d.x[0][0]);
        rec_svd_release(&m);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("svd");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, against_the_oracle, 0, SHAPES);
    tcase_add_test(t, signs_and_lengths);
    tcase_add_test(t, threads_change_nothing);
    tcase_add_test(t, whole_rank);
    tcase_add_test(t, saved_and_loaded);
    tcase_add_test(t, degenerate);
    return suite_end("svd", t);
}
