/* SPDX-License-Identifier: MIT */
/* Rows as text, a line for every event: tab-separated, CSV (RFC 4180), JSON
   lines, and what TREC's tools read, runs of rankings and qrels of
   interactions. */
#include <config.h>

#include "cat.h"

#include <inttypes.h>
#include <string.h>

/* ---- ids --------------------------------------------------------------- */

static void add_csv(struct cli_text *t, const char *id, size_t n)
{
    if (!memchr(id, ',', n) && !memchr(id, '"', n)) {
        cli_text_add(t, id, n);
        return;
    }
    cli_text_add(t, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        cli_text_add(t, "\"\"", id[i] == '"' ? 1 : 0);
        cli_text_add(t, id + i, 1);
    }
    cli_text_add(t, "\"", 1);
}

/* Bytes above 127 as they are: UTF-8 stays what it is. */
static void add_json(struct cli_text *t, const char *id, size_t n)
{
    cli_text_add(t, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char ch = (unsigned char)id[i];

        if (ch < ' ' || ch == 0x7f) {
            cli_text_printf(t, "\\u%04x", ch);
        } else {
            cli_text_add(t, "\\", ch == '"' || ch == '\\' ? 1 : 0);
            cli_text_add(t, id + i, 1);
        }
    }
    cli_text_add(t, "\"", 1);
}

/* TREC divides fields by blanks and cannot quote them. */
static void add_trec(struct cli_text *t, const char *id, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr(" \f\v", id[i])) {
            die("id '%.*s' has a blank, which the text of TREC cannot hold",
                (int)n, id);
        }
    }
    cli_text_add(t, id, n);
}

static void add_id(struct cat *c, const char *id, size_t n)
{
    switch (c->format) {
    case CAT_CSV:
        add_csv(&c->out, id, n);
        break;
    case CAT_JSONL:
        add_json(&c->out, id, n);
        break;
    case CAT_TREC:
        add_trec(&c->out, id, n);
        break;
    default:
        cli_text_add(&c->out, id, n);
    }
}

/* ---- lines ------------------------------------------------------------- */

/* What comes before the value of the column NAME, not the first. */
static void next_column(struct cat *c, const char *name)
{
    if (c->format == CAT_JSONL) {
        cli_text_printf(&c->out, ",\"%s\":", name);
    } else {
        cli_text_add(&c->out, c->format == CAT_CSV ? "," : "\t", 1);
    }
}

/* The extra columns of event E. */
static void print_more(struct cat *c, const struct rec_batch *b, size_t e,
                       const struct rec_dict *items)
{
    for (size_t k = 0; k < b->columns; k++) {
        const float *real = b->more[k];
        const uint32_t *count = b->more[k];
        size_t len;
        const char *id;

        next_column(c, b->column[k].name);
        if (b->column[k].type == REC_COLUMN_REAL) {
            cli_text_printf(&c->out, "%.9g", (double)real[e]);
        } else if (b->column[k].type == REC_COLUMN_COUNT) {
            cli_text_printf(&c->out, "%" PRIu32, count[e]);
        } else {
            id = rec_dict_id(items, count[e], &len);
            add_id(c, id, len);
        }
    }
}

static void print_row(struct cat *c, const struct rec_batch *b, size_t r,
                      const struct rec_dict *items)
{
    struct rec_row row_at = rec_batch_row(b, r), *row = &row_at;
    struct cli_text *t = &c->out;

    for (size_t i = 0; i < row->n; i++) {
        size_t len;
        const char *id = rec_dict_id(items, row->item[i], &len);

        if (c->format == CAT_JSONL) {
            cli_text_printf(t, "{\"user\":");
        }
        add_id(c, row->id, row->id_len);
        next_column(c, "item");
        add_id(c, id, len);
        if (row->weight) {
            next_column(c, "weight");
            cli_text_printf(t, "%.9g", (double)row->weight[i]);
        }
        if (row->time) {
            next_column(c, "time");
            cli_text_printf(t, "%" PRId64, row->time[i]);
        }
        print_more(c, b, b->start[r] + i, items);
        cli_text_printf(t, c->format == CAT_JSONL ? "}\n" : "\n");
    }
}

/* "query Q0 item rank score tag" of a ranking, minus the rank where there is no
   score; else "query 0 item relevance". */
static void print_trec(struct cat *c, const struct rec_batch *b, size_t r,
                       const struct rec_dict *items, int ranking)
{
    struct rec_row row = rec_batch_row(b, r);

    for (size_t i = 0; i < row.n; i++) {
        size_t len;
        const char *id = rec_dict_id(items, row.item[i], &len);
        double otherwise = ranking ? -(double)(i + 1) : 1;

        add_id(c, row.id, row.id_len);
        cli_text_printf(&c->out, ranking ? " Q0 " : " 0 ");
        add_id(c, id, len);
        if (ranking) {
            cli_text_printf(&c->out, " %zu", i + 1);
        }
        cli_text_printf(&c->out, " %.9g%s\n",
                        row.weight ? (double)row.weight[i] : otherwise,
                        ranking ? " recpipe" : "");
    }
}

/* The names of the columns; the extra ones are those of the first batch. */
static void print_names(struct cat *c, unsigned columns,
                        const struct rec_batch *b)
{
    cli_text_printf(&c->out, "user");
    next_column(c, "item");
    cli_text_printf(&c->out, "item");
    if (columns & REC_COL_WEIGHT) {
        next_column(c, "weight");
        cli_text_printf(&c->out, "weight");
    }
    if (columns & REC_COL_TIME) {
        next_column(c, "time");
        cli_text_printf(&c->out, "time");
    }
    for (size_t k = 0; k < b->columns; k++) {
        next_column(c, b->column[k].name);
        cli_text_printf(&c->out, "%s", b->column[k].name);
    }
    cli_text_add(&c->out, "\n", 1);
}

void cat_lines(struct cat *c, struct rec_row_reader *in)
{
    int named = c->no_header || c->format > CAT_CSV, more;
    int ranking = strcmp(rec_row_head(in)->kind, "ranking") == 0;
    struct rec_batch b = {0};
    struct rec_error err;

    do {
        more = check(rec_row_next(in, &b, &err), &err);
        if (!named) {
            print_names(c, rec_row_head(in)->columns, &b);
            named = 1;
        }
        for (size_t r = 0; more && r < b.rows; r++) {
            if (c->format == CAT_TREC) {
                print_trec(c, &b, r, rec_row_items(in), ranking);
            } else {
                print_row(c, &b, r, rec_row_items(in));
            }
        }
    } while (more);
    rec_row_reader_close(in);
}
