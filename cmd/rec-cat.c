/* SPDX-License-Identifier: MIT */
/* rec-cat: rows of a stream as text that rec-ingest reads back to the same
   bytes. */
#include <config.h>

#include "cat.h"

#include <string.h>

static const char *const formats[] = {"tsv",  "csv", "jsonl", "trec",
                                      "mtx", "npy", NULL};
static struct cat cat;
static const char *row_ids, *column_ids;
static int force_terminal;

static struct cli_option options[] = {
    CLI_OPT_CHOICE('f', "format", "FORMAT", &cat.format, formats, 0,
                   "tsv, csv, jsonl, trec (runs and qrels), mtx\n"
                   "(MatrixMarket) or npy (numpy) [tsv]"),
    CLI_OPT_FLAG(0, "no-header", &cat.no_header, 0,
                 "leave out the line that names the columns"),
    CLI_OPT_TEXT(0, "row-ids", "FILE", &row_ids, 0,
                 "mtx, npy: write the id of each row to FILE, one a line"),
    CLI_OPT_TEXT(0, "column-ids", "FILE", &column_ids, 0,
                 "mtx, npy: write the id of each column to FILE"),
    CLI_OPT_FLAG(0, "force-terminal", &force_terminal, 0,
                 "write npy even to a terminal"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-cat", "[FILE]",
    "Write the rows of an interactions or ranking stream as text, one line\n"
    "per event: user, item, and weight and time if the stream has them,\n"
    "divided by tabs; of a Gram matrix, one line per pair of items that is\n"
    "not 0; of vectors, one line per id with all its values. Or in the form\n"
    "that other tools read.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, 0};

static void print_gram(struct cat *c, struct rec_gram_reader *in)
{
    const struct rec_dict *items = rec_gram_reader_head(in)->items;
    struct cli_text *t = &c->out;
    struct rec_gram_strip s;
    struct rec_error err;

    if (!c->no_header) {
        cli_text_printf(t, "item\titem\tvalue\n");
    }
    while (check(rec_gram_next(in, &s, &err), &err) == 1) {
        for (uint32_t k = 0; k < s.rows; k++) {
            size_t n, m;
            const char *id = rec_dict_id(items, s.first + k, &n);

            for (size_t e = s.start[k]; e < s.start[k + 1]; e++) {
                const char *other = rec_dict_id(items, s.col[e], &m);

                if (s.value[e] != 0) {
                    cli_text_add(t, id, n);
                    cli_text_add(t, "\t", 1);
                    cli_text_add(t, other, m);
                    cli_text_printf(t, "\t%.17g\n", s.value[e]);
                }
            }
        }
    }
    rec_gram_reader_free(in);
}

static void print_vectors(struct cat *c, struct rec_vector_reader *in)
{
    uint32_t dim = rec_vector_dimension(in);
    struct cli_text *t = &c->out;
    struct rec_vector_batch b;
    struct rec_error err;

    if (!c->no_header) {
        cli_text_printf(t, "id\tvector\n");
    }
    while (check(rec_vector_next(in, &b, &err), &err) == 1) {
        for (uint32_t k = 0; k < b.n; k++) {
            size_t n;
            const char *id = rec_dict_id(rec_vector_ids(in), b.first + k, &n);

            cli_text_add(t, id, n);
            for (uint32_t i = 0; i < dim; i++) {
                cli_text_printf(t, "%c%.9g", i ? ' ' : '\t',
                                (double)b.value[(size_t)k * dim + i]);
            }
            cli_text_add(t, "\n", 1);
        }
    }
    rec_vector_reader_free(in);
}

/* Groups and codes are rows too. */
static const char *row_kind(const struct rec_stream_reader *in)
{
    const char *kind = rec_stream_head(in)->kind;

    return strcmp(kind, "groups") == 0 || strcmp(kind, "codes") == 0 ? kind
                                                                      : NULL;
}

static void check_options(void)
{
    if (cat.no_header && cat.format > CAT_CSV) {
        die_usage("--no-header is for tsv and csv");
    }
    if ((row_ids || column_ids) && cat.format < CAT_MTX) {
        die_usage("--%s is for mtx and npy",
                  row_ids ? "row-ids" : "column-ids");
    }
}

/* Once the input is known to be one that the format holds. */
static void open_outputs(struct cli *c, const struct rec_stream_reader *in,
                         int mtx, int npy)
{
    int f = cat.format;

    if (!(f == CAT_TSV || (f == CAT_MTX && mtx) || (f == CAT_NPY && npy)
          || (mtx && npy))) {
        die("%s: %s is not written as %s", cli_input_name(c),
            rec_stream_head(in)->kind, formats[f]);
    }
    if (column_ids && npy && !mtx) {
        die_usage("--column-ids: the columns of vectors have no ids");
    }
    cat.out.out = cli_output(c, c->output, f == CAT_NPY && !force_terminal);
    if (row_ids) {
        cat.row_ids.out = cli_output(c, row_ids, 0);
    }
    if (column_ids) {
        cat.column_ids.out = cli_output(c, column_ids, 0);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_stream_reader *in;
    struct rec_row_reader *rows;
    struct rec_gram_reader *gram;
    struct rec_vector_reader *vectors;
    struct rec_error err;

    cli_parse(&c, &program, argc, argv);
    check_options();
    check(rec_stream_reader_open(&in, cli_one_input(&c), &err), &err);
    if (strcmp(rec_stream_head(in)->kind, REC_VECTORS_KIND) == 0) {
        open_outputs(&c, in, 0, 1);
        check(rec_vector_reader_attach(&vectors, in, &err), &err);
        (cat.format == CAT_NPY ? cat_vectors : print_vectors)(&cat, vectors);
    } else if (strcmp(rec_stream_head(in)->kind, REC_GRAM_KIND) == 0) {
        open_outputs(&c, in, 1, 0);
        check(rec_gram_reader_attach(&gram, in, &err), &err);
        (cat.format == CAT_MTX ? cat_gram : print_gram)(&cat, gram);
    } else {
        check(rec_row_reader_attach(&rows, in, row_kind(in), &err), &err);
        open_outputs(&c, in, 1, 1);
        (cat.format < CAT_MTX ? cat_lines : cat_matrix)(&cat, rows);
    }
    cli_text_finish(&cat.out);
    if (row_ids) {
        cli_text_finish(&cat.row_ids);
    }
    if (column_ids) {
        cli_text_finish(&cat.column_ids);
    }
    cli_commit(&c);
    return CLI_OK;
}
