/* SPDX-License-Identifier: MIT */
/* Writing rows: see rows.h for the blocks and for where a batch is cut. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/rows.h"

struct rec_row_writer {
    struct rec_stream_writer *out; /* borrowed */
    const struct rec_dict *items;  /* borrowed */
    unsigned columns;
    uint32_t *number; /* index in ITEMS -> index in the stream, or REC_NONE */
    size_t number_n, number_cap;
    struct rec_buf users;    /* the batch's ids */
    struct rec_buf new_ids;  /* item ids not yet written */
    uint32_t *len;           /* REC_BATCH_ROWS */
    uint32_t *item;
    float *weight;
    int64_t *time;
    size_t item_cap, weight_cap, time_cap;
    struct rec_column column[REC_MAX_COLUMNS]; /* extra ones */
    uint32_t *more[REC_MAX_COLUMNS];           /* 4 bytes of any type */
    size_t more_cap[REC_MAX_COLUMNS], n_columns;
    size_t rows, events; /* in the batch */
    struct rec_counts counts;
};

int rec_row_writer_new(struct rec_row_writer **out,
                       struct rec_stream_writer *w, unsigned columns,
                       const struct rec_dict *items, struct rec_error *err)
{
    struct rec_row_writer *rw = rec_zalloc(1, sizeof *rw);

    if (rw) {
        rw->out = w;
        rw->columns = columns;
        rw->items = items;
        rw->len = rec_alloc(REC_BATCH_ROWS, sizeof *rw->len);
    }
    if (!rw || !rw->len) {
        free(rw);
        return rec_fail_nomem(err);
    }
    *out = rw;
    return 0;
}

void rec_row_writer_free(struct rec_row_writer *rw)
{
    if (rw) {
        rec_buf_release(&rw->users);
        rec_buf_release(&rw->new_ids);
        free(rw->number);
        free(rw->len);
        free(rw->item);
        free(rw->weight);
        free(rw->time);
        for (size_t c = 0; c < rw->n_columns; c++) {
            free(rw->more[c]);
        }
        free(rw);
    }
}

/* ---- extra columns ---------------------------------------------------- */

static int name_is_good(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    return n > 0 && n <= REC_NAME && name[n] == '\0';
}

int rec_row_columns(struct rec_row_writer *rw, const struct rec_column *column,
                    size_t n, struct rec_error *err)
{
    if (n > REC_MAX_COLUMNS) {
        return rec_fail(err, REC_EVALUE, "more than %d extra columns",
                        REC_MAX_COLUMNS);
    }
    for (size_t c = 0; c < n; c++) {
        int bad = !name_is_good(column[c].name)
                  || (c > 0 && column[c].type < REC_COLUMN_ITEM
                      && column[c - 1].type == REC_COLUMN_ITEM);

        for (size_t k = 0; k < c; k++) {
            bad |= strcmp(column[k].name, column[c].name) == 0;
        }
        if (bad) {
            return rec_fail(err, REC_EVALUE,
                            "'%.16s' cannot be the name or place of an extra "
                            "column",
                            column[c].name);
        }
        rw->column[c] = column[c];
    }
    rw->n_columns = n;
    return 0;
}

static int write_columns(struct rec_row_writer *rw, struct rec_error *err)
{
    int rc = 0;

    for (size_t c = 0; c < rw->n_columns && rc == 0; c++) {
        const struct rec_column *col = &rw->column[c];

        rc = rec_stream_write(
            rw->out,
            col->type == REC_COLUMN_ITEM ? REC_BLOCK_ITEM_COLUMN
                                         : REC_BLOCK_COLUMN,
            col->name, col->type == REC_COLUMN_REAL ? REC_F32 : REC_U32,
            rw->more[c], rw->events * sizeof *rw->more[c], err);
    }
    return rc;
}

/* ---- batches ---------------------------------------------------------- */

static int write_text(struct rec_stream_writer *w, const char *type,
                      struct rec_buf *b, struct rec_error *err)
{
    int rc = 0;

