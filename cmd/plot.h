/* SPDX-License-Identifier: MIT */
/* The parts of rec-plot: reports as tables, tables as figures, figures as
   scripts for gnuplot(1), pictures and pages. */
#ifndef PLOT_H
#define PLOT_H

#include "cli.h"

/* ---- plot_read.c: the reports of our programs --------------------------- */

enum plot_report {
    PLOT_MEANS,    /* rec-eval -f tsv of one ranking */
    PLOT_RUNS,     /* of several */
    PLOT_BY,       /* of one, by parts */
    PLOT_USERS,    /* rec-eval --per-user */
    PLOT_ITEMS,    /* rec-eval --per-item */
    PLOT_BINS,     /* rec-calibrate --report -f tsv */
    PLOT_BINS_BY   /* with --by */
};

/* A report: ROWS lines with COLS fields each, the first of which are names. */
struct plot_table {
    const char *file; /* for messages and legends */
    enum plot_report report;
    char *text;
    size_t rows, cols;
    char **cell; /* rows x cols, into TEXT */
};

/* Read PATH; dies if that is no report. */
void plot_read(struct plot_table *t, const char *path);
void plot_table_release(struct plot_table *t);
const char *plot_cell(const struct plot_table *t, size_t row, size_t col);
/* NAN where the field is empty; dies if it is no number. */
double plot_number(const struct plot_table *t, size_t row, size_t col);
/* Die of what is wrong with the line of ROW. */
REC_NORETURN void plot_refuse(const struct plot_table *t, size_t row,
                              const char *why);

/* "recall@20/min" taken apart. */
struct plot_measure {
    char base[64]; /* "recall/min" */
    double k;      /* 20; NAN if the name has none */
};
struct plot_measure plot_measure(const char *name);
/* Is this a count, such as users/evaluated, rather than a measure? */
int plot_is_count(const char *name);
/* Is NAME, or what it is without its k, in LIST, which commas divide? Yes if
   that is NULL. */
int plot_wanted(const char *list, const char *name);

/* How many bytes the UTF-8 character at P has; 0: it is none, or one that
   control, or that XML does not allow. */
size_t plot_character(const char *p);

/* ---- plot_figure.c: what is drawn ---------------------------------------- */

enum plot_style {
    PLOT_CURVES, /* lines with bands from low to high */
    PLOT_POINTS, /* at the ticks, with bars from low to high */
    PLOT_BARS,   /* the same as boxes, side by side */
    PLOT_SHARES, /* lines below the diagonal */
    PLOT_TRUTH,  /* lines with error bars about the diagonal */
    PLOT_CLOUD   /* points as large as low says, about the diagonal */
};

struct plot_point {
    double x, y, low, high;
};
struct plot_series {
    char *name;
    struct plot_point *at;
    size_t n, cap;
};
struct plot_panel {
    enum plot_style style;
    char *title;
    char *x, *y; /* names of the axes */
    char **tick; /* names of x = 1, 2 ... */
    size_t ticks, tick_cap;
    struct plot_series *series;
    size_t n, cap;
};
struct plot_figure {
    const char *heading;
    struct plot_panel *panel;
    size_t n, cap;
};

void plot_figure_release(struct plot_figure *f);
/* The panel of TITLE and Y, made if there is none. Valid until the next
   call. */
struct plot_panel *plot_panel(struct plot_figure *f, enum plot_style style,
                              const char *title, const char *x,
                              const char *y);
/* The same of the series of a panel, and of its ticks: 1, 2 ... */
struct plot_series *plot_series(struct plot_panel *p, const char *name);
double plot_tick(struct plot_panel *p, const char *name);
void plot_add(struct plot_series *s, double x, double y, double low,
              double high);
char *plot_copy(const char *text);

/* ---- plot_means.c, plot_pairs.c: from reports to figures ----------------- */

enum plot_kind {
    PLOT_KIND_CURVES,
    PLOT_KIND_PARTS,
    PLOT_KIND_LORENZ,
    PLOT_KIND_RELIABILITY,
    PLOT_KIND_SCATTER,
    PLOT_KINDS
};
/* Draw the N reports T, all of a sort that the kind of figure takes; of the
   METRICS in this list only, if it is not NULL. */
void plot_curves(struct plot_figure *f, const struct plot_table *t, size_t n,
                 const char *metrics);
void plot_parts(struct plot_figure *f, const struct plot_table *t, size_t n,
                const char *metrics);
void plot_lorenz(struct plot_figure *f, const struct plot_table *t, size_t n,
                 const char *metrics);
void plot_reliability(struct plot_figure *f, const struct plot_table *t,
                      size_t n, const char *metrics);
void plot_scatter(struct plot_figure *f, const struct plot_table *t, size_t n,
                  const char *metrics);

/* ---- plot_script.c: gnuplot ---------------------------------------------- */

enum plot_format { PLOT_SVG, PLOT_PNG, PLOT_TEXT, PLOT_HTML, PLOT_SCRIPT };
struct plot_look {
    enum plot_format format; /* a page has svg in it */
    const char *title;       /* or NULL */
    const char *metrics;     /* only those in this list, if not NULL */
    int64_t width, height;   /* of a panel; 0: as it suits */
};
/* The script that draws F. */
void plot_script(struct rec_buf *out, const struct plot_figure *f,
                 const struct plot_look *look);
/* What gnuplot makes of it, or die. */
void plot_draw(struct rec_buf *out, const struct plot_figure *f,
               const struct plot_look *look);

/* ---- plot_page.c: HTML --------------------------------------------------- */

void plot_page_begin(struct cli_text *t, const struct plot_look *look);
/* A section: the picture of F, whose number is ID, and its reports as
   tables. */
void plot_page_section(struct cli_text *t, const struct plot_figure *f,
                       const struct plot_look *look, int id,
                       const struct plot_table *table, size_t n);
void plot_page_end(struct cli_text *t);

#endif
