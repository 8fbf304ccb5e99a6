/* SPDX-License-Identifier: MIT */
/* Profiles of rows: see profile.h. */
#include <config.h>

#include "data/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int rec_profile_init(struct rec_profile *p, struct rec_error *err)
{
    memset(p, 0, sizeof *p);
    p->users = rec_dict_new();
    return p->users ? 0 : rec_fail_nomem(err);
}

void rec_profile_release(struct rec_profile *p)
{
    rec_dict_free(p->users);
    free(p->user_events);
    free(p->item_events);
    free(p->last_row);
    memset(p, 0, sizeof *p);
}

/* Room for the batch's users and for the items that it brought. */
static int grow(struct rec_profile *p, size_t rows, uint32_t items,
                struct rec_error *err)
{
    size_t fresh = items - p->items;

    if (rec_reserve(&p->user_events, &p->user_cap,
                    rec_dict_count(p->users) + rows, sizeof *p->user_events)
            != 0
        || rec_reserve(&p->item_events, &p->item_cap, items,
                       sizeof *p->item_events)
               != 0
        || rec_reserve(&p->last_row, &p->last_cap, items,
                       sizeof *p->last_row)
               != 0) {
        return rec_fail_nomem(err);
    }
    if (fresh > 0) {
        memset(p->item_events + p->items, 0, fresh * sizeof *p->item_events);
        memset(p->last_row + p->items, 0, fresh * sizeof *p->last_row);
    }
    p->items = items;
    return 0;
}

static int add_items(struct rec_profile *p, const struct rec_row *row,
                     const char *file, struct rec_error *err)
{
    uint32_t mark = rec_dict_count(p->users);

    for (size_t i = 0; i < row->n; i++) {
        uint32_t item = row->item[i];

        if (p->last_row[item] == mark) {
            return rec_fail(err, REC_EREPEAT,
                            "%s: damaged: user '%.*s' has an item twice",
                            file, (int)row->id_len, row->id);
        }
        p->last_row[item] = mark;
        p->item_events[item]++;
    }
    return 0;
}

static int add_weights(struct rec_profile *p, const struct rec_row *row,
                       int ranked, const char *file, struct rec_error *err)
{
    for (size_t i = 0; i < row->n; i++) {
        float w = row->weight[i];
        int first = p->events + i == 0;

        if (ranked && i > 0 && w > row->weight[i - 1]) {
            return rec_fail(err, REC_ECORRUPT,
                            "%s: damaged: the scores of user '%.*s' rise",
                            file, (int)row->id_len, row->id);
        }
        p->weight_min = first || w < p->weight_min ? w : p->weight_min;
        p->weight_max = first || w > p->weight_max ? w : p->weight_max;
        p->weight_sum += (double)w;
    }
    return 0;
}

static void add_times(struct rec_profile *p, const struct rec_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        int64_t t = row->time[i];
        int first = p->events + i == 0;

        p->time_min = first || t < p->time_min ? t : p->time_min;
        p->time_max = first || t > p->time_max ? t : p->time_max;
    }
}

static int add_user(struct rec_profile *p, const struct rec_row *row,
                    const char *file, struct rec_error *err)
{
    uint32_t count = rec_dict_count(p->users), index;
    int rc = rec_dict_add(p->users, row->id, row->id_len, &index, err);

    if (rc != 0) {
        return rc;
    }
    if (index != count) {
        return rec_fail(err, REC_EREPEAT,
                        "%s: damaged: user '%.*s' is given twice", file,
                        (int)row->id_len, row->id);
    }
    p->user_events[index] = (uint32_t)row->n;
    p->empty_users += row->n == 0;
    return 0;
}

int rec_profile_add(struct rec_profile *p, const struct rec_row_reader *r,
                    const struct rec_batch *b, struct rec_error *err)
{
    const char *file = rec_stream_name(rec_row_stream(r));
    int ranked = strcmp(rec_row_head(r)->kind, "ranking") == 0;
    int rc = grow(p, b->rows, rec_dict_count(rec_row_items(r)), err);

    for (size_t i = 0; i < b->rows && rc == 0; i++) {
        struct rec_row row = rec_batch_row(b, i);

        rc = add_user(p, &row, file, err);
        rc = rc ? rc : add_items(p, &row, file, err);
        if (rc == 0 && row.weight) {
            rc = add_weights(p, &row, ranked, file, err);
        }
        if (rc == 0 && row.time) {
            add_times(p, &row);
        }
        p->events += row.n;
    }
    return rc;
}

/* ---- counts ------------------------------------------------------------ */

static int compare_counts(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    return (a > b) - (a < b);
}

void rec_counts_sort(uint32_t *v, size_t n)
{
    if (n > 0) {
        qsort(v, n, sizeof *v, compare_counts);
    }
}

uint32_t rec_counts_quantile(const uint32_t *v, size_t n, double q)
{
    size_t rank = (size_t)ceil(q * (double)n);

    return n == 0 ? 0 : v[rank == 0 ? 0 : rank - 1];
}

double rec_counts_head(const uint32_t *v, size_t n, double top)
{
    size_t from = n - (size_t)ceil(top * (double)n);
    double sum = 0, head = 0;

    for (size_t i = 0; i < n; i++) {
        sum += (double)v[i];
        head += i >= from ? (double)v[i] : 0;
    }
    return sum > 0 ? head / sum : 0;
}
