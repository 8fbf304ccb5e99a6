/* SPDX-License-Identifier: MIT */
/* rec-eval: judge ranked lists by what the users turned out to like. */
#include <config.h>

#include "eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const char *truth_file, *cuts = "20,50,100", *metrics;
static int preset = -1, text;
static const char *popular, *active, *group_file;
static const char *exposed, *past_file, *vector_file, *attribute_file;
static const char *persona_file;
static int format, per_user, per_item, chances;
static double level = 95;
static int64_t n_draws = 10000;
static const char *const formats[] = {"text", "tsv", "json", NULL};
enum { TEXT, TSV, JSON };

static struct cli_option options[] = {
    CLI_OPT_TEXT('t', "truth", "FILE", &truth_file, 1,
                 "interactions stream of the targets, or text (required)"),
    CLI_OPT_FLAG(0, "text", &text, 1,
                 "what comes from pipes is text too (files tell)"),
    CLI_OPT_CHOICE(0, "as", "TOOL", &preset, eval_preset_names, 1,
                   "count as vae_cf, recbole, bars, lenskit or trec does"),
    CLI_OPT_TEXT('k', "cutoffs", "K,...", &cuts, 1,
                 "lengths at which lists are judged [20,50,100]"),
    CLI_OPT_TEXT(0, "metrics", "NAME,...", &metrics, 1,
                 "some of recall/min, recall/all, precision, ndcg,\n"
                 "map, hit, mrr, and of what the next five give [all]"),
    CLI_OPT_TEXT(0, "exposure", "TRAIN", &exposed, 1,
                 "also popularity, lift, novelty, tail, miscalibration;\n"
                 "coverage, gini, entropy of what lists show, given TRAIN"),
    CLI_OPT_TEXT(0, "history", "FILE", &past_file, 1,
                 "what users had, for lift and miscalibration [TRAIN]"),
    CLI_OPT_TEXT(0, "vectors", "FILE", &vector_file, 1,
                 "also the diversity of lists, by vectors of items"),
    CLI_OPT_TEXT(0, "attributes", "FILE", &attribute_file, 1,
                 "the same by attributes: rows of items with theirs, or\n"
                 "text"),
    CLI_OPT_FLAG(0, "probabilities", &chances, 1,
                 "scores are probabilities of a hit: also brier, log-loss;\n"
                 "ece, square, debiased of all lists"),
    CLI_OPT_TEXT(0, "by-popularity", "TRAIN", &popular, 1,
                 "also recall and exposure by deciles of the items, each\n"
                 "with a tenth of the interactions of TRAIN"),
    CLI_OPT_TEXT(0, "by-activity", "FILE", &active, 1,
                 "also the metrics by deciles of the users, by the items\n"
                 "that each has in FILE"),
    CLI_OPT_TEXT(0, "by", "GROUPS", &group_file, 1,
                 "also the metrics by groups of the users, which are what\n"
                 "GROUPS has in their rows"),
    CLI_OPT_TEXT(0, "personas", "GROUPS", &persona_file, 1,
                 "instead of all that: how far lists are from the shares of\n"
                 "the personas in GROUPS; no TRUTH"),
    CLI_OPT_CHOICE('f', "format", "NAME", &format, formats, 1,
                   "text, tsv or json [text]"),
    CLI_OPT_REAL(0, "intervals", "PERCENT", &level, 50, 99.99, 1,
                 "how sure the intervals are [95]"),
    CLI_OPT_INT(0, "draws", "N", &n_draws, 100, 1000000, 1,
                "draws of users for intervals and tests [10000]"),
    CLI_OPT_FLAG(0, "per-user", &per_user, 1,
                 "write a line of tsv per user, not the means"),
    CLI_OPT_FLAG(0, "per-item", &per_item, 1,
                 "the same per item: how often lists show it; needs\n"
                 "--exposure"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-eval", "-t TRUTH [FILE]...",
    "Judge ranking streams against the targets in TRUTH: means over users of\n"
    "ranking metrics, with standard errors and bootstrap intervals; several\n"
    "are compared pair by pair. With no FILE, or when FILE is -, read\n"
    "standard input.",
    options, CLI_HAS_PROGRESS | CLI_HAS_SEED};

/* ---- options ---------------------------------------------------------- */

/* What there are the files, or the scores, for. */
static unsigned given_metrics(void)
{
    return REC_METRICS_ALL | (exposed ? REC_METRICS_POPULARITY : 0)
           | (vector_file ? REC_METRICS_VECTORS : 0)
           | (attribute_file ? REC_METRICS_ATTRIBUTES : 0)
           | (chances ? REC_METRICS_CHANCES : 0);
}

static const char *option_for(enum rec_metric m)
{
    return REC_METRICS_POPULARITY >> m & 1   ? "exposure"
           : REC_METRICS_VECTORS >> m & 1    ? "vectors"
           : REC_METRICS_ATTRIBUTES >> m & 1 ? "attributes"
                                             : "probabilities";
}

REC_NORETURN static void die_no_metric(const char *name, size_t n)
{
    char known[REC_METRICS * (REC_MEASURE_NAME + 2)] = "";
    size_t at = 0;

    for (int m = 0; m < REC_METRICS; m++) {
        char own[REC_MEASURE_NAME];

        rec_metric_name((enum rec_metric)m, own);
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s",
                               m > 0 ? ", " : "", own);
    }
    die_usage("--metrics: '%.*s' is not a metric; there are %s", (int)n, name,
              known);
}

