/* SPDX-License-Identifier: MIT */
/* A whole interactions stream in memory: see dataset.h. */
#include <config.h>

#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { AHEAD = 64 };

struct room { /* capacities of the arrays while they grow */
    size_t start, item, weight, time;
};

/* Extra columns that are kept. */
struct extra {
    const struct rec_column *want;
    size_t n;
    uint32_t *value[REC_MAX_COLUMNS];
    size_t cap[REC_MAX_COLUMNS];
};

/* Bring the places of the batch's users in the dictionary into the cache, so
   that adding them waits for memory once, not once for each. */
static void prefetch_users(const struct rec_data *d,
                           const struct rec_batch *b, size_t from, size_t n)
{
    for (size_t r = from; r < from + n && r < b->rows; r++) {
        struct rec_row row = rec_batch_row(b, r);
        struct rec_key key = rec_key_make(row.id, row.id_len);

        rec_dict_prefetch(d->users, &key);
    }
}

static int add_users(struct rec_data *d, const struct rec_batch *b,
                     const char *file, struct rec_error *err)
{
    for (size_t r = 0; r < b->rows; r++) {
        struct rec_row row = rec_batch_row(b, r);
        uint32_t count = rec_dict_count(d->users), index;
        int rc;

        if (r % AHEAD == 0) {
            prefetch_users(d, b, r, AHEAD);
        }
        rc = rec_dict_add(d->users, row.id, row.id_len, &index, err);
        if (rc != 0) {
            return rc;
        }
        if (index != count) {
            return rec_fail(err, REC_EREPEAT,
                            "%s: user '%.*s' is given twice", file,
                            (int)row.id_len, row.id);
        }
    }
    return 0;
}

static int append(struct rec_data *d, struct room *room,
                  const struct rec_batch *b, struct rec_error *err)
{
    struct rec_csr *m = &d->rows;
    size_t at = rec_csr_events(m), n = b->events;

    if (rec_reserve(&m->start, &room->start, m->rows + b->rows + 1,
                    sizeof *m->start)
            != 0
        || rec_reserve(&m->item, &room->item, at + n + 1, sizeof *m->item) != 0
        || (b->weight
            && rec_reserve(&m->weight, &room->weight, at + n + 1,
                           sizeof *m->weight)
                   != 0)
        || (b->time
            && rec_reserve(&m->time, &room->time, at + n + 1,
                           sizeof *m->time)
                   != 0)) {
        return rec_fail_nomem(err);
    }
    for (size_t r = 0; r <= b->rows; r++) {
        m->start[m->rows + r] = (int64_t)(at + b->start[r]);
    }
    if (n > 0) { /* the arrays may not be there yet */
        memcpy(m->item + at, b->item, n * sizeof *m->item);
    }
    if (b->weight && n > 0) {
        memcpy(m->weight + at, b->weight, n * sizeof *m->weight);
    }
    if (b->time && n > 0) {
        memcpy(m->time + at, b->time, n * sizeof *m->time);
    }
    m->rows += b->rows;
    return 0;
}

/* The extra columns of B, whose first event is event AT of all. */
static int append_extra(struct extra *x, const struct rec_batch *b, size_t at,
                        const char *file, struct rec_error *err)
{
    for (size_t k = 0; k < x->n; k++) {
        size_t c = 0;

        while (c < b->columns
               && (strcmp(b->column[c].name, x->want[k].name) != 0
                   || b->column[c].type != x->want[k].type)) {
            c++;
        }
        if (c == b->columns) {
            return rec_fail(err, REC_EFORMAT,
                            "%s: the rows have no column '%s'", file,
                            x->want[k].name);
        }
        if (rec_reserve(&x->value[k], &x->cap[k], at + b->events + 1,
                        sizeof *x->value[k])
            != 0) {
            return rec_fail_nomem(err);
        }
        if (b->events > 0) {
            memcpy(x->value[k] + at, b->more[c],
                   b->events * sizeof *x->value[k]);
        }
    }
    return 0;
}

/* Arrays are there, and not NULL, however few rows come. */
static int append_nothing(struct rec_data *d, struct room *room,
                          unsigned columns, struct rec_error *err)
{
    static const uint32_t no_item[1];
    static const float no_weight[1];
    static const int64_t no_time[1];
    struct rec_batch none = {0};

    none.start = none.item = no_item;
    none.weight = columns & REC_COL_WEIGHT ? no_weight : NULL;
    none.time = columns & REC_COL_TIME ? no_time : NULL;
    return append(d, room, &none, err);
}

static int finish(struct rec_data *d, struct rec_row_reader *r,
                  struct rec_error *err)
{
    const struct rec_stream_reader *s = rec_row_stream(r);

    d->head = *rec_row_head(r);
    memcpy(d->digest, rec_stream_digest(s), sizeof d->digest);
    d->prov = strdup(rec_stream_prov(s));
    if (!d->prov) {
        return rec_fail_nomem(err);
    }
    d->items = rec_row_take_items(r);
    d->rows.cols = rec_dict_count(d->items);
    return 0;
}

