/* SPDX-License-Identifier: MIT */
/* iALS against what it minimises, written out over all pairs in double
   precision: the objective and its gradient; blocks against whole solves;
   folding in, explanations, and what is degenerate. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dense.h"
#include "make_data.h"
#include "models/ials.h"
#include "models/ials_private.h"
#include "suite.h"

static struct dense d;

static const struct rec_ials_options plain = {
    .dim = 6, .block = 64, .unobserved = 0.2, .lambda = 0.03, .nu = 1,
    .init = 0.1, .seed = 1, .threads = 2};

static struct rec_ials_train begin(const struct rec_ials_options *o)
{
    struct rec_ials_train t;
    struct rec_error err;

    ck_assert_int_eq(rec_ials_begin(&t, &d.rows, o, &err), 0);
    return t;
}

static void epochs(struct rec_ials_train *t, int n)
{
    struct rec_error err;

    while (n-- > 0) {
        ck_assert_int_eq(rec_ials_epoch(t, &err), 0);
    }
}

static double confidence(size_t u, size_t i)
{
    return d.rows.weight || d.x[u][i] == 0 ? d.x[u][i] : 1;
}

static double guess(const struct rec_ials_train *t, size_t u, size_t i)
{
    double s = 0;

    for (size_t k = 0; k < t->opt.dim; k++) {
        s += (double)t->user[u * t->opt.dim + k]
             * (double)t->item[i * t->opt.dim + k];
    }
    return s;
}

/* r_u, or r_i if ITEM. */
static double ridge(const struct rec_ials_options *o, int item, size_t at)
{
    size_t others = item ? d.users : d.items;
    double n = 0;

    for (size_t k = 0; k < others; k++) {
        n += item ? confidence(k, at) : confidence(at, k);
    }
    return o->lambda * pow(n + o->unobserved * (double)others, o->nu);
}

static double squares(const float *v, size_t n)
{
    double s = 0;

    for (size_t k = 0; k < n; k++) {
        s += (double)v[k] * (double)v[k];
    }
    return s;
}

static double objective(const struct rec_ials_train *t)
{
    const struct rec_ials_options *o = &t->opt;
    double sum = 0;

    for (size_t u = 0; u < d.users; u++) {
        for (size_t i = 0; i < d.items; i++) {
            double s = guess(t, u, i);

            sum += confidence(u, i) * (s - 1) * (s - 1) + o->unobserved * s * s;
        }
        sum += ridge(o, 0, u) * squares(t->user + u * o->dim, o->dim);
    }
    for (size_t i = 0; i < d.items; i++) {
        sum += ridge(o, 1, i) * squares(t->item + i * o->dim, o->dim);
    }
    return sum;
}

/* Dimensions, block, nu times 2, weights. The first has rows shorter and
   longer than DIM; the second and third blocks; the last more dimensions than
   items. */
static const int shapes[][4] = {{6, 64, 2, 0}, {6, 2, 2, 1}, {17, 5, 1, 1},
                                {6, 64, 0, 1}, {40, 64, 2, 1}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct rec_ials_options shape(int i)
{
    struct rec_ials_options o = plain;

    dense_random(&d, 40, 25, shapes[i][3], 7);
    o.dim = (uint32_t)shapes[i][0];
    o.block = (uint32_t)shapes[i][1];
    o.nu = shapes[i][2] / 2.0;
    return o;
}

START_TEST(objective_falls)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t = begin(&o);
    double last = INFINITY;

    for (int e = 0; e < 30; e++) {
        struct rec_error err;
        double told, now;

        epochs(&t, 1);
        now = objective(&t);
        ck_assert_int_eq(rec_ials_objective(&t, &told, &err), 0);
        ck_assert_double_eq_tol(told, now, 1e-5 * now);
        ck_assert_double_le(now, last * (1 + 1e-6));
        last = now;
    }
    rec_ials_end(&t);
}
END_TEST

