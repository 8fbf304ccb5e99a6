/* SPDX-License-Identifier: MIT */
/* Comparisons factorised: held-out answers of a world of known rank, the start
   against a random one, the file, folding in. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "make_data.h"
#include "models/pref.h"
#include "suite.h"

enum { USERS = 150, ITEMS = 60, RANK = 3, EACH = 60, HELD = 4000 };

static struct rec_error err;
static double taste[USERS][RANK], trait[ITEMS][RANK];
static uint32_t user[USERS * EACH], better[USERS * EACH], worse[USERS * EACH];
static struct rec_comparisons all = {USERS * EACH, user, better, worse, USERS,
                                     ITEMS};
static const struct rec_pref_options plain = {
    .dim = RANK, .epochs = 150, .penalty = .1, .rate = .03, .seed = 1,
    .threads = 1};

static double normal(struct rec_rng *r)
{
    double u = 1 - rec_rng_unit(r), v = rec_rng_unit(r);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* What U thinks of A more than of B. */
static double logit(size_t u, size_t a, size_t b)
{
    double t = 0;

    for (size_t k = 0; k < RANK; k++) {
        t += taste[u][k] * (trait[a][k] - trait[b][k]);
    }
    return t;
}

static void make_world(void)
{
    struct rec_rng r;
    size_t n = 0;

    rec_rng_init(&r, 3);
    for (size_t i = 0; i < USERS * RANK; i++) {
        taste[i / RANK][i % RANK] = normal(&r);
    }
    for (size_t i = 0; i < ITEMS * RANK; i++) {
        trait[i / RANK][i % RANK] = normal(&r);
    }
    for (uint32_t u = 0; u < USERS; u++) {
        for (int k = 0; k < EACH; k++) {
            uint32_t a = (uint32_t)rec_rng_below(&r, ITEMS);
            uint32_t b = (a + 1 + (uint32_t)rec_rng_below(&r, ITEMS - 1))
                         % ITEMS;
            int first = logit(u, a, b) > 0; /* no noise */

            user[n] = u;
            better[n] = first ? a : b;
            worse[n++] = first ? b : a;
        }
    }
}

static double product(const float *u, const float *v)
{
    double sum = 0;

    for (size_t k = 0; k < RANK; k++) {
        sum += (double)u[k] * (double)v[k];
    }
    return sum;
}

struct guess {
    double t;
    int yes;
};

static int compare_guesses(const void *pa, const void *pb)
{
    const struct guess *a = pa, *b = pb;

    return (a->t > b->t) - (a->t < b->t);
}

/* The area under the ROC curve of new questions to the same users, by ranks. */
static double held_out(const struct rec_pref *m)
{
    static struct guess g[HELD];
    double yes = 0, sum = 0;
    struct rec_rng r;

    rec_rng_init(&r, 77);
    for (size_t i = 0; i < HELD; i++) {
        size_t u = rec_rng_below(&r, USERS), a = rec_rng_below(&r, ITEMS);
        size_t b = (a + 1 + rec_rng_below(&r, ITEMS - 1)) % ITEMS;

        g[i].t = product(m->user + u * RANK, m->item + a * RANK)
                 - product(m->user + u * RANK, m->item + b * RANK);
        g[i].yes = logit(u, a, b) > 0;
    }
    qsort(g, HELD, sizeof *g, compare_guesses);
    for (size_t i = 0; i < HELD; i++) {
        yes += g[i].yes;
        sum += g[i].yes ? (double)i + 1 : 0;
    }
    return (sum - yes * (yes + 1) / 2) / (yes * (HELD - yes));
}

static struct rec_pref fit(const struct rec_pref_options *opt)
{
    struct rec_pref m;

    ck_assert_int_eq(rec_pref_fit(&m, &all, opt, &err), 0);
    return m;
}

START_TEST(held_out_answers_are_foretold)
{
    struct rec_pref_options opt = plain;
    struct rec_pref m = fit(&opt), start, random;

    ck_assert_double_gt(held_out(&m), .95);
    opt.epochs = 0;
    start = fit(&opt);
    ck_assert_double_gt(held_out(&start), .85);
    ck_assert_double_gt(held_out(&m), held_out(&start));
    /* a random start knows nothing, and is behind for a while */
    opt.random = 1;
    random = fit(&opt);
    ck_assert_double_eq_tol(held_out(&random), .5, .1);
    rec_pref_release(&random);
    opt.epochs = 10;
    random = fit(&opt);
    rec_pref_release(&start);
    opt.random = 0;
    start = fit(&opt);
    ck_assert_double_lt(start.loss, random.loss - .05);
    rec_pref_release(&m);
    rec_pref_release(&start);
    rec_pref_release(&random);
}
END_TEST

