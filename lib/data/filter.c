/* SPDX-License-Identifier: MIT */
/* Filters on rows: see filter.h. Every filter is one pass that moves what
   stays towards the front. */
#include <config.h>

#include "data/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- moving ------------------------------------------------------------ */

static void move_event(struct rec_csr *m, int64_t from, int64_t to)
{
    if (from == to) {
        return;
    }
    m->item[to] = m->item[from];
    if (m->weight) {
        m->weight[to] = m->weight[from];
    }
    if (m->time) {
        m->time[to] = m->time[from];
    }
}

/* ---- duplicates -------------------------------------------------------- */

void rec_places_release(struct rec_places *p)
{
    free(p->at);
    memset(p, 0, sizeof *p);
}

/* Make room for N items. New ones were met before everything. */
static int reserve_places(struct rec_places *p, size_t n,
                          struct rec_error *err)
{
    if (rec_reserve(&p->at, &p->cap, n, sizeof *p->at) != 0) {
        return rec_fail_nomem(err);
    }
    for (; p->n < n; p->n++) {
        p->at[p->n] = -1;
    }
    return 0;
}

struct resolver {
    struct rec_csr *m;
    enum rec_duplicates how;
    struct rec_places *places; /* where an item's event is kept */
    double *sum;    /* REC_DUP_SUM: of the row's kept events */
};

/* Event E repeats the one that is kept at AT, in a row that begins at
   BEGIN. */
static void join(struct resolver *d, int64_t e, int64_t at, int64_t begin)
{
    struct rec_csr *m = d->m;
    int last = d->how == REC_DUP_LAST;

    if (d->how == REC_DUP_FIRST) {
        return;
    }
    if (m->time && (last || m->time[e] > m->time[at])) {
        m->time[at] = m->time[e];
    }
    if (d->how == REC_DUP_SUM) {
        d->sum[at - begin] += (double)m->weight[e];
    } else if (m->weight && (last || m->weight[e] > m->weight[at])) {
        m->weight[at] = m->weight[e];
    }
}

/* The sums of a row at BEGIN as its weights. Returns how many are floats. */
static int64_t store_sums(struct resolver *d, int64_t begin, int64_t n)
{
    int64_t i = 0;

    for (; i < n && fabs(d->sum[i]) < 0x1.ffffffp127; i++) {
        d->m->weight[begin + i] = (float)d->sum[i];
    }
    return i;
}

/* Resolve the row [FROM, END), which goes to BEGIN on. Returns where the next
   row goes. */
static int64_t resolve_row(struct resolver *d, int64_t from, int64_t end,
                           int64_t begin)
{
    struct rec_csr *m = d->m;
    int64_t base = d->places->base, to = begin;

    for (int64_t e = from; e < end; e++) {
        int64_t *place = &d->places->at[m->item[e]];

        if (*place >= base + begin) {
            join(d, e, *place - base, begin);
            continue;
        }
        *place = base + to;
        move_event(m, e, to);
        if (d->sum) {
            d->sum[to - begin] = (double)m->weight[to];
        }
        to++;
    }
    return to;
}

/* Find the repeated event with the least line. */
static int find_repeat(const struct rec_csr *m,
                       const struct rec_places *places, const uint64_t *line,
                       struct rec_repeat *at, struct rec_error *err)
{
    int found = 0;

    for (size_t r = 0; r < m->rows; r++) {
        for (int64_t e = m->start[r]; e < m->start[r + 1]; e++) {
            uint32_t item = m->item[e];
            int64_t *place = &places->at[item];

            if (*place >= places->base + m->start[r]
                && (!found || line[e] < at->line)) {
                at->row = r;
                at->item = item;
                at->line = line[e];
                found = 1;
            }
            *place = places->base + e;
        }
    }
    return found ? rec_fail(err, REC_EREPEAT, "an item is repeated") : 0;
}

static int resolve_rows(struct resolver *d, struct rec_repeat *at,
                        struct rec_error *err)
{
    struct rec_csr *m = d->m;
    int64_t from = 0, begin, to = 0;

