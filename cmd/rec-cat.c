/* SPDX-License-Identifier: MIT */
/* rec-cat: rows of a stream as text that rec-ingest reads back to the same
   bytes. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <string.h>

#include "data/gramfile.h"
#include "data/vectors.h"

static int no_header;

static struct cli_option options[] = {
    CLI_OPT_FLAG(0, "no-header", &no_header, 0,
                 "leave out the line that names the columns"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-cat", "[FILE]",
    "Write the rows of an interactions or ranking stream as text, one line\n"
    "per event: user, item, and weight and time if the stream has them,\n"
    "divided by tabs; of a Gram matrix, one line per pair of items that is\n"
    "not 0; of vectors, one line per id with all its values.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, 0};

/* The extra columns of event E. */
static void print_more(struct cli_text *t, const struct rec_batch *b, size_t e,
                       const struct rec_dict *items)
{
    for (size_t c = 0; c < b->columns; c++) {
        const float *real = b->more[c];
        const uint32_t *count = b->more[c];
        size_t len;
        const char *id;

        cli_text_add(t, "\t", 1);
        if (b->column[c].type == REC_COLUMN_REAL) {
            cli_text_printf(t, "%.9g", (double)real[e]);
        } else if (b->column[c].type == REC_COLUMN_COUNT) {
            cli_text_printf(t, "%" PRIu32, count[e]);
        } else {
            id = rec_dict_id(items, count[e], &len);
            cli_text_add(t, id, len);
        }
    }
}

static void print_row(struct cli_text *t, const struct rec_batch *b, size_t r,
                      const struct rec_dict *items)
{
    struct rec_row row_at = rec_batch_row(b, r), *row = &row_at;

    for (size_t i = 0; i < row->n; i++) {
        size_t len;
        const char *id = rec_dict_id(items, row->item[i], &len);

        cli_text_add(t, row->id, row->id_len);
        cli_text_add(t, "\t", 1);
        cli_text_add(t, id, len);
        if (row->weight) {
            cli_text_printf(t, "\t%.9g", (double)row->weight[i]);
        }
        if (row->time) {
            cli_text_printf(t, "\t%" PRId64, row->time[i]);
        }
        print_more(t, b, b->start[r] + i, items);
        cli_text_add(t, "\n", 1);
    }
}

/* The names of the columns; the extra ones are those of the first batch. */
static void print_names(struct cli_text *t, unsigned columns,
                        const struct rec_batch *b)
{
    cli_text_printf(t, "user\titem%s%s",
                    columns & REC_COL_WEIGHT ? "\tweight" : "",
                    columns & REC_COL_TIME ? "\ttime" : "");
    for (size_t c = 0; c < b->columns; c++) {
        cli_text_printf(t, "\t%s", b->column[c].name);
    }
    cli_text_add(t, "\n", 1);
}

static void print_rows(struct cli_text *t, struct rec_row_reader *in)
{
    struct rec_batch b = {0};
    int named = no_header, more;
    struct rec_error err;

    do {
        more = check(rec_row_next(in, &b, &err), &err);
        if (!named) {
            print_names(t, rec_row_head(in)->columns, &b);
            named = 1;
        }
        for (size_t r = 0; more && r < b.rows; r++) {
            print_row(t, &b, r, rec_row_items(in));
        }
    } while (more);
    rec_row_reader_close(in);
}

static void print_gram(struct cli_text *t, struct rec_gram_reader *in)
{
    const struct rec_dict *items = rec_gram_reader_head(in)->items;
    struct rec_gram_strip s;
    struct rec_error err;

    if (!no_header) {
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

static void print_vectors(struct cli_text *t, struct rec_vector_reader *in)
{
    uint32_t dim = rec_vector_dimension(in);
    struct rec_vector_batch b;
    struct rec_error err;

    if (!no_header) {
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

int main(int argc, char **argv)
{
    struct cli c;
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct rec_stream_reader *in;
    struct rec_row_reader *rows;
    struct rec_gram_reader *gram;
    struct rec_vector_reader *vectors;
    struct rec_error err;

    cli_parse(&c, &program, argc, argv);
    check(rec_stream_reader_open(&in, cli_one_input(&c), &err), &err);
    if (strcmp(rec_stream_head(in)->kind, REC_VECTORS_KIND) == 0) {
        check(rec_vector_reader_attach(&vectors, in, &err), &err);
        t.out = cli_output(&c, c.output, 0);
        print_vectors(&t, vectors);
    } else if (strcmp(rec_stream_head(in)->kind, REC_GRAM_KIND) == 0) {
        check(rec_gram_reader_attach(&gram, in, &err), &err);
        t.out = cli_output(&c, c.output, 0);
        print_gram(&t, gram);
    } else {
        check(rec_row_reader_attach(&rows, in, row_kind(in), &err), &err);
        t.out = cli_output(&c, c.output, 0);
        print_rows(&t, rows);
    }
    cli_text_finish(&t);
    cli_commit(&c);
    return CLI_OK;
}
