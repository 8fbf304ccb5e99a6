/* SPDX-License-Identifier: MIT */
/* The report of rec-eval by parts: deciles of the items by popularity, deciles
   of the users by activity, groups of users. A part that nobody is in is left
   out; a recall of no targets is no number and left out, "-" or null. */
#include <config.h>

#include "eval.h"

#include <inttypes.h>

int eval_has_parts(const struct eval_result *r)
{
    return r->items || r->activity || r->groups;
}

/* ---- names -------------------------------------------------------------- */

enum { PART_NAME = 16 };

static void name_stratum(int s, char out[PART_NAME])
{
    if (s < REC_DECILES) {
        snprintf(out, PART_NAME, "%d", s + 1);
    } else {
        snprintf(out, PART_NAME, "new");
    }
}

/* The name of group G; NULL: of the users that have none. */
static const char *name_group(const struct eval_result *r, size_t g,
                              size_t *len)
{
    return g < rec_dict_count(r->names)
               ? rec_dict_id(r->names, (uint32_t)g, len)
               : NULL;
}

/* ---- the items of a stratum --------------------------------------------- */

/* Is there anything to say of stratum S? */
static int has_stratum(const struct rec_strata *x, int s)
{
    uint64_t n = x->items[s];

    for (size_t c = 0; c < x->cuts; c++) {
        n += x->at[s][c].places;
    }
    return n > 0;
}

/* A figure and its interval. */
struct figure {
    double value;
    struct rec_interval sure;
};

static struct figure get(const struct rec_strata *x, int figure, int s,
                         size_t c)
{
    struct figure f = {
        rec_strata_figure(x, (enum rec_strata_figure)figure, s, c),
        rec_strata_interval(x, (enum rec_strata_figure)figure, s, c)};

    return f;
}

/* The users of group I. */
static size_t members(const struct rec_groups *g, size_t i)
{
    return g->first[i + 1] - g->first[i];
}

/* ---- text --------------------------------------------------------------- */

static void items_text(struct cli_text *t, const struct rec_strata *x,
                       size_t c)
{
    static const char *const words[] = {"pooled", "mean", "exposure"};

    cli_text_printf(t, "\nrecall@%" PRIu32 " by popularity of the item\n",
                    x->cut[c]);
    cli_text_printf(t, "%-6s %8s %9s %8s", "decile", "items", "targets",
                    "hits");
    for (int f = 0; f < REC_FIGURES; f++) {
        cli_text_printf(t, " %9s %9s %9s", words[f], "low", "high");
    }
    cli_text_add(t, "\n", 1);
    for (int s = 0; s < REC_STRATA; s++) {
        char name[PART_NAME];

        if (!has_stratum(x, s)) {
            continue;
        }
        name_stratum(s, name);
        cli_text_printf(t, "%-6s %8" PRIu64 " %9" PRIu64 " %8" PRIu64, name,
                        x->items[s], x->targets[s], x->at[s][c].hits);
        for (int f = 0; f < REC_FIGURES; f++) {
            struct figure v = get(x, f, s, c);

            eval_number_text(t, v.value);
            eval_number_text(t, v.sure.low);
            eval_number_text(t, v.sure.high);
        }
        cli_text_add(t, "\n", 1);
    }
}

static void activity_text(struct cli_text *t, const struct rec_groups *g,
                          size_t c)
{
    cli_text_printf(t, "%-6s %8s %9s %9s %9s %9s %9s %9s\n", "decile",
                    "users", "fewest", "most", "mean", "error", "low",
                    "high");
    for (size_t i = 0; i < g->n; i++) {
        const struct rec_moments *v = &g->at[i * g->columns + c];

        if (members(g, i) > 0) {
            cli_text_printf(t, "%-6zu %8zu %9" PRIu32 " %9" PRIu32, i + 1,
                            members(g, i), g->least[i], g->most[i]);
            eval_mean_text(t, v, &g->interval[i * g->columns + c]);
            cli_text_add(t, "\n", 1);
        }
    }
}

static void groups_text(struct cli_text *t, const struct eval_result *r,
                        size_t c)
{
    const struct rec_groups *g = r->groups;

    cli_text_printf(t, "%8s %9s %9s %9s %9s  %s\n", "users", "mean", "error",
                    "low", "high", "group");
    for (size_t i = 0; i < g->n; i++) {
        const struct rec_moments *v = &g->at[i * g->columns + c];
        size_t len;
        const char *name = name_group(r, i, &len);

        if (members(g, i) > 0) {
            cli_text_printf(t, "%8zu", members(g, i));
            eval_mean_text(t, v, &g->interval[i * g->columns + c]);
            cli_text_add(t, "  ", 2);
            cli_text_add(t, name ? name : "(none)", name ? len : 6);
            cli_text_add(t, "\n", 1);
        }
    }
    eval_gap_text(t, r, c);
}

