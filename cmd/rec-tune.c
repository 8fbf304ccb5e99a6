/* SPDX-License-Identifier: MIT */
/* rec-tune: run a command with different options, judge the model that each
   writes on validation users, and keep the best. Successive halving after
   Jamieson and Talwalkar, "Non-stochastic best arm identification and
   hyperparameter optimization", AISTATS 2016. */
#include <config.h>

#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/number.h"
#include "child.h"
#include "tune_space.h"
#include "validate.h"

enum { GRID, RANDOM, HALVING };
static const char *const searches[] = {"grid", "random", "halving", NULL};
static const char *valid_in, *valid_out, *best_path, *list_path, *budget_text;
static const char *metric = "ndcg@100";
static int64_t trials = 20, eta = 3;
static int search, no_times;

static struct cli_option options[] = {
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 1,
                 "what is known of the validation users (required)"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 1,
                 "what is to be found for them (required)"),
    CLI_OPT_TEXT(0, "metric", "NAME", &metric, 1,
                 "what the best has most of: recall@K/min, recall@K/all,\n"
                 "precision@K, ndcg@K, map@K, hit@K or mrr [ndcg@100]"),
    CLI_OPT_CHOICE(0, "search", "NAME", &search, searches, 1,
                   "grid, random or halving [grid]"),
    CLI_OPT_INT(0, "trials", "N", &trials, 1, 100000, 1,
                "points to draw, of random and halving [20]"),
    CLI_OPT_TEXT(0, "budget", "MIN:MAX", &budget_text, 1,
                 "of halving: what {budget} in the command begins and\n"
                 "ends with"),
    CLI_OPT_INT(0, "eta", "N", &eta, 2, 100, 1,
                "of halving: the budget is multiplied, and the trials are\n"
                "divided, by N [3]"),
    CLI_OPT_TEXT(0, "list", "FILE", &list_path, 1,
                 "no search: the trials in FILE, lines of names, then values,\n"
                 "divided by tabs"),
    CLI_OPT_TEXT(0, "best", "FILE", &best_path, 0,
                 "write the best model to FILE"),
    CLI_OPT_FLAG(0, "no-times", &no_times, 0,
                 "leave out seconds and memory, for comparisons"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-tune", "COMMAND [NAME=VALUES]...",
    "Run the shell command COMMAND, which writes a model to its standard\n"
    "output, with values in place of {NAME}; judge each model on validation\n"
    "users; write a line of tsv per trial. VALUES is A,B,C or lin:LOW:HIGH or\n"
    "log:LOW:HIGH, with :POINTS if wanted, or int:LOW:HIGH.",
    options, CLI_HAS_SEED};

struct job {
    struct cli *c;
    const char *command;
    struct tune_space space;
    struct tune_points points;
    struct validation v;
    struct rec_output *out, *best_out;
    int64_t least, most; /* the budget; 0: there is none */
    int file, best_file; /* the model of this trial, and the best so far */
    struct rec_buf line, filled, best_command;
    unsigned long trial, good, best_trial;
    struct rec_moments best;
};

/* ---- setting up --------------------------------------------------------- */

/* "recall@20/min", as rec-eval names it. */
static void parse_metric(struct rec_measures *m)
{
    const char *at = strchr(metric, '@'), *slash = strchr(metric, '/');
    size_t n = at ? (size_t)(at - metric) : strlen(metric);
    const char *end = slash ? slash : metric + strlen(metric);
    char name[REC_MEASURE_NAME], again[REC_MEASURE_NAME] = "";
    enum rec_metric which;
    struct rec_error err;
    uint32_t cut[1];
    int64_t k = 1;

    snprintf(name, sizeof name, "%.*s%s", (int)n, metric,
             at && slash && slash > at ? slash : "");
    which = rec_metric_find(name, strlen(name));
    if (which <= REC_MRR
        && (!at
            || (at < end
                && rec_parse_int(at + 1, (size_t)(end - at - 1), 1,
                                 REC_MAX_CUT, &k)
                       == 0))) {
        cut[0] = (uint32_t)k;
        check(rec_measures_init(m, 1u << which, cut, which != REC_MRR, NULL,
                                &err),
              &err);
        rec_measures_name(m, 0, again);
    }
    if (strcmp(again, metric) != 0) { /* there is one way to write it */
        die_usage("--metric: '%s' is not one of recall@K/min, recall@K/all, "
                  "precision@K, ndcg@K, map@K, hit@K, mrr",
                  metric);
    }
}

static void parse_budget(struct job *j)
{
    size_t n = strcspn(budget_text, ":");

    if (rec_parse_int(budget_text, n, 1, INT32_MAX, &j->least) != 0
        || !budget_text[n]
        || rec_parse_int(budget_text + n + 1, strlen(budget_text + n + 1),
                         j->least, INT32_MAX, &j->most)
               != 0) {
        die_usage("--budget: '%s' is not MIN:MAX, two whole numbers",
                  budget_text);
    }
}

