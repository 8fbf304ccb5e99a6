/* SPDX-License-Identifier: MIT */
/* Vectors on a stream: see vectors.h. Whether it is mapped or comes through a
   pipe, every block goes through take_block. */
#include <config.h>

#include "data/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/rows.h"

int rec_all_finite(const float *x, size_t n)
{
    return rec_dtype_finite(REC_F32, x, n * sizeof *x);
}

/* ---- what is in the blocks --------------------------------------------- */

struct state {
    const char *file;
    struct rec_dict *ids;
    uint32_t dim;  /* 0: "Parm" is still to come */
    uint32_t rows; /* ids that have their vectors */
};

static int corrupt(const struct state *s, const struct rec_block *b,
                   struct rec_error *err, const char *why)
{
    return rec_stream_fail(s->file, b, REC_ECORRUPT, err, "damaged: %s", why);
}

static int check_kind(const char *file, const struct rec_head *head,
                      struct rec_error *err)
{
    return strcmp(head->kind, REC_VECTORS_KIND) == 0
               ? 0
               : rec_fail(err, REC_EFORMAT, "%s: holds '%s', not vectors",
                          file, head->kind);
}

static int begin(struct state *s, const char *file,
                 const struct rec_head *head, struct rec_error *err)
{
    s->file = file;
    s->dim = s->rows = 0;
    s->ids = rec_dict_new();
    return s->ids ? check_kind(file, head, err) : rec_fail_nomem(err);
}

static int take_param(struct state *s, const struct rec_block *b,
                      struct rec_error *err)
{
    static const char key[] = "dimension ";
    size_t k = sizeof key - 1;
    const char *text = b->data;
    int64_t dim;

    if (s->dim || b->dtype != REC_BYTES || b->nbytes < k + 2
        || memcmp(text, key, k) != 0 || text[b->nbytes - 1] != '\n'
        || rec_parse_int(text + k, b->nbytes - k - 1, 1, REC_VECTORS_MAX_DIM,
                         &dim)
               != 0) {
        return rec_stream_fail(s->file, b, REC_EFORMAT, err,
                               "these parameters are not known to this "
                               "version");
    }
    s->dim = (uint32_t)dim;
    return 0;
}

static int check_values(const struct state *s, const struct rec_block *b,
                        struct rec_error *err)
{
    size_t n = (size_t)(rec_dict_count(s->ids) - s->rows) * s->dim;

    if (b->dtype != REC_F32 || strcmp(b->name, REC_VECTORS_ARRAY) != 0
        || n == 0 || b->nbytes / sizeof(float) != n) {
        return corrupt(s, b, err, "the values do not fit the ids");
    }
    return rec_all_finite(b->data, n)
               ? 0
               : corrupt(s, b, err, "a value is not a finite number");
}

/* Look at B, verified. Returns 1 if it closes a batch, whose values it is: the
   ids from s->rows on. */
static int take_block(struct state *s, const struct rec_block *b,
                      struct rec_error *err)
{
    int rc;

    if (strcmp(b->type, REC_BLOCK_PARAM) == 0) {
        return take_param(s, b, err);
    }
    if (s->dim && strcmp(b->type, REC_BLOCK_ITEM) == 0) {
        return rec_dict_read(s->ids, s->file, b, err);
    }
    if (s->dim && strcmp(b->type, REC_BLOCK_ARRAY) == 0) {
        rc = check_values(s, b, err);
        return rc ? rc : 1;
    }
    return b->type[0] >= 'a'
               ? 0
               : corrupt(s, b, err, "this block does not belong here");
}

static int check_end(const struct state *s, const struct rec_counts *c,
                     struct rec_error *err)
{
    uint32_t ids = rec_dict_count(s->ids);

    if (!s->dim || s->rows != ids || c->items != ids || c->rows != 0
        || c->events != 0) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: the end block counts %llu ids; found "
                        "%lu, and %lu vectors",
                        s->file, (unsigned long long)c->items,
                        (unsigned long)ids, (unsigned long)s->rows);
    }
    return 0;
}

/* ---- batch by batch ----------------------------------------------------- */

struct rec_vector_reader {
    struct rec_stream_reader *in;
    struct state s;
    float *value; /* of the batch, taken from the stream */
};

/* Read on to the next values, kept in R->value: 1; 0 at the end. With
   HEAD, only to the dimension. */
static int read_on(struct rec_vector_reader *r, int head,
                   struct rec_error *err)
{
    struct rec_block b;
    int rc = 0;

