/* SPDX-License-Identifier: MIT */
/* Held-out events: ratio, leave-last, leave-random, time. Every protocol
   first gives each event to one of three parts; what the files make of the
   parts is then the same for all. */
#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/split_private.h"

enum { /* the files that an event of each part goes to */
    IN_TRAIN = TRAIN | VALID_IN | TEST_IN,
    IN_VALID = VALID_OUT | TEST_IN,
    IN_TEST = TEST_OUT
};

/* ---- per user --------------------------------------------------------- */

struct placed { /* an event of the row at hand */
    int64_t time;
    uint32_t at; /* place in the row */
};

/* Latest first; of equal times the one that arrived last. */
static int compare_placed(const void *pa, const void *pb)
{
    const struct placed *a = pa, *b = pb;

    if (a->time != b->time) {
        return a->time < b->time ? 1 : -1;
    }
    return (a->at < b->at) - (a->at > b->at);
}

static void order_latest(const struct rec_data *d, size_t user,
                         struct placed *room, uint32_t *order, size_t n)
{
    const int64_t *time = d->rows.time;

    for (size_t i = 0; i < n; i++) {
        room[i].time = time ? time[d->rows.start[user] + (int64_t)i] : 0;
        room[i].at = (uint32_t)i;
    }
    qsort(room, n, sizeof *room, compare_placed);
    for (size_t i = 0; i < n; i++) {
        order[i] = room[i].at;
    }
}

static void order_random(const struct rec_data *d, size_t user, uint32_t seed,
                         uint32_t *order, size_t n)
{
    struct rec_rng rng;

    rec_iota(order, n);
    rec_split_user_rng(&rng, d, user, seed);
    rec_rng_shuffle(&rng, order, n);
}

/* How many of a user's N events each held-out part takes; 0 when so many
   would leave none to train on. */
static size_t part_size(const struct rec_split_rule *rule, size_t n)
{
    size_t parts = rule->valid ? 2 : 1;

    if (rule->protocol == REC_SPLIT_RATIO) {
        return (size_t)(rule->fraction * (double)n);
    }
    return rule->leave < (n + parts - 1) / parts ? (size_t)rule->leave : 0;
}

static void divide_row(struct rec_split *s, const struct rec_data *d,
                       const struct rec_split_rule *rule, size_t user,
                       struct placed *room, uint32_t *order)
{
    size_t n = rec_csr_row_len(&d->rows, user), k = part_size(rule, n);
    uint8_t *event = s->event + d->rows.start[user];

    for (size_t i = 0; i < n; i++) {
        event[i] = IN_TRAIN;
    }
    if (k == 0) {
        s->few++;
        return;
    }
    if (rule->protocol == REC_SPLIT_LEAVE_LAST) {
        order_latest(d, user, room, order, n);
    } else {
        order_random(d, user, rule->seed, order, n);
    }
    for (size_t i = 0; i < k; i++) {
        event[order[i]] = IN_TEST;
    }
    for (size_t i = k; i < 2 * k && rule->valid; i++) {
        event[order[i]] = IN_VALID;
    }
}

static int divide_rows(struct rec_split *s, const struct rec_data *d,
                       const struct rec_split_rule *rule,
                       struct rec_error *err)
{
    size_t longest = rec_split_longest(&d->rows);
    struct placed *room = rec_alloc(longest, sizeof *room);
    uint32_t *order = rec_alloc(longest, sizeof *order);
    int rc = 0;

    if (!room || !order) {
        rc = rec_fail_nomem(err);
    }
    for (size_t u = 0; u < d->rows.rows && rc == 0; u++) {
        divide_row(s, d, rule, u, room, order);
    }
    free(room);
    free(order);
    return rc;
}

/* ---- by time ---------------------------------------------------------- */

static size_t count_before(const int64_t *time, size_t n, int64_t at)
{
    size_t before = 0;

    for (size_t i = 0; i < n; i++) {
        before += time[i] < at;
    }
    return before;
}

