/* SPDX-License-Identifier: MIT */
/* Places of a list shared by weight: against a search that counts anew for
   every place, and by what the method promises. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "models/quota.h"
#include "suite.h"

enum { ITEMS = 60, LISTS = 6, LONGEST = 40 };

static struct rec_hit hit[LISTS][LONGEST];
static struct rec_quota list[LISTS];
static uint32_t rank[ITEMS];
static uint8_t taken[ITEMS];
static struct rec_pick pick[ITEMS], want[ITEMS];

static void shuffle(struct rec_rng *rng, uint32_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (uint32_t)i;
    }
    for (size_t i = n; i-- > 1;) {
        size_t k = (size_t)rec_rng_below(rng, i + 1);
        uint32_t t = x[i];

        x[i] = x[k];
        x[k] = t;
    }
}

/* Lists that overlap a lot, of different lengths; weights that are often the
   same, and now and then none. */
static size_t make(uint64_t seed)
{
    struct rec_rng rng;
    size_t lists;
    uint32_t order[ITEMS];

    rec_rng_init(&rng, seed);
    lists = 1 + (size_t)rec_rng_below(&rng, LISTS);
    shuffle(&rng, rank, ITEMS);
    for (size_t l = 0; l < lists; l++) {
        shuffle(&rng, order, ITEMS);
        list[l].hit = hit[l];
        list[l].count = (size_t)rec_rng_below(&rng, LONGEST + 1);
        list[l].weight = (double)rec_rng_below(&rng, 5);
        for (size_t i = 0; i < LONGEST; i++) {
            hit[l][i] = (struct rec_hit){-(float)i, order[i]};
        }
    }
    return lists;
}

static int is_in(const struct rec_pick *p, size_t n, uint32_t item)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i].item == item) {
            return 1;
        }
    }
    return 0;
}

/* The place whose next item stands for most, all counted from WANT. */
static int next(size_t lists, size_t have, struct rec_pick *best)
{
    double sum = 0;

    best->score = -1;
    for (size_t l = 0; l < lists; l++) {
        sum += list[l].weight;
    }
    for (uint32_t l = 0; l < lists; l++) {
        double share = sum > 0 ? list[l].weight / sum : 1.0 / (double)lists;
        size_t got = 1;

        for (size_t i = 0; i < have; i++) {
            got += want[i].list == l;
        }
        for (uint32_t i = 0; i < list[l].count; i++) {
            float score = (float)(fmax(share, 1e-12) / (double)got);

            if (is_in(want, have, hit[l][i].item)) {
                continue;
            }
            if (score > best->score) {
                *best = (struct rec_pick){score, hit[l][i].item, l, i};
            }
            break;
        }
    }
    return best->score >= 0;
}

static size_t search(size_t lists, size_t n)
{
    size_t have = 0;

    while (have < n && next(lists, have, &want[have])) {
        have++;
    }
    for (size_t i = 0; i < have; i++) { /* ties: a bubble at a time */
        for (size_t k = have - 1; k > i; k--) {
            if (want[k].score >= want[k - 1].score
                && rank[want[k].item] < rank[want[k - 1].item]) {
                struct rec_pick t = want[k];

                want[k] = want[k - 1];
                want[k - 1] = t;
            }
        }
    }
    return have;
}

START_TEST(by_search)
{
    for (uint64_t seed = 1; seed <= 400; seed++) {
        size_t lists = make(seed), n = seed % (ITEMS + 1);
        size_t have = rec_quota_merge(list, lists, n, rank, taken, pick);

        ck_assert_uint_eq(have, search(lists, n));
        for (size_t i = 0; i < have; i++) {
            SURE(pick[i].item == want[i].item && pick[i].list == want[i].list);
            SURE(pick[i].place == want[i].place);
            SURE(!(pick[i].score < want[i].score)
                 && !(pick[i].score > want[i].score));
            SURE(i == 0 || pick[i].score <= pick[i - 1].score);
        }
        for (size_t i = 0; i < ITEMS; i++) {
            SURE(!taken[i]);
        }
    }
}
END_TEST

/* Each gets its share rounded down, whatever the others have in common with
   it, and lists of N items are as good as longer ones. */
START_TEST(shares)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        size_t lists = make(seed), n = 1 + seed % 12;
        size_t got[LISTS] = {0};
        double sum = 0;

        for (size_t l = 0; l < lists; l++) {
            list[l].count = LONGEST;
            list[l].weight += 0.5 + (double)l / 7;
            sum += list[l].weight;
        }
        ck_assert_uint_eq(rec_quota_merge(list, lists, n, rank, taken, want),
                          n);
        for (size_t l = 0; l < lists; l++) {
            list[l].count = n;
        }
        ck_assert_uint_eq(rec_quota_merge(list, lists, n, rank, taken, pick),
                          n);
        for (size_t i = 0; i < n; i++) {
            SURE(pick[i].item == want[i].item && pick[i].list == want[i].list);
            got[pick[i].list]++;
        }
        for (size_t l = 0; l < lists; l++) {
            SURE(got[l] >= (size_t)floor((double)n * list[l].weight / sum));
        }
    }
}
END_TEST

/* By hand: 3 to 1 in eight places is 6 and 2. A list alone stays as it is; one
   without weight comes last, in its order; none at all is empty. */
START_TEST(by_hand)
{
    (void)make(1);
    for (uint32_t i = 0; i < 8; i++) {
        hit[0][i].item = i;
        hit[1][i].item = 20 + i;
    }
    for (uint32_t i = 0; i < ITEMS; i++) {
        rank[i] = i;
    }
    list[0] = (struct rec_quota){hit[0], 8, 3, 0, 0};
    list[1] = (struct rec_quota){hit[1], 8, 1, 0, 0};
    ck_assert_uint_eq(rec_quota_merge(list, 2, 8, rank, taken, pick), 8);
    ck_assert_uint_eq(pick[0].item, 0); /* 3/4 */
    ck_assert_uint_eq(pick[1].item, 1); /* 3/8 */
    ck_assert_uint_eq(pick[2].item, 2); /* 1/4 of both: by rank */
    ck_assert_uint_eq(pick[3].item, 20);
    ck_assert_float_eq(pick[3].score, 0.25f);
    ck_assert_float_eq(pick[7].score, 0.125f);
    list[1].weight = 0;
    ck_assert_uint_eq(rec_quota_merge(list, 2, 11, rank, taken, pick), 11);
    for (uint32_t i = 0; i < 11; i++) {
        ck_assert_uint_eq(pick[i].item, i < 8 ? i : 12 + i);
    }
    list[0].count = 0;
    ck_assert_uint_eq(rec_quota_merge(list, 1, 3, rank, taken, pick), 0);
}
END_TEST

int main(void)
{
    const TTest *const all[] = {by_search, shares, by_hand};

    return suite_run("quota", all, sizeof all / sizeof *all);
}
