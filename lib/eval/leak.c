/* SPDX-License-Identifier: MIT */
/* What held-out data should not have: see leak.h. */
#include <config.h>

#include "eval/leak.h"

#include <stdlib.h>

#include "base/mem.h"

struct finding {
    const struct rec_data *held;
    uint8_t *shared;     /* by event of HELD: it was seen */
    uint8_t *user_known; /* by user of HELD */
    uint8_t *item_known; /* by item of HELD */
    int64_t *last;       /* by user of HELD: time of the last event seen */
    int64_t latest;      /* of all */
};

static void release(struct finding *f)
{
    free(f->shared);
    free(f->user_known);
    free(f->item_known);
    free(f->last);
}

static int prepare(struct finding *f, const struct rec_data *held,
                   struct rec_error *err)
{
    size_t users = held->rows.rows;

    f->held = held;
    f->shared = rec_zalloc(rec_csr_events(&held->rows), 1);
    f->user_known = rec_zalloc(users, 1);
    f->item_known = rec_zalloc(held->rows.cols, 1);
    f->last = rec_alloc(users, sizeof *f->last);
    if (!f->shared || !f->user_known || !f->item_known || !f->last) {
        return rec_fail_nomem(err);
    }
    for (size_t u = 0; u < users; u++) {
        f->last[u] = INT64_MIN;
    }
    f->latest = INT64_MIN;
    return 0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What the row ROW of SEEN says of user U. MARK[i] == U + 1: he has item i
   there; ITEM are the items of HELD there. */
static void compare_row(struct finding *f, size_t u, const struct rec_csr *seen,
                        size_t row, size_t *mark, const uint32_t *item)
{
    const struct rec_csr *held = &f->held->rows;

    for (int64_t e = seen->start[row]; e < seen->start[row + 1]; e++) {
        mark[seen->item[e]] = u + 1;
        if (seen->time) {
            f->last[u] = later(f->last[u], seen->time[e]);
        }
    }
    for (int64_t e = held->start[u]; e < held->start[u + 1]; e++) {
        uint32_t i = item[held->item[e]];

        f->shared[e] |= i != REC_NONE && mark[i] == u + 1;
    }
}

static int compare(struct finding *f, const struct rec_data *seen,
                   struct rec_error *err)
{
    uint32_t *item = rec_dict_map(f->held->items, seen->items);
    uint32_t *user = rec_dict_map(f->held->users, seen->users);
    size_t *mark = rec_zalloc(seen->rows.cols, sizeof *mark);
    int rc = item && user && mark ? 0 : rec_fail_nomem(err);

    for (size_t u = 0; u < f->held->rows.rows && rc == 0; u++) {
        if (user[u] != REC_NONE) {
            f->user_known[u] = 1;
            compare_row(f, u, &seen->rows, user[u], mark, item);
        }
    }
    for (uint32_t i = 0; i < f->held->rows.cols && rc == 0; i++) {
        f->item_known[i] |= item[i] != REC_NONE;
    }
    for (size_t e = 0; rc == 0 && seen->rows.time
                       && e < rec_csr_events(&seen->rows);
         e++) {
        f->latest = later(f->latest, seen->rows.time[e]);
    }
    free(item);
    free(user);
    free(mark);
    return rc;
}

static void add(struct rec_leak *l, int leaks, size_t row, size_t event)
{
    l->of++;
    if (!leaks) {
        return;
    }
    if (l->count == 0) {
        l->row = row;
        l->event = event;
    }
    l->count++;
}

/* Each item of a target counts once: ITEM_KNOWN becomes 2 or 3 then. */
static void sum_event(struct finding *f, struct rec_leak *leak, int times,
                      size_t u, size_t e)
{
    const struct rec_csr *held = &f->held->rows;
    uint8_t *known = &f->item_known[held->item[e]];

    add(&leak[REC_LEAK_SHARED], f->shared[e], u, e);
    if (*known < 2) {
        add(&leak[REC_LEAK_ITEMS], !*known, u, e);
        *known |= 2;
    }
    if (times) {
        add(&leak[REC_LEAK_OWN], held->time[e] < f->last[u], u, e);
        add(&leak[REC_LEAK_ANY], held->time[e] < f->latest, u, e);
    }
}

int rec_leak_find(struct rec_leak leak[REC_LEAK_KINDS],
                  const struct rec_data *held, const struct rec_data *seen,
                  size_t n, int times, struct rec_error *err)
{
    const struct rec_leak none = {0, 0, 0, 0};
    struct finding f = {NULL, NULL, NULL, NULL, NULL, 0};
    int rc = prepare(&f, held, err);

    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = compare(&f, &seen[i], err);
    }
    for (int k = 0; k < REC_LEAK_KINDS; k++) {
        leak[k] = none;
    }
    for (size_t u = 0; u < held->rows.rows && rc == 0; u++) {
        if (rec_csr_row_len(&held->rows, u) > 0) {
            add(&leak[REC_LEAK_USERS], !f.user_known[u], u,
                (size_t)held->rows.start[u]);
        }
        for (int64_t e = held->rows.start[u]; e < held->rows.start[u + 1];
             e++) {
            sum_event(&f, leak, times, u, (size_t)e);
        }
    }
    release(&f);
    return rc;
}