void eval_parts_text(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_measures *m = r->measures;
    char name[REC_MEASURE_NAME];

    for (size_t c = 0; r->items && c < r->items->cuts; c++) {
        items_text(t, r->items, c);
    }
    for (size_t c = 0; r->activity && c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\n%s by activity of the user\n", name);
        activity_text(t, r->activity, c);
    }
    for (size_t c = 0; r->groups && c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\n%s by group of the user\n", name);
        groups_text(t, r, c);
    }
}

/* ---- tsv ---------------------------------------------------------------- */

static void figure_tsv(struct cli_text *t, const char *by, const char *name,
                       uint32_t k, const char *variant, const char *error,
                       struct figure f)
{
    cli_text_printf(t, "%s\t%s@%" PRIu32 "%s", by, name, k, variant);
    eval_number_tsv(t, f.value);
    cli_text_printf(t, "\t%s", error);
    eval_number_tsv(t, f.sure.low);
    eval_number_tsv(t, f.sure.high);
    cli_text_add(t, "\n", 1);
}

static void items_tsv(struct cli_text *t, const struct rec_strata *x, int s)
{
    char by[PART_NAME + 16], name[PART_NAME], error[32];

    name_stratum(s, name);
    snprintf(by, sizeof by, "popularity\t%s", name);
    cli_text_printf(t, "%s\titems\t%" PRIu64 "\t\t\t\n", by, x->items[s]);
    cli_text_printf(t, "%s\tevents\t%" PRIu64 "\t\t\t\n", by, x->events[s]);
    cli_text_printf(t, "%s\ttargets\t%" PRIu64 "\t\t\t\n", by,
                    x->targets[s]);
    for (size_t c = 0; c < x->cuts; c++) {
        const struct rec_stratum *a = &x->at[s][c];
        uint32_t k = x->cut[c];

        cli_text_printf(t, "%s\thits@%" PRIu32 "\t%" PRIu64 "\t\t\t\n", by,
                        k, a->hits);
        if (x->targets[s] > 0) {
            snprintf(error, sizeof error, "%.9g",
                     rec_moments_error(&a->recall));
            figure_tsv(t, by, "recall", k, "/pooled", "",
                       get(x, REC_POOLED, s, c));
            figure_tsv(t, by, "recall", k, "/all", error,
                       get(x, REC_MEAN, s, c));
        }
        figure_tsv(t, by, "exposure", k, "", "", get(x, REC_EXPOSURE, s, c));
    }
}

/* The part that BY and the LEN bytes at NAME say, with these moments. */
static void users_tsv(struct cli_text *t, const struct rec_measures *m,
                      const char *by, const char *name, size_t len,
                      const struct rec_moments *v,
                      const struct rec_interval *sure)
{
    char metric[REC_MEASURE_NAME];

    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, metric);
        cli_text_printf(t, "%s\t", by);
        cli_text_add(t, name, len);
        cli_text_printf(t, "\t%s", metric);
        eval_mean_tsv(t, &v[c], &sure[c]);
        cli_text_add(t, "\n", 1);
    }
}

static void activity_tsv(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_groups *g = r->activity;

    for (size_t i = 0; i < g->n; i++) {
        const struct rec_moments *v = &g->at[i * g->columns];
        char name[PART_NAME];
        int len = snprintf(name, sizeof name, "%d", (int)i + 1);

        if (members(g, i) > 0) {
            cli_text_printf(t, "activity\t%s\tusers\t%zu\t\t\t\n", name,
                            members(g, i));
            cli_text_printf(t, "activity\t%s\titems/fewest\t%" PRIu32
                            "\t\t\t\n",
                            name, g->least[i]);
            cli_text_printf(t, "activity\t%s\titems/most\t%" PRIu32
                            "\t\t\t\n",
                            name, g->most[i]);
            users_tsv(t, r->measures, "activity", name, (size_t)len, v,
                      g->interval + i * g->columns);
        }
    }
}

static void groups_tsv(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_groups *g = r->groups;

    for (size_t i = 0; i < g->n; i++) {
        const struct rec_moments *v = &g->at[i * g->columns];
        size_t len;
        const char *name = name_group(r, i, &len);
        const char *by = name ? "group" : "no-group";

        if (members(g, i) > 0) {
            cli_text_printf(t, "%s\t", by);
            cli_text_add(t, name ? name : "none", name ? len : 4);
            cli_text_printf(t, "\tusers\t%zu\t\t\t\n", members(g, i));
            users_tsv(t, r->measures, by, name ? name : "none",
                      name ? len : 4, v, g->interval + i * g->columns);
        }
    }
}

void eval_parts_tsv(struct cli_text *t, const struct eval_result *r)
{
    for (int s = 0; r->items && s < REC_STRATA; s++) {
        if (has_stratum(r->items, s)) {
            items_tsv(t, r->items, s);
        }
    }
    if (r->activity) {
        activity_tsv(t, r);
    }
    if (r->groups) {
        groups_tsv(t, r);
        eval_gaps_tsv(t, r);
    }
}

/* ---- lines of users ----------------------------------------------------- */