    if (b->len > 0) {
        rc = rec_stream_write(w, type, NULL, REC_BYTES, b->data, b->len, err);
    }
    b->len = 0;
    return rc;
}

static int add_id(struct rec_buf *b, const char *id, size_t len,
                  struct rec_error *err)
{
    if (rec_buf_add(b, id, len) != 0 || rec_buf_add(b, "\n", 1) != 0) {
        return rec_fail_nomem(err);
    }
    return 0;
}

/* Close the batch: the columns, the items last. */
static int write_batch(struct rec_row_writer *rw, struct rec_error *err)
{
    struct rec_stream_writer *w = rw->out;
    size_t n = rw->events;
    int rc;

    if (rw->rows == 0) {
        return 0;
    }
    rc = write_text(w, REC_BLOCK_ITEM, &rw->new_ids, err);
    rc = rc ? rc : write_text(w, REC_BLOCK_USER, &rw->users, err);
    rc = rc ? rc : rec_stream_write(w, REC_BLOCK_LEN, NULL, REC_U32, rw->len,
                                    rw->rows * sizeof *rw->len, err);
    if (rc == 0 && rw->columns & REC_COL_WEIGHT) {
        rc = rec_stream_write(w, REC_BLOCK_WEIGHT, NULL, REC_F32, rw->weight,
                              n * sizeof *rw->weight, err);
    }
    if (rc == 0 && rw->columns & REC_COL_TIME) {
        rc = rec_stream_write(w, REC_BLOCK_TIME, NULL, REC_I64, rw->time,
                              n * sizeof *rw->time, err);
    }
    rc = rc ? rc : write_columns(rw, err);
    rc = rc ? rc : rec_stream_write(w, REC_BLOCK_ROWS, NULL, REC_U32,
                                    rw->item, n * sizeof *rw->item, err);
    rw->rows = rw->events = 0;
    return rc;
}

/* The stream's number of item INDEX, its id put on the way at first use. */
static int number_item(struct rec_row_writer *rw, uint32_t index,
                       uint32_t *out, struct rec_error *err)
{
    const char *id;
    size_t len, have = rw->number_n;
    int rc;

    if (index >= have) {
        size_t count = rec_dict_count(rw->items);

        if (rec_reserve(&rw->number, &rw->number_cap, count,
                        sizeof *rw->number)
            != 0) {
            return rec_fail_nomem(err);
        }
        memset(rw->number + have, 0xff, (count - have) * sizeof *rw->number);
        rw->number_n = count;
    }
    if (rw->number[index] == REC_NONE) {
        id = rec_dict_id(rw->items, index, &len);
        rc = add_id(&rw->new_ids, id, len, err);
        if (rc == 0 && rw->new_ids.len >= REC_BATCH_TEXT) {
            rc = write_text(rw->out, REC_BLOCK_ITEM, &rw->new_ids, err);
        }
        if (rc != 0) {
            return rc;
        }
        rw->number[index] = (uint32_t)rw->counts.items++;
    }
    *out = rw->number[index];
    return 0;
}

static int reserve_events(struct rec_row_writer *rw, size_t n,
                          struct rec_error *err)
{
    if (rec_reserve(&rw->item, &rw->item_cap, n, sizeof *rw->item) != 0
        || (rw->columns & REC_COL_WEIGHT
            && rec_reserve(&rw->weight, &rw->weight_cap, n,
                           sizeof *rw->weight)
                   != 0)
        || (rw->columns & REC_COL_TIME
            && rec_reserve(&rw->time, &rw->time_cap, n, sizeof *rw->time)
                   != 0)) {
        return rec_fail_nomem(err);
    }
    for (size_t c = 0; c < rw->n_columns; c++) {
        if (rec_reserve(&rw->more[c], &rw->more_cap[c], n,
                        sizeof *rw->more[c])
            != 0) {
            return rec_fail_nomem(err);
        }
    }
    return 0;
}

/* The extra columns of ROW into the batch from place AT. */
static int add_columns(struct rec_row_writer *rw, size_t at,
                       const struct rec_row *row, const void *const *more,
                       struct rec_error *err)
{
    int rc = 0;

