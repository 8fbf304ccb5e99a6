/* SPDX-License-Identifier: MIT */
/* rec-knn: ItemKNN and UserKNN, models of similar items or similar users. */
#include <config.h>

#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "grid.h"
#include "models/knn.h"
#include "models/sparse.h"

enum { ITEMS, USERS };
enum { RECOMMENDED, HISTORY };

static const char *const sides[] = {"items", "users", NULL};
static const char *const similarities[] = {
    "cosine", "asymmetric", "conditional", "jaccard", "dice", "dot", NULL};
static const char *const weightings[] = {"none", "bm25", "tfidf", NULL};
static const char *const keeps[] = {"recommended", "history", NULL};

static const char *neighbours, *shrinks, *valid_in, *valid_out;
static int side, similarity, weighting, keep, binary;
static double exponent = 0.5;

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "side", "SIDE", &side, sides, 1,
                   "compare items or users [items]"),
    CLI_OPT_CHOICE(0, "similarity", "NAME", &similarity, similarities, 1,
                   "cosine, asymmetric, conditional, jaccard, dice or dot\n"
                   "[cosine]"),
    CLI_OPT_REAL(0, "exponent", "E", &exponent, 0, 2, 1,
                 "of the asymmetric and conditional similarities [0.5]"),
    CLI_OPT_CHOICE(0, "weighting", "NAME", &weighting, weightings, 1,
                   "of the values compared: none, bm25 or tfidf [none]"),
    CLI_OPT_TEXT(0, "shrink", "S,...", &shrinks, 1,
                 "add S to what a similarity is divided by, against rare\n"
                 "coincidences [10]"),
    CLI_OPT_TEXT('k', "neighbours", "K,...", &neighbours, 1,
                 "neighbours that count; 0: all [200]"),
    CLI_OPT_CHOICE(0, "keep", "WHOSE", &keep, keeps, 1,
                   "K neighbours of each item that is recommended, or of each\n"
                   "of the history: recommended or history [recommended]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; of lists of S or K, keep the best"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-knn", "[FILE]",
    "Find similar items, or users, of an interactions stream, and write a\n"
    "model that recommends by them.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

enum { NEIGHBOURS, SHRINK };

struct job {
    struct cli c;
    struct rec_data data;
    uint32_t *rank;
    struct rec_item_knn items; /* --side=items */
    struct rec_sparse model;
};

static struct rec_knn_options get_options(const double *value)
{
    struct rec_knn_options opt = {(enum rec_knn_similarity)similarity,
                                  (enum rec_knn_weighting)weighting,
                                  exponent,
                                  value[SHRINK],
                                  (uint32_t)value[NEIGHBOURS],
                                  keep == HISTORY,
                                  binary};

    return opt;
}

static void check_options(const struct cli *c)
{
    if (cli_given(c, "exponent") && similarity != REC_KNN_ASYMMETRIC
        && similarity != REC_KNN_CONDITIONAL) {
        die_usage("--exponent is for the asymmetric and conditional "
                  "similarities");
    }
    if (cli_given(c, "shrink") && similarity == REC_KNN_DOT) {
        die_usage("--shrink is not for the similarity dot, which is not "
                  "divided by anything");
    }
    if (cli_given(c, "keep") && side == USERS) {
        die_usage("--keep is for --side=items");
    }
}

/* ---- items ------------------------------------------------------------- */

static void begin_items(struct job *j)
{
    struct rec_knn_options opt = {
        .weighting = (enum rec_knn_weighting)weighting, .binary = binary};
    struct rec_error err;

    cli_need_memory(&j->c, rec_item_knn_room(&j->data.rows), "comparing items");
    j->rank = rec_dict_tie_rank(j->data.items);
    if (!j->rank) {
        die("out of memory");
    }
    check_input(
        rec_item_knn_begin(&j->items, &j->data.rows, &opt, j->rank, &err),
        &j->c, &err);
}

static void fit_items(struct job *j, const double *value)
{
    struct rec_knn_options opt = get_options(value);
    const struct rec_csr *x = &j->data.rows;
    int threads = (int)j->c.threads;
    struct timespec begun;
    struct rec_csr out;
    struct rec_error err;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    cli_need_memory(&j->c,
                    rec_item_knn_room(x)
                        + rec_item_knn_memory(&j->items, &opt, threads),
                    "comparing items");
    check_input(
        rec_item_knn_fit(&out, &j->items, &opt, threads, &j->c.tick, &err),
        &j->c, &err);
    if (j->c.verbose) {
        note(&j->c, "%lu items, %zu similarities in %.3f s",
             (unsigned long)out.rows, rec_csr_events(&out),
             cli_seconds_since(&begun));
    }
    j->model = (struct rec_sparse){.items = x->cols,
                                   .weights = x->weight && !binary,
                                   .start = out.start,
                                   .item = out.item,
                                   .weight = out.weight};
}

static void save_items(struct job *j, const double *value,
                       struct rec_output *out)
{
    struct rec_buf param = {NULL, 0, 0};
    struct rec_error err;

    if (rec_buf_addf(&param,
                     "similarity %d\nexponent %.17g\nweighting %d\n"
                     "shrink %.17g\nneighbours %.17g\n",
                     similarity, exponent, weighting, value[SHRINK],
                     value[NEIGHBOURS])
        != 0) {
        die("out of memory");
    }
    check(rec_sparse_save(&j->model, param.data, REC_F32, j->data.items, out,
                          j->c.level, cli_prov_text(&j->c), &err),
          &err);
    rec_buf_release(&param);
}

/* ---- either side ------------------------------------------------------- */

static void make(void *ctx, const double *value, struct rec_model *m)
{
    struct job *j = ctx;
    struct rec_knn_options opt = get_options(value);
    struct rec_error err;

    if (side == ITEMS) {
        fit_items(j, value);
        check(rec_sparse_lend(&j->model, j->data.items, m, &err), &err);
    } else {
        cli_need_memory(&j->c, rec_user_knn_room(&j->data.rows),
                        "comparing users");
        check_input(
            rec_user_knn_lend(&j->data.rows, &opt, j->data.items, m, &err),
            &j->c, &err);
    }
}

static void unmake(void *ctx, struct rec_model *m)
{
    struct job *j = ctx;

    if (side == ITEMS) {
        rec_sparse_unlend(m);
        rec_sparse_release(&j->model);
    } else {
        rec_user_knn_unlend(m);
    }
}

/* The one model that is wanted. A UserKNN is lent once though nobody uses it:
   what is wrong with the data is found here, not when it is used. */
static void finish(struct job *j, const double *value, struct rec_output *out)
{
    struct rec_knn_options opt = get_options(value);
    struct rec_model m;
    struct rec_error err;

    if (side == ITEMS) {
        fit_items(j, value);
        save_items(j, value, out);
        rec_sparse_release(&j->model);
    } else {
        make(j, value, &m);
        unmake(j, &m);
        check(rec_user_knn_save(&j->data.rows, &opt, j->data.items, out,
                                j->c.level, cli_prov_text(&j->c), &err),
              &err);
    }
}

int main(int argc, char **argv)
{
    struct job j = {.rank = NULL};
    double value[GRID_AXES];
    struct rec_output *out;
    struct rec_error err;

    cli_parse(&j.c, &program, argc, argv);
    struct grid g = {
        .axis = {{.name = "neighbours", .given = neighbours, .usual = 200,
                  .max = REC_NONE - 1, .whole = 1},
                 {.name = "shrink", .given = shrinks, .usual = 10,
                  .max = 1e12}},
        .axes = 2,
        .valid_in = valid_in,
        .valid_out = valid_out,
        .make = make,
        .unmake = unmake,
        .ctx = &j};
    check_options(&j.c);
    grid_parse(&g, &j.c);
    out = cli_output(&j.c, j.c.output, 1);
    check(rec_data_load(&j.data, cli_one_input(&j.c), "interactions", &err),
          &err);
    cli_prov_input(&j.c, "input", j.data.prov, j.data.digest);
    if (side == ITEMS) {
        begin_items(&j);
    }
    grid_choose(&g, &j.c, j.data.items, value);
    finish(&j, value, out);
    rec_item_knn_release(&j.items);
    free(j.rank);
    rec_data_release(&j.data);
    cli_commit(&j.c);
    return CLI_OK;
}
