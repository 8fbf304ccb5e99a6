/* SPDX-License-Identifier: MIT */
/* Collisions by popularity: see collisions.h. */
#include <config.h>

#include "data/collisions.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct entry { /* an id */
    uint64_t set; /* a hash of its rows */
    uint32_t events, index;
    int same;
};

struct tally { /* a row */
    uint32_t ids;
    double events;
};

static int compare_sets(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;

    return (a->set > b->set) - (a->set < b->set);
}

static int rows_of(const struct rec_scheme *s, const struct rec_dict *d,
                   uint32_t index, uint32_t row[REC_SCHEME_ROWS])
{
    size_t len;
    const char *id = rec_dict_id(d, index, &len);

    return rec_scheme_rows(s, id, len, index, row);
}

static void count_rows(const struct rec_scheme *s, const struct rec_dict *d,
                       const uint32_t *events, uint32_t n, struct entry *e,
                       struct tally *t)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row[REC_SCHEME_ROWS];
        int k = rows_of(s, d, i, row);
        struct entry fresh = {
            rec_hash_keyed(row, (size_t)k * sizeof *row, 0), events[i], i, 0};

        e[i] = fresh;
        for (int j = 0; j < k; j++) {
            t[row[j]].ids++;
            t[row[j]].events += events[i];
        }
    }
    qsort(e, n, sizeof *e, compare_sets);
    for (uint32_t i = 1; i < n; i++) {
        if (e[i].set == e[i - 1].set) {
            e[i].same = e[i - 1].same = 1;
        }
    }
}

static void add(struct rec_collision_count *c, const struct rec_scheme *s,
                const struct rec_dict *d, const struct entry *e,
                const struct tally *t)
{
    uint32_t row[REC_SCHEME_ROWS];
    int k = rows_of(s, d, e->index, row), shared = 0;
    double total = 0;

    for (int j = 0; j < k; j++) {
        shared |= t[row[j]].ids > 1;
        total += t[row[j]].events;
    }
    c->ids++;
    c->events += e->events;
    c->shared += shared;
    c->same += e->same;
    c->touched += shared ? e->events : 0;
    c->foreign += total > 0 ? 1 - (double)k * e->events / total : 0;
}

int rec_collisions_count(struct rec_collisions *out,
                         const struct rec_scheme *s, const struct rec_dict *d,
                         const uint32_t *events, uint32_t n,
                         struct rec_error *err)
{
    struct entry *e = rec_alloc(n, sizeof *e);
    struct tally *t = rec_zalloc(s->rows, sizeof *t);
    uint8_t *decile = rec_alloc(n, 1);
    int rc = e && t && decile ? 0 : rec_fail_nomem(err);

    rc = rc ? rc : rec_deciles_by_number(events, NULL, n, decile, err);
    if (rc == 0) {
        memset(out, 0, sizeof *out);
        count_rows(s, d, events, n, e, t);
        for (uint32_t i = 0; i < n; i++) {
            add(&out->at[decile[e[i].index]], s, d, &e[i], t);
            add(&out->at[REC_ALL], s, d, &e[i], t);
        }
    }
    free(e);
    free(t);
    free(decile);
    return rc;
}