/* -log of the probabilities and the penalty, in double precision. */
static double objective(const struct rec_pref *m, double penalty)
{
    size_t n = (USERS + ITEMS) * RANK;
    double sum = 0;

    for (size_t i = 0; i < all.n; i++) {
        const float *u = m->user + user[i] * RANK;

        sum += log1p(exp(product(u, m->item + worse[i] * RANK)
                         - product(u, m->item + better[i] * RANK)));
    }
    for (size_t i = 0; i < n; i++) {
        sum += penalty / 2 * (double)m->both[i] * (double)m->both[i];
    }
    return sum;
}

START_TEST(the_end_is_a_minimum)
{
    struct rec_pref_options opt = plain;
    struct rec_pref m;
    struct rec_rng r;
    double value;

    opt.epochs = 2000;
    opt.rate = .01;
    opt.penalty = 2;
    m = fit(&opt);
    value = objective(&m, opt.penalty);
    rec_rng_init(&r, 5);
    for (int n = 0; n < 200; n++) {
        size_t at = rec_rng_below(&r, (USERS + ITEMS) * RANK);
        float was = m.both[at], e = n % 2 ? .02f : -.02f;

        m.both[at] = was + e;
        ck_assert_double_gt(objective(&m, opt.penalty), value);
        m.both[at] = was;
    }
    rec_pref_release(&m);
}
END_TEST

START_TEST(counts_and_refusals)
{
    struct rec_comparisons none = all;
    struct rec_pref m = fit(&plain);
    uint64_t sum = 0;

    for (size_t i = 0; i < ITEMS; i++) {
        sum += m.count[i];
    }
    ck_assert_uint_eq(sum, 2 * all.n);
    rec_pref_release(&m);
    none.n = 0;
    ck_assert_int_eq(rec_pref_fit(&m, &none, &plain, &err), REC_EVALUE);
}
END_TEST

static struct rec_model *save_and_open(const struct rec_pref *m)
{
    char *path = make_path();
    struct rec_dict *items = rec_dict_new();
    struct rec_output *o;
    struct rec_model *model;

    for (unsigned i = 0; i < ITEMS; i++) {
        char id[16];
        uint32_t index;

        snprintf(id, sizeof id, "i%u", i);
        ck_assert_int_eq(rec_dict_add(items, id, strlen(id), &index, &err), 0);
    }
    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_pref_save(m, items, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    rec_dict_free(items);
    ck_assert_int_eq(rec_model_open(&model, path, &err), 0);
    drop_path(path);
    return model;
}

/* Saved and loaded; a history moves towards its items, none stays the mean. */
START_TEST(histories_are_folded_in)
{
    struct rec_pref m = fit(&plain);
    struct rec_model *model = save_and_open(&m);
    int64_t start[] = {0, 0, 1, 3};
    uint32_t item[] = {7, 7, 9};
    struct rec_csr rows = {3, ITEMS, start, item, NULL, NULL};
    struct rec_population p;
    const float *vector;
    float u[3][RANK], score[3][ITEMS];

    ck_assert_int_eq(rec_model_item_vectors(model, &vector, &err), 0);
    ck_assert_mem_eq(vector, m.item, ITEMS * RANK * sizeof *vector);
    ck_assert(rec_model_is_product(model));
    ck_assert_int_eq(rec_model_population(model, &p, &err), 0);
    ck_assert_double_eq(p.people, USERS);
    ck_assert_mem_eq(p.count, m.count, ITEMS * sizeof *p.count);
    ck_assert_int_eq(rec_model_user_vectors(model, &rows, 1, u[0], &err), 0);
    ck_assert_int_eq(rec_model_score(model, &rows, 1, score[0], &err), 0);
    for (size_t k = 0; k < RANK; k++) {
        ck_assert_double_eq_tol((double)u[0][k], (double)p.mean[k], 1e-6);
    }
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t r = 0; r < 3; r++) {
            ck_assert_double_eq_tol((double)score[r][i],
                                    product(u[r], m.item + i * RANK), 1e-4);
        }
    }
    ck_assert_double_gt((double)score[1][7], (double)score[0][7] + .1);
    ck_assert_double_gt((double)score[2][9], (double)score[1][9]);
    rec_model_close(model);
    rec_pref_release(&m);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        held_out_answers_are_foretold,
        the_end_is_a_minimum,
        counts_and_refusals,
        histories_are_folded_in,
    };

    make_world();
    return suite_run("pref", tests, sizeof tests / sizeof *tests);
}
