/* SPDX-License-Identifier: MIT */
/* Reports as one page of HTML with the plots in it: nothing is fetched, and
   nothing runs. */
#include <config.h>

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- pieces -------------------------------------------------------------- */

static void add(struct cli_text *t, const char *text)
{
    cli_text_add(t, text, strlen(text));
}

/* Text that comes from anywhere. */
static void escape(struct cli_text *t, const char *text)
{
    while (*text) {
        size_t n = plot_character(text);

        if (n == 0) {
            add(t, "\xef\xbf\xbd"); /* U+FFFD */
        } else if (n == 1 && strchr("&<>\"'", *text)) {
            cli_text_printf(t, "&#%d;", *text);
        } else {
            cli_text_add(t, text, n);
        }
        text += n ? n : 1;
    }
}

static void element(struct cli_text *t, const char *begin, const char *text,
                    const char *end)
{
    add(t, begin);
    escape(t, text);
    add(t, end);
}

/* The number in ROW and COL, to four digits unless it is whole. */
static void number(struct cli_text *t, const struct plot_table *r, size_t row,
                   size_t col)
{
    const char *s = plot_cell(r, row, col);
    double x = plot_number(r, row, col);

    if (!strpbrk(s, ".eE")) {
        escape(t, s);
    } else if (fabs(x) >= 1000) {
        cli_text_printf(t, "%.0f", x);
    } else if (fabs(x) >= 0.001) {
        cli_text_printf(t, "%.4g", x);
    } else {
        cli_text_printf(t, "%.2g", x);
    }
}

void plot_page_begin(struct cli_text *t, const struct plot_look *look)
{
    const char *title = look->title ? look->title : "Report";

    add(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
           "<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\""
           "default-src 'none'; style-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width\">\n");
    element(t, "<title>", title, "</title>\n");
    add(t, "<style>\n"
           "body { font: 15px/1.4 sans-serif; margin: 2em; color: #222; }\n"
           "div { overflow-x: auto; margin: 1em 0; }\n"
           "table { border-collapse: collapse; }\n"
           "caption { text-align: left; font-weight: bold; }\n"
           "th, td { padding: .2em .7em; border-bottom: 1px solid #ddd;\n"
           "    text-align: right; white-space: nowrap; }\n"
           "th[scope=row] { text-align: left; font-weight: normal; }\n"
           "small { display: block; color: #666; }\n"
           "svg { max-width: 100%; height: auto; }\n"
           "</style>\n</head>\n<body>\n");
    element(t, "<h1>", title, "</h1>\n");
}

void plot_page_end(struct cli_text *t)
{
    add(t, "</body>\n</html>\n");
}

/* ---- pictures ------------------------------------------------------------ */

static int begins(const char *p, const char *end, const char *with)
{
    size_t n = strlen(with);

    return (size_t)(end - p) >= n && memcmp(p, with, n) == 0;
}

/* The picture SVG as part of a page, number ID: without the lines before the
   element, with names that no other picture on the page has, and with the
   HEADING as its title. */
static void add_svg(struct cli_text *t, const struct rec_buf *svg, int id,
                    const char *heading)
{
    static const char *const names[] = {"id='", "id=\"", "href='#", "url(#"};
    static const char own[] = "<title>Gnuplot</title>";
    const char *p = svg->data, *end = p + svg->len;
    int tag = 0;

    while (p < end && !begins(p, end, "<svg")) {
        p++;
    }
    while (p < end) {
        if (begins(p, end, own)) {
            element(t, "<title>", heading, "</title>");
            p += sizeof own - 1;
            continue;
        }
        tag = *p == '<' ? 1 : *p == '>' ? 0 : tag;
        for (size_t i = 0; tag && i < sizeof names / sizeof *names; i++) {
            if (begins(p, end, names[i])) {
                cli_text_add(t, p, strlen(names[i]));
                p += strlen(names[i]);
                cli_text_printf(t, "f%d-", id);
                break;
            }
        }
        cli_text_add(t, p++, 1);
    }
}

