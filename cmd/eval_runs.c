/* SPDX-License-Identifier: MIT */
/* The report of rec-eval on several rankings of the same users: each, and all
   pairs. */
#include <config.h>

#include "eval.h"

#include <stdlib.h>
#include <string.h>

static size_t pair_count(const struct eval_runs *r)
{
    return r->n * (r->n - 1) / 2;
}

static const struct rec_comparison *pair_at(const struct eval_runs *r,
                                            size_t b, size_t a)
{
    return r->pair + (b * (b - 1) / 2 + a) * r->run->measures->columns;
}

/* Correct each column for the number of pairs. */
static void correct(struct eval_runs *r)
{
    size_t columns = r->run->measures->columns, n = pair_count(r);
    double *p = xalloc(n, sizeof *p);
    struct rec_error err;

    for (size_t c = 0; c < columns; c++) {
        for (size_t i = 0; i < n; i++) {
            p[i] = r->pair[i * columns + c].p;
        }
        check(rec_holm(p, n, p, &err), &err);
        for (size_t i = 0; i < n; i++) {
            r->pair[i * columns + c].holm = p[i];
        }
    }
    free(p);
}

void eval_compare(struct eval_runs *r)
{
    size_t columns = r->run->measures->columns, i = 0;
    struct rec_error err;

    r->pair = xalloc(pair_count(r) * columns, sizeof *r->pair);
    for (size_t b = 1; b < r->n; b++) {
        for (size_t a = 0; a < b; a++) {
            check(rec_judges_compare(r->run[a].judge, r->run[b].judge,
                                     r->run->draws, r->pair + i++ * columns,
                                     &err),
                  &err);
        }
    }
    correct(r);
}

/* ---- text --------------------------------------------------------------- */

static void pairs_text(struct cli_text *t, const struct eval_runs *r,
                       size_t c)
{
    cli_text_printf(t, "%9s %9s %9s %9s %8s %8s %7s %7s %7s  runs\n",
                    "change", "error", "low", "high", "p", "holm", "effect",
                    "better", "worse");
    for (size_t b = 1; b < r->n; b++) {
        for (size_t a = 0; a < b; a++) {
            const struct rec_comparison *p = &pair_at(r, b, a)[c];

            eval_mean_text(t, &p->difference, &p->interval);
            cli_text_printf(t, " %8.6f %8.6f %7.3f %7.0f %7.0f  ", p->p,
                            p->holm, p->effect, p->better, p->worse);
            cli_text_add(t, r->run[b].name, strlen(r->run[b].name));
            cli_text_printf(t, " against ");
            cli_text_add(t, r->run[a].name, strlen(r->run[a].name));
            cli_text_add(t, "\n", 1);
        }
    }
}

void eval_runs_text(struct cli_text *t, const struct eval_runs *r)
{
    const struct rec_measures *m = r->run->measures;
    char name[REC_MEASURE_NAME];

    for (size_t i = 0; i < r->n; i++) {
        cli_text_add(t, r->run[i].name, strlen(r->run[i].name));
        cli_text_add(t, "\n", 1);
        eval_counts_text(t, r->run[i].judge);
        eval_catalogue_text(t, &r->run[i]);
        cli_text_add(t, "\n", 1);
    }
    cli_text_printf(t, "intervals of %g%%, %u draws\n",
                    100 * r->run->draws->level, (unsigned)r->run->draws->n);
    for (size_t c = 0; c < m->columns; c++) {
        rec_measures_name(m, c, name);
        cli_text_printf(t, "\n%s\n%9s %9s %9s %9s  run\n", name, "mean",
                        "error", "low", "high");
        for (size_t i = 0; i < r->n; i++) {
            eval_mean_text(t, &rec_judge_moments(r->run[i].judge)[c],
                           &r->run[i].interval[c]);
            cli_text_add(t, "  ", 2);
            cli_text_add(t, r->run[i].name, strlen(r->run[i].name));
            cli_text_add(t, "\n", 1);
        }
        pairs_text(t, r, c);
    }
}

/* ---- tsv ---------------------------------------------------------------- */

/* Names of files come from anywhere. */
static void add_name(struct cli_text *t, const char *name)
{
    for (; *name; name++) {
        cli_text_add(t, strchr("\t\n\r", *name) ? "?" : name, 1);
    }
}

static void begin_line(struct cli_text *t, const char *run,
                       const char *against, const char *metric)
{
    add_name(t, run);
    cli_text_add(t, "\t", 1);
    add_name(t, against);
    cli_text_printf(t, "\t%s", metric);
}

