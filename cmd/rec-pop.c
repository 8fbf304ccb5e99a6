/* SPDX-License-Identifier: MIT */
/* rec-pop: the popularity model, the baseline that must be beaten. */
#include <config.h>

#include "cli.h"

#include "models/pop.h"

static struct cli_option options[] = {CLI_OPT_END};

static const struct cli_program program = {
    "rec-pop", "[FILE]",
    "Count the users of every item of an interactions stream and write the\n"
    "counts as a model that recommends the most popular items to everybody.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM};

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_pop pop = {NULL, 0, 0, 0};
    struct rec_output *out;
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    cli_parse(&c, &program, argc, argv);
    out = cli_output(&c, c.output, 1);
    check(rec_row_reader_open(&in, cli_one_input(&c), "interactions", &err),
          &err);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        check(rec_pop_add(&pop, &b, rec_dict_count(rec_row_items(in)), &err),
              &err);
    }
    cli_prov_input(&c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    check(rec_pop_save(&pop, rec_row_items(in), out, c.level, cli_prov_text(&c),
                       &err),
          &err);
    rec_pop_release(&pop);
    rec_row_reader_close(in);
    cli_commit(&c);
    return CLI_OK;
}