/* ---- tables -------------------------------------------------------------- */

/* Cells by the names of their row and column: the lines of reports that have
   them. */
struct pivot {
    const char *metrics; /* that are wanted; NULL: all */
    const char **row, **col;
    size_t rows, cols;
    const struct plot_table **from; /* rows x cols; NULL: empty */
    size_t *line;
};

static int wanted(const char *metrics, const char *name)
{
    return plot_is_count(name) || plot_wanted(metrics, name);
}

/* The place of NAME in the list LIST of *N. */
static size_t place(const char ***list, size_t *n, size_t *cap,
                    const char *name)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp((*list)[i], name) == 0) {
            return i;
        }
    }
    if (rec_reserve(list, cap, *n + 1, sizeof **list) != 0) {
        die("out of memory");
    }
    (*list)[*n] = name;
    return (*n)++;
}

/* What a line says: its row and column in a table of what is by BY. Does it
   belong there? */
static int place_line(const struct pivot *p, const struct plot_table *t,
                      size_t line, const char *by, const char **row,
                      const char **col)
{
    int parts = t->report == PLOT_BY;

    *row = plot_cell(t, line, t->report == PLOT_MEANS ? 0 : 2);
    *col = t->report == PLOT_RUNS ? plot_cell(t, line, 0)
           : parts && by          ? plot_cell(t, line, 1)
                                  : t->file;
    return wanted(p->metrics, *row)
           && (t->report != PLOT_RUNS || !*plot_cell(t, line, 1))
           && (!parts || strcmp(plot_cell(t, line, 0), by ? by : "all") == 0);
}

static void fill(struct pivot *p, const char *metrics,
                 const struct plot_table *t, size_t n, const char *by)
{
    size_t cap[2] = {0, 0};
    const char *row, *col;

    memset(p, 0, sizeof *p);
    p->metrics = metrics;
    for (size_t i = 0; i < n; i++) {
        for (size_t line = 1; line < t[i].rows; line++) {
            if (place_line(p, &t[i], line, by, &row, &col)) {
                place(&p->row, &p->rows, &cap[0], row);
                place(&p->col, &p->cols, &cap[1], col);
            }
        }
    }
    p->from = xalloc(p->rows * p->cols, sizeof *p->from);
    p->line = xalloc(p->rows * p->cols, sizeof *p->line);
    for (size_t i = 0; i < p->rows * p->cols; i++) {
        p->from[i] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t line = 1; line < t[i].rows; line++) {
            if (place_line(p, &t[i], line, by, &row, &col)) {
                size_t at = place(&p->row, &p->rows, &cap[0], row) * p->cols
                            + place(&p->col, &p->cols, &cap[1], col);

                p->from[at] = &t[i];
                p->line[at] = line;
            }
        }
    }
}

/* The mean in CELL of P, and its interval if there is one. */
static void add_cell(struct cli_text *t, const struct pivot *p, size_t cell)
{
    const struct plot_table *r = p->from[cell];
    size_t line = p->line[cell], mean;

    add(t, "<td>");
    if (r) {
        mean = r->report == PLOT_MEANS ? 1 : 3;
        number(t, r, line, mean);
        if (*plot_cell(r, line, mean + 2)) {
            add(t, "<small>");
            number(t, r, line, mean + 2);
            add(t, " to ");
            number(t, r, line, mean + 3);
            add(t, "</small>");
        }
    }
    add(t, "</td>");
}

