/* SPDX-License-Identifier: MIT */
/* The report of rec-calibrate: a reliability table and what sums it up. */
#include <config.h>

#include "calibrate.h"

#include <string.h>

struct figure {
    const char *words, *tsv;
    double value;
    int decimals; /* in text; -1: very small, in powers of ten */
};
enum { FIGURES = 6 };

static void get_figures(const struct rec_reliability *r,
                        struct figure out[FIGURES])
{
    const struct figure all[FIGURES] = {
        {"calibration error", "ece", r->ece, 6},
        {"squared error", "square", r->square, -1},
        {"  without noise", "debiased", r->debiased, -1},
        {"Brier score", "brier", r->brier, 6},
        {"log loss", "log-loss", r->log_loss, 6},
        {"  clipped", "clipped", (double)r->clipped, 0}};

    memcpy(out, all, sizeof all);
}

static void text_bin(struct cli_text *out, const char *name,
                     const struct rec_bin *b)
{
    cli_text_printf(out, "%-6s %10zu %11.6f %9.6f %9.6f %9.6f\n", name, b->n,
                    b->p, b->y, b->low, b->high);
}

static void report_text(struct cli_text *out, const struct rec_reliability *r)
{
    struct figure f[FIGURES];
    char name[24];

    cli_text_printf(out, "%-6s %10s %11s %9s %9s %9s\n", "bin", "items",
                    "probability", "hits", "low", "high");
    for (size_t k = 0; k < r->bins; k++) {
        if (r->bin[k].n > 0) {
            snprintf(name, sizeof name, "%zu", k + 1);
            text_bin(out, name, &r->bin[k]);
        }
    }
    text_bin(out, "all", &r->all);
    cli_text_printf(out, "\n");
    get_figures(r, f);
    for (int i = 0; i < FIGURES; i++) {
        if (f[i].decimals < 0) {
            cli_text_printf(out, "%-18s %9.2e\n", f[i].words, f[i].value);
        } else {
            cli_text_printf(out, "%-18s %9.*f\n", f[i].words, f[i].decimals,
                            f[i].value);
        }
    }
}

/* What the lines are about: nothing without cohorts. */
static void add_group(struct cli_text *out, const char *by, const char *id,
                      size_t len)
{
    if (by) {
        cli_text_printf(out, "%s\t", by);
        cli_text_add(out, id, len);
        cli_text_add(out, "\t", 1);
    }
}

static void tsv_bin(struct cli_text *out, const char *name,
                    const struct rec_bin *b)
{
    cli_text_printf(out, "%s\t%zu\t%.9g\t%.9g\t%.9g\t%.9g\n", name, b->n, b->p,
                    b->y, b->low, b->high);
}

static void report_tsv(struct cli_text *out, const struct rec_reliability *r,
                       const char *by, const char *id, size_t len)
{
    struct figure f[FIGURES];
    char name[24];

    for (size_t k = 0; k < r->bins; k++) {
        if (r->bin[k].n > 0) {
            snprintf(name, sizeof name, "%zu", k + 1);
            add_group(out, by, id, len);
            tsv_bin(out, name, &r->bin[k]);
        }
    }
    add_group(out, by, id, len);
    tsv_bin(out, "all", &r->all);
    get_figures(r, f);
    for (int i = 0; i < FIGURES; i++) {
        add_group(out, by, id, len);
        cli_text_printf(out, "%s\t%zu\t%.9g\t\t\t\n", f[i].tsv, r->all.n,
                        f[i].value);
    }
}

/* The trials from FROM on, before TO; BY NULL: there are no cohorts. */
static void report_part(struct cli_text *out, const struct trials *t,
                        const struct report *how, size_t from, size_t to,
                        const char *by, const char *id, size_t len)
{
    struct rec_reliability r;
    struct rec_error err;

    check(rec_reliability(&r, t->score + from, t->hit + from, to - from,
                          how->bins, how->binning, &err),
          &err);
    if (how->tsv) {
        report_tsv(out, &r, by, id, len);
    } else {
        if (from > 0 || to < t->n) {
            cli_text_printf(out, "\n%s%s", by, len > 0 ? " " : "");
            cli_text_add(out, id, len);
            cli_text_add(out, "\n", 1);
        }
        report_text(out, &r);
    }
    rec_reliability_release(&r);
}

void calibrate_report(struct cli_text *out, const struct trials *t,
                      const struct cohorts *g, const struct report *how)
{
    uint32_t cohorts = g->path ? rec_dict_count(g->groups.items) : 0;

    if (how->tsv) {
        cli_text_printf(out, "%sbin\tn\tp\thits\tlow\thigh\n",
                        g->path ? "by\tgroup\t" : "");
    }
    report_part(out, t, how, 0, t->n, g->path ? "all" : NULL, "all", 3);
    for (uint32_t k = 0; g->path && k <= cohorts; k++) {
        size_t len = 0;
        const char *id = k < cohorts ? rec_dict_id(g->groups.items, k, &len)
                                     : "";

        if (t->from[k] < t->from[k + 1]) {
            report_part(out, t, how, t->from[k], t->from[k + 1],
                        k < cohorts ? "cohort" : "no-cohort", id, len);
        }
    }
}