START_TEST(gradient_vanishes)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t;

    o.block = 64; /* solves rows to the end */
    t = begin(&o);
    epochs(&t, 3);
    for (size_t u = 0; u < d.users; u++) {
        double worst = 0, size = 0;

        for (size_t k = 0; k < o.dim; k++) {
            double w = (double)t.user[u * o.dim + k];
            double g = ridge(&o, 0, u) * w;

            for (size_t i = 0; i < d.items; i++) {
                double h = (double)t.item[i * o.dim + k], s = guess(&t, u, i);
                double part = (confidence(u, i) * (s - 1) + o.unobserved * s)
                              * h;

                g += part;
                size = fmax(size, fabs(part));
            }
            worst = fmax(worst, fabs(g));
        }
        SURE(worst <= 1e-4 * size);
    }
    rec_ials_end(&t);
}
END_TEST

/* With the items fixed there is one minimum: sweeps over blocks reach it. */
START_TEST(blocks_reach_the_solution)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t = begin(&o);
    struct rec_ials_fixed f;
    static float want[40 * 40];
    struct rec_error err;
    float most = 0;

    epochs(&t, 2);
    f = (struct rec_ials_fixed){o.dim,    o.dim, t.item, t.mass, o.lambda,
                                o.nu,     o.unobserved * (double)d.items};
    ck_assert_int_eq(rec_ials_solve_rows(&f, &d.rows, 1, want, &err), 0);
    f.block = 2;
    for (int sweep = 0; sweep < 300; sweep++) {
        ck_assert_int_eq(rec_ials_solve_rows(&f, &d.rows, 2, t.user, &err), 0);
    }
    for (size_t k = 0; k < d.users * o.dim; k++) {
        most = fmaxf(most, fabsf(want[k]));
    }
    ck_assert(most > 0.01f);
    for (size_t k = 0; k < d.users * o.dim; k++) {
        SURE(fabsf(t.user[k] - want[k]) < 1e-4f * most);
    }
    rec_ials_end(&t);
}
END_TEST

START_TEST(blocks_and_whole_agree)
{
    struct rec_ials_options o = shape(0);
    double end[2];

    for (int b = 0; b < 2; b++) {
        struct rec_ials_train t;

        o.block = b ? 2 : 64;
        t = begin(&o);
        epochs(&t, 400);
        end[b] = objective(&t);
        rec_ials_end(&t);
    }
    ck_assert_double_eq_tol(end[1] / end[0], 1, 2e-3);
}
END_TEST

START_TEST(weight_two_is_the_event_twice)
{
    int64_t start[] = {0, 3, 7};
    uint32_t item[] = {4, 1, 7, 1, 4, 7, 4};
    float weight[] = {2, 1, 1, 1, 1, 1, 1};
    struct rec_csr x = {2, 25, start, item, weight, NULL};
    struct rec_ials_options o = shape(0);
    struct rec_ials_train t = begin(&o);
    struct rec_ials_fixed f;
    float w[12];
    struct rec_error err;

    epochs(&t, 2);
    f = (struct rec_ials_fixed){o.dim,    o.dim, t.item, t.mass, o.lambda,
                                o.nu,     o.unobserved * (double)d.items};
    ck_assert_int_eq(rec_ials_solve_rows(&f, &x, 1, w, &err), 0);
    for (size_t k = 0; k < 6; k++) {
        ck_assert_float_eq_tol(w[k], w[6 + k], 1e-5f);
    }
    rec_ials_end(&t);
}
END_TEST

START_TEST(threads_change_nothing)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train one, three;

    o.threads = 1;
    one = begin(&o);
    o.threads = 3;
    three = begin(&o);
    epochs(&one, 3);
    epochs(&three, 3);
    ck_assert_mem_eq(one.item, three.item,
                     d.items * o.dim * sizeof *one.item);
    ck_assert_mem_eq(one.user, three.user,
                     d.users * o.dim * sizeof *one.user);
    rec_ials_end(&one);
    rec_ials_end(&three);
}
END_TEST

static struct rec_ials take(const struct rec_ials_train *t, double kappa)
{
    struct rec_ials m;
    struct rec_error err;

    ck_assert_int_eq(rec_ials_take(t, kappa, &m, &err), 0);
    return m;
}

