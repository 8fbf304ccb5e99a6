/* SPDX-License-Identifier: MIT */
/* What lists show, by hand: data so small that every figure can be counted out.
   The same on random data, against numpy: tests/cli/eval-lists.sh. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/judge.h"
#include "eval/reliability.h"
#include "make_data.h"
#include "suite.h"

/* Of 20 events and 5 users: a is the head (its middle at 2.5 / 20), b, c and d
   the middle (up to 15 / 20), e, f and g the tail (from 17.5 / 20 on). */
static const char train_text[] = "t1 a b c d e; t2 a b c d f; t3 a b c d g; "
                                 "t4 a b c d; t5 a";
static const char truth_text[] = "u1 a; u2 b; u3 c; u4 d";
/* u2 had nothing; nobody in the training data had x */
static const char history_text[] = "u1 a b; u3 x";
/* u4 has no list; nobody had z */
static const char run_text[] = "u1 a e; u2 b c d; u3 e z";

static const uint32_t one_two[] = {1, 2};

struct judged {
    struct rec_measures m;
    struct rec_data truth, train, history, attributes;
    struct rec_vectors vectors;
    struct rec_traits traits;
    struct rec_judge *j;
};

static struct rec_vectors make_vectors(void)
{
    static const struct {
        char id;
        float x, y;
    } row[] = {{'a', 1, 0}, {'e', 1, 1}, {'b', 0, 2}, {'c', 0, -1},
               {'z', 0, 0}};
    struct rec_vectors v = {rec_dict_new(), 5, 2, NULL, NULL,
                            rec_alloc(10, sizeof(float))};
    struct rec_error err;
    uint32_t index;

    ck_assert(v.ids && v.owned);
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_int_eq(rec_dict_add(v.ids, &row[i].id, 1, &index, &err), 0);
        v.owned[2 * i] = row[i].x;
        v.owned[2 * i + 1] = row[i].y;
    }
    v.value = v.owned;
    return v;
}

static void judge_run(struct judged *x, const char *kind, const char *run)
{
    struct rec_row_reader *in;
    struct rec_error err;
    struct rec_batch b;
    char *path = make_path();

    make_stream(path, kind, run);
    ck_assert_int_eq(rec_row_reader_open(&in, path, kind, &err), 0);
    while (rec_row_next(in, &b, &err) == 1) {
        ck_assert_int_eq(rec_judge_add(x->j, in, &b, &err), 0);
    }
    rec_judge_finish(x->j);
    rec_row_reader_close(in);
    drop_path(path);
}

static void begin(struct judged *x)
{
    struct rec_error err;
    unsigned all = REC_METRICS_POPULARITY | REC_METRICS_VECTORS
                   | REC_METRICS_ATTRIBUTES;

    ck_assert_int_eq(rec_measures_init(&x->m, all, one_two, 2, NULL, &err),
                     0);
    ck_assert_uint_eq(x->m.accurate, 0);
    ck_assert_uint_eq(x->m.columns, 14);
    x->truth = make_data(truth_text);
    x->train = make_data(train_text);
    x->history = make_data(history_text);
    x->attributes = make_data("a r s; e s; b r; c t");
    x->vectors = make_vectors();
    ck_assert_int_eq(rec_traits_init(&x->traits, &x->m, &x->truth, &x->train,
                                     &x->history, &x->vectors, &x->attributes,
                                     &err),
                     0);
    ck_assert_int_eq(rec_judge_new(&x->j, &x->truth, "truth", &x->m, NULL,
                                   &x->traits, &err),
                     0);
    judge_run(x, "ranking", run_text);
}

static void end(struct judged *x)
{
    rec_judge_free(x->j);
    rec_traits_release(&x->traits);
    rec_dict_free(x->vectors.ids);
    free(x->vectors.owned);
    rec_data_release(&x->attributes);
    rec_data_release(&x->history);
    rec_data_release(&x->train);
    rec_data_release(&x->truth);
    rec_measures_release(&x->m);
}

/* Of the 14 columns those at 10 and 11 come from lengths in float32. NAN is as
   good as NAN. */
