/* SPDX-License-Identifier: MIT */
/* Reading Gram matrices: see gramfile.h. Whatever comes is checked before
   anyone uses it as an index. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/gramfile.h"
#include "data/rows.h"

struct rec_gram_reader {
    struct rec_stream_reader *in;
    struct rec_gram_head head;
    size_t users_cap, old_cap;
    int has_param, has_counts;
    uint32_t n, row;     /* items; rows read so far */
    uint32_t rows;       /* of the strip at hand */
    size_t places;       /* and its places */
    void *len, *col, *value; /* taken from the stream; LEN, COL only when the
                                strip is sparse */
    size_t *start;       /* of each row, and the columns of a dense strip: */
    uint32_t *dense_col; /* these are kept for the next strip */
    size_t start_cap, dense_cap;
};

static int corrupt(const struct rec_gram_reader *r, const struct rec_block *b,
                   struct rec_error *err, const char *why)
{
    return rec_stream_fail(rec_stream_name(r->in), b, REC_ECORRUPT, err,
                           "damaged: %s", why);
}

static int is(const struct rec_block *b, const char *type)
{
    return strcmp(b->type, type) == 0;
}

/* ---- the head ---------------------------------------------------------- */

static int take_param(struct rec_gram_reader *r, const struct rec_block *b,
                      struct rec_error *err)
{
    static const char yes[] = "weights 1\n", no[] = "weights 0\n";

    if (r->has_param || b->nbytes != sizeof yes - 1
        || (memcmp(b->data, yes, b->nbytes) != 0
            && memcmp(b->data, no, b->nbytes) != 0)) {
        return rec_stream_fail(rec_stream_name(r->in), b, REC_EFORMAT, err,
                               "these parameters are not known to this "
                               "version");
    }
    r->has_param = 1;
    r->head.weights = memcmp(b->data, yes, b->nbytes) == 0;
    return 0;
}

static int take_users(struct rec_gram_reader *r, const struct rec_block *b,
                      struct rec_userset *s, size_t *cap,
                      struct rec_error *err)
{
    size_t n = b->nbytes / sizeof *s->hash;

    if (b->dtype != REC_I64 || b->nbytes % sizeof *s->hash != 0) {
        return corrupt(r, b, err, "not a list of users");
    }
    if (n == 0) { /* there may be no array yet */
        return 0;
    }
    if (rec_reserve(&s->hash, cap, s->n + n, sizeof *s->hash) != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(s->hash + s->n, b->data, n * sizeof *s->hash);
    for (size_t i = s->n; i < s->n + n; i++) {
        if (i > 0 && s->hash[i - 1] >= s->hash[i]) {
            return corrupt(r, b, err, "the users are not in order");
        }
    }
    s->n += n;
    return 0;
}

static int take_counts(struct rec_gram_reader *r, const struct rec_block *b,
                       struct rec_error *err)
{
    const double *count = b->data;

    r->n = rec_dict_count(r->head.items);
    if (b->dtype != REC_F64 || b->nbytes != r->n * sizeof *count
        || !r->has_param) {
        return corrupt(r, b, err, "the counts do not fit the items");
    }
    for (uint32_t i = 0; i < r->n; i++) {
        if (!isfinite(count[i])) {
            return corrupt(r, b, err, "a count is not a finite number");
        }
    }
    r->head.count = rec_stream_take(r->in);
    r->has_counts = 1;
    return 0;
}

static int take_head(struct rec_gram_reader *r, const struct rec_block *b,
                     struct rec_error *err)
{
    if (is(b, REC_BLOCK_PARAM)) {
        return take_param(r, b, err);
    }
    if (is(b, REC_BLOCK_GRAM_USERS)) {
        return take_users(r, b, &r->head.users, &r->users_cap, err);
    }
    if (is(b, REC_BLOCK_GRAM_OLD)) {
        return take_users(r, b, &r->head.old, &r->old_cap, err);
    }
    if (is(b, REC_BLOCK_ITEM)) {
        return rec_dict_read(r->head.items, rec_stream_name(r->in), b, err);
    }
    if (is(b, REC_BLOCK_GRAM_COUNTS)) {
        return take_counts(r, b, err);
    }
    return b->type[0] >= 'a' ? 0
                             : corrupt(r, b, err,
                                       "this block does not belong here");
}

static int read_head(struct rec_gram_reader *r, struct rec_error *err)
{
    const char *kind = rec_stream_head(r->in)->kind;
    struct rec_block b;
    int rc = 0;

    if (strcmp(kind, REC_GRAM_KIND) != 0) {
        return rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a gram",
                        rec_stream_name(r->in), kind);
    }
    r->head.items = rec_dict_new();
    if (!r->head.items) {
        return rec_fail_nomem(err);
    }
    while (rc == 0 && !r->has_counts) {
        rc = rec_stream_next(r->in, &b, err);
        if (rc == 0) {
            return rec_fail(err, REC_ECORRUPT,
                            "%s: damaged: ends before the counts",
                            rec_stream_name(r->in));
        }
        rc = rc < 0 ? rc : take_head(r, &b, err);
    }
    return rc;
}