/* A training user folded in is the training user, but for the directions of
   the axes; with kappa, mixed with the mean. */
START_TEST(folding_in)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t;
    static float w[40 * 40];
    struct rec_error err;

    o.block = 64;
    t = begin(&o);
    epochs(&t, 3);
    for (int kappa = 0; kappa <= 5; kappa += 5) {
        struct rec_ials m = take(&t, kappa);

        ck_assert_int_eq(rec_ials_fold_in(&m, &d.rows, 2, w, &err), 0);
        for (size_t u = 0; u < d.users; u++) {
            double n = 0;

            for (size_t i = 0; i < d.items; i++) {
                n += confidence(u, i);
            }
            for (size_t k = 0; k < o.dim; k++) {
                float sign = m.item[k] * t.item[k] < 0 ? -1 : 1;
                double mean = 0, own = kappa ? n / (n + kappa) : 1;
                double was = (double)(sign * t.user[u * o.dim + k]);

                for (size_t v = 0; v < d.users; v++) {
                    mean += (double)(sign * t.user[v * o.dim + k])
                            / (double)d.users;
                }
                SURE(fabs((double)w[u * o.dim + k]
                          - (own * was + (1 - own) * mean))
                     < 1e-5);
            }
        }
        rec_ials_release(&m);
    }
    rec_ials_end(&t);
}
END_TEST

/* Row R of W, DIM apart, less MEAN: its square. */
static double spread(const float *w, const float *mean, size_t r, size_t dim)
{
    double sum = 0;

    for (size_t k = 0; k < dim; k++) {
        sum += pow((double)w[r * dim + k] - (double)mean[k], 2);
    }
    return sum;
}

/* kappa by its definition: the variance between the halves of a history, every
   other event of the stream in each, over that of users. */
START_TEST(kappa_by_moments)
{
    static int64_t start[81];
    static uint32_t item[40 * 25];
    static float weight[40 * 25], half[80 * 6], whole[40 * 6];
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t = begin(&o);
    struct rec_csr halves = {80, 25, start, item, weight, NULL};
    double s2 = 0, per = 0, t2 = 0, inverse = 0, users = 0, kappa;
    struct rec_error err;
    struct rec_ials m;
    int64_t n = 0;

    epochs(&t, 5);
    m = take(&t, 0);
    for (size_t r = 0; r < 80; r++) {
        for (int64_t e = d.start[r / 2]; e < d.start[r / 2 + 1]; e++) {
            if ((size_t)e % 2 == r % 2) {
                item[n] = d.item[e];
                weight[n++] = d.weight[e];
            }
        }
        start[r + 1] = n;
    }
    ck_assert_int_eq(rec_ials_fold_in(&m, &halves, 1, half, &err), 0);
    ck_assert_int_eq(rec_ials_fold_in(&m, &d.rows, 1, whole, &err), 0);
    for (size_t u = 0; u < 40; u++) {
        double count[2] = {0, 0};

        for (int h = 0; h < 2; h++) {
            for (int64_t e = start[2 * u + h]; e < start[2 * u + h + 1]; e++) {
                count[h] += m.weights ? (double)weight[e] : 1;
            }
        }
        if (count[0] > 0 && count[1] > 0) {
            s2 += spread(half, half + (2 * u + 1) * 6, 2 * u, 6);
            per += 1 / count[0] + 1 / count[1];
        }
        if (count[0] + count[1] > 0) {
            t2 += spread(whole, m.mean, u, 6);
            inverse += 1 / (count[0] + count[1]);
            users++;
        }
    }
    s2 /= per;
    t2 = (t2 - s2 * inverse) / users;
    ck_assert_int_eq(rec_ials_kappa(&m, &d.rows, 2, &kappa, &err), 0);
    ck_assert(kappa > 0 && t2 > 0);
    ck_assert_double_eq_tol(kappa, s2 / t2, 1e-6 * kappa);
    rec_ials_release(&m);
    rec_ials_end(&t);
}
END_TEST

