/* SPDX-License-Identifier: MIT */
/* The reports of rec-eval: means over users, or every user's values. */
#include <config.h>

#include "eval.h"

#include <math.h>
#include <string.h>

/* ---- numbers ------------------------------------------------------------ */

void eval_number_text(struct cli_text *t, double x)
{
    if (isnan(x)) {
        cli_text_printf(t, " %9s", "-");
    } else {
        cli_text_printf(t, " %9.6f", x);
    }
}

void eval_number_tsv(struct cli_text *t, double x)
{
    if (isnan(x)) {
        cli_text_add(t, "\t", 1);
    } else {
        cli_text_printf(t, "\t%.9g", x);
    }
}

void eval_number_json(struct cli_text *t, const char *name, double x)
{
    if (isnan(x)) {
        cli_text_printf(t, "\"%s\":null", name);
    } else {
        cli_text_printf(t, "\"%s\":%.9g", name, x);
    }
}

static double mean_of(const struct rec_moments *v)
{
    return v->n > 0 ? v->mean : NAN;
}

static double error_of(const struct rec_moments *v)
{
    return v->n > 0 ? rec_moments_error(v) : NAN;
}

void eval_mean_text(struct cli_text *t, const struct rec_moments *v,
                    const struct rec_interval *i)
{
    eval_number_text(t, mean_of(v));
    eval_number_text(t, error_of(v));
    eval_number_text(t, i->low);
    eval_number_text(t, i->high);
}

void eval_mean_tsv(struct cli_text *t, const struct rec_moments *v,
                   const struct rec_interval *i)
{
    eval_number_tsv(t, mean_of(v));
    eval_number_tsv(t, error_of(v));
    eval_number_tsv(t, i->low);
    eval_number_tsv(t, i->high);
}

void eval_mean_json(struct cli_text *t, const struct rec_moments *v,
                    const struct rec_interval *i)
{
    eval_number_json(t, "mean", mean_of(v));
    cli_text_add(t, ",", 1);
    eval_number_json(t, "error", error_of(v));
    cli_text_add(t, ",", 1);
    eval_number_json(t, "low", i->low);
    cli_text_add(t, ",", 1);
    eval_number_json(t, "high", i->high);
}

void eval_string_json(struct cli_text *t, const char *s, size_t len)
{
    cli_text_add(t, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c < 0x20) {
            cli_text_printf(t, "\\u%04x", c);
        } else if (c == '"' || c == '\\') {
            cli_text_printf(t, "\\%c", c);
        } else {
            cli_text_add(t, s + i, 1);
        }
    }
    cli_text_add(t, "\"", 1);
}

/* ---- users -------------------------------------------------------------- */

void eval_get_counts(const struct rec_judge *j,
                     struct eval_count out[EVAL_COUNTS])
{
    const struct rec_judge_counts *n = rec_judge_counts(j);
    const struct eval_count all[EVAL_COUNTS] = {
        {"users evaluated", "users/evaluated", "evaluated", n->evaluated},
        {rec_judge_lists_only(j) ? "users without a list" :
                                   "  of them without a list",
         "users/without-list", "without_list", n->without_list},
        {"users without targets", "users/without-targets", "without_targets",
         n->without_targets},
        {"users only in the ranking", "users/only-ranked", "only_ranked",
         n->only_ranked}};

    memcpy(out, all, sizeof all);
}

void eval_counts_text(struct cli_text *t, const struct rec_judge *j)
{
    struct eval_count n[EVAL_COUNTS];

    eval_get_counts(j, n);
    for (int i = 0; i < EVAL_COUNTS; i++) {
        cli_text_printf(t, "%-26s %10zu\n", n[i].words, n[i].n);
    }
}

void eval_counts_json(struct cli_text *t, const struct rec_judge *j)
{
    struct eval_count n[EVAL_COUNTS];

    eval_get_counts(j, n);
    cli_text_printf(t, "\"users\":{");
    for (int i = 0; i < EVAL_COUNTS; i++) {
        cli_text_printf(t, "%s\"%s\":%zu", i ? "," : "", n[i].json, n[i].n);
    }
    cli_text_printf(t, "}");
}

