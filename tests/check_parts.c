/* SPDX-License-Identifier: MIT */
/* Judgements by parts of the items and of the users, against the definitions
   of the page word for word, on ids and lists that know nothing of
   dictionaries. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/rng.h"
#include "eval/groups.h"
#include "make_data.h"
#include "suite.h"

/* ---- deciles ------------------------------------------------------------ */

START_TEST(deciles_by_hand)
{
    /* of 20: 12 in the middle at 6, 4 at 14, 2 at 17, 1 at 18.5 and 19.5 */
    static const uint32_t count[] = {1, 4, 0, 12, 2, 1};
    static const uint32_t tie[] = {5, 4, 3, 2, 1, 0};
    static const uint8_t share[] = {9, 7, REC_DECILES, 3, 8, 9};
    static const uint8_t number[] = {5, 1, 8, 0, 3, 6};
    uint8_t got[6];
    struct rec_error err;

    ck_assert_int_eq(rec_deciles_by_share(count, tie, 6, got, &err), 0);
    ck_assert_mem_eq(got, share, 6);
    ck_assert_int_eq(rec_deciles_by_number(count, NULL, 6, got, &err), 0);
    ck_assert_mem_eq(got, number, 6);
    ck_assert_int_eq(rec_deciles_by_number(count, tie, 6, got, &err), 0);
    ck_assert_uint_eq(got[0], 6); /* of equal counts the lower tie first */
    ck_assert_uint_eq(got[5], 5);
    ck_assert_int_eq(rec_deciles_by_share(count, tie, 0, got, &err), 0);
}
END_TEST

/* ---- the slow reference ------------------------------------------------- */

enum { USERS = 60, ITEMS = 40, LONGEST = 25, CUTS = 2, NEW = 5 };
static const uint32_t cut[CUTS] = {3, 20};

struct world { /* items by number; -1 ends a row */
    int train[USERS][ITEMS + 1], truth[USERS][ITEMS + 1];
    int list[USERS][LONGEST + 1], group[USERS][4];
};

/* Up to MOST of the numbers FROM .. ITEMS, popular ones first by CHANCE. */
static void draw(struct rec_rng *r, int *row, int from, int most)
{
    int n = 0, all = (int)rec_rng_below(r, (uint64_t)most + 1);

    for (int i = from; i < ITEMS && n < all; i++) {
        if (rec_rng_unit(r) < 4.0 / (4 + i)) {
            row[n++] = i;
        }
    }
    for (int i = n; i > 1; i--) {
        int k = (int)rec_rng_below(r, (uint64_t)i), t = row[k];

        row[k] = row[i - 1];
        row[i - 1] = t;
    }
    row[n] = -1;
}

static void make_world(struct world *w, uint64_t seed)
{
    struct rec_rng r;

    rec_rng_init(&r, seed);
    for (int u = 0; u < USERS; u++) {
        /* the first items are in no training row */
        draw(&r, w->train[u], NEW, ITEMS);
        draw(&r, w->truth[u], 0, 12);
        draw(&r, w->list[u], 0, LONGEST);
        for (int i = 0; i < 3; i++) {
            w->group[u][i] = u % 7 + 5 * i;
        }
        w->group[u][u % 4 == 3 ? 3 : u % 4] = -1;
    }
}

/* Users FIRST, FIRST + STEP ... as text. */
static struct rec_data as_data(const int *row, size_t stride, char letter,
                               int first, int step)
{
    struct rec_buf b = {NULL, 0, 0};
    struct rec_data d;

    for (int u = first; u < USERS; u += step) {
        ck_assert_int_eq(rec_buf_addf(&b, "u%d", u), 0);
        for (const int *i = row + stride * (size_t)u; *i >= 0; i++) {
            ck_assert_int_eq(rec_buf_addf(&b, " %c%d", letter, *i), 0);
        }
        ck_assert_int_eq(rec_buf_add(&b, ";", 1), 0);
    }
    ck_assert_int_eq(rec_buf_add(&b, "", 1), 0);
    d = make_data(b.data);
    rec_buf_release(&b);
    return d;
}

static int length(const int *row)
{
    int n = 0;

    while (row[n] >= 0) {
        n++;
    }
    return n;
}

static int has(const int *row, int item, int n)
{
    for (int i = 0; i < n && row[i] >= 0; i++) {
        if (row[i] == item) {
            return 1;
        }
    }
    return 0;
}

/* Does id LETTER A come before B if both have this COUNT? */
static int before(char letter, int a, int count_a, int b, int count_b)
{
    char x[16], y[16];
    int n = snprintf(x, sizeof x, "%c%d", letter, a);
    int m = snprintf(y, sizeof y, "%c%d", letter, b);

    return count_a != count_b ? count_a > count_b
                              : rec_hash_id(x, (size_t)n)
                                    < rec_hash_id(y, (size_t)m);
}

/* ---- judged both ways --------------------------------------------------- */

