/* SPDX-License-Identifier: MIT */
/* Unit tests of row profiles: figures against naive ones, and the rules that
   span batches. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/profile.h"
#include "forge.h"
#include "suite.h"

/* A share Q of the N values V is at most X, by counting. */
static int covers(const uint32_t *v, size_t n, uint32_t x, double q)
{
    size_t below = 0;

    for (size_t i = 0; i < n; i++) {
        below += v[i] <= x;
    }
    return (double)below >= q * (double)n;
}

START_TEST(quantiles)
{
    static const double at[] = {0, 0.25, 0.5, 0.75, 0.9, 0.99, 1};
    struct rec_rng r;
    uint32_t v[200];

    rec_rng_init(&r, 1);
    for (size_t n = 1; n <= 200; n++) {
        for (size_t i = 0; i < n; i++) {
            v[i] = (uint32_t)rec_rng_below(&r, 50);
        }
        rec_counts_sort(v, n);
        for (size_t k = 0; k < 7; k++) {
            uint32_t x = rec_counts_quantile(v, n, at[k]);

            SURE(covers(v, n, x, at[k]));
            SURE(x == v[0] || !covers(v, n, x - 1, at[k]));
        }
    }
    SURE(rec_counts_quantile(NULL, 0, 0.5) == 0);
    rec_counts_sort(NULL, 0);
}
END_TEST

START_TEST(heads)
{
    uint32_t v[100];

    for (uint32_t i = 0; i < 100; i++) {
        v[i] = 100 - i;
    }
    rec_counts_sort(v, 100);
    SURE(fabs(rec_counts_head(v, 100, 0.01) - 100.0 / 5050) < 1e-15);
    SURE(fabs(rec_counts_head(v, 100, 0.1) - 955.0 / 5050) < 1e-15);
    SURE(rec_counts_head(v, 100, 1) == 1);
    SURE(rec_counts_head(v, 3, 0.01) == 0.5); /* at least one: 3 of 1 2 3 */
    SURE(rec_counts_head(NULL, 0, 0.1) == 0);
}
END_TEST

/* Two batches, of these users, items and weights. */
static int profile(const char *kind, const char *users[2],
                   const uint32_t item[2][3], const float weight[2][3],
                   struct rec_profile *p, struct rec_error *err)
{
    static const uint32_t len[2] = {3, 0};
    struct rec_row_reader *r;
    struct rec_batch b;
    struct scratch s;
    struct forge f;
    int rc;

    forge_begin(&f, kind);
    forge_text(&f, "Item", "a\nb\nc\nd\n");
    for (int i = 0; i < 2; i++) {
        forge_text(&f, "User", users[i]);
        forge_block(&f, "Rlen", REC_U32, len, sizeof len);
        forge_block(&f, "Rwgt", REC_F32, weight[i], 12);
        forge_block(&f, "Ritm", REC_U32, item[i], 12);
    }
    forge_end(&f, 4, 6, 4);
    scratch_open(&s);
    scratch_put(&s, f.bytes.data, f.bytes.len);
    forge_release(&f);
    ck_assert_int_eq(rec_row_reader_open(&r, s.path, NULL, err), 0);
    rc = rec_profile_init(p, err);
    while (rc == 0 && (rc = rec_row_next(r, &b, err)) == 1) {
        rc = rec_profile_add(p, r, &b, err);
    }
    rec_row_reader_close(r);
    scratch_close(&s);
    return rc;
}

#define INTERACTIONS "kind interactions\ncolumns weight\n"
#define RANKING "kind ranking\ncolumns weight\n"

static const char *users[2] = {"u\nv\n", "w\nx\n"};
static const uint32_t item[2][3] = {{0, 1, 3}, {3, 1, 2}};
static const float weight[2][3] = {{1, 5, 2}, {-3, 4, 0}};

START_TEST(figures)
{
    static const uint32_t want[4] = {1, 2, 1, 2};
    struct rec_profile p;
    struct rec_error err;

    ck_assert_int_eq(profile(INTERACTIONS, users, item, weight, &p, &err), 0);
    ck_assert_uint_eq(rec_dict_count(p.users), 4);
    ck_assert_uint_eq(p.items, 4);
    ck_assert_uint_eq(p.events, 6);
    ck_assert_uint_eq(p.empty_users, 2);
    ck_assert_mem_eq(p.item_events, want, sizeof want);
    ck_assert_uint_eq(p.user_events[0], 3);
    ck_assert_uint_eq(p.user_events[3], 0);
    ck_assert(p.weight_min == -3 && p.weight_max == 5 && p.weight_sum == 9);
    rec_profile_release(&p);
}
END_TEST

static void refused(const char *kind, const char *u[2],
                    const uint32_t it[2][3], const float w[2][3], int code,
                    const char *part)
{
    struct rec_profile p;
    struct rec_error err = {0, ""};

    ck_assert_int_eq(profile(kind, u, it, w, &p, &err), code);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
    rec_profile_release(&p);
}

START_TEST(rules)
{
    const char *twice[2] = {"u\nv\n", "w\nu\n"};
    static const uint32_t item_twice[2][3] = {{0, 1, 3}, {3, 1, 3}};
    static const float falling[2][3] = {{5, 5, 2}, {4, 3, -1}};
    struct rec_profile p;
    struct rec_error err;

    refused(INTERACTIONS, twice, item, weight, REC_EREPEAT,
            "user 'u' is given twice");
    refused(INTERACTIONS, users, item_twice, weight, REC_EREPEAT,
            "user 'w' has an item twice");
    refused(RANKING, users, item, weight, REC_ECORRUPT,
            "the scores of user 'u' rise");
    ck_assert_int_eq(profile(RANKING, users, item, falling, &p, &err), 0);
    rec_profile_release(&p);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {quantiles, heads, figures, rules};

    return suite_run("profile", test, sizeof test / sizeof *test);
}
