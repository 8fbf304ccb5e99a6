/* SPDX-License-Identifier: MIT */
/* Reading rows: every count and index is checked before anyone uses it. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/rows.h"

struct rec_row_reader {
    struct rec_stream_reader *in;
    struct rec_dict *items;
    void *text, *len, *weight, *time, *item; /* taken from the stream */
    uint32_t *id_at, *start;
    size_t id_at_cap, start_cap;
    size_t rows, events;
    int open; /* a batch has begun and is not closed */
    struct rec_column column[REC_MAX_COLUMNS]; /* extra ones */
    void *more[REC_MAX_COLUMNS];               /* taken from the stream */
    size_t n_columns;                          /* of this batch so far */
    size_t want_columns; /* of every batch, once one is closed */
    int closed;          /* batches, 1: one at least */
    struct rec_counts counts;
};

static int corrupt(const struct rec_row_reader *r, const struct rec_block *b,
                   struct rec_error *err, const char *why)
{
    return rec_stream_fail(rec_stream_name(r->in), b, REC_ECORRUPT, err,
                           "damaged: %s", why);
}

/* The end (of the LF) of the id at AT, or NULL if the text is not that of
   ids. */
static const char *id_end(const char *at, const char *end)
{
    size_t left = (size_t)(end - at);
    const char *nl = memchr(at, '\n', left < REC_MAX_ID + 1 ? left
                                                            : REC_MAX_ID + 1);

    if (!nl || rec_id_check(at, (size_t)(nl - at))) {
        return NULL;
    }
    return nl + 1;
}

int rec_dict_read(struct rec_dict *d, const char *file,
                  const struct rec_block *b, struct rec_error *err)
{
    const char *at = b->data, *end = at + b->nbytes, *next;

    if (b->dtype != REC_BYTES) {
        return rec_stream_fail(file, b, REC_ECORRUPT, err,
                               "damaged: not a list of ids");
    }
    for (; at < end; at = next) {
        uint32_t count = rec_dict_count(d), index;
        int rc;

        next = id_end(at, end);
        if (!next) {
            return rec_stream_fail(file, b, REC_ECORRUPT, err,
                                   "damaged: not a list of ids");
        }
        rc = rec_dict_add(d, at, (size_t)(next - at - 1), &index, err);
        if (rc != 0) {
            return rc;
        }
        if (index != count) {
            return rec_stream_fail(file, b, REC_ECORRUPT, err,
                                   "damaged: an id is given twice");
        }
    }
    return 0;
}

static int begin_batch(struct rec_row_reader *r, const struct rec_block *b,
                       struct rec_error *err)
{
    const char *text = b->data, *at = text, *end = text + b->nbytes;

    if (b->dtype != REC_BYTES) {
        return corrupt(r, b, err, "not a list of ids");
    }
    r->rows = 0;
    for (;;) {
        if (rec_reserve(&r->id_at, &r->id_at_cap, r->rows + 1,
                        sizeof *r->id_at)
            != 0) {
            return rec_fail_nomem(err);
        }
        r->id_at[r->rows] = (uint32_t)(at - text);
        if (at == end) {
            break;
        }
        at = id_end(at, end);
        if (!at) {
            return corrupt(r, b, err, "not a list of ids");
        }
        r->rows++;
    }
    if (r->rows == 0) {
        return corrupt(r, b, err, "no rows");
    }
    free(r->text);
    r->text = rec_stream_take(r->in);
    r->open = 1;
    return 0;
}

static int take_lengths(struct rec_row_reader *r, const struct rec_block *b,
                        struct rec_error *err)
{
    const uint32_t *len = b->data;
    uint64_t sum = 0;

    if (b->dtype != REC_U32 || b->nbytes != r->rows * sizeof *len) {
        return corrupt(r, b, err, "row lengths do not fit the rows");
    }
    if (rec_reserve(&r->start, &r->start_cap, r->rows + 1, sizeof *r->start)
        != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < r->rows; i++) {
        r->start[i] = (uint32_t)sum;
        sum += len[i];
        if (len[i] > REC_MAX_ROW || sum > REC_MAX_BLOCK / 4) {
            return corrupt(r, b, err, "a row is too long");
        }
    }
    r->start[r->rows] = (uint32_t)sum;
    r->events = (size_t)sum;
    free(r->len);
    r->len = rec_stream_take(r->in);
    return 0;
}

/* A column of the events: right type and length, taken into *P. */
static int take_column(struct rec_row_reader *r, const struct rec_block *b,
                       enum rec_dtype dtype, void **p, struct rec_error *err)
{
    if (b->dtype != (uint32_t)dtype || *p || !r->len
        || b->nbytes != r->events * rec_dtype_size(dtype)) {
        return corrupt(r, b, err, "the column does not fit the rows");
    }
    *p = rec_stream_take(r->in);
    return 0;
}