struct judged {
    struct world w;
    struct rec_data train, truth, groups, history;
    struct rec_measures m;
    struct rec_strata strata;
    struct rec_judge *j;
};

static void judge(struct judged *x, uint64_t seed)
{
    struct rec_buf b = {NULL, 0, 0};
    char *path = make_path();
    struct rec_row_reader *in;
    struct rec_batch batch;
    struct rec_error err;

    make_world(&x->w, seed);
    x->train = as_data(x->w.train[0], ITEMS + 1, 'i', 0, 1);
    x->truth = as_data(x->w.truth[0], ITEMS + 1, 'i', 0, 1);
    x->groups = as_data(x->w.group[0], 4, 'g', 0, 3);
    x->history = as_data(x->w.train[0], ITEMS + 1, 'i', 1, 2);
    for (int u = 0; u < USERS; u++) { /* some users have no list */
        if (u % 5 != 2) {
            ck_assert_int_eq(rec_buf_addf(&b, "u%d", u), 0);
            for (int *i = x->w.list[u], k = 0; *i >= 0; i++) {
                ck_assert_int_eq(rec_buf_addf(&b, " i%d=%d", *i, -k++), 0);
            }
            ck_assert_int_eq(rec_buf_add(&b, ";", 1), 0);
        } else {
            x->w.list[u][0] = -1;
        }
    }
    ck_assert_int_eq(rec_buf_add(&b, "", 1), 0);
    make_stream(path, "ranking", b.data);
    rec_buf_release(&b);
    ck_assert_int_eq(rec_measures_init(&x->m, REC_METRICS_ALL, cut, CUTS,
                                       NULL, &err), 0);
    ck_assert_int_eq(rec_strata_init(&x->strata, &x->train, &x->truth, &x->m,
                                     1, 1, &err), 0);
    ck_assert_int_eq(rec_judge_new(&x->j, &x->truth, "truth", &x->m,
                                   &x->strata, NULL, &err), 0);
    ck_assert_int_eq(rec_row_reader_open(&in, path, NULL, &err), 0);
    while (rec_row_next(in, &batch, &err) == 1) {
        ck_assert_int_eq(rec_judge_add(x->j, in, &batch, &err), 0);
    }
    rec_row_reader_close(in);
    rec_judge_finish(x->j);
    drop_path(path);
}

static void release(struct judged *x)
{
    rec_judge_free(x->j);
    rec_strata_release(&x->strata);
    rec_measures_release(&x->m);
    rec_data_release(&x->train);
    rec_data_release(&x->truth);
    rec_data_release(&x->groups);
    rec_data_release(&x->history);
}

/* The stratum of every item: the decile in which the middle of its events
   lies when items stand by events. */
static void find_strata(const struct world *w, int stratum[ITEMS])
{
    int count[ITEMS] = {0};
    double all = 0;

    for (int u = 0; u < USERS; u++) {
        for (const int *i = w->train[u]; *i >= 0; i++) {
            count[*i]++;
            all++;
        }
    }
    for (int i = 0; i < ITEMS; i++) {
        double sum = count[i] / 2.;

        for (int k = 0; k < ITEMS; k++) {
            if (k != i && count[k] > 0
                && before('i', k, count[k], i, count[i])) {
                sum += count[k];
            }
        }
        stratum[i] = count[i] ? (int)floor(10 * sum / all + 1e-9)
                              : REC_DECILES;
    }
}

/* Hits of USER in stratum S at K; *TARGETS there. */
static int count_hits(const struct world *w, const int *stratum, int u, int s,
                      int k, int *targets)
{
    int hits = 0;

    *targets = 0;
    for (const int *i = w->truth[u]; *i >= 0; i++) {
        if (stratum[*i] == s) {
            ++*targets;
            hits += has(w->list[u], *i, k);
        }
    }
    return hits;
}

START_TEST(strata_by_definition)
{
    struct judged x;
    int stratum[ITEMS], seen = 0;

    judge(&x, (uint64_t)_i);
    find_strata(&x.w, stratum);
    for (int s = 0; s < REC_STRATA; s++) {
        for (int c = 0; c < CUTS; c++) {
            const struct rec_stratum *a = &x.strata.at[s][c];
            double hits = 0, all = 0, n = 0, sum = 0, squares = 0, mean;
            double places = 0;
            int k = (int)cut[c];

            for (int u = 0; u < USERS; u++) {
                int targets, h = count_hits(&x.w, stratum, u, s, k, &targets);

                if (length(x.w.truth[u]) == 0) {
                    continue;
                }
                for (int i = 0; i < k && x.w.list[u][i] >= 0; i++) {
                    places += stratum[x.w.list[u][i]] == s;
                }
                ck_assert_uint_eq(
                    rec_strata_user(&x.strata, (size_t)u)[s * CUTS + c],
                    (uint32_t)h);
                hits += h;
                all += targets;
                n += targets > 0;
                sum += targets ? (double)h / targets : 0;
                squares += targets ? pow((double)h / targets, 2) : 0;
            }
            seen += hits > 0;
            ck_assert_uint_eq(a->hits, (uint64_t)hits);
            ck_assert_uint_eq(a->places, (uint64_t)places);
            ck_assert_uint_eq(x.strata.targets[s], (uint64_t)all);
            ck_assert(a->recall.n == n);
            if (n > 0) {
                mean = sum / n;
                ck_assert_double_eq_tol(a->recall.mean, mean, 1e-13);
                ck_assert_double_eq_tol(rec_moments_error(&a->recall),
                                        sqrt(fabs(squares / n - mean * mean)
                                             / n),
                                        1e-7);
            }
        }
    }
    ck_assert_int_gt(seen, CUTS); /* there was something to find */
    release(&x);
}
END_TEST

