/* SPDX-License-Identifier: MIT */
/* rec-ease: train EASE (Steck, 2019), or one of its family, in closed
   form. */
#include <config.h>

#include "cli.h"

#include <string.h>
#include <time.h>

#include "base/number.h"
#include "data/dataset.h"
#include "models/ease.h"

static const char *lambda_given;
static double dropout, xi, user_power, item_power, score_power;
static int wide, binary, normalised, side;
static const char *const sides[] = {"auto", "items", "users", NULL};

static struct cli_option options[] = {
    CLI_OPT_TEXT(0, "lambda", "L", &lambda_given, 1,
                 "strength of the regularisation; 20x is 20 times the median\n"
                 "sum of squares of an item; the default grows with the data,\n"
                 "is printed, and is explained in the manual"),
    CLI_OPT_REAL(0, "dropout", "P", &dropout, 0, 0.999, 1,
                 "learn to predict what is dropped from the histories with\n"
                 "probability P (EDLAE) [0]"),
    CLI_OPT_REAL(0, "xi", "X", &xi, 0, 1, 1,
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
    CLI_OPT_FLAG(0, "double", &wide, 1,
                 "solve, store and score in double precision"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-ease", "[FILE]",
    "Train EASE on an interactions stream and write the model.\n"
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
    struct timespec now;
    double used, work;

    if (!s->phase || !s->c->verbose) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    used = (double)(now.tv_sec - s->begun.tv_sec)
           + 1e-9 * (double)(now.tv_nsec - s->begun.tv_nsec);
    work = operations(s);
    if (work > 0 && used > 0) {
        note(s->c, "%s: %.3f s, %.1f GFlop/s", s->phase, used,
             1e-9 * work / used);
    } else {
        note(s->c, "%s: %.3f s", s->phase, used);
    }
}

static void on_progress(void *ctx, const char *phase, double done, double total)
{
    struct stopwatch *s = ctx;

    if (!s->phase || strcmp(s->phase, phase) != 0) {
        end_phase(s);
        s->phase = phase;
        clock_gettime(CLOCK_MONOTONIC, &s->begun);
    }
    rec_progress(&s->c->tick, phase, done, total);
}

/* ---- the work --------------------------------------------------------- */

/* "L", or "Lx" with *RELATIVE set. */
static double parse_lambda(const char *text, int *relative)
{
    size_t n = strlen(text);
    double v;

    *relative = n > 1 && text[n - 1] == 'x';
    if (rec_parse_double(text, n - (size_t)*relative, &v) != 0) {
        die_usage("--lambda: '%s' is not a number", text);
    }
    if (v < 1e-12 || v > 1e12) {
        die_usage("--lambda: '%s' is not in the range 1e-12 to 1e+12", text);
    }
    return v;
}

static struct rec_ease_options get_options(const struct cli *c,
                                           const struct rec_progress *tick)
{
    double score = normalised                     ? 0
                   : cli_given(c, "score-power") ? score_power
                                                  : item_power;
    struct rec_ease_options opt = {{0, dropout, xi},
                                   {user_power, item_power, score},
                                   (enum rec_ease_side)side,
                                   binary,
                                   wide,
                                   (int)c->threads,
                                   tick};
    int relative;

    if (normalised && cli_given(c, "score-power")) {
        die_usage("--normalised-scores is --score-power=0: give one of them");
    }
    if (lambda_given) { /* die now, not after reading */
        opt.family.lambda = parse_lambda(lambda_given, &relative);
    }
    return opt;
}

static void choose_lambda(const struct cli *c, const struct rec_csr *x,
                          struct rec_ease_options *opt)
{
    int scaled = opt->powers.user > 0 || opt->powers.item > 0, relative = 0;
    double factor = 20, unit;
    struct rec_error err;

    if (lambda_given) {
        factor = parse_lambda(lambda_given, &relative);
    }
    if (relative || (!lambda_given && scaled)) {
        check(rec_ease_median_mass(x, opt, &unit, &err), &err);
        opt->family.lambda = factor * unit;
    } else if (!lambda_given) {
        opt->family.lambda = rec_ease_lambda(x, binary);
    }
    if (relative || !lambda_given) {
        note(c, "lambda %.6g (%s)", opt->family.lambda,
             relative ? lambda_given : "the default for these data");
    }
}

static void fit(const struct cli *c, const struct rec_csr *x,
                const struct rec_ease_options *opt, struct rec_ease *model,
                struct stopwatch *s)
{
    const char *file = c->n_operands ? c->operand[0] : "-";
    struct rec_error err;

    if (c->verbose) {
        note(c, "%s of %zu users, %lu items, %zu events, solved for %s",
             rec_ease_name(&opt->family), x->rows, (unsigned long)x->cols,
             rec_csr_events(x), sides[rec_ease_side(x, opt)]);
        s->order = rec_ease_order(x, opt);
        s->gram_work = rec_ease_gram_work(x, opt);
    }
    cli_need_memory(c, rec_ease_memory(x, opt), "training");
    if (rec_ease_fit(model, x, opt, &err) < 0) {
        die("%s: %s", strcmp(file, "-") == 0 ? "standard input" : file,
            err.text);
    }
    on_progress(s, "save", 0, 1);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct stopwatch s = {&c, NULL, {0, 0}, 0, 0};
    struct rec_progress tick = {on_progress, &s};
    struct rec_ease_options opt;
    struct rec_data data;
    struct rec_ease model;
    struct rec_output *out;
    struct rec_error err;

    cli_parse(&c, &program, argc, argv);
    opt = get_options(&c, &tick);
    out = cli_output(&c, c.output, 1);
    check(rec_data_load(&data, cli_one_input(&c), "interactions", &err), &err);
    cli_prov_input(&c, "input", data.prov, data.digest);
    choose_lambda(&c, &data.rows, &opt);
    fit(&c, &data.rows, &opt, &model, &s);
    check(rec_ease_save(&model, data.items, out, c.level, cli_prov_text(&c),
                        &err),
          &err);
    rec_ease_release(&model);
    rec_data_release(&data);
    cli_commit(&c);
    end_phase(&s);
    return CLI_OK;
}