/* A table of what is by BY; NULL: by nothing. The shorter side is across. */
static void add_pivot(struct cli_text *t, const char *metrics,
                      const struct plot_table *r, size_t n, const char *by,
                      const char *caption)
{
    struct pivot p;
    int turn;

    fill(&p, metrics, r, n, by);
    turn = p.cols > p.rows;
    if (p.rows > 0) {
        element(t, "<div><table>\n<caption>", caption, "");
        if (by) {
            element(t, ": ", r->file, "");
        }
        add(t, "</caption>\n<tr><th></th>");
        for (size_t i = 0; i < (turn ? p.rows : p.cols); i++) {
            element(t, "<th scope=\"col\">", turn ? p.row[i] : p.col[i],
                    "</th>");
        }
        add(t, "</tr>\n");
        for (size_t i = 0; i < (turn ? p.cols : p.rows); i++) {
            element(t, "<tr><th scope=\"row\">", turn ? p.col[i] : p.row[i],
                    "</th>");
            for (size_t k = 0; k < (turn ? p.rows : p.cols); k++) {
                add_cell(t, &p, turn ? k * p.cols + i : i * p.cols + k);
            }
            add(t, "</tr>\n");
        }
        add(t, "</table></div>\n");
    }
    free(p.row);
    free(p.col);
    free(p.from);
    free(p.line);
}

/* The lines of R, or those that compare runs, as they stand; the first NAMES
   columns are names. */
static void add_lines(struct cli_text *t, const char *metrics,
                      const struct plot_table *r, size_t names,
                      const char *caption)
{
    element(t, "<div><table>\n<caption>", caption, ": ");
    element(t, "", r->file, "</caption>\n<tr>");
    for (size_t c = 0; c < r->cols; c++) {
        element(t, "<th scope=\"col\">",
                r->report == PLOT_RUNS && c == 3 ? "change"
                                                 : plot_cell(r, 0, c),
                "</th>");
    }
    add(t, "</tr>\n");
    for (size_t line = 1; line < r->rows; line++) {
        if (r->report == PLOT_RUNS
            && (!*plot_cell(r, line, 1)
                || !wanted(metrics, plot_cell(r, line, 2)))) {
            continue;
        }
        add(t, "<tr>");
        for (size_t c = 0; c < r->cols; c++) {
            if (c < names) {
                element(t, "<th scope=\"row\">", plot_cell(r, line, c),
                        "</th>");
            } else {
                add(t, "<td>");
                number(t, r, line, c);
                add(t, "</td>");
            }
        }
        add(t, "</tr>\n");
    }
    add(t, "</table></div>\n");
}

static void add_parts(struct cli_text *t, const char *metrics,
                      const struct plot_table *r)
{
    static const struct {
        const char *by, *caption;
    } part[] = {{"popularity", "By popularity of the item, decile"},
                {"activity", "By activity of the user, decile"},
                {"group", "By group of the user"},
                {"no-group", "Users in no group"},
                {"gap", "How far groups are apart"}};

    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        add_pivot(t, metrics, r, 1, part[i].by, part[i].caption);
    }
}

/* Means of all, pairs, parts, bins. Reports of users and of items have no
   table: their lines are many. */
static void add_tables(struct cli_text *t, const char *metrics,
                       const struct plot_table *r, size_t n)
{
    enum plot_report as = r->report;

    if (as == PLOT_MEANS || as == PLOT_RUNS || as == PLOT_BY) {
        add_pivot(t, metrics, r, n, NULL, "Means, with intervals");
    }
    for (size_t i = 0; i < n; i++) {
        if (r[i].report == PLOT_RUNS) {
            add_lines(t, metrics, &r[i], 3, "Run against run");
        } else if (r[i].report == PLOT_BY) {
            add_parts(t, metrics, &r[i]);
        } else if (r[i].report == PLOT_BINS) {
            add_lines(t, metrics, &r[i], 1, "Reliability");
        } else if (r[i].report == PLOT_BINS_BY) {
            add_lines(t, metrics, &r[i], 3, "Reliability");
        }
    }
}

void plot_page_section(struct cli_text *t, const struct plot_figure *f,
                       const struct plot_look *look, int id,
                       const struct plot_table *table, size_t n)
{
    struct plot_look plain = *look;
    struct rec_buf svg = {NULL, 0, 0};

    plain.title = NULL; /* it is that of the page */
    plot_draw(&svg, f, &plain);
    element(t, "<h2>", f->heading, "</h2>\n<figure>\n");
    add_svg(t, &svg, id, f->heading);
    add(t, "</figure>\n");
    add_tables(t, look->metrics, table, n);
    rec_buf_release(&svg);
}