/* GROUP[u] of each user, -1 for none: the means that G must have there. */
static void expect_group(const struct judged *x, const struct rec_groups *g,
                         size_t group, const uint8_t in[USERS])
{
    for (size_t c = 0; c < x->m.columns; c++) {
        const struct rec_moments *v = &g->at[group * g->columns + c];
        double n = 0, sum = 0, squares = 0;

        for (size_t u = 0; u < USERS; u++) {
            double value = rec_judge_user(x->j, u)[c];

            n += in[u];
            sum += in[u] * value;
            squares += in[u] * value * value;
        }
        ck_assert(v->n == n);
        if (n > 0) {
            ck_assert_double_eq_tol(v->mean, sum / n, 1e-13);
            ck_assert_double_eq_tol(
                rec_moments_error(v),
                sqrt(fabs(squares / n - sum / n * sum / n) / n), 1e-7);
        }
    }
}

START_TEST(activity_by_definition)
{
    struct judged x;
    struct rec_groups g;
    struct rec_error err;
    int items[USERS], users = 0, absent = 0;

    judge(&x, (uint64_t)_i);
    ck_assert_int_eq(rec_groups_by_activity(&g, x.j, &x.truth, &x.history,
                                            &err), 0);
    for (int u = 0; u < USERS; u++) { /* the history has every other user */
        items[u] = u % 2 ? length(x.w.train[u]) : 0;
        users += length(x.w.truth[u]) > 0;
        absent += length(x.w.truth[u]) > 0 && u % 2 == 0;
    }
    ck_assert_uint_eq(g.absent, (size_t)absent);
    for (int d = 0; d < REC_DECILES; d++) {
        uint8_t in[USERS] = {0};
        uint32_t least = 1000, most = 0;

        for (int u = 0; u < USERS; u++) {
            int ahead = 0;

            if (length(x.w.truth[u]) == 0) {
                continue;
            }
            for (int v = 0; v < USERS; v++) {
                ahead += v != u && length(x.w.truth[v]) > 0
                         && before('u', v, items[v], u, items[u]);
            }
            if (ahead * REC_DECILES / users == d) {
                in[u] = 1;
                least = (uint32_t)items[u] < least ? (uint32_t)items[u]
                                                   : least;
                most = (uint32_t)items[u] > most ? (uint32_t)items[u] : most;
                ck_assert_uint_eq(g.decile[u], (unsigned)d);
            }
        }
        expect_group(&x, &g, (size_t)d, in);
        ck_assert_uint_eq(g.least[d], least);
        ck_assert_uint_eq(g.most[d], most);
    }
    rec_groups_release(&g);
    release(&x);
}
END_TEST

START_TEST(groups_by_definition)
{
    struct judged x;
    struct rec_groups g;
    struct rec_error err;
    uint8_t none[USERS] = {0};

    judge(&x, (uint64_t)_i);
    ck_assert_int_eq(rec_groups_by_row(&g, x.j, &x.truth, &x.groups, &err),
                     0);
    for (int name = 0; name < 20; name++) {
        uint8_t in[USERS] = {0};
        char id[16];
        uint32_t at = rec_dict_find(
            x.groups.items, id,
            (size_t)snprintf(id, sizeof id, "g%d", name));

        for (int u = 0; u < USERS; u++) { /* there is every third user */
            if (length(x.w.truth[u]) > 0) {
                in[u] = u % 3 == 0 && has(x.w.group[u], name, 4);
                none[u] = u % 3 != 0 || x.w.group[u][0] < 0;
            }
        }
        if (at != REC_NONE) {
            expect_group(&x, &g, at, in);
        }
    }
    expect_group(&x, &g, g.n - 1, none);
    rec_groups_release(&g);
    release(&x);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("parts");

    tcase_add_test(t, deciles_by_hand);
    tcase_add_loop_test(t, strata_by_definition, 0, 10);
    tcase_add_loop_test(t, activity_by_definition, 0, 10);
    tcase_add_loop_test(t, groups_by_definition, 0, 10);
    return suite_end("parts", t);
}
