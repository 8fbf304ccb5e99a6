/* SPDX-License-Identifier: MIT */
/* gen-rows USERS ITEMS EACH: an interactions stream on standard output in which
   user u has the EACH items from u mod ITEMS on, around. So it has USERS x EACH
   events, an item has USERS x EACH / ITEMS if ITEMS divides USERS, and neither
   has to fit anywhere: for counts beyond 2^32. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/rows.h"

static struct rec_error err;

static void sure(int rc)
{
    if (rc < 0) {
        fprintf(stderr, "gen-rows: %s\n", err.text);
        exit(1);
    }
}

static uint32_t number(const char *s)
{
    int64_t v = 0;

    if (rec_parse_int(s, strlen(s), 1, UINT32_MAX - 1, &v) != 0) {
        fprintf(stderr, "gen-rows: '%s' is not a number\n", s);
        exit(2);
    }
    return (uint32_t)v;
}

static struct rec_dict *make_items(uint32_t items)
{
    struct rec_dict *d = rec_dict_new();

    for (uint32_t i = 0; d && i < items; i++) {
        char id[16];
        int n = snprintf(id, sizeof id, "i%" PRIu32, i);
        uint32_t index;

        sure(rec_dict_add(d, id, (size_t)n, &index, &err));
    }
    return d;
}

static void write_rows(struct rec_row_writer *rw, uint32_t users,
                       uint32_t items, uint32_t each)
{
    uint32_t *around = rec_alloc((size_t)items + each, sizeof *around);

    sure(around ? 0 : rec_fail_nomem(&err));
    for (size_t i = 0; i < (size_t)items + each; i++) {
        around[i] = (uint32_t)(i % items);
    }
    for (uint32_t u = 0; u < users; u++) {
        char id[16];
        struct rec_row row = {id, 0, each, around + u % items, NULL, NULL};

        row.id_len = (size_t)snprintf(id, sizeof id, "%" PRIu32, u);
        sure(rec_row_write(rw, &row, &err));
    }
    free(around);
}

int main(int argc, char **argv)
{
    struct rec_head head = {"interactions", "", 0};
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_counts counts;
    struct rec_output *o;
    struct rec_dict *items;
    uint32_t n;

    if (argc != 4) {
        fputs("usage: gen-rows USERS ITEMS EACH\n", stderr);
        return 2;
    }
    n = number(argv[2]);
    items = make_items(n);
    sure(items ? 0 : rec_fail_nomem(&err));
    sure(rec_output_open(&o, NULL, &err));
    sure(rec_stream_writer_new(&w, o, &head, 0, &err));
    sure(rec_row_writer_new(&rw, w, 0, items, &err));
    write_rows(rw, number(argv[1]), n, number(argv[3]));
    sure(rec_row_finish(rw, &counts, &err));
    sure(rec_stream_finish(w, &counts, NULL, &err));
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    rec_dict_free(items);
    sure(rec_output_flush(o, &err));
    rec_output_free(o);
    return 0;
}