    while (rc == 0 && !(head && r->s.dim)) {
        rc = rec_stream_next(r->in, &b, err);
        if (rc == 0) {
            return check_end(&r->s, rec_stream_counts(r->in), err);
        }
        rc = rc < 0 ? rc : take_block(&r->s, &b, err);
    }
    if (rc == 1) {
        r->value = rec_stream_take(r->in);
    }
    return rc;
}

int rec_vector_reader_attach(struct rec_vector_reader **out,
                             struct rec_stream_reader *in,
                             struct rec_error *err)
{
    struct rec_vector_reader *r = rec_zalloc(1, sizeof *r);
    int rc;

    if (!r) {
        return rec_fail_nomem(err);
    }
    r->in = in;
    rc = begin(&r->s, rec_stream_name(in), rec_stream_head(in), err);
    rc = rc ? rc : read_on(r, 1, err);
    if (rc != 0) {
        r->in = NULL; /* it stays the caller's */
        rec_vector_reader_free(r);
        return rc;
    }
    *out = r;
    return 0;
}

void rec_vector_reader_free(struct rec_vector_reader *r)
{
    if (r) {
        rec_stream_reader_close(r->in);
        rec_dict_free(r->s.ids);
        free(r->value);
        free(r);
    }
}

uint32_t rec_vector_dimension(const struct rec_vector_reader *r)
{
    return r->s.dim;
}

const struct rec_dict *rec_vector_ids(const struct rec_vector_reader *r)
{
    return r->s.ids;
}

const struct rec_stream_reader *
rec_vector_stream(const struct rec_vector_reader *r)
{
    return r->in;
}

int rec_vector_next(struct rec_vector_reader *r,
                    struct rec_vector_batch *batch, struct rec_error *err)
{
    int rc;

    free(r->value);
    r->value = NULL;
    rc = read_on(r, 0, err);
    if (rc == 1) {
        batch->first = r->s.rows;
        r->s.rows = rec_dict_count(r->s.ids);
        batch->n = r->s.rows - batch->first;
        batch->value = r->value;
    }
    return rc;
}

/* ---- all at hand -------------------------------------------------------- */

/* All blocks of the store; *BATCHES says how many have values. */
static int read_blocks(struct state *s, const struct rec_store *store,
                       size_t *batches, struct rec_error *err)
{
    int rc = 0;

    *batches = 0;
    for (size_t i = 0; i < rec_store_count(store) && rc == 0; i++) {
        const struct rec_array *a = rec_store_at(store, i);

        rc = rec_array_check(a, 0, a->block.nbytes, err);
        rc = rc ? rc : take_block(s, &a->block, err);
        if (rc == 1) {
            s->rows = rec_dict_count(s->ids);
            ++*batches;
            rc = 0;
        }
    }
    return rc ? rc : check_end(s, rec_store_counts(store), err);
}

/* The values of the store in one piece: where they are, if they are. */
static int join_values(struct rec_vectors *v, size_t batches,
                       struct rec_error *err)
{
    float *to = NULL;

    if (batches != 1) {
        to = v->owned = rec_alloc64((size_t)v->n * v->dim, sizeof *to);
        v->value = to;
        if (!to) {
            return rec_fail_nomem(err);
        }
    }
    for (size_t i = 0; i < rec_store_count(v->store); i++) {
        const struct rec_block *b = &rec_store_at(v->store, i)->block;

        if (strcmp(b->type, REC_BLOCK_ARRAY) != 0) {
            continue;
        }
        if (!to) {
            v->value = b->data;
        } else {
            memcpy(to, b->data, b->nbytes);
            to += b->nbytes / sizeof *to;
        }
    }
    return 0;
}

