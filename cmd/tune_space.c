/* SPDX-License-Identifier: MIT */
/* Parameters, points and commands of rec-tune: see tune_space.h. */
#include <config.h>

#include "tune_space.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli.h"
#include "io/slurp.h"

enum { POINTS = 5, MAX_POINTS = 1000, MAX_GRID = 100000, TRIES = 1000 };

static char *copy_bytes(const char *s, size_t n)
{
    char *copy = xalloc(n + 1, 1);

    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

static char *copy_number(double x)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.6g", x);

    return copy_bytes(text, (size_t)n);
}

static void reserve(void *p, size_t *cap, size_t n, size_t size)
{
    if (rec_reserve(p, cap, n, size) != 0) {
        die("out of memory");
    }
}

/* ---- parameters --------------------------------------------------------- */

/* Values stand in lines of tsv, and one day in a shell. */
static void check_value(const char *name, const char *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)v[i] < ' ' || v[i] == 0x7f) {
            die_usage("%s: a value holds a control character", name);
        }
    }
}

static void add_value(struct tune_param *p, const char *v, size_t n,
                      size_t *cap)
{
    check_value(p->name, v, n);
    reserve(&p->value, cap, p->points + 1, sizeof *p->value);
    p->value[p->points++] = copy_bytes(v, n);
}

static void parse_list(struct tune_param *p, const char *text)
{
    size_t cap = 0, n;
    const char *part;

    while ((part = cli_next_part(&text, &n)) != NULL) {
        add_value(p, part, n, &cap);
    }
}

/* "LOW:HIGH[:POINTS]"; returns the points, 0 if they are not given. */
static int64_t parse_range(struct tune_param *p, const char *text)
{
    size_t n = strcspn(text, ":"), m = text[n] ? strcspn(text + n + 1, ":") : 0;
    const char *last = text[n] ? text + n + 1 + m : "x";
    int64_t points = 0;

    if (!text[n] || rec_parse_double(text, n, &p->low) != 0
        || rec_parse_double(text + n + 1, m, &p->high) != 0
        || !(p->low < p->high)
        || (*last
            && rec_parse_int(last + 1, strlen(last + 1), 2, MAX_POINTS,
                             &points)
                   != 0)) {
        die_usage("%s: '%s' is not LOW:HIGH or LOW:HIGH:POINTS, with 2 to %d "
                  "points",
                  p->name, text, MAX_POINTS);
    }
    return points;
}

static double at_share(const struct tune_param *p, double share)
{
    return p->kind == TUNE_LOG ? p->low * pow(p->high / p->low, share)
                               : p->low + share * (p->high - p->low);
}

static void parse_real(struct tune_param *p, const char *text)
{
    int64_t n = parse_range(p, text);

    if (p->kind == TUNE_LOG && p->low <= 0) {
        die_usage("%s: a logarithmic range begins above 0", p->name);
    }
    p->points = n ? (size_t)n : POINTS;
    p->value = xalloc(p->points, sizeof *p->value);
    for (size_t i = 0; i < p->points; i++) {
        double share = (double)i / (double)(p->points - 1);

        p->value[i] = copy_number(i + 1 < p->points ? at_share(p, share)
                                                    : p->high);
    }
}

static char *copy_integer(double x)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.0f", x);

    return copy_bytes(text, (size_t)n);
}

static void parse_integer(struct tune_param *p, const char *text)
{
    int64_t n = parse_range(p, text);

    if (n || p->low != floor(p->low) || p->high != floor(p->high)
        || fabs(p->low) > 0x1p52 || fabs(p->high) > 0x1p52) {
        die_usage("%s: int takes two whole numbers", p->name);
    }
    p->points = p->high - p->low < MAX_GRID ? (size_t)(p->high - p->low) + 1
                                            : MAX_GRID + 1; /* too many */
    p->value = xalloc(p->points, sizeof *p->value);
    for (size_t i = 0; i < p->points; i++) {
        p->value[i] = copy_integer(p->low + (double)i);
    }
}

static struct tune_param *add_param(struct tune_space *s, const char *name,
                                    size_t n)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    struct tune_param *p;

    if (n == 0 || strspn(name, good) < n) {
        die_usage("'%.*s' is not a name of letters, digits, '_' and '-'",
                  (int)n, name);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (strlen(s->param[i].name) == n
            && memcmp(s->param[i].name, name, n) == 0) {
            die_usage("the parameter '%.*s' is given twice", (int)n, name);
        }
    }
    reserve(&s->param, &s->cap, s->n + 1, sizeof *s->param);
    p = &s->param[s->n++];
    memset(p, 0, sizeof *p);
    p->name = copy_bytes(name, n);
    return p;
}

