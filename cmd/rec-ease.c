/* SPDX-License-Identifier: MIT */
/* rec-ease: train EASE (Steck, 2019), or one of its family, in closed
   form. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/dataset.h"
#include "data/decay.h"
#include "ease_gram.h"
#include "ease_options.h"
#include "ease_result.h"
#include "models/ease.h"
#include "models/ease_mrf.h"
#include "validate.h"

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

/* ---- the work --------------------------------------------------------- */

struct job {
    struct cli c;
    struct stopwatch watch;
    struct ease_settings set;
    int from_gram; /* 1: GRAM is the input, not DATA */
    struct rec_data data;
    struct ease_gram gram;
    struct rec_dict *items; /* of either */
    int weights; /* with --half-life: do those of histories count? */
    struct rec_ease model;
    struct ease_result result;
    struct rec_ease_mrf sparse; /* instead of MODEL */
};

/* ---- time -------------------------------------------------------------- */

/* The values of the events, from now on their weights. Whether the weights of
   histories count was settled before. */
static void let_decay(struct job *j)
{
    struct rec_csr *x = &j->data.rows;
    struct rec_error err;

    if (!x->time) {
        die("%s: the events have no times; give rec-ingest a column of them, "
            "or leave out --half-life",
            cli_input_name(&j->c));
    }
    j->weights = x->weight && !j->set.fit.binary;
    if (j->set.fit.binary) {
        free(x->weight);
        x->weight = NULL;
        j->set.fit.binary = 0;
    }
    if (!cli_given(&j->c, "now") && rec_csr_events(x) > 0) {
        check(rec_csr_newest(x, &j->set.now, &err), &err);
    }
    if (j->c.verbose) {
        note(&j->c, "events count in full at %" PRId64 ", half of that %g s "
             "before", j->set.now, j->set.half_life);
    }
    if (rec_csr_decay(x, j->set.half_life, j->set.now, &err) < 0) {
        die("%s: %s; give a longer --half-life or an earlier --now",
            cli_input_name(&j->c), err.text);
    }
}

/* ---- lambdas for the data ---------------------------------------------- */

static double default_lambda(const struct job *j)
{
    return j->from_gram ? rec_ease_gram_lambda(&j->model)
                        : rec_ease_lambda(&j->data.rows, j->set.fit.binary);
}

static double median_mass(const struct job *j)
{
    struct rec_error err;
    double mass;

    check(j->from_gram
              ? rec_ease_gram_median_mass(&j->model, &mass, &err)
              : rec_ease_median_mass(&j->data.rows, &j->set.fit, &mass, &err),
          &err);
    return mass;
}

/* Their values; the default if none is given. */
static void resolve_lambdas(struct job *j)
{
    const struct rec_ease_powers *p = &j->set.fit.powers;
    struct ease_lambdas *l = &j->set.lambdas;

    if (p->user > 0 || p->item > 0) {
        ease_lambdas_default(l, 20, 1);
    } else if (l->n == 0) {
        ease_lambdas_default(l, default_lambda(j), 0);
    }
    ease_lambdas_scale(l, &j->c,
                       ease_lambdas_relative(l) ? median_mass(j) : 1);
}

/* ---- solving ----------------------------------------------------------- */

/* What training X takes beside it, and what comes of it. */
static double count_memory(const struct job *j, const struct rec_csr *x,
                           const struct rec_ease_options *opt)
{
    const struct ease_result *r = &j->result;

    return rec_ease_memory(x, opt)
           + (r->nonneg ? rec_ease_nonneg_memory(x->cols, opt->threads) : 0)
           + (r->is_cut ? rec_ease_sparse_memory(x, opt, &r->cut) : 0);
}

/* Die if --max-mem does not allow what training needs, and say what it would
   allow. */
static void need_memory(const struct job *j, const struct rec_csr *x,
                        const struct rec_ease_options *opt)
{
    struct rec_ease_options other = *opt;
    double need = count_memory(j, x, opt), limit = (double)j->c.max_mem;
    int sparse = ease_result_is_sparse(&j->result);
    const char *fits = "";

    if (limit == 0 || need <= limit) {
        return;
    }
    other.side = rec_ease_side(x, opt) == REC_EASE_ITEMS ? REC_EASE_USERS
                                                         : REC_EASE_ITEMS;
    if (!j->set.nonneg && count_memory(j, x, &other) <= limit) {
        fits = other.side == REC_EASE_ITEMS ? "; --side=items would fit"
               : sparse                     ? "; --side=users would fit"
                        : "; --side=users would fit, with --top=K for a "
                          "model that serves as fast";
    }
    other = *opt;
    other.wide = 0;
    if (count_memory(j, x, &other) <= limit) {
        fits = "; single precision would fit";
    }
    if (sparse && rec_ease_memory(x, opt) <= limit) {
        fits = "; a smaller --top would fit";
    }
    die("training needs %.1f MiB, --max-mem allows %.1f MiB%s",
        need / (1 << 20), limit / (1 << 20), fits);
}