static void check_usage(const struct cli *c)
{
    if (!valid_in || !valid_out) {
        die_usage("judged on what? give --validate-in and --validate-out");
    }
    if (c->n_operands == 0) {
        die_usage("no command given");
    }
    if ((search == HALVING) != (budget_text != NULL)) {
        die_usage(budget_text ? "--budget is of --search=halving"
                              : "--search=halving needs a --budget");
    }
    if (cli_given(c, "eta") && search != HALVING) {
        die_usage("--eta is of --search=halving");
    }
    if (cli_given(c, "trials") && (search == GRID || list_path)) {
        die_usage("--trials is of --search=random and halving");
    }
    if (list_path && (search == RANDOM || c->n_operands > 1)) {
        die_usage("--list has the values: there is nothing to %s",
                  search == RANDOM ? "draw" : "add");
    }
}

static void make_points(struct job *j)
{
    const struct cli *c = j->c;

    for (int i = 1; i < c->n_operands; i++) {
        tune_space_add(&j->space, c->operand[i]);
    }
    if (list_path) {
        tune_read(&j->space, list_path, &j->points);
    } else if (search == GRID) {
        tune_grid(&j->space, &j->points);
    } else {
        tune_draw(&j->space, (size_t)trials, (uint64_t)c->seed, &j->points);
        if (j->points.n < (size_t)trials) {
            note(c, "there are only %zu points to try", j->points.n);
        }
    }
    tune_check_command(j->command, &j->space, j->most ? "budget" : NULL);
}

static void set_up(struct job *j, struct cli *c)
{
    struct rec_measures measures;

    memset(j, 0, sizeof *j);
    j->c = c;
    check_usage(c);
    j->command = c->operand[0];
    parse_metric(&measures);
    if (budget_text) {
        parse_budget(j);
    }
    make_points(j);
    validate_check_usage(valid_in, valid_out, NULL);
    j->best_out = best_path ? cli_output(c, best_path, 1) : NULL;
    validate_load(&j->v, c, valid_in, valid_out, &measures);
    j->out = cli_log(c, c->output); /* trials are dear: none is to be lost */
    j->file = child_file(best_path);
    j->best_file = child_file(best_path);
}

static void tear_down(struct job *j)
{
    tune_points_release(&j->points, j->space.n);
    tune_space_release(&j->space);
    validate_release(&j->v);
    rec_buf_release(&j->line);
    rec_buf_release(&j->filled);
    rec_buf_release(&j->best_command);
    close(j->file);
    close(j->best_file);
}

/* ---- the table ---------------------------------------------------------- */

static void add(struct job *j, const char *fmt, ...) REC_PRINTF(2, 3);

static void add(struct job *j, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (rec_buf_add(&j->line, text, strlen(text)) != 0) {
        die("out of memory");
    }
}

/* TEXT in a cell: tabs and line feeds as \t and \n. */
static void add_cell(struct job *j, const char *text)
{
    for (; *text; text++) {
        if (*text == '\t' || *text == '\n' || *text == '\\') {
            add(j, "\\%c", *text == '\t' ? 't' : *text == '\n' ? 'n' : '\\');
        } else {
            add(j, "%c", *text);
        }
    }
}

/* Written at once: who waits for hours wants to see how it goes. */
static void end_line(struct job *j)
{
    struct rec_error err;

    add(j, "\n");
    check(rec_output_write(j->out, j->line.data, j->line.len, &err), &err);
    j->line.len = 0;
}

static void write_header(struct job *j)
{
    add(j, "trial\tstatus");
    for (size_t k = 0; k < j->space.n; k++) {
        add(j, "\t");
        add_cell(j, j->space.param[k].name);
    }
    add(j, "%s\t%s\tse%s\tcommand", j->most ? "\tbudget" : "", metric,
        no_times ? "" : "\tseconds\tMiB");
    end_line(j);
}

static void write_trial(struct job *j, const struct tune_point *p,
                        int64_t budget, const char *status,
                        const struct rec_moments *mean,
                        const struct child_use *use)
{
    add(j, "%lu\t%s", j->trial, status);
    for (size_t k = 0; k < j->space.n; k++) {
        add(j, "\t");
        add_cell(j, p->value[k]);
    }
    if (j->most) {
        add(j, "\t%lld", (long long)budget);
    }
    if (mean) {
        add(j, "\t%.6f\t%.6f", mean->mean, rec_moments_error(mean));
    } else {
        add(j, "\t\t");
    }
    if (!no_times) {
        add(j, "\t%.3f\t%.1f", use->seconds, use->mib);
    }
    add(j, "\t");
    add_cell(j, j->filled.data);
    end_line(j);
}

/* ---- a trial ------------------------------------------------------------ */

static void empty_file(int fd)
{
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        die("cannot empty a temporary file");
    }
}