/* The moments of the items in the axes of the model are GRAM, descending. */
START_TEST(principal_axes)
{
    struct rec_ials_options o = shape(2);
    struct rec_ials_train t = begin(&o);
    struct rec_ials m;

    epochs(&t, 3);
    m = take(&t, 0);
    for (size_t a = 0; a < o.dim; a++) {
        ck_assert(a == 0 || m.gram[a] <= m.gram[a - 1]);
        for (size_t b = 0; b < o.dim; b++) {
            double sum = 0;

            for (size_t i = 0; i < d.items; i++) {
                sum += (double)m.item[i * o.dim + a]
                       * (double)m.item[i * o.dim + b];
            }
            SURE(fabs(sum - (a == b ? (double)m.gram[a] : 0))
                 < 1e-5 * (double)m.gram[0]);
        }
    }
    rec_ials_release(&m);
    rec_ials_end(&t);
}
END_TEST

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

static void check_explained(const struct rec_model *m)
{
    static float score[40 * 25];
    struct rec_error err;

    ck_assert_int_eq(rec_model_score(m, &d.rows, 2, score, &err), 0);
    for (size_t u = 0; u < d.users; u++) {
        int64_t start[2];
        struct rec_csr one = rec_csr_one(&d.rows, u, start);

        for (uint32_t i = 0; i < d.items && start[1] > 0; i++) {
            double part[25], sum = 0;

            ck_assert_int_eq(rec_model_explain(m, &one, i, part, &err), 0);
            for (int64_t e = 0; e < start[1]; e++) {
                sum += part[e];
            }
            SURE(fabs(sum - (double)score[u * d.items + i]) < 1e-5);
        }
    }
}

/* Rows with fewer and with more events than dimensions. */
START_TEST(explanations)
{
    struct rec_ials_options o = shape(_i);
    struct rec_ials_train t = begin(&o);
    struct rec_dict *items = make_items();

    epochs(&t, 3);
    for (int kappa = 0; kappa <= 5; kappa += 5) {
        struct rec_ials m = take(&t, kappa);
        struct rec_model lent;
        struct rec_error err;

        ck_assert_int_eq(rec_ials_lend(&m, items, &lent, &err), 0);
        check_explained(&lent);
        rec_ials_unlend(&lent);
        rec_ials_release(&m);
    }
    rec_dict_free(items);
    rec_ials_end(&t);
}
END_TEST

static void save(const struct rec_ials *m, const struct rec_dict *items,
                 const char *path)
{
    struct rec_output *out;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&out, path, &err), 0);
    ck_assert_int_eq(rec_ials_save(m, items, out, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(out, &err), 0);
    ck_assert_int_eq(rec_output_rename(out, &err), 0);
    rec_output_free(out);
}

START_TEST(saved_and_loaded)
{
    struct rec_ials_options o = shape(2);
    struct rec_ials_train t = begin(&o);
    struct rec_dict *items = make_items();
    static float w[40 * 17], v[40 * 17], lone[40 * 25], file[40 * 25];
    struct rec_model lent, *m;
    struct rec_error err;
    struct rec_ials a;
    char *path = make_path();
    const float *item;

    epochs(&t, 3);
    a = take(&t, 2.5);
    save(&a, items, path);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_uint_eq(rec_model_dimensions(m), 17);
    ck_assert_int_eq(rec_model_item_vectors(m, &item, &err), 0);
    ck_assert_mem_eq(item, a.item, d.items * 17 * sizeof *item);
    ck_assert_int_eq(rec_model_user_vectors(m, &d.rows, 2, w, &err), 0);
    ck_assert_int_eq(rec_ials_fold_in(&a, &d.rows, 1, v, &err), 0);
    ck_assert_mem_eq(w, v, sizeof w);
    ck_assert_int_eq(rec_ials_lend(&a, items, &lent, &err), 0);
    ck_assert_int_eq(rec_model_score(&lent, &d.rows, 2, lone, &err), 0);
    ck_assert_int_eq(rec_model_score(m, &d.rows, 1, file, &err), 0);
    ck_assert_mem_eq(lone, file, sizeof lone);
    for (size_t r = 0; r < 40; r++) {
        for (size_t i = 0; i < 25; i++) {
            double s = 0;

            for (size_t k = 0; k < 17; k++) {
                s += (double)w[r * 17 + k] * (double)item[i * 17 + k];
            }
            SURE(fabs(s - (double)file[r * 25 + i]) < 1e-5);
        }
    }
    rec_ials_unlend(&lent);
    rec_model_close(m);
    rec_ials_release(&a);
    rec_dict_free(items);
    rec_ials_end(&t);
    drop_path(path);
}
END_TEST