static void begin_run(struct cli_text *t, const struct eval_result *r)
{
    begin_line(t, r->name, "", "");
}

static void run_tsv(struct cli_text *t, const struct eval_result *r)
{
    char name[REC_MEASURE_NAME];
    struct eval_count n[EVAL_COUNTS];

    for (size_t c = 0; c < r->measures->columns; c++) {
        rec_measures_name(r->measures, c, name);
        begin_line(t, r->name, "", name);
        eval_mean_tsv(t, &rec_judge_moments(r->judge)[c], &r->interval[c]);
        cli_text_printf(t, "\t\t\t\t\t\n");
    }
    eval_catalogue_tsv(t, r, begin_run, "\t\t\t\t\t\t\t\t");
    eval_get_counts(r->judge, n);
    for (int i = 0; i < EVAL_COUNTS; i++) {
        begin_line(t, r->name, "", n[i].tsv);
        cli_text_printf(t, "\t%zu\t\t\t\t\t\t\t\t\n", n[i].n);
    }
}

void eval_runs_tsv(struct cli_text *t, const struct eval_runs *r)
{
    const struct rec_measures *m = r->run->measures;
    char name[REC_MEASURE_NAME];

    cli_text_printf(t, "run\tagainst\tmetric\tmean\terror\tlow\thigh\tp\tholm"
                       "\teffect\tbetter\tworse\n");
    for (size_t i = 0; i < r->n; i++) {
        run_tsv(t, &r->run[i]);
    }
    for (size_t b = 1; b < r->n; b++) {
        for (size_t a = 0; a < b; a++) {
            for (size_t c = 0; c < m->columns; c++) {
                const struct rec_comparison *p = &pair_at(r, b, a)[c];

                rec_measures_name(m, c, name);
                begin_line(t, r->run[b].name, r->run[a].name, name);
                eval_mean_tsv(t, &p->difference, &p->interval);
                cli_text_printf(t, "\t%.9g\t%.9g\t%.9g\t%.0f\t%.0f\n", p->p,
                                p->holm, p->effect, p->better, p->worse);
            }
        }
    }
}

/* ---- json --------------------------------------------------------------- */

static void name_json(struct cli_text *t, const char *key, const char *name)
{
    cli_text_printf(t, "\"%s\":", key);
    eval_string_json(t, name, strlen(name));
}

static void run_json(struct cli_text *t, const struct eval_result *r)
{
    cli_text_add(t, "{", 1);
    name_json(t, "run", r->name);
    cli_text_add(t, ",", 1);
    eval_counts_json(t, r->judge);
    cli_text_add(t, ",", 1);
    eval_metrics_json(t, r->measures, rec_judge_moments(r->judge),
                      r->interval);
    eval_catalogue_json(t, r);
    cli_text_add(t, "}", 1);
}

static void pair_json(struct cli_text *t, const struct eval_runs *r, size_t b,
                      size_t a)
{
    const struct rec_measures *m = r->run->measures;
    char name[REC_MEASURE_NAME];

    cli_text_add(t, "{", 1);
    name_json(t, "run", r->run[b].name);
    cli_text_add(t, ",", 1);
    name_json(t, "against", r->run[a].name);
    cli_text_printf(t, ",\"metrics\":{");
    for (size_t c = 0; c < m->columns; c++) {
        const struct rec_comparison *p = &pair_at(r, b, a)[c];
        const struct rec_moments *d = &p->difference;

        rec_measures_name(m, c, name);
        cli_text_printf(t, "%s\"%s\":{\"users\":%.0f,", c ? "," : "", name,
                        d->n);
        eval_mean_json(t, d, &p->interval);
        cli_text_printf(t,
                        ",\"p\":%.9g,\"holm\":%.9g,\"effect\":%.9g,"
                        "\"better\":%.0f,\"worse\":%.0f}",
                        p->p, p->holm, p->effect, p->better, p->worse);
    }
    cli_text_printf(t, "}}");
}

void eval_runs_json(struct cli_text *t, const struct eval_runs *r)
{
    cli_text_add(t, "{", 1);
    eval_draws_json(t, r->run->draws);
    cli_text_printf(t, ",\"runs\":[");
    for (size_t i = 0; i < r->n; i++) {
        cli_text_printf(t, "%s", i ? "," : "");
        run_json(t, &r->run[i]);
    }
    cli_text_printf(t, "],\"pairs\":[");
    for (size_t b = 1; b < r->n; b++) {
        for (size_t a = 0; a < b; a++) {
            cli_text_printf(t, "%s", b > 1 ? "," : "");
            pair_json(t, r, b, a);
        }
    }
    cli_text_printf(t, "]}\n");
}
