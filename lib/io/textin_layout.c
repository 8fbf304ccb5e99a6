/* SPDX-License-Identifier: MIT */
/* What a file's lines look like: format, delimiter, header, columns, found
   from the options and the first line that is not empty. */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/textin.h"
#include "io/textin_private.h"

const char *const rec_text_role_name[REC_TEXT_ROLES] = {"user", "item",
                                                        "weight", "time"};

/* ---- names ------------------------------------------------------------- */

/* Is the name WANT, letters compared without case, underscores left out? */
static int same_name(const char *name, size_t n, const char *want)
{
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '_') {
            continue;
        }
        if (!*want || tolower((unsigned char)name[i]) != *want) {
            return 0;
        }
        want++;
    }
    return !*want;
}

int rec_text_role(const char *name, size_t n)
{
    static const struct {
        const char *name;
        int role;
    } known[] = {
        {"user", REC_TEXT_USER},     {"userid", REC_TEXT_USER},
        {"item", REC_TEXT_ITEM},     {"itemid", REC_TEXT_ITEM},
        {"movie", REC_TEXT_ITEM},    {"movieid", REC_TEXT_ITEM},
        {"weight", REC_TEXT_WEIGHT}, {"rating", REC_TEXT_WEIGHT},
        {"score", REC_TEXT_WEIGHT},  {"time", REC_TEXT_TIME},
        {"timestamp", REC_TEXT_TIME}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (same_name(name, n, known[i].name)) {
            return known[i].role;
        }
    }
    return -1;
}

/* ---- format ------------------------------------------------------------ */

static int holds(const char *line, size_t n, const char *what)
{
    size_t k = strlen(what);

    for (size_t i = 0; i + k <= n; i++) {
        if (memcmp(line + i, what, k) == 0) {
            return 1;
        }
    }
    return 0;
}

static int guess_format(const char *line, size_t n)
{
    if (line[0] == '{') {
        return REC_TEXT_JSONL;
    }
    if (line[0] == '"') {
        return REC_TEXT_CSV;
    }
    return holds(line, n, "\t")   ? REC_TEXT_TSV
           : holds(line, n, "::") ? REC_TEXT_DAT
           : holds(line, n, ",")  ? REC_TEXT_CSV
           : holds(line, n, " ")  ? REC_TEXT_ADJ
           : rec_text_heading(line, n) ? REC_TEXT_NETFLIX
                                       : REC_TEXT_AUTO;
}

/* ---- columns ----------------------------------------------------------- */

/* Cut the next name off the list at *P. Returns 0 when there is none. */
static int next_name(const char **p, struct rec_cell *name)
{
    if (!*p) {
        return 0;
    }
    name->p = *p;
    name->n = strcspn(*p, ",");
    *p = name->p[name->n] ? name->p + name->n + 1 : NULL;
    return 1;
}

static int is_skip(const struct rec_cell *name)
{
    return name->n == 1 && *name->p == '-';
}

/* --columns of everything but jsonl: a role per field. */
static int columns_by_role(struct rec_text_layout *l, const char *columns,
                           struct rec_error *err)
{
    struct rec_cell name;
    int f = 0;

    for (; next_name(&columns, &name); f++) {
        int r = 0;

        if (is_skip(&name)) {
            continue;
        }
        while (r < REC_TEXT_ROLES
               && (strlen(rec_text_role_name[r]) != name.n
                   || memcmp(rec_text_role_name[r], name.p, name.n) != 0)) {
            r++;
        }
        if (r == REC_TEXT_ROLES) {
            return rec_fail(err, REC_EVALUE,
                            "--columns: '%.*s' is not one of user, item, "
                            "weight, time, -",
                            (int)name.n, name.p);
        }
        if (l->column[r] >= 0) {
            return rec_fail(err, REC_EVALUE, "--columns: '%s' is given twice",
                            rec_text_role_name[r]);
        }
        if (f >= REC_TEXT_FIELDS) {
            return rec_fail(err, REC_EVALUE,
                            "--columns: beyond the 256th field");
        }
        l->column[r] = f;
    }
    return 0;
}

int rec_text_key(const struct rec_text_layout *l, const struct rec_cell *name)
{
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        if (l->key[r] && strlen(l->key[r]) == name->n
            && memcmp(l->key[r], name->p, name->n) == 0) {
            return r;
        }
    }
    return -1;
}

/* --columns of jsonl: the keys of user, item, weight, time. */
static int columns_by_key(struct rec_text_layout *l, const char *columns,
                          struct rec_error *err)
{
    struct rec_cell name;