/* Nothing, one of each, and no event: vectors are there, and finite. */
START_TEST(degenerate)
{
    static const size_t sizes[][2] = {{0, 0}, {0, 3}, {1, 0}, {1, 1}, {3, 4}};
    struct rec_ials_options o = plain;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct rec_ials_train t;
        struct rec_ials m;
        struct rec_error err;
        double loss;

        memset(&d, 0, sizeof d);
        d.users = sizes[s][0];
        d.items = sizes[s][1];
        d.x[0][0] = d.users == 1 && d.items == 1;
        dense_rows(&d, 0);
        t = begin(&o);
        epochs(&t, 2);
        ck_assert_int_eq(rec_ials_objective(&t, &loss, &err), 0);
        ck_assert(isfinite(loss));
        m = take(&t, 1);
        ck_assert_int_eq(rec_ials_kappa(&m, &d.rows, 2, &loss, &err), 0);
        ck_assert(loss >= 0);
        for (size_t k = 0; k < d.items * o.dim; k++) {
            SURE(isfinite(m.item[k]));
            SURE(m.item[k] == 0 || d.x[0][0] == 1);
        }
        rec_ials_release(&m);
        rec_ials_end(&t);
    }
}
END_TEST

/* A row whose events all count nothing is one without events, also where
   there is no weight of the unobserved to regularise it. */
START_TEST(events_of_weight_0)
{
    struct rec_ials_options o = shape(2);
    struct rec_ials_train t;
    struct rec_ials m;

    for (int64_t e = d.rows.start[1]; e < d.rows.start[2]; e++) {
        d.weight[e] = 0;
    }
    o.unobserved = 0;
    o.nu = 1;
    t = begin(&o);
    epochs(&t, 2);
    for (size_t k = 0; k < o.dim; k++) {
        SURE(t.user[o.dim + k] == 0);
    }
    m = take(&t, 0);
    rec_ials_release(&m);
    rec_ials_end(&t);
}
END_TEST

START_TEST(negative_weights)
{
    struct rec_ials_options o = shape(2);
    struct rec_ials_train t = begin(&o);
    static float w[40 * 17];
    struct rec_ials m;
    struct rec_error err;

    epochs(&t, 1);
    m = take(&t, 0);
    d.weight[3] = -1;
    ck_assert_int_eq(rec_ials_fold_in(&m, &d.rows, 1, w, &err), REC_EVALUE);
    rec_ials_end(&t);
    ck_assert_int_eq(rec_ials_begin(&t, &d.rows, &o, &err), REC_EVALUE);
    o.binary = 1;
    ck_assert_int_eq(rec_ials_begin(&t, &d.rows, &o, &err), 0);
    rec_ials_end(&t);
    rec_ials_release(&m);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("ials");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, objective_falls, 0, SHAPES);
    tcase_add_loop_test(t, gradient_vanishes, 0, SHAPES);
    tcase_add_loop_test(t, blocks_reach_the_solution, 0, SHAPES);
    tcase_add_test(t, blocks_and_whole_agree);
    tcase_add_test(t, weight_two_is_the_event_twice);
    tcase_add_loop_test(t, threads_change_nothing, 0, SHAPES);
    tcase_add_loop_test(t, folding_in, 0, SHAPES);
    tcase_add_loop_test(t, kappa_by_moments, 0, 2);
    tcase_add_test(t, principal_axes);
    tcase_add_loop_test(t, explanations, 0, SHAPES);
    tcase_add_test(t, saved_and_loaded);
    tcase_add_test(t, degenerate);
    tcase_add_test(t, events_of_weight_0);
    tcase_add_test(t, negative_weights);
    return suite_end("ials", t);
}
