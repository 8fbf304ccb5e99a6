/* SPDX-License-Identifier: MIT */
/* What the lists show: the files that this takes, and the figures that are not
   means over users but of all lists together, which have no interval. */
#include <config.h>

#include "eval.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

struct figure {
    char name[REC_MEASURE_NAME];
    double value;
};
enum { FIGURES = 4, CHANCES = 3, ALL = FIGURES * REC_MAX_CUTS + CHANCES };
enum { BINS = 10 };

static size_t add(struct figure *out, size_t n, double value, const char *fmt,
                  ...) REC_PRINTF(4, 5);

static size_t add(struct figure *out, size_t n, double value, const char *fmt,
                  ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(out[n].name, sizeof out->name, fmt, ap);
    va_end(ap);
    out[n].value = value;
    return n + 1;
}

/* Of cutoff number C, FIGURES of them. */
static void get_catalogue(const struct eval_result *r, size_t c,
                          const char *suffix, struct figure *out)
{
    const struct rec_catalogue *a = &r->catalogue[c];
    size_t n = add(out, 0, a->coverage, "coverage%s", suffix);

    n = add(out, n, a->gini, "gini%s", suffix);
    n = add(out, n, a->entropy, "entropy%s", suffix);
    add(out, n, exp2(a->entropy), "effective%s", suffix);
}

static size_t get_chances(const struct eval_result *r, struct figure *out)
{
    size_t n = add(out, 0, r->reliability->ece, "ece");

    n = add(out, n, r->reliability->square, "square");
    return add(out, n, r->reliability->debiased, "debiased");
}

static size_t get_all(const struct eval_result *r, struct figure out[ALL])
{
    size_t n = 0;
    char suffix[16];

    for (size_t c = 0; r->catalogue && c < r->measures->cuts; c++) {
        snprintf(suffix, sizeof suffix, "@%" PRIu32, r->measures->cut[c]);
        get_catalogue(r, c, suffix, out + n);
        n += FIGURES;
    }
    return r->reliability ? n + get_chances(r, out + n) : n;
}

struct rec_reliability *eval_reliability(const struct eval_result *r)
{
    const struct rec_chances *t = rec_judge_chances(r->judge);
    struct rec_reliability *out = xalloc(1, sizeof *out);
    struct rec_error err;

    if (t->n == 0) {
        die("%s: no user with targets has a list", r->name);
    }
    check(rec_reliability(out, t->p, t->y, t->n, BINS, REC_BINS_COUNT, &err),
          &err);
    return out;
}

struct rec_catalogue *eval_catalogue(const struct rec_traits *t)
{
    size_t cuts = t->measures->cuts;
    struct rec_catalogue *a = xalloc(cuts, sizeof *a);
    struct rec_error err;

    for (size_t c = 0; c < cuts; c++) {
        check(rec_traits_catalogue(t, c, &a[c], &err), &err);
    }
    return a;
}

void eval_catalogue_text(struct cli_text *t, const struct eval_result *r)
{
    struct figure f[ALL];
    size_t n = get_all(r, f);

    for (size_t i = 0; i < n; i++) {
        cli_text_printf(t, "%-18s", f[i].name);
        eval_number_text(t, f[i].value);
        cli_text_add(t, "\n", 1);
    }
}

void eval_catalogue_tsv(struct cli_text *t, const struct eval_result *r,
                        void (*begin)(struct cli_text *,
                                      const struct eval_result *),
                        const char *end)
{
    struct figure f[ALL];
    size_t n = get_all(r, f);

    for (size_t i = 0; i < n; i++) {
        begin(t, r);
        cli_text_printf(t, "%s", f[i].name);
        eval_number_tsv(t, f[i].value);
        cli_text_printf(t, "%s\n", end);
    }
}

void eval_report_items(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_traits *x = r->traits;
    size_t cuts = r->measures->cuts, n, len;
    uint32_t *e = rec_traits_shown(x, &n), train = rec_dict_count(
                                               x->train->items);

    if (!e) {
        die("out of memory");
    }
    cli_text_printf(t, "item\tcount");
    for (size_t c = 0; c < cuts; c++) {
        cli_text_printf(t, "\tshown@%" PRIu32, r->measures->cut[c]);
    }
    cli_text_add(t, "\n", 1);
    for (uint32_t i = 0; i < n; i++) {
        const char *id = i < train
                             ? rec_dict_id(x->train->items, i, &len)
                             : rec_dict_id(x->others, i - train, &len);

        cli_text_add(t, id, len);
        cli_text_printf(t, "\t%" PRIu32, i < train ? x->count[i] : 0);
        for (size_t c = 0; c < cuts; c++) {
            cli_text_printf(t, "\t%" PRIu32, e[i * cuts + c]);
        }
        cli_text_add(t, "\n", 1);
    }
    free(e);
}

static void figures_json(struct cli_text *t, const struct figure *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cli_text_add(t, ",", 1);
        eval_number_json(t, f[i].name, f[i].value);
    }
    cli_text_add(t, "}", 1);
}

void eval_catalogue_json(struct cli_text *t, const struct eval_result *r)
{
    struct figure f[ALL];

    for (size_t c = 0; r->catalogue && c < r->measures->cuts; c++) {
        get_catalogue(r, c, "", f);
        cli_text_printf(t, "%s\"%" PRIu32 "\":{\"items\":%.0f",
                        c ? "," : ",\"catalogue\":{", r->measures->cut[c],
                        r->catalogue[c].items);
        figures_json(t, f, FIGURES);
    }
    cli_text_printf(t, "%s", r->catalogue ? "}" : "");
    if (r->reliability) {
        cli_text_printf(t, ",\"calibration\":{\"items\":%zu",
                        r->reliability->all.n);
        figures_json(t, f, get_chances(r, f));
    }
}
