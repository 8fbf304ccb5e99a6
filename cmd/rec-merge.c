/* SPDX-License-Identifier: MIT */
/* rec-merge: several streams joined into one. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <string.h>

#include "data/filter.h"
#include "data/merge.h"

static const char *const policies[] = {"last", "first", "sum",
                                       "max", "error", NULL};
static int duplicates;

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "duplicates", "HOW", &duplicates, policies, 1,
                   "of an item that a user has twice keep the last or first\n"
                   "event, the sum or max of the weights, or take it for an\n"
                   "error [last]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-merge", "[FILE]...",
    "Join interactions streams into one, each user's rows into one row.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM};

/* ---- interactions ------------------------------------------------------ */

static void read_rows(struct cli *c, struct rec_merge *m,
                      struct rec_stream_reader *in, struct rec_head *head)
{
    struct rec_row_reader *r;
    struct rec_error err;
    struct rec_data d;

    check(rec_row_reader_attach(&r, in, "interactions", &err), &err);
    check(rec_data_read(&d, r, &err), &err);
    cli_prov_input(c, "input", d.prov, d.digest);
    if (m->parts == 0) {
        *head = d.head;
    } else if (strcmp(head->role, d.head.role) != 0) {
        head->role[0] = '\0';
    }
    check(rec_merge_add(m, rec_stream_name(rec_row_stream(r)), &d, &err),
          &err);
    rec_row_reader_close(r);
    cli_need_memory(c, rec_merge_memory(m), "what has been read so far");
}

REC_NORETURN static void die_repeat(const struct rec_merge *m,
                                    const struct rec_chunk *chunk,
                                    const struct rec_repeat *at)
{
    size_t user_len, item_len;
    const char *user = rec_dict_id(
        m->users, chunk->first + (uint32_t)at->row, &user_len);
    const char *item = rec_dict_id(m->items, at->item, &item_len);

    die("%s: user '%.*s' has item '%.*s' already", rec_merge_name(m, at->line),
        (int)user_len, user, (int)item_len, item);
}

/* Resolve the duplicates of CHUNK and write it. Returns how many went. */
static size_t pass_on(const struct rec_merge *m, struct rec_chunk *chunk,
                      struct cli_rows *out)
{
    const struct rec_csr *x = &chunk->rows;
    struct rec_repeat at;
    struct rec_error err;
    size_t dropped;
    int rc = rec_filter_duplicates(&chunk->rows,
                                   (enum rec_duplicates)duplicates,
                                   chunk->line, &at, &dropped, &err);

    if (rc == REC_EREPEAT) {
        die_repeat(m, chunk, &at);
    }
    check(rc, &err);
    for (size_t r = 0; r < x->rows; r++) {
        size_t e = (size_t)x->start[r];
        struct rec_row row = {NULL, 0, rec_csr_row_len(x, r), x->item + e,
                              x->weight ? x->weight + e : NULL,
                              x->time ? x->time + e : NULL};

        row.id = rec_dict_id(m->users, chunk->first + (uint32_t)r,
                             &row.id_len);
        check(rec_row_write(out->rows, &row, &err), &err);
    }
    return dropped;
}

static void write_rows(struct cli *c, struct rec_merge *m,
                       struct rec_output *o, struct rec_head *head)
{
    struct cli_rows out;
    struct rec_chunk chunk;
    struct rec_error err;
    size_t dropped = 0;

    check(rec_merge_join(m, &err), &err);
    head->columns = m->columns;
    if (duplicates == REC_DUP_SUM) {
        head->columns |= REC_COL_WEIGHT;
    }
    cli_rows_begin(c, &out, o, head, m->items);
    while (check(rec_merge_next(m, &chunk, &err), &err) == 1) {
        dropped += pass_on(m, &chunk, &out);
        rec_chunk_release(&chunk);
    }
    cli_rows_finish(c, &out);
    note(c,
         "joined %zu streams: %" PRIu32 " users, %" PRIu32
         " items, %zu duplicate events",
         m->parts, rec_dict_count(m->users), rec_dict_count(m->items),
         dropped);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_output *out;
    struct rec_merge m;
    struct rec_head head;
    struct rec_stream_reader *in;
    struct rec_error err;
    static char dash[] = "-", *input[] = {dash, NULL};

    cli_parse(&c, &program, argc, argv);
    out = cli_output(&c, c.output, 1);
    check(rec_merge_init(&m, &err), &err);
    for (char **path = c.n_operands ? c.operand : input; *path; path++) {
        check(rec_stream_reader_open(&in, *path, &err), &err);
        read_rows(&c, &m, in, &head);
    }
    write_rows(&c, &m, out, &head);
    rec_merge_release(&m);
    cli_commit(&c);
    return CLI_OK;
}
