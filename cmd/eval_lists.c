/* SPDX-License-Identifier: MIT */
/* What the lists show: the files that this takes, and the figures that are not
   means over users but of all lists together, which have no interval. */
#include <config.h>

#include "eval.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct figure {
    const char *name;
    double value;
};
enum { FIGURES = 4 };

static void get_figures(const struct rec_catalogue *a,
                        struct figure out[FIGURES])
{
    out[0] = (struct figure){"coverage", a->coverage};
    out[1] = (struct figure){"gini", a->gini};
    out[2] = (struct figure){"entropy", a->entropy};
    out[3] = (struct figure){"effective", exp2(a->entropy)};
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
    for (size_t c = 0; r->catalogue && c < r->measures->cuts; c++) {
        struct figure f[FIGURES];
        char name[REC_MEASURE_NAME];

        get_figures(&r->catalogue[c], f);
        for (int i = 0; i < FIGURES; i++) {
            snprintf(name, sizeof name, "%s@%" PRIu32, f[i].name,
                     r->measures->cut[c]);
            cli_text_printf(t, "%-18s", name);
            eval_number_text(t, f[i].value);
            cli_text_add(t, "\n", 1);
        }
    }
}

void eval_catalogue_tsv(struct cli_text *t, const struct eval_result *r,
                        void (*begin)(struct cli_text *,
                                      const struct eval_result *),
                        const char *end)
{
    for (size_t c = 0; r->catalogue && c < r->measures->cuts; c++) {
        struct figure f[FIGURES];

        get_figures(&r->catalogue[c], f);
        for (int i = 0; i < FIGURES; i++) {
            begin(t, r);
            cli_text_printf(t, "%s@%" PRIu32, f[i].name, r->measures->cut[c]);
            eval_number_tsv(t, f[i].value);
            cli_text_printf(t, "%s\n", end);
        }
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

void eval_catalogue_json(struct cli_text *t, const struct eval_result *r)
{
    if (!r->catalogue) {
        return;
    }
    cli_text_printf(t, ",\"catalogue\":{");
    for (size_t c = 0; c < r->measures->cuts; c++) {
        struct figure f[FIGURES];

        get_figures(&r->catalogue[c], f);
        cli_text_printf(t, "%s\"%" PRIu32 "\":{\"items\":%.0f", c ? "," : "",
                        r->measures->cut[c], r->catalogue[c].items);
        for (int i = 0; i < FIGURES; i++) {
            cli_text_add(t, ",", 1);
            eval_number_json(t, f[i].name, f[i].value);
        }
        cli_text_add(t, "}", 1);
    }
    cli_text_add(t, "}", 1);
}
