/* SPDX-License-Identifier: MIT */
/* rec-walk: P3alpha and RP3beta, walks of three steps on the graph of users
   and items. */
#include <config.h>

#include "cli.h"

#include <stdlib.h>

#include "data/dataset.h"
#include "grid.h"
#include "models/sparse.h"
#include "models/walk.h"

static const char *alphas, *betas, *neighbours, *valid_in, *valid_out;
static int binary;

static struct cli_option options[] = {
    CLI_OPT_TEXT(0, "alpha", "A,...", &alphas, 1,
                 "power of the probability of a step [0.6]"),
    CLI_OPT_TEXT(0, "beta", "B,...", &betas, 1,
                 "divide by the popularity of an item to this power: RP3beta;\n"
                 "0 is P3alpha [0.4]"),
    CLI_OPT_TEXT('k', "neighbours", "K,...", &neighbours, 1,
                 "of each item, keep the K items that are reached best; 0:\n"
                 "all [200]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; of lists of A, B or K, keep the\n"
                 "best"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-walk", "[FILE]",
    "Follow all walks of three steps on the graph of users and items of an\n"
    "interactions stream, and write where they lead as a model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

enum { ALPHA, BETA, NEIGHBOURS };

struct job {
    struct cli c;
    struct rec_data data;
    uint32_t *rank;
    struct rec_sparse model;
};

static void fit(struct job *j, const double *value)
{
    struct rec_walk_options opt = {value[ALPHA], value[BETA],
                                   (uint32_t)value[NEIGHBOURS], binary};
    const struct rec_csr *x = &j->data.rows;
    struct timespec begun;
    struct rec_walk w;
    struct rec_csr out;
    struct rec_error err;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    cli_need_memory(&j->c, rec_walk_room(x), "the graph");
    check_input(rec_walk_begin(&w, x, &opt, j->rank, &err), &j->c, &err);
    cli_need_memory(&j->c,
                    rec_walk_room(x)
                        + rec_walk_memory(&w, (int)j->c.threads),
                    "the product");
    check_input(rec_walk_fit(&out, &w, (int)j->c.threads, &j->c.tick, &err),
                &j->c, &err);
    if (j->c.verbose) {
        note(&j->c, "%lu items, %.0f walks, %zu weights in %.3f s",
             (unsigned long)out.rows, rec_walk_paths(&w),
             rec_csr_events(&out), cli_seconds_since(&begun));
    }
    rec_walk_release(&w);
    j->model = (struct rec_sparse){.items = x->cols,
                                   .weights = x->weight && !binary,
                                   .start = out.start,
                                   .item = out.item,
                                   .weight = out.weight};
}

static void make(void *ctx, const double *value, struct rec_model *m)
{
    struct job *j = ctx;
    struct rec_error err;

    fit(j, value);
    check(rec_sparse_lend(&j->model, j->data.items, m, &err), &err);
}

static void unmake(void *ctx, struct rec_model *m)
{
    struct job *j = ctx;

    rec_sparse_unlend(m);
    rec_sparse_release(&j->model);
}

static void save(struct job *j, const double *value, struct rec_output *out)
{
    struct rec_buf param = {NULL, 0, 0};
    struct rec_error err;

    if (rec_buf_addf(&param, "alpha %.17g\nbeta %.17g\nneighbours %.17g\n",
                     value[ALPHA], value[BETA], value[NEIGHBOURS])
        != 0) {
        die("out of memory");
    }
    check(rec_sparse_save(&j->model, param.data, REC_F32, j->data.items, out,
                          j->c.level, cli_prov_text(&j->c), &err),
          &err);
    rec_buf_release(&param);
}

int main(int argc, char **argv)
{
    struct job j = {.rank = NULL};
    double value[GRID_AXES];
    struct rec_output *out;
    struct rec_error err;

    cli_parse(&j.c, &program, argc, argv);
    struct grid g = {
        .axis = {{.name = "alpha", .given = alphas, .usual = 0.6, .max = 4},
                 {.name = "beta", .given = betas, .usual = 0.4, .max = 4},
                 {.name = "neighbours", .given = neighbours, .usual = 200,
                  .max = REC_NONE - 1, .whole = 1}},
        .axes = 3,
        .valid_in = valid_in,
        .valid_out = valid_out,
        .make = make,
        .unmake = unmake,
        .ctx = &j};
    grid_parse(&g, &j.c);
    out = cli_output(&j.c, j.c.output, 1);
    check(rec_data_load(&j.data, cli_one_input(&j.c), "interactions", &err),
          &err);
    cli_prov_input(&j.c, "input", j.data.prov, j.data.digest);
    j.rank = rec_dict_tie_rank(j.data.items);
    if (!j.rank) {
        die("out of memory");
    }
    grid_choose(&g, &j.c, j.data.items, value);
    fit(&j, value);
    save(&j, value, out);
    rec_sparse_release(&j.model);
    free(j.rank);
    rec_data_release(&j.data);
    cli_commit(&j.c);
    return CLI_OK;
}
