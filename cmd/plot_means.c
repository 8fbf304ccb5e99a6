/* SPDX-License-Identifier: MIT */
/* Figures of means: by k and by run, and by parts of users and items. */
#include <config.h>

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- by k ---------------------------------------------------------------- */

/* Where the columns of a report stand. */
struct layout {
    size_t metric, mean;
};

static struct layout layout_of(const struct plot_table *t)
{
    struct layout l = {t->report == PLOT_MEANS ? 0 : 2,
                       t->report == PLOT_MEANS ? 1 : 3};

    return l;
}

/* The run that ROW is about; NULL: it is about something else. */
static const char *run_of(const struct plot_table *t, size_t row)
{
    if (t->report == PLOT_RUNS) {
        return *plot_cell(t, row, 1) ? NULL : plot_cell(t, row, 0);
    }
    return t->report == PLOT_BY && strcmp(plot_cell(t, row, 0), "all") != 0
               ? NULL
               : t->file;
}

static void add_row(struct plot_figure *f, const struct plot_table *t,
                    size_t row, const char *metrics)
{
    struct layout l = layout_of(t);
    const char *run = run_of(t, row), *name = plot_cell(t, row, l.metric);
    struct plot_measure m = plot_measure(name);
    double mean = plot_number(t, row, l.mean),
           low = plot_number(t, row, l.mean + 2),
           high = plot_number(t, row, l.mean + 3);

    if (run && !plot_is_count(name) && plot_wanted(metrics, name)) {
        struct plot_panel *p = plot_panel(f, PLOT_CURVES, m.base, "k", "");

        plot_add(plot_series(p, run), isnan(m.k) ? 0 : m.k, mean, low, high);
    }
}

static int compare_points(const void *pa, const void *pb)
{
    const struct plot_point *a = pa, *b = pb;

    return (a->x > b->x) - (a->x < b->x);
}

/* Has every series of P its points at one k? */
static int has_one_k(const struct plot_panel *p, double *k)
{
    *k = NAN;
    for (size_t s = 0; s < p->n; s++) {
        for (size_t i = 0; i < p->series[s].n; i++) {
            double x = p->series[s].at[i].x;

            if (!isnan(*k) && fabs(x - *k) > 0) {
                return 0;
            }
            *k = x;
        }
    }
    return 1;
}

/* Points by run where there is no curve by k. */
static void turn(struct plot_panel *p, double k)
{
    struct plot_series all = {plot_copy(""), NULL, 0, 0};
    struct plot_measure m = plot_measure(p->title);
    const char *slash = strchr(m.base, '/');
    int stem = slash ? (int)(slash - m.base) : (int)strlen(m.base);
    char title[128];

    if (k > 0) {
        snprintf(title, sizeof title, "%.*s@%.0f%s", stem, m.base, k,
                 slash ? slash : "");
        free(p->title);
        p->title = plot_copy(title);
    }
    for (size_t s = 0; s < p->n; s++) {
        struct plot_series *x = &p->series[s];

        for (size_t i = 0; i < x->n; i++) {
            plot_add(&all, plot_tick(p, x->name), x->at[i].y, x->at[i].low,
                     x->at[i].high);
        }
        free(x->at);
        free(x->name);
    }
    free(p->x);
    p->x = plot_copy("");
    p->style = PLOT_POINTS;
    p->series[0] = all;
    p->n = 1;
}

void plot_curves(struct plot_figure *f, const struct plot_table *t, size_t n,
                 const char *metrics)
{
    f->heading = "Means over users, with their intervals";
    for (size_t i = 0; i < n; i++) {
        for (size_t row = 1; row < t[i].rows; row++) {
            add_row(f, &t[i], row, metrics);
        }
    }
    for (size_t i = 0; i < f->n; i++) {
        struct plot_panel *p = &f->panel[i];
        double k;

        if (has_one_k(p, &k)) {
            turn(p, k);
        }
        for (size_t s = 0; s < p->n; s++) {
            if (p->series[s].n > 1) {
                qsort(p->series[s].at, p->series[s].n, sizeof *p->series->at,
                      compare_points);
            }
        }
    }
}

/* ---- by parts ------------------------------------------------------------ */

/* What ROW is by, in words; NULL if it is by nothing. */
static const char *part_of(const struct plot_table *t, size_t row)
{
    static const char *const by[] = {"popularity", "activity", "group",
                                     "no-group"};
    static const char *const words[] = {
        "popularity of the item, decile", "activity of the user, decile",
        "group of the user", "group of the user"};

    for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
        if (strcmp(plot_cell(t, row, 0), by[i]) == 0) {
            return words[i];
        }
    }
    return NULL;
}

/* The largest k that measures of parts have. */
static double largest_k(const struct plot_table *t, size_t n)
{
    double k = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t row = 1; row < t[i].rows; row++) {
            struct plot_measure m = plot_measure(plot_cell(&t[i], row, 2));

            k = part_of(&t[i], row) && m.k > k ? m.k : k;
        }
    }
    return k;
}

void plot_parts(struct plot_figure *f, const struct plot_table *t, size_t n,
                const char *metrics)
{
    double k = metrics ? 0 : largest_k(t, n);

    f->heading = "By parts of the items and of the users";
    for (size_t i = 0; i < n; i++) {
        for (size_t row = 1; row < t[i].rows; row++) {
            const char *name = plot_cell(&t[i], row, 2),
                       *part = part_of(&t[i], row),
                       *group = plot_cell(&t[i], row, 1);
            double mean = plot_number(&t[i], row, 3);
            struct plot_panel *p;
            char title[200];

            if (!part || plot_is_count(name) || !plot_wanted(metrics, name)
                || plot_measure(name).k < k) {
                continue;
            }
            snprintf(title, sizeof title, "%.63s by %s", name,
                     strcmp(plot_cell(&t[i], row, 0), "no-group") == 0
                         ? "group"
                         : plot_cell(&t[i], row, 0));
            p = plot_panel(f, PLOT_BARS, title, part, "");
            if (strcmp(plot_cell(&t[i], row, 0), "no-group") == 0) {
                group = "(none)";
            }
            plot_add(plot_series(p, t[i].file), plot_tick(p, group), mean,
                     plot_number(&t[i], row, 5), plot_number(&t[i], row, 6));
        }
    }
}