/* LIKE: the tool to count like, or NULL. */
static unsigned parse_metrics(const char *list,
                              const struct eval_preset *like)
{
    const char *part;
    unsigned bits = 0, given = given_metrics();
    size_t n;

    while ((part = cli_next_part(&list, &n)) != NULL) {
        enum rec_metric m = rec_metric_find(part, n);

        if (m != REC_METRICS && !(given >> m & 1)) {
            die_usage("--metrics: %.*s needs --%s", (int)n, part,
                      option_for(m));
        }
        if (m == REC_METRICS) {
            die_no_metric(part, n);
        }
        if (like && m <= REC_MRR && !(like->known >> m & 1)) {
            die_usage("--metrics: %.*s is not what %s knows, or another thing "
                      "there",
                      (int)n, part, eval_preset_names[preset]);
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

/* One of the files at most is standard input. */
static void check_standard_input(const struct eval_runs *r)
{
    const char *const path[] = {truth_file,     exposed, past_file,
                                vector_file,    attribute_file,
                                popular,        active,  group_file,
                                persona_file};
    const char *const name[] = {"TRUTH",
                                "TRAIN of --exposure",
                                "FILE of --history",
                                "FILE of --vectors",
                                "FILE of --attributes",
                                "TRAIN of --by-popularity",
                                "FILE of --by-activity",
                                "GROUPS of --by",
                                "GROUPS of --personas"};
    const char *first = NULL;

    for (size_t i = r->n + sizeof path / sizeof *path; i-- > 0;) {
        const char *file = i < r->n ? r->run[i].name : path[i - r->n];

        if (!file || strcmp(file, "-") != 0) {
            continue;
        }
        if (first) {
            die_usage("%s and %s are both standard input", first,
                      i < r->n ? "FILE" : name[i - r->n]);
        }
        first = i < r->n ? "FILE" : name[i - r->n];
    }
}

/* The reports that have a line for each user, or item. */
static void check_lines(const struct cli *c, const struct eval_runs *r)
{
    const char *lines = per_user ? "--per-user" : per_item ? "--per-item"
                                                           : NULL;

    if (per_user && (group_file || per_item)) {
        die_usage("--per-user and %s exclude each other",
                  per_item ? "--per-item" : "--by");
    }
    if (per_item && !exposed) {
        die_usage("--per-item needs --exposure");
    }
    if (per_item && (popular || active || group_file)) {
        die_usage("--per-item is by no parts");
    }
    if (r->n > 1 && (lines || popular || active || group_file)) {
        die_usage("%s takes one ranking",
                  lines ? lines : "to judge by parts");
    }
    if (lines && cli_given(c, "format") && format != TSV) {
        die_usage("%s is tsv", lines);
    }
}

/* They are judged by the groups alone. */
static void check_personas(const struct eval_runs *r)
{
    static const char *const known[] = {"personas", "cutoffs", "format"};

    for (const struct cli_option *o = options; o->name; o++) {
        int fine = !o->given;

        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            fine |= strcmp(o->name, known[k]) == 0;
        }
        if (!fine) {
            die_usage("--%s does not go with --personas", o->name);
        }
    }
    if (r->n > 1) {
        die_usage("--personas takes one ranking");
    }
}

static void parse_options(const struct cli *c, const struct eval_runs *r,
                          struct rec_measures *m)
{
    const struct eval_preset *like = preset < 0 ? NULL : eval_preset(preset);
    uint32_t cut[REC_MAX_CUTS];
    size_t n = parse_cuts(like && !cli_given(c, "cutoffs") ? like->cuts : cuts,
                          cut);
    unsigned bits = like ? like->metrics
                               | (given_metrics() & ~REC_METRICS_ALL)
                         : given_metrics();
    struct rec_error err;

    if (persona_file) {
        check_personas(r);
    } else if (!truth_file) {
        die_usage("against what? give -t TRUTH");
    }
    check_standard_input(r);
    check_lines(c, r);
    if (past_file && !exposed) {
        die_usage("--history is for --exposure");
    }
    if (metrics) {
        bits = parse_metrics(metrics, like);
    }
    check(rec_measures_init(m, bits, cut, n, like ? &like->rules : NULL,
                            &err), &err);
}

/* ---- parts ------------------------------------------------------------- */

static struct rec_data train, history, groups;
static struct rec_strata by_items;
static struct rec_groups by_activity, by_group;

static void open_parts(const struct cli *c, struct eval_result *r)
{
    struct rec_error err;

    if (popular) {
        check(rec_data_load(&train, popular, "interactions", &err), &err);
        eval_show_digest(c, "popularity", popular, train.digest);
        check(rec_strata_init(&by_items, &train, r->truth, r->measures,
                              per_user, r->draws->seed, &err),
              &err);
        r->items = &by_items;
    }
    if (active) {
        check(rec_data_load(&history, active, "interactions", &err), &err);
        eval_show_digest(c, "activity", active, history.digest);
    }
    if (group_file) {
        check(rec_data_load_groups(&groups, group_file, &err), &err);
        eval_show_digest(c, "groups", group_file, groups.digest);
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

    if (popular && !per_user) {
        check(rec_strata_intervals(&by_items, r->draws, &err), &err);
    }
    if (active) {
        check(rec_groups_by_activity(&by_activity, r->judge, r->truth,
                                     &history, &err),
              &err);
        warn_absent(&by_activity, active, "taken to have no items");
        if (!per_user) {
            check(rec_groups_intervals(&by_activity, r->judge, r->draws,
                                       &err),
                  &err);
        }
        r->activity = &by_activity;
    }
    if (group_file) {
        check(rec_groups_by_row(&by_group, r->judge, r->truth, &groups, &err),
              &err);
        warn_absent(&by_group, group_file, "in no group");
        check(rec_groups_intervals(&by_group, r->judge, r->draws, &err),
              &err);
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

/* ---- the whole --------------------------------------------------------- */

/* What a table of bare numbers would not tell. */
static void give_notes(const struct cli *c, const struct eval_result *r)
{
    const struct rec_judge_counts *n = rec_judge_counts(r->judge);
    uint32_t longest = r->measures->longest;

    if (n->evaluated == 0) {
        die("%s: no user has targets%s", truth_file,
            rec_judge_lists_only(r->judge) ? " and a list" : "");
    }
    if (n->longest < longest) {
        warn("%s%slists are judged at %u, but the longest has %zu items",
             c->n_operands > 1 ? r->name : "", c->n_operands > 1 ? ": " : "",
             (unsigned)longest, n->longest);
    }
    if (r->used) {
        warn("%s%s%s: these figures tell nothing of new data",
             c->n_operands > 1 ? r->name : "", c->n_operands > 1 ? ": " : "",
             r->used);
    }
    if (per_user || per_item) { /* the other reports have all counts */
        note(c, "users with targets but no list, who count 0: %zu",
             n->without_list);
        note(c, "users only in the ranking: %zu", n->only_ranked);
    }
}

/* The files that what lists show is judged by. */
static struct rec_data catalogue, past, attributes;
static struct rec_vectors vectors;

static void open_lists(const struct cli *c)
{
    struct rec_error err;

    if (exposed) {
        check(rec_data_load(&catalogue, exposed, "interactions", &err), &err);
        eval_show_digest(c, "exposure", exposed, catalogue.digest);
    }
    if (past_file) {
        check(rec_data_load(&past, past_file, "interactions", &err), &err);
        eval_show_digest(c, "history", past_file, past.digest);
    }
    if (vector_file) {
        check(rec_vectors_open(&vectors, vector_file, &err), &err);
    }
    if (attribute_file) {
        eval_load_pairs(c, &attributes, "attributes", attribute_file, text);
        check(rec_data_check_once(&attributes, attribute_file, "item",
                                  "attribute", &err),
              &err);
    }
}

static void begin_lists(struct eval_result *r)
{
    struct rec_error err;

    if (exposed || vector_file || attribute_file) {
        r->traits = xalloc(1, sizeof *r->traits);
        check(rec_traits_init(r->traits, r->measures, r->truth,
                              exposed ? &catalogue : NULL,
                              past_file ? &past : &catalogue,
                              vector_file ? &vectors : NULL,
                              attribute_file ? &attributes : NULL, &err),
              &err);
    }
}

static void close_lists(void)
{
    rec_data_release(&catalogue);
    rec_data_release(&past);
    rec_vectors_release(&vectors);
    rec_data_release(&attributes);
}

/* A result for each of the operands. */
static void begin_runs(const struct cli *c, struct eval_runs *r,
                       const struct eval_result *like)
{
    r->n = c->n_operands > 0 ? (size_t)c->n_operands : 1;
    r->run = xalloc(r->n, sizeof *r->run);
    for (size_t i = 0; i < r->n; i++) {
        r->run[i] = *like;
        r->run[i].name = c->n_operands > 0 ? c->operand[i] : "-";
    }
}

static void judge_run(const struct cli *c, struct eval_result *r)
{
    struct rec_error err;

    begin_lists(r);
    check(rec_judge_new(&r->judge, r->truth, truth_file, r->measures,
                        popular ? &by_items : NULL, r->traits, &err),
          &err);
    r->used = eval_judge(c, r->judge, r->name, r->truth, text);
}

/* Once all streams have ended. */
static void sum_run(const struct cli *c, struct eval_result *r)
{
    struct rec_error err;
    const uint32_t *row;
    size_t n;

    give_notes(c, r);
    if (exposed) {
        r->catalogue = eval_catalogue(r->traits);
    }
    if (r->measures->chances > 0) {
        r->reliability = eval_reliability(r);
    }
    if (!per_user && !per_item) {
        r->interval = xalloc(r->measures->columns, sizeof *r->interval);
        row = rec_judge_rows(r->judge, &n);
        check(rec_judge_intervals(r->judge, row, n, r->draws, r->interval,
                                  &err),
              &err);
    }
}

static void write_report(struct cli *c, const struct eval_runs *r)
{
    static void (*const report[])(struct cli_text *,
                                  const struct eval_result *) = {
        eval_report_text, eval_report_tsv, eval_report_json};
    static void (*const report_runs[])(struct cli_text *,
                                       const struct eval_runs *) = {
        eval_runs_text, eval_runs_tsv, eval_runs_json};
    struct cli_text t = {NULL, {NULL, 0, 0}};

    t.out = cli_output(c, c->output, 0);
    if (r->n > 1) {
        report_runs[format](&t, r);
    } else if (per_user) {
        eval_report_users(&t, r->run);
    } else if (per_item) {
        eval_report_items(&t, r->run);
    } else {
        report[format](&t, r->run);
    }
    cli_text_finish(&t);
}

static void release_runs(struct eval_runs *r)
{
    for (size_t i = 0; i < r->n; i++) {
        rec_judge_free(r->run[i].judge);
        free(r->run[i].used);
        free(r->run[i].interval);
        free(r->run[i].catalogue);
        if (r->run[i].reliability) {
            rec_reliability_release(r->run[i].reliability);
            free(r->run[i].reliability);
        }
        if (r->run[i].traits) {
            rec_traits_release(r->run[i].traits);
            free(r->run[i].traits);
        }
    }
    free(r->run);
    free(r->pair);
}

int main(int argc, char **argv)
{
    struct rec_measures m;
    struct rec_data truth;
    struct rec_draws draws;
    struct eval_result like = {.truth = &truth, .measures = &m,
                               .draws = &draws};
    struct eval_runs r = {0, NULL, NULL};
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    begin_runs(&c, &r, &like);
    parse_options(&c, &r, &m);
    if (persona_file) {
        eval_personas(&c, persona_file, r.run->name, &m, format);
        free(r.run);
        rec_measures_release(&m);
        cli_commit(&c);
        return CLI_OK;
    }
    draws = (struct rec_draws){level / 100, (uint32_t)n_draws,
                               (uint64_t)c.seed, (int)c.threads};
    eval_load_pairs(&c, &truth, "truth", truth_file, text);
    open_parts(&c, r.run);
    open_lists(&c);
    for (size_t i = 0; i < r.n; i++) {
        judge_run(&c, &r.run[i]);
    }
    for (size_t i = 0; i < r.n; i++) {
        sum_run(&c, &r.run[i]);
    }
    sum_parts(r.run);
    if (r.n > 1) {
        eval_compare(&r);
    }
    write_report(&c, &r);
    release_runs(&r);
    rec_measures_release(&m);
    rec_data_release(&truth);
    close_parts();
    close_lists();
    cli_commit(&c);
    return CLI_OK;
}
