/* SPDX-License-Identifier: MIT */
/* rec-ask: ten questions for a stranger, on the vectors of a model. */
#include <config.h>

#include <string.h>

#include "ask.h"

static struct ask_options o = {
    .user = "-", .pool = 300, .questions = 10, .stable = 3, .length = 10,
    .ratio = 2, .known = 1, .scale = 1, .tolerance = 1e-4,
    .dim = 8, .epochs = 300, .penalty = .1, .rate = .03};
static int items, learn;
static const char *const criteria[] = {"pref",   "d-optimal", "v-optimal",
                                       "random", "popular",   NULL};
static const char *const offsets[] = {"counts", "none", NULL};
static const char *const starts[] = {"svd", "random", NULL};
static const char *const absents[] = {"skip", "dislike", NULL};

static struct cli_option options[] = {
    CLI_OPT_TEXT('m', "model", "FILE", &o.model, 0,
                 "a model of vectors (required)"),
    CLI_OPT_FLAG(0, "items", &items, 1,
                 "ask about one item: like or dislike? (the default)"),
    CLI_OPT_FLAG(0, "pairs", &o.pairs, 1, "ask about two: a or b?"),
    CLI_OPT_CHOICE(0, "criterion", "HOW", &o.by, criteria, 1,
                   "what makes a good question: pref, d-optimal, v-optimal,\n"
                   "random or popular [pref]"),
    CLI_OPT_INT(0, "pool", "N", &o.pool, 1, 10000, 1,
                "ask about the N most popular items [300]"),
    CLI_OPT_INT(0, "questions", "N", &o.questions, 0, 100000, 1,
                "ask at most N [10]"),
    CLI_OPT_INT(0, "stable", "N", &o.stable, 0, 100000, 1,
                "stop when N answers in turn did not change the list; 0:\n"
                "never [3]"),
    CLI_OPT_REAL(0, "tolerance", "V", &o.tolerance, 0, 1, 1,
                 "stop when the variance of the probability of every answer\n"
                 "is below V [0.0001]"),
    CLI_OPT_REAL(0, "known", "P", &o.known, 0, 10, 1,
                 "rather ask about what is known: to the power P [1]"),
    CLI_OPT_REAL(0, "ratio", "R", &o.ratio, 1, 1e9, 1,
                 "pairs of items whose counts are no more than R times apart\n"
                 "[2]"),
    CLI_OPT_REAL(0, "scale", "A", &o.scale, 1e-6, 1e6, 1,
                 "how far a product of vectors moves the odds [fitted]"),
    CLI_OPT_CHOICE(0, "offset", "WHAT", &o.offset, offsets, 1,
                   "odds before any answer: counts, those of the population,\n"
                   "or none, even ones [counts]"),
    CLI_OPT_INT('n', "number", "N", &o.length, 1, REC_MAX_ROW, 0,
                "items in the list [10]"),
    CLI_OPT_TEXT(0, "titles", "FILE", &o.titles, 0,
                 "show the titles of items, from FILE"),
    CLI_OPT_TEXT(0, "save", "FILE", &o.save, 0,
                 "write the person's vector to FILE, for rec-recommend"),
    CLI_OPT_TEXT(0, "user", "ID", &o.user, 1,
                 "call the person ID there [-]"),
    CLI_OPT_TEXT(0, "simulate", "STREAM", &o.simulate, 0,
                 "let the histories in STREAM answer; write a table"),
    CLI_OPT_TEXT(0, "truth", "STREAM", &o.truth, 0,
                 "what these users also have: judge by it"),
    CLI_OPT_CHOICE(0, "absent", "WHAT", &o.absent, absents, 1,
                   "what they say of items they do not have: skip or dislike\n"
                   "[skip]"),
    CLI_OPT_FLAG(0, "learn", &learn, 1,
                 "ask nobody, but train a model: FILE is text, lines \"user\n"
                 "item item\", the first item preferred to the second"),
    CLI_OPT_INT('d', "dim", "D", &o.dim, 1, 1024, 1,
                "with --learn: numbers in a vector [8]"),
    CLI_OPT_INT(0, "epochs", "E", &o.epochs, 0, 1000000, 1,
                "with --learn: steps, each over all comparisons [300]"),
    CLI_OPT_REAL(0, "penalty", "L", &o.penalty, 0, 1e9, 1,
                 "with --learn: L/2 for each square of a number [0.1]"),
    CLI_OPT_REAL(0, "rate", "R", &o.rate, 1e-9, 10, 1,
                 "with --learn: size of a step [0.03]"),
    CLI_OPT_CHOICE(0, "start", "HOW", &o.start, starts, 1,
                   "with --learn: svd or random [svd]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-ask", "-m MODEL [FILE] | --learn [FILE]",
    "Ask a person about the items of a model and recommend by the answers.\n"
    "FILE has the histories of the population that the person is from; some\n"
    "models know it. With --learn, FILE has comparisons to train a model.\n"
    "Answers are read from standard input, one a line: like or dislike, a or\n"
    "b, skip, quit.",
    options,
    CLI_HAS_STREAM | CLI_HAS_SEED | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* Standard input is for the answers. */
static void check_dashes(const struct cli *c)
{
    const char *path[] = {o.model, o.titles, o.simulate, o.truth,
                          c->n_operands > 0 ? cli_one_input(c) : NULL};
    int dashes = o.simulate ? 0 : 1;

    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs%s",
                  o.simulate ? "" : ", and the answers are one");
    }
}

static void check_learn(const struct cli *c)
{
    static const char *const talk[] = {
        "model", "items", "pairs", "criterion", "pool", "questions", "stable",
        "tolerance", "known", "ratio", "scale", "offset", "number", "titles",
        "save", "user", "simulate", "truth", "absent"};

    for (size_t i = 0; i < sizeof talk / sizeof *talk; i++) {
        if (cli_given(c, talk[i])) {
            die_usage("--learn does not go with --%s", talk[i]);
        }
    }
    (void)cli_one_input(c);
}

static void check_learning_options(const struct cli *c)
{
    static const char *const of[] = {"dim", "epochs", "penalty", "rate",
                                     "start"};

    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (cli_given(c, of[i])) {
            die_usage("--%s needs --learn", of[i]);
        }
    }
}

static void check_options(const struct cli *c)
{
    const char *why = rec_id_check(o.user, strlen(o.user));

    if (learn) {
        check_learn(c);
        return;
    }
    if (!o.model) {
        die_usage("no model given (-m)");
    }
    if (items && o.pairs) {
        die_usage("--items and --pairs exclude each other");
    }
    if (!o.simulate != !o.truth) {
        die_usage("--simulate and --truth belong together");
    }
    if (o.simulate && (o.save || o.titles)) {
        die_usage("--simulate does not go with --%s",
                  o.save ? "save" : "titles");
    }
    if (!o.simulate && cli_given(c, "absent")) {
        die_usage("--absent needs --simulate");
    }
    if (why) {
        die_usage("--user: an id %s", why);
    }
    check_learning_options(c);
    check_dashes(c);
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    memset(&j, 0, sizeof j);
    j.c = &c;
    j.o = &o;
    j.text.out = cli_output(&c, c.output, learn);
    if (learn) {
        ask_learn(&j);
    } else {
        ask_open(&j);
        (o.simulate ? ask_simulate : ask_talk)(&j);
        cli_text_finish(&j.text);
        ask_close(&j);
    }
    cli_commit(&c);
    return CLI_OK;
}