int rec_gram_reader_attach(struct rec_gram_reader **out,
                           struct rec_stream_reader *in,
                           struct rec_error *err)
{
    struct rec_gram_reader *r = rec_zalloc(1, sizeof *r);
    int rc;

    if (!r) {
        return rec_fail_nomem(err);
    }
    r->in = in;
    rc = read_head(r, err);
    if (rc != 0) {
        r->in = NULL; /* it stays the caller's */
        rec_gram_reader_free(r);
        return rc;
    }
    *out = r;
    return 0;
}

static void drop_strip(struct rec_gram_reader *r)
{
    free(r->len);
    free(r->col);
    free(r->value);
    r->len = r->col = r->value = NULL;
}

void rec_gram_reader_free(struct rec_gram_reader *r)
{
    if (r) {
        drop_strip(r);
        rec_gram_head_release(&r->head);
        rec_stream_reader_close(r->in);
        free(r->start);
        free(r->dense_col);
        free(r);
    }
}

const struct rec_gram_head *rec_gram_reader_head(
    const struct rec_gram_reader *r)
{
    return &r->head;
}

const struct rec_stream_reader *rec_gram_reader_stream(
    const struct rec_gram_reader *r)
{
    return r->in;
}

/* ---- strips ------------------------------------------------------------ */

static int take_lengths(struct rec_gram_reader *r, const struct rec_block *b,
                        struct rec_error *err)
{
    const uint32_t *len = b->data;

    if (r->len || b->dtype != REC_U32 || b->nbytes != r->rows * sizeof *len) {
        return corrupt(r, b, err, "row lengths do not fit the rows");
    }
    for (uint32_t k = 0; k < r->rows; k++) {
        if (len[k] > r->n - (r->row + k)) {
            return corrupt(r, b, err, "a row is too long");
        }
        r->start[k + 1] = r->start[k] + len[k];
    }
    r->len = rec_stream_take(r->in);
    return 0;
}

static int take_columns(struct rec_gram_reader *r, const struct rec_block *b,
                        struct rec_error *err)
{
    const uint32_t *col = b->data;

    if (r->col || !r->len || b->dtype != REC_U32
        || b->nbytes != r->start[r->rows] * sizeof *col) {
        return corrupt(r, b, err, "the columns do not fit the rows");
    }
    for (uint32_t k = 0; k < r->rows; k++) {
        uint32_t least = r->row + k;

        for (size_t e = r->start[k]; e < r->start[k + 1]; e++) {
            if (col[e] < least || col[e] >= r->n) {
                return corrupt(r, b, err, "the columns are not in order");
            }
            least = col[e] + 1;
        }
    }
    r->col = rec_stream_take(r->in);
    return 0;
}

/* The rows and columns of a strip that has every value. */
static int make_dense(struct rec_gram_reader *r, struct rec_error *err)
{
    if (rec_reserve(&r->dense_col, &r->dense_cap, r->places,
                    sizeof *r->dense_col)
        != 0) {
        return rec_fail_nomem(err);
    }
    for (uint32_t k = 0; k < r->rows; k++) {
        size_t at = r->start[k];

        for (uint32_t j = r->row + k; j < r->n; j++) {
            r->dense_col[at++] = j;
        }
        r->start[k + 1] = at;
    }
    return 0;
}

static int take_values(struct rec_gram_reader *r, const struct rec_block *b,
                       struct rec_error *err)
{
    const double *value = b->data;
    int rc = r->len ? 0 : make_dense(r, err);
    size_t n = r->start[r->rows];

