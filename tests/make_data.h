/* SPDX-License-Identifier: MIT */
/* For the unit tests: small data from text and back, so that a test reads as
   what goes in and what comes out.

     "u1 a b c; u2 a"          rows divided by "; ", items by blanks
     "u1 a=0.5@120 b=2@100"    with weights after =, times after @ (in every
                               event, or in none) */
#ifndef REC_TESTS_MAKE_DATA_H
#define REC_TESTS_MAKE_DATA_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/dataset.h"

/* End the rows, put the file in place, and free all three. */
static inline void end_rows(struct rec_row_writer *rw,
                            struct rec_stream_writer *w, struct rec_output *o)
{
    struct rec_counts counts;
    struct rec_error err;

    ck_assert_int_eq(rec_row_finish(rw, &counts, &err), 0);
    ck_assert_int_eq(rec_stream_finish(w, &counts, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    rec_output_free(o);
}

/* Write the rows of TEXT as a stream of KIND to the file PATH. */
static inline void make_stream(const char *path, const char *kind,
                               const char *text)
{
    struct rec_head head = {"", "", 0};
    struct rec_dict *items = rec_dict_new();
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_output *o;
    struct rec_error err;
    char *copy = strdup(text), *row, *rest = copy;

    ck_assert_ptr_nonnull(items);
    ck_assert_ptr_nonnull(copy);
    snprintf(head.kind, sizeof head.kind, "%s", kind);
    head.columns = (strchr(text, '=') ? REC_COL_WEIGHT : 0u)
                   | (strchr(text, '@') ? REC_COL_TIME : 0u);
    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    ck_assert_int_eq(rec_row_writer_new(&rw, w, head.columns, items, &err),
                     0);
    while ((row = strsep(&rest, ";")) != NULL) {
        static uint32_t item[4096];
        static float weight[4096];
        static int64_t time[4096];
        struct rec_row r = {NULL, 0, 0, item, weight, time};
        char *word;

        while ((word = strsep(&row, " ")) != NULL) {
            char *at = strchr(word, '@'), *eq = strchr(word, '=');

            if (!*word) {
                continue;
            }
            if (!r.id) {
                r.id = word;
                r.id_len = strlen(word);
                continue;
            }
            ck_assert_uint_lt(r.n, 4096);
            time[r.n] = at ? strtoll(at + 1, NULL, 10) : 0;
            weight[r.n] = eq ? strtof(eq + 1, NULL) : 1;
            ck_assert_int_eq(rec_dict_add(items, word, strcspn(word, "=@"),
                                          &item[r.n++], &err),
                             0);
        }
        if (r.id) {
            ck_assert_int_eq(rec_row_write(rw, &r, &err), 0);
        }
    }
    end_rows(rw, w, o);
    rec_dict_free(items);
    free(copy);
}

/* A name for a temporary file, unlinked by drop_path. */
static inline char *make_path(void)
{
    const char *dir = getenv("TMPDIR");
    char *path = malloc(4096);
    int fd;

    ck_assert_ptr_nonnull(path);
    snprintf(path, 4096, "%s/recpipe-check.XXXXXX", dir ? dir : "/tmp");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    return path;
}

static inline void drop_path(char *path)
{
    unlink(path);
    free(path);
}

/* The rows of TEXT in memory, by way of a file. */
static inline struct rec_data make_data(const char *text)
{
    char *path = make_path();
    struct rec_error err;
    struct rec_data d;

    make_stream(path, "interactions", text);
    ck_assert_int_eq(rec_data_load(&d, path, "interactions", &err), 0);
    drop_path(path);
    return d;
}

/* The rows of D as such text, to be freed. */
static inline char *show_data(const struct rec_data *d)
{
    struct rec_buf b = {NULL, 0, 0};
    int rc = rec_buf_add(&b, "", 0);

    for (size_t r = 0; r < d->rows.rows; r++) {
        struct rec_row row = rec_data_row(d, r);

        rc |= rec_buf_addf(&b, "%s%.*s", r ? "; " : "", (int)row.id_len,
                           row.id);
        for (size_t i = 0; i < row.n; i++) {
            size_t len;
            const char *id = rec_dict_id(d->items, row.item[i], &len);

            rc |= rec_buf_addf(&b, " %.*s", (int)len, id);
            if (row.weight) {
                rc |= rec_buf_addf(&b, "=%.9g", (double)row.weight[i]);
            }
            if (row.time) {
                rc |= rec_buf_addf(&b, "@%" PRId64, row.time[i]);
            }
        }
    }
    ck_assert_int_eq(rc, 0);
    return b.data;
}

#endif
