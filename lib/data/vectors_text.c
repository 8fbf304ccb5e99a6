/* SPDX-License-Identifier: MIT */
/* Vectors from text: see vectors_text.h. */
#include <config.h>

#include "data/vectors_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/dict.h"
#include "data/vectors.h"
#include "io/input.h"

enum { READ_BYTES = 1 << 16 };
#define MAX_LINE ((size_t)1 << 24) /* 65,536 values of 255 characters */

struct rec_vector_text {
    struct rec_input *in;
    struct rec_digest *digest;
    struct rec_dict *ids;
    char *buf; /* [at, end) is not yet used */
    size_t at, end, cap;
    int over; /* nothing more comes */
    unsigned long number; /* of the line, from 1 */
    float *value;
    size_t value_cap;
    uint32_t dim; /* 0: no vector yet */
};

int rec_vector_text_open(struct rec_vector_text **out, const char *path,
                         struct rec_error *err)
{
    struct rec_vector_text *t = rec_zalloc(1, sizeof *t);
    int rc;

    if (!t) {
        return rec_fail_nomem(err);
    }
    t->digest = rec_digest_new();
    t->ids = rec_dict_new();
    rc = t->digest && t->ids ? rec_input_open(&t->in, path, 1, err)
                             : rec_fail_nomem(err);
    if (rc != 0) {
        rec_vector_text_close(t);
        return rc;
    }
    *out = t;
    return 0;
}

void rec_vector_text_close(struct rec_vector_text *t)
{
    if (t) {
        rec_input_close(t->in);
        rec_digest_free(t->digest);
        rec_dict_free(t->ids);
        free(t->buf);
        free(t->value);
        free(t);
    }
}

const char *rec_vector_text_name(const struct rec_vector_text *t)
{
    return rec_input_name(t->in);
}

void rec_vector_text_digest(const struct rec_vector_text *t,
                            uint8_t out[REC_DIGEST_BYTES])
{
    rec_digest_get(t->digest, out);
}

/* ---- lines -------------------------------------------------------------- */

/* More bytes behind those that are not used. */
static int fill(struct rec_vector_text *t, struct rec_error *err)
{
    size_t got;
    int rc;

    if (t->end > t->at) {
        memmove(t->buf, t->buf + t->at, t->end - t->at);
    }
    t->end -= t->at;
    t->at = 0;
    if (t->end > MAX_LINE) {
        return rec_fail(err, REC_ELIMIT, "%s:%lu: line of more than 16 MiB",
                        rec_input_name(t->in), t->number + 1);
    }
    if (rec_reserve(&t->buf, &t->cap, t->end + READ_BYTES, 1) != 0) {
        return rec_fail_nomem(err);
    }
    rc = rec_input_read(t->in, t->buf + t->end, READ_BYTES, &got, err);
    if (rc == 0) {
        rec_digest_add(t->digest, t->buf + t->end, got);
        t->over = got == 0;
        t->end += got;
    }
    return rc;
}

/* The next line without its end: 1; 0 when there is none. */
static int next_line(struct rec_vector_text *t, char **line, size_t *len,
                     struct rec_error *err)
{
    size_t left = t->end - t->at, seen = 0;
    char *nl = NULL;
    int rc = 0;

    for (;;) {
        if (left > seen) {
            nl = memchr(t->buf + t->at + seen, '\n', left - seen);
        }
        if (nl || t->over) {
            break;
        }
        seen = left;
        rc = fill(t, err);
        if (rc != 0) {
            return rc;
        }
        left = t->end - t->at;
    }
    if (left == 0) {
        return 0;
    }
    *line = t->buf + t->at;
    *len = nl ? (size_t)(nl - *line) : left;
    t->at += *len + (nl != NULL);
    *len -= *len > 0 && (*line)[*len - 1] == '\r';
    t->number++;
    return 1;
}

/* ---- a vector ----------------------------------------------------------- */

static int bad_line(const struct rec_vector_text *t, struct rec_error *err,
                    const char *why)
{
    return rec_fail(err, REC_EPARSE, "%s:%lu: %s", rec_input_name(t->in),
                    t->number, why);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The values from AT on; *N of them. */
static int read_values(struct rec_vector_text *t, const char *at,
                       const char *end, uint32_t *n, struct rec_error *err)
{
    *n = 0;
    for (;;) {
        const char *from;
        double x;

        while (at < end && is_blank(*at)) {
            at++;
        }
        if (at == end) {
            return 0;
        }
        from = at;
        while (at < end && !is_blank(*at)) {
            at++;
        }
        if (rec_parse_double(from, (size_t)(at - from), &x) != 0
            || !isfinite((float)x)) {
            return rec_fail(err, REC_EPARSE,
                            "%s:%lu: value '%.*s' is not a number of single "
                            "precision",
                            rec_input_name(t->in), t->number,
                            at - from < 40 ? (int)(at - from) : 40, from);
        }
        if (*n == REC_VECTORS_MAX_DIM) {
            return bad_line(t, err, "more than 65536 values");
        }
        if (rec_reserve(&t->value, &t->value_cap, *n + 1, sizeof *t->value)
            != 0) {
            return rec_fail_nomem(err);
        }
        t->value[(*n)++] = (float)x;
    }
}

static int add_id(struct rec_vector_text *t, const char *id, size_t len,
                  struct rec_error *err)
{
    const char *why = rec_id_check(id, len);
    uint32_t count = rec_dict_count(t->ids), index;
    int rc;

    if (why) {
        return rec_fail(err, REC_EPARSE, "%s:%lu: id %s",
                        rec_input_name(t->in), t->number, why);
    }
    rc = rec_dict_add(t->ids, id, len, &index, err);
    if (rc == 0 && index != count) {
        return rec_fail(err, REC_EPARSE, "%s:%lu: id '%.*s' is given twice",
                        rec_input_name(t->in), t->number,
                        len < 40 ? (int)len : 40, id);
    }
    return rc;
}

static int read_vector(struct rec_vector_text *t, const char *line,
                       size_t len, struct rec_vector_line *out,
                       struct rec_error *err)
{
    const char *end = line + len, *mid = memchr(line, '\t', len);
    uint32_t n;
    int rc;

    mid = mid ? mid : memchr(line, ' ', len);
    mid = mid ? mid : end;
    rc = add_id(t, line, (size_t)(mid - line), err);
    rc = rc ? rc : read_values(t, mid, end, &n, err);
    if (rc != 0) {
        return rc;
    }
    if (n == 0) {
        return bad_line(t, err, "an id without values");
    }
    if (t->dim && n != t->dim) {
        return rec_fail(err, REC_EPARSE,
                        "%s:%lu: %lu values, but the first line has %lu",
                        rec_input_name(t->in), t->number, (unsigned long)n,
                        (unsigned long)t->dim);
    }
    t->dim = n;
    out->id = line;
    out->len = (size_t)(mid - line);
    out->value = t->value;
    out->dim = n;
    return 1;
}

int rec_vector_text_next(struct rec_vector_text *t,
                         struct rec_vector_line *out, struct rec_error *err)
{
    static const char header[] = "id\tvector";
    char *line = NULL;
    size_t len = 0;
    int rc;

    while ((rc = next_line(t, &line, &len, err)) == 1) {
        if (len > 0
            && !(t->number == 1 && len == sizeof header - 1
                 && memcmp(line, header, len) == 0)) {
            return read_vector(t, line, len, out, err);
        }
    }
    return rc;
}