static int read_all(struct rec_data *out, struct rec_row_reader *r,
                    struct extra *extra, struct rec_error *err)
{
    struct rec_data d = {0};
    struct room room = {0, 0, 0, 0};
    struct rec_batch b;
    int rc;

    d.users = rec_dict_new();
    rc = d.users ? append_nothing(&d, &room, rec_row_head(r)->columns, err)
                 : rec_fail_nomem(err);
    while (rc == 0 && (rc = rec_row_next(r, &b, err)) == 1) {
        const char *file = rec_stream_name(rec_row_stream(r));
        size_t at = rec_csr_events(&d.rows);

        rc = add_users(&d, &b, file, err);
        rc = rc ? rc : append_extra(extra, &b, at, file, err);
        rc = rc ? rc : append(&d, &room, &b, err);
    }
    rc = rc ? rc : finish(&d, r, err);
    if (rc != 0) {
        rec_data_release(&d);
        return rc;
    }
    *out = d;
    return 0;
}

int rec_data_read(struct rec_data *out, struct rec_row_reader *r,
                  struct rec_error *err)
{
    struct extra none = {NULL, 0, {NULL}, {0}};

    return read_all(out, r, &none, err);
}

int rec_data_load(struct rec_data *out, const char *path, const char *kind,
                  struct rec_error *err)
{
    struct rec_row_reader *r;
    int rc = rec_row_reader_open(&r, path, kind, err);

    if (rc == 0) {
        rc = rec_data_read(out, r, err);
        rec_row_reader_close(r);
    }
    return rc;
}

int rec_data_load_groups(struct rec_data *out, const char *path,
                         struct rec_error *err)
{
    struct rec_stream_reader *in;
    struct rec_row_reader *r;
    const char *kind = "interactions";
    int rc = rec_stream_reader_open(&in, path, err);

    if (rc != 0) {
        return rc;
    }
    if (strcmp(rec_stream_head(in)->kind, "groups") == 0) {
        kind = "groups";
    }
    rc = rec_row_reader_attach(&r, in, kind, err);
    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    rc = rec_data_read(out, r, err);
    rec_row_reader_close(r);
    return rc;
}

int rec_data_load_more(struct rec_data *out, const char *path,
                       const char *kind, const struct rec_column *want,
                       size_t n, uint32_t **more, struct rec_error *err)
{
    struct extra extra = {want, n, {NULL}, {0}};
    struct rec_row_reader *r;
    int rc = 0;

    for (size_t k = 0; k < n && rc == 0; k++) { /* also without any rows */
        rc = rec_reserve(&extra.value[k], &extra.cap[k], 1, sizeof **more);
        rc = rc ? rec_fail_nomem(err) : 0;
    }
    rc = rc ? rc : rec_row_reader_open(&r, path, kind, err);
    if (rc == 0) {
        rc = read_all(out, r, &extra, err);
        rec_row_reader_close(r);
    }
    for (size_t k = 0; k < n; k++) {
        if (rc != 0) {
            free(extra.value[k]);
        }
        more[k] = rc ? NULL : extra.value[k];
    }
    return rc;
}

void rec_data_release(struct rec_data *d)
{
    rec_dict_free(d->users);
    rec_dict_free(d->items);
    rec_csr_release(&d->rows);
    free(d->prov);
    memset(d, 0, sizeof *d);
}

struct rec_row rec_data_row(const struct rec_data *d, size_t r)
{
    const struct rec_csr *m = &d->rows;
    size_t at = (size_t)m->start[r];
    struct rec_row row = {NULL, 0, rec_csr_row_len(m, r), m->item + at,
                          m->weight ? m->weight + at : NULL,
                          m->time ? m->time + at : NULL};

    row.id = rec_dict_id(d->users, (uint32_t)r, &row.id_len);
    return row;
}

int rec_data_check_once(const struct rec_data *d, const char *file,
                        const char *user, const char *item,
                        struct rec_error *err)
{
    /* last[i]: 1 + the row that had item i most recently */
    size_t *last = rec_zalloc(d->rows.cols, sizeof *last);
    int rc = last ? 0 : rec_fail_nomem(err);

    for (size_t u = 0; u < d->rows.rows && rc == 0; u++) {
        struct rec_row row = rec_data_row(d, u);

        for (size_t i = 0; i < row.n && rc == 0; i++) {
            if (last[row.item[i]] == u + 1) {
                size_t len;
                const char *id = rec_dict_id(d->items, row.item[i], &len);

                rc = rec_fail(err, REC_EREPEAT,
                              "%s: %s '%.*s' has the %s '%.*s' twice", file,
                              user, (int)row.id_len, row.id, item, (int)len,
                              id);
            }
            last[row.item[i]] = u + 1;
        }
    }
    free(last);
    return rc;
}
