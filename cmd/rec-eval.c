/* SPDX-License-Identifier: MIT */
/* rec-eval: judge ranked lists by what the users turned out to like. */
#include <config.h>

#include "eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const char *truth_file, *cuts = "20,50,100", *metrics;
static const char *popular, *active, *group_file;
static int format, per_user;
static const char *const formats[] = {"text", "tsv", "json", NULL};
enum { TEXT, TSV, JSON };

static struct cli_option options[] = {
    CLI_OPT_TEXT('t', "truth", "FILE", &truth_file, 1,
                 "interactions stream of the targets (required)"),
    CLI_OPT_TEXT('k', "cutoffs", "K,...", &cuts, 1,
                 "lengths at which lists are judged [20,50,100]"),
    CLI_OPT_TEXT(0, "metrics", "NAME,...", &metrics, 1,
                 "some of recall/min, recall/all, precision, ndcg,\n"
                 "map, hit, mrr [all]"),
    CLI_OPT_TEXT(0, "by-popularity", "TRAIN", &popular, 1,
                 "also recall and exposure by deciles of the items, each\n"
                 "with a tenth of the interactions of TRAIN"),
    CLI_OPT_TEXT(0, "by-activity", "FILE", &active, 1,
                 "also the metrics by deciles of the users, by the items\n"
                 "that each has in FILE"),
    CLI_OPT_TEXT(0, "by", "GROUPS", &group_file, 1,
                 "also the metrics by groups of the users, which are what\n"
                 "GROUPS has in their rows"),
    CLI_OPT_CHOICE('f', "format", "NAME", &format, formats, 1,
                   "text, tsv or json [text]"),
    CLI_OPT_FLAG(0, "per-user", &per_user, 1,
                 "write a line of tsv per user, not the means"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-eval", "-t TRUTH [FILE]",
    "Judge a ranking stream against the targets in TRUTH: means over users\n"
    "of ranking metrics, with standard errors. With no FILE, or when FILE is\n"
    "-, read standard input.",
    options, CLI_HAS_PROGRESS};

/* ---- options ---------------------------------------------------------- */

static unsigned parse_metrics(const char *list)
{
    const char *part;
    unsigned bits = 0;
    size_t n;

    while ((part = cli_next_part(&list, &n)) != NULL) {
        enum rec_metric m = rec_metric_find(part, n);

        if (m == REC_METRICS) {
            die_usage("--metrics: '%.*s' is not a metric", (int)n, part);
        }
        bits |= 1u << m;
    }
    return bits;
}

static size_t parse_cuts(const char *list, uint32_t cut[REC_MAX_CUTS])
{
    const char *part;
    size_t n = 0, len;

    while ((part = cli_next_part(&list, &len)) != NULL) {
        int64_t k;

        if (rec_parse_int(part, len, 1, REC_MAX_CUT, &k) != 0) {
            die_usage("--cutoffs: '%.*s' is not in the range 1 to %d",
                      (int)len, part, REC_MAX_CUT);
        }
        if (n == REC_MAX_CUTS) {
            die_usage("--cutoffs: more than %d of them", REC_MAX_CUTS);
        }
        for (size_t i = 0; i < n; i++) {
            if (cut[i] == (uint32_t)k) {
                die_usage("--cutoffs: %d is given twice", (int)k);
            }
        }
        cut[n++] = (uint32_t)k;
    }
    return n;
}

/* One of the files at most. */
static void check_standard_input(const char *input)
{
    const char *const path[] = {input, truth_file, popular, active,
                                group_file};
    const char *const name[] = {"FILE", "TRUTH", "TRAIN of --by-popularity",
                                "FILE of --by-activity", "GROUPS of --by"};
    const char *first = NULL;

    for (int i = 4; i >= 0; i--) {
        if (!path[i] || strcmp(path[i], "-") != 0) {
            continue;
        }
        if (first) {
            die_usage("%s and %s are both standard input", first, name[i]);
        }
        first = name[i];
    }
}

static const char *parse_options(const struct cli *c, struct rec_measures *m)
{
    const char *input = cli_one_input(c);
    uint32_t cut[REC_MAX_CUTS];
    size_t n = parse_cuts(cuts, cut);
    unsigned bits = metrics ? parse_metrics(metrics) : REC_METRICS_ALL;
    struct rec_error err;

    if (!truth_file) {
        die_usage("against what? give -t TRUTH");
    }
    check_standard_input(input);
    if (per_user && group_file) {
        die_usage("--per-user and --by exclude each other");
    }
    if (per_user && cli_given(c, "format") && format != TSV) {
        die_usage("--per-user is tsv");
    }
    check(rec_measures_init(m, bits, cut, n, &err), &err);
    return input;
}

/* ---- judging ---------------------------------------------------------- */

/* Interactions are a ranking too if they have scores and are not known to be
   something else: this is how rec-ingest gives the text of another program. */
static void check_kind(const struct rec_row_reader *in)
{
    const struct rec_head *head = rec_row_head(in);

    if (strcmp(head->kind, "ranking") != 0
        && (*head->role || !(head->columns & REC_COL_WEIGHT))) {
        die("%s: holds interactions%s%s, not a ranking (with scores)",
            rec_stream_name(rec_row_stream(in)), *head->role ? ": " : "",
            head->role);
    }
}

static void show_digest(const struct cli *c, const char *what,
                        const char *name, const uint8_t *digest)
{
    char text[REC_DIGEST_TEXT];

    if (c->verbose) {
        rec_digest_text(digest, text);
        note(c, "%s %s: %s", what, name, text);
    }
}

static void judge_stream(const struct cli *c, struct rec_judge *j,
                         const char *path)
{
    struct rec_row_reader *in;
    const struct rec_stream_reader *s;
    struct rec_error err;
    struct rec_batch b;
    double rows = 0;

    check(rec_row_reader_open(&in, path, NULL, &err), &err);
    check_kind(in);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        check(rec_judge_add(j, in, &b, &err), &err);
        rows += (double)b.rows;
        rec_progress(&c->tick, "lists", rows, 0);
    }
    s = rec_row_stream(in);
    show_digest(c, "ranking", rec_stream_name(s), rec_stream_digest(s));
    rec_row_reader_close(in);
    rec_judge_finish(j);
}