    if (rc != 0) {
        return rc;
    }
    if (!r->len != !r->col || b->dtype != REC_F64
        || b->nbytes != n * sizeof *value) {
        return corrupt(r, b, err, "the values do not fit the rows");
    }
    for (size_t e = 0; e < n; e++) {
        if (!isfinite(value[e])) {
            return corrupt(r, b, err, "a value is not a finite number");
        }
    }
    r->value = rec_stream_take(r->in);
    return 0;
}

static int take_strip(struct rec_gram_reader *r, const struct rec_block *b,
                      struct rec_error *err)
{
    if (r->row < r->n) {
        if (is(b, REC_BLOCK_GRAM_LENGTHS)) {
            return take_lengths(r, b, err);
        }
        if (is(b, REC_BLOCK_GRAM_COLUMNS)) {
            return take_columns(r, b, err);
        }
        if (is(b, REC_BLOCK_GRAM_VALUES)) {
            return take_values(r, b, err);
        }
    }
    return b->type[0] >= 'a' ? 0
                             : corrupt(r, b, err,
                                       "this block does not belong here");
}

static int begin_strip(struct rec_gram_reader *r, struct rec_error *err)
{
    r->row += r->rows;
    drop_strip(r);
    r->rows = r->row < r->n ? rec_gram_strip_rows(r->n, r->row) : 0;
    r->places = rec_gram_strip_size(r->n, r->row, r->rows);
    if (rec_reserve(&r->start, &r->start_cap, (size_t)r->rows + 1,
                    sizeof *r->start)
        != 0) {
        return rec_fail_nomem(err);
    }
    r->start[0] = 0;
    return 0;
}

static int check_end(const struct rec_gram_reader *r, struct rec_error *err)
{
    if (r->row < r->n || rec_stream_counts(r->in)->items != r->n) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: there are %lu rows of %lu items",
                        rec_stream_name(r->in), (unsigned long)r->row,
                        (unsigned long)r->n);
    }
    return 0;
}

int rec_gram_next(struct rec_gram_reader *r, struct rec_gram_strip *strip,
                  struct rec_error *err)
{
    int rc = begin_strip(r, err);

    while (rc == 0 && !r->value) {
        struct rec_block b;

        rc = rec_stream_next(r->in, &b, err);
        if (rc == 0) {
            return check_end(r, err);
        }
        rc = rc < 0 ? rc : take_strip(r, &b, err);
    }
    if (rc != 0) {
        return rc;
    }
    strip->first = r->row;
    strip->rows = r->rows;
    strip->start = r->start;
    strip->col = r->len ? r->col : r->dense_col;
    strip->value = r->value;
    return 1;
}

/* ---- all at once ------------------------------------------------------- */

/* Row K of the strip S into G of N items. */
static void fill_row(const struct rec_gram_strip *s, uint32_t k, uint32_t n,
                     enum rec_dtype dtype, const double *scale, void *g)
{
    size_t i = s->first + k, at = i * n;
    float *single = g;
    double *wide = g;

    if (dtype == REC_F64) {
        memset(wide + at + i, 0, (n - i) * sizeof *wide);
    } else {
        memset(single + at + i, 0, (n - i) * sizeof *single);
    }
    for (size_t e = s->start[k]; e < s->start[k + 1]; e++) {
        double v = s->value[e] * (scale[i] * scale[s->col[e]]);

        if (dtype == REC_F64) {
            wide[at + s->col[e]] = v;
        } else {
            single[at + s->col[e]] = (float)v;
        }
    }
}

int rec_gram_fill(struct rec_gram_reader *r, enum rec_dtype dtype,
                  const double *scale, void *g, double *diagonal,
                  struct rec_error *err)
{
    struct rec_gram_strip s;
    int rc;

    while ((rc = rec_gram_next(r, &s, err)) == 1) {
        for (uint32_t k = 0; k < s.rows; k++) {
            uint32_t i = s.first + k;
            size_t e = s.start[k];
            int there = e < s.start[k + 1] && s.col[e] == i;

            diagonal[i] = there ? s.value[e] * (scale[i] * scale[i]) : 0;
            fill_row(&s, k, r->n, dtype, scale, g);
        }
    }
    return rc;
}
