/* SPDX-License-Identifier: MIT */
/* rec-pop: the popularity model, the baseline that must be beaten. */
#include <config.h>

#include "cli.h"

#include <string.h>

#include "models/cohort_pop.h"
#include "models/pop.h"

static const char *by;
static double prior = 20;

static struct cli_option options[] = {
    CLI_OPT_TEXT(0, "by", "COHORTS", &by, 0,
                 "count within the cohorts that this stream of groups says"),
    CLI_OPT_REAL(0, "prior", "S", &prior, 0, 1e9, 1,
                 "add to each cohort S users like those of all [20]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-pop", "[FILE]",
    "Count the users of every item of an interactions stream and write the\n"
    "counts as a model that recommends the most popular items to everybody,\n"
    "or to everybody in a cohort.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM};

static void count_all(struct cli *c, struct rec_output *out)
{
    struct rec_pop pop = {NULL, 0, 0, 0};
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    check(rec_row_reader_open(&in, cli_one_input(c), "interactions", &err),
          &err);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        check(rec_pop_add(&pop, &b, rec_dict_count(rec_row_items(in)), &err),
              &err);
    }
    cli_prov_input(c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    check(rec_pop_save(&pop, rec_row_items(in), out, c->level,
                       cli_prov_text(c), &err),
          &err);
    rec_pop_release(&pop);
    rec_row_reader_close(in);
}

static void count_cohorts(struct cli *c, struct rec_output *out)
{
    struct rec_cohort_pop pop;
    struct rec_data x, groups;
    struct rec_error err;

    check(rec_data_load(&groups, by, "groups", &err), &err);
    cli_prov_input(c, "by", groups.prov, groups.digest);
    check(rec_data_load(&x, cli_one_input(c), "interactions", &err), &err);
    cli_prov_input(c, "input", x.prov, x.digest);
    if (rec_cohort_pop_fit(&pop, &x, &groups, prior, &err) != 0) {
        die("%s: %s", by, err.text);
    }
    if (pop.placed < pop.trained) {
        note(c, "users without a cohort: %llu of %llu",
             (unsigned long long)(pop.trained - pop.placed),
             (unsigned long long)pop.trained);
    }
    check(rec_cohort_pop_save(&pop, x.items, out, c->level, cli_prov_text(c),
                              &err),
          &err);
    rec_cohort_pop_release(&pop);
    rec_data_release(&groups);
    rec_data_release(&x);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_output *out;

    cli_parse(&c, &program, argc, argv);
    if (cli_given(&c, "prior") && !by) {
        die_usage("--prior needs --by");
    }
    if (by && strcmp(by, "-") == 0 && strcmp(cli_one_input(&c), "-") == 0) {
        die_usage("standard input can be only one of the inputs");
    }
    out = cli_output(&c, c.output, 1);
    if (by) {
        count_cohorts(&c, out);
    } else {
        count_all(&c, out);
    }
    cli_commit(&c);
    return CLI_OK;
}
