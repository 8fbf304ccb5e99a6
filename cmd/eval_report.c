/* SPDX-License-Identifier: MIT */
/* The reports of rec-eval: means over users, or every user's values. */
#include <config.h>

#include "eval.h"

#include <string.h>

struct count {
    const char *words, *tsv, *json;
    size_t n;
};
enum { COUNTS = 4 };

static void get_counts(const struct rec_judge *j, struct count out[COUNTS])
{
    const struct rec_judge_counts *n = rec_judge_counts(j);
    const struct count all[COUNTS] = {
        {"users evaluated", "users/evaluated", "evaluated", n->evaluated},
        {"  of them without a list", "users/without-list", "without_list",
         n->without_list},
        {"users without targets", "users/without-targets", "without_targets",
         n->without_targets},
        {"users only in the ranking", "users/only-ranked", "only_ranked",
         n->only_ranked}};

    memcpy(out, all, sizeof all);
}

void eval_report_text(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_judge *j = r->judge;
    const struct rec_measures *m = r->measures;
    const struct rec_moments *v = rec_judge_moments(j);
    char name[REC_MEASURE_NAME];
    struct count n[COUNTS];

    get_counts(j, n);
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%-26s %10zu\n", n[i].words, n[i].n);
    }
    cli_text_printf(t, "\n%-18s %9s %9s\n", "metric", "mean", "error");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%-18s %9.6f %9.6f\n", name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
    eval_parts_text(t, r);
}

void eval_report_tsv(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_judge *j = r->judge;
    const struct rec_measures *m = r->measures;
    const struct rec_moments *v = rec_judge_moments(j);
    const char *all = eval_has_parts(r) ? "all\tall\t" : "";
    char name[REC_MEASURE_NAME];
    struct count n[COUNTS];

    get_counts(j, n);
    cli_text_printf(t, "%smetric\tmean\terror\n",
                    *all ? "by\tgroup\t" : "");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s%s\t%.9g\t%.9g\n", all, name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%s%s\t%zu\t\n", all, n[i].tsv, n[i].n);
    }
    eval_parts_tsv(t, r);
}

void eval_metrics_json(struct cli_text *t, const struct rec_measures *m,
                       const struct rec_moments *v)
{
    char name[REC_MEASURE_NAME];

    cli_text_printf(t, "\"metrics\":{");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s\"%s\":{\"mean\":%.9g,\"error\":%.9g}",
                        c ? "," : "", name, v[c].mean,
                        rec_moments_error(&v[c]));
    }
    cli_text_printf(t, "}");
}

void eval_report_json(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_judge *j = r->judge;
    struct count n[COUNTS];

    get_counts(j, n);
    cli_text_printf(t, "{\"users\":{");
    for (int i = 0; i < COUNTS; i++) {
        cli_text_printf(t, "%s\"%s\":%zu", i ? "," : "", n[i].json, n[i].n);
    }
    cli_text_printf(t, "},");
    eval_metrics_json(t, r->measures, rec_judge_moments(j));
    eval_parts_json(t, r);
    cli_text_printf(t, "}\n");
}

void eval_report_users(struct cli_text *t, const struct eval_result *r)
{
    const struct rec_judge *j = r->judge;
    const struct rec_measures *m = r->measures;
    const struct rec_data *truth = r->truth;
    char name[REC_MEASURE_NAME];

    cli_text_printf(t, "user\ttargets");
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\t%s", name);
    }
    eval_parts_header(t, r);
    cli_text_printf(t, "\n");
    for (size_t u = 0; u < truth->rows.rows; u++) {
        struct rec_row row = rec_data_row(truth, u);

        if (row.n > 0) {
            cli_text_add(t, row.id, row.id_len);
            cli_text_printf(t, "\t%zu", row.n);
            for (size_t c = 0; c < m->columns; c++) {
                cli_text_printf(t, "\t%.9g", rec_judge_user(j, u)[c]);
            }
            eval_parts_user(t, r, u);
            cli_text_printf(t, "\n");
        }
    }
}