void eval_parts_header(struct cli_text *t, const struct eval_result *r)
{
    char name[PART_NAME];

    if (r->activity) {
        cli_text_printf(t, "\tactivity");
    }
    for (int s = 0; r->items && s < REC_STRATA; s++) {
        name_stratum(s, name);
        cli_text_printf(t, "\ttargets/%s", name);
        for (size_t c = 0; c < r->items->cuts; c++) {
            cli_text_printf(t, "\thits@%" PRIu32 "/%s", r->items->cut[c],
                            name);
        }
    }
}

void eval_parts_user(struct cli_text *t, const struct eval_result *r,
                     size_t user)
{
    const struct rec_strata *x = r->items;
    struct rec_row row = rec_data_row(r->truth, user);
    size_t targets[REC_STRATA] = {0};

    if (r->activity) {
        cli_text_printf(t, "\t%d", r->activity->decile[user] + 1);
    }
    for (size_t i = 0; x && i < row.n; i++) {
        targets[x->target[row.item[i]]]++;
    }
    for (int s = 0; x && s < REC_STRATA; s++) {
        cli_text_printf(t, "\t%zu", targets[s]);
        for (size_t c = 0; c < x->cuts; c++) {
            cli_text_printf(t, "\t%" PRIu32,
                            rec_strata_user(x, user)[(size_t)s * x->cuts + c]);
        }
    }
}

/* ---- json --------------------------------------------------------------- */

static void items_json(struct cli_text *t, const struct rec_strata *x, int s)
{
    static const char *const words[] = {"pooled", "recall", "exposure"};
    char name[PART_NAME];

    name_stratum(s, name);
    cli_text_printf(t,
                    "{\"decile\":\"%s\",\"items\":%" PRIu64
                    ",\"events\":%" PRIu64 ",\"targets\":%" PRIu64
                    ",\"cutoffs\":{",
                    name, x->items[s], x->events[s], x->targets[s]);
    for (size_t c = 0; c < x->cuts; c++) {
        const struct rec_stratum *a = &x->at[s][c];

        cli_text_printf(t, "%s\"%" PRIu32 "\":{\"hits\":%" PRIu64,
                        c ? "," : "", x->cut[c], a->hits);
        for (int f = 0; f < REC_FIGURES; f++) {
            struct figure v = get(x, f, s, c);

            cli_text_printf(t, ",\"%s\":{", words[f]);
            eval_number_json(t, "mean", v.value);
            if (f == REC_MEAN) {
                cli_text_add(t, ",", 1);
                eval_number_json(t, "error",
                                 a->recall.n > 0
                                     ? rec_moments_error(&a->recall)
                                     : v.value);
            }
            cli_text_add(t, ",", 1);
            eval_number_json(t, "low", v.sure.low);
            cli_text_add(t, ",", 1);
            eval_number_json(t, "high", v.sure.high);
            cli_text_add(t, "}", 1);
        }
        cli_text_add(t, "}", 1);
    }
    cli_text_printf(t, "}}");
}

/* Group I, whose object has begun. */
static void users_json(struct cli_text *t, const struct rec_measures *m,
                       const struct rec_groups *g, size_t i)
{
    cli_text_printf(t, ",\"users\":%zu,", members(g, i));
    eval_metrics_json(t, m, g->at + i * g->columns,
                      g->interval + i * g->columns);
    cli_text_printf(t, "}");
}

static void activity_json(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_groups *g = r->activity;
    int some = 0;

    cli_text_printf(t, ",\"activity\":[");
    for (size_t i = 0; i < g->n; i++) {
        if (members(g, i) > 0) {
            cli_text_printf(t,
                            "%s{\"decile\":\"%zu\",\"fewest\":%" PRIu32
                            ",\"most\":%" PRIu32,
                            some++ ? "," : "", i + 1, g->least[i],
                            g->most[i]);
            users_json(t, r->measures, g, i);
        }
    }
    cli_text_printf(t, "]");
}

static void groups_json(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_groups *g = r->groups;
    int some = 0;

    cli_text_printf(t, ",\"groups\":[");
    for (size_t i = 0; i < g->n; i++) {
        size_t len;
        const char *name = name_group(r, i, &len);

        if (members(g, i) > 0) {
            cli_text_printf(t, "%s{\"group\":", some++ ? "," : "");
            if (name) {
                eval_string_json(t, name, len);
            } else {
                cli_text_printf(t, "null");
            }
            users_json(t, r->measures, g, i);
        }
    }
    cli_text_printf(t, "]");
}

void eval_parts_json(struct cli_text *t, const struct eval_result *r)
{
    int some = 0;

    if (r->items) {
        cli_text_printf(t, ",\"popularity\":[");
        for (int s = 0; s < REC_STRATA; s++) {
            if (has_stratum(r->items, s)) {
                cli_text_printf(t, "%s", some++ ? "," : "");
                items_json(t, r->items, s);
            }
        }
        cli_text_printf(t, "]");
    }
    if (r->activity) {
        activity_json(t, r);
    }
    if (r->groups) {
        groups_json(t, r);
        eval_gaps_json(t, r);
    }
}
