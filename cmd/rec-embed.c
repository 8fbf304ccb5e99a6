/* SPDX-License-Identifier: MIT */
/* rec-embed: the vectors of a model, of its items or of users folded in, as a
   stream; or vectors from text. */
#include <config.h>

#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/gather.h"
#include "data/vectors.h"
#include "data/vectors_text.h"
#include "models/model.h"

static const char *model_path;
static int of_users, normalise, from_text;

static struct cli_option options[] = {
    CLI_OPT_TEXT('m', "model", "FILE", &model_path, 0,
                 "the model, of a kind that has vectors"),
    CLI_OPT_FLAG(0, "users", &of_users, 1,
                 "vectors of the users of FILE, from their histories,\n"
                 "instead of those of the model's items"),
    CLI_OPT_FLAG(0, "normalise", &normalise, 1,
                 "divide every vector by its length"),
    CLI_OPT_FLAG(0, "from-text", &from_text, 1,
                 "no model: FILE is text, lines of id, tab, values"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-embed", "-m MODEL [--users [FILE]]",
    "Write the vectors of a model's items, or of the users of FILE, as a\n"
    "stream of vectors; or make one of text (--from-text). Where a FILE is\n"
    "wanted and none given, or it is -, read standard input.",
    options, CLI_HAS_STREAM};

struct job {
    struct cli *c;
    struct rec_output *out;
    struct rec_vector_writer *w;
    float *scaled;       /* room for one vector */
    uint64_t zeros;      /* vectors of length 0 that have no direction */
    struct rec_model *m; /* what follows is for users */
    struct rec_gather history;
    struct rec_row *who; /* the users of the block */
    float *value;        /* and their vectors */
    size_t block;        /* users at most */
    uint32_t *join;      /* from the items of the input to the model's */
    size_t joined, join_cap;
    uint64_t unknown_items, unknown_events, users_empty;
};

/* ---- vectors ------------------------------------------------------------ */

static void begin(struct job *j, const char *role, uint32_t dim)
{
    struct rec_error err;

    check(rec_vector_begin(&j->w, j->out, role, dim, j->c->level, &err),
          &err);
    j->scaled = xalloc(dim, sizeof *j->scaled);
}

static void write_vector(struct job *j, const char *id, size_t len,
                         const float *v, uint32_t dim)
{
    struct rec_error err;
    double square = 0;

    for (uint32_t i = 0; i < dim && normalise; i++) {
        square += (double)v[i] * v[i];
    }
    if (square > 0) {
        double scale = 1 / sqrt(square);

        for (uint32_t i = 0; i < dim; i++) {
            j->scaled[i] = (float)(v[i] * scale);
        }
        v = j->scaled;
    } else {
        j->zeros += normalise;
    }
    check(rec_vector_write(j->w, id, len, v, &err), &err);
}

static void finish(struct job *j)
{
    struct rec_error err;

    if (j->zeros > 0) {
        note(j->c, "vectors of length 0, left as they are: %llu",
             (unsigned long long)j->zeros);
    }
    check(rec_vector_finish(j->w, cli_prov_text(j->c), &err), &err);
    rec_vector_writer_free(j->w);
    free(j->scaled);
}

/* ---- text --------------------------------------------------------------- */

static void run_text(struct job *j)
{
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_vector_text *t;
    struct rec_vector_line l;
    struct rec_error err;

    check(rec_vector_text_open(&t, cli_one_input(j->c), &err), &err);
    while (check(rec_vector_text_next(t, &l, &err), &err) == 1) {
        if (!j->w) {
            begin(j, "", l.dim);
        }
        write_vector(j, l.id, l.len, l.value, l.dim);
    }
    if (!j->w) {
        die("%s: no vectors", rec_vector_text_name(t));
    }
    rec_vector_text_digest(t, digest);
    cli_prov_input(j->c, "input", NULL, digest);
    rec_vector_text_close(t);
}

/* ---- items -------------------------------------------------------------- */

static void run_items(struct job *j)
{
    uint32_t dim = rec_model_dimensions(j->m);
    struct rec_error err;
    const float *value;

    check(rec_model_item_vectors(j->m, &value, &err), &err);
    begin(j, "", dim);
    for (uint32_t i = 0; i < j->m->n_items; i++) {
        size_t len;
        const char *id = rec_dict_id(j->m->items, i, &len);

        write_vector(j, id, len, value + (size_t)i * dim, dim);
    }
}

/* ---- users -------------------------------------------------------------- */

/* Bring the map from the input's items up to date. */
static void extend_join(struct job *j, const struct rec_dict *items)
{
    uint32_t n = rec_dict_count(items);

    if (rec_reserve(&j->join, &j->join_cap, n, sizeof *j->join) != 0) {
        die("out of memory");
    }
    for (; j->joined < n; j->joined++) {
        size_t len;
        const char *id = rec_dict_id(items, (uint32_t)j->joined, &len);

        j->join[j->joined] = rec_dict_find(j->m->items, id, len);
        j->unknown_items += j->join[j->joined] == REC_NONE;
    }
}

/* Put the history of ROW on the block, unless nothing of it is known. */
static void add_user(struct job *j, const struct rec_row *row)
{
    size_t known = 0, n = j->history.m.rows;
    struct rec_error err;

    for (size_t i = 0; i < row->n; i++) {
        known += j->join[row->item[i]] != REC_NONE;
    }
    j->unknown_events += row->n - known;
    if (known == 0 && !j->m->type->any_row) {
        j->users_empty++;
        return;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (j->join[row->item[i]] != REC_NONE) {
            check(rec_gather_add(&j->history, j->join[row->item[i]],
                                 row->weight ? row->weight[i] : 1, &err),
                  &err);
        }
    }
    check(rec_gather_end_row(&j->history, &err), &err);
    j->who[n] = *row;
}

static void run_block(struct job *j, const struct rec_batch *b, size_t from,
                      size_t to)
{
    uint32_t dim = rec_model_user_dimensions(j->m);
    struct rec_error err;

    check(rec_gather_begin(&j->history, j->m->n_items, &err), &err);
    for (size_t r = from; r < to; r++) {
        struct rec_row row = rec_batch_row(b, r);

        add_user(j, &row);
    }
    if (j->history.m.rows > 0) {
        check(rec_model_user_vectors(j->m, &j->history.m, (int)j->c->threads,
                                     j->value, &err),
              &err);
    }
    for (size_t r = 0; r < j->history.m.rows; r++) {
        write_vector(j, j->who[r].id, j->who[r].id_len, j->value + r * dim,
                     dim);
    }
}

static void alloc_block(struct job *j)
{
    uint32_t dim = rec_model_user_dimensions(j->m);

    j->block = ((size_t)1 << 22) / dim; /* 16 MiB */
    j->block = j->block > 1024 ? 1024 : j->block;
    j->value = xalloc(j->block * dim, sizeof *j->value);
    j->who = xalloc(j->block, sizeof *j->who);
}

static void run_users(struct job *j)
{
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    check(rec_row_reader_open(&in, cli_one_input(j->c), NULL, &err), &err);
    begin(j, rec_row_head(in)->role, rec_model_user_dimensions(j->m));
    alloc_block(j);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        extend_join(j, rec_row_items(in));
        for (size_t r = 0; r < b.rows; r += j->block) {
            run_block(j, &b, r, r + j->block < b.rows ? r + j->block : b.rows);
        }
    }
    cli_prov_input(j->c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    rec_row_reader_close(in);
    if (j->unknown_items > 0) {
        note(j->c, "unknown to the model: %llu items of the input (%llu "
                   "events)",
             (unsigned long long)j->unknown_items,
             (unsigned long long)j->unknown_events);
    }
    if (j->users_empty > 0) {
        note(j->c, "users without a known item, left out: %llu",
             (unsigned long long)j->users_empty);
    }
    rec_gather_release(&j->history);
    free(j->who);
    free(j->value);
    free(j->join);
}

/* ---- all ---------------------------------------------------------------- */

static void check_usage(const struct cli *c)
{
    if (!from_text && !model_path) {
        die_usage("no model given (-m)");
    }
    if (from_text && (model_path || of_users)) {
        die_usage("--from-text needs no --%s", model_path ? "model" : "users");
    }
    if (!from_text && !of_users && c->n_operands > 0) {
        die_usage("the vectors of items need no FILE, but '%s' is given "
                  "(--users?)",
                  c->operand[0]);
    }
    if (of_users && strcmp(model_path, "-") == 0
        && strcmp(cli_one_input(c), "-") == 0) {
        die_usage("standard input can be only one of the inputs");
    }
    (void)cli_one_input(c);
}

static void open_model(struct job *j)
{
    struct rec_error err;

    check(rec_model_open(&j->m, model_path, &err), &err);
    if (rec_model_dimensions(j->m) == 0) {
        die("%s: a '%s' has no vectors", model_path, j->m->type->kind);
    }
    cli_prov_input(j->c, "model", rec_store_prov(j->m->store),
                   rec_store_digest(j->m->store));
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    check_usage(&c);
    memset(&j, 0, sizeof j);
    j.c = &c;
    j.out = cli_output(&c, c.output, 1);
    if (from_text) {
        run_text(&j);
    } else {
        open_model(&j);
        (of_users ? run_users : run_items)(&j);
    }
    finish(&j);
    rec_model_close(j.m);
    cli_commit(&c);
    return CLI_OK;
}
