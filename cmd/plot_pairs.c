/* SPDX-License-Identifier: MIT */
/* Figures about a diagonal: Lorenz curves, reliability diagrams, two runs user
   by user. */
#include <config.h>

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/dict.h"

enum { NAME = 512 };

/* ---- exposure ------------------------------------------------------------ */

enum { STEPS = 256 }; /* points of a curve, at most */

static int ascending(const void *pa, const void *pb)
{
    const double *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

/* The Lorenz curve of column COL of T, and the Gini coefficient with its
   name. */
static void add_lorenz(struct plot_panel *p, const struct plot_table *t,
                       size_t col, const char *name)
{
    size_t n = t->rows - 1;
    double *e = xalloc(n, sizeof *e), all = 0, sum = 0, gini = 0;
    struct plot_series *s;
    char full[NAME];

    for (size_t i = 0; i < n; i++) {
        e[i] = plot_number(t, i + 1, col);
        if (!(e[i] >= 0)) {
            plot_refuse(t, i + 1, "has no count where one is needed");
        }
        all += e[i];
    }
    qsort(e, n, sizeof *e, ascending);
    for (size_t i = 0; i < n; i++) {
        gini += (2 * (double)i + 1 - (double)n) * e[i];
    }
    snprintf(full, sizeof full, "%s, Gini %.3f", name,
             all > 0 ? gini / ((double)n * all) : 0);
    s = plot_series(p, full);
    plot_add(s, 0, 0, 0, 0);
    for (size_t i = 0; i < n && all > 0; i++) {
        double x = (double)(i + 1) / (double)n;

        sum += e[i];
        if ((i + 1) * STEPS / n > i * STEPS / n) {
            plot_add(s, x, sum / all, NAN, NAN);
        }
    }
    free(e);
}

void plot_lorenz(struct plot_figure *f, const struct plot_table *t, size_t n,
                 const char *metrics)
{
    f->heading = "How evenly the items are shown";
    for (size_t i = 0; i < n; i++) {
        for (size_t col = 2; col < t[i].cols; col++) {
            const char *name = plot_cell(&t[i], 0, col);
            struct plot_panel *p;
            char train[NAME];

            if (!plot_wanted(metrics, name)) {
                continue;
            }
            p = plot_panel(f, PLOT_SHARES, name,
                           "share of the items, the least shown first",
                           "share of the places");
            add_lorenz(p, &t[i], col, t[i].file);
            if (i + 1 == n) {
                snprintf(train, sizeof train, "training data");
                add_lorenz(p, &t[i], 1, train);
            }
        }
    }
}

/* ---- probabilities ------------------------------------------------------- */

/* "FILE, cohort thin, ECE 0.0113": the lines of T from ROW on. */
static void name_bins(const struct plot_table *t, size_t row, int with_file,
                      char out[NAME])
{
    size_t col = t->report == PLOT_BINS_BY ? 2 : 0, end = row;
    const char *by = col ? plot_cell(t, row, 0) : "", *group = "";
    double ece = NAN;

    if (col) {
        group = plot_cell(t, row, 1);
    }
    for (; end < t->rows && isnan(ece); end++) {
        if (strcmp(plot_cell(t, end, col), "ece") == 0) {
            ece = plot_number(t, end, col + 2);
        }
    }
    snprintf(out, NAME, "%.200s%s%.30s%s%.200s, ECE %.4f",
             with_file ? t->file : "", with_file && *by ? ", " : "", by,
             *group && strcmp(by, "all") != 0 ? " " : "",
             strcmp(by, "all") != 0 ? group : "", ece);
}

static void add_bins(struct plot_panel *p, const struct plot_table *t)
{
    size_t col = t->report == PLOT_BINS_BY ? 2 : 0;
    char name[NAME];
    int begun = 0;

    for (size_t row = 1; row < t->rows; row++) {
        const char *bin = plot_cell(t, row, col);

        if (*bin < '0' || *bin > '9') {
            begun = 0; /* what sums up ends a group */
            continue;
        }
        if (!begun) {
            name_bins(t, row, 1, name);
            begun = 1;
        }
        plot_add(plot_series(p, name), plot_number(t, row, col + 2),
                 plot_number(t, row, col + 3), plot_number(t, row, col + 4),
                 plot_number(t, row, col + 5));
    }
}

void plot_reliability(struct plot_figure *f, const struct plot_table *t,
                      size_t n, const char *metrics)
{
    struct plot_panel *p = plot_panel(f, PLOT_TRUTH, "Do probabilities come "
                                                     "true?",
                                      "mean probability", "share of hits");

    (void)metrics;
    f->heading = "Probabilities, and what came of them";
    for (size_t i = 0; i < n; i++) {
        add_bins(p, &t[i]);
    }
}

/* ---- two runs ------------------------------------------------------------ */

enum { GRID = 100 }; /* users within a square of this part of the range are
                        one point */

/* By row of B, that of A with the same user, or 0. */
static size_t *join(const struct plot_table *a, const struct plot_table *b)
{
    struct rec_dict *d = rec_dict_new();
    size_t *at = xalloc(b->rows, sizeof *at), alone = a->rows - 1;
    char *met = xalloc(a->rows, 1);
    struct rec_error err;
    uint32_t index;

    if (!d) {
        die("out of memory");
    }
    memset(met, 0, a->rows);
    for (size_t row = 1; row < a->rows; row++) {
        const char *id = plot_cell(a, row, 0);

        check(rec_dict_add(d, id, strlen(id), &index, &err), &err);
        if (index + 1 != row) {
            plot_refuse(a, row, "has a user who was there before");
        }
    }
    for (size_t row = 1; row < b->rows; row++) {
        const char *id = plot_cell(b, row, 0);

        index = rec_dict_find(d, id, strlen(id));
        at[row] = index == REC_NONE ? 0 : (size_t)index + 1;
        if (at[row] == 0) {
            alone++;
        } else if (met[at[row]]) {
            plot_refuse(b, row, "has a user who was there before");
        } else {
            met[at[row]] = 1;
            alone--;
        }
    }
    if (alone > 0) {
        warn("%s, %s: %zu users are in one of them only, and left out",
             a->file, b->file, alone);
    }
    rec_dict_free(d);
    free(met);
    return at;
}

static size_t find_column(const struct plot_table *t, const char *name)
{
    for (size_t col = 2; col < t->cols; col++) {
        if (strcmp(plot_cell(t, 0, col), name) == 0) {
            return col;
        }
    }
    return 0;
}

/* The range of column COL. */
static void widen(const struct plot_table *t, size_t col, double *low,
                  double *high)
{
    for (size_t row = 1; row < t->rows; row++) {
        double x = plot_number(t, row, col);

        *low = x < *low ? x : *low;
        *high = x > *high ? x : *high;
    }
}

/* A metric of the users of A and B, which are in columns CA and CB. */
static void add_cloud(struct plot_figure *f, const struct plot_table *a,
                      const struct plot_table *b, const size_t *at, size_t ca,
                      size_t cb)
{
    double low = 0, high = 0, step;
    size_t better = 0, worse = 0, all = 0;
    struct plot_panel *p;
    struct plot_series *s;
    uint32_t *n = xalloc((GRID + 1) * (GRID + 1), sizeof *n);
    char title[NAME];

    widen(a, ca, &low, &high);
    widen(b, cb, &low, &high);
    step = high > low ? (high - low) / GRID : 1;
    memset(n, 0, (GRID + 1) * (GRID + 1) * sizeof *n);
    for (size_t row = 1; row < b->rows; row++) {
        double x = at[row] ? plot_number(a, at[row], ca) : NAN,
               y = plot_number(b, row, cb);

        if (!isnan(x) && !isnan(y)) {
            n[(size_t)((y - low) / step + .5) * (GRID + 1)
              + (size_t)((x - low) / step + .5)]++;
            better += y > x;
            worse += y < x;
            all++;
        }
    }
    snprintf(title, sizeof title, "%.60s: %zu users better, %zu worse, %zu "
             "alike", plot_cell(b, 0, cb), better, worse,
             all - better - worse);
    p = plot_panel(f, PLOT_CLOUD, title, a->file, b->file);
    s = plot_series(p, "");
    for (size_t i = 0; i < (GRID + 1) * (GRID + 1); i++) {
        size_t across = i % (GRID + 1), up = i / (GRID + 1);

        if (n[i] > 0) {
            plot_add(s, low + step * (double)across, low + step * (double)up,
                     n[i], NAN);
        }
    }
    free(n);
}

/* What is drawn if nobody says: ndcg at the largest k, or the first metric. */
static const char *one_metric(const struct plot_table *t)
{
    const char *best = plot_cell(t, 0, 2);
    double k = 0;

    for (size_t col = 2; col < t->cols; col++) {
        struct plot_measure m = plot_measure(plot_cell(t, 0, col));

        if (strcmp(m.base, "ndcg") == 0 && m.k > k) {
            best = plot_cell(t, 0, col);
            k = m.k;
        }
    }
    return best;
}

void plot_scatter(struct plot_figure *f, const struct plot_table *t, size_t n,
                  const char *metrics)
{
    f->heading = "Two rankings, user by user";
    if (n < 2) {
        die("%s: has the users of one ranking; give those of another one too",
            t->file);
    }
    metrics = metrics ? metrics : one_metric(t);
    for (size_t i = 1; i < n; i++) {
        size_t *at = join(&t[0], &t[i]);

        for (size_t col = 2; col < t[i].cols; col++) {
            const char *name = plot_cell(&t[i], 0, col);
            size_t other = find_column(&t[0], name);

            if (other > 0 && plot_wanted(metrics, name)) {
                add_cloud(f, &t[0], &t[i], at, other, col);
            }
        }
        free(at);
    }
}
