/* SPDX-License-Identifier: MIT */
/* Comparing two states: see changes.h. */
#include <config.h>

#include "data/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void rec_changes_release(struct rec_changes *c)
{
    rec_dict_free(c->items);
    rec_csr_release(&c->before);
    rec_csr_release(&c->after);
    rec_userset_release(&c->old);
    rec_userset_release(&c->users);
    memset(c, 0, sizeof *c);
}

/* ---- which users are the same ------------------------------------------ */

struct comparison {
    const struct rec_csr *old, *new_rows;
    int weights;
    uint32_t *item; /* of NEW_ROWS: its index in OLD, or REC_NONE */
    int64_t *place; /* of each item of OLD: its event in the row at hand; less
                       than the row's start if it is not there */
    uint8_t *old_same, *new_same;
};

static float weight_at(const struct rec_csr *m, int64_t e)
{
    return m->weight ? m->weight[e] : 1;
}

/* Is row U of OLD row V of NEW_ROWS? An event that has found its like is
   taken away, so that a repeated item does not find it again. */
static int same_row(const struct comparison *c, uint32_t u, uint32_t v)
{
    const struct rec_csr *old = c->old, *new_rows = c->new_rows;
    int64_t from = old->start[u];

    if (rec_csr_row_len(old, u) != rec_csr_row_len(new_rows, v)) {
        return 0;
    }
    for (int64_t e = from; e < old->start[u + 1]; e++) {
        c->place[old->item[e]] = e;
    }
    for (int64_t e = new_rows->start[v]; e < new_rows->start[v + 1]; e++) {
        uint32_t item = c->item[new_rows->item[e]];
        int64_t at = item == REC_NONE ? -1 : c->place[item];

        if (at < from
            || (c->weights
                && weight_at(old, at) != weight_at(new_rows, e))) {
            return 0;
        }
        c->place[item] = -1;
    }
    return 1;
}

static int begin_comparison(struct comparison *c, const struct rec_data *old,
                            const struct rec_data *new_data,
                            struct rec_error *err)
{
    c->old = &old->rows;
    c->new_rows = &new_data->rows;
    c->item = rec_dict_map(new_data->items, old->items);
    c->place = rec_alloc(old->rows.cols, sizeof *c->place);
    c->old_same = rec_zalloc(old->rows.rows, 1);
    c->new_same = rec_zalloc(new_data->rows.rows, 1);
    if (!c->item || !c->place || !c->old_same || !c->new_same) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < old->rows.cols; i++) {
        c->place[i] = -1;
    }
    return 0;
}

static void end_comparison(struct comparison *c)
{
    free(c->item);
    free(c->place);
    free(c->old_same);
    free(c->new_same);
}

static void compare_rows(struct comparison *c, const struct rec_data *old,
                         const struct rec_data *new_data)
{
    for (uint32_t u = 0; u < old->rows.rows; u++) {
        size_t len;
        const char *id = rec_dict_id(old->users, u, &len);
        uint32_t v = rec_dict_find(new_data->users, id, len);

        if (v != REC_NONE && same_row(c, u, v)) {
            c->old_same[u] = c->new_same[v] = 1;
        }
    }
}

/* ---- the others -------------------------------------------------------- */

static int alloc_rows(struct rec_csr *out, const struct rec_csr *m,
                      const uint8_t *same, int weights, struct rec_error *err)
{
    size_t rows = 0, events = 0;

    for (size_t r = 0; r < m->rows; r++) {
        rows += !same[r];
        events += same[r] ? 0 : rec_csr_row_len(m, r);
    }
    out->start = rec_zalloc(rows + 1, sizeof *out->start);
    out->item = rec_alloc(events, sizeof *out->item);
    out->weight = weights ? rec_alloc(events, sizeof *out->weight) : NULL;
    return out->start && out->item && (out->weight || !weights)
               ? 0
               : rec_fail_nomem(err);
}

/* The rows of D that are not the SAME, their items added to ITEMS. */
static int take_rows(struct rec_csr *out, const struct rec_data *d,
                     const uint8_t *same, int weights, struct rec_dict *items,
                     struct rec_error *err)
{
    const struct rec_csr *m = &d->rows;
    int64_t at = 0;
    int rc = alloc_rows(out, m, same, weights, err);

    for (size_t r = 0; r < m->rows && rc == 0; r++) {
        if (same[r]) {
            continue;
        }
        for (int64_t e = m->start[r]; e < m->start[r + 1] && rc == 0; e++) {
            size_t len;
            const char *id = rec_dict_id(d->items, m->item[e], &len);

            if (weights) {
                out->weight[at] = weight_at(m, e);
            }
            rc = rec_dict_add(items, id, len, &out->item[at++], err);
        }
        out->start[++out->rows] = at;
    }
    return rc;
}

int rec_changes_make(struct rec_changes *out, const struct rec_data *old,
                     const struct rec_data *new_data, int weights,
                     struct rec_error *err)
{
    struct comparison c = {NULL, NULL, weights, NULL, NULL, NULL, NULL};
    struct rec_changes d;
    int rc = begin_comparison(&c, old, new_data, err);

    memset(&d, 0, sizeof d);
    if (rc == 0) {
        compare_rows(&c, old, new_data);
        d.items = rec_dict_new();
        rc = d.items ? 0 : rec_fail_nomem(err);
    }
    rc = rc ? rc
            : take_rows(&d.before, old, c.old_same, weights, d.items, err);
    rc = rc ? rc
            : take_rows(&d.after, new_data, c.new_same, weights, d.items,
                        err);
    rc = rc ? rc : rec_userset_make(&d.old, old->users, c.old_same, err);
    rc = rc ? rc
            : rec_userset_make(&d.users, new_data->users, c.new_same, err);
    end_comparison(&c);
    if (rc != 0) {
        rec_changes_release(&d);
        return rc;
    }
    d.before.cols = d.after.cols = rec_dict_count(d.items);
    *out = d;
    return 0;
}
