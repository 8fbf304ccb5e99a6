/* SPDX-License-Identifier: MIT */
/* Interactions, rankings and groups: batch by batch, as a whole, with extra
   columns, and as personas. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "fuzz.h"
#include "models/persona_set.h"

/* What the header promises of a row. */
static void check_row(const struct rec_row *row, uint32_t items)
{
    fuzz_need(row->id_len >= 1 && row->id_len <= REC_MAX_ID, "length of an id",
              NULL);
    for (size_t i = 0; i < row->n; i++) {
        fuzz_need(row->item[i] < items, "an item that is none", NULL);
        fuzz_need(!row->weight || isfinite(row->weight[i]),
                  "a weight that is not finite", NULL);
    }
}

static void check_more(const struct rec_batch *b, uint32_t items)
{
    for (size_t k = 0; k < b->columns; k++) {
        for (size_t i = 0; i < b->events; i++) {
            if (b->column[k].type == REC_COLUMN_REAL) {
                fuzz_need(isfinite(((const float *)b->more[k])[i]),
                          "a column that is not finite", NULL);
            } else if (b->column[k].type == REC_COLUMN_ITEM) {
                fuzz_need(((const uint32_t *)b->more[k])[i] < items,
                          "a column of items that are none", NULL);
            }
        }
    }
}

static int64_t read_batches(const char *path)
{
    struct rec_row_reader *r;
    struct rec_batch b;
    struct rec_error err;
    int64_t events = 0;
    int rc = rec_row_reader_open(&r, path, NULL, &err);

    if (rc != 0) {
        return rc;
    }
    while ((rc = rec_row_next(r, &b, &err)) == 1) {
        uint32_t items = rec_dict_count(rec_row_items(r));

        for (size_t i = 0; i < b.rows; i++) {
            struct rec_row row = rec_batch_row(&b, i);

            check_row(&row, items);
        }
        check_more(&b, items);
        events += (int64_t)b.events;
    }
    rec_row_reader_close(r);
    return rc ? rc : events;
}

static void load_more(const char *path)
{
    static const struct rec_column want[] = {{"group", REC_COLUMN_COUNT},
                                             {"medoid", REC_COLUMN_ITEM}};
    uint32_t *more[2] = {NULL, NULL};
    struct rec_error err;
    struct rec_data d;

    if (rec_data_load_more(&d, path, NULL, want, 2, more, &err) == 0) {
        rec_data_release(&d);
        free(more[0]);
        free(more[1]);
    }
}

/* What was loaded, written again. */
static void write_again(const struct rec_data *d)
{
    struct rec_output *o = fuzz_null();
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_counts counts;
    struct rec_error err;
    int rc = rec_stream_writer_new(&w, o, &d->head, 0, &err);

    fuzz_need(rc == 0, "writer", &err);
    rc = rec_row_writer_new(&rw, w, d->head.columns, d->items, &err);
    fuzz_need(rc == 0, "row writer", &err);
    for (size_t r = 0; r < d->rows.rows; r++) {
        struct rec_row row = rec_data_row(d, r);

        check_row(&row, d->rows.cols);
        rc = rec_row_write(rw, &row, &err);
        fuzz_need(rc == 0, "what was read cannot be written", &err);
    }
    rc = rec_row_finish(rw, &counts, &err);
    fuzz_need(rc == 0, "finish", &err);
    rc = rec_stream_finish(w, &counts, d->prov, &err);
    fuzz_need(rc == 0, "end", &err);
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    rec_output_free(o);
}

void fuzz_rows(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);
    int64_t events = read_batches(path);
    struct rec_persona_set s;
    struct rec_error err;
    struct rec_data d;

    if (rec_data_load(&d, path, NULL, &err) == 0) {
        fuzz_need(events == (int64_t)rec_csr_events(&d.rows),
                  "the reader and the loader disagree", NULL);
        write_again(&d);
        rec_data_release(&d);
        load_more(path);
    }
    if (rec_data_load_groups(&d, path, &err) == 0) {
        rec_data_release(&d);
    }
    if (rec_persona_set_load(&s, path, &err) == 0) {
        rec_persona_set_release(&s);
    }
}