static int take_weights(struct rec_row_reader *r, const struct rec_block *b,
                        struct rec_error *err)
{
    int rc = take_column(r, b, REC_F32, &r->weight, err);
    const float *w = r->weight;

    for (size_t i = 0; i < r->events && rc == 0; i++) {
        if (!isfinite(w[i])) {
            rc = corrupt(r, b, err, "a weight is not a finite number");
        }
    }
    return rc;
}

/* ---- extra columns ---------------------------------------------------- */

static int check_values(struct rec_row_reader *r, const struct rec_block *b,
                        const struct rec_column *col, const void *value,
                        struct rec_error *err)
{
    const uint32_t *count = value;
    const float *real = value;

    for (size_t i = 0; i < r->events; i++) {
        if (col->type == REC_COLUMN_REAL ? !isfinite(real[i])
            : col->type == REC_COLUMN_ITEM
                ? count[i] >= rec_dict_count(r->items)
                : 0) {
            return corrupt(r, b, err,
                           "a value of the column is none of its type");
        }
    }
    return 0;
}

/* Batches have the same extra columns in the same order; a column of the
   first batch is new. */
static int take_extra(struct rec_row_reader *r, const struct rec_block *b,
                      struct rec_error *err)
{
    int items = strcmp(b->type, REC_BLOCK_ITEM_COLUMN) == 0;
    size_t c = r->n_columns;
    struct rec_column *col, want;
    int rc;

    if (c == (r->closed ? r->want_columns : REC_MAX_COLUMNS) || !r->open
        || !*b->name || (b->dtype != REC_F32 && b->dtype != REC_U32)
        || (items && b->dtype != REC_U32)) {
        return corrupt(r, b, err, "an extra column where none belongs");
    }
    memset(&want, 0, sizeof want);
    memcpy(want.name, b->name, sizeof want.name);
    want.type = items                  ? REC_COLUMN_ITEM
                : b->dtype == REC_F32 ? REC_COLUMN_REAL
                                      : REC_COLUMN_COUNT;
    col = &r->column[c];
    if (!r->closed) {
        *col = want;
    } else if (strcmp(col->name, want.name) != 0 || col->type != want.type) {
        return corrupt(r, b, err, "extra columns differ between batches");
    }
    rc = take_column(r, b, (enum rec_dtype)b->dtype, &r->more[c], err);
    if (rc == 0) {
        r->n_columns++;
        rc = check_values(r, b, col, r->more[c], err);
    }
    return rc;
}

static int close_batch(struct rec_row_reader *r, const struct rec_block *b,
                       struct rec_error *err)
{
    unsigned columns = rec_stream_head(r->in)->columns;
    uint32_t count = rec_dict_count(r->items), max = 0;
    int rc = take_column(r, b, REC_U32, &r->item, err);
    const uint32_t *item = r->item;

    if (rc != 0) {
        return rc;
    }
    for (size_t i = 0; i < r->events; i++) {
        max = item[i] > max ? item[i] : max;
    }
    if (r->events > 0 && max >= count) {
        return corrupt(r, b, err, "an item is not in the dictionary");
    }
    if (!(columns & REC_COL_WEIGHT) != !r->weight
        || !(columns & REC_COL_TIME) != !r->time) {
        return corrupt(r, b, err, "columns differ from those of the head");
    }
    if (r->closed && r->n_columns != r->want_columns) {
        return corrupt(r, b, err, "extra columns differ between batches");
    }
    r->want_columns = r->n_columns;
    r->closed = 1;
    r->open = 0;
    r->counts.rows += r->rows;
    r->counts.events += r->events;
    return 0;
}

static void drop_batch(struct rec_row_reader *r)
{
    free(r->len);
    free(r->weight);
    free(r->time);
    free(r->item);
    r->len = r->weight = r->time = r->item = NULL;
    for (size_t c = 0; c < r->n_columns; c++) {
        free(r->more[c]);
        r->more[c] = NULL;
    }
    r->n_columns = 0;
}

static int take_block(struct rec_row_reader *r, const struct rec_block *b,
                      struct rec_error *err)
{
    int column = b->type[0] == 'R';

    if (strcmp(b->type, REC_BLOCK_COLUMN) == 0
        || strcmp(b->type, REC_BLOCK_ITEM_COLUMN) == 0) {
        return take_extra(r, b, err);
    }
    if (b->type[0] >= 'a') {
        return 0; /* may be skipped */
    }
    if (*b->name) {
        return corrupt(r, b, err, "a name where none belongs");
    }
    if (strcmp(b->type, REC_BLOCK_USER) == 0 && !r->open) {
        return begin_batch(r, b, err);
    }
    if (strcmp(b->type, REC_BLOCK_ITEM) == 0 && !r->open) {
        return rec_dict_read(r->items, rec_stream_name(r->in), b, err);
    }
    if (column && r->open) {
        if (strcmp(b->type, REC_BLOCK_LEN) == 0 && !r->len) {
            return take_lengths(r, b, err);
        }
        if (strcmp(b->type, REC_BLOCK_WEIGHT) == 0) {
            return take_weights(r, b, err);
        }
        if (strcmp(b->type, REC_BLOCK_TIME) == 0) {
            return take_column(r, b, REC_I64, &r->time, err);
        }
        if (strcmp(b->type, REC_BLOCK_ROWS) == 0) {
            return close_batch(r, b, err);
        }
    }
    return corrupt(r, b, err, "this block does not belong here");
}

