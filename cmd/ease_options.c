/* SPDX-License-Identifier: MIT */
/* The options of rec-ease: see ease_options.h. */
#include <config.h>

#include "ease_options.h"

#include <string.h>

#include "validate.h"

static const char *lambda_given, *valid_in, *valid_out;
static double dropout, xi, user_power, item_power, score_power;
static double threshold;
static double half_life; /* seconds; 0: none */
static int64_t top, now, nonzeros;
static int wide, binary, normalised, nonneg, side, method, store = -1;
static const char *const sides[] = {"auto", "items", "users", NULL};
static const char *const stores[] = {"f32", "f16", "bf16", NULL};
static const enum rec_dtype store_types[] = {REC_F32, REC_F16, REC_BF16};
static const char *const methods[] = {"dense", "sparse", NULL};

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
    CLI_OPT_CHOICE(0, "method", "METHOD", &method, methods, 1,
                   "dense, which is exact, or sparse, an approximation for\n"
                   "catalogues beyond memory [dense]"),
    CLI_OPT_INT(0, "nonzeros", "N", &nonzeros, 1, 1e12, 1,
                "with --method=sparse, write at most N weights [100 for every\n"
                "item]"),
    CLI_OPT_INT(0, "top", "K", &top, 1, 1e9, 1,
                "write a sparse model of the largest weights, K per item on\n"
                "average"),
    CLI_OPT_REAL(0, "threshold", "T", &threshold, 1e-12, 1e12, 1,
                 "write a sparse model without the weights below T"),
    CLI_OPT_FLAG(0, "nonneg", &nonneg, 1,
                 "solve for weights that are not negative; the model is\n"
                 "sparse"),
    CLI_OPT_CHOICE(0, "store", "TYPE", &store, stores, 1,
                   "store weights as f32, f16 or bf16 [as they were solved]"),
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

const struct cli_program ease_program = {
    "rec-ease", "[FILE]",
    "Train EASE on an interactions stream, or on a Gram matrix of rec-gram,\n"
    "and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* ---- options ---------------------------------------------------------- */

/* What goes with one of the methods only. */
static void refuse_for_method(const struct cli *c)
{
    if (!method && nonzeros > 0) {
        die_usage("--nonzeros is for --method=sparse");
    }
    if (method && xi != 0) {
        die_usage("--method=sparse has no weight of an item for itself: xi is "
                  "0");
    }
    if (method && cli_given(c, "side")) {
        die_usage("--method=sparse is of no side: leave --side out");
    }
    if (method && wide) {
        die_usage("--method=sparse is for large data and has single precision "
                  "only");
    }
    if (method && (nonneg || top > 0 || threshold > 0)) {
        die_usage("--method=sparse has its own bound: --nonzeros instead of "
                  "--top, --threshold or --nonneg");
    }
}

/* What does not go together with either. */
static void refuse(const struct cli *c)
{
    if (cli_given(c, "now") && half_life == 0) {
        die_usage("--now is for --half-life, which is not given");
    }
    if (normalised && cli_given(c, "score-power")) {
        die_usage("--normalised-scores is --score-power=0: give one of them");
    }
    validate_check_usage(valid_in, valid_out, cli_one_input(c));
    if (nonneg && side == REC_EASE_USERS) {
        die_usage("--nonneg is for the items side");
    }
    refuse_for_method(c);
}

/* What the library is to do. */
static struct rec_ease_options get_fit(const struct cli *c,
                                       const struct rec_progress *tick)
{
    double score = normalised                    ? 0
                   : cli_given(c, "score-power") ? score_power
                                                 : item_power;

    return (struct rec_ease_options){
        {0, dropout, xi},
        {user_power, item_power, score},
        nonneg ? REC_EASE_ITEMS : (enum rec_ease_side)side,
        binary,
        wide,
        (int)c->threads,
        tick};
}

struct ease_settings ease_settings_get(const struct cli *c,
                                       const struct rec_progress *tick)
{
    struct ease_settings s = {
        .valid_in = valid_in,
        .valid_out = valid_out,
        .fit = get_fit(c, tick),
        .sparse = method,
        .nonzeros = nonzeros,
        .cut = {(uint32_t)top, threshold},
        .nonneg = nonneg,
        .store = store < 0 ? REC_BYTES : store_types[store],
        .half_life = half_life,
        .now = now};

    refuse(c);
    ease_lambdas_parse(&s.lambdas, lambda_given);
    if (ease_settings_several(&s) && !c->output) {
        die_usage("several models need -o PREFIX, or --validate-in and "
                  "--validate-out to choose one");
    }
    return s;
}

/* ---- with a Gram matrix ----------------------------------------------- */

void ease_settings_check_gram(const struct ease_settings *s,
                              const struct ease_gram *g)
{
    if (s->sparse) {
        die_usage("--method=sparse needs the rows of the users, which a Gram "
                  "matrix has not");
    }
    if (s->fit.powers.user != 0) {
        die_usage("--user-power needs the rows of the users, which a Gram "
                  "matrix has not");
    }
    if (s->fit.side == REC_EASE_USERS) {
        die_usage("--side=users needs the rows of the users, which a Gram "
                  "matrix has not");
    }
    if (s->half_life > 0) {
        die_usage("--half-life needs the times of the events, which a Gram "
                  "matrix has not; rec-merge --decay lets whole matrices "
                  "decay");
    }
    if (binary && g->source.weights) {
        die_usage("--binary comes too late for a Gram matrix of weights; give "
                  "it to rec-gram");
    }
    if (ease_settings_several(s) && strcmp(g->path, "-") == 0) {
        die_usage("several models need the Gram matrix again: give a FILE, or "
                  "--validate-in and --validate-out to choose one");
    }
}
