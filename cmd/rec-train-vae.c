/* SPDX-License-Identifier: MIT */
/* rec-train-vae: train a variational or a denoising autoencoder. */
#include <config.h>

#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "checkpoint.h"
#include "data/dataset.h"
#include "models/vae.h"
#include "validate.h"

static const char *hidden_given, *anneal_given = "50%";
static const char *valid_in, *valid_out, *log_path;
static const char *checkpoint_path, *resume_path;
static int64_t latent = 200, batch, epochs = 60, patience, sampled;
static double dropout = 0.5, beta = 0.2, rate = 0.001, decay, confidence = 1;
static double gamma_given = 0.005;
static int likelihood, dae, binary, prior;
static const char *const likelihoods[] = {"multinomial", "logistic",
                                          "gaussian", NULL};
static const char *const priors[] = {"normal", "composite", NULL};

static struct cli_option options[] = {
    CLI_OPT_TEXT(0, "hidden", "N,...", &hidden_given, 1,
                 "widths of the hidden layers of the encoder, from the items\n"
                 "inwards, and of the decoder outwards; 0 for none [600; with\n"
                 "--dae 0; with a composite prior 600,600,600,600,600]"),
    CLI_OPT_INT(0, "latent", "K", &latent, 1, REC_VAE_MAX_WIDTH, 1,
                "numbers that a user becomes [200]"),
    CLI_OPT_CHOICE(0, "likelihood", "NAME", &likelihood, likelihoods, 1,
                   "what the decoder's outputs mean: multinomial, logistic or\n"
                   "gaussian [multinomial]"),
    CLI_OPT_REAL(0, "confidence", "C", &confidence, 1e-6, 1e6, 1,
                 "what an event counts where everything else counts 1, with\n"
                 "--likelihood=gaussian [1]"),
    CLI_OPT_FLAG(0, "dae", &dae, 1,
                 "train a denoising autoencoder: no noise, no KL"),
    CLI_OPT_CHOICE(0, "prior", "NAME", &prior, priors, 1,
                   "of the numbers of a user: normal, or composite, which\n"
                   "makes it RecVAE [normal]"),
    CLI_OPT_REAL(0, "gamma", "G", &gamma_given, 0, 1e6, 1,
                 "with --prior=composite: weight of the KL divergence for\n"
                 "each event of a user [0.005]"),
    CLI_OPT_REAL(0, "dropout", "P", &dropout, 0, 0.999, 1,
                 "drop events of the input with probability P [0.5]"),
    CLI_OPT_REAL(0, "beta", "B", &beta, 0, 1e6, 1,
                 "weight of the KL divergence from the prior [0.2]"),
    CLI_OPT_TEXT(0, "anneal", "N|P%", &anneal_given, 1,
                 "reach it after N updates, or P per cent of all [50%]"),
    CLI_OPT_REAL(0, "rate", "R", &rate, 1e-12, 1e30, 1,
                 "learning rate of Adam [0.001; with a composite prior\n"
                 "0.0005]"),
    CLI_OPT_REAL(0, "decay", "L", &decay, 0, 1e6, 1,
                 "penalty on the squares of the weights [0; with --dae 2e-5]"),
    CLI_OPT_INT(0, "batch", "N", &batch, 1, 1e6, 1,
                "users of an update [500, or less for few users]"),
    CLI_OPT_INT(0, "epochs", "N", &epochs, 1, 1e6, 1,
                "passes over the data [60]"),
    CLI_OPT_INT(0, "sampled", "N", &sampled, 1, UINT32_MAX, 1,
                "estimate the softmax from N items of a batch, for\n"
                "catalogues of very many [all]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by, after every epoch; the best is\n"
                 "written"),
    CLI_OPT_INT(0, "patience", "N", &patience, 1, 1e6, 1,
                "end after N epochs without a better one"),
    CLI_OPT_TEXT(0, "log", "FILE", &log_path, 0,
                 "write a line of figures for every epoch"),
    CLI_OPT_TEXT(0, "checkpoint", "FILE", &checkpoint_path, 0,
                 "on SIGINT or SIGTERM write all there is to FILE"),
    CLI_OPT_TEXT(0, "resume", "FILE", &resume_path, 0,
                 "go on from such a file"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-train-vae", "[FILE]",
    "Train a variational autoencoder (Mult-VAE) or a denoising one on an\n"
    "interactions stream and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options,
    CLI_HAS_SEED | CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

struct job {
    struct cli c;
    struct rec_vae_options opt;
    struct rec_data data;
    struct validation valid;
    struct rec_vae *vae;
    struct rec_output *log;
    struct rec_buf identity;
    struct checkpoint checkpoint;
};

/* ---- options --------------------------------------------------------- */

static void parse_hidden(struct rec_vae_shape *s)
{
    const char *list = hidden_given ? hidden_given
                       : dae        ? "0"
                       : prior      ? "600,600,600,600,600"
                                    : "600";
    const char *part;
    size_t len;

    if (strcmp(list, "0") == 0) {
        return;
    }
    while ((part = cli_next_part(&list, &len)) != NULL) {
        int64_t n;

        if (s->n_hidden == REC_VAE_MAX_HIDDEN) {
            die_usage("--hidden: more than %d layers", REC_VAE_MAX_HIDDEN);
        }
        if (rec_parse_int(part, len, 1, REC_VAE_MAX_WIDTH, &n) != 0) {
            die_usage("--hidden: '%.*s' is not a width from 1 to %d", (int)len,
                      part, REC_VAE_MAX_WIDTH);
        }
        s->hidden[s->n_hidden++] = (uint32_t)n;
    }
}

/* Layers that are added up are of one width. */
static void check_widths(const struct rec_vae_shape *s)
{
    int bad = s->n_hidden == 0;

    for (int k = 1; k < s->n_hidden; k++) {
        bad |= s->hidden[k] != s->hidden[0];
    }
    if (bad) {
        die_usage("--prior=composite wants one or more hidden layers of the "
                  "same width");
    }
}

static void parse_anneal(struct rec_vae_options *o)
{
    size_t n = strlen(anneal_given);
    int64_t updates;

    o->anneal_share = n > 0 && anneal_given[n - 1] == '%';
    if (o->anneal_share) {
        if (rec_parse_double(anneal_given, n - 1, &o->anneal) != 0
            || o->anneal < 0 || o->anneal > 100) {
            die_usage("--anneal: '%s' is not a share from 0%% to 100%%",
                      anneal_given);
        }
        o->anneal /= 100;
        return;
    }
    if (rec_parse_int(anneal_given, n, 0, (int64_t)1 << 50, &updates) != 0) {
        die_usage("--anneal: '%s' is neither a number of updates nor a share "
                  "such as 50%%",
                  anneal_given);
    }
    o->anneal = (double)updates;
}

static int is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static void check_usage(const struct cli *c)
{
    const char *input = cli_one_input(c);

    validate_check_usage(valid_in, valid_out, input);
    if (is_stdin(resume_path)
        && (is_stdin(input) || is_stdin(valid_in) || is_stdin(valid_out))) {
        die_usage("standard input can be only one of the inputs");
    }
    if (patience > 0 && !valid_in) {
        die_usage("--patience needs --validate-in and --validate-out");
    }
    if (cli_given(c, "confidence") && likelihood != REC_VAE_GAUSSIAN) {
        die_usage("--confidence is for --likelihood=gaussian");
    }
    if (dae && (cli_given(c, "beta") || cli_given(c, "anneal"))) {
        die_usage("--%s: a denoising autoencoder has no KL divergence",
                  cli_given(c, "beta") ? "beta" : "anneal");
    }
}

static void check_prior(const struct cli *c)
{
    const char *normal = cli_given(c, "beta")     ? "beta"
                         : cli_given(c, "anneal") ? "anneal"
                         : dae                    ? "dae"
                                                  : NULL;

    if (prior && normal) {
        die_usage("--%s does not go with --prior=composite", normal);
    }
    if (sampled && (prior || likelihood != REC_VAE_MULTINOMIAL)) {
        die_usage("--sampled is for the multinomial likelihood and the normal "
                  "prior");
    }
    if (!prior && cli_given(c, "gamma")) {
        die_usage("--gamma is for --prior=composite");
    }
}

static void get_options(struct job *j)
{
    struct rec_vae_options *o = &j->opt;

    check_usage(&j->c);
    check_prior(&j->c);
    parse_hidden(&o->shape);
    if (prior) {
        check_widths(&o->shape);
    } else {
        parse_anneal(o);
    }
    o->shape.composite = prior;
    o->shape.latent = (uint32_t)latent;
    o->shape.dae = dae;
    o->likelihood = (enum rec_vae_likelihood)likelihood;
    o->confidence = confidence;
    o->dropout = dropout;
    o->beta = prior ? gamma_given : dae ? 0 : beta;
    o->rate = prior && !cli_given(&j->c, "rate") ? 0.0005 : rate;
    o->decay = dae && !cli_given(&j->c, "decay") ? 2e-5 : decay;
    o->epochs = (size_t)epochs;
    o->sampled = (size_t)sampled;
    o->seed = (uint64_t)j->c.seed;
    o->binary = binary;
    o->threads = (int)j->c.threads;
    o->tick = &j->c.tick;
    o->stop = checkpoint_due;
    o->stop_ctx = &j->checkpoint;
}

/* ---- checkpoints ----------------------------------------------------- */

/* What must be the same for a training to go on. */
static void identify(struct job *j)
{
    const struct rec_vae_options *o = &j->opt;
    struct rec_buf *b = &j->identity;
    int rc = rec_buf_addf(
        b, "likelihood %s\nprior %s\nconfidence %.17g\ndae %d\nlatent %lu\n",
        likelihoods[o->likelihood], priors[prior], o->confidence, o->shape.dae,
        (unsigned long)o->shape.latent);

    for (int k = 0; k < o->shape.n_hidden; k++) {
        rc |= rec_buf_addf(b, "hidden %lu\n",
                           (unsigned long)o->shape.hidden[k]);
    }
    rc |= rec_buf_addf(b,
                       "dropout %.17g\nbeta %.17g\nanneal %s\nrate %.17g\n"
                       "decay %.17g\nbatch %zu\nepochs %zu\nsampled %zu\n"
                       "binary %d\n"
                       "patience %lld\nseed %llu\nfiles%s\n",
                       o->dropout, o->beta, anneal_given, o->rate, o->decay,
                       o->batch, o->epochs, o->sampled, o->binary,
                       (long long)patience,
                       (unsigned long long)o->seed, j->c.inputs.data);
    if (rc != 0) {
        die("out of memory");
    }
}

static int fill_checkpoint(void *ctx, struct rec_output *o,
                           struct rec_error *err)
{
    struct job *j = ctx;

    return rec_vae_checkpoint(j->vae, j->identity.data, o, err);
}

static uint64_t count_updates(const void *ctx)
{
    const struct job *j = ctx;

    return rec_vae_updates(j->vae);
}

/* ---- the work -------------------------------------------------------- */

static void load(struct job *j)
{
    struct rec_vae_options *o = &j->opt;
    struct rec_error err;
    size_t users = 0;

    check(rec_data_load(&j->data, cli_one_input(&j->c), "interactions", &err),
          &err);
    cli_prov_input(&j->c, "input", j->data.prov, j->data.digest);
    if (valid_in) {
        validate_open(&j->valid, &j->c, valid_in, valid_out, j->data.items);
    }
    for (size_t r = 0; r < j->data.rows.rows; r++) {
        users += rec_csr_row_len(&j->data.rows, r) > 0;
    }
    cli_hold_signals(checkpoint_path != NULL); /* nothing waits any more */
    o->batch = batch ? (size_t)batch : rec_vae_default_batch(users);
    cli_need_memory(&j->c, rec_vae_memory(&j->data.rows, o, valid_in != NULL),
                    "training");
    if (rec_vae_new(&j->vae, &j->data.rows, o, &err) < 0) {
        die("%s: %s%s", cli_one_input(&j->c), err.text,
            err.code == REC_EVALUE ? " (see --binary)" : "");
    }
    if (j->c.verbose) {
        note(&j->c, "%zu users, %lu items, %zu events, batches of %zu", users,
             (unsigned long)j->data.rows.cols,
             rec_csr_events(&j->data.rows), o->batch);
    }
    identify(j);
    if (resume_path) {
        check(rec_vae_resume(j->vae, j->identity.data, resume_path, &err),
              &err);
    }
}

/* The line of an epoch; the head of the table with EPOCH 0. */
static void write_log(struct job *j, size_t epoch)
{
    const struct rec_vae_report *r;
    struct rec_error err;
    char line[256], figure[32] = "";
    int n;

    if (!j->log) {
        return;
    }
    if (epoch == 0) {
        n = snprintf(line, sizeof line,
                     "epoch\tupdates\tbeta\tloss\tnll\tkl\tndcg@100\t"
                     "seconds\n");
    } else {
        r = rec_vae_report(j->vae, epoch - 1);
        if (r->figure >= 0) {
            snprintf(figure, sizeof figure, "%.6f", r->figure);
        }
        n = snprintf(line, sizeof line,
                     "%.0f\t%.0f\t%.6g\t%.7g\t%.7g\t%.7g\t%s\t%.3f\n",
                     r->epoch, r->updates, r->beta, r->nll + r->beta * r->kl,
                     r->nll, r->kl, figure, r->seconds);
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

    if (!valid_in) {
        return;
    }
    check(rec_vae_lend(j->vae, j->data.items, &m, &err), &err);
    validate_model(&j->valid, &m, (int)j->c.threads, mean);
    rec_vae_unlend(&m);
    check(rec_vae_judged(j->vae, mean[VALIDATE_NDCG_100].mean, &err), &err);
}

/* An epoch and what comes after it. */
static void run_epoch(struct job *j)
{
    struct rec_error err;
    struct timespec begun;
    struct rec_vae_report *r;
    int rc;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    while ((rc = rec_vae_epoch(j->vae, &err)) == 0) {
        checkpoint_save(&j->checkpoint);
    }
    if (rc < 0) {
        die("%s: %s", cli_one_input(&j->c), err.text);
    }
    r = rec_vae_report(j->vae, rec_vae_epochs(j->vae) - 1);
    r->seconds = cli_seconds_since(&begun);
    judge(j);
    write_log(j, rec_vae_epochs(j->vae));
    if (j->c.verbose) {
        char figure[32] = "";

        if (valid_in) {
            snprintf(figure, sizeof figure, "ndcg@100 %.6f, ", r->figure);
        }
        note(&j->c, "epoch %.0f: loss %.6g, kl %.6g, %s%.3f s", r->epoch,
             r->nll + r->beta * r->kl, r->kl, figure, r->seconds);
    }
    if (cli_held_signal()) {
        checkpoint_save(&j->checkpoint);
    }
}

/* Has patience run out? It may have where a checkpoint was made. */
static int is_over(const struct job *j)
{
    return patience > 0 && rec_vae_best(j->vae) > 0
           && rec_vae_epochs(j->vae) - rec_vae_best(j->vae)
                  >= (size_t)patience;
}

static void train(struct job *j)
{
    for (size_t e = 0; e <= rec_vae_epochs(j->vae); e++) {
        write_log(j, e);
    }
    while (!is_over(j) && rec_vae_epochs(j->vae) < j->opt.epochs) {
        run_epoch(j);
    }
    cli_hold_signals(0);
    if (rec_vae_best(j->vae) > 0) {
        size_t best = rec_vae_best(j->vae);

        note(&j->c,
             "epoch %zu of %zu has the best ndcg@100, %.6f, of %zu users", best,
             rec_vae_epochs(j->vae),
             rec_vae_report(j->vae, best - 1)->figure, j->valid.users);
    }
}

static void release(struct job *j)
{
    rec_vae_free(j->vae);
    if (valid_in) {
        validate_release(&j->valid);
    }
    rec_data_release(&j->data);
    rec_buf_release(&j->identity);
}

static void save_model(struct job *j, struct rec_output *out)
{
    struct rec_error err;
    int rc = rec_vae_save(j->vae, j->data.items, out, j->c.level,
                          cli_prov_text(&j->c), &err);

    if (rc == REC_ENUMERIC) {
        die_err(&err);
    }
    rc = rc ? rc : cli_flush(&j->c, &err);
    if (rc != 0) {
        checkpoint_die(&j->checkpoint, &err);
    }
}

int main(int argc, char **argv)
{
    struct job j;
    struct rec_output *out;

    memset(&j, 0, sizeof j);
    cli_parse(&j.c, &program, argc, argv);
    get_options(&j);
    j.checkpoint = (struct checkpoint){&j.c,          checkpoint_path,
                                       fill_checkpoint, count_updates, &j, 0};
    out = cli_output(&j.c, j.c.output, 1);
    if (log_path) {
        j.log = cli_log(&j.c, log_path);
    }
    checkpoint_try(&j.checkpoint);
    load(&j);
    train(&j);
    save_model(&j, out);
    release(&j);
    cli_commit(&j.c);
    checkpoint_end(&j.checkpoint);
    return CLI_OK;
}
