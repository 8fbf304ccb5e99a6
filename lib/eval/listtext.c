/* SPDX-License-Identifier: MIT */
/* Lists as text: see listtext.h. */
#include <config.h>

#include "eval/listtext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/input.h"

enum { FIELDS = 6, PIECE = 1 << 16, LONGEST = 1 << 16 };

struct event {
    uint32_t user, item;
    float weight;
};

struct reading {
    struct rec_input *in;
    struct rec_digest *digest;
    struct rec_buf text; /* what is not yet taken apart */
    struct rec_data *out;
    struct event *event;
    size_t n, cap;
    uint64_t line;
    int targets;
    size_t fields; /* of every line; 0: none yet */
    size_t item, weight; /* the places of these; FIELDS: no weight */
};

/* ---- lines -------------------------------------------------------------- */

static int bad(const struct reading *r, const char *why, struct rec_error *err)
{
    return rec_fail(err, REC_EPARSE, "%s:%llu: %s", rec_input_name(r->in),
                    (unsigned long long)r->line, why);
}

/* What the first line, of N fields, says of all. */
static int set_layout(struct reading *r, size_t n, struct rec_error *err)
{
    static const struct {
        int targets;
        size_t fields, item, weight;
    } layout[] = {{0, 3, 1, 2}, {0, 6, 2, 4}, {1, 2, 1, FIELDS},
                  {1, 3, 1, 2}, {1, 4, 2, 3}};

    for (size_t i = 0; i < sizeof layout / sizeof *layout; i++) {
        if (layout[i].targets == r->targets && layout[i].fields == n) {
            r->fields = n;
            r->item = layout[i].item;
            r->weight = layout[i].weight;
            return 0;
        }
    }
    return bad(r,
               r->targets ? "is no line of targets, which have 2 or 3 "
                            "fields (user item [weight]) or 4 (qrels)"
                          : "is no line of a ranking, which have 3 fields "
                            "(user item score) or 6 (TREC)",
               err);
}

/* The fields of the line [P, END); returns how many, FIELDS + 1 at most. */
static size_t split(const char *p, const char *end, const char **field,
                    size_t *len)
{
    size_t n = 0;

    while (p < end) {
        const char *from;

        while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) {
            p++;
        }
        from = p;
        while (p < end && *p != ' ' && *p != '\t' && *p != '\r') {
            p++;
        }
        if (p > from) {
            if (n == FIELDS) {
                return FIELDS + 1;
            }
            field[n] = from;
            len[n++] = (size_t)(p - from);
        }
    }
    return n;
}

static int add_id(struct reading *r, struct rec_dict *d, const char *id,
                  size_t len, uint32_t *index, struct rec_error *err)
{
    const char *why = rec_id_check(id, len);

    if (why) {
        return rec_fail(err, REC_EPARSE, "%s:%llu: an id %s",
                        rec_input_name(r->in), (unsigned long long)r->line,
                        why);
    }
    return rec_dict_add(d, id, len, index, err);
}

static int take_line(struct reading *r, const char *p, const char *end,
                     struct rec_error *err)
{
    const char *field[FIELDS];
    size_t len[FIELDS], n = split(p, end, field, len);
    struct event e = {0, 0, 1};
    double weight = 1;
    int rc = 0;

    r->line++;
    if (n == 0) {
        return 0;
    }
    if (r->fields == 0) {
        rc = set_layout(r, n, err);
    } else if (n != r->fields) {
        rc = bad(r, "has another number of fields than the lines before it",
                 err);
    }
    if (rc == 0 && r->weight < FIELDS
        && rec_parse_double(field[r->weight], len[r->weight], &weight) != 0) {
        rc = bad(r, "the score or weight is not a number", err);
    }
    e.weight = (float)weight;
    if (rc == 0 && !isfinite(e.weight)) {
        rc = bad(r, "the score or weight is too large", err);
    }
    rc = rc ? rc
            : add_id(r, r->out->users, field[0], len[0], &e.user, err);
    rc = rc ? rc
            : add_id(r, r->out->items, field[r->item], len[r->item], &e.item,
                     err);
    if (rc == 0 && rec_reserve(&r->event, &r->cap, r->n + 1, sizeof e) != 0) {
        rc = rec_fail_nomem(err);
    }
    if (rc == 0) {
        r->event[r->n] = e;
        r->n += !r->targets || weight > 0;
    }
    return rc;
}

