/* SPDX-License-Identifier: MIT */
/* gen-lists USERS LENGTH ITEMS PREFIX: made-up lists, PREFIX.rps, a ranking of
   LENGTH items for each of USERS, and PREFIX.truth.rps, up to ten targets of
   each, some of which are in the list; and the same for readers of arrays:
   PREFIX.u32, the items of the lists, user by user, and PREFIX.truth.u32, ten
   per user, where no target is 2^32 - 1. Only for benchmarks. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "data/rows.h"

enum { TARGETS = 10, LONGEST = 1000 };

static struct rec_error err;

static void check(int rc)
{
    if (rc < 0) {
        fprintf(stderr, "gen-lists: %s\n", err.text);
        exit(1);
    }
}

struct file {
    struct rec_output *out;
    struct rec_stream_writer *stream;
    struct rec_row_writer *rows;
    FILE *raw;
};

static void begin(struct file *f, const char *prefix, const char *suffix,
                  const struct rec_head *head, const struct rec_dict *items)
{
    char path[4096];

    snprintf(path, sizeof path, "%s%s.rps", prefix, suffix);
    check(rec_output_open(&f->out, path, &err));
    check(rec_stream_writer_new(&f->stream, f->out, head, 0, &err));
    check(rec_row_writer_new(&f->rows, f->stream, head->columns, items,
                             &err));
    snprintf(path, sizeof path, "%s%s.u32", prefix, suffix);
    f->raw = fopen(path, "wb");
    if (!f->raw) {
        perror(path);
        exit(1);
    }
}

static void end(struct file *f)
{
    struct rec_counts counts;

    check(rec_row_finish(f->rows, &counts, &err));
    check(rec_stream_finish(f->stream, &counts, NULL, &err));
    check(rec_output_flush(f->out, &err));
    check(rec_output_rename(f->out, &err));
    rec_row_writer_free(f->rows);
    rec_stream_writer_free(f->stream);
    rec_output_free(f->out);
    if (fclose(f->raw) != 0) {
        perror("gen-lists");
        exit(1);
    }
}

/* N different items, Zipf's law with exponent 1; SEEN[i] == MARK: taken. */
static void draw(struct rec_rng *rng, double log_items, uint32_t *item,
                 uint32_t n, uint32_t *seen, uint32_t mark)
{
    for (uint32_t i = 0; i < n;) {
        uint32_t x = (uint32_t)(exp(log_items * rec_rng_unit(rng)) - 1);

        if (seen[x] != mark) {
            seen[x] = mark;
            item[i++] = x;
        }
    }
}

int main(int argc, char **argv)
{
    const struct rec_head ranking = {"ranking", "", REC_COL_WEIGHT};
    const struct rec_head targets = {"interactions", "", 0};
    static uint32_t item[LONGEST], want[TARGETS], *seen;
    static float score[LONGEST];
    struct rec_dict *items = rec_dict_new();
    uint32_t users, length, n, x;
    struct file list, truth;
    struct rec_rng rng;
    char id[16];

    if (argc != 5 || !items) {
        fputs("usage: gen-lists USERS LENGTH ITEMS PREFIX\n", stderr);
        return 2;
    }
    users = (uint32_t)strtoul(argv[1], NULL, 10);
    length = (uint32_t)strtoul(argv[2], NULL, 10);
    n = (uint32_t)strtoul(argv[3], NULL, 10);
    if (length > LONGEST || length > n / 10 || n < 100) {
        fputs("gen-lists: too long a list\n", stderr);
        return 2;
    }
    seen = calloc(n, sizeof *seen);
    for (uint32_t i = 0; i < n; i++) {
        check(rec_dict_add(items, id,
                           (size_t)snprintf(id, sizeof id, "%" PRIu32, i), &x,
                           &err));
    }
    for (uint32_t i = 0; i < length; i++) {
        score[i] = 1 / (float)(i + 1);
    }
    rec_rng_init(&rng, 1);
    begin(&list, argv[4], "", &ranking, items);
    begin(&truth, argv[4], ".truth", &targets, items);
    for (uint32_t u = 0; u < users; u++) {
        size_t len = (size_t)snprintf(id, sizeof id, "%" PRIu32, u);
        uint32_t most = 1 + (uint32_t)rec_rng_below(&rng, TARGETS);
        struct rec_row row = {id, len, length, item, score, NULL};

        draw(&rng, log((double)n), item, length, seen, 2 * u + 1);
        draw(&rng, log((double)n), want, most, seen, 2 * u + 2);
        check(rec_row_write(list.rows, &row, &err));
        fwrite(item, sizeof *item, length, list.raw);
        row = (struct rec_row){id, len, most, want, NULL, NULL};
        check(rec_row_write(truth.rows, &row, &err));
        for (uint32_t i = most; i < TARGETS; i++) {
            want[i] = UINT32_MAX;
        }
        fwrite(want, sizeof *want, TARGETS, truth.raw);
    }
    end(&list);
    end(&truth);
    free(seen);
    rec_dict_free(items);
    return 0;
}
