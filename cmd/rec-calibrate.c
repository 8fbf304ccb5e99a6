/* SPDX-License-Identifier: MIT */
/* rec-calibrate: the scores of a ranking as probabilities that can be
   believed, and whether they can. */
#include <config.h>

#include "calibrate.h"

#include <stdlib.h>
#include <string.h>

#include "eval/calibration_file.h"
#include "validate.h"

static const char *truth_file, *calibration_file, *by;
static int fit, report, method, input, binning, format;
static double prior = 1;
static int64_t bins = 10;
static const char *const methods[] = {"platt", "isotonic", "shift", NULL};
static const char *const inputs[] = {"score", "logit", "probability", NULL};
static const char *const binnings[] = {"count", "width", NULL};
static const char *const formats[] = {"text", "tsv", NULL};

static struct cli_option options[] = {
    CLI_OPT_FLAG(0, "fit", &fit, 1,
                 "fit a calibration to RANKING and TRUTH, and write it"),
    CLI_OPT_TEXT('m', "model", "CALIBRATION", &calibration_file, 0,
                 "apply this calibration: write RANKING with probabilities\n"
                 "in place of scores"),
    CLI_OPT_FLAG(0, "report", &report, 1,
                 "tell whether the probabilities in RANKING come true"),
    CLI_OPT_TEXT('t', "truth", "TRUTH", &truth_file, 0,
                 "interactions stream of the targets"),
    CLI_OPT_CHOICE(0, "method", "NAME", &method, methods, 1,
                   "platt, isotonic or shift [platt]"),
    CLI_OPT_CHOICE(0, "input", "NAME", &input, inputs, 1,
                   "what the scores are: score, logit or probability\n"
                   "[score]"),
    CLI_OPT_TEXT(0, "by", "COHORTS", &by, 0,
                 "also by the cohorts of users, of which this stream has\n"
                 "one in each row"),
    CLI_OPT_REAL(0, "prior", "R", &prior, 0, 1e9, 1,
                 "how strongly a cohort is drawn to all [1]"),
    CLI_OPT_INT(0, "bins", "N", &bins, 1, 100000, 1,
                "bins of the report [10]"),
    CLI_OPT_CHOICE(0, "binning", "NAME", &binning, binnings, 1,
                   "count or width: as many items in each bin, or as wide a\n"
                   "range of probabilities [count]"),
    CLI_OPT_CHOICE('f', "format", "NAME", &format, formats, 1,
                   "of the report: text or tsv [text]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-calibrate", "--fit|-m CALIBRATION|--report [RANKING]",
    "Make the scores of a ranking probabilities of a hit, by a calibration\n"
    "fitted to data that the model did not learn from; or report whether\n"
    "probabilities come true. With no RANKING, or when it is -, read standard\n"
    "input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* ---- the command line ---------------------------------------------------- */

/* Die if an option is given that only GROUP knows, whose names are LIST. */
static void refuse_options(const struct cli *c, const char *list,
                           const char *group)
{
    const char *part;
    size_t n;

    while ((part = cli_next_part(&list, &n)) != NULL) {
        char name[16];

        snprintf(name, sizeof name, "%.*s", (int)n, part);
        if (cli_given(c, name)) {
            die_usage("--%s goes with %s", name, group);
        }
    }
}

static void check_usage(const struct cli *c)
{
    const char *path[] = {cli_one_input(c), truth_file, calibration_file, by};
    int dashes = 0;

    if (fit + report + (calibration_file != NULL) != 1) {
        die_usage("what to do? give one of --fit, -m CALIBRATION and "
                  "--report");
    }
    if (!fit) {
        refuse_options(c, "method,input,prior", "--fit");
    }
    if (!report) {
        refuse_options(c, "bins,binning,format", "--report");
    }
    if (!truth_file != (calibration_file != NULL)) {
        die_usage(truth_file ? "-t goes with --fit and --report"
                             : "against what? give -t TRUTH");
    }
    if (cli_given(c, "prior") && !by) {
        die_usage("--prior needs --by");
    }
    if (fit && method == REC_SHIFT && input == REC_FROM_SCORE) {
        die_usage("--method=shift needs --input=logit or probability");
    }
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

/* ---- fitting ------------------------------------------------------------- */

static void load_trials(struct trials *t, struct cli *c, struct cohorts *g)
{
    struct rec_data truth;
    const char *name = strcmp(truth_file, "-") == 0 ? "standard input"
                                                    : truth_file;
    struct rec_error err;
    char *prov;

    check(rec_data_load(&truth, truth_file, "interactions", &err), &err);
    if (fit) {
        validate_refuse_test(name, &truth.head, "fit");
    }
    cli_prov_input(c, "truth", truth.prov, truth.digest);
    cohorts_load(g, c, by);
    trials_read(t, c, cli_one_input(c), &truth, g,
                report || input == REC_FROM_PROBABILITY, fit, &prov);
    if (cli_prov_find(prov, "input", truth.digest)) {
        if (fit) {
            die("%s: the scores in %s were made from it, as their provenance "
                "says; fit on data that the model did not learn from",
                name, cli_input_name(c));
        }
        warn("%s: the scores in %s were made from it", name,
             cli_input_name(c));
    }
    if (report && cli_prov_find(prov, "truth", truth.digest)) {
        warn("%s: the probabilities in %s were fitted to it; they will be "
             "worse elsewhere",
             name, cli_input_name(c));
    }
    if (t->strangers > 0) {
        warn("%s: has no row of %zu users of %zu; nothing is a hit for them",
             name, t->strangers, t->users);
    }
    if (by && t->unplaced > 0) {
        note(c, "users without a cohort: %zu of %zu", t->unplaced, t->users);
    }
    free(prov);
    rec_data_release(&truth);
}

static void tell_fit(const struct cli *c, const struct rec_calibration *m)
{
    note(c, "hits: %llu of %llu items", (unsigned long long)m->hits,
         (unsigned long long)m->trials);
    if (m->method == REC_ISOTONIC) {
        note(c, "knots: %zu, probabilities %.6g to %.6g", m->knots,
             m->value[0], m->value[m->knots - 1]);
    } else {
        note(c, "logit = %.6g z %c %.6g", m->slope, m->offset < 0 ? '-' : '+',
             m->offset < 0 ? -m->offset : m->offset);
    }
    if (m->method == REC_PLATT && !(m->slope > 0)) {
        warn("hits do not rise with the scores: all items get the same "
             "probability");
    } else if (m->method == REC_ISOTONIC
               && !(m->value[m->knots - 1] > m->value[0])) {
        warn("hits do not rise with the scores: all items get the same "
             "probability");
    }
}

static void run_fit(struct cli *c, struct rec_output *out)
{
    struct rec_calibration m = {
        .method = (enum rec_calibrate_method)method,
        .input = (enum rec_calibrate_input)input};
    struct rec_dict *nobody = by ? NULL : rec_dict_new();
    struct trials t;
    struct cohorts g;
    struct rec_error err;
    const struct rec_dict *names;

    load_trials(&t, c, &g);
    cli_need_memory(c, (double)t.n * (method == REC_ISOTONIC ? 45 : 13),
                    "the fit");
    if (rec_calibrate_fit(&m, t.score, t.hit, t.n, &err) != 0) {
        die("%s, %s: %s", cli_input_name(c), truth_file, err.text);
    }
    if (by
        && rec_calibrate_fit_cohorts(&m, g.groups.items, t.from, t.score,
                                     t.hit, prior, &err)
               != 0) {
        die("%s: %s", by, err.text);
    }
    tell_fit(c, &m);
    names = by ? g.groups.items : nobody;
    if (!names) {
        die("out of memory");
    }
    check(rec_calibration_save(&m, names, out, c->level, cli_prov_text(c),
                               &err),
          &err);
    rec_calibration_release(&m);
    rec_dict_free(nobody);
    cohorts_release(&g);
    trials_release(&t);
}

/* ---- applying ------------------------------------------------------------ */

struct job {
    const struct rec_row_reader *in;
    struct rec_calibration_file model;
    struct cohorts g;
    uint32_t *cohort; /* by cohort of G: that of the model */
    float *p;
    size_t cap;
    unsigned long long users, unplaced;
    struct cli_rows out;
};

static void apply_row(struct job *j, struct rec_row *row)
{
    const struct rec_calibration *m = &j->model.map;
    uint32_t cohort = cohorts_find(&j->g, row);
    struct rec_error err;

    cohort = cohort == REC_NONE ? REC_NONE : j->cohort[cohort];
    j->users++;
    j->unplaced += cohort == REC_NONE;
    for (size_t i = 0; i < row->n; i++) {
        const float *x = row->weight + i;

        if (m->input == REC_FROM_PROBABILITY) {
            calibrate_check_probability(j->in, row, i);
        }
        j->p[i] = (float)rec_calibrate(m, cohort, *x);
        /* not even by the last bit of exp */
        if (i > 0 && !(*x > x[-1]) && j->p[i] > j->p[i - 1]) {
            j->p[i] = j->p[i - 1];
        }
    }
    row->weight = j->p;
    check(rec_row_write(j->out.rows, row, &err), &err);
}

static void apply_stream(struct job *j, struct cli *c, struct rec_output *out)
{
    struct rec_row_reader *in = calibrate_open(cli_one_input(c));
    struct rec_batch b;
    struct rec_error err;

    j->in = in;
    cli_rows_begin(c, &j->out, out, rec_row_head(in), rec_row_items(in));
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        if (rec_reserve(&j->p, &j->cap, b.events, sizeof *j->p) != 0) {
            die("out of memory");
        }
        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            apply_row(j, &row);
        }
        rec_progress(&c->tick, "lists", (double)j->users, 0);
    }
    cli_prov_input(c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    cli_rows_finish(c, &j->out);
    rec_row_reader_close(in);
}

static void run_apply(struct cli *c, struct rec_output *out)
{
    struct job j;
    struct rec_error err;

    memset(&j, 0, sizeof j);
    check(rec_calibration_load(&j.model, calibration_file, &err), &err);
    if (!by != !j.model.map.shift) {
        die("%s: has %s cohorts: %s", calibration_file, by ? "no" : "shifts of",
            by ? "--by has no meaning" : "give --by COHORTS");
    }
    cli_prov_input(c, "calibration", rec_store_prov(j.model.store),
                   rec_store_digest(j.model.store));
    cohorts_load(&j.g, c, by);
    if (by) {
        j.cohort = rec_dict_map(j.g.groups.items, j.model.cohorts);
        if (!j.cohort) {
            die("out of memory");
        }
    }
    apply_stream(&j, c, out);
    if (by && j.unplaced > 0) {
        note(c, "users in no cohort of %s: %llu of %llu", calibration_file,
             j.unplaced, j.users);
    }
    rec_calibration_file_release(&j.model);
    cohorts_release(&j.g);
    free(j.cohort);
    free(j.p);
}

/* ---- reporting ----------------------------------------------------------- */

static void run_report(struct cli *c, struct rec_output *out)
{
    struct cli_text text = {out, {NULL, 0, 0}};
    struct report how = {(size_t)bins, (enum rec_binning)binning, format == 1};
    struct trials t;
    struct cohorts g;

    load_trials(&t, c, &g);
    if (t.n == 0) {
        die("%s: there are no scores", cli_input_name(c));
    }
    cli_need_memory(c, (double)t.n * 13, "the report");
    calibrate_report(&text, &t, &g, &how);
    cli_text_finish(&text);
    cohorts_release(&g);
    trials_release(&t);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_output *out;

    cli_parse(&c, &program, argc, argv);
    check_usage(&c);
    out = cli_output(&c, c.output, !report);
    if (fit) {
        run_fit(&c, out);
    } else if (report) {
        run_report(&c, out);
    } else {
        run_apply(&c, out);
    }
    cli_commit(&c);
    return CLI_OK;
}