    for (int r = 0; next_name(&columns, &name); r++) {
        if (r == REC_TEXT_ROLES || name.n == 0) {
            return rec_fail(err, REC_EVALUE,
                            "--columns: jsonl takes two to four keys: of "
                            "user, item, weight, time");
        }
        if (is_skip(&name)) {
            continue;
        }
        if (rec_text_key(l, &name) >= 0) {
            return rec_fail(err, REC_EVALUE, "--columns: '%.*s' is given twice",
                            (int)name.n, name.p);
        }
        l->key[r] = rec_zalloc(name.n + 1, 1);
        if (!l->key[r]) {
            return rec_fail_nomem(err);
        }
        memcpy(l->key[r], name.p, name.n);
        l->column[r] = 0;
    }
    return 0;
}

static int take_columns(struct rec_text_layout *l, const char *columns,
                        struct rec_error *err)
{
    int rc = l->format == REC_TEXT_JSONL ? columns_by_key(l, columns, err)
                                         : columns_by_role(l, columns, err);

    if (rc != 0) {
        return rc;
    }
    if (l->format == REC_TEXT_NETFLIX) {
        return l->column[REC_TEXT_USER] < 0 || l->column[REC_TEXT_ITEM] >= 0
                   ? rec_fail(err, REC_EVALUE,
                              "--columns: of netflix the user is needed, and "
                              "the item is not in the fields")
                   : 0;
    }
    if (l->column[REC_TEXT_USER] < 0 || l->column[REC_TEXT_ITEM] < 0) {
        return rec_fail(err, REC_EVALUE,
                        "--columns: user and item are needed");
    }
    return 0;
}

/* ---- header ------------------------------------------------------------ */

/* Columns by the names in a header. Returns how many names are known. */
static int columns_by_name(int column[REC_TEXT_ROLES],
                           const struct rec_cell *cell, size_t fields,
                           int *twice)
{
    int known = 0;

    *twice = -1;
    for (size_t f = 0; f < fields && f < REC_TEXT_FIELDS; f++) {
        int r = rec_text_role(cell[f].p, cell[f].n);

        if (r >= 0) {
            known++;
            *twice = column[r] >= 0 ? r : *twice;
            column[r] = (int)f;
        }
    }
    return known;
}

/* The header lacks a column, or has one twice: say which, and what it has. */
static int bad_header(const struct rec_text_layout *l,
                      const struct rec_cell *cell, const char *what,
                      const char *role, struct rec_error *err)
{
    char seen[160] = "", text[REC_CELL_TEXT];
    size_t fields = l->fields < REC_TEXT_FIELDS ? l->fields : REC_TEXT_FIELDS;
    size_t used = 0;

    for (size_t f = 0; f < fields && used < sizeof seen; f++) {
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%s",
                                 f ? "," : "", rec_cell_text(&cell[f], text));
    }
    return rec_fail(err, REC_EPARSE,
                    "the header '%s%s' names %s %s column; use --columns",
                    seen, used < sizeof seen ? "" : "...", what, role);
}

/* Use the names that CELL holds, if it is a header and nobody said what the
   columns are. */
static int take_header(struct rec_text_layout *l,
                       const struct rec_text_options *o,
                       const struct rec_cell *cell, int *header,
                       struct rec_error *err)
{
    int column[REC_TEXT_ROLES] = {-1, -1, -1, -1}, twice;
    int known = columns_by_name(column, cell, l->fields, &twice);
    int user = column[REC_TEXT_USER] >= 0, item = column[REC_TEXT_ITEM] >= 0;
    int both = user && item;

    *header = o->header == REC_HEADER_YES
              || (o->header == REC_HEADER_AUTO
                  && (o->columns ? both : user || item));
    if (!*header || o->columns || known == 0) {
        return 0;
    }
    if (!both) {
        return bad_header(l, cell, "no",
                          rec_text_role_name[column[0] < 0 ? 0 : 1], err);
    }
    if (twice >= 0) {
        return bad_header(l, cell, "more than one", rec_text_role_name[twice],
                          err);
    }
    memcpy(l->column, column, sizeof column);
    return 0;
}

/* Fields, header and columns of csv, tsv and dat. */
static int layout_fields(struct rec_text_layout *l,
                         const struct rec_text_options *o, const char *line,
                         size_t n, int *header, struct rec_error *err)
{
    struct rec_cell cell[REC_TEXT_FIELDS];
    char *room = rec_alloc(n, 1), *at = room;
    int quotes = memchr(line, '"', n) != NULL;
    int rc = room ? 0 : rec_fail_nomem(err);

    rc = rc ? rc : rec_text_split(l, line, n, quotes, &at, cell,
                                  REC_TEXT_FIELDS, &l->fields, err);
    rc = rc ? rc : take_header(l, o, cell, header, err);
    free(room);
    if (rc != 0) {
        return rc;
    }
    if (l->column[REC_TEXT_USER] < 0) { /* the usual order */
        for (int r = 0; r < REC_TEXT_ROLES && (size_t)r < l->fields; r++) {
            l->column[r] = r;
        }
    }
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        if (l->column[r] >= (int)l->used) {
            l->used = (size_t)l->column[r] + 1;
        }
    }
    if (l->fields < 2 || l->fields < l->used) {
        return rec_fail(err, REC_EPARSE, "%zu field%s, at least %zu expected",
                        l->fields, l->fields == 1 ? "" : "s",
                        l->used < 2 ? 2 : l->used);
    }
    return 0;
}

