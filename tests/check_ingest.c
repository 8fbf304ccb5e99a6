/* SPDX-License-Identifier: MIT */
/* From text to grouped rows: the same with any number of threads, and the
   same as a slow and obvious reading. */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/ingest.h"
#include "suite.h"

enum { LINES = 60000 };

static char path[64];
static uint32_t user_of[LINES], item_of[LINES];

/* LINES lines; every tenth or so is bad. Users come in runs or mixed. */
static void make_file(int runs)
{
    struct rec_rng r;
    FILE *f;
    int fd;

    snprintf(path, sizeof path, "%s", "/tmp/check_ingest.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    f = fdopen(fd, "w");
    rec_rng_init(&r, 7);
    for (int i = 0; i < LINES; i++) {
        user_of[i] = runs ? (uint32_t)i / 50
                          : (uint32_t)rec_rng_below(&r, 5000);
        item_of[i] = (uint32_t)rec_rng_below(&r, 3000);
        if (rec_rng_below(&r, 10) == 0) {
            fprintf(f, "new%d,new%d,bad,%d\n", i, i, i);
            user_of[i] = UINT32_MAX;
        } else {
            fprintf(f, "u%u,a rather long item id %u,%d,%d\n", user_of[i],
                    item_of[i], i % 9, i);
        }
    }
    ck_assert_int_eq(fclose(f), 0);
}

static void count_bad(void *ctx, const char *why, const char *line, size_t n)
{
    ck_assert_ptr_nonnull(strstr(why, "weight 'bad' is not a number"));
    ck_assert_int_eq(line[n - 1], '\n');
    ++*(uint64_t *)ctx;
}

/* Every row against the lines, in order; users by first appearance. */
static void check_rows(const struct rec_ingest *g, const struct rec_chunk *c,
                       uint32_t *users)
{
    const struct rec_csr *m = &c->rows;
    static int64_t next[LINES];
    static uint32_t row_of[LINES];

    memset(row_of, 0xff, sizeof row_of);
    for (size_t r = 0; r < m->rows; r++) {
        next[r] = m->start[r];
    }
    *users = 0;
    for (int i = 0; i < LINES; i++) {
        char id[64];
        const char *have;
        size_t len;
        int64_t e;

        if (user_of[i] == UINT32_MAX) {
            continue;
        }
        if (row_of[user_of[i]] == UINT32_MAX) {
            row_of[user_of[i]] = (*users)++;
        }
        e = next[row_of[user_of[i]]]++;
        ck_assert_int_eq(m->time[e], i);
        ck_assert(m->weight[e] == (float)(i % 9));
        ck_assert_uint_eq(c->line[e], (uint64_t)i + 1);
        have = rec_dict_id(rec_ingest_items(g), m->item[e], &len);
        snprintf(id, sizeof id, "a rather long item id %u", item_of[i]);
        ck_assert_uint_eq(len, strlen(id));
        ck_assert_int_eq(memcmp(have, id, len), 0);
        have = rec_dict_id(rec_ingest_users(g), row_of[user_of[i]], &len);
        snprintf(id, sizeof id, "u%u", user_of[i]);
        ck_assert_uint_eq(len, strlen(id));
        ck_assert_int_eq(memcmp(have, id, len), 0);
    }
}

START_TEST(rows_are_the_lines)
{
    uint64_t bad = 0;
    struct rec_ingest_options o = {.threads = _i / 2 + 1, .keep_lines = 1,
                                   .bad = count_bad, .ctx = &bad};
    const struct rec_ingest_counts *n;
    struct rec_chunk chunk;
    struct rec_ingest *g;
    struct rec_error err;
    uint32_t users;
    int rc;

    make_file(_i % 2);
    ck_assert_int_eq(rec_ingest_new(&g, &o, &err), 0);
    ck_assert_int_eq(rec_ingest_open(g, path, &err), 0);
    while ((rc = rec_ingest_next(g, &err)) == 1) {
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(rec_ingest_take(g, 1, &chunk, &err), 0);
    n = rec_ingest_counts(g);
    ck_assert_uint_eq(n->lines, LINES);
    ck_assert_uint_gt(bad, 0);
    ck_assert_uint_eq(n->bad, bad);
    ck_assert_uint_eq(n->used, LINES - bad);
    ck_assert_uint_eq(rec_csr_events(&chunk.rows), n->events);
    check_rows(g, &chunk, &users);
    ck_assert_uint_eq(users, rec_dict_count(rec_ingest_users(g)));
    rec_chunk_release(&chunk);
    rec_ingest_free(g);
    unlink(path);
}
END_TEST

/* Chunk by chunk, every user once and whole. */
START_TEST(sorted_rows_come_in_chunks)
{
    uint64_t bad = 0, events = 0;
    struct rec_ingest_options o = {.threads = 2, .sorted = 1,
                                   .bad = count_bad, .ctx = &bad};
    struct rec_chunk chunk;
    struct rec_ingest *g;
    struct rec_error err;
    uint32_t next = 0, chunks = 0;
    int more;

    make_file(1);
    ck_assert_int_eq(rec_ingest_new(&g, &o, &err), 0);
    ck_assert_int_eq(rec_ingest_open(g, path, &err), 0);
    do {
        more = rec_ingest_next(g, &err);
        ck_assert_int_ge(more, 0);
        ck_assert_int_eq(rec_ingest_take(g, !more, &chunk, &err), 0);
        ck_assert_uint_eq(chunk.first, next);
        next += (uint32_t)chunk.rows.rows;
        events += rec_csr_events(&chunk.rows);
        chunks += chunk.rows.rows > 0;
        rec_chunk_release(&chunk);
    } while (more);
    ck_assert_uint_eq(next, LINES / 50);
    ck_assert_uint_eq(events, LINES - bad);
    ck_assert_uint_gt(chunks, 2);
    rec_ingest_free(g);
    unlink(path);
}
END_TEST

START_TEST(the_first_bad_line_is_named)
{
    struct rec_ingest_options o = {.threads = _i};
    struct rec_ingest *g;
    struct rec_error err;
    char want[64];
    int rc, first = 0;

    make_file(0);
    while (user_of[first] != UINT32_MAX) {
        first++;
    }
    ck_assert_int_eq(rec_ingest_new(&g, &o, &err), 0);
    ck_assert_int_eq(rec_ingest_open(g, path, &err), 0);
    while ((rc = rec_ingest_next(g, &err)) == 1) {
    }
    ck_assert_int_eq(rc, REC_EPARSE);
    snprintf(want, sizeof want, ":%d: weight 'bad'", first + 1);
    ck_assert_ptr_nonnull(strstr(err.text, want));
    rec_ingest_free(g);
    unlink(path);
}
END_TEST

START_TEST(memory_can_be_limited)
{
    uint64_t bad = 0;
    struct rec_ingest_options o = {.threads = 1, .max_bytes = 1 << 20,
                                   .bad = count_bad, .ctx = &bad};
    struct rec_ingest *g;
    struct rec_error err;
    int rc;

    make_file(0);
    ck_assert_int_eq(rec_ingest_new(&g, &o, &err), 0);
    ck_assert_int_eq(rec_ingest_open(g, path, &err), 0);
    while ((rc = rec_ingest_next(g, &err)) == 1) {
    }
    ck_assert_int_eq(rc, REC_ENOMEM);
    ck_assert_ptr_nonnull(strstr(err.text, "--max-mem allows 1.0 MiB"));
    rec_ingest_free(g);
    unlink(path);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("all");

    tcase_add_loop_test(c, rows_are_the_lines, 0, 6);
    tcase_add_test(c, sorted_rows_come_in_chunks);
    tcase_add_loop_test(c, the_first_bad_line_is_named, 1, 4);
    tcase_add_test(c, memory_can_be_limited);
    return suite_end("ingest", c);
}