void tune_space_add(struct tune_space *s, const char *text)
{
    static const char *const kinds[] = {"lin:", "log:", "int:"};
    const char *equals = strchr(text, '='), *spec;
    struct tune_param *p;

    if (!equals) {
        die_usage("'%s' is not NAME=VALUES", text);
    }
    spec = equals + 1;
    p = add_param(s, text, (size_t)(equals - text));
    for (int k = 0; k < 3; k++) {
        if (strncmp(spec, kinds[k], 4) == 0) {
            p->kind = (enum tune_kind)(TUNE_LINEAR + k);
            (p->kind == TUNE_INTEGER ? parse_integer : parse_real)(p,
                                                                   spec + 4);
            return;
        }
    }
    parse_list(p, spec);
}

void tune_space_release(struct tune_space *s)
{
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->param[i].points; k++) {
            free(s->param[i].value[k]);
        }
        free(s->param[i].value);
        free(s->param[i].name);
    }
    free(s->param);
    memset(s, 0, sizeof *s);
}

/* ---- points ------------------------------------------------------------- */

static struct tune_point *add_point(struct tune_points *p, size_t params)
{
    reserve(&p->point, &p->cap, p->n + 1, sizeof *p->point);
    p->point[p->n].value = xalloc(params, sizeof *p->point->value);
    return &p->point[p->n++];
}

void tune_points_release(struct tune_points *p, size_t params)
{
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < params; k++) {
            free(p->point[i].value[k]);
        }
        free(p->point[i].value);
    }
    free(p->point);
    memset(p, 0, sizeof *p);
}

void tune_grid(const struct tune_space *s, struct tune_points *out)
{
    size_t total = 1;

    for (size_t k = 0; k < s->n; k++) {
        total *= s->param[k].points;
        if (total > MAX_GRID) {
            die_usage("the grid has more than %d points", MAX_GRID);
        }
    }
    for (size_t i = 0; i < total; i++) {
        struct tune_point *p = add_point(out, s->n);
        size_t left = i;

        for (size_t k = s->n; k-- > 0;) {
            const struct tune_param *q = &s->param[k];
            const char *v = q->value[left % q->points];

            p->value[k] = copy_bytes(v, strlen(v));
            left /= q->points;
        }
    }
}

static char *draw(const struct tune_param *p, struct rec_rng *rng)
{
    const char *v;

    switch (p->kind) {
    case TUNE_LINEAR:
    case TUNE_LOG:
        return copy_number(at_share(p, rec_rng_unit(rng)));
    case TUNE_INTEGER:
        return copy_integer(
            p->low
            + (double)rec_rng_below(rng, (uint64_t)(p->high - p->low) + 1));
    case TUNE_LIST:
        break;
    }
    v = p->value[rec_rng_below(rng, p->points)];
    return copy_bytes(v, strlen(v));
}

/* Has the last point been there before? */
static int is_repeated(const struct tune_points *p, size_t params)
{
    const struct tune_point *last = &p->point[p->n - 1];

    for (size_t i = 0; i + 1 < p->n; i++) {
        size_t k = 0;

        while (k < params
               && strcmp(p->point[i].value[k], last->value[k]) == 0) {
            k++;
        }
        if (k == params) {
            return 1;
        }
    }
    return 0;
}

static void drop_last(struct tune_points *p, size_t params)
{
    struct tune_point *last = &p->point[--p->n];

    for (size_t k = 0; k < params; k++) {
        free(last->value[k]);
    }
    free(last->value);
}

void tune_draw(const struct tune_space *s, size_t n, uint64_t seed,
               struct tune_points *out)
{
    struct rec_rng rng;

    rec_rng_init(&rng, seed);
    for (int tries = 0; out->n < n && tries < TRIES; tries++) {
        struct tune_point *p = add_point(out, s->n);

        for (size_t k = 0; k < s->n; k++) {
            p->value[k] = draw(&s->param[k], &rng);
        }
        if (is_repeated(out, s->n)) {
            drop_last(out, s->n);
        } else {
            tries = -1;
        }
    }
}

/* ---- a list ------------------------------------------------------------- */

/* The field at *AT, which moves behind it, or NULL. */
static const char *next_field(const char **at, const char *end, size_t *n)
{
    const char *from = *at, *tab;

    if (!from) {
        return NULL;
    }
    tab = memchr(from, '\t', (size_t)(end - from));
    *n = (size_t)((tab ? tab : end) - from);
    *at = tab ? tab + 1 : NULL;
    return from;
}

static void read_point(const struct tune_space *s, const char *path,
                       unsigned long number, const char *line, size_t len,
                       struct tune_points *out)
{
    const char *at = line, *field;
    struct tune_point *p = add_point(out, s->n);
    size_t k = 0, n;

