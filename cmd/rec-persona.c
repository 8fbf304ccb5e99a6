/* SPDX-License-Identifier: MIT */
/* rec-persona: train several personas per user (AMP-CF). */
#include <config.h>

#include "persona.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "checkpoint.h"
#include "data/dataset.h"
#include "models/amp.h"
#include "validate.h"

static const char *valid_in, *valid_out, *log_path, *start_path, *assign_path;
static const char *checkpoint_path, *resume_path;
static int64_t personas = 4, dim = 64, project, per_persona = 5;
static int64_t sampled = 1000, batch, epochs = 60, patience, every = 1;
static int64_t fold_steps = 20;
static double temperature = 1, alpha = 0.5, pos_entropy, neg_entropy;
static double decay = 3, rate = 0.01, user_rate = 0.05, fold_rate = 0.2;
static int attention, negatives, corrected, no_bias, binary;
static const char *const attentions[] = {"dot", "cosine", NULL};
static const char *const kinds[] = {"full", "uniform", "popularity", NULL};

static struct cli_option options[] = {
    CLI_OPT_INT('k', "personas", "K", &personas, 1, REC_AMP_MAX_PERSONAS, 1,
                "vectors of a user, at most [4]"),
    CLI_OPT_INT(0, "per-persona", "N", &per_persona, 1, 1e9, 1,
                "a user of n events has n / N of them, rounded up [5]"),
    CLI_OPT_INT('d', "dim", "D", &dim, 1, REC_AMP_MAX_DIM, 1,
                "numbers in a vector [64]"),
    CLI_OPT_CHOICE(0, "attention", "NAME", &attention, attentions, 1,
                   "how an item chooses among the personas: dot or cosine\n"
                   "[dot]"),
    CLI_OPT_INT(0, "project", "A", &project, 1, REC_AMP_MAX_DIM, 1,
                "numbers in a vector of cosine attention [D]"),
    CLI_OPT_REAL(0, "temperature", "T", &temperature, 1e-3, 1e3, 1,
                 "divides the logits of the attention [1]"),
    CLI_OPT_FLAG(0, "no-bias", &no_bias, 1, "items have no bias"),
    CLI_OPT_CHOICE(0, "negatives", "NAME", &negatives, kinds, 1,
                   "what events are told from: full, all other items, or a\n"
                   "sample of them, uniform or by popularity [full]"),
    CLI_OPT_INT(0, "sampled", "N", &sampled, 1, 1e8, 1,
                "items in the sample, one for each batch [1000]"),
    CLI_OPT_FLAG(0, "corrected", &corrected, 1,
                 "let the sample stand for all items"),
    CLI_OPT_REAL(0, "alpha", "A", &alpha, 1e-3, 1, 1,
                 "weight of the loss; entropies have the rest [0.5]"),
    CLI_OPT_REAL(0, "pos-entropy", "P", &pos_entropy, 0, 1e6, 1,
                 "price of mixed attention to events [0]"),
    CLI_OPT_REAL(0, "neg-entropy", "N", &neg_entropy, 0, 1e6, 1,
                 "reward of mixed attention to negatives [0]"),
    CLI_OPT_REAL(0, "decay", "L", &decay, 0, 1e6, 1,
                 "penalty on the squares of the vectors [3]"),
    CLI_OPT_REAL(0, "rate", "R", &rate, 1e-9, 1e3, 1,
                 "learning rate of Adam for items [0.01]"),
    CLI_OPT_REAL(0, "user-rate", "R", &user_rate, 1e-9, 1e3, 1,
                 "the same for personas, a step for each epoch [0.05]"),
    CLI_OPT_INT(0, "batch", "N", &batch, 1, 1e6, 1,
                "users of an update [500, or less for few users]"),
    CLI_OPT_INT(0, "epochs", "N", &epochs, 1, 1e6, 1,
                "passes over the data [60]"),
    CLI_OPT_INT(0, "fold-steps", "N", &fold_steps, 0, REC_AMP_MAX_FOLD_STEPS,
                1,
                "steps that find the personas of a history in use [20]"),
    CLI_OPT_REAL(0, "fold-rate", "R", &fold_rate, 1e-9, 1e3, 1,
                 "learning rate of the first of them [0.2]"),
    CLI_OPT_TEXT(0, "start", "MODEL", &start_path, 0,
                 "begin from the vectors of MODEL, as of rec-ials, and a Ward\n"
                 "cut of histories, not from random vectors"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; the best epoch is written"),
    CLI_OPT_INT(0, "every", "N", &every, 1, 1e6, 1,
                "judge after every N epochs [1]"),
    CLI_OPT_INT(0, "patience", "N", &patience, 1, 1e6, 1,
                "end after N epochs without a better one"),
    CLI_OPT_TEXT(0, "log", "FILE", &log_path, 0,
                 "write a line of figures for every epoch"),
    CLI_OPT_TEXT(0, "checkpoint", "FILE", &checkpoint_path, 0,
                 "on SIGINT or SIGTERM write all there is to FILE"),
    CLI_OPT_TEXT(0, "resume", "FILE", &resume_path, 0,
                 "go on from such a file"),
    CLI_OPT_TEXT(0, "assign", "MODEL", &assign_path, 0,
                 "train nothing: write histories cut by the personas of\n"
                 "MODEL"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-persona", "[FILE]",
    "Train several vectors per user, mixed by attention on the item (AMP-CF),\n"
    "on an interactions stream, and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options,
    CLI_HAS_SEED | CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

struct job {
    struct cli c;
    struct rec_amp_options opt;
    struct rec_data data;
    struct validation valid;
    struct rec_amp_train *train;
    struct rec_output *log;
    struct rec_buf identity;
    struct checkpoint checkpoint;
};

/* ---- options ----------------------------------------------------------- */

static int is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static void check_usage(const struct cli *c)
{
    const char *input = cli_one_input(c);
    const char *other[] = {resume_path, start_path, assign_path};
    int dashes = is_stdin(input) + is_stdin(valid_in) + is_stdin(valid_out);

    validate_check_usage(valid_in, valid_out, input);
    for (size_t k = 0; k < sizeof other / sizeof *other; k++) {
        dashes += is_stdin(other[k]);
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
    if ((patience > 0 || cli_given(c, "every")) && !valid_in) {
        die_usage("--%s needs --validate-in and --validate-out",
                  patience > 0 ? "patience" : "every");
    }
    if (negatives == REC_AMP_FULL && (corrected || cli_given(c, "sampled"))) {
        die_usage("--%s is for --negatives=uniform and popularity",
                  corrected ? "corrected" : "sampled");
    }
    if (project && !attention) {
        die_usage("--project is for --attention=cosine");
    }
    if (assign_path) {
        for (const struct cli_option *o = options; o->name; o++) {
            if (o->given && strcmp(o->name, "assign") != 0) {
                die_usage("--%s does not go with --assign", o->name);
            }
        }
    }
}

static void get_options(struct job *j)
{
    struct rec_amp_options *o = &j->opt;

    check_usage(&j->c);
    o->shape.dim = (uint32_t)dim;
    o->shape.personas = (uint32_t)personas;
    o->shape.per_persona = (uint32_t)per_persona;
    o->shape.attention = attention ? REC_AMP_COSINE : REC_AMP_DOT;
    o->shape.project = !attention ? 0 : (uint32_t)(project ? project : dim);
    o->shape.temperature = temperature;
    o->shape.bias = !no_bias;
    o->loss.alpha = alpha;
    o->loss.pos_entropy = pos_entropy;
    o->loss.neg_entropy = neg_entropy;
    o->loss.decay = decay;
    o->loss.negatives = (enum rec_amp_negatives)negatives;
    o->loss.sampled = negatives ? (size_t)sampled : 0;
    o->loss.corrected = corrected;
    o->loss.seed = (uint64_t)j->c.seed;
    o->fold.steps = (size_t)fold_steps;
    o->fold.rate = fold_rate;
    o->rate = rate;
    o->user_rate = user_rate;
    o->epochs = (size_t)epochs;
    o->binary = binary;
    o->threads = (int)j->c.threads;
    o->tick = &j->c.tick;
    o->stop = checkpoint_due;
    o->stop_ctx = &j->checkpoint;
}

/* ---- checkpoints ------------------------------------------------------- */

/* What must be the same for a training to go on. */
static void identify(struct job *j)
{
    const struct rec_amp_options *o = &j->opt;
    struct rec_buf *b = &j->identity;
    int rc = rec_buf_addf(
        b,
        "personas %lu\nper-persona %lu\ndim %lu\nattention %s\nproject %lu\n"
        "temperature %.17g\nbias %d\nnegatives %s\nsampled %zu\n"
        "corrected %d\nalpha %.17g\npos-entropy %.17g\nneg-entropy %.17g\n"
        "decay %.17g\nrate %.17g\nuser-rate %.17g\nbatch %zu\nepochs %zu\n",
        (unsigned long)o->shape.personas, (unsigned long)o->shape.per_persona,
        (unsigned long)o->shape.dim, attentions[attention],
        (unsigned long)o->shape.project, o->shape.temperature, o->shape.bias,
        kinds[negatives], o->loss.sampled, o->loss.corrected, o->loss.alpha,
        o->loss.pos_entropy, o->loss.neg_entropy, o->loss.decay, o->rate,
        o->user_rate, o->batch, o->epochs);

    rc |= rec_buf_addf(b,
                       "fold-steps %zu\nfold-rate %.17g\nevery %lld\n"
                       "binary %d\npatience %lld\nseed %llu\nfiles%s\n",
                       o->fold.steps, o->fold.rate, (long long)every,
                       o->binary, (long long)patience,
                       (unsigned long long)o->loss.seed, j->c.inputs.data);
    if (rc != 0) {
        die("out of memory");
    }
}

static int fill_checkpoint(void *ctx, struct rec_output *o,
                           struct rec_error *err)
{
    struct job *j = ctx;

    return rec_amp_checkpoint(j->train, j->identity.data, o, err);
}

static uint64_t count_updates(const void *ctx)
{
    const struct job *j = ctx;

    return rec_amp_updates(j->train);
}

/* ---- the work ---------------------------------------------------------- */

/* Begin, and from another model's vectors if that is wanted. */
static void begin(struct job *j, struct rec_model *from)
{
    struct rec_error err;
    uint32_t *items;

    check_input(rec_amp_new(&j->train, &j->data.rows, &j->opt, &err), &j->c,
                &err);
    if (resume_path) {
        check(rec_amp_resume(j->train, j->identity.data, resume_path, &err),
              &err);
    } else if (from) {
        items = rec_dict_map(j->data.items, from->items);
        if (!items) {
            die("out of memory");
        }
        if (rec_amp_start(j->train, from, items, &err) != 0) {
            die("%s: %s", start_path, err.text);
        }
        free(items);
    }
    rec_model_close(from);
}

static void load(struct job *j)
{
    struct rec_amp_options *o = &j->opt;
    struct rec_model *from = NULL;
    struct rec_error err;
    size_t users = 0;

    check(rec_data_load(&j->data, cli_one_input(&j->c), "interactions", &err),
          &err);
    cli_prov_input(&j->c, "input", j->data.prov, j->data.digest);
    if (valid_in) {
        validate_open(&j->valid, &j->c, valid_in, valid_out, j->data.items);
    }
    if (start_path) {
        check(rec_model_open(&from, start_path, &err), &err);
        cli_prov_input(&j->c, "start", rec_store_prov(from->store),
                       rec_store_digest(from->store));
    }
    for (size_t r = 0; r < j->data.rows.rows; r++) {
        users += rec_csr_row_len(&j->data.rows, r) > 0;
    }
    cli_hold_signals(checkpoint_path != NULL); /* nothing waits any more */
    o->batch = batch ? (size_t)batch : rec_amp_default_batch(users);
    cli_need_memory(&j->c, rec_amp_memory(&j->data.rows, o, valid_in != NULL),
                    "training");
    if (j->c.verbose) {
        note(&j->c, "%zu users, %lu items, %zu events, batches of %zu", users,
             (unsigned long)j->data.rows.cols,
             rec_csr_events(&j->data.rows), o->batch);
    }
    identify(j);
    begin(j, from);
}

/* The line of an epoch; the head of the table with EPOCH 0. */
static void write_log(struct job *j, size_t epoch)
{
    const struct rec_amp_report *r;
    struct rec_error err;
    char line[256], figure[32] = "";
    int n;

    if (!j->log) {
        return;
    }
    if (epoch == 0) {
        n = snprintf(line, sizeof line,
                     "epoch\tupdates\tloss\tpos-entropy\tneg-entropy\t"
                     "ndcg@100\tseconds\n");
    } else {
        r = rec_amp_report(j->train, epoch - 1);
        if (r->figure >= 0) {
            snprintf(figure, sizeof figure, "%.6f", r->figure);
        }
        n = snprintf(line, sizeof line,
                     "%.0f\t%.0f\t%.7g\t%.7g\t%.7g\t%s\t%.3f\n", r->epoch,
                     r->updates, r->loss, r->pos_entropy, r->neg_entropy,
                     figure, r->seconds);
    }
    if (rec_output_write(j->log, line, (size_t)n, &err) != 0) {
        checkpoint_die(&j->checkpoint, &err);
    }
}

/* Judge the model as it is. */
static void judge(struct job *j)
{
    struct rec_moments mean[VALIDATE_COLUMNS];
    struct rec_model m;
    struct rec_error err;

    if (!valid_in || rec_amp_epochs(j->train) % (size_t)every != 0) {
        return;
    }
    check(rec_amp_lend(j->train, j->data.items, &m, &err), &err);
    validate_model(&j->valid, &m, (int)j->c.threads, mean);
    rec_amp_unlend(&m);
    check(rec_amp_judged(j->train, mean[VALIDATE_NDCG_100].mean, &err), &err);
}

/* An epoch and what comes after it. */
static void run_epoch(struct job *j)
{
    struct rec_error err;
    struct timespec begun;
    struct rec_amp_report *r;
    int rc;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    while ((rc = rec_amp_epoch(j->train, &err)) == 0) {
        checkpoint_save(&j->checkpoint);
    }
    if (rc < 0) {
        die("%s: %s", cli_one_input(&j->c), err.text);
    }
    r = rec_amp_report(j->train, rec_amp_epochs(j->train) - 1);
    r->seconds = cli_seconds_since(&begun);
    judge(j);
    write_log(j, rec_amp_epochs(j->train));
    if (j->c.verbose) {
        char figure[32] = "";

        if (r->figure >= 0) {
            snprintf(figure, sizeof figure, "ndcg@100 %.6f, ", r->figure);
        }
        note(&j->c,
             "epoch %.0f: loss %.6g, entropy %.4g and %.4g, %s%.3f s",
             r->epoch, r->loss, r->pos_entropy, r->neg_entropy, figure,
             r->seconds);
    }
    if (cli_held_signal()) {
        checkpoint_save(&j->checkpoint);
    }
}

/* Has patience run out? It may have where a checkpoint was made. */
static int is_over(const struct job *j)
{
    return patience > 0 && rec_amp_best(j->train) > 0
           && rec_amp_epochs(j->train) % (size_t)every == 0
           && rec_amp_epochs(j->train) - rec_amp_best(j->train)
                  >= (size_t)patience;
}

static void train(struct job *j)
{
    for (size_t e = 0; e <= rec_amp_epochs(j->train); e++) {
        write_log(j, e);
    }
    while (!is_over(j) && rec_amp_epochs(j->train) < j->opt.epochs) {
        run_epoch(j);
    }
    cli_hold_signals(0);
    if (rec_amp_best(j->train) > 0) {
        size_t best = rec_amp_best(j->train);

        note(&j->c,
             "epoch %zu of %zu has the best ndcg@100, %.6f, of %zu users",
             best, rec_amp_epochs(j->train),
             rec_amp_report(j->train, best - 1)->figure, j->valid.users);
    }
}

static void save_model(struct job *j, struct rec_output *out)
{
    struct rec_error err;
    int rc = rec_amp_save(j->train, j->data.items, out, j->c.level,
                          cli_prov_text(&j->c), &err);

    rc = rc ? rc : cli_flush(&j->c, &err);
    if (rc != 0) {
        checkpoint_die(&j->checkpoint, &err);
    }
}

static void run(struct job *j)
{
    struct rec_output *out = cli_output(&j->c, j->c.output, 1);

    j->checkpoint = (struct checkpoint){
        &j->c, checkpoint_path, fill_checkpoint, count_updates, j, 0};
    if (log_path) {
        j->log = cli_log(&j->c, log_path);
    }
    checkpoint_try(&j->checkpoint);
    load(j);
    train(j);
    save_model(j, out);
    rec_amp_free(j->train);
    if (valid_in) {
        validate_release(&j->valid);
    }
    rec_data_release(&j->data);
    rec_buf_release(&j->identity);
}

int main(int argc, char **argv)
{
    struct job j;

    memset(&j, 0, sizeof j);
    cli_parse(&j.c, &program, argc, argv);
    get_options(&j);
    if (assign_path) {
        persona_assign(&j.c, assign_path);
    } else {
        run(&j);
    }
    cli_commit(&j.c);
    checkpoint_end(&j.checkpoint);
    return CLI_OK;
}
