/* SPDX-License-Identifier: MIT */
/* One JSON object (RFC 8259) per line, as far as interactions need it: the
   values of a few keys, strings or numbers. Values of other keys may be
   anything; they are stepped over. Numbers are kept as their text, so that
   an id 007 or 1e3 stays what it was written as. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/textin.h"
#include "io/textin_private.h"

enum json_kind { JSON_STRING, JSON_NUMBER, JSON_OTHER };

/* Where we are in a line. ROOM is for decoded strings. */
struct json {
    const char *p, *end;
    char *room;
    int begun;
};

static int fail(struct rec_error *err, const char *why)
{
    return rec_fail(err, REC_EPARSE, "not a JSON object: %s", why);
}

static void skip_blanks(struct json *j)
{
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r')) {
        j->p++;
    }
}

static int eat(struct json *j, char c)
{
    int yes;

    skip_blanks(j);
    yes = j->p < j->end && *j->p == c;
    j->p += yes;
    return yes;
}

/* ---- strings ----------------------------------------------------------- */

static int hex4(const char *p, const char *end, uint32_t *out)
{
    uint32_t v = 0;

    if (end - p < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *d = p[i] ? strchr(digits, p[i]) : NULL;

        if (!d) {
            return -1;
        }
        v = v * 16 + (uint32_t)((d - digits) % 16);
    }
    *out = v;
    return 0;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* \uXXXX, or a surrogate pair of two; P stands behind the u. */
static const char *unicode(const char *p, const char *end, uint32_t *out)
{
    uint32_t c, low;

    if (hex4(p, end, &c) != 0 || (c >= 0xdc00 && c < 0xe000)) {
        return NULL;
    }
    p += 4;
    if (c >= 0xd800 && c < 0xdc00) {
        if (end - p < 6 || p[0] != '\\' || p[1] != 'u'
            || hex4(p + 2, end, &low) != 0 || low < 0xdc00 || low > 0xdfff) {
            return NULL;
        }
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        p += 6;
    }
    *out = c;
    return p;
}

/* The escape at P, behind its backslash. Returns what follows, or NULL. */
static const char *escape(const char *p, const char *end, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *known;
    uint32_t c;

    if (p == end || *p == '\0') {
        return NULL;
    }
    if (*p == 'u') {
        p = unicode(p + 1, end, &c);
        if (p) {
            *to = put_utf8(*to, c);
        }
        return p;
    }
    known = strchr(from, *p);
    if (!known) {
        return NULL;
    }
    *(*to)++ = into[known - from];
    return p + 1;
}

/* The rest of a string that has an escape at j->p; its beginning is CELL. */
static int decode_string(struct json *j, struct rec_cell *cell,
                         struct rec_error *err)
{
    char *to = j->room + cell->n;

    memcpy(j->room, cell->p, cell->n);
    cell->p = j->room;
    while (j->p < j->end && *j->p != '"') {
        if ((unsigned char)*j->p < ' ') {
            return fail(err, "a control character in a string");
        }
        if (*j->p != '\\') {
            *to++ = *j->p++;
            continue;
        }
        j->p = escape(j->p + 1, j->end, &to);
        if (!j->p) {
            return fail(err, "an unknown escape in a string");
        }
    }
    cell->n = (size_t)(to - cell->p);
    j->room = to;
    return 0;
}

/* The string whose opening quote is before j->p. */
static int read_string(struct json *j, struct rec_cell *cell,
                       struct rec_error *err)
{
    const char *p = j->p;
    int rc = 0;

    while (p < j->end && *p != '"' && *p != '\\' && (unsigned char)*p >= ' ') {
        p++;
    }
    cell->p = j->p;
    cell->n = (size_t)(p - j->p);
    j->p = p;
    if (p < j->end && *p != '"') {
        rc = decode_string(j, cell, err);
    }
    if (rc == 0 && j->p == j->end) {
        rc = fail(err, "a string is not closed");
    }
    if (rc == 0) { /* else there may be no place to be at */
        j->p++;
    }
    return rc;
}

/* ---- values ------------------------------------------------------------ */

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }
    return p;
}

/* -? digits (. digits)? (e digits)?; leading zeros are let pass: an id may
   have them. */
static int read_number(struct json *j, struct rec_cell *cell,
                       struct rec_error *err)
{
    const char *p = j->p, *from = p + (*p == '-');
    const char *at = digits(from, j->end);
    int good = at > from;

    if (good && at < j->end && *at == '.') {
        from = at + 1;
        at = digits(from, j->end);
        good = at > from;
    }
    if (good && at < j->end && (*at == 'e' || *at == 'E')) {
        from = at + 1;
        from += from < j->end && (*from == '+' || *from == '-');
        at = digits(from, j->end);
        good = at > from;
    }
    if (!good) {
        return fail(err, "a malformed number");
    }
    cell->p = p;
    cell->n = (size_t)(at - p);
    j->p = at;
    return 0;
}

static int read_word(struct json *j, struct rec_error *err)
{
    static const char *const word[] = {"true", "false", "null"};

    for (int i = 0; i < 3; i++) {
        size_t n = strlen(word[i]);

        if ((size_t)(j->end - j->p) >= n && memcmp(j->p, word[i], n) == 0) {
            j->p += n;
            return 0;
        }
    }
    return fail(err, "a value is missing");
}

