/* SPDX-License-Identifier: MIT */
/* rec-eval: judge ranked lists by what the users turned out to like. */
#include <config.h>

#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/dataset.h"
#include "eval/judge.h"

static const char *truth_file, *cuts = "20,50,100", *metrics;
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
    unsigned bits = 0;

    for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
        enum rec_metric m;

        end = at + strcspn(at, ",");
        m = rec_metric_find(at, (size_t)(end - at));
        if (m == REC_METRICS) {
            die_usage("--metrics: '%.*s' is not a metric", (int)(end - at),
                      at);
        }
        bits |= 1u << m;
    }
    return bits;
}

static size_t parse_cuts(const char *list, uint32_t cut[REC_MAX_CUTS])
{
    size_t n = 0;

    for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
        int64_t k;

        end = at + strcspn(at, ",");
        if (rec_parse_int(at, (size_t)(end - at), 1, REC_MAX_CUT, &k) != 0) {
            die_usage("--cutoffs: '%.*s' is not in the range 1 to %d",
                      (int)(end - at), at, REC_MAX_CUT);
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
    if (strcmp(truth_file, "-") == 0 && strcmp(input, "-") == 0) {
        die_usage("TRUTH and FILE are both standard input");
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

/* ---- reports ---------------------------------------------------------- */

struct count {
    const char *words, *tsv, *json;
    size_t n;
};
enum { COUNTS = 4 };

static void get_counts(const struct rec_judge *j, struct count out[COUNTS])
{
    const struct rec_judge_counts *n = rec_judge_counts(j);
    const struct count all[COUNTS] = {
        {"users evaluated", "users/evaluated", "evaluated", n->evaluated},
        {"  of them without a list", "users/without-list", "without_list",
         n->without_list},
        {"users without targets", "users/without-targets", "without_targets",
         n->without_targets},
        {"users only in the ranking", "users/only-ranked", "only_ranked",
         n->only_ranked}};

    memcpy(out, all, sizeof all);
}

static void report_text(struct cli_text *t, const struct rec_judge *j,
                        const struct rec_measures *m)
{
    const struct rec_moments *v = rec_judge_moments(j);
    char name[REC_MEASURE_NAME];
    struct count n[COUNTS];

    get_counts(j, n);
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%-26s %10zu\n", n[i].words, n[i].n);
    }
    cli_text_printf(t, "\n%-18s %9s %9s\n", "metric", "mean", "error");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%-18s %9.6f %9.6f\n", name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
}

static void report_tsv(struct cli_text *t, const struct rec_judge *j,
                       const struct rec_measures *m)
{
    const struct rec_moments *v = rec_judge_moments(j);
    char name[REC_MEASURE_NAME];
    struct count n[COUNTS];

    get_counts(j, n);
    cli_text_printf(t, "metric\tmean\terror\n");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s\t%.9g\t%.9g\n", name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%s\t%zu\t\n", n[i].tsv, n[i].n);
    }
}

static void report_json(struct cli_text *t, const struct rec_judge *j,
                        const struct rec_measures *m)
{
    const struct rec_moments *v = rec_judge_moments(j);
    char name[REC_MEASURE_NAME];
    struct count n[COUNTS];

    get_counts(j, n);
    cli_text_printf(t, "{\"users\":{");
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%s\"%s\":%zu", i ? "," : "", n[i].json, n[i].n);
    }
    cli_text_printf(t, "},\"metrics\":{");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s\"%s\":{\"mean\":%.9g,\"error\":%.9g}",
                        c ? "," : "", name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
    cli_text_printf(t, "}}\n");
}

static void report_users(struct cli_text *t, const struct rec_judge *j,
                         const struct rec_measures *m,
                         const struct rec_data *truth)
{
    char name[REC_MEASURE_NAME];

    cli_text_printf(t, "user\ttargets");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\t%s", name);
    }
    cli_text_printf(t, "\n");
    for (size_t u = 0; u < truth->rows.rows; u++) {
        struct rec_row row = rec_data_row(truth, u);

        if (row.n > 0) {
            cli_text_add(t, row.id, row.id_len);
            cli_text_printf(t, "\t%zu", row.n);
            for (size_t c = 0; c < m->columns; c++) {
                cli_text_printf(t, "\t%.9g", rec_judge_user(j, u)[c]);
            }
            cli_text_printf(t, "\n");
        }
    }
}

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

int main(int argc, char **argv)
{
    static void (*const report[])(struct cli_text *, const struct rec_judge *,
                                  const struct rec_measures *) = {
        report_text, report_tsv, report_json};
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct rec_measures m;
    struct rec_judge *j;
    struct rec_error err;
    struct rec_data truth;
    const char *input;
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    input = parse_options(&c, &m);
    check(rec_data_load(&truth, truth_file, "interactions", &err), &err);
    show_digest(&c, "truth", truth_file, truth.digest);
    check(rec_judge_new(&j, &truth, truth_file, &m, per_user, &err), &err);
    judge_stream(&c, j, input);
    give_notes(&c, j, &m);
    t.out = cli_output(&c, c.output, 0);
    if (per_user) {
        report_users(&t, j, &m, &truth);
    } else {
        report[format](&t, j, &m);
    }
    cli_text_finish(&t);
    rec_judge_free(j);
    rec_measures_release(&m);
    rec_data_release(&truth);
    cli_commit(&c);
    return CLI_OK;
}
