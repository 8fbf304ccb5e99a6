/* SPDX-License-Identifier: MIT */
/* The metrics by hand, and the judge against a slow reference that knows
   neither dictionaries nor running sums. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "eval/judge.h"
#include "make_data.h"
#include "suite.h"

static const uint32_t two_five[] = {2, 5};

static struct rec_measures measures(unsigned metrics, const uint32_t *cut,
                                    size_t n)
{
    struct rec_measures m;
    struct rec_error err;

    ck_assert_int_eq(rec_measures_init(&m, metrics, cut, n, NULL, &err), 0);
    return m;
}

/* ---- one row ---------------------------------------------------------- */

static void expect_row(size_t targets, const uint32_t *rank, size_t n,
                       const double want[13])
{
    struct rec_measures m = measures(REC_METRICS_ALL, two_five, 2);
    double got[13];

    ck_assert_uint_eq(m.columns, 13);
    rec_measures_row(&m, rank, n, targets, got);
    for (int i = 0; i < 13; i++) {
        ck_assert_double_eq_tol(got[i], want[i], 1e-15);
    }
    rec_measures_release(&m);
}

/* columns: recall/min, recall/all, precision, ndcg, map, hit at 2 and 5; mrr */
START_TEST(rows_by_hand)
{
    const double l3 = 1 / log2(3), l6 = 1 / log2(6);

    /* three targets, found at 1 and 3 */
    expect_row(3, (const uint32_t[]){1, 3}, 2,
               (const double[]){1 / 2., 2 / 3., 1 / 3., 2 / 3., 1 / 2., 2 / 5.,
                                1 / (1 + l3), 1.5 / (1 + l3 + .5), 1 / 2.,
                                (1 + 2 / 3.) / 3, 1, 1, 1});
    /* the first hit lies beyond 2; one beyond 5 counts for mrr only */
    expect_row(1, (const uint32_t[]){5}, 1,
               (const double[]){0, 1, 0, 1, 0, 1 / 5., 0, l6, 0, 1 / 5., 0, 1,
                                1 / 5.});
    expect_row(1, (const uint32_t[]){8}, 1,
               (const double[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 / 8.});
    /* nothing found */
    expect_row(4, NULL, 0,
               (const double[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    /* more targets than places: /min reaches 1, /all does not */
    expect_row(10, (const uint32_t[]){1, 2, 3, 4, 5}, 5,
               (const double[]){1, 1, .2, .5, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    /* fewer targets than places: precision cannot reach 1 */
    expect_row(1, (const uint32_t[]){1}, 1,
               (const double[]){1, 1, 1, 1, .5, .2, 1, 1, 1, 1, 1, 1, 1});
}
END_TEST

START_TEST(names)
{
    static const char *const want[] = {
        "recall@2/min", "recall@5/min", "recall@2/all", "recall@5/all",
        "precision@2",  "precision@5",  "ndcg@2",       "ndcg@5",
        "map@2",        "map@5",        "hit@2",        "hit@5",
        "mrr"};
    struct rec_measures m = measures(REC_METRICS_ALL, two_five, 2);
    char name[REC_MEASURE_NAME];

    for (size_t i = 0; i < m.columns; i++) {
        rec_measures_name(&m, i, name);
        ck_assert_str_eq(name, want[i]);
    }
    rec_measures_release(&m);
    m = measures(1u << REC_MRR | 1u << REC_NDCG, two_five, 2);
    ck_assert_uint_eq(m.columns, 3);
    rec_measures_name(&m, 1, name);
    ck_assert_str_eq(name, "ndcg@5");
    rec_measures_name(&m, 2, name);
    ck_assert_str_eq(name, "mrr");
    rec_measures_release(&m);
    ck_assert_int_eq(rec_metric_find("recall/all", 10), REC_RECALL_ALL);
    ck_assert_int_eq(rec_metric_find("recall", 6), REC_METRICS);
    ck_assert_int_eq(rec_metric_find("ndcgx", 4), REC_NDCG);
    ck_assert_int_eq(rec_metric_find("", 0), REC_METRICS);
}
END_TEST

START_TEST(moments)
{
    struct rec_moments a = {0, 0, 0}, b = {0, 0, 0}, same = {0, 0, 0};
    const double x[] = {1, 0.5, 0.25, 0, 0, 0};

    for (int i = 0; i < 6; i++) {
        rec_moments_add(&a, x[i]);
        if (i < 3) {
            rec_moments_add(&b, x[i]);
        }
        rec_moments_add(&same, 0.1);
    }
    rec_moments_add_zeros(&b, 3);
    rec_moments_add_zeros(&b, 0);
    ck_assert_double_eq_tol(a.mean, 1.75 / 6, 1e-16);
    /* sd^2 = mean of squares - square of mean; error^2 = sd^2 / n */
    ck_assert_double_eq_tol(rec_moments_error(&a),
                            sqrt((1.3125 / 6 - 1.75 * 1.75 / 36) / 6), 1e-15);
    ck_assert_double_eq_tol(a.mean, b.mean, 1e-15);
    ck_assert_double_eq_tol(rec_moments_error(&a), rec_moments_error(&b),
                            1e-15);
    ck_assert(same.mean == 0.1 && rec_moments_error(&same) == 0);
}
END_TEST

/* The ranks R of targets, and one that is moved up by one place: nothing
   becomes worse. All targets on top give 1, but for the denominators that
   cannot; a list turned round with them at its end, nothing better. */
START_TEST(order_helps)
{
    static const uint32_t cut[] = {1, 4, 30};
    struct rec_measures m = measures(REC_METRICS_ALL, cut, 3);
    double best[19], a[19], b[19];
    struct rec_rng r;

    ck_assert_uint_eq(m.columns, 19);
    rec_rng_init(&r, 3);
    for (int round = 0; round < 500; round++) {
        uint32_t place[30], up[30], first[30], last[30], n = 0;
        uint32_t len = 2 + (uint32_t)rec_rng_below(&r, 29), moved = 0;

        for (uint32_t i = 1; i <= len; i++) {
            if (rec_rng_below(&r, 3) == 0) {
                place[n++] = i;
            }
        }
        if (n == 0) {
            continue;
        }
        for (uint32_t i = 0; i < n; i++) {
            uint32_t before = i ? up[i - 1] : 0;

            up[i] = place[i];
            if (!moved && place[i] - before > 1) {
                up[i]--;
                moved = 1;
            }
            first[i] = i + 1;
            last[i] = len - n + 1 + i;
        }
        rec_measures_row(&m, place, n, n, a);
        rec_measures_row(&m, up, n, n, b);
        rec_measures_row(&m, first, n, n, best);
        for (int c = 0; c < 19; c++) {
            SURE(a[c] <= b[c] + 1e-15 && b[c] <= best[c] + 1e-15);
            if (c < 3 || c > 8) { /* not /all and precision */
                ck_assert_double_eq_tol(best[c], 1, 1e-15);
            }
        }
        rec_measures_row(&m, last, n, n, b);
        for (int c = 0; c < 19; c++) {
            SURE(b[c] <= a[c] + 1e-15);
        }
    }
    rec_measures_release(&m);
}
END_TEST

/* ---- whole streams ---------------------------------------------------- */

struct verdict {
    int rc;
    struct rec_error err;
    struct rec_judge_counts counts;
    size_t columns;
    double mean[64], error[64];
};

/* Judge RUN of kind KIND against TRUTH, both as text. */
static struct verdict judge_kind(const char *kind, const char *truth,
                                 const char *run, const uint32_t *cut,
                                 size_t cuts)
{
    struct rec_measures m = measures(REC_METRICS_ALL, cut, cuts);
    struct rec_data d = make_data(truth);
    char *path = make_path();
    struct rec_row_reader *in;
    struct rec_judge *j = NULL;
    struct rec_batch b;
    struct verdict v = {0};

    make_stream(path, kind, run);
    v.columns = m.columns;
    ck_assert_uint_le(m.columns, 64);
    ck_assert_int_eq(rec_row_reader_open(&in, path, kind, &v.err), 0);
    v.rc = rec_judge_new(&j, &d, "truth", &m, NULL, NULL, &v.err);
    while (v.rc == 0 && (v.rc = rec_row_next(in, &b, &v.err)) == 1) {
        v.rc = rec_judge_add(j, in, &b, &v.err);
    }
    if (v.rc == 0) {
        rec_judge_finish(j);
        v.counts = *rec_judge_counts(j);
        for (size_t c = 0; c < m.columns; c++) {
            double sum = 0;

            v.mean[c] = rec_judge_moments(j)[c].mean;
            v.error[c] = rec_moments_error(&rec_judge_moments(j)[c]);
            for (size_t u = 0; u < d.rows.rows; u++) {
                sum += rec_judge_user(j, u)[c];
            }
            ck_assert_double_eq_tol(sum, v.mean[c] * (double)v.counts.evaluated,
                                    1e-9);
        }
    }
    rec_judge_free(j);
    rec_row_reader_close(in);
    rec_data_release(&d);
    rec_measures_release(&m);
    drop_path(path);
    return v;
}

static struct verdict judge(const char *truth, const char *run,
                            const uint32_t *cut, size_t cuts)
{
    return judge_kind("ranking", truth, run, cut, cuts);
}

static void expect_refused(const char *truth, const char *run, int rc,
                           const char *text)
{
    struct verdict v = judge(truth, run, two_five, 2);
    const char *after = strstr(v.err.text, ": ");

    ck_assert_int_eq(v.rc, rc);
    ck_assert_ptr_nonnull(after); /* the file's name varies */
    ck_assert_str_eq(after + 2, text);
}

START_TEST(counts)
{
    struct verdict v = judge("a x y; b x; c; d z; e q; f; g x",
                             "z0 x=1; a x=2 y=1; c x=1; b q=1 x=1; z1; "
                             "g x=3 y=2 z=1; d",
                             two_five, 2);

    ck_assert_int_eq(v.rc, 0);
    ck_assert_uint_eq(v.counts.evaluated, 5);       /* a b d e g */
    ck_assert_uint_eq(v.counts.without_list, 2);    /* d (empty) and e */
    ck_assert_uint_eq(v.counts.without_targets, 2); /* c f */
    ck_assert_uint_eq(v.counts.only_ranked, 2);     /* z0 z1 */
    ck_assert_uint_eq(v.counts.longest, 3);
    ck_assert_double_eq_tol(v.mean[0], (1 + 1 + 0 + 0 + 1) / 5., 1e-15);
    ck_assert_double_eq_tol(v.mean[12], (1 + .5 + 0 + 0 + 1) / 5., 1e-15);
    ck_assert_double_eq_tol(v.error[0], sqrt(0.6 * 0.4 / 5), 1e-15);
}
END_TEST

START_TEST(perfect_is_one)
{
    struct verdict v = judge("a x y z; b y; c q r s t u v w",
                             "b y=1 x=0.5; c w=7 v=6 u=5 t=4 s=3 r=2 q=1; "
                             "a z=3 x=2 y=1",
                             two_five, 2);

    ck_assert_int_eq(v.rc, 0);
    for (int c = 0; c < 13; c++) {
        if (c != 2 && c != 3 && c != 4 && c != 5) { /* /all and precision */
            ck_assert(v.mean[c] == 1 && v.error[c] == 0);
        }
    }
}
END_TEST

START_TEST(order_and_names_do_not_matter)
{
    struct verdict v = judge("a x y z; b y; c q", "a x=3 q=2 z=1; b x=1 y=1; "
                                                  "c x=1",
                             two_five, 2);
    struct verdict w = judge("c q; b y; a z x y",
                             "b x=1 y=1; c x=1; a x=3 q=2 z=1", two_five, 2);
    struct verdict n = judge("1 yy zz xx; 2 xx; 3 7",
                             "3 yy=1; 2 yy=5 xx=5; 1 yy=3 7=2 zz=1", two_five,
                             2);

    for (int c = 0; c < 13; c++) {
        ck_assert_double_eq_tol(v.mean[c], w.mean[c], 1e-15);
        ck_assert_double_eq_tol(v.error[c], w.error[c], 1e-15);
        ck_assert_double_eq_tol(v.mean[c], n.mean[c], 1e-15);
    }
    ck_assert_double_gt(v.mean[0], 0);
}
END_TEST

START_TEST(refusals)
{
    expect_refused("a x", "a x=1 y=2", REC_ECORRUPT,
                   "user 'a': the score of rank 2, item 'y', is above the one "
                   "before it");
    expect_refused("a x", "b x=1 y=0; c q=-1 r=-2 s=-1.5", REC_ECORRUPT,
                   "user 'c': the score of rank 3, item 's', is above the one "
                   "before it");
    expect_refused("a x", "a x=2 y=2 x=2", REC_EREPEAT,
                   "user 'a': item 'x' is ranked twice");
    expect_refused("a x", "a x=2 y=2; b x=1 z=0 z=5", REC_EREPEAT,
                   "user 'b': item 'z' is ranked twice");
    expect_refused("a x", "a x=2; b x=1; a x=2", REC_EREPEAT,
                   "user 'a' is given twice");
    expect_refused("a x", "a x=2; b x=1; c; b x=1", REC_EREPEAT,
                   "user 'b' is given twice");
    expect_refused("a x; b y", "b; a x=2; b y=1", REC_EREPEAT,
                   "user 'b' is given twice");
    expect_refused("a x y x", "a x=2", REC_EREPEAT,
                   "user 'a' has the target 'x' twice");
}
END_TEST

START_TEST(equal_scores_and_no_scores)
{
    struct verdict v = judge("a y", "a x=1 y=1 z=1", two_five, 2);
    struct verdict w = judge("a y", "a x y z", two_five, 2);

    ck_assert_int_eq(v.rc, 0);
    ck_assert_int_eq(w.rc, 0);
    ck_assert(v.mean[12] == 0.5 && w.mean[12] == 0.5);
}
END_TEST

/* Interactions with scores come in any order. XXH64 is 048a... of z, 5c80...
   of x, c13a... of y. */
START_TEST(lists_without_ranks)
{
    const char *const run[] = {"a p=1 x=2 y=2 z=2 q=-3",
                               "a q=-3 z=2 x=2 y=2 p=1",
                               "a y=2 p=1 q=-3 z=2 x=2"};
    const char *const truth[] = {"a z", "a x", "a y", "a p", "a q"};

    for (int t = 0; t < 5; t++) {
        for (int r = 0; r < 3; r++) {
            struct verdict v = judge_kind("interactions", truth[t], run[r],
                                          two_five, 2);

            ck_assert_int_eq(v.rc, 0);
            ck_assert_double_eq_tol(v.mean[12], 1. / (t + 1), 1e-15);
        }
    }
    ck_assert_int_eq(judge_kind("interactions", "a x", "a x=1 y=2 x=3",
                                two_five, 2).rc,
                     REC_EREPEAT);
}
END_TEST

/* ---- the slow reference ----------------------------------------------- */

enum { MAX_USERS = 150, MAX_LIST = 60, POOL = 80 };

/* Random rows: LEN[u] different numbers of items in ROW[u]. */
static void random_rows(struct rec_rng *r, size_t longest,
                        uint32_t row[][MAX_LIST], size_t *len)
{
    uint32_t all[POOL];

    for (size_t u = 0; u < MAX_USERS; u++) {
        for (uint32_t i = 0; i < POOL; i++) {
            all[i] = i;
        }
        rec_rng_shuffle(r, all, POOL);
        len[u] = (size_t)rec_rng_below(r, longest + 1);
        memcpy(row[u], all, len[u] * sizeof *all);
    }
}

static int is_target(const uint32_t *row, size_t len, uint32_t item)
{
    for (size_t i = 0; i < len; i++) {
        if (row[i] == item) {
            return 1;
        }
    }
    return 0;
}

/* The definitions of the page, word for word. */
static double slow(int metric, size_t k, const uint32_t *list, size_t n,
                   const uint32_t *truth, size_t t)
{
    double hits = 0, dcg = 0, ideal = 0, ap = 0, rr = 0, min;

    min = (double)(k < t ? k : t);
    for (size_t i = 1; i <= n; i++) {
        if (is_target(truth, t, list[i - 1])) {
            rr = rr > 0 ? rr : 1 / (double)i;
            if (i <= k) {
                hits++;
                ap += hits / (double)i;
                dcg += log(2) / log((double)i + 1);
            }
        }
    }
    for (size_t i = 1; i <= k && i <= t; i++) {
        ideal += log(2) / log((double)i + 1);
    }
    switch (metric) {
    case REC_RECALL_MIN:
        return hits / min;
    case REC_RECALL_ALL:
        return hits / (double)t;
    case REC_PRECISION:
        return hits / (double)k;
    case REC_NDCG:
        return dcg / ideal;
    case REC_MAP:
        return ap / min;
    case REC_HIT:
        return hits > 0;
    default:
        return rr;
    }
}

/* Rows with the ids of users FIRST .. FIRST + MAX_USERS, every STEP-th. */
static char *text_of(uint32_t row[][MAX_LIST], const size_t *len, size_t first,
                     size_t step, int scores)
{
    struct rec_buf b = {NULL, 0, 0};

    for (size_t k = 0; k < MAX_USERS; k++) {
        size_t u = k * step % MAX_USERS;

        ck_assert_int_eq(rec_buf_addf(&b, "u%zu", u + first), 0);
        for (size_t i = 0; i < len[u]; i++) {
            ck_assert_int_eq(rec_buf_addf(&b, " i%u", (unsigned)row[u][i]), 0);
            if (scores) {
                ck_assert_int_eq(rec_buf_addf(&b, "=%g", -(double)(i / 3)),
                                 0);
            }
        }
        ck_assert_int_eq(rec_buf_add(&b, ";", 1), 0);
    }
    return b.data;
}

START_TEST(against_reference)
{
    static uint32_t truth[MAX_USERS][MAX_LIST], list[MAX_USERS][MAX_LIST];
    static const uint32_t cut[] = {1, 3, 10, 50, 100};
    size_t n_truth[MAX_USERS], n_list[MAX_USERS], users = 0, late = 10;
    struct rec_rng r;
    struct verdict v;
    char *a, *b;

    rec_rng_init(&r, (uint64_t)_i);
    random_rows(&r, 20, truth, n_truth);
    random_rows(&r, MAX_LIST, list, n_list);
    /* the run's users are numbered from 10, in another order */
    a = text_of(truth, n_truth, 0, 1, 0);
    b = text_of(list, n_list, late, 7, 1);
    v = judge(a, b, cut, 5);
    ck_assert_int_eq(v.rc, 0);
    ck_assert_uint_eq(v.counts.only_ranked, late);
    for (size_t u = 0; u < MAX_USERS; u++) {
        users += n_truth[u] > 0;
    }
    ck_assert_uint_eq(v.counts.evaluated, users);
    for (size_t c = 0; c < v.columns; c++) {
        double sum = 0, squares = 0, mean;
        size_t k = cut[c % 5];

        for (int pass = 0; pass < 2; pass++) {
            mean = sum / (double)users;
            for (size_t u = 0; u < MAX_USERS; u++) {
                size_t n = u >= late ? n_list[u - late] : 0;
                double x;

                if (n_truth[u] == 0) {
                    continue;
                }
                x = slow((int)(c / 5), k, u >= late ? list[u - late] : NULL,
                         n, truth[u], n_truth[u]);
                sum += pass ? 0 : x;
                squares += pass ? (x - mean) * (x - mean) : 0;
            }
        }
        mean = sum / (double)users;
        ck_assert_double_eq_tol(v.mean[c], mean, 1e-13);
        ck_assert_double_eq_tol(v.error[c],
                                sqrt(squares / (double)users)
                                    / sqrt((double)users),
                                1e-13);
    }
    free(a);
    free(b);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("eval");

    tcase_add_test(t, rows_by_hand);
    tcase_add_test(t, names);
    tcase_add_test(t, moments);
    tcase_add_test(t, order_helps);
    tcase_add_test(t, counts);
    tcase_add_test(t, perfect_is_one);
    tcase_add_test(t, order_and_names_do_not_matter);
    tcase_add_test(t, refusals);
    tcase_add_test(t, equal_scores_and_no_scores);
    tcase_add_test(t, lists_without_ranks);
    tcase_add_loop_test(t, against_reference, 0, 20);
    return suite_end("eval", t);
}