/* ---- reports ------------------------------------------------------------ */

void eval_report_text(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_measures *m = r->measures;
    const struct rec_moments *v = rec_judge_moments(r->judge);
    char name[REC_MEASURE_NAME];

    eval_counts_text(t, r->judge);
    cli_text_printf(t, "\n%-18s %9s %9s %9s %9s  (%g%%)\n", "metric", "mean",
                    "error", "low", "high", 100 * r->draws->level);
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%-18s", name);
        eval_mean_text(t, &v[c], &r->interval[c]);
        cli_text_add(t, "\n", 1);
    }
    eval_catalogue_text(t, r);
    eval_parts_text(t, r);
}

static void begin_line(struct cli_text *t, const struct eval_result *r)
{
    cli_text_printf(t, "%s", eval_has_parts(r) ? "all\tall\t" : "");
}

void eval_report_tsv(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_measures *m = r->measures;
    const struct rec_moments *v = rec_judge_moments(r->judge);
    const char *all = eval_has_parts(r) ? "all\tall\t" : "";
    char name[REC_MEASURE_NAME];
    struct eval_count n[EVAL_COUNTS];

    cli_text_printf(t, "%smetric\tmean\terror\tlow\thigh\n",
                    *all ? "by\tgroup\t" : "");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s%s", all, name);
        eval_mean_tsv(t, &v[c], &r->interval[c]);
        cli_text_add(t, "\n", 1);
    }
    eval_catalogue_tsv(t, r, begin_line, "\t\t\t");
    eval_get_counts(r->judge, n);
    for (int i = 0; i < EVAL_COUNTS; i++) {
        cli_text_printf(t, "%s%s\t%zu\t\t\t\n", all, n[i].tsv, n[i].n);
    }
    cli_text_printf(t, "%sintervals/level\t%g\t\t\t\n", all,
                    100 * r->draws->level);
    eval_parts_tsv(t, r);
}

void eval_draws_json(struct cli_text *t, const struct rec_draws *d)
{
    cli_text_printf(t,
                    "\"intervals\":{\"level\":%g,\"draws\":%u,\"seed\":%.0f}",
                    100 * d->level, (unsigned)d->n, (double)d->seed);
}

void eval_metrics_json(struct cli_text *t, const struct rec_measures *m,
                       const struct rec_moments *v,
                       const struct rec_interval *i)
{
    char name[REC_MEASURE_NAME];

    cli_text_printf(t, "\"metrics\":{");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s\"%s\":{", c ? "," : "", name);
        eval_mean_json(t, &v[c], &i[c]);
        cli_text_add(t, "}", 1);
    }
    cli_text_printf(t, "}");
}

void eval_report_json(struct cli_text *t, const struct eval_result *r)
{
    cli_text_add(t, "{", 1);
    eval_counts_json(t, r->judge);
    cli_text_add(t, ",", 1);
    eval_draws_json(t, r->draws);
    cli_text_add(t, ",", 1);
    eval_metrics_json(t, r->measures, rec_judge_moments(r->judge),
                      r->interval);
    eval_catalogue_json(t, r);
    eval_parts_json(t, r);
    cli_text_printf(t, "}\n");
}

void eval_report_users(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_measures *m = r->measures;
    char name[REC_MEASURE_NAME];
    size_t n;
    const uint32_t *user = rec_judge_rows(r->judge, &n);

    cli_text_printf(t, "user\ttargets");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\t%s", name);
    }
    eval_parts_header(t, r);
    cli_text_printf(t, "\n");
    for (size_t i = 0; i < n; i++) {
        struct rec_row row = rec_data_row(r->truth, user[i]);

        cli_text_add(t, row.id, row.id_len);
        cli_text_printf(t, "\t%zu", row.n);
        for (size_t c = 0; c < m->columns; c++) {
            eval_number_tsv(t, rec_judge_user(r->judge, user[i])[c]);
        }
        eval_parts_user(t, r, user[i]);
        cli_text_printf(t, "\n");
    }
}