/* Take the whole lines of the text; with LAST the rest too. */
static int take_lines(struct reading *r, int last, struct rec_error *err)
{
    const char *p = r->text.data, *end = p + r->text.len, *nl;
    int rc = 0;

    while (rc == 0 && p < end
           && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        rc = take_line(r, p, nl, err);
        p = nl + 1;
    }
    if (rc == 0 && last && p < end) {
        rc = take_line(r, p, end, err);
        p = end;
    }
    if (rc == 0 && end - p > LONGEST) {
        r->line++;
        return bad(r, "is too long for a line", err);
    }
    if (rc == 0 && p > r->text.data) {
        r->text.len = (size_t)(end - p);
        memmove(r->text.data, p, r->text.len);
    }
    return rc;
}

static int read_all(struct reading *r, struct rec_error *err)
{
    char *piece = rec_alloc(PIECE, 1);
    size_t got = 1;
    int rc = piece ? 0 : rec_fail_nomem(err);

    while (rc == 0 && got > 0) {
        rc = rec_input_read(r->in, piece, PIECE, &got, err);
        if (rc == 0) {
            rec_digest_add(r->digest, piece, got);
            rc = rec_buf_add(&r->text, piece, got) == 0 ? 0
                                                        : rec_fail_nomem(err);
        }
        rc = rc ? rc : take_lines(r, got == 0, err);
    }
    if (rc == 0 && r->fields == 0) {
        rc = rec_fail(err, REC_ETRUNC, "%s: is empty",
                      rec_input_name(r->in));
    }
    free(piece);
    return rc;
}

/* ---- rows --------------------------------------------------------------- */

/* Events of a user in the order of their lines. */
static int group(struct reading *r, struct rec_error *err)
{
    struct rec_csr *m = &r->out->rows;

    m->rows = rec_dict_count(r->out->users);
    m->cols = rec_dict_count(r->out->items);
    m->start = rec_zalloc(m->rows + 1, sizeof *m->start);
    m->item = rec_alloc(r->n, sizeof *m->item);
    m->weight = rec_alloc(r->n, sizeof *m->weight);
    if (!m->start || !m->item || !m->weight) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < r->n; i++) {
        m->start[r->event[i].user]++;
    }
    for (size_t u = 0, at = 0; u <= m->rows; u++) {
        at += (size_t)m->start[u];
        m->start[u] = (int64_t)at;
    }
    for (size_t i = r->n; i-- > 0;) {
        size_t at = (size_t)--m->start[r->event[i].user];

        m->item[at] = r->event[i].item;
        m->weight[at] = r->event[i].weight;
    }
    return 0;
}

int rec_list_text_load(struct rec_data *out, const char *path, int targets,
                       struct rec_error *err)
{
    struct rec_data d;
    struct reading r;
    int rc;

    memset(&d, 0, sizeof d);
    memset(&r, 0, sizeof r);
    r.out = &d;
    r.targets = targets;
    d.users = rec_dict_new();
    d.items = rec_dict_new();
    r.digest = rec_digest_new();
    rc = d.users && d.items && r.digest ? 0 : rec_fail_nomem(err);
    rc = rc ? rc : rec_input_open(&r.in, path, 1, err);
    rc = rc ? rc : read_all(&r, err);
    rc = rc ? rc : group(&r, err);
    if (rc == 0) {
        rec_digest_get(r.digest, d.digest);
        *out = d;
    } else {
        rec_data_release(&d);
    }
    rec_input_close(r.in);
    rec_digest_free(r.digest);
    rec_buf_release(&r.text);
    free(r.event);
    return rc;
}
