/* SPDX-License-Identifier: MIT */
/* Judging a model in memory: see validate.h. */
#include <config.h>

#include "validate.h"

#include <stdlib.h>
#include <string.h>

#include "data/gather.h"
#include "models/recommend.h"

static const uint32_t cuts[] = {20, VALIDATE_N};

/* The names, as rec_measures_name gives them. */
static const char *const names[VALIDATE_COLUMNS] = {
    "recall@20/min", "recall@20/all", "ndcg@20", "ndcg@100"};

const char *validate_name(int col)
{
    return names[col];
}

/* ---- the command line ------------------------------------------------- */

void validate_check_usage(const char *in, const char *out, const char *input)
{
    const char *path[] = {input, in, out};
    int dashes = 0;

    if (!in != !out) {
        die_usage("--validate-in and --validate-out belong together");
    }
    for (int i = 0; i < 3; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

/* ---- the streams ------------------------------------------------------ */

void validate_refuse_test(const char *path, const struct rec_head *head,
                          const char *what)
{
    if (strncmp(head->role, "test", 4) == 0) {
        die("%s: is test data (role '%s'); %s on validation data, or the "
            "test will say too much",
            path, head->role, what);
    }
}

static void load(struct cli *c, struct rec_data *d, const char *path,
                 const char *what)
{
    struct rec_error err;

    check(rec_data_load(d, path, "interactions", &err), &err);
    validate_refuse_test(path, &d->head, "tune");
    cli_prov_input(c, what, d->prov, d->digest);
}

void validate_load(struct validation *v, struct cli *c, const char *in,
                   const char *out, const struct rec_measures *measures)
{
    memset(v, 0, sizeof *v);
    load(c, &v->history, in, "validate-in");
    load(c, &v->truth, out, "validate-out");
    v->row = rec_dict_map(v->truth.users, v->history.users);
    if (!v->row) {
        die("out of memory");
    }
    v->measures = *measures;
    v->length = v->measures.longest ? v->measures.longest : VALIDATE_N;
    for (size_t u = 0; u < v->truth.rows.rows; u++) {
        v->users += rec_csr_row_len(&v->truth.rows, u) > 0;
    }
    if (v->users == 0) {
        die("%s: no user has targets", out);
    }
}

void validate_join(struct validation *v, const struct rec_dict *items)
{
    free(v->history_item);
    free(v->truth_item);
    v->history_item = rec_dict_map(v->history.items, items);
    v->truth_item = rec_dict_map(v->truth.items, items);
    if (!v->history_item || !v->truth_item) {
        die("out of memory");
    }
}

void validate_open(struct validation *v, struct cli *c, const char *in,
                   const char *out, const struct rec_dict *items)
{
    unsigned metrics = 1u << REC_RECALL_MIN | 1u << REC_RECALL_ALL
                       | 1u << REC_NDCG;
    struct rec_measures measures;
    struct rec_error err;

    check(rec_measures_init(&measures, metrics, cuts, 2, NULL, &err), &err);
    validate_load(v, c, in, out, &measures);
    validate_join(v, items);
}

void validate_release(struct validation *v)
{
    rec_data_release(&v->history);
    rec_data_release(&v->truth);
    free(v->history_item);
    free(v->truth_item);
    free(v->row);
    rec_measures_release(&v->measures);
}

/* ---- judging ---------------------------------------------------------- */

struct judge {
    const struct validation *v;
    struct rec_lists lists;
    struct rec_gather history; /* of the block at hand */
    uint8_t *target;           /* marks by item; zero between users */
    uint32_t *rank;            /* of the hits */
    double *value;
    struct rec_moments *mean;
};

static void add_history(struct judge *j, size_t user)
{
    const struct validation *v = j->v;
    struct rec_error err;
    struct rec_row row = {0};

    if (v->row[user] != REC_NONE) {
        row = rec_data_row(&v->history, v->row[user]);
    }
    for (size_t i = 0; i < row.n; i++) {
        uint32_t item = v->history_item[row.item[i]];

        if (item != REC_NONE) {
            check(rec_gather_add(&j->history, item,
                                 row.weight ? row.weight[i] : 1, &err),
                  &err);
        }
    }
    if (j->lists.cohort) {
        size_t len;
        const char *id = rec_dict_id(v->truth.users, (uint32_t)user, &len);

        j->lists.cohort[j->history.m.rows] =
            rec_model_cohort(j->lists.model, id, len);
    }
    check(rec_gather_end_row(&j->history, &err), &err);
}

static void mark(struct judge *j, const struct rec_row *targets,
                 uint8_t value)
{
    for (size_t i = 0; i < targets->n; i++) {
        uint32_t item = j->v->truth_item[targets->item[i]];

        if (item != REC_NONE) {
            j->target[item] = value;
        }
    }
}

/* Judge list R of the block against what USER wants. */
static void judge_list(struct judge *j, size_t r, size_t user)
{
    const struct rec_measures *m = &j->v->measures;
    const struct rec_hit *hit = j->lists.hit + r * j->lists.n;
    struct rec_row targets = rec_data_row(&j->v->truth, user);
    size_t hits = 0;

    mark(j, &targets, 1);
    for (size_t i = 0; i < j->lists.count[r]; i++) {
        if (j->target[hit[i].item]) {
            j->rank[hits++] = (uint32_t)i + 1;
        }
    }
    mark(j, &targets, 0);
    rec_measures_row(m, j->rank, hits, targets.n, j->value);
    for (size_t k = 0; k < m->columns; k++) {
        rec_moments_add(&j->mean[k], j->value[k]);
    }
}

/* The users [FROM, TO) of the truth that have targets: at most a block. */
static size_t judge_block(struct judge *j, size_t from, int threads)
{
    const struct rec_csr *truth = &j->v->truth.rows;
    uint32_t items = j->lists.model->n_items;
    struct rec_error err;
    size_t to = from, r = 0;

    check(rec_gather_begin(&j->history, items, &err), &err);
    for (; to < truth->rows && j->history.m.rows < j->lists.max_rows; to++) {
        if (rec_csr_row_len(truth, to) > 0) {
            add_history(j, to);
        }
    }
    check(rec_lists_fill(&j->lists, &j->history.m, &j->history.m, NULL,
                         threads, &err),
          &err);
    for (size_t u = from; u < to; u++) {
        if (rec_csr_row_len(truth, u) > 0) {
            judge_list(j, r++, u);
        }
    }
    return to;
}

void validate_measure(const struct validation *v, const struct rec_model *m,
                      int threads, struct rec_moments *mean)
{
    struct judge j = {.v = v, .mean = mean};
    struct rec_error err;

    memset(mean, 0, v->measures.columns * sizeof *mean);
    check(rec_lists_init(&j.lists, m, v->length, &err), &err);
    j.target = xalloc(m->n_items, 1);
    memset(j.target, 0, m->n_items);
    j.rank = xalloc(v->length, sizeof *j.rank);
    j.value = xalloc(v->measures.columns, sizeof *j.value);
    for (size_t u = 0; u < v->truth.rows.rows;) {
        u = judge_block(&j, u, threads);
    }
    rec_lists_release(&j.lists);
    rec_gather_release(&j.history);
    free(j.target);
    free(j.rank);
    free(j.value);
}

void validate_model(const struct validation *v, const struct rec_model *m,
                    int threads, struct rec_moments mean[VALIDATE_COLUMNS])
{
    struct rec_moments *all = xalloc(v->measures.columns, sizeof *all);

    validate_measure(v, m, threads, all);
    for (size_t k = 0; k < v->measures.columns; k++) {
        char name[REC_MEASURE_NAME];

        rec_measures_name(&v->measures, k, name);
        for (int c = 0; c < VALIDATE_COLUMNS; c++) {
            if (strcmp(name, names[c]) == 0) {
                mean[c] = all[k];
            }
        }
    }
    free(all);
}