static void expect(const double *got, const double *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double tol = i == 10 || i == 11 ? 1e-7 : 1e-14;

        ck_assert_msg(isnan(want[i]) ? isnan(got[i])
                                     : fabs(got[i] - want[i]) < tol,
                      "column %zu: %.17g, not %.17g", i, got[i], want[i]);
    }
}

/* columns: popularity, lift, novelty, tail, miscalibration, diversity, the same
   by attributes; each at 1 and 2 */
START_TEST(lists_by_hand)
{
    const double l5 = log2(5), none = NAN;
    /* History half head, half middle. The list at 1 is all head: between
       (1/2, 1/2) and (1, 0) the middle is (3/4, 1/4). At 2 half head, half
       tail: half a bit. */
    const double far = (log2(2 / 3.) / 2 + 1 / 2. + log2(4 / 3.)) / 2;
    const double cosine = 1 / sqrt(2);
    struct judged x;

    begin(&x);
    expect(rec_judge_user(x.j, 0),
           (const double[]){5, 3, 5 / 4.5 - 1, 3 / 4.5 - 1, 0, l5 / 2, 0,
                            1 / 2., far, 1 / 2., none, 1 - cosine, none,
                            1 - cosine},
           14);
    /* no history; b and c point away from each other, and share nothing */
    expect(rec_judge_user(x.j, 1),
           (const double[]){4, 4, none, none, l5 - 2, l5 - 2, 0, 0, none,
                            none, none, 2, none, 1},
           14);
    /* a history of what nobody had: no lift, and all tail; z, which nobody had
       either, is as new as if one had, and has no direction */
    expect(rec_judge_user(x.j, 2),
           (const double[]){1, 1 / 2., none, none, l5, l5, 1, 1, 0, 0, none,
                            none, none, none},
           14);
    /* no list */
    expect(rec_judge_user(x.j, 3),
           (const double[]){none, none, none, none, none, none, none, none,
                            none, none, none, none, none, none},
           14);
    ck_assert_double_eq_tol(rec_judge_moments(x.j)[1].mean, 7.5 / 3, 1e-14);
    ck_assert(rec_judge_moments(x.j)[3].n == 1);
    end(&x);
}
END_TEST

START_TEST(catalogue_by_hand)
{
    struct rec_catalogue a;
    struct rec_error err;
    struct judged x;
    uint32_t *shown;
    size_t n, len;

    begin(&x);
    /* at 1: a, b and e once each, of the 7 items of the training data */
    ck_assert_int_eq(rec_traits_catalogue(&x.traits, 0, &a, &err), 0);
    ck_assert(a.items == 7);
    ck_assert_double_eq_tol(a.coverage, 3 / 7., 1e-15);
    /* 0 0 0 0 1 1 1: (2 + 4 + 6) / (7 * 3) */
    ck_assert_double_eq_tol(a.gini, 12 / 21., 1e-15);
    ck_assert_double_eq_tol(a.entropy, log2(3), 1e-14);
    /* at 2: e twice, a, b, c and z once, of 8 items */
    ck_assert_int_eq(rec_traits_catalogue(&x.traits, 1, &a, &err), 0);
    ck_assert(a.items == 8);
    ck_assert_double_eq_tol(a.coverage, 5 / 8., 1e-15);
    /* 0 0 0 1 1 1 1 2: (-1 + 1 + 3 + 5 + 7 * 2) / (8 * 6) */
    ck_assert_double_eq_tol(a.gini, 22 / 48., 1e-15);
    ck_assert_double_eq_tol(a.entropy, 2 / 3. * log2(6) + log2(3) / 3, 1e-14);
    ck_assert_double_eq_tol(exp2(a.entropy), cbrt(36) * cbrt(3), 1e-13);

    shown = rec_traits_shown(&x.traits, &n);
    ck_assert_ptr_nonnull(shown);
    ck_assert_uint_eq(n, 8);
    for (uint32_t i = 0; i < 8; i++) {
        const char *id = i < 7 ? rec_dict_id(x.train.items, i, &len)
                               : rec_dict_id(x.traits.others, i - 7, &len);

        ck_assert_uint_eq(shown[2 * i], strchr("abe", *id) != NULL);
        ck_assert_uint_eq(shown[2 * i + 1],
                          *id == 'e' ? 2 : strchr("abcz", *id) != NULL);
    }
    free(shown);
    end(&x);
}
END_TEST

