/* SPDX-License-Identifier: MIT */
/* rec-cat: rows of a stream as text that rec-ingest reads back to the same
   bytes. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>

static int no_header;

static struct cli_option options[] = {
    CLI_OPT_FLAG(0, "no-header", &no_header, 0,
                 "leave out the line that names the columns"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-cat", "[FILE]",
    "Write the rows of an interactions or ranking stream as text, one line\n"
    "per event: user, item, and weight and time if the stream has them,\n"
    "divided by tabs. With no FILE, or when FILE is -, read standard input.",
    options, 0};

static void print_row(struct cli_text *t, const struct rec_row *row,
                      const struct rec_dict *items)
{
    for (size_t i = 0; i < row->n; i++) {
        size_t len;
        const char *id = rec_dict_id(items, row->item[i], &len);

        cli_text_add(t, row->id, row->id_len);
        cli_text_add(t, "\t", 1);
        cli_text_add(t, id, len);
        if (row->weight) {
            cli_text_printf(t, "\t%.9g", (double)row->weight[i]);
        }
        if (row->time) {
            cli_text_printf(t, "\t%" PRId64, row->time[i]);
        }
        cli_text_add(t, "\n", 1);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;
    unsigned columns;

    cli_parse(&c, &program, argc, argv);
    check(rec_row_reader_open(&in, cli_one_input(&c), NULL, &err), &err);
    t.out = cli_output(&c, c.output, 0);
    columns = rec_row_head(in)->columns;
    if (!no_header) {
        cli_text_printf(&t, "user\titem%s%s\n",
                        columns & REC_COL_WEIGHT ? "\tweight" : "",
                        columns & REC_COL_TIME ? "\ttime" : "");
    }
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            print_row(&t, &row, rec_row_items(in));
        }
    }
    cli_text_finish(&t);
    rec_row_reader_close(in);
    cli_commit(&c);
    return CLI_OK;
}
