/* SPDX-License-Identifier: MIT */
/* Rows, Gram matrices and vectors as what scipy.io.mmread and numpy.load read:
   a MatrixMarket file of coordinates, or an array of .npy, format 1.0. Both
   begin with counts that are known at the end, so the rest is gathered in
   memory. */
#include <config.h>

#include "cat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/endian.h"

static void gather(struct rec_buf *b, const void *p, size_t n)
{
    if (rec_buf_add(b, p, n) != 0) {
        die("out of memory");
    }
}

static void add_name(struct cli_text *t, const char *id, size_t n)
{
    if (t->out) {
        cli_text_add(t, id, n);
        cli_text_add(t, "\n", 1);
    }
}

static void add_names(struct cli_text *t, const struct rec_dict *d, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(d, (uint32_t)i, &len);

        add_name(t, id, len);
    }
}

/* Magic, version, length of the rest; a Python dictionary, padded so that what
   follows begins at a multiple of 64. */
static void npy_begin(struct cli_text *t, const char *descr, const char *shape)
{
    char dict[512];
    uint8_t begin[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0};
    int n = snprintf(dict, sizeof dict,
                     "{'descr': %s, 'fortran_order': False, 'shape': %s, }",
                     descr, shape);
    size_t all = ((size_t)n + sizeof begin + 1 + 63) / 64 * 64;

    begin[8] = (uint8_t)(all - sizeof begin);
    begin[9] = (uint8_t)((all - sizeof begin) >> 8);
    cli_text_add(t, begin, sizeof begin);
    cli_text_printf(t, "%s%*s\n", dict,
                    (int)(all - sizeof begin - 1 - (size_t)n), "");
}

/* ---- rows -------------------------------------------------------------- */

/* An event as a line of coordinates from 1, or as a record of coordinates from
   0. Floats and integers are stored as the machine has them, little-endian. */
static void gather_event(struct rec_buf *body, int format, uint64_t r,
                         const struct rec_row *row, size_t i)
{
    char text[96];
    uint8_t number[8];
    int n;

    if (format == CAT_MTX) {
        n = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, r + 1,
                     (uint64_t)row->item[i] + 1);
        gather(body, text, (size_t)n);
        n = row->weight ? snprintf(text, sizeof text, " %.9g",
                                   (double)row->weight[i])
                        : 0;
        gather(body, text, (size_t)n);
        gather(body, "\n", 1);
        return;
    }
    rec_put32(number, (uint32_t)r);
    rec_put32(number + 4, row->item[i]);
    gather(body, number, 8);
    if (row->weight) {
        gather(body, &row->weight[i], 4);
    }
    if (row->time) {
        gather(body, &row->time[i], 8);
    }
}

void cat_matrix(struct cat *c, struct rec_row_reader *in)
{
    unsigned columns = rec_row_head(in)->columns;
    struct rec_buf body = {NULL, 0, 0};
    struct rec_batch b;
    struct rec_error err;
    uint64_t rows = 0, events = 0;
    size_t items;

    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        for (size_t r = 0; r < b.rows; r++, rows++) {
            struct rec_row row = rec_batch_row(&b, r);

            add_name(&c->row_ids, row.id, row.id_len);
            for (size_t i = 0; i < row.n; i++) {
                gather_event(&body, c->format, rows, &row, i);
            }
            events += row.n;
        }
    }
    items = rec_dict_count(rec_row_items(in));
    add_names(&c->column_ids, rec_row_items(in), items);
    if (c->format == CAT_MTX) {
        cli_text_printf(&c->out,
                        "%%%%MatrixMarket matrix coordinate %s general\n"
                        "%" PRIu64 " %zu %" PRIu64 "\n",
                        columns & REC_COL_WEIGHT ? "real" : "pattern", rows,
                        items, events);
    } else {
        char descr[160], shape[32];

        snprintf(descr, sizeof descr,
                 "[('row', '<u4'), ('column', '<u4')%s%s]",
                 columns & REC_COL_WEIGHT ? ", ('weight', '<f4')" : "",
                 columns & REC_COL_TIME ? ", ('time', '<i8')" : "");
        snprintf(shape, sizeof shape, "(%" PRIu64 ",)", events);
        npy_begin(&c->out, descr, shape);
    }
    cli_text_add(&c->out, body.data, body.len);
    rec_buf_release(&body);
    rec_row_reader_close(in);
}

/* ---- vectors and Gram matrices ----------------------------------------- */

void cat_vectors(struct cat *c, struct rec_vector_reader *in)
{
    uint32_t dim = rec_vector_dimension(in);
    struct rec_buf body = {NULL, 0, 0};
    struct rec_vector_batch b;
    struct rec_error err;
    char shape[64];
    size_t n = 0;

    while (check(rec_vector_next(in, &b, &err), &err) == 1) {
        gather(&body, b.value, (size_t)b.n * dim * sizeof *b.value);
        n += b.n;
    }
    add_names(&c->row_ids, rec_vector_ids(in), n);
    snprintf(shape, sizeof shape, "(%zu, %" PRIu32 ")", n, dim);
    npy_begin(&c->out, "'<f4'", shape);
    cli_text_add(&c->out, body.data, body.len);
    rec_buf_release(&body);
    rec_vector_reader_free(in);
}

/* The lower triangle, as MatrixMarket wants of a symmetric matrix: what the
   strips have above the diagonal, with row and column exchanged. */
void cat_gram(struct cat *c, struct rec_gram_reader *in)
{
    const struct rec_dict *items = rec_gram_reader_head(in)->items;
    size_t n = rec_dict_count(items), values = 0;
    struct rec_buf body = {NULL, 0, 0};
    struct rec_gram_strip s;
    struct rec_error err;

    while (check(rec_gram_next(in, &s, &err), &err) == 1) {
        for (uint32_t k = 0; k < s.rows; k++) {
            for (size_t e = s.start[k]; e < s.start[k + 1]; e++) {
                if (s.value[e] == 0) {
                    continue;
                }
                values++;
                if (rec_buf_addf(&body, "%" PRIu32 " %" PRIu32 " %.17g\n",
                                 s.col[e] + 1, s.first + k + 1, s.value[e])
                    != 0) {
                    die("out of memory");
                }
            }
        }
    }
    add_names(&c->row_ids, items, n);
    add_names(&c->column_ids, items, n);
    cli_text_printf(&c->out,
                    "%%%%MatrixMarket matrix coordinate real symmetric\n"
                    "%zu %zu %zu\n",
                    n, n, values);
    cli_text_add(&c->out, body.data, body.len);
    rec_buf_release(&body);
    rec_gram_reader_free(in);
}
