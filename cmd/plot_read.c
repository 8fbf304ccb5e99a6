/* SPDX-License-Identifier: MIT */
/* Reports: the tab-separated lines that our programs write. */
#include <config.h>

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum { PIECE = 1 << 16 };

/* What the first line begins with, or is. */
static const struct {
    const char *header;
    int open; /* more columns follow */
} known[] = {
    [PLOT_MEANS] = {"metric\tmean\terror\tlow\thigh", 0},
    [PLOT_RUNS] = {"run\tagainst\tmetric\tmean\terror\tlow\thigh\tp\tholm"
                   "\teffect\tbetter\tworse", 0},
    [PLOT_BY] = {"by\tgroup\tmetric\tmean\terror\tlow\thigh", 0},
    [PLOT_USERS] = {"user\ttargets\t", 1},
    [PLOT_ITEMS] = {"item\tcount\t", 1},
    [PLOT_BINS] = {"bin\tn\tp\thits\tlow\thigh", 0},
    [PLOT_BINS_BY] = {"by\tgroup\tbin\tn\tp\thits\tlow\thigh", 0}};

static void slurp(struct rec_buf *b, const char *path)
{
    struct rec_input *in;
    struct rec_error err;
    char *piece = xalloc(PIECE, 1);
    size_t got;

    check(rec_input_open(&in, path, 1, &err), &err);
    do {
        check(rec_input_read(in, piece, PIECE, &got, &err), &err);
        if (rec_buf_add(b, piece, got) != 0) {
            die("out of memory");
        }
    } while (got > 0);
    rec_input_close(in);
    free(piece);
}

void plot_refuse(const struct plot_table *t, size_t row, const char *why)
{
    die("%s:%zu: %s", t->file, row + 1, why);
}

/* Which report has this first line. */
static enum plot_report find_report(const struct plot_table *t,
                                    const char *line, size_t len)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].header);

        if (len >= n && memcmp(line, known[i].header, n) == 0
            && (known[i].open ? len > n : len == n)) {
            return (enum plot_report)i;
        }
    }
    plot_refuse(t, 0, "is not the first line of a report: give what rec-eval "
                      "or rec-calibrate --report writes as tsv");
}

/* Cut the LEN bytes at LINE at tabs; the cells of ROW. */
static void cut(struct plot_table *t, size_t row, char *line, size_t len)
{
    char **cell = t->cell + row * t->cols;
    size_t n = 0;

    line[len] = '\0';
    while (line && n < t->cols) {
        cell[n++] = line;
        line = strchr(line, '\t');
        if (line) {
            *line++ = '\0';
        }
    }
    if (n < t->cols || line) {
        plot_refuse(t, row, "has another number of fields than the first "
                            "line");
    }
}

static size_t count(const char *p, size_t n, char c)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        found += p[i] == c;
    }
    return found;
}

void plot_read(struct plot_table *t, const char *path)
{
    struct rec_buf b = {NULL, 0, 0};
    size_t line;

    memset(t, 0, sizeof *t);
    t->file = strcmp(path, "-") == 0 ? "standard input" : path;
    slurp(&b, path);
    if (b.len == 0) {
        die("%s: is empty", t->file);
    }
    if (b.data[b.len - 1] != '\n' && rec_buf_add(&b, "\n", 1) != 0) {
        die("out of memory");
    }
    line = (size_t)((char *)memchr(b.data, '\n', b.len) - b.data);
    t->report = find_report(t, b.data, line);
    if (memchr(b.data, '\0', b.len)) {
        die("%s: is not text", t->file);
    }
    t->text = b.data;
    t->rows = count(b.data, b.len, '\n');
    t->cols = count(b.data, line, '\t') + 1;
    t->cell = xalloc(t->rows * t->cols, sizeof *t->cell);
    for (size_t row = 0, at = 0; row < t->rows; row++) {
        char *end = memchr(b.data + at, '\n', b.len - at);
        size_t len = (size_t)(end - (b.data + at));

        cut(t, row, b.data + at, len);
        at += len + 1;
    }
    if (t->rows == 1) {
        die("%s: has no lines below the first", t->file);
    }
}

void plot_table_release(struct plot_table *t)
{
    free(t->cell);
    free(t->text);
}

const char *plot_cell(const struct plot_table *t, size_t row, size_t col)
{
    return t->cell[row * t->cols + col];
}

double plot_number(const struct plot_table *t, size_t row, size_t col)
{
    const char *s = plot_cell(t, row, col);
    double x = NAN;
    char why[100];

    if (*s && rec_parse_double(s, strlen(s), &x) != 0) {
        snprintf(why, sizeof why, "'%.40s' is not a number", s);
        plot_refuse(t, row, why);
    }
    return x;
}

/* ---- names --------------------------------------------------------------- */

struct plot_measure plot_measure(const char *name)
{
    struct plot_measure m = {"", NAN};
    const char *at = strchr(name, '@');
    size_t digits = at ? strspn(at + 1, "0123456789") : 0;

    if (at && at - name < 32
        && rec_parse_double(at + 1, digits, &m.k) == 0) {
        snprintf(m.base, sizeof m.base, "%.*s%.31s", (int)(at - name), name,
                 at + 1 + digits);
    } else {
        snprintf(m.base, sizeof m.base, "%.63s", name);
    }
    return m;
}

int plot_is_count(const char *name)
{
    static const char *const other[] = {"users", "items", "events", "targets",
                                        "hits", "intervals"};
    size_t n = strcspn(name, "@/");

    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        if (strlen(other[i]) == n && memcmp(other[i], name, n) == 0) {
            return 1;
        }
    }
    return 0;
}

int plot_wanted(const char *list, const char *name)
{
    struct plot_measure m = plot_measure(name);
    const char *part;
    size_t n;

    if (!list) {
        return 1;
    }
    while ((part = cli_next_part(&list, &n)) != NULL) {
        if ((strlen(name) == n && memcmp(name, part, n) == 0)
            || (strlen(m.base) == n && memcmp(m.base, part, n) == 0)) {
            return 1;
        }
    }
    return 0;
}

size_t plot_character(const char *p)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)p;
    size_t n = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2
             : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;
    uint32_t c = n < 2 ? *s : *s & (0xffu >> (n + 1));

    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (n == 0 || c < ' ' || (c >= 0x7f && c < 0xa0) || c < least[n]
        || (c >= 0xd800 && c < 0xe000) || (c & 0xfffe) == 0xfffe
        || c > 0x10ffff) {
        return 0;
    }
    return n;
}