    while ((field = next_field(&at, line + len, &n)) != NULL && k < s->n) {
        check_value(s->param[k].name, field, n);
        p->value[k++] = copy_bytes(field, n);
    }
    if (field || k < s->n) {
        die("%s:%lu: the first line has %zu fields, this one has %s", path,
            number, s->n, field ? "more" : "fewer");
    }
}

void tune_read(struct tune_space *s, const char *path,
               struct tune_points *out)
{
    struct rec_buf text = {NULL, 0, 0};
    const char *at, *end, *line, *field;
    unsigned long number = 0;
    struct rec_error err;
    size_t len, n;

    check(rec_slurp(&text, path, NULL, &err), &err);
    at = text.data;
    end = text.len > 0 ? at + text.len : at;
    while (at && (line = rec_line_next(&at, end, &len)) != NULL) {
        number++;
        if (number == 1) {
            for (const char *f = line;
                 (field = next_field(&f, line + len, &n)) != NULL;) {
                add_param(s, field, n);
            }
        } else if (len > 0) {
            read_point(s, path, number, line, len, out);
        }
    }
    rec_buf_release(&text);
    if (out->n == 0) {
        die("%s: no trials are listed", path);
    }
}

/* ---- commands ----------------------------------------------------------- */

/* The parameter whose placeholder stands at AT, its length in *N; s->n for
   the budget, (size_t)-1 for none. */
static size_t placeholder(const char *at, const struct tune_space *s,
                          const char *budget, size_t *n)
{
    const char *name = at + 1;
    size_t len = *at == '{' ? strcspn(name, "}") : 0;

    *n = len + 2;
    if (len == 0 || name[len] != '}') {
        return (size_t)-1;
    }
    for (size_t k = 0; k <= s->n; k++) {
        const char *own = k < s->n ? s->param[k].name : budget;

        if (own && strlen(own) == len && memcmp(own, name, len) == 0) {
            return k;
        }
    }
    return (size_t)-1;
}

/* Does {NAME} stand at AT in COMMAND, which the shell would leave as it is? */
static int looks_meant(const char *command, const char *at)
{
    size_t len = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_-0123456789");

    return *at == '{' && len > 0 && at[1 + len] == '}'
           && (at == command || at[-1] != '$');
}

void tune_check_command(const char *command, const struct tune_space *s,
                        const char *budget)
{
    uint8_t *used = xalloc(s->n + 1, 1);
    char quote = '\0';
    size_t n;

    memset(used, 0, s->n + 1);
    for (const char *at = command; *at; at++) {
        size_t k = placeholder(at, s, budget, &n);

        if (*at == '\\' && quote != '\'' && at[1]) {
            at++;
        } else if (*at == quote) {
            quote = '\0';
        } else if (!quote && (*at == '\'' || *at == '"')) {
            quote = *at;
        } else if (k <= s->n) {
            if (quote) {
                die_usage("'%.*s' stands in quotes; values are quoted where "
                          "they need it",
                          (int)n, at);
            }
            used[k] = 1;
        } else if (!quote && looks_meant(command, at)) {
            warn("the command has %.*s, but there are no values for it",
                 (int)n, at);
        }
    }
    for (size_t k = 0; k <= s->n; k++) {
        const char *own = k < s->n ? s->param[k].name : budget;

        if (own && !used[k]) {
            die_usage("the command does not use {%s}", own);
        }
    }
    free(used);
}

static void add(struct rec_buf *b, const char *p, size_t n)
{
    if (rec_buf_add(b, p, n) != 0) {
        die("out of memory");
    }
}

/* V as one word of the shell. */
static void add_quoted(struct rec_buf *b, const char *v)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-+.,:/=@%";

    if (*v && v[strspn(v, plain)] == '\0') {
        add(b, v, strlen(v));
        return;
    }
    add(b, "'", 1);
    for (; *v; v++) {
        if (*v == '\'') {
            add(b, "'\\''", 4);
        } else {
            add(b, v, 1);
        }
    }
    add(b, "'", 1);
}

void tune_fill(const char *command, const struct tune_space *s,
               const struct tune_point *p, const char *budget,
               const char *value, struct rec_buf *out)
{
    size_t n;

    out->len = 0;
    for (const char *at = command; *at;) {
        size_t k = placeholder(at, s, budget, &n);

        if (*at == '\\' && at[1]) { /* as tune_check_command has it */
            add(out, at, 2);
            at += 2;
        } else if (k <= s->n) {
            add_quoted(out, k < s->n ? p->value[k] : value);
            at += n;
        } else {
            add(out, at++, 1);
        }
    }
    add(out, "", 1);
    out->len--;
}
