/* SPDX-License-Identifier: MIT */
/* One line of text into an event: see textin.h. */
#include <config.h>

#include "io/textin.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "io/textin_private.h"

const char *rec_cell_text(const struct rec_cell *c, char out[REC_CELL_TEXT])
{
    size_t n = c->n < 40 ? c->n : 40;

    for (size_t i = 0; i < n; i++) {
        unsigned char ch = (unsigned char)c->p[i];

        out[i] = ch < ' ' || ch == 0x7f ? '?' : c->p[i];
    }
    memcpy(out + n, c->n > n ? "..." : "", c->n > n ? 4 : 1);
    return out;
}

/* ---- where a line ends ------------------------------------------------- */

/* The end of the csv line at P that may hold quoted line breaks: its LF, or
   END. A quote opens a field only as the field's first byte. */
static const char *quoted_line_end(char delimiter, const char *p,
                                   const char *end, uint64_t *lines)
{
    int first = 1; /* at the first byte of a field */

    for (; p < end && *p != '\n'; p++) {
        if (first && *p == '"') {
            for (p++; p < end; p++) {
                if (*p == '"' && (p + 1 == end || p[1] != '"')) {
                    break;
                }
                p += *p == '"';
                *lines += *p == '\n';
            }
            if (p == end) {
                return end;
            }
        }
        first = *p == delimiter;
    }
    return p;
}

const char *rec_text_line(const struct rec_text_layout *l, const char *p,
                          const char *end, int quotes, size_t *n,
                          uint64_t *lines)
{
    const char *at;

    *lines = 1;
    if (quotes && l->format == REC_TEXT_CSV) {
        at = quoted_line_end(l->delimiter, p, end, lines);
    } else {
        at = memchr(p, '\n', (size_t)(end - p));
        at = at ? at : end;
    }
    *n = (size_t)(at - p);
    *n -= *n > 0 && at[-1] == '\r';
    return at < end ? at + 1 : end;
}

/* ---- fields ------------------------------------------------------------ */

/* Where the field at P ends. */
static const char *field_end(const struct rec_text_layout *l, const char *p,
                             const char *end)
{
    const char *at = p;

    if (l->format == REC_TEXT_DAT) {
        while ((at = memchr(at, ':', (size_t)(end - at))) != NULL) {
            if (at + 1 < end && at[1] == ':') {
                return at;
            }
            at++;
        }
        return end;
    }
    at = memchr(p, l->delimiter, (size_t)(end - p));
    return at ? at : end;
}

/* The quoted field whose opening quote is before P: its text into *CELL,
   decoded into *ROOM only if it holds doubled quotes. Returns what follows
   the closing quote, or NULL when there is none. */
static const char *unquote(const char *p, const char *end, char **room,
                           struct rec_cell *cell)
{
    const char *from = p;
    char *to = *room;

    cell->p = p;
    while ((p = memchr(p, '"', (size_t)(end - p))) != NULL) {
        size_t n = (size_t)(p - from);
        int again = p + 1 < end && p[1] == '"';

        if (!again && to == *room) {
            cell->n = n;
            return p + 1;
        }
        n += (size_t)again; /* one of the two quotes stays */
        memcpy(to, from, n);
        to += n;
        if (!again) {
            cell->p = *room;
            cell->n = (size_t)(to - *room);
            *room = to;
            return p + 1;
        }
        p += 2;
        from = p;
    }
    return NULL;
}

/* The csv field at P of a line with quotes, its end in *AT. */
static int quoted_field(const struct rec_text_layout *l, const char *p,
                        const char *end, char **room, struct rec_cell *cell,
                        const char **at, struct rec_error *err)
{
    if (p < end && *p == '"') {
        *at = unquote(p + 1, end, room, cell);
        if (!*at) {
            return rec_fail(err, REC_ELIMIT, "a quoted field is not closed");
        }
        if (*at < end && **at != l->delimiter) {
            return rec_fail(err, REC_EPARSE, "text after a closing quote");
        }
        return 0;
    }
    *at = field_end(l, p, end);
    cell->p = p;
    cell->n = (size_t)(*at - p);
    return memchr(p, '"', cell->n)
               ? rec_fail(err, REC_EPARSE, "a quote inside an unquoted field")
               : 0;
}

int rec_text_split(const struct rec_text_layout *l, const char *line,
                   size_t n, int quotes, char **room, struct rec_cell *cell,
                   size_t max, size_t *fields, struct rec_error *err)
{
    size_t skip = l->format == REC_TEXT_DAT ? 2 : 1, f;
    const char *p = line, *end = line + n, *at;
    int csv = quotes && l->format == REC_TEXT_CSV;

    for (f = 0;; f++, p = at + skip) {
        struct rec_cell c = {p, 0};

        if (csv) {
            int rc = quoted_field(l, p, end, room, &c, &at, err);

            if (rc != 0) {
                return rc;
            }
        } else {
            at = field_end(l, p, end);
            c.n = (size_t)(at - p);
        }
        if (f < max) {
            cell[f] = c;
        }
        if (at == end) {
            break;
        }
    }
    *fields = f + 1;
    return 0;
}

/* ---- values ------------------------------------------------------------ */

