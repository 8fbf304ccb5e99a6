/* SPDX-License-Identifier: MIT */
/* rec-ease: train EASE (Steck, 2019), or one of its family, in closed
   form. */
#include <config.h>

#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/number.h"
#include "data/dataset.h"
#include "data/decay.h"
#include "ease_gram.h"
#include "models/ease.h"
#include "validate.h"

static const char *lambda_given, *valid_in, *valid_out;
static double dropout, xi, user_power, item_power, score_power;
static int wide, binary, normalised, side;
static double half_life; /* seconds; 0: none */
static int64_t now;
static const char *const sides[] = {"auto", "items", "users", NULL};

static struct cli_option options[] = {
    CLI_OPT_TEXT(
        0, "lambda", "L,...", &lambda_given, 1,
        "strength of the regularisation; 20x is 20 times the median\n"
        "sum of squares of an item; the default grows with the data,\n"
        "is printed, and is explained in the manual; of several, the\n"
        "best on validation is kept, or all of them are written"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; report each lambda"),
    CLI_OPT_REAL(0, "dropout", "P", &dropout, 0, 0.999, 1,
                 "learn to predict what is dropped from the histories with\n"
                 "probability P (EDLAE) [0]"),
    CLI_OPT_REAL(
        0, "xi", "X", &xi, 0, 1, 1,
        "let an item support itself by at most X: 0 is EASE, 1 LAE,\n"
        "between them RLAE [0]"),
    CLI_OPT_REAL(0, "user-power", "A", &user_power, 0, 2, 1,
                 "divide a user's row by its length to the power A [0]"),
    CLI_OPT_REAL(0, "item-power", "B", &item_power, 0, 2, 1,
                 "divide an item's column by its count to the power B [0]"),
    CLI_OPT_REAL(0, "score-power", "C", &score_power, -2, 2, 1,
                 "multiply an item's score by its count to the power C [B]"),
    CLI_OPT_FLAG(0, "normalised-scores", &normalised, 1,
                 "leave scores on the scale of the solve: C is 0"),
    CLI_OPT_CHOICE(0, "side", "SIDE", &side, sides, 1,
                   "solve for items, for users, or the smaller of the two:\n"
                   "items, users or auto [auto]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_SPAN(0, "half-life", "SPAN", &half_life, 1,
                 "let an event count half as much for every SPAN of its age:\n"
                 "12h, 30d, 8w, 1y [no decay]"),
    CLI_OPT_TIME(0, "now", "TIME", &now, 1,
                 "when events have no age [the time of the newest]"),
    CLI_OPT_FLAG(0, "double", &wide, 1,
                 "solve, store and score in double precision"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-ease", "[FILE]",
    "Train EASE on an interactions stream, or on a Gram matrix of rec-gram,\n"
    "and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* ---- how long the phases took ----------------------------------------- */

/* Stands between the library and the progress bar: a new phase ends the one
   before it. */
struct stopwatch {
    const struct cli *c;
    const char *phase; /* NULL: none yet */
    struct timespec begun;
    double order, gram_work;
};

static double operations(const struct stopwatch *s)
{
    double cube = s->order * s->order * s->order;

    return strcmp(s->phase, "gram") == 0      ? 2 * s->gram_work
           : strcmp(s->phase, "factor") == 0  ? cube / 3
           : strcmp(s->phase, "inverse") == 0 ? 2 * cube / 3
                                              : 0;
}

static void end_phase(struct stopwatch *s)
{
    double used, work;

    if (!s->phase || !s->c->verbose) {
        return;
    }
    used = cli_seconds_since(&s->begun);
    work = operations(s);
    if (work > 0 && used > 0) {
        note(s->c, "%s: %.3f s, %.1f GFlop/s", s->phase, used,
             1e-9 * work / used);
    } else {
        note(s->c, "%s: %.3f s", s->phase, used);
    }
}

static void on_progress(void *ctx, const char *phase, double done,
                        double total)
{
    struct stopwatch *s = ctx;

    if (!s->phase || strcmp(s->phase, phase) != 0) {
        end_phase(s);
        s->phase = phase;
        clock_gettime(CLOCK_MONOTONIC, &s->begun);
    }
    rec_progress(&s->c->tick, phase, done, total);
}

/* ---- lambdas ---------------------------------------------------------- */

enum { MAX_LAMBDAS = 16 };

struct lambda {
    char text[32]; /* as typed; "" for the default */
    double value;
    int relative; /* in units of the median mass */
};

struct lambdas {
    struct lambda at[MAX_LAMBDAS];
    int n;
};

/* "L" or "Lx", of N bytes. */
static struct lambda parse_lambda(const char *text, size_t n)
{
    struct lambda l = {"", 0, n > 1 && text[n - 1] == 'x'};

    if (n >= sizeof l.text
        || rec_parse_double(text, n - (size_t)l.relative, &l.value) != 0) {
        die_usage("--lambda: '%.*s' is not a number", (int)n, text);
    }
    if (l.value < 1e-12 || l.value > 1e12) {
        die_usage("--lambda: '%.*s' is not in the range 1e-12 to 1e+12",
                  (int)n, text);
    }
    memcpy(l.text, text, n);
    return l;
}

static void parse_lambdas(const char *list, struct lambdas *l)
{
    l->n = 0;
    for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
        end = at + strcspn(at, ",");
        if (l->n == MAX_LAMBDAS) {
            die_usage("--lambda: more than %d of them", MAX_LAMBDAS);
        }
        l->at[l->n] = parse_lambda(at, (size_t)(end - at));
        for (int i = 0; i < l->n; i++) {
            if (strcmp(l->at[i].text, l->at[l->n].text) == 0) {
                die_usage("--lambda: '%s' is given twice", l->at[i].text);
            }
        }
        l->n++;
    }
}

/* ---- options ---------------------------------------------------------- */

static struct rec_ease_options get_options(const struct cli *c,
                                           const struct rec_progress *tick,
                                           struct lambdas *l)
{
    double score = normalised                    ? 0
                   : cli_given(c, "score-power") ? score_power
                                                 : item_power;
    struct rec_ease_options opt = {{0, dropout, xi},
                                   {user_power, item_power, score},
                                   (enum rec_ease_side)side,
                                   binary,
                                   wide,
                                   (int)c->threads,
                                   tick};

    if (cli_given(c, "now") && half_life == 0) {
        die_usage("--now is for --half-life, which is not given");
    }
    if (normalised && cli_given(c, "score-power")) {
        die_usage("--normalised-scores is --score-power=0: give one of them");
    }
    if (!valid_in != !valid_out) {
        die_usage("--validate-in and --validate-out belong together");
    }
    if (valid_in
        && (strcmp(cli_one_input(c), "-") == 0) + (strcmp(valid_in, "-") == 0)
                   + (strcmp(valid_out, "-") == 0)
               > 1) {
        die_usage("standard input can be only one of the inputs");
    }
    parse_lambdas(lambda_given, l);
    if (l->n > 1 && !valid_in && !c->output) {
        die_usage("several models need -o PREFIX, or --validate-in and "
                  "--validate-out to choose one");
    }
    return opt;
}

/* ---- the work --------------------------------------------------------- */

struct job {
    struct cli c;
    struct stopwatch watch;
    struct lambdas lambdas;
    int from_gram; /* 1: GRAM is the input, not DATA */
    struct rec_data data;
    struct ease_gram gram;
    struct rec_dict *items; /* of either */
    int weights; /* with --half-life: do those of histories count? */
    struct rec_ease model;
};

static const char *input_name(const struct job *j)
{
    const char *file = cli_one_input(&j->c);

    return strcmp(file, "-") == 0 ? "standard input" : file;
}

/* ---- time -------------------------------------------------------------- */

/* The values of the events, from now on their weights. Whether the weights of
   histories count was settled before. */
static void let_decay(struct job *j, struct rec_ease_options *opt)
{
    struct rec_csr *x = &j->data.rows;
    struct rec_error err;

    if (!x->time) {
        die("%s: the events have no times; give rec-ingest a column of them, "
            "or leave out --half-life",
            input_name(j));
    }
    j->weights = x->weight && !binary;
    if (binary) {
        free(x->weight);
        x->weight = NULL;
        opt->binary = 0;
    }
    if (!cli_given(&j->c, "now") && rec_csr_events(x) > 0) {
        check(rec_csr_newest(x, &now, &err), &err);
    }
    if (j->c.verbose) {
        note(&j->c, "events count in full at %" PRId64 ", half of that %g s "
             "before", now, half_life);
    }
    if (rec_csr_decay(x, half_life, now, &err) < 0) {
        die("%s: %s; give a longer --half-life or an earlier --now",
            input_name(j), err.text);
    }
}

/* ---- lambdas for the data ---------------------------------------------- */

static double default_lambda(const struct job *j,
                             const struct rec_ease_options *opt)
{
    return j->from_gram ? rec_ease_gram_lambda(&j->model)
                        : rec_ease_lambda(&j->data.rows, opt->binary);
}

static double median_mass(const struct job *j,
                          const struct rec_ease_options *opt)
{
    struct rec_error err;
    double mass;

    check(j->from_gram
              ? rec_ease_gram_median_mass(&j->model, &mass, &err)
              : rec_ease_median_mass(&j->data.rows, opt, &mass, &err),
          &err);
    return mass;
}

/* Their values; the default if none is given. */
static void resolve_lambdas(struct job *j, const struct rec_ease_options *opt)
{
    int scaled = opt->powers.user > 0 || opt->powers.item > 0;
    struct lambdas *l = &j->lambdas;
    double unit = 0;

    if (l->n == 0) {
        l->n = 1;
        l->at[0] = (struct lambda){"", 20, scaled};
        l->at[0].value = scaled ? 20 : default_lambda(j, opt);
    }
    for (int i = 0; i < l->n; i++) {
        struct lambda *a = &l->at[i];

        if (a->relative && unit == 0) {
            unit = median_mass(j, opt);
        }
        a->value *= a->relative ? unit : 1;
        if (a->relative || !*a->text) {
            note(&j->c, "lambda %.6g (%s)", a->value,
                 *a->text ? a->text : "the default for these data");
        }
    }
}

/* ---- solving ----------------------------------------------------------- */

/* What the rows would have to be there for. */
static void refuse_for_gram(const struct job *j,
                            const struct rec_ease_options *opt)
{
    if (opt->powers.user != 0) {
        die_usage("--user-power needs the rows of the users, which a Gram "
                  "matrix has not");
    }
    if (opt->side == REC_EASE_USERS) {
        die_usage("--side=users needs the rows of the users, which a Gram "
                  "matrix has not");
    }
    if (half_life > 0) {
        die_usage("--half-life needs the times of the events, which a Gram "
                  "matrix has not; rec-merge --decay lets whole matrices "
                  "decay");
    }
    if (binary && j->gram.source.weights) {
        die_usage("--binary comes too late for a Gram matrix of weights; give "
                  "it to rec-gram");
    }
    if (j->lambdas.n > 1 && !valid_in && strcmp(j->gram.path, "-") == 0) {
        die_usage("several models need the Gram matrix again: give a FILE, or "
                  "--validate-in and --validate-out to choose one");
    }
}

static void begin_gram(struct job *j, const struct rec_ease_options *opt)
{
    struct rec_csr none = {0, j->gram.source.items, NULL, NULL, NULL, NULL};
    struct rec_ease_options items = *opt;
    struct rec_error err;

    refuse_for_gram(j, opt);
    items.side = REC_EASE_ITEMS;
    if (j->c.verbose) {
        note(&j->c, "%s of the Gram matrix of %zu users, %lu items",
             rec_ease_name(&opt->family), ease_gram_head(&j->gram)->users.n,
             (unsigned long)none.cols);
        j->watch.order = none.cols;
    }
    cli_need_memory(&j->c,
                    rec_ease_memory(&none, &items)
                        + 16.0 * (double)rec_gram_strip_room(none.cols),
                    "training");
    check(rec_ease_begin_gram(&j->model, &j->gram.source, &items,
                              valid_in != NULL && j->lambdas.n > 1, &err),
          &err);
    ease_gram_prov(&j->gram, &j->c);
}

/* Die if --max-mem does not allow what training needs, and say what it would
   allow. */
static void need_memory(const struct cli *c, const struct rec_csr *x,
                        const struct rec_ease_options *opt)
{
    struct rec_ease_options other = *opt;
    double need = rec_ease_memory(x, opt), limit = (double)c->max_mem;
    const char *fits = "";

    other.side = rec_ease_side(x, opt) == REC_EASE_ITEMS ? REC_EASE_USERS
                                                         : REC_EASE_ITEMS;
    if (limit > 0 && need > limit) {
        if (rec_ease_memory(x, &other) <= limit) {
            fits = other.side == REC_EASE_ITEMS ? "; --side=items would fit"
                                                : "; --side=users would fit";
        }
        other = *opt;
        other.wide = 0;
        if (rec_ease_memory(x, &other) <= limit) {
            fits = "; single precision would fit";
        }
        die("training needs %.1f MiB, --max-mem allows %.1f MiB%s",
            need / (1 << 20), limit / (1 << 20), fits);
    }
}

static void begin(struct job *j, const struct rec_ease_options *opt)
{
    const struct rec_csr *x = &j->data.rows;
    struct rec_error err;

    if (j->c.verbose) {
        note(&j->c, "%s of %zu users, %lu items, %zu events, solved for %s",
             rec_ease_name(&opt->family), x->rows, (unsigned long)x->cols,
             rec_csr_events(x), sides[rec_ease_side(x, opt)]);
        j->watch.order = rec_ease_order(x, opt);
        j->watch.gram_work = rec_ease_gram_work(x, opt);
    }
    need_memory(&j->c, x, opt);
    check(rec_ease_begin(&j->model, x, opt,
                         valid_in != NULL && j->lambdas.n > 1, &err),
          &err);
    if (half_life > 0) {
        rec_ease_set_decay(&j->model, half_life, now, j->weights);
    }
}

static void solve(struct job *j, double lambda)
{
    struct rec_error err;

    if (rec_ease_solve(&j->model, lambda, &err) < 0) {
        die("%s: %s", input_name(j), err.text);
    }
}

static void save(struct job *j, struct rec_output *out)
{
    struct rec_error err;

    rec_ease_finish(&j->model);
    on_progress(&j->watch, "save", 0, 1);
    check(rec_ease_save(&j->model, j->items, out, j->c.level,
                        cli_prov_text(&j->c), &err),
          &err);
}

/* A line of the table on standard error; NULL for its head. */
static void show(const struct job *j, double lambda,
                 const struct rec_moments *mean)
{
    char line[256];
    size_t used;

    used = mean ? (size_t)snprintf(line, sizeof line, "%-10.6g", lambda)
                : (size_t)snprintf(line, sizeof line, "%-10s", "lambda");
    for (int c = 0; c < VALIDATE_COLUMNS; c++) {
        used += mean ? (size_t)snprintf(line + used, sizeof line - used,
                                        " %13.6f", mean[c].mean)
                     : (size_t)snprintf(line + used, sizeof line - used,
                                        " %13s", validate_name(c));
    }
    if (mean) {
        note(&j->c, "%s %9.6f", line,
             rec_moments_error(&mean[VALIDATE_NDCG_100]));
    } else {
        note(&j->c, "%s %9s", line, "+-");
    }
}

/* Solve for every lambda and keep the one with the best ndcg@100. */
static void choose(struct job *j)
{
    struct rec_moments mean[VALIDATE_COLUMNS];
    int best = 0, last = j->lambdas.n - 1;
    struct validation v;
    struct rec_model m;
    struct rec_error err;
    double highest = -1;

    validate_open(&v, &j->c, valid_in, valid_out, j->items);
    show(j, 0, NULL);
    for (int i = 0; i <= last; i++) {
        solve(j, j->lambdas.at[i].value);
        on_progress(&j->watch, "validate", 0, 1);
        check(rec_ease_lend(&j->model, j->items, &m, &err), &err);
        validate_model(&v, &m, (int)j->c.threads, mean);
        rec_ease_unlend(&m);
        show(j, j->lambdas.at[i].value, mean);
        if (mean[VALIDATE_NDCG_100].mean > highest) {
            highest = mean[VALIDATE_NDCG_100].mean;
            best = i;
        }
    }
    validate_release(&v);
    if (last > 0) {
        note(&j->c, "lambda %.6g has the best ndcg@100 of %zu users",
             j->lambdas.at[best].value, v.users);
    }
    if (best != last) {
        solve(j, j->lambdas.at[best].value);
    }
}

/* PREFIX and the lambda as typed. */
static void save_all(struct job *j)
{
    for (int i = 0; i < j->lambdas.n; i++) {
        const struct lambda *l = &j->lambdas.at[i];
        size_t n = strlen(j->c.output) + sizeof l->text + sizeof ".rps";
        char *path = xalloc(n, 1);

        snprintf(path, n, "%s%s.rps", j->c.output, l->text);
        solve(j, l->value);
        save(j, cli_output(&j->c, path, 1));
        free(path);
    }
}

/* A PREFIX that ends in a slash is a directory to be made. */
static void make_directory(const char *prefix)
{
    size_t n = strlen(prefix);

    if (n > 0 && prefix[n - 1] == '/' && mkdir(prefix, 0777) != 0
        && errno != EEXIST) {
        die("cannot create directory '%s': %s", prefix, strerror(errno));
    }
}

/* Read the rows, or the head of a Gram matrix. */
static void open_input(struct job *j)
{
    const char *path = cli_one_input(&j->c);
    struct rec_stream_reader *in;
    struct rec_row_reader *r;
    struct rec_error err;

    check(rec_stream_reader_open(&in, path, &err), &err);
    j->from_gram = strcmp(rec_stream_head(in)->kind, REC_GRAM_KIND) == 0;
    if (j->from_gram) {
        ease_gram_open(&j->gram, in, path);
        j->items = ease_gram_head(&j->gram)->items;
        return;
    }
    check(rec_row_reader_attach(&r, in, "interactions", &err), &err);
    check(rec_data_read(&j->data, r, &err), &err);
    rec_row_reader_close(r);
    cli_prov_input(&j->c, "input", j->data.prov, j->data.digest);
    j->items = j->data.items;
}

static void release(struct job *j)
{
    rec_ease_release(&j->model);
    if (j->from_gram) {
        ease_gram_release(&j->gram);
    } else {
        rec_data_release(&j->data);
    }
}

int main(int argc, char **argv)
{
    struct job j = {.watch = {&j.c, NULL, {0, 0}, 0, 0}};
    struct rec_progress tick = {on_progress, &j.watch};
    struct rec_ease_options opt;
    struct rec_output *out = NULL;
    int several;

    cli_parse(&j.c, &program, argc, argv);
    opt = get_options(&j.c, &tick, &j.lambdas);
    several = j.lambdas.n > 1 && !valid_in;
    if (several) {
        make_directory(j.c.output);
    } else {
        out = cli_output(&j.c, j.c.output, 1);
    }
    open_input(&j);
    if (j.from_gram) {
        begin_gram(&j, &opt);
        resolve_lambdas(&j, &opt);
    } else {
        if (half_life > 0) {
            let_decay(&j, &opt);
        }
        resolve_lambdas(&j, &opt);
        begin(&j, &opt);
    }
    if (several) {
        save_all(&j);
    } else {
        if (valid_in) {
            choose(&j);
        } else {
            solve(&j, j.lambdas.at[0].value);
        }
        save(&j, out);
    }
    release(&j);
    cli_commit(&j.c);
    end_phase(&j.watch);
    return CLI_OK;
}
