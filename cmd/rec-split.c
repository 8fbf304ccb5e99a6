/* SPDX-License-Identifier: MIT */
/* rec-split: interactions into training, validation and test files. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "data/split.h"

static const char *prefix;
static int protocol, no_valid;
static int64_t held_out, leave = 1, valid_at, test_at;
static double fraction = 0.2;

static struct cli_option options[] = {
    CLI_OPT_TEXT('o', "output", "PREFIX", &prefix, 0,
                 "write PREFIXtrain.rps and so on; a PREFIX that\n"
                 "ends in / is a directory, made if missing\n"
                 "(required)"),
    CLI_OPT_CHOICE(0, "protocol", "NAME", &protocol, rec_split_protocols, 1,
                   "liang2018 or strong (hold users out), ratio,\n"
                   "leave-last, leave-random or time (hold events\n"
                   "out) (required)"),
    CLI_OPT_INT(0, "held-out", "N", &held_out, 1, 4294967295.0, 1,
                "liang2018, strong: users of each held-out set\n"
                "[a tenth of all, at most 10000]"),
    CLI_OPT_REAL(0, "fraction", "F", &fraction, 0, 1, 1,
                 "liang2018, strong, ratio: share of a user's items\n"
                 "to hold out; time: share of all events [0.2]"),
    CLI_OPT_INT('n', "leave", "N", &leave, 1, 16777216, 1,
                "leave-last, leave-random: items of a user to hold\n"
                "out, as many again to validate [1]"),
    CLI_OPT_TIME(0, "at", "TIME", &test_at, 1,
                 "time: test begins here, seconds since 1970 or a date,\n"
                 "instead of --fraction"),
    CLI_OPT_TIME(0, "valid-at", "TIME", &valid_at, 1,
                 "time: with --at, validation begins here"),
    CLI_OPT_FLAG(0, "no-valid", &no_valid, 1, "hold nothing out to validate"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-split", "[FILE]",
    "Split an interactions stream into files to train, to validate and to\n"
    "test. With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_SEED | CLI_HAS_STREAM};

/* Which protocols an option is for; the others refuse it. */
static void check_options(const struct cli *c)
{
    enum { USERS = 3, RATIO = 4, LEAVE = 24, TIME = 32 };
    static const struct {
        const char *name;
        int protocols;
    } use[] = {{"held-out", USERS},
               {"fraction", USERS | RATIO | TIME},
               {"leave", LEAVE},
               {"at", TIME},
               {"valid-at", TIME}};

    if (!prefix) {
        die_usage("where to? give -o PREFIX");
    }
    if (!cli_given(c, "protocol")) {
        die_usage("which protocol? give --protocol=NAME");
    }
    for (size_t i = 0; i < sizeof use / sizeof *use; i++) {
        if (cli_given(c, use[i].name) && !(use[i].protocols >> protocol & 1)) {
            die_usage("--%s has no meaning with --protocol=%s", use[i].name,
                      rec_split_protocols[protocol]);
        }
    }
    if (fraction <= 0 || fraction >= 1) {
        die_usage("--fraction: a share is above 0 and below 1");
    }
    if (cli_given(c, "at") && cli_given(c, "fraction")) {
        die_usage("--at and --fraction exclude each other");
    }
    if (cli_given(c, "valid-at")
        && (!cli_given(c, "at") || no_valid || valid_at >= test_at)) {
        die_usage("--valid-at goes with a later --at, and without --no-valid");
    }
}

static struct rec_split_rule make_rule(const struct cli *c)
{
    struct rec_split_rule rule = {(enum rec_split_protocol)protocol,
                                  (uint32_t)c->seed,
                                  !no_valid,
                                  (uint64_t)held_out,
                                  fraction,
                                  (uint64_t)leave,
                                  cli_given(c, "at"),
                                  valid_at,
                                  test_at};

    if (rule.cut && !cli_given(c, "valid-at")) {
        rule.valid = 0;
    }
    return rule;
}

static void write_file(struct cli *c, const struct rec_data *d,
                       const struct rec_split *s, enum rec_split_file f)
{
    const char *role = rec_split_role(f);
    size_t n = strlen(prefix) + strlen(role) + sizeof ".rps";
    char *path = xalloc(n, 1);
    struct rec_head head = {"interactions", "", d->head.columns};
    struct rec_error err;
    struct cli_rows w;

    snprintf(path, n, "%s%s.rps", prefix, role);
    snprintf(head.role, sizeof head.role, "%s", role);
    cli_rows_begin(c, &w, cli_output(c, path, 1), &head, d->items);
    check(rec_split_write(s, d, f, w.rows, &err), &err);
    cli_rows_finish(c, &w);
    note(c, "%s: users %zu, events %zu, items %zu", path, s->count[f].users,
         s->count[f].events, s->count[f].items);
    free(path);
}

static void report(const struct cli *c, const struct rec_data *d,
                   const struct rec_split_rule *rule,
                   const struct rec_split *s)
{
    note(c, "read: users %zu, events %zu, items %" PRIu32, d->rows.rows,
         rec_csr_events(&d->rows), d->rows.cols);
    if (rule->protocol != REC_SPLIT_TIME) {
        note(c, "users with too few items to have targets: %zu", s->few);
    } else {
        if (rule->valid) {
            note(c, "validation begins at %" PRId64, s->valid_at);
        }
        note(c, "test begins at %" PRId64, s->test_at);
        note(c, "users left out, nothing known before their targets: %zu",
             s->cold);
    }
    note(c, "events dropped, their item not in train: %zu", s->unknown);
}

int main(int argc, char **argv)
{
    struct rec_split_rule rule;
    struct rec_error err;
    struct rec_split s;
    struct rec_data d;
    const char *input;
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    rule = make_rule(&c);
    input = cli_one_input(&c);
    check(rec_data_load(&d, input, "interactions", &err), &err);
    cli_prov_input(&c, "input", d.prov, d.digest);
    if (rec_split_make(&s, &d, &rule, &err) != 0) {
        die("%s: %s", strcmp(input, "-") == 0 ? "standard input" : input,
            err.text);
    }
    cli_make_directory(prefix);
    report(&c, &d, &rule, &s);
    for (int f = 0; f < REC_SPLIT_FILES; f++) {
        int of_valid = f == REC_SPLIT_VALID_IN || f == REC_SPLIT_VALID_OUT;

        if (rule.valid || !of_valid) {
            write_file(&c, &d, &s, (enum rec_split_file)f);
        }
    }
    rec_split_release(&s);
    rec_data_release(&d);
    cli_commit(&c);
    return CLI_OK;
}
