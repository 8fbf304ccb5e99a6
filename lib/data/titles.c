/* SPDX-License-Identifier: MIT */
/* Titles of items: see titles.h. */
#include <config.h>

#include "data/titles.h"

#include <stdlib.h>
#include <string.h>

#include "io/slurp.h"

/* A field of a line: bytes borrowed from the text, or from the buffer where
   quotes had to be undone. */
struct field {
    const char *p;
    size_t n;
};

/* ---- lines with a divider --------------------------------------------- */

static const char *find(const char *p, const char *end, const char *word)
{
    size_t k = strlen(word);

    for (; (size_t)(end - p) >= k; p++) {
        if (memcmp(p, word, k) == 0) {
            return p;
        }
    }
    return end;
}

static void divide(const char *line, size_t len, const char *by,
                   struct field *id, struct field *title)
{
    const char *end = line + len, *mid = find(line, end, by), *stop;

    id->p = line;
    id->n = (size_t)(mid - line);
    title->p = mid + (mid < end ? strlen(by) : 0);
    stop = find(title->p, end, by);
    title->n = (size_t)(stop - title->p);
}

/* ---- CSV -------------------------------------------------------------- */

/* A quoted field whose opening quote is at AT, unquoted into BUF. Returns
   what follows the closing quote, or NULL when there is none or memory is
   short. */
static const char *quoted(const char *at, const char *end, struct rec_buf *buf)
{
    for (at++; at < end; at++) {
        if (*at == '"' && !(at + 1 < end && at[1] == '"')) {
            return at + 1;
        }
        at += *at == '"';
        if (rec_buf_add(buf, at, 1) != 0) {
            return NULL;
        }
    }
    return NULL;
}

/* The field at AT; returns its end: a comma, a line end, or END. */
static const char *csv_field(const char *at, const char *end,
                             struct rec_buf *buf, struct field *f)
{
    const char *stop = at;

    if (at < end && *at == '"') {
        buf->len = 0;
        stop = quoted(at, end, buf);
        f->p = buf->data;
        f->n = buf->len;
        return stop;
    }
    while (stop < end && *stop != ',' && *stop != '\n' && *stop != '\r') {
        stop++;
    }
    f->p = at;
    f->n = (size_t)(stop - at);
    return stop;
}

/* ---- the table -------------------------------------------------------- */

static int set_title(struct rec_titles *t, const struct rec_dict *d,
                     struct field id, struct field title, struct rec_error *err)
{
    uint32_t i = id.n > 0 && id.n <= UINT32_MAX ? rec_dict_find(d, id.p, id.n)
                                                : REC_NONE;

    if (i == REC_NONE || t->len[i] > 0 || title.n == 0
        || title.n > UINT32_MAX) {
        return 0;
    }
    t->at[i] = t->text.len;
    t->len[i] = (uint32_t)title.n;
    if (rec_buf_add(&t->text, title.p, title.n) != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t k = t->at[i]; k < t->text.len; k++) {
        unsigned char ch = (unsigned char)t->text.data[k];

        if (ch < ' ' || ch == 0x7f) {
            t->text.data[k] = ' ';
        }
    }
    return 0;
}

static int read_divided(struct rec_titles *t, const struct rec_dict *d,
                        const struct rec_buf *text, const char *by,
                        struct rec_error *err)
{
    const char *at = text->data, *end = at + text->len, *line;
    size_t len;
    int rc = 0;

    while (rc == 0 && (line = rec_line_next(&at, end, &len)) != NULL) {
        struct field id, title;

        divide(line, len, by, &id, &title);
        rc = set_title(t, d, id, title, err);
    }
    return rc;
}

static int read_csv(struct rec_titles *t, const struct rec_dict *d,
                    const struct rec_buf *text, const char *file,
                    struct rec_error *err)
{
    struct rec_buf a = {NULL, 0, 0}, b = {NULL, 0, 0};
    const char *at = text->data, *end = at + text->len;
    unsigned long record = 0;
    int rc = 0;

    while (at < end && rc == 0) {
        struct field id = {NULL, 0}, title = {NULL, 0}, rest;
        const char *stop = csv_field(at, end, &a, &id);

        record++;
        if (stop && stop < end && *stop == ',') {
            stop = csv_field(stop + 1, end, &b, &title);
        }
        if (stop) {
            rc = set_title(t, d, id, title, err);
        }
        while (stop && stop < end && *stop == ',') {
            stop = csv_field(stop + 1, end, &b, &rest);
        }
        if (!stop || (stop < end && *stop != '\r' && *stop != '\n')) {
            rc = rec_fail(err, REC_EPARSE, "%s: record %lu: wrong quotes", file,
                          record);
            break;
        }
        while (stop < end && (*stop == '\r' || *stop == '\n')) {
            stop++;
        }
        at = stop;
    }
    rec_buf_release(&a);
    rec_buf_release(&b);
    return rc;
}

static int read_titles(struct rec_titles *t, const char *path,
                       const struct rec_dict *d, const struct rec_buf *text,
                       struct rec_error *err)
{
    const char *at = text->data, *end = at + text->len, *line = "";
    size_t len = 0;

    while (at < end && len == 0) {
        line = rec_line_next(&at, end, &len);
    }
    if (len == 0) {
        return 0;
    }
    if (find(line, line + len, "::") < line + len) {
        return read_divided(t, d, text, "::", err);
    }
    if (memchr(line, '\t', len)) {
        return read_divided(t, d, text, "\t", err);
    }
    return read_csv(t, d, text, path, err);
}

int rec_titles_load(struct rec_titles *t, const char *path,
                    const struct rec_dict *d, uint32_t *found,
                    struct rec_error *err)
{
    struct rec_buf text = {NULL, 0, 0};
    uint32_t n = rec_dict_count(d), have = 0;
    int rc;

    memset(t, 0, sizeof *t);
    t->at = rec_zalloc(n, sizeof *t->at);
    t->len = rec_zalloc(n, sizeof *t->len);
    rc = t->at && t->len ? rec_slurp(&text, path, NULL, err)
                         : rec_fail_nomem(err);
    if (rc == 0 && text.len > 0) {
        rc = read_titles(t, path, d, &text, err);
    }
    rec_buf_release(&text);
    if (rc != 0) {
        rec_titles_release(t);
        return rc;
    }
    for (uint32_t i = 0; i < n; i++) {
        have += t->len[i] > 0;
    }
    *found = have;
    return 0;
}

void rec_titles_release(struct rec_titles *t)
{
    rec_buf_release(&t->text);
    free(t->at);
    free(t->len);
    memset(t, 0, sizeof *t);
}

const char *rec_titles_get(const struct rec_titles *t, const struct rec_dict *d,
                           uint32_t i, size_t *len)
{
    if (t && t->len[i] > 0) {
        *len = t->len[i];
        return t->text.data + t->at[i];
    }
    return rec_dict_id(d, i, len);
}
