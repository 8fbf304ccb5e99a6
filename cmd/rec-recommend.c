/* SPDX-License-Identifier: MIT */
/* rec-recommend: the best items of a model for every user of a stream, as a
   ranking stream or as text for people. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "data/vectors.h"
#include "recommend.h"

static struct recommend_options o = {.length = 10, .seed = 1};
static int query;
static const char *const queries[] = {"members", "medoid", NULL};

static struct cli_option options[] = {
    CLI_OPT_TEXT('m', "model", "FILE", &o.model, 0,
                 "the model, of any kind (required)"),
    CLI_OPT_INT('n', "number", "N", &o.length, 1, REC_MAX_ROW, 1,
                "items in a list [10]"),
    CLI_OPT_FLAG(0, "keep-seen", &o.keep_seen, 1,
                 "recommend also what the user already has"),
    CLI_OPT_TEXT(0, "only", "FILE", &o.only, 0,
                 "recommend only the items listed in FILE, one id a line"),
    CLI_OPT_TEXT(0, "except", "FILE", &o.except, 0,
                 "never recommend the items listed in FILE"),
    CLI_OPT_TEXT(
        0, "exclude", "STREAM", &o.exclude, 0,
        "never recommend to a user the items of that user's row in\nSTREAM"),
    CLI_OPT_TEXT(0, "fallback", "MODEL", &o.fallback, 0,
                 "serve users without an item known to the model from MODEL"),
    CLI_OPT_TEXT(0, "personas", "FILE", &o.personas, 0,
                 "serve every user by the personas in FILE, each with its\n"
                 "share of the list, and add columns that name them"),
    CLI_OPT_CHOICE(0, "query", "WHAT", &query, queries, 1,
                   "what a persona asks by: members or medoid [members]"),
    CLI_OPT_TEXT(0, "items", "ID,ID...", &o.items, 1,
                 "recommend for this history; no FILE is read"),
    CLI_OPT_INT(0, "samples", "S", &o.samples, 2, 100000, 1,
                "score by S draws from what the model knows of a user, and\n"
                "add a column with the standard deviation"),
    CLI_OPT_INT(0, "seed", "N", &o.seed, 0, UINT32_MAX, 1,
                "seed of these draws [1]"),
    CLI_OPT_FLAG(0, "text", &o.as_text, 0,
                 "write text: user, rank, item, score, divided by tabs"),
    CLI_OPT_TEXT(0, "titles", "FILE", &o.titles, 0,
                 "add a column with the item's title, from FILE"),
    CLI_OPT_INT(0, "explain", "K", &o.reasons, 1, 100, 0,
                "add a column with the K items of the history that added\n"
                "most, and their share"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-recommend", "-m MODEL [FILE]",
    "Recommend N items to every user of an interactions stream, whose rows\n"
    "are the users' histories, or of a stream of the users' vectors; write a\n"
    "ranking.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM};

/* Standard input can be read once. */
static void check_dashes(const struct cli *c)
{
    const char *path[] = {o.model, o.fallback, o.exclude, o.only, o.except,
                          o.titles, o.personas,
                          o.items ? NULL : cli_one_input(c)};
    int dashes = 0;

    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

static void check_options(const struct cli *c)
{
    if (!o.model) {
        die_usage("no model given (-m MODEL)");
    }
    if (!o.as_text && (o.titles || o.reasons)) {
        die_usage("--%s needs --text", o.titles ? "titles" : "explain");
    }
    if (cli_given(c, "seed") && !o.samples) {
        die_usage("--seed needs --samples");
    }
    if (cli_given(c, "query") && !o.personas) {
        die_usage("--query needs --personas");
    }
    if (o.personas && (o.samples || o.items)) {
        die_usage("--personas does not go with --%s",
                  o.items ? "items" : "samples");
    }
    if (o.items && c->n_operands > 0) {
        die_usage("--items reads no FILE, but '%s' is given", c->operand[0]);
    }
    check_dashes(c);
}

static void set_up(struct job *j, struct cli *c)
{
    memset(j, 0, sizeof *j);
    j->c = c;
    j->o = &o;
    check_options(c);
    o.by_medoid = query;
    j->out = cli_output(c, c->output, !o.as_text);
    j->text.out = j->out;
    recommend_open(j);
    recommend_begin(j);
}

/* ---- the two sources of users ----------------------------------------- */

static void begin_output(struct job *j, const char *role)
{
    struct rec_head head = {"ranking", "", REC_COL_WEIGHT};

    snprintf(head.role, sizeof head.role, "%s", role);
    if (!o.as_text) {
        cli_rows_begin(j->c, &j->rows, j->out, &head, j->shown);
        recommend_columns(j);
    }
}

static void run_stream(struct job *j)
{
    struct rec_stream_reader *stream;
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    check(rec_stream_reader_open(&stream, cli_one_input(j->c), &err), &err);
    if (strcmp(rec_stream_head(stream)->kind, REC_VECTORS_KIND) == 0) {
        begin_output(j, rec_stream_head(stream)->role);
        recommend_vectors(j, stream);
        return;
    }
    check(rec_row_reader_attach(&in, stream, NULL, &err), &err);
    begin_output(j, rec_row_head(in)->role);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        recommend_batch(j, &b, rec_row_items(in));
    }
    recommend_block(j);
    cli_prov_input(j->c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    rec_row_reader_close(in);
}

/* The ids of --items, each once, as the only row; the user is called "-". */
static void run_items(struct job *j)
{
    static const uint32_t id_at[] = {0, 2};
    struct rec_dict *items = rec_dict_new();
    struct rec_batch b = {.rows = 1, .text = "-\n", .id_at = id_at};
    uint32_t start[] = {0, 0}, *item, index, before;
    const char *list = o.items, *id;
    struct rec_error err;
    size_t len;

    while (items && (id = cli_next_part(&list, &len)) != NULL) {
        const char *why = rec_id_check(id, len);

        if (why) {
            die_usage("--items: an id %s", why);
        }
        before = rec_dict_count(items);
        check(rec_dict_add(items, id, len, &index, &err), &err);
        if (index == before && !recommend_knows(j, id, len)) {
            note(j->c, "unknown to the model: '%.*s'", (int)len, id);
        }
    }
    if (!items) {
        die("out of memory");
    }
    start[1] = rec_dict_count(items);
    item = xalloc(start[1], sizeof *item);
    for (uint32_t i = 0; i < start[1]; i++) {
        item[i] = i;
    }
    b.events = start[1];
    b.start = start;
    b.item = item;
    begin_output(j, "");
    recommend_batch(j, &b, items);
    recommend_block(j);
    rec_dict_free(items);
    free(item);
}

static void report(const struct job *j)
{
    if (j->unknown_items > 0 && !o.items) {
        note(j->c,
             "unknown to the model: %llu items of the input (%llu "
             "events)",
             (unsigned long long)j->unknown_items,
             (unsigned long long)j->unknown_events);
    }
    if (j->users_excluded < j->exclude.rows.rows) {
        note(j->c, "%s: rows of users who were not served: %llu of %llu",
             o.exclude,
             (unsigned long long)(j->exclude.rows.rows - j->users_excluded),
             (unsigned long long)j->exclude.rows.rows);
    }
    if (o.personas && j->personas.single > 0) {
        note(j->c, "users without personas, served by all their items: %llu",
             (unsigned long long)j->personas.single);
    }
    if (j->users_fallback > 0) {
        note(j->c, "users without a known item, served by the fallback: %llu",
             (unsigned long long)j->users_fallback);
    }
    if (j->users_empty > 0) {
        note(j->c, "users without a known item, whose lists are empty: %llu",
             (unsigned long long)j->users_empty);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    set_up(&j, &c);
    if (o.items) {
        run_items(&j);
    } else {
        run_stream(&j);
    }
    report(&j);
    if (o.as_text) {
        cli_text_finish(&j.text);
    } else {
        cli_rows_finish(&c, &j.rows);
    }
    recommend_close(&j);
    cli_commit(&c);
    return CLI_OK;
}
