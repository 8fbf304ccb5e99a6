/* SPDX-License-Identifier: MIT */
/* Writing Gram matrices: see gramfile.h. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/gramfile.h"
#include "data/rows.h"

enum { STRIP_PLACES = 1 << 20, USERS_BLOCK = 1 << 20 };

void rec_gram_head_release(struct rec_gram_head *h)
{
    rec_userset_release(&h->users);
    rec_userset_release(&h->old);
    rec_dict_free(h->items);
    free(h->count);
    memset(h, 0, sizeof *h);
}

uint32_t rec_gram_strip_rows(uint32_t n, uint32_t first)
{
    size_t places = 0;
    uint32_t i = first;

    do {
        places += n - i++;
    } while (i < n && places + (n - i) <= STRIP_PLACES);
    return i - first;
}

size_t rec_gram_strip_size(uint32_t n, uint32_t first, uint32_t rows)
{
    size_t all = n - first, below = all - rows;

    return all * (all + 1) / 2 - below * (below + 1) / 2;
}

size_t rec_gram_strip_room(uint32_t n)
{
    size_t all = rec_gram_strip_size(n, 0, n);

    return n > STRIP_PLACES ? n : all < STRIP_PLACES ? all : STRIP_PLACES;
}

static int write_users(struct rec_stream_writer *w, const char *type,
                       const struct rec_userset *s, struct rec_error *err)
{
    int rc = 0;

    for (size_t at = 0; at < s->n && rc == 0; at += USERS_BLOCK) {
        size_t n = s->n - at < USERS_BLOCK ? s->n - at : USERS_BLOCK;

        rc = rec_stream_write(w, type, NULL, REC_I64, s->hash + at,
                              n * sizeof *s->hash, err);
    }
    return rc;
}

static int write_head(struct rec_stream_writer *w,
                      const struct rec_gram_head *h, struct rec_error *err)
{
    const char *param = h->weights ? "weights 1\n" : "weights 0\n";
    uint32_t n = rec_dict_count(h->items);
    int rc = rec_stream_write(w, REC_BLOCK_PARAM, NULL, REC_BYTES, param,
                              strlen(param), err);

    rc = rc ? rc : write_users(w, REC_BLOCK_GRAM_USERS, &h->users, err);
    rc = rc ? rc : write_users(w, REC_BLOCK_GRAM_OLD, &h->old, err);
    rc = rc ? rc : rec_dict_write(h->items, w, err);
    return rc ? rc
              : rec_stream_write(w, REC_BLOCK_GRAM_COUNTS, NULL, REC_F64,
                                 h->count, n * sizeof *h->count, err);
}

int rec_gram_begin(struct rec_stream_writer **out, struct rec_output *o,
                   int level, const struct rec_gram_head *h,
                   struct rec_error *err)
{
    struct rec_head head = {REC_GRAM_KIND, "", 0};
    struct rec_stream_writer *w;
    int rc;

    if (rec_dict_count(h->items) > REC_GRAM_MAX_ITEMS) {
        return rec_fail(err, REC_ELIMIT,
                        "a Gram matrix of more than %lu items",
                        (unsigned long)REC_GRAM_MAX_ITEMS);
    }
    rc = rec_stream_writer_new(&w, o, &head, level, err);
    if (rc != 0) {
        return rc;
    }
    rc = write_head(w, h, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

/* ---- strips ------------------------------------------------------------ */

/* The values of a strip that are not 0. */
struct sparse {
    uint32_t *len, *col;
    double *value;
    size_t n;
};

static void gather(struct sparse *s, uint32_t n, uint32_t first, uint32_t rows,
                   const double *packed)
{
    for (uint32_t k = 0; k < rows; k++) {
        size_t before = s->n;

        for (uint32_t j = first + k; j < n; j++) {
            double v = *packed++;

            if (v != 0) {
                s->col[s->n] = j;
                s->value[s->n++] = v;
            }
        }
        s->len[k] = (uint32_t)(s->n - before);
    }
}

static int write_sparse(struct rec_stream_writer *w, uint32_t n,
                        uint32_t first, uint32_t rows, size_t values,
                        const double *packed, struct rec_error *err)
{
    struct sparse s = {rec_alloc(rows, sizeof *s.len),
                       rec_alloc(values, sizeof *s.col),
                       rec_alloc(values, sizeof *s.value), 0};
    int rc = s.len && s.col && s.value ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        gather(&s, n, first, rows, packed);
        rc = rec_stream_write(w, REC_BLOCK_GRAM_LENGTHS, NULL, REC_U32, s.len,
                              rows * sizeof *s.len, err);
    }
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_GRAM_COLUMNS, NULL, REC_U32,
                               s.col, values * sizeof *s.col, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_GRAM_VALUES, NULL, REC_F64,
                               s.value, values * sizeof *s.value, err);
    free(s.len);
    free(s.col);
    free(s.value);
    return rc;
}

int rec_gram_write(struct rec_stream_writer *w, uint32_t n, uint32_t first,
                   const double *packed, struct rec_error *err)
{
    uint32_t rows = rec_gram_strip_rows(n, first);
    size_t places = rec_gram_strip_size(n, first, rows), values = 0;

    for (size_t k = 0; k < places; k++) {
        values += packed[k] != 0;
    }
    if (12 * values + 4 * (size_t)rows < 8 * places) {
        return write_sparse(w, n, first, rows, values, packed, err);
    }
    return rec_stream_write(w, REC_BLOCK_GRAM_VALUES, NULL, REC_F64, packed,
                            places * sizeof *packed, err);
}

int rec_gram_finish(struct rec_stream_writer *w, uint32_t n, const char *prov,
                    struct rec_error *err)
{
    struct rec_counts counts = {0, 0, 0, n};
    int rc = rec_stream_finish(w, &counts, prov, err);

    rec_stream_writer_free(w);
    return rc;
}