static int check_end(struct rec_row_reader *r, struct rec_error *err)
{
    const struct rec_counts *c = rec_stream_counts(r->in);

    if (r->open) {
        return rec_fail(err, REC_ECORRUPT, "%s: damaged: the last batch is "
                                           "not complete",
                        rec_stream_name(r->in));
    }
    if (c->rows != r->counts.rows || c->events != r->counts.events
        || c->items != rec_dict_count(r->items)) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: the end block counts %llu rows, %llu "
                        "events, %llu items; found %llu, %llu, %llu",
                        rec_stream_name(r->in), (unsigned long long)c->rows,
                        (unsigned long long)c->events,
                        (unsigned long long)c->items,
                        (unsigned long long)r->counts.rows,
                        (unsigned long long)r->counts.events,
                        (unsigned long long)rec_dict_count(r->items));
    }
    return 0;
}

int rec_row_next(struct rec_row_reader *r, struct rec_batch *batch,
                 struct rec_error *err)
{
    struct rec_block b;

    drop_batch(r);
    do {
        int rc = rec_stream_next(r->in, &b, err);

        if (rc == 0) {
            rc = check_end(r, err);
        } else if (rc == 1) {
            rc = take_block(r, &b, err);
            rc = rc ? rc : 1;
        }
        if (rc <= 0) {
            return rc;
        }
    } while (!r->item);
    batch->rows = r->rows;
    batch->events = r->events;
    batch->text = r->text;
    batch->id_at = r->id_at;
    batch->start = r->start;
    batch->item = r->item;
    batch->weight = r->weight;
    batch->time = r->time;
    batch->columns = r->n_columns;
    batch->column = r->column;
    batch->more = (const void *const *)r->more;
    return 1;
}

struct rec_row rec_batch_row(const struct rec_batch *b, size_t r)
{
    uint32_t at = b->start[r];
    struct rec_row row = {b->text + b->id_at[r],
                          b->id_at[r + 1] - b->id_at[r] - 1,
                          b->start[r + 1] - at,
                          b->item + at,
                          b->weight ? b->weight + at : NULL,
                          b->time ? b->time + at : NULL};

    return row;
}

static int check_kind(const struct rec_stream_reader *in, const char *kind,
                      struct rec_error *err)
{
    const char *have = rec_stream_head(in)->kind;

    if (kind ? strcmp(have, kind) != 0
             : strcmp(have, "interactions") != 0
                   && strcmp(have, "ranking") != 0) {
        return rec_fail(err, REC_EFORMAT, "%s: holds '%s', not %s",
                        rec_stream_name(in), have,
                        kind ? kind : "interactions or a ranking");
    }
    return 0;
}

int rec_row_reader_attach(struct rec_row_reader **out,
                          struct rec_stream_reader *in, const char *kind,
                          struct rec_error *err)
{
    struct rec_row_reader *r;
    int rc = check_kind(in, kind, err);

    if (rc != 0) {
        return rc;
    }
    r = rec_zalloc(1, sizeof *r);
    if (r) {
        r->items = rec_dict_new();
    }
    if (!r || !r->items) {
        free(r);
        return rec_fail_nomem(err);
    }
    r->in = in;
    *out = r;
    return 0;
}

int rec_row_reader_open(struct rec_row_reader **out, const char *path,
                        const char *kind, struct rec_error *err)
{
    struct rec_stream_reader *in;
    int rc = rec_stream_reader_open(&in, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_row_reader_attach(out, in, kind, err);
    if (rc != 0) {
        rec_stream_reader_close(in);
    }
    return rc;
}

void rec_row_reader_close(struct rec_row_reader *r)
{
    if (r) {
        drop_batch(r);
        rec_stream_reader_close(r->in);
        rec_dict_free(r->items);
        free(r->text);
        free(r->id_at);
        free(r->start);
        free(r);
    }
}

const struct rec_dict *rec_row_items(const struct rec_row_reader *r)
{
    return r->items;
}

struct rec_dict *rec_row_take_items(struct rec_row_reader *r)
{
    struct rec_dict *d = r->items;

    r->items = NULL;
    return d;
}

const struct rec_head *rec_row_head(const struct rec_row_reader *r)
{
    return rec_stream_head(r->in);
}

const struct rec_stream_reader *rec_row_stream(const struct rec_row_reader *r)
{
    return r->in;
}