    for (size_t c = 0; c < rw->n_columns; c++) {
        const float *real = more[c];
        const uint32_t *count = more[c];

        for (size_t i = 0; i < row->n && rc == 0; i++) {
            if (rw->column[c].type == REC_COLUMN_ITEM) {
                rc = number_item(rw, count[i], &rw->more[c][at + i], err);
            } else if (rw->column[c].type == REC_COLUMN_REAL
                       && !isfinite(real[i])) {
                rc = rec_fail(err, REC_ENUMERIC,
                              "a %s of user '%.*s' is not a finite number",
                              rw->column[c].name, (int)row->id_len, row->id);
            } else {
                memcpy(&rw->more[c][at + i], &count[i], sizeof *count);
            }
        }
    }
    return rc;
}

/* The weights of ROW, or ones, into the batch from place AT. */
static int add_weights(struct rec_row_writer *rw, size_t at,
                       const struct rec_row *row, struct rec_error *err)
{
    for (size_t i = 0; i < row->n; i++) {
        float x = row->weight ? row->weight[i] : 1.0f;

        if (!isfinite(x)) {
            return rec_fail(err, REC_ENUMERIC,
                            "a weight of user '%.*s' is not a finite number",
                            (int)row->id_len, row->id);
        }
        rw->weight[at + i] = x;
    }
    return 0;
}

int rec_row_write(struct rec_row_writer *rw, const struct rec_row *row,
                  struct rec_error *err)
{
    return rec_row_write_more(rw, row, NULL, err);
}

int rec_row_write_more(struct rec_row_writer *rw, const struct rec_row *row,
                       const void *const *more, struct rec_error *err)
{
    size_t at, n = row->n;
    int rc = 0;

    if (n > REC_MAX_ROW) {
        return rec_fail(err, REC_ELIMIT,
                        "user '%.*s' has more than 16777216 items",
                        (int)row->id_len, row->id);
    }
    if (rw->events + n > REC_BATCH_EVENTS) {
        rc = write_batch(rw, err);
    }
    at = rw->events;
    rc = rc ? rc : reserve_events(rw, at + n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = number_item(rw, row->item[i], &rw->item[at + i], err);
    }
    rc = rc ? rc : add_id(&rw->users, row->id, row->id_len, err);
    if (rc == 0 && rw->columns & REC_COL_WEIGHT) {
        rc = add_weights(rw, at, row, err);
    }
    rc = rc || n == 0 ? rc : add_columns(rw, at, row, more, err);
    if (rc != 0) {
        return rc;
    }
    if (rw->columns & REC_COL_TIME && n > 0) {
        memcpy(rw->time + at, row->time, n * sizeof *row->time);
    }
    rw->len[rw->rows++] = (uint32_t)n;
    rw->events += n;
    rw->counts.rows++;
    rw->counts.events += n;
    if (rw->rows == REC_BATCH_ROWS || rw->users.len >= REC_BATCH_TEXT) {
        rc = write_batch(rw, err);
    }
    return rc;
}

int rec_row_finish(struct rec_row_writer *rw, struct rec_counts *counts,
                   struct rec_error *err)
{
    int rc = write_batch(rw, err);

    if (rc == 0) {
        *counts = rw->counts;
    }
    return rc;
}

int rec_dict_write(const struct rec_dict *d, struct rec_stream_writer *w,
                   struct rec_error *err)
{
    struct rec_buf text = {NULL, 0, 0};
    uint32_t n = rec_dict_count(d);
    int rc = 0;

    for (uint32_t i = 0; i < n && rc == 0; i++) {
        size_t len;
        const char *id = rec_dict_id(d, i, &len);

        rc = add_id(&text, id, len, err);
        if (rc == 0 && text.len >= REC_BATCH_TEXT) {
            rc = write_text(w, REC_BLOCK_ITEM, &text, err);
        }
    }
    rc = rc ? rc : write_text(w, REC_BLOCK_ITEM, &text, err);
    rec_buf_release(&text);
    return rc;
}
