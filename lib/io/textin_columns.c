/* SPDX-License-Identifier: MIT */
/* Which field is what: by --columns, or by the names in a header. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/textin.h"
#include "io/textin_private.h"

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

/* The role that is written in the N bytes at NAME, or -1. */
static int role_named(const char *name, size_t n)
{
    int r = REC_TEXT_ROLES;

    while (--r >= 0
           && (strlen(rec_text_role_name[r]) != n
               || memcmp(rec_text_role_name[r], name, n) != 0)) {
    }
    return r;
}

/* --columns of everything but jsonl: a role per field. */
static int columns_by_role(struct rec_text_layout *l, const char *columns,
                           struct rec_error *err)
{
    struct rec_cell name;
    int f = 0;

    for (; next_name(&columns, &name); f++) {
        int r = role_named(name.p, name.n);

        if (is_skip(&name)) {
            continue;
        }
        if (r < 0) {
            return rec_fail(err, REC_EVALUE,
                            "--columns: '%.*s' is not one of user, item, "
                            "weight, time, -, nor ROLE=NAME as in "
                            "user=%.*s,item=...",
                            (int)name.n, name.p, (int)name.n, name.p);
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

static int set_key(struct rec_text_layout *l, int r, const char *name,
                   size_t n, struct rec_error *err)
{
    l->key[r] = rec_zalloc(n + 1, 1);
    if (!l->key[r]) {
        return rec_fail_nomem(err);
    }
    memcpy(l->key[r], name, n);
    return 0;
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
        if (set_key(l, r, name.p, name.n, err) != 0) {
            return err->code;
        }
        l->column[r] = 0;
    }
    return 0;
}

/* --columns of anything with names: ROLE=NAME,... */
static int columns_by_pair(struct rec_text_layout *l, const char *columns,
                           struct rec_error *err)
{
    struct rec_cell pair;

    while (next_name(&columns, &pair)) {
        const char *equals = memchr(pair.p, '=', pair.n);
        size_t n = equals ? (size_t)(equals - pair.p) : pair.n;
        int r = role_named(pair.p, n);

        if (!equals || r < 0 || n + 1 == pair.n) {
            return rec_fail(err, REC_EVALUE,
                            "--columns: '%.*s' is not one of user=NAME, "
                            "item=NAME, weight=NAME, time=NAME",
                            (int)pair.n, pair.p);
        }
        if (l->key[r]) {
            return rec_fail(err, REC_EVALUE, "--columns: '%s' is given twice",
                            rec_text_role_name[r]);
        }
        if (set_key(l, r, equals + 1, pair.n - n - 1, err) != 0) {
            return err->code;
        }
        l->column[r] = 0; /* of csv, the header will say */
    }
    return 0;
}

int rec_text_take_columns(struct rec_text_layout *l, const char *columns,
                          struct rec_error *err)
{
    int rc = strchr(columns, '=')          ? columns_by_pair(l, columns, err)
             : l->format == REC_TEXT_JSONL ? columns_by_key(l, columns, err)
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
                      const char *column, struct rec_error *err)
{
    char seen[REC_TEXT_SEEN] = "", text[REC_CELL_TEXT];
    size_t fields = l->fields < REC_TEXT_FIELDS ? l->fields : REC_TEXT_FIELDS;
    size_t used = 0;

    for (size_t f = 0; f < fields && used < sizeof seen; f++) {
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%s",
                                 f ? "," : "", rec_cell_text(&cell[f], text));
    }
    return rec_fail(err, REC_EPARSE,
                    "the header '%s%s' names %s %s column; use "
                    "--columns=user=NAME,item=NAME",
                    seen, used < sizeof seen ? "" : "...", what, column);
}

/* The columns whose names in the header are the keys. */
static int columns_of_keys(struct rec_text_layout *l,
                           const struct rec_cell *cell, struct rec_error *err)
{
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        struct rec_cell key = {l->key[r], l->key[r] ? strlen(l->key[r]) : 0};
        size_t found = 0;

        for (size_t f = 0; key.p && f < l->fields && f < REC_TEXT_FIELDS;
             f++) {
            if (cell[f].n == key.n && memcmp(cell[f].p, key.p, key.n) == 0) {
                l->column[r] = (int)f;
                found++;
            }
        }
        if (key.p && found != 1) {
            return bad_header(l, cell, found ? "more than one" : "no", key.p,
                              err);
        }
    }
    return 0;
}

static int any_digit(const struct rec_cell *cell, size_t fields)
{
    for (size_t f = 0; f < fields && f < REC_TEXT_FIELDS; f++) {
        for (size_t i = 0; i < cell[f].n; i++) {
            if (cell[f].p[i] >= '0' && cell[f].p[i] <= '9') {
                return 1;
            }
        }
    }
    return 0;
}

/* Use the names that CELL holds, if it is a header and nobody said what the
   columns are. */
int rec_text_take_header(struct rec_text_layout *l,
                         const struct rec_text_options *o,
                         const struct rec_cell *cell, int *header,
                         struct rec_error *err)
{
    int column[REC_TEXT_ROLES] = {-1, -1, -1, -1}, twice;
    int known = columns_by_name(column, cell, l->fields, &twice);
    int user = column[REC_TEXT_USER] >= 0, item = column[REC_TEXT_ITEM] >= 0;
    int both = user && item;

    if (l->key[REC_TEXT_USER]) {
        *header = 1;
        return columns_of_keys(l, cell, err);
    }
    *header = o->header == REC_HEADER_YES
              || (o->header == REC_HEADER_AUTO
                  && (o->columns ? both : user || item));
    l->wordy = !*header && o->header == REC_HEADER_AUTO
               && !any_digit(cell, l->fields);
    l->unnamed = *header && !o->columns && known == 0;
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

