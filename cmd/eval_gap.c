/* SPDX-License-Identifier: MIT */
/* How far the groups of --by are apart: the largest mean of a group less the
   smallest; of recall, the gap in equal opportunity. Users in no group do not
   count. */
#include <config.h>

#include "eval.h"

#include <math.h>

struct gap {
    size_t best, worst; /* groups */
    double mean, error;
};

/* Of column C: 0 if there are not two groups with values. */
static int find_gap(const struct rec_groups *g, size_t c, struct gap *out)
{
    size_t some = 0;

    for (size_t i = 0; i + 1 < g->n; i++) {
        const struct rec_moments *v = g->at + c;
        double mean = v[i * g->columns].mean;

        if (v[i * g->columns].n > 0) {
            if (some == 0 || mean > v[out->best * g->columns].mean) {
                out->best = i;
            }
            if (some == 0 || mean < v[out->worst * g->columns].mean) {
                out->worst = i;
            }
            some++;
        }
    }
    if (some > 1) {
        const struct rec_moments *a = &g->at[out->best * g->columns + c];
        const struct rec_moments *b = &g->at[out->worst * g->columns + c];

        out->mean = a->mean - b->mean;
        out->error = hypot(rec_moments_error(a), rec_moments_error(b));
    }
    return some > 1;
}

static void add_names(struct cli_text *t, const struct eval_result *r,
                      const struct gap *x, const char *between)
{
    size_t len;
    const char *name = rec_dict_id(r->names, (uint32_t)x->best, &len);

    cli_text_add(t, name, len);
    cli_text_printf(t, "%s", between);
    name = rec_dict_id(r->names, (uint32_t)x->worst, &len);
    cli_text_add(t, name, len);
}

void eval_gap_text(struct cli_text *t, const struct eval_result *r, size_t c)
{
    struct gap x;

    if (find_gap(r->groups, c, &x)) {
        cli_text_printf(t, "%8s %9.6f %9.6f %9s %9s  ", "gap", x.mean,
                        x.error, "", "");
        add_names(t, r, &x, " against ");
        cli_text_add(t, "\n", 1);
    }
}

void eval_gaps_tsv(struct cli_text *t, const struct eval_result *r)
{
    char name[REC_MEASURE_NAME];
    struct gap x;

    for (size_t c = 0; c < r->measures->columns; c++) {
        if (find_gap(r->groups, c, &x)) {
            rec_measures_name(r->measures, c, name);
            cli_text_printf(t, "gap\t");
            add_names(t, r, &x, " against ");
            cli_text_printf(t, "\t%s\t%.9g\t%.9g\t\t\n", name, x.mean,
                            x.error);
        }
    }
}

void eval_gaps_json(struct cli_text *t, const struct eval_result *r)
{
    char name[REC_MEASURE_NAME];
    const char *id;
    size_t len;
    struct gap x;
    int some = 0;

    cli_text_printf(t, ",\"gaps\":{");
    for (size_t c = 0; c < r->measures->columns; c++) {
        if (find_gap(r->groups, c, &x)) {
            rec_measures_name(r->measures, c, name);
            cli_text_printf(t,
                            "%s\"%s\":{\"gap\":%.9g,\"error\":%.9g,\"best\":",
                            some++ ? "," : "", name, x.mean, x.error);
            id = rec_dict_id(r->names, (uint32_t)x.best, &len);
            eval_string_json(t, id, len);
            cli_text_printf(t, ",\"worst\":");
            id = rec_dict_id(r->names, (uint32_t)x.worst, &len);
            eval_string_json(t, id, len);
            cli_text_add(t, "}", 1);
        }
    }
    cli_text_add(t, "}", 1);
}