/* ---- the whole --------------------------------------------------------- */

/* What a table of bare numbers would not tell. */
static void give_notes(const struct cli *c, const struct rec_judge *j,
                       const struct rec_measures *m)
{
    const struct rec_judge_counts *n = rec_judge_counts(j);

    if (n->evaluated == 0) {
        die("%s: no user has targets", truth_file);
    }
    if (n->longest < m->longest) {
        warn("lists are judged at %u, but the longest has %zu items",
             (unsigned)m->longest, n->longest);
    }
    if (per_user) { /* the other reports have all counts */
        note(c, "users with targets but no list, who count 0: %zu",
             n->without_list);
        note(c, "users only in the ranking: %zu", n->only_ranked);
    }
}

/* ---- parts ------------------------------------------------------------- */

static struct rec_data train, history, groups;
static struct rec_strata by_items;
static struct rec_groups by_activity, by_group;

/* Groups are rows of a kind of their own, or interactions. */
static void load_groups(void)
{
    struct rec_stream_reader *in;
    struct rec_row_reader *rows;
    struct rec_error err;
    const char *kind;

    check(rec_stream_reader_open(&in, group_file, &err), &err);
    kind = strcmp(rec_stream_head(in)->kind, "groups") == 0 ? "groups"
                                                            : "interactions";
    check(rec_row_reader_attach(&rows, in, kind, &err), &err);
    check(rec_data_read(&groups, rows, &err), &err);
    rec_row_reader_close(rows);
}

static void open_parts(const struct cli *c, struct eval_result *r)
{
    struct rec_error err;

    if (popular) {
        check(rec_data_load(&train, popular, "interactions", &err), &err);
        show_digest(c, "popularity", popular, train.digest);
        check(rec_strata_init(&by_items, &train, r->truth, r->measures,
                              per_user, &err),
              &err);
        r->items = &by_items;
    }
    if (active) {
        check(rec_data_load(&history, active, "interactions", &err), &err);
        show_digest(c, "activity", active, history.digest);
    }
    if (group_file) {
        load_groups();
        show_digest(c, "groups", group_file, groups.digest);
    }
}

static void warn_absent(const struct rec_groups *g, const char *path,
                        const char *where)
{
    if (g->absent > 0) {
        warn("%s: has no row of %zu users with targets, who are %s", path,
             g->absent, where);
    }
}

static void sum_parts(struct eval_result *r)
{
    struct rec_error err;

    if (active) {
        check(rec_groups_by_activity(&by_activity, r->judge, r->truth,
                                     &history, &err),
              &err);
        warn_absent(&by_activity, active, "taken to have no items");
        r->activity = &by_activity;
    }
    if (group_file) {
        check(rec_groups_by_row(&by_group, r->judge, r->truth, &groups, &err),
              &err);
        warn_absent(&by_group, group_file, "in no group");
        r->groups = &by_group;
        r->names = groups.items;
    }
}

static void close_parts(void)
{
    rec_strata_release(&by_items);
    rec_groups_release(&by_activity);
    rec_groups_release(&by_group);
    rec_data_release(&train);
    rec_data_release(&history);
    rec_data_release(&groups);
}

int main(int argc, char **argv)
{
    static void (*const report[])(struct cli_text *,
                                  const struct eval_result *) = {
        eval_report_text, eval_report_tsv, eval_report_json};
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct rec_measures m;
    struct rec_judge *j;
    struct rec_error err;
    struct rec_data truth;
    struct eval_result r = {&truth, &m, NULL, NULL, NULL, NULL, NULL};
    const char *input;
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    input = parse_options(&c, &m);
    check(rec_data_load(&truth, truth_file, "interactions", &err), &err);
    show_digest(&c, "truth", truth_file, truth.digest);
    open_parts(&c, &r);
    check(rec_judge_new(&j, &truth, truth_file, &m,
                        per_user || active || group_file,
                        popular ? &by_items : NULL, &err),
          &err);
    judge_stream(&c, j, input);
    give_notes(&c, j, &m);
    r.judge = j;
    sum_parts(&r);
    t.out = cli_output(&c, c.output, 0);
    if (per_user) {
        eval_report_users(&t, &r);
    } else {
        report[format](&t, &r);
    }
    cli_text_finish(&t);
    rec_judge_free(j);
    rec_measures_release(&m);
    rec_data_release(&truth);
    close_parts();
    cli_commit(&c);
    return CLI_OK;
}