/* ... to write one of them: then the Gram matrix is kept. */
static int tries_several(const struct ease_settings *s)
{
    return s->lambdas.n > 1 && s->valid_in;
}

static void begin_gram(struct job *j)
{
    const struct rec_ease_options *opt = &j->set.fit;
    struct rec_csr none = {0, j->gram.source.items, NULL, NULL, NULL, NULL};
    struct rec_ease_options items = *opt;
    struct rec_error err;

    ease_settings_check_gram(&j->set, &j->gram);
    items.side = REC_EASE_ITEMS;
    if (j->c.verbose) {
        note(&j->c, "%s of the Gram matrix of %zu users, %lu items",
             rec_ease_name(&opt->family), ease_gram_head(&j->gram)->users.n,
             (unsigned long)none.cols);
        j->watch.order = none.cols;
    }
    cli_need_memory(&j->c,
                    count_memory(j, &none, &items)
                        + 16.0 * (double)rec_gram_strip_room(none.cols),
                    "training");
    check(rec_ease_begin_gram(&j->model, &j->gram.source, &items,
                              tries_several(&j->set), &err),
          &err);
    ease_gram_prov(&j->gram, &j->c);
}

/* The sparse approximation, of what is there with the dense methods. */
static void begin_sparse(struct job *j)
{
    const struct rec_ease_options *opt = &j->set.fit;
    const struct rec_csr *x = &j->data.rows;
    size_t n = j->set.nonzeros > 0 ? (size_t)j->set.nonzeros
                                   : 100 * (size_t)x->cols;
    double need = rec_ease_mrf_memory(x, opt, n);
    double limit = (double)j->c.max_mem;
    struct rec_error err;

    if (j->c.verbose) {
        note(&j->c, "sparse %s of %zu users, %lu items, %zu events, at most "
             "%zu weights", rec_ease_name(&opt->family), x->rows,
             (unsigned long)x->cols, rec_csr_events(x), n);
    }
    if (limit > 0 && need > limit) {
        die("training needs %.1f MiB, --max-mem allows %.1f MiB%s",
            need / (1 << 20), limit / (1 << 20),
            rec_ease_mrf_memory(x, opt, 1) <= limit
                ? "; a smaller --nonzeros would fit" : "");
    }
    check(rec_ease_mrf_begin(&j->sparse, x, opt, n, &err), &err);
    if (j->set.half_life > 0) {
        rec_ease_set_decay(&j->sparse.e, j->set.half_life, j->set.now,
                           j->weights);
    }
}

static void begin(struct job *j)
{
    const struct rec_ease_options *opt = &j->set.fit;
    const struct rec_csr *x = &j->data.rows;
    struct rec_error err;

    if (j->set.sparse) {
        begin_sparse(j);
        return;
    }
    if (j->c.verbose) {
        note(&j->c, "%s of %zu users, %lu items, %zu events, solved for %s",
             rec_ease_name(&opt->family), x->rows, (unsigned long)x->cols,
             rec_csr_events(x),
             rec_ease_side(x, opt) == REC_EASE_USERS ? "users" : "items");
        j->watch.order = rec_ease_order(x, opt);
        j->watch.gram_work = rec_ease_gram_work(x, opt);
    }
    if (j->set.store != REC_BYTES && !ease_result_is_sparse(&j->result)
        && rec_ease_side(x, opt) == REC_EASE_USERS) {
        die("--store does not suit the users side, whose inverse needs all "
            "its bits; give --side=items, or --top for a sparse model");
    }
    need_memory(j, x, opt);
    check(rec_ease_begin(&j->model, x, opt,
                         tries_several(&j->set), &err),
          &err);
    if (j->set.half_life > 0) {
        rec_ease_set_decay(&j->model, j->set.half_life, j->set.now, j->weights);
    }
}

static void solve(struct job *j, double lambda)
{
    ease_result_solve(&j->result, lambda, cli_input_name(&j->c));
}