int rec_vectors_open(struct rec_vectors *out, const char *path,
                     struct rec_error *err)
{
    struct rec_vectors v = {NULL, 0, 0, NULL, NULL, NULL};
    struct state s;
    size_t batches;
    int rc = rec_store_open(&v.store, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = begin(&s, rec_store_name(v.store), rec_store_head(v.store), err);
    rc = rc ? rc : read_blocks(&s, v.store, &batches, err);
    v.ids = s.ids;
    v.n = s.rows;
    v.dim = s.dim;
    rc = rc ? rc : join_values(&v, batches, err);
    if (rc != 0) {
        rec_vectors_release(&v);
        return rc;
    }
    *out = v;
    return 0;
}

void rec_vectors_release(struct rec_vectors *v)
{
    rec_dict_free(v->ids);
    rec_store_close(v->store);
    free(v->owned);
    memset(v, 0, sizeof *v);
}

const float *rec_vectors_find(const struct rec_vectors *v, const char *id,
                              size_t len)
{
    uint32_t i = rec_dict_find(v->ids, id, len);

    return i == REC_NONE ? NULL : rec_vectors_row(v, i);
}

/* ---- writing ------------------------------------------------------------ */

struct rec_vector_writer {
    struct rec_stream_writer *out;
    uint32_t dim;
    uint64_t ids;       /* in all */
    struct rec_buf text; /* the ids of the batch */
    float *value;
    size_t n, cap; /* of the values */
};

int rec_vector_begin(struct rec_vector_writer **out, struct rec_output *o,
                     const char *role, uint32_t dim, int level,
                     struct rec_error *err)
{
    struct rec_head head = {REC_VECTORS_KIND, "", 0};
    struct rec_vector_writer *w;
    char param[32];
    int rc;

    if (dim < 1 || dim > REC_VECTORS_MAX_DIM) {
        return rec_fail(err, REC_ELIMIT,
                        "vectors of dimension %lu; the format has 1 to %lu",
                        (unsigned long)dim,
                        (unsigned long)REC_VECTORS_MAX_DIM);
    }
    w = rec_zalloc(1, sizeof *w);
    if (!w) {
        return rec_fail_nomem(err);
    }
    w->dim = dim;
    snprintf(head.role, sizeof head.role, "%s", role);
    snprintf(param, sizeof param, "dimension %lu\n", (unsigned long)dim);
    rc = rec_stream_writer_new(&w->out, o, &head, level, err);
    rc = rc ? rc : rec_stream_write(w->out, REC_BLOCK_PARAM, NULL, REC_BYTES,
                                    param, strlen(param), err);
    if (rc != 0) {
        rec_vector_writer_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

void rec_vector_writer_free(struct rec_vector_writer *w)
{
    if (w) {
        rec_stream_writer_free(w->out);
        rec_buf_release(&w->text);
        free(w->value);
        free(w);
    }
}

static int write_batch(struct rec_vector_writer *w, struct rec_error *err)
{
    int rc = 0;

    if (w->n > 0) {
        rc = rec_stream_write(w->out, REC_BLOCK_ITEM, NULL, REC_BYTES,
                              w->text.data, w->text.len, err);
        rc = rc ? rc : rec_stream_write(w->out, REC_BLOCK_ARRAY,
                                        REC_VECTORS_ARRAY, REC_F32, w->value,
                                        w->n * sizeof *w->value, err);
    }
    w->n = w->text.len = 0;
    return rc;
}

int rec_vector_write(struct rec_vector_writer *w, const char *id, size_t len,
                     const float *value, struct rec_error *err)
{
    int rc = 0;

    if (!rec_all_finite(value, w->dim)) {
        return rec_fail(err, REC_ENUMERIC,
                        "the vector of '%.*s' has a value that is not a "
                        "finite number",
                        (int)len, id);
    }
    if ((w->n + w->dim) * sizeof *w->value > REC_VECTORS_BATCH) {
        rc = write_batch(w, err);
    }
    if (rc != 0) {
        return rc;
    }
    if (rec_reserve(&w->value, &w->cap, w->n + w->dim, sizeof *w->value) != 0
        || rec_buf_add(&w->text, id, len) != 0
        || rec_buf_add(&w->text, "\n", 1) != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(w->value + w->n, value, w->dim * sizeof *value);
    w->n += w->dim;
    w->ids++;
    return w->text.len >= REC_BATCH_TEXT ? write_batch(w, err) : 0;
}

int rec_vector_write_rows(struct rec_vector_writer *w,
                          const struct rec_dict *ids, uint32_t first,
                          uint32_t n, const float *value,
                          struct rec_error *err)
{
    int rc = 0;

    for (uint32_t i = 0; i < n && rc == 0; i++) {
        size_t len;
        const char *id = rec_dict_id(ids, first + i, &len);

        rc = rec_vector_write(w, id, len, value + (size_t)i * w->dim, err);
    }
    return rc;
}

int rec_vector_finish(struct rec_vector_writer *w, const char *prov,
                      struct rec_error *err)
{
    int rc = write_batch(w, err);
    struct rec_counts counts = {0, 0, 0, w->ids};

    return rc ? rc : rec_stream_finish(w->out, &counts, prov, err);
}