/* The earliest second that has at least WANT of the N times before it, by
   bisection: no copy of the times, no sorting. WANT <= N; INT64_MAX if there
   is no such second. */
static int64_t cut_after(const int64_t *time, size_t n, size_t want)
{
    int64_t lo = INT64_MAX, hi = INT64_MIN;

    for (size_t i = 0; i < n; i++) {
        lo = time[i] < lo ? time[i] : lo;
        hi = time[i] > hi ? time[i] : hi;
    }
    hi += hi < INT64_MAX;
    while (lo < hi) {
        int64_t mid = lo + (int64_t)(((uint64_t)hi - (uint64_t)lo) / 2);

        if (count_before(time, n, mid) >= want) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return lo;
}

static void choose_cuts(struct rec_split *s, const struct rec_data *d,
                        const struct rec_split_rule *rule)
{
    const int64_t *time = d->rows.time;
    size_t n = rec_csr_events(&d->rows), held;

    s->test_at = rule->test_at;
    s->valid_at = rule->valid ? rule->valid_at : rule->test_at;
    if (!rule->cut) {
        held = (size_t)(rule->fraction * (double)n);
        s->test_at = cut_after(time, n, n - held);
        s->valid_at = rule->valid ? cut_after(time, n, n - 2 * held)
                                  : s->test_at;
    }
}

static int divide_time(struct rec_split *s, const struct rec_data *d,
                       const struct rec_split_rule *rule,
                       struct rec_error *err)
{
    const int64_t *time = d->rows.time;
    size_t n = rec_csr_events(&d->rows);

    if (!time) {
        return rec_fail(err, REC_EVALUE,
                        "the events have no times to be split by");
    }
    choose_cuts(s, d, rule);
    for (size_t e = 0; e < n; e++) {
        s->event[e] = time[e] < s->valid_at  ? IN_TRAIN
                      : time[e] < s->test_at ? IN_VALID
                                             : IN_TEST;
    }
    return 0;
}

/* ---- from parts to files ---------------------------------------------- */

/* A user has rows in the files of a part that holds targets of theirs, if
   anything is known of them before it. */
static uint8_t rows_of(struct rec_split *s, unsigned before, unsigned after,
                       unsigned in, unsigned out)
{
    if (!(before & out)) {
        return 0;
    }
    s->cold += !(after & in);
    return after & in ? (uint8_t)(in | out) : 0;
}

/* Drop events of unknown items, then say which files each user is in. */
static void settle(struct rec_split *s, const struct rec_data *d,
                   const uint8_t *known)
{
    for (size_t u = 0; u < d->rows.rows; u++) {
        unsigned before = 0, after = 0;

        for (int64_t e = d->rows.start[u]; e < d->rows.start[u + 1]; e++) {
            before |= s->event[e];
            if (!known[d->rows.item[e]]) {
                s->event[e] = 0;
                s->unknown++;
            }
            after |= s->event[e];
        }
        s->user[u] = (uint8_t)(after & TRAIN);
        s->user[u] |= rows_of(s, before, after, VALID_IN, VALID_OUT);
        s->user[u] |= rows_of(s, before, after, TEST_IN, TEST_OUT);
    }
}

int rec_split_held_events(struct rec_split *s, const struct rec_data *d,
                          const struct rec_split_rule *rule, uint8_t *known,
                          struct rec_error *err)
{
    int rc;

    if (rule->protocol != REC_SPLIT_LEAVE_LAST
        && rule->protocol != REC_SPLIT_LEAVE_RANDOM && !rule->cut
        && rule->fraction * (rule->valid ? 2 : 1) >= 1) {
        return rec_fail(err, REC_EVALUE,
                        "a share of %g%s leaves nothing to train on",
                        rule->fraction,
                        rule->valid ? " for each of validation and test" : "");
    }
    rc = rule->protocol == REC_SPLIT_TIME ? divide_time(s, d, rule, err)
                                          : divide_rows(s, d, rule, err);
    if (rc == 0) {
        rec_split_mark_known(s, d, known);
        settle(s, d, known);
    }
    return rc;
}
