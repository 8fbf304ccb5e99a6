/* SPDX-License-Identifier: MIT */
/* Choosing options on validation users: see grid.h. */
#include <config.h>

#include "grid.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "validate.h"

/* ---- lists ------------------------------------------------------------- */

/* A number of N bytes. */
static void add_value(struct grid_axis *a, const char *text, size_t n)
{
    double v;

    if (a->n == GRID_MAX) {
        die_usage("--%s: more than %d of them", a->name, GRID_MAX);
    }
    if (rec_parse_double(text, n, &v) != 0 || (a->whole && v != floor(v))) {
        die_usage("--%s: '%.*s' is not a %snumber", a->name, (int)n, text,
                  a->whole ? "whole " : "");
    }
    if (!(v >= a->min && v <= a->max)) {
        die_usage("--%s: '%.*s' is not in the range %g to %g", a->name, (int)n,
                  text, a->min, a->max);
    }
    a->value[a->n++] = v;
}

static void parse_axis(struct grid_axis *a)
{
    const char *list = a->given, *part;
    size_t n;

    a->n = 0;
    while ((part = cli_next_part(&list, &n)) != NULL) {
        add_value(a, part, n);
    }
    if (a->n == 0) {
        a->value[a->n++] = a->usual;
    }
}

void grid_parse(struct grid *g, const struct cli *c)
{
    g->c = c;
    for (int i = 0; i < g->axes; i++) {
        parse_axis(&g->axis[i]);
        if (g->axis[i].n > 1 && !g->valid_in) {
            die_usage("several values of --%s need --validate-in and "
                      "--validate-out to choose one",
                      g->axis[i].name);
        }
    }
    validate_check_usage(g->valid_in, g->valid_out, cli_one_input(c));
}

/* ---- trying them ------------------------------------------------------- */

/* The values of combination K. Returns 0 if there are no more. */
static int combination(const struct grid *g, size_t k, double *value)
{
    for (int i = g->axes; i-- > 0;) {
        const struct grid_axis *a = &g->axis[i];

        value[i] = a->value[k % (size_t)a->n];
        k /= (size_t)a->n;
    }
    return k == 0;
}

/* A line of the table; MEAN NULL for its head. */
static void show(const struct grid *g, const double *value,
                 const struct rec_moments *mean)
{
    char line[256];
    size_t used = 0;

    for (int i = 0; i < g->axes; i++) {
        used += mean ? (size_t)snprintf(line + used, sizeof line - used,
                                        "%-10.6g ", value[i])
                     : (size_t)snprintf(line + used, sizeof line - used,
                                        "%-10s ", g->axis[i].name);
    }
    for (int k = 0; k < VALIDATE_COLUMNS; k++) {
        used += mean ? (size_t)snprintf(line + used, sizeof line - used,
                                        "%13.6f ", mean[k].mean)
                     : (size_t)snprintf(line + used, sizeof line - used,
                                        "%13s ", validate_name(k));
    }
    if (mean) {
        note(g->c, "%s%9.6f", line,
             rec_moments_error(&mean[VALIDATE_NDCG_100]));
    } else {
        note(g->c, "%s%9s", line, "+-");
    }
}

static void show_best(const struct grid *g, const double *value, size_t users)
{
    char line[128];
    size_t used = 0;

    for (int i = 0; i < g->axes; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, "%s %.6g, ",
                                 g->axis[i].name, value[i]);
    }
    line[used - 2] = '\0';
    note(g->c, "the best ndcg@100 of %zu users: %s", users, line);
}

void grid_choose(struct grid *g, struct cli *c, const struct rec_dict *items,
                 double *best)
{
    struct rec_moments mean[VALIDATE_COLUMNS];
    double value[GRID_AXES], highest = -1;
    struct validation v;
    struct rec_model m;
    size_t k = 0;

    combination(g, 0, best);
    if (!g->valid_in) {
        return;
    }
    validate_open(&v, c, g->valid_in, g->valid_out, items);
    show(g, NULL, NULL);
    for (; combination(g, k, value); k++) {
        g->make(g->ctx, value, &m);
        validate_model(&v, &m, (int)c->threads, mean);
        g->unmake(g->ctx, &m);
        show(g, value, mean);
        if (mean[VALIDATE_NDCG_100].mean > highest) {
            highest = mean[VALIDATE_NDCG_100].mean;
            memcpy(best, value, (size_t)g->axes * sizeof *best);
        }
    }
    if (k > 1) {
        show_best(g, best, v.users);
    }
    validate_release(&v);
}