/* Step over a nested value: brackets must match, 64 deep at most. */
static int skip_nested(struct json *j, struct rec_error *err)
{
    uint64_t objects = 0; /* bit per level: 1 for an object */
    struct rec_cell cell;
    int depth = 0;

    for (; j->p < j->end; ) {
        char c = *j->p++;

        if (c == '"') {
            int rc = read_string(j, &cell, err);

            if (rc != 0) {
                return rc;
            }
        } else if (c == '{' || c == '[') {
            if (++depth > 64) {
                return fail(err, "nested deeper than 64");
            }
            objects = objects << 1 | (c == '{');
        } else if (c == '}' || c == ']') {
            if ((objects & 1) != (c == '}')) {
                return fail(err, "brackets do not match");
            }
            objects >>= 1;
            if (--depth == 0) {
                return 0;
            }
        }
    }
    return fail(err, "a bracket is not closed");
}

static int read_value(struct json *j, struct rec_cell *cell,
                      enum json_kind *kind, struct rec_error *err)
{
    skip_blanks(j);
    *kind = JSON_OTHER;
    cell->p = j->p;
    cell->n = 0;
    if (j->p == j->end) {
        return fail(err, "a value is missing");
    }
    switch (*j->p) {
    case '"':
        *kind = JSON_STRING;
        j->p++;
        return read_string(j, cell, err);
    case '{':
    case '[':
        return skip_nested(j, err);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        *kind = JSON_NUMBER;
        return read_number(j, cell, err);
    default:
        return read_word(j, err);
    }
}

/* The next member of the object. Returns 1, 0 when the object has ended, or
   a negative rec_err. */
static int next_member(struct json *j, struct rec_cell *key,
                       struct rec_cell *value, enum json_kind *kind,
                       struct rec_error *err)
{
    int rc;

    if (!j->begun && !eat(j, '{')) {
        return fail(err, "it does not begin with '{'");
    }
    if (eat(j, '}')) {
        skip_blanks(j);
        return j->p == j->end ? 0 : fail(err, "text after its end");
    }
    if (j->begun && !eat(j, ',')) {
        return fail(err, "',' or '}' is missing");
    }
    j->begun = 1;
    if (!eat(j, '"')) {
        return fail(err, "a key is missing");
    }
    rc = read_string(j, key, err);
    if (rc == 0 && !eat(j, ':')) {
        rc = fail(err, "':' is missing");
    }
    rc = rc ? rc : read_value(j, value, kind, err);
    return rc ? rc : 1;
}

/* ---- roles ------------------------------------------------------------- */

/* The role of KEY: as asked for, or by its well-known name. */
static int role_of(const struct rec_text_layout *l, const struct rec_cell *key)
{
    return l->key[REC_TEXT_USER] ? rec_text_key(l, key)
                                 : rec_text_role(key->p, key->n);
}

void rec_json_seen(const char *line, size_t n, char *seen, size_t most)
{
    char *room = rec_alloc(n, 1);
    struct json j = {line, line + n, room, 0};
    struct rec_cell key, value;
    enum json_kind kind;
    struct rec_error err;
    size_t used = 0;

    seen[0] = '\0';
    while (room && used < most
           && next_member(&j, &key, &value, &kind, &err) == 1) {
        char text[REC_CELL_TEXT];

        used += (size_t)snprintf(seen + used, most - used, "%s%s",
                                 used ? "," : "", rec_cell_text(&key, text));
    }
    free(room);
}

static int missing(const struct rec_text_layout *l, const char *line, size_t n,
                   const struct rec_cell *cell, struct rec_error *err)
{
    for (int r = 0; r < REC_TEXT_ROLES; r++) {
        if (l->column[r] >= 0 && !cell[r].p) {
            char seen[REC_TEXT_SEEN];

            rec_json_seen(line, n, seen, sizeof seen);
            return l->key[r] ? rec_fail(err, REC_EPARSE,
                                        "no key '%s' among '%s'", l->key[r],
                                        seen)
                             : rec_fail(err, REC_EPARSE,
                                        "no key for the %s among '%s'",
                                        rec_text_role_name[r], seen);
        }
    }
    return 0;
}

int rec_json_cells(const struct rec_text_layout *l, const char *line,
                   size_t n, char **room, struct rec_cell *cell,
                   struct rec_error *err)
{
    struct json j = {line, line + n, *room, 0};
    struct rec_cell key, value;
    enum json_kind kind;
    int rc;

    memset(cell, 0, REC_TEXT_ROLES * sizeof *cell);
    while ((rc = next_member(&j, &key, &value, &kind, err)) == 1) {
        int r = role_of(l, &key);

        if (r < 0) {
            continue;
        }
        if (l->column[r] < 0) {
            return rec_fail(err, REC_EPARSE, "a %s, the first line has none",
                            rec_text_role_name[r]);
        }
        if (cell[r].p) {
            return rec_fail(err, REC_EPARSE, "two keys for the %s",
                            rec_text_role_name[r]);
        }
        if (kind == JSON_OTHER) {
            return rec_fail(err, REC_EPARSE,
                            "the %s is neither a string nor a number",
                            rec_text_role_name[r]);
        }
        cell[r] = value;
    }
    rc = rc ? rc : missing(l, line, n, cell, err);
    *room = j.room;
    return rc;
}

int rec_json_learn(struct rec_text_layout *l, const char *line, size_t n,
                   struct rec_error *err)
{
    char *room = rec_alloc(n, 1);
    struct json j = {line, line + n, room, 0};
    struct rec_cell key, value;
    enum json_kind kind;
    int rc;

    if (!room) {
        return rec_fail_nomem(err);
    }
    while ((rc = next_member(&j, &key, &value, &kind, err)) == 1) {
        int r = role_of(l, &key);

        if (r >= 0) {
            l->column[r] = 0;
        }
    }
    free(room);
    return rc;
}