/* The model in the trial's file, judged. Returns 0, or -1 when it is none. */
static int judge(struct job *j, struct rec_moments *mean)
{
    struct rec_model *m;
    struct rec_error err;
    char path[32];

    snprintf(path, sizeof path, "/dev/fd/%d", j->file);
    if (lseek(j->file, 0, SEEK_SET) != 0
        || rec_model_open(&m, path, &err) != 0) {
        warn("trial %lu: %s", j->trial,
             strncmp(err.text, path, strlen(path)) == 0
                 ? err.text + strlen(path) + 2
                 : err.text);
        return -1;
    }
    validate_join(&j->v, m->items);
    validate_measure(&j->v, m, (int)j->c->threads, mean);
    rec_model_close(m);
    return 0;
}

static void keep_best(struct job *j, const struct rec_moments *mean)
{
    int file = j->file;

    if (j->good++ > 0 && !(mean->mean > j->best.mean)) {
        return;
    }
    j->best = *mean;
    j->best_trial = j->trial;
    j->best_command.len = 0;
    if (rec_buf_add(&j->best_command, j->filled.data, j->filled.len + 1)
        != 0) {
        die("out of memory");
    }
    j->file = j->best_file;
    j->best_file = file;
}

/* A trial with the values of P. Returns its score, NaN if it failed. */
static double run_trial(struct job *j, const struct tune_point *p,
                        int64_t budget)
{
    struct rec_moments mean = {0, 0, 0};
    struct child_use use;
    char status[32] = "ok", value[32];

    j->trial++;
    snprintf(value, sizeof value, "%lld", (long long)budget);
    tune_fill(j->command, &j->space, p, j->most ? "budget" : NULL, value,
              &j->filled);
    empty_file(j->file);
    child_run(j->filled.data, j->file, &use);
    if (WIFSIGNALED(use.status)) {
        snprintf(status, sizeof status, "signal %d", WTERMSIG(use.status));
    } else if (WEXITSTATUS(use.status) != 0) {
        snprintf(status, sizeof status, "exit %d", WEXITSTATUS(use.status));
    } else if (judge(j, &mean) != 0) {
        snprintf(status, sizeof status, "no model");
    } else {
        write_trial(j, p, budget, status, &mean, &use);
        keep_best(j, &mean);
        return mean.mean;
    }
    write_trial(j, p, budget, status, NULL, &use);
    return (double)NAN;
}

/* ---- searches ----------------------------------------------------------- */

static void run_all(struct job *j)
{
    for (size_t i = 0; i < j->points.n; i++) {
        (void)run_trial(j, &j->points.point[i], 0);
    }
}

struct runner { /* a point that is still in the race */
    size_t point;
    double score;
};

static int compare_runners(const void *a, const void *b)
{
    const struct runner *x = a, *y = b;

    return x->score > y->score   ? -1
           : x->score < y->score ? 1
                                 : (x->point > y->point)
                                       - (x->point < y->point);
}

/* All runners with BUDGET, best first; returns how many did not fail. */
static size_t run_round(struct job *j, struct runner *r, size_t n,
                        int64_t budget)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++) {
        r[i].score = run_trial(j, &j->points.point[r[i].point], budget);
        if (!isnan(r[i].score)) {
            r[left++] = r[i];
        }
    }
    qsort(r, left, sizeof *r, compare_runners);
    return left;
}

/* The best 1/eta of each round go on with eta times the budget. */
static void run_halving(struct job *j)
{
    size_t n = j->points.n;
    struct runner *r = xalloc(n, sizeof *r);
    int64_t budget = j->least;

    for (size_t i = 0; i < n; i++) {
        r[i].point = i;
    }
    for (;;) {
        size_t next = n / (size_t)eta > 1 ? n / (size_t)eta : 1;
        size_t left = run_round(j, r, n, budget);

        n = left < next ? left : next;
        if (n == 0 || budget == j->most) {
            break;
        }
        budget = budget * eta < j->most ? budget * eta : j->most;
    }
    free(r);
}

/* ---- the end ------------------------------------------------------------ */

static void copy_best(struct job *j)
{
    enum { STEP = 1 << 16 };
    char *buf = xalloc(STEP, 1);
    struct rec_error err;
    ssize_t n;

    if (lseek(j->best_file, 0, SEEK_SET) != 0) {
        die("cannot read a temporary file: %s", strerror(errno));
    }
    while ((n = read(j->best_file, buf, STEP)) != 0) {
        if (n < 0 && errno != EINTR) {
            die("cannot read a temporary file: %s", strerror(errno));
        }
        check(n < 0 ? 0 : rec_output_write(j->best_out, buf, (size_t)n, &err),
              &err);
    }
    free(buf);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    set_up(&j, &c);
    write_header(&j);
    (search == HALVING ? run_halving : run_all)(&j);
    if (j.good == 0) {
        die("none of %lu trials gave a model", j.trial);
    }
    if (j.best_out) {
        copy_best(&j);
    }
    note(&c, "best of %lu trials: %lu, %s %.6f (standard error %.6f, %zu "
             "users):\n%s",
         j.trial, j.best_trial, metric, j.best.mean,
         rec_moments_error(&j.best), j.v.users, j.best_command.data);
    tear_down(&j);
    cli_commit(&c);
    return CLI_OK;
}