/* ---- all of it --------------------------------------------------------- */

static int layout_json(struct rec_text_layout *l, const char *line, size_t n,
                       struct rec_error *err)
{
    int rc = 0;

    if (!l->key[REC_TEXT_USER]) {
        rc = rec_json_learn(l, line, n, err);
        for (int r = 0; r <= REC_TEXT_ITEM && rc == 0; r++) {
            if (l->column[r] < 0) {
                rc = rec_fail(err, REC_EPARSE,
                              "no key for the %s; use --columns",
                              rec_text_role_name[r]);
            }
        }
    }
    return rc;
}

/* Fields user, weight and date unless --columns says otherwise, all behind a
   heading. */
static int layout_netflix(struct rec_text_layout *l,
                          const struct rec_text_options *o, const char *line,
                          size_t n, struct rec_error *err)
{
    const char *columns = o->columns;
    struct rec_cell name;

    if (!rec_text_heading(line, n)) {
        return rec_fail(err, REC_EPARSE,
                        "the first line names no item, such as '1:'");
    }
    if (columns) {
        while (next_name(&columns, &name)) {
            l->fields++;
        }
    } else {
        l->column[REC_TEXT_USER] = 0;
        l->column[REC_TEXT_WEIGHT] = 1;
        l->column[REC_TEXT_TIME] = 2;
        l->fields = 3;
    }
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        if (l->column[r] + 1 > (int)l->used) {
            l->used = (size_t)l->column[r] + 1;
        }
    }
    if (l->time_format == REC_TIME_UNIX) {
        l->time_format = REC_TIME_ISO;
    }
    return 0;
}

static int check_options(const struct rec_text_layout *l,
                         const struct rec_text_options *o,
                         struct rec_error *err)
{
    if (o->delimiter && l->format != REC_TEXT_CSV) {
        return rec_fail(err, REC_EVALUE, "--delimiter is for csv only");
    }
    if (o->columns && l->format == REC_TEXT_ADJ) {
        return rec_fail(err, REC_EVALUE, "--columns is not for adj");
    }
    if (o->header == REC_HEADER_YES
        && (l->format == REC_TEXT_JSONL || l->format == REC_TEXT_NETFLIX)) {
        return rec_fail(err, REC_EVALUE, "--header=yes is not for %s",
                        l->format == REC_TEXT_JSONL ? "jsonl" : "netflix");
    }
    return 0;
}

int rec_text_layout_format(struct rec_text_layout *l,
                           const struct rec_text_options *o, const char *line,
                           size_t n, struct rec_error *err)
{
    static const char delimiter[] = {0, ',', '\t', ':', 0, 0, ','};

    memset(l, 0, sizeof *l);
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        l->column[r] = -1;
    }
    l->time_format = o->time_format;
    l->format = o->format      ? o->format
                : o->delimiter ? REC_TEXT_CSV
                               : guess_format(line, n);
    if (l->format == REC_TEXT_AUTO) {
        return rec_fail(err, REC_EPARSE,
                        "cannot tell the format of the text; use --format, "
                        "or --delimiter");
    }
    l->delimiter = o->delimiter ? o->delimiter : delimiter[l->format];
    return 0;
}

int rec_text_layout_columns(struct rec_text_layout *l,
                            const struct rec_text_options *o,
                            const char *line, size_t n, int *header,
                            struct rec_error *err)
{
    int rc = check_options(l, o, err);

    *header = 0;
    if (rc == 0 && o->columns) {
        rc = take_columns(l, o->columns, err);
    }
    if (rc != 0) {
        return rc;
    }
    switch (l->format) {
    case REC_TEXT_ADJ:
        *header = o->header == REC_HEADER_YES;
        l->column[REC_TEXT_USER] = l->column[REC_TEXT_ITEM] = 0;
        return 0;
    case REC_TEXT_JSONL:
        return layout_json(l, line, n, err);
    case REC_TEXT_NETFLIX:
        return layout_netflix(l, o, line, n, err);
    default:
        return layout_fields(l, o, line, n, header, err);
    }
}

void rec_text_layout_release(struct rec_text_layout *l)
{
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        free(l->key[r]);
    }
    memset(l, 0, sizeof *l);
}
