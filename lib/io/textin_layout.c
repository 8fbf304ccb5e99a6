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

/* Is the name WANT, letters compared without case, underscores,
   hyphens and blanks left out? */
static int same_name(const char *name, size_t n, const char *want)
{
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '_' || name[i] == '-' || name[i] == ' ') {
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

/* ---- fields ------------------------------------------------------------ */

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
    rc = rc ? rc : rec_text_take_header(l, o, cell, header, err);
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
                char seen[REC_TEXT_SEEN];

                rec_json_seen(line, n, seen, sizeof seen);
                rc = rec_fail(err, REC_EPARSE,
                              "no key for the %s among '%s'; use "
                              "--columns=user=KEY,item=KEY",
                              rec_text_role_name[r], seen);
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
    if (!rec_text_heading(line, n)) {
        return rec_fail(err, REC_EPARSE,
                        "the first line names no item, such as '1:'");
    }
    if (o->columns) {
        l->fields = 1;
        for (const char *c = o->columns; *c; c++) {
            l->fields += *c == ',';
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
    if (o->columns && strchr(o->columns, '=') && l->format != REC_TEXT_JSONL
        && (o->header == REC_HEADER_NO || l->format == REC_TEXT_NETFLIX)) {
        return rec_fail(err, REC_EVALUE,
                        "--columns: there is no header with names");
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
        const char *other = holds(line, n, ";")   ? " ';'"
                            : holds(line, n, "|") ? " '|'"
                                                  : "";

        return rec_fail(err, REC_EPARSE,
                        "cannot tell the format of the text; use --format, "
                        "or --delimiter%s",
                        other);
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
        rc = rec_text_take_columns(l, o->columns, err);
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
