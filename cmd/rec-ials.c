/* SPDX-License-Identifier: MIT */
/* rec-ials: train matrix factorisation by implicit alternating least
   squares. */
#include <config.h>

#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "data/dataset.h"
#include "models/factors.h"
#include "models/ials.h"
#include "validate.h"

static const char *valid_in, *valid_out, *kappa_given = "0", *log_path;
static double unobserved = 0.1, lambda = 0.01, nu = 1, init = 0.1;
static int64_t dim = 128, epochs = 16, block = 128, patience = 3;
static int binary;

static struct cli_option options[] = {
    CLI_OPT_INT('d', "dim", "D", &dim, 1, REC_FACTORS_MAX, 1,
                "numbers in a vector [128]"),
    CLI_OPT_INT(0, "epochs", "E", &epochs, 1, 100000, 1,
                "solve all items, then all users, E times [16]"),
    CLI_OPT_REAL(0, "unobserved", "ALPHA", &unobserved, 0, 1e6, 1,
                 "weight of every pair of user and item, where no event has\n"
                 "been seen too [0.1]"),
    CLI_OPT_REAL(0, "lambda", "L", &lambda, 1e-9, 1e9, 1,
                 "strength of the regularisation [0.01]"),
    CLI_OPT_REAL(0, "nu", "NU", &nu, 0, 2, 1,
                 "power of a row's frequency in its regularisation [1]"),
    CLI_OPT_TEXT(0, "kappa", "K", &kappa_given, 1,
                 "in use, mix a user of n events with the mean user, n to K;\n"
                 "auto: the K estimated from the training users [0]"),
    CLI_OPT_INT(0, "block", "B", &block, 1, REC_FACTORS_MAX, 1,
                "solve systems of order B at most, rows with more events by\n"
                "blocks of B dimensions [128]"),
    CLI_OPT_REAL(0, "init", "S", &init, 1e-6, 1e3, 1,
                 "length of the random vectors to begin with [0.1]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; keep the best epoch"),
    CLI_OPT_INT(0, "patience", "P", &patience, 1, 100000, 1,
                "end after P epochs in a row that were not the best [3]"),
    CLI_OPT_TEXT(0, "log", "FILE", &log_path, 0,
                 "write a line for every epoch: the objective, seconds, and\n"
                 "the validation figures"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-ials", "[FILE]",
    "Train user and item vectors on an interactions stream by implicit\n"
    "alternating least squares, and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options,
    CLI_HAS_STREAM | CLI_HAS_SEED | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* ---- options ---------------------------------------------------------- */

/* Negative: to be estimated. */
static double get_kappa(void)
{
    double k;

    if (strcmp(kappa_given, "auto") == 0) {
        return -1;
    }
    if (rec_parse_double(kappa_given, strlen(kappa_given), &k) != 0
        || !(k >= 0 && k <= 1e9)) {
        die_usage("--kappa: '%s' is neither auto nor in the range 0 to 1e+09",
                  kappa_given);
    }
    return k;
}

static void check_options(const struct cli *c)
{
    if (cli_given(c, "patience") && !valid_in) {
        die_usage("--patience needs --validate-in and --validate-out");
    }
    validate_check_usage(valid_in, valid_out, cli_one_input(c));
}

/* ---- the work --------------------------------------------------------- */

struct job {
    struct cli c;
    double kappa; /* negative: to be estimated */
    struct rec_data data;
    struct rec_ials_train train;
    struct rec_ials best; /* the model to be written */
    struct validation valid;
    struct cli_text log;
    int best_epoch;
    double highest; /* ndcg@100 of BEST */
    double seconds; /* of all epochs so far */
};

static void read_input(struct job *j)
{
    const char *path = cli_one_input(&j->c);
    struct rec_error err;

    check(rec_data_load(&j->data, path, "interactions", &err), &err);
    cli_prov_input(&j->c, "input", j->data.prov, j->data.digest);
    if (valid_in) {
        validate_open(&j->valid, &j->c, valid_in, valid_out, j->data.items);
    }
    if (j->c.verbose) {
        note(&j->c, "%zu users, %lu items, %zu events, %lld dimensions",
             j->data.rows.rows, (unsigned long)j->data.rows.cols,
             rec_csr_events(&j->data.rows), (long long)dim);
    }
}

static void begin(struct job *j)
{
    struct rec_ials_options opt = {
        (uint32_t)dim, (uint32_t)block, unobserved, lambda, nu, init,
        (uint64_t)j->c.seed, binary, (int)j->c.threads};
    struct rec_error err;

    cli_need_memory(&j->c, rec_ials_memory(&j->data.rows, &opt), "training");
    check_input(rec_ials_begin(&j->train, &j->data.rows, &opt, &err), &j->c,
                &err);
}

/* The model of this epoch. */
static struct rec_ials take(struct job *j)
{
    struct rec_ials m;
    struct rec_error err;

    check(rec_ials_take(&j->train, j->kappa < 0 ? 0 : j->kappa, &m, &err),
          &err);
    if (j->kappa < 0) {
        check(rec_ials_kappa(&m, &j->data.rows, (int)j->c.threads, &m.kappa,
                             &err),
              &err);
    }
    return m;
}

/* Is this epoch the best so far? Then keep its model. */
static int judge(struct job *j, int epoch, struct rec_moments *mean)
{
    struct rec_ials now = take(j);
    struct rec_model m;
    struct rec_error err;
    int better;

    check(rec_ials_lend(&now, j->data.items, &m, &err), &err);
    validate_model(&j->valid, &m, (int)j->c.threads, mean);
    rec_ials_unlend(&m);
    better = mean[VALIDATE_NDCG_100].mean > j->highest;
    if (better) {
        j->highest = mean[VALIDATE_NDCG_100].mean;
        j->best_epoch = epoch;
    }
    rec_ials_release(better ? &j->best : &now);
    if (better) {
        j->best = now;
    }
    return better;
}

/* ---- the report ------------------------------------------------------- */

static int wants_objective(const struct job *j)
{
    return j->c.verbose || log_path;
}

static void show_head(struct job *j)
{
    char line[256];
    size_t used = (size_t)snprintf(line, sizeof line, "%-6s", "epoch");

    if (log_path) {
        cli_text_printf(&j->log, "epoch\tseconds\tobjective");
        for (int c = 0; c < VALIDATE_COLUMNS && valid_in; c++) {
            cli_text_printf(&j->log, "\t%s", validate_name(c));
        }
        cli_text_printf(&j->log, "\n");
        cli_text_finish(&j->log); /* to be followed */
    }
    if (j->c.verbose) {
        used += (size_t)snprintf(line + used, sizeof line - used,
                                 " %13s %9s", "objective", "seconds");
    }
    for (int c = 0; c < VALIDATE_COLUMNS && valid_in; c++) {
        used += (size_t)snprintf(line + used, sizeof line - used, " %13s",
                                 validate_name(c));
    }
    if (j->c.verbose || valid_in) {
        note(&j->c, "%s", line);
    }
}

static void show_epoch(struct job *j, int epoch, double objective,
                       const struct rec_moments *mean)
{
    char line[256];
    size_t used = (size_t)snprintf(line, sizeof line, "%-6d", epoch);

    if (log_path) {
        cli_text_printf(&j->log, "%d\t%.3f\t%.9g", epoch, j->seconds,
                        objective);
        for (int c = 0; c < VALIDATE_COLUMNS && mean; c++) {
            cli_text_printf(&j->log, "\t%.6f", mean[c].mean);
        }
        cli_text_printf(&j->log, "\n");
        cli_text_finish(&j->log); /* to be followed */
    }
    if (j->c.verbose) {
        used += (size_t)snprintf(line + used, sizeof line - used,
                                 " %13.7g %9.3f", objective, j->seconds);
    }
    for (int c = 0; c < VALIDATE_COLUMNS && mean; c++) {
        used += (size_t)snprintf(line + used, sizeof line - used, " %13.6f",
                                 mean[c].mean);
    }
    if (j->c.verbose || mean) {
        note(&j->c, "%s", line);
    }
}

/* ---- training --------------------------------------------------------- */

static double one_epoch(struct job *j)
{
    struct rec_error err;
    struct timespec begun;
    double objective = 0;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    check_input(rec_ials_epoch(&j->train, &err), &j->c, &err);
    j->seconds += cli_seconds_since(&begun);
    if (wants_objective(j)) {
        check(rec_ials_objective(&j->train, &objective, &err), &err);
    }
    return objective;
}

static void train(struct job *j)
{
    struct rec_moments mean[VALIDATE_COLUMNS];
    int64_t idle = 0;

    show_head(j);
    j->highest = -1;
    for (int e = 1; e <= epochs && idle < patience; e++) {
        double objective;

        rec_progress(&j->c.tick, "epochs", e - 1, (double)epochs);
        objective = one_epoch(j);
        if (valid_in) {
            idle = judge(j, e, mean) ? 0 : idle + 1;
        }
        show_epoch(j, e, objective, valid_in ? mean : NULL);
    }
    if (valid_in) {
        note(&j->c, "epoch %d has the best ndcg@100 of %zu users",
             j->best_epoch, j->valid.users);
        validate_release(&j->valid);
    } else {
        j->best = take(j);
    }
    if (j->kappa < 0) {
        note(&j->c, "kappa %.4g (estimated)", j->best.kappa);
    }
    rec_ials_end(&j->train);
}

int main(int argc, char **argv)
{
    struct job j = {.kappa = 0};
    struct rec_output *out;
    struct rec_error err;

    cli_parse(&j.c, &program, argc, argv);
    check_options(&j.c);
    j.kappa = get_kappa();
    out = cli_output(&j.c, j.c.output, 1);
    if (log_path) {
        j.log.out = cli_log(&j.c, log_path);
    }
    read_input(&j);
    begin(&j);
    train(&j);
    check(rec_ials_save(&j.best, j.data.items, out, j.c.level,
                        cli_prov_text(&j.c), &err),
          &err);
    rec_ials_release(&j.best);
    rec_data_release(&j.data);
    cli_commit(&j.c);
    return CLI_OK;
}
