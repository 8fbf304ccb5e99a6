/* SPDX-License-Identifier: MIT */
/* rec-similar: the items nearest to given items, by any model or by vectors,
   as a ranking stream or as text for people. */
#include <config.h>

#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/idlist.h"
#include "data/titles.h"
#include "data/vectors.h"
#include "models/similar.h"

enum { AUTO, WEIGHTS, COSINE, DOT };
static const char *const measures[] = {"auto", "weights", "cosine", "dot",
                                       NULL};
static const char *model_path, *vectors_path, *list_path, *titles_path;
static int64_t list_length = 10;
static int by, of_all, as_text;

static struct cli_option options[] = {
    CLI_OPT_TEXT('m', "model", "FILE", &model_path, 0,
                 "the model, of any kind that relates items"),
    CLI_OPT_TEXT(0, "vectors", "FILE", &vectors_path, 0,
                 "instead of a model: a stream of vectors"),
    CLI_OPT_INT('n', "number", "N", &list_length, 1, REC_MAX_ROW, 1,
                "items in a list [10]"),
    CLI_OPT_CHOICE(0, "by", "NAME", &by, measures, 1,
                   "weights, cosine or dot; auto: weights if the model\n"
                   "has them, else the cosine of vectors [auto]"),
    CLI_OPT_TEXT(0, "list", "FILE", &list_path, 0,
                 "the items listed in FILE, one id a line"),
    CLI_OPT_FLAG(0, "all", &of_all, 1, "all items"),
    CLI_OPT_FLAG(0, "text", &as_text, 0,
                 "write text: item, rank, neighbour, score, divided by tabs"),
    CLI_OPT_TEXT(0, "titles", "FILE", &titles_path, 0,
                 "add a column with the neighbour's title, from FILE"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-similar", "-m MODEL [ITEM]...",
    "Write the N items nearest to each ITEM, by a model or by vectors; a\n"
    "ranking. With no ITEM, --list or --all, read ids from standard input.",
    options, CLI_HAS_STREAM};

struct job {
    struct cli *c;
    struct rec_model *model;    /* this, or */
    struct rec_vectors vectors; /* these */
    const struct rec_dict *ids; /* of either */
    struct rec_similar near;
    struct rec_dict *asked; /* the items asked for; owned, or IDS */
    struct rec_titles titles;
    struct rec_output *out;
    struct cli_rows rows; /* the ranking, or */
    struct cli_text text; /* the text */
    uint32_t *query;      /* the block: of the known ones the index, */
    uint32_t *place;      /* of all the place among them, or REC_NONE */
    uint32_t *list_item;
    float *list_score;
    unsigned long unknown, alone;
};

/* ---- setting up --------------------------------------------------------- */

static void check_usage(const struct cli *c)
{
    const char *path[] = {model_path, vectors_path, list_path, titles_path};
    int dashes = 0, sources = (c->n_operands > 0) + (list_path != NULL)
                              + of_all;

    if (!model_path == !vectors_path) {
        die_usage(model_path ? "--model and --vectors exclude each other"
                             : "no model given (-m)");
    }
    if (sources > 1) {
        die_usage("items come from one of ITEM, --list and --all");
    }
    if (vectors_path && by == WEIGHTS) {
        die_usage("--by=weights needs a model");
    }
    if (!as_text && titles_path) {
        die_usage("--titles needs --text");
    }
    if (sources == 0) {
        list_path = "-";
        path[2] = list_path;
    }
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

static void open_model(struct job *j)
{
    struct rec_error err;
    int how = by - WEIGHTS;

    check(rec_model_open(&j->model, model_path, &err), &err);
    j->ids = j->model->items;
    cli_prov_input(j->c, "model", rec_store_prov(j->model->store),
                   rec_store_digest(j->model->store));
    if (by == AUTO) {
        how = check(rec_similar_natural(j->model, &err), &err);
    }
    check(rec_similar_init(&j->near, j->model, (enum rec_similar_by)how,
                           (size_t)list_length, &err),
          &err);
}

static void open_vectors(struct job *j)
{
    struct rec_vectors *v = &j->vectors;
    struct rec_error err;

    check(rec_vectors_open(v, vectors_path, &err), &err);
    j->ids = v->ids;
    cli_prov_input(j->c, "vectors", rec_store_prov(v->store),
                   rec_store_digest(v->store));
    check(rec_similar_init_vectors(
              &j->near, v->ids, v->value, v->dim,
              by == DOT ? REC_SIMILAR_DOT : REC_SIMILAR_COSINE,
              (size_t)list_length, &err),
          &err);
}

/* The operands, each once; their text is an input too. */
static void take_operands(struct job *j)
{
    struct rec_digest *d = rec_digest_new();
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_error err;
    uint32_t index;

    j->asked = rec_dict_new();
    if (!d || !j->asked) {
        die("out of memory");
    }
    for (int i = 0; i < j->c->n_operands; i++) {
        const char *id = j->c->operand[i], *why = rec_id_check(id, strlen(id));

        if (why) {
            die_usage("the id of an item %s", why);
        }
        check(rec_dict_add(j->asked, id, strlen(id), &index, &err), &err);
        rec_digest_add(d, id, strlen(id));
        rec_digest_add(d, "\n", 1);
    }
    rec_digest_get(d, digest);
    rec_digest_free(d);
    cli_prov_input(j->c, "list", NULL, digest);
}

static void find_items(struct job *j)
{
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_error err;

    if (list_path) {
        check(rec_idlist_load(&j->asked, list_path, digest, &err), &err);
        cli_prov_input(j->c, "list", NULL, digest);
    } else if (!of_all) {
        take_operands(j);
    }
}

static void load_titles(struct job *j)
{
    struct rec_error err;
    uint32_t found;

    if (!titles_path) {
        return;
    }
    check(rec_titles_load(&j->titles, titles_path, j->ids, &found, &err),
          &err);
    if (j->c->verbose || found < rec_dict_count(j->ids)) { /* the wrong file? */
        note(j->c, "%s: titles for %lu of %lu items", titles_path,
             (unsigned long)found, (unsigned long)rec_dict_count(j->ids));
    }
}

static void set_up(struct job *j, struct cli *c)
{
    struct rec_head head = {"ranking", "", REC_COL_WEIGHT};

    memset(j, 0, sizeof *j);
    j->c = c;
    check_usage(c);
    j->out = cli_output(c, c->output, !as_text);
    j->text.out = j->out;
    if (model_path) {
        open_model(j);
    } else {
        open_vectors(j);
    }
    find_items(j);
    load_titles(j);
    j->query = xalloc(j->near.max_rows, sizeof *j->query);
    j->place = xalloc(j->near.max_rows, sizeof *j->place);
    j->list_item = xalloc(j->near.n, sizeof *j->list_item);
    j->list_score = xalloc(j->near.n, sizeof *j->list_score);
    if (!as_text) {
        cli_rows_begin(c, &j->rows, j->out, &head, j->ids);
    }
}

static void tear_down(struct job *j)
{
    rec_similar_release(&j->near);
    rec_dict_free(j->asked);
    rec_titles_release(&j->titles);
    rec_model_close(j->model);
    if (vectors_path) {
        rec_vectors_release(&j->vectors);
    }
    free(j->query);
    free(j->place);
    free(j->list_item);
    free(j->list_score);
}

/* ---- lists -------------------------------------------------------------- */

static void write_text_list(struct job *j, const struct rec_row *list)
{
    for (size_t i = 0; i < list->n; i++) {
        size_t len;
        const char *id = rec_dict_id(j->ids, list->item[i], &len);

        cli_text_add(&j->text, list->id, list->id_len);
        cli_text_printf(&j->text, "\t%zu\t", i + 1);
        cli_text_add(&j->text, id, len);
        cli_text_printf(&j->text, "\t%.9g", (double)list->weight[i]);
        if (titles_path) {
            cli_text_add(&j->text, "\t", 1);
            id = rec_titles_get(&j->titles, j->ids, list->item[i], &len);
            cli_text_add(&j->text, id, len);
        }
        cli_text_add(&j->text, "\n", 1);
    }
}

/* The list of the item ID, which is list PLACE of the block; REC_NONE: it is
   not known. */
static void write_list(struct job *j, const char *id, size_t len,
                       uint32_t place)
{
    struct rec_row list = {id, len, 0, j->list_item, j->list_score, NULL};
    struct rec_error err;

    if (place != REC_NONE) {
        const struct rec_hit *hit = j->near.hit + place * j->near.n;

        list.n = j->near.count[place];
        j->alone += list.n == 0;
        for (size_t i = 0; i < list.n; i++) {
            j->list_item[i] = hit[i].item;
            j->list_score[i] = hit[i].score;
            if (!isfinite(hit[i].score)) {
                die("a score of item '%.*s' is beyond single precision",
                    (int)len, id);
            }
        }
    }
    if (as_text) {
        write_text_list(j, &list);
    } else {
        check(rec_row_write(j->rows.rows, &list, &err), &err);
    }
}

/* The items [FROM, TO) of ASKED. */
static void run_block(struct job *j, const struct rec_dict *asked,
                      uint32_t from, uint32_t to)
{
    uint32_t known = 0;
    struct rec_error err;
    const char *id;
    size_t len;

    for (uint32_t i = from; i < to; i++) {
        uint32_t index;

        id = rec_dict_id(asked, i, &len);
        index = rec_dict_find(j->ids, id, len);
        j->place[i - from] = index == REC_NONE ? REC_NONE : known;
        if (index != REC_NONE) {
            j->query[known++] = index;
            continue;
        }
        j->unknown++;
        if (j->c->n_operands > 0) {
            note(j->c, "unknown to the %s: '%.*s'",
                 model_path ? "model" : "vectors", (int)len, id);
        }
    }
    check(rec_similar_fill(&j->near, j->query, known, (int)j->c->threads,
                           &err),
          &err);
    for (uint32_t i = from; i < to; i++) {
        id = rec_dict_id(asked, i, &len);
        write_list(j, id, len, j->place[i - from]);
    }
}

static void run(struct job *j)
{
    const struct rec_dict *asked = of_all ? j->ids : j->asked;
    uint32_t n = rec_dict_count(asked);
    uint32_t step = (uint32_t)j->near.max_rows;

    for (uint32_t i = 0; i < n; i += step) {
        run_block(j, asked, i, n - i > step ? i + step : n);
    }
    if (j->unknown > 0 && j->c->n_operands == 0) {
        note(j->c, "unknown to the %s: %lu of %lu items",
             model_path ? "model" : "vectors", j->unknown, (unsigned long)n);
    }
    if (j->alone > 0) {
        note(j->c, "items that nothing is near to: %lu", j->alone);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    set_up(&j, &c);
    run(&j);
    if (as_text) {
        cli_text_finish(&j.text);
    } else {
        cli_rows_finish(&c, &j.rows);
    }
    tear_down(&j);
    cli_commit(&c);
    return CLI_OK;
}