static int bad_cell(const struct rec_cell *c, const char *what,
                    const char *why, struct rec_error *err)
{
    char text[REC_CELL_TEXT];

    return rec_fail(err, REC_EPARSE, "%s '%s' %s", what,
                    rec_cell_text(c, text), why);
}

static int parse_weight(const struct rec_cell *c, float *out,
                        struct rec_error *err)
{
    double v;

    if (c->n == 0) {
        return rec_fail(err, REC_EPARSE, "the weight is empty");
    }
    if (rec_parse_double(c->p, c->n, &v) != 0) {
        return bad_cell(c, "weight", "is not a number", err);
    }
    /* Half a step above FLT_MAX still rounds to it, so that FLT_MAX as it is
       written with nine digits is read back. */
    if (fabs(v) >= 0x1.ffffffp127) {
        return bad_cell(c, "weight", "is too large for a float", err);
    }
    *out = (float)v;
    return 0;
}

/* What is wrong with a time, and how else it could be read. */
static const char *time_fault(const struct rec_text_layout *l,
                              const struct rec_cell *c)
{
    static const char *const why[] = {
        "is not a whole number of seconds",
        "is not a whole number of milliseconds", "is not an ISO 8601 time"};
    int64_t v;

    if (rec_parse_time(c->p, c->n, REC_TIME_ISO, &v) == 0) {
        return "is a date; use --time-format=iso";
    }
    if (l->format == REC_TEXT_NETFLIX /* whose dates are iso */
        || rec_parse_time(c->p, c->n, REC_TIME_UNIX, &v) != 0
        || v < 100000000 /* 20130403 is a date as well */
        || v / 1000 >= REC_TIME_YEAR_10000) {
        return why[l->time_format];
    }
    return v >= REC_TIME_YEAR_10000 ? "is a number; use --time-format=ms"
                                    : "is a number; use --time-format=unix";
}

static int parse_when(const struct rec_text_layout *l,
                      const struct rec_cell *c, int64_t *out,
                      struct rec_error *err)
{
    if (c->n == 0) {
        return rec_fail(err, REC_EPARSE, "the time is empty");
    }
    if (rec_parse_time(c->p, c->n, l->time_format, out) != 0) {
        return bad_cell(c, "time", time_fault(l, c), err);
    }
    return 0;
}

static int cells_of_fields(const struct rec_text_layout *l, const char *line,
                           size_t n, int quotes, char **room,
                           struct rec_cell *cell, struct rec_error *err)
{
    struct rec_cell field[REC_TEXT_FIELDS];
    size_t fields;
    int rc = rec_text_split(l, line, n, quotes, room, field, l->used, &fields,
                            err);

    if (rc != 0) {
        return rc;
    }
    if (fields != l->fields) {
        return rec_fail(err, REC_EPARSE, "%zu fields, the first line has %zu",
                        fields, l->fields);
    }
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        if (l->column[r] >= 0) {
            cell[r] = field[l->column[r]];
        }
    }
    return 0;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int rec_text_item(struct rec_cell *more, struct rec_cell *item)
{
    const char *p = more->p, *end = p + more->n;

    while (p < end && is_blank(*p)) {
        p++;
    }
    item->p = p;
    while (p < end && !is_blank(*p)) {
        p++;
    }
    item->n = (size_t)(p - item->p);
    more->p = p;
    more->n = (size_t)(end - p);
    return item->n > 0;
}

int rec_text_heading(const char *line, size_t n)
{
    return n > 0 && line[n - 1] == ':' && !memchr(line, ',', n);
}

int rec_text_parse(const struct rec_text_layout *l, const char *line,
                   size_t n, int quotes, char **room,
                   struct rec_text_event *ev, struct rec_error *err)
{
    struct rec_cell cell[REC_TEXT_ROLES];
    int rc;

    ev->weight = 1;
    ev->time = 0;
    ev->more.n = ev->item.n = ev->user.n = 0;
    ev->heading = l->format == REC_TEXT_NETFLIX && rec_text_heading(line, n);
    if (ev->heading) {
        ev->item.p = line;
        ev->item.n = n - 1;
        return 0;
    }
    if (l->format == REC_TEXT_ADJ) {
        ev->more.p = line;
        ev->more.n = n;
        if (rec_text_item(&ev->more, &ev->user) == 0) {
            return rec_fail(err, REC_EPARSE, "nothing but blanks");
        }
        return 0;
    }
    if (l->format == REC_TEXT_JSONL) {
        rc = rec_json_cells(l, line, n, room, cell, err);
    } else {
        rc = cells_of_fields(l, line, n, quotes, room, cell, err);
    }
    if (rc == 0 && l->column[REC_TEXT_WEIGHT] >= 0) {
        rc = parse_weight(&cell[REC_TEXT_WEIGHT], &ev->weight, err);
    }
    if (rc == 0 && l->column[REC_TEXT_TIME] >= 0) {
        rc = parse_when(l, &cell[REC_TEXT_TIME], &ev->time, err);
    }
    if (rc == 0) {
        ev->user = cell[REC_TEXT_USER];
        if (l->format != REC_TEXT_NETFLIX) {
            ev->item = cell[REC_TEXT_ITEM];
        }
    }
    return rc;
}