static void save(struct job *j, struct rec_output *out)
{
    on_progress(&j->watch, "save", 0, 1);
    ease_result_save(&j->result, &j->c, j->items, out, cli_prov_text(&j->c));
}

/* A line of the table on standard error; NULL for its head. KEPT, the share
   of the weights, is shown where there is a sparse model. */
static void show(const struct job *j, double lambda, double kept,
                 const struct rec_moments *mean)
{
    char line[256];
    size_t used;

    used = mean ? (size_t)snprintf(line, sizeof line, "%-10.6g", lambda)
                : (size_t)snprintf(line, sizeof line, "%-10s", "lambda");
    if (ease_result_is_sparse(&j->result)) {
        used += mean ? (size_t)snprintf(line + used, sizeof line - used,
                                        " %8.6f", kept)
                     : (size_t)snprintf(line + used, sizeof line - used,
                                        " %8s", "kept");
    }
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

/* Judge what came of LAMBDA, the dense model too where a sparse one is made
   of it. Returns the ndcg@100 of the one to be written. */
static double judge(struct job *j, const struct validation *v, double lambda)
{
    struct rec_moments mean[VALIDATE_COLUMNS] = {{0}};
    struct rec_model m;
    double share;

    on_progress(&j->watch, "validate", 0, 1);
    for (int k = 0;
         ease_result_lend(&j->result, k, j->items, &m, &share); k++) {
        validate_model(v, &m, (int)j->c.threads, mean);
        ease_result_unlend(&m);
        show(j, lambda, share, mean);
    }
    return mean[VALIDATE_NDCG_100].mean;
}

/* Solve for every lambda and keep the one with the best ndcg@100. */
static void choose(struct job *j)
{
    int best = 0, last = j->set.lambdas.n - 1;
    struct validation v;
    double highest = -1;

    validate_open(&v, &j->c, j->set.valid_in, j->set.valid_out, j->items);
    show(j, 0, 0, NULL);
    for (int i = 0; i <= last; i++) {
        double lambda = j->set.lambdas.at[i].value, ndcg;

        solve(j, lambda);
        ndcg = judge(j, &v, lambda);
        if (ndcg > highest) {
            highest = ndcg;
            best = i;
        }
    }
    validate_release(&v);
    if (last > 0) {
        note(&j->c, "lambda %.6g has the best ndcg@100 of %zu users",
             j->set.lambdas.at[best].value, v.users);
    }
    if (best != last) {
        solve(j, j->set.lambdas.at[best].value);
    }
}

/* PREFIX and the lambda as typed. */
static void save_all(struct job *j)
{
    for (int i = 0; i < j->set.lambdas.n; i++) {
        const struct ease_lambda *l = &j->set.lambdas.at[i];
        size_t n = strlen(j->c.output) + sizeof l->text + sizeof ".rps";
        char *path = xalloc(n, 1);

        snprintf(path, n, "%s%s.rps", j->c.output, l->text);
        solve(j, l->value);
        save(j, cli_output(&j->c, path, 1));
        free(path);
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
    ease_result_release(&j->result);
    rec_ease_mrf_release(&j->sparse);
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
    struct rec_output *out = NULL;
    int several;

    cli_parse(&j.c, &ease_program, argc, argv);
    j.set = ease_settings_get(&j.c, &tick);
    j.result = (struct ease_result){
        .e = &j.model,
        .mrf = j.set.sparse ? &j.sparse : NULL,
        .cut = j.set.cut,
        .is_cut = j.set.cut.top > 0 || j.set.cut.threshold > 0,
        .nonneg = j.set.nonneg,
        .store = j.set.store};
    several = ease_settings_several(&j.set);
    if (several) {
        cli_make_directory(j.c.output);
    } else {
        out = cli_output(&j.c, j.c.output, 1);
    }
    open_input(&j);
    if (j.from_gram) {
        begin_gram(&j);
        resolve_lambdas(&j);
    } else {
        if (j.set.half_life > 0) {
            let_decay(&j);
        }
        resolve_lambdas(&j);
        begin(&j);
    }
    if (several) {
        save_all(&j);
    } else {
        if (j.set.valid_in) {
            choose(&j);
        } else {
            solve(&j, j.set.lambdas.at[0].value);
        }
        save(&j, out);
    }
    release(&j);
    cli_commit(&j.c);
    end_phase(&j.watch);
    return CLI_OK;
}
