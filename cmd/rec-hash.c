/* SPDX-License-Identifier: MIT */
/* rec-hash: ids to dense slots and back, without collisions; and what tables
   with collisions would cost. */
#include <config.h>

#include "cli.h"
#include "hash.h"

static const char *const schemes[] = {"cuckoo", "modulo", "double",
                                      "qr",     "bloom",  NULL};
static const char *const formats[] = {"text", "tsv", NULL};
static const char *const by[] = {"count", "chance", NULL};
static int check_tables, merge, list, report;
static struct hash_options opt = {
    .seed = 1, .now = -1, .admit = 1, .hashes = 3, .ids = 0, .n = 100};

static struct cli_option options[] = {
    CLI_OPT_TEXT('t', "table", "FILE", &opt.table, 0,
                 "the table: read, then replaced by the updated one; made if "
                 "there is none"),
    CLI_OPT_FLAG(0, "query", &opt.query, 1,
                 "leave the table as it is; ids it has not are left out"),
    CLI_OPT_FLAG(0, "reverse", &opt.reverse, 1,
                 "slots back to ids; leaves the table as it is"),
    CLI_OPT_FLAG(0, "users", &opt.users, 1,
                 "only the users [users and items]"),
    CLI_OPT_FLAG(0, "items", &opt.items, 1,
                 "only the items [users and items]"),
    CLI_OPT_TEXT(0, "unknown", "FILE", &opt.unknown, 0,
                 "write the ids left out to FILE, lines of side and id"),
    CLI_OPT_INT(0, "now", "SECONDS", &opt.now, 0, 4294967295.0, 1,
                "the present, Unix time [latest time of the events]"),
    CLI_OPT_TEXT(0, "expire", "AGE", &opt.expire, 1,
                 "give up slots not used for AGE, such as 30d; 0d: never "
                 "[as before; at first 0d]"),
    CLI_OPT_INT(0, "admit", "N", &opt.admit, 1, 15, 1,
                "a slot only for ids seen N times [as before; at first 1]"),
    CLI_OPT_CHOICE(0, "admit-by", "NAME", &opt.by, by, 1,
                   "count, or chance: 95% of the ids seen N times, without "
                   "memory [as before; at first count]"),
    CLI_OPT_INT(0, "sketch", "N", &opt.sketch, 1,
                REC_SKETCH_MAX_CAPACITY, 1,
                "count the last N to 2N ids without a slot [as before; at "
                "first 1048576]"),
    CLI_OPT_CHOICE(0, "scheme", "NAME", &opt.scheme, schemes, 1,
                   "cuckoo, or items to rows of a smaller table: modulo, "
                   "double, qr, bloom [cuckoo]"),
    CLI_OPT_TEXT(0, "slots", "M", &opt.slots, 1,
                 "rows of the smaller table, or 0.5x: times the ids"),
    CLI_OPT_INT(0, "hashes", "K", &opt.hashes, 1, REC_SCHEME_ROWS, 1,
                "rows of an item for bloom [3]"),
    CLI_OPT_INT(0, "ids", "N", &opt.ids, 1, REC_MAX_SLOTS, 1,
                "ids that qr has room for [the slots of the table]"),
    CLI_OPT_INT('n', "top", "N", &opt.n, 1, 16777216, 1,
                "with --reverse and --scheme: length of the lists [100]"),
    CLI_OPT_TEXT(0, "exclude", "STREAM", &opt.exclude, 0,
                 "with --reverse and --scheme: items never listed for a "
                 "user"),
    CLI_OPT_FLAG(0, "report", &report, 0,
                 "show what a table of --slots would cost, and whom"),
    CLI_OPT_TEXT(0, "project", "LIST", &opt.project, 0,
                 "with --report: also after growth, as in 2x,5x,10x"),
    CLI_OPT_CHOICE('f', "format", "NAME", &opt.format, formats, 0,
                   "of the report: text, tsv [text]"),
    CLI_OPT_FLAG(0, "check", &check_tables, 0,
                 "say only whether each FILE is a whole table"),
    CLI_OPT_FLAG(0, "merge", &merge, 0,
                 "join the tables FILE...; slots of the first stay"),
    CLI_OPT_FLAG(0, "list", &list, 0, "show the table as text"),
    CLI_OPT_INT(0, "seed", "N", &opt.seed, 0, 4294967295.0, 1,
                "key of the hashes of a new table [1]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-hash", "[FILE]",
    "Replace the ids of a stream by dense slots of a table that grows without\n"
    "collisions, and back; or by the rows of a smaller, colliding table; and\n"
    "report what collisions cost. With no FILE, or when FILE is -, read\n"
    "standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM};

/* Options that one another exclude, or need. */
static void judge_options(const struct cli *c)
{
    int modes = check_tables + merge + list + report;

    if (modes > 1 || (modes && (opt.query || opt.reverse))) {
        die_usage("--check, --merge, --list, --report, --query and --reverse "
                  "exclude each other");
    }
    if (opt.query && opt.reverse) {
        die_usage("--reverse leaves the table as it is: do without --query");
    }
    if (opt.users && opt.items) {
        die_usage("--users and --items exclude each other");
    }
    if (!opt.table && !check_tables && !merge && !report) {
        die_usage("missing --table=FILE");
    }
    if (opt.table && (check_tables || merge)) {
        die_usage("the tables are operands here, not --table");
    }
    if (opt.scheme && !opt.slots) {
        die_usage("--scheme needs --slots");
    }
    if (opt.scheme && opt.users && !report) {
        die_usage("--scheme is for items");
    }
    if (!(opt.scheme && opt.reverse)
        && (cli_given(c, "top") || opt.exclude)) {
        die_usage("-n and --exclude go with --reverse and --scheme");
    }
    if (opt.project && !report) {
        die_usage("--project goes with --report");
    }
}

int main(int argc, char **argv)
{
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    judge_options(&c);
    opt.option = options;
    if (check_tables) {
        hash_check(&c);
    } else if (merge) {
        hash_merge(&c, &opt);
    } else if (list) {
        hash_list(&c, &opt);
    } else if (report) {
        hash_report(&c, &opt);
    } else if (opt.scheme) {
        hash_scheme(&c, &opt);
    } else {
        hash_rows(&c, &opt);
    }
    return CLI_OK;
}