/* All lists alike show few items; each item once, all alike. */
START_TEST(ends_of_the_scales)
{
    static const char *const run[] = {"u1 a; u2 a; u3 a; u4 a",
                                      "u1 a b; u2 c d; u3 e f; u4 g"};
    struct rec_catalogue a[2];
    struct rec_error err;
    struct judged x;

    for (int i = 0; i < 2; i++) {
        begin(&x);
        rec_judge_free(x.j);
        rec_traits_release(&x.traits);
        ck_assert_int_eq(rec_traits_init(&x.traits, &x.m, &x.truth, &x.train,
                                         &x.history, NULL, NULL, &err),
                         0);
        ck_assert_int_eq(rec_judge_new(&x.j, &x.truth, "truth", &x.m, NULL,
                                       &x.traits, &err),
                         0);
        judge_run(&x, "ranking", run[i]);
        ck_assert_int_eq(rec_traits_catalogue(&x.traits, 1, &a[i], &err), 0);
        end(&x);
    }
    ck_assert_double_eq_tol(a[0].gini, 6 / 7., 1e-15);
    ck_assert(a[0].entropy == 0);
    ck_assert_double_eq_tol(a[1].gini, 0, 1e-15);
    ck_assert_double_eq_tol(a[1].entropy, log2(7), 1e-14);
    ck_assert(a[1].coverage == 1);
}
END_TEST

/* Scores as probabilities, and what is kept of them for a report. */
START_TEST(chances_by_hand)
{
    struct rec_reliability r;
    struct rec_error err;
    struct judged x = {.j = NULL};
    const struct rec_chances *t;
    const double *v;

    ck_assert_int_eq(rec_measures_init(&x.m,
                                       REC_METRICS_CHANCES | 1u << REC_HIT,
                                       one_two, 2, NULL, &err),
                     0);
    ck_assert_uint_eq(x.m.columns, 4);
    ck_assert_uint_eq(x.m.chances, 2);
    x.truth = make_data(truth_text);
    ck_assert_int_eq(rec_judge_new(&x.j, &x.truth, "truth", &x.m, NULL, NULL,
                                   &err),
                     0);
    judge_run(&x, "ranking", "u1 a=0.75 b=0.25; u2 c=0.5; u9 a=1; u3 c=0");
    v = rec_judge_user(x.j, 0);
    ck_assert_double_eq_tol(v[2], 1 / 16., 1e-15);
    ck_assert_double_eq_tol(v[3], log(4 / 3.), 1e-15);
    v = rec_judge_user(x.j, 1);
    ck_assert_double_eq_tol(v[2], 1 / 4., 1e-15);
    ck_assert_double_eq_tol(v[3], log(2), 1e-15);
    v = rec_judge_user(x.j, 2); /* a hit that was said to be impossible */
    ck_assert_double_eq_tol(v[2], 1, 1e-15);
    ck_assert_double_eq_tol(v[3], 24 * log(2), 1e-12);
    ck_assert(v[0] == 1 && isnan(rec_judge_user(x.j, 3)[3]));
    t = rec_judge_chances(x.j);
    ck_assert_uint_eq(t->n, 4); /* u9 is not judged */
    ck_assert_int_eq(rec_reliability(&r, t->p, t->y, t->n, 2, REC_BINS_WIDTH,
                                     &err),
                     0);
    /* below a half: 0 and .25, one of them a hit; above: .5 and .75, one */
    ck_assert_double_eq_tol(r.ece, (.375 + .125) / 2, 1e-15);
    rec_reliability_release(&r);
    rec_judge_free(x.j);
    rec_data_release(&x.truth);
    rec_measures_release(&x.m);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("traits");

    tcase_add_test(t, lists_by_hand);
    tcase_add_test(t, catalogue_by_hand);
    tcase_add_test(t, ends_of_the_scales);
    tcase_add_test(t, chances_by_hand);
    return suite_end("traits", t);
}