    for (size_t r = 0; r < m->rows; r++) {
        int64_t end = m->start[r + 1], stored;

        begin = to;
        to = resolve_row(d, from, end, begin);
        stored = d->sum ? store_sums(d, begin, to - begin) : to - begin;
        if (stored < to - begin) {
            at->row = r;
            at->item = m->item[begin + stored];
            return rec_fail(err, REC_ENUMERIC,
                            "the sum of repeated weights is beyond a float");
        }
        m->start[r + 1] = to;
        from = end;
    }
    return 0;
}

/* Weights of 1 to add up, and room for the sums of the longest row. */
static int prepare_sums(struct resolver *d, struct rec_error *err)
{
    struct rec_csr *m = d->m;
    size_t longest = 0, n = rec_csr_events(m);

    for (size_t r = 0; r < m->rows; r++) {
        size_t len = (size_t)(m->start[r + 1] - m->start[r]);

        longest = len > longest ? len : longest;
    }
    d->sum = rec_alloc(longest, sizeof *d->sum);
    if (!d->sum) {
        return rec_fail_nomem(err);
    }
    if (!m->weight) {
        m->weight = rec_alloc(n, sizeof *m->weight);
        if (!m->weight) {
            return rec_fail_nomem(err);
        }
        for (size_t e = 0; e < n; e++) {
            m->weight[e] = 1;
        }
    }
    return 0;
}

int rec_filter_duplicates(struct rec_csr *m, enum rec_duplicates how,
                          const uint64_t *line, struct rec_places *places,
                          struct rec_repeat *at, size_t *dropped,
                          struct rec_error *err)
{
    size_t before = rec_csr_events(m);
    struct resolver d = {m, how, places, NULL};
    int rc = reserve_places(places, m->cols, err);

    if (rc == 0 && how == REC_DUP_ERROR) {
        rc = find_repeat(m, places, line, at, err);
    } else if (rc == 0) {
        rc = how == REC_DUP_SUM ? prepare_sums(&d, err) : 0;
        rc = rc ? rc : resolve_rows(&d, at, err);
    }
    places->base += (int64_t)before;
    free(d.sum);
    if (rc == 0) {
        *dropped = before - rec_csr_events(m);
    }
    return rc;
}

/* ---- weights ----------------------------------------------------------- */

size_t rec_filter_weight(struct rec_csr *m, float least)
{
    size_t before = rec_csr_events(m);
    int64_t e = 0, to = 0;

    for (size_t r = 0; r < m->rows; r++) {
        for (; e < m->start[r + 1]; e++) {
            if ((m->weight ? m->weight[e] : 1.0f) >= least) {
                move_event(m, e, to++);
            }
        }
        m->start[r + 1] = to;
    }
    return before - rec_csr_events(m);
}

/* ---- cores ------------------------------------------------------------- */

/* Keep items of at least MIN_ITEM users. */
static void keep_items(struct rec_csr *m, uint64_t min_item, uint32_t *count)
{
    int64_t e = 0, to = 0;

    rec_csr_item_counts(m, count);
    for (size_t r = 0; r < m->rows; r++) {
        for (; e < m->start[r + 1]; e++) {
            if (count[m->item[e]] >= min_item) {
                move_event(m, e, to++);
            }
        }
        m->start[r + 1] = to;
    }
}

/* Keep users of at least MIN_USER items. */
static void keep_users(struct rec_csr *m, uint64_t min_user)
{
    int64_t from = 0, to = 0;

    for (size_t r = 0; r < m->rows; r++) {
        int64_t end = m->start[r + 1];

        if ((uint64_t)(end - from) >= min_user) {
            for (int64_t e = from; e < end; e++) {
                move_event(m, e, to++);
            }
        }
        m->start[r + 1] = to;
        from = end;
    }
}

int rec_filter_core(struct rec_csr *m, uint64_t min_item, uint64_t min_user,
                    int iterate, size_t *by_item, size_t *by_user,
                    struct rec_error *err)
{
    uint32_t *count = rec_alloc(m->cols, sizeof *count);
    size_t before, between, after;

    if (!count) {
        return rec_fail_nomem(err);
    }
    *by_item = *by_user = 0;
    do {
        before = rec_csr_events(m);
        if (min_item > 1) {
            keep_items(m, min_item, count);
        }
        between = rec_csr_events(m);
        if (min_user > 1) {
            keep_users(m, min_user);
        }
        after = rec_csr_events(m);
        *by_item += before - between;
        *by_user += between - after;
    } while (iterate && after < before);
    free(count);
    return 0;
}
