/* SPDX-License-Identifier: MIT */
/* The parts of rec-eval: a judgement, and the ways to report it. */
#ifndef EVAL_H
#define EVAL_H

#include "cli.h"
#include "eval/groups.h"
#include "eval/judge.h"

/* A ranking judged. The last three are NULL if nobody asked for them. */
struct eval_result {
    const struct rec_data *truth;
    const struct rec_measures *measures;
    const struct rec_judge *judge;
    const struct rec_strata *items;    /* --by-popularity */
    const struct rec_groups *activity; /* --by-activity */
    const struct rec_groups *groups;   /* --by */
    const struct rec_dict *names;      /* of the groups but the last */
};

/* ---- eval_report.c: the means of all users ------------------------------ */

void eval_report_text(struct cli_text *t, const struct eval_result *r);
void eval_report_tsv(struct cli_text *t, const struct eval_result *r);
void eval_report_json(struct cli_text *t, const struct eval_result *r);
void eval_report_users(struct cli_text *t, const struct eval_result *r);
/* Means and errors, a member of an object: "metrics":{...}. */
void eval_metrics_json(struct cli_text *t, const struct rec_measures *m,
                       const struct rec_moments *v);

/* ---- eval_parts.c: by parts of the users and of the items ---------------- */

/* Was any part asked for? */
int eval_has_parts(const struct eval_result *r);
void eval_parts_text(struct cli_text *t, const struct eval_result *r);
void eval_parts_tsv(struct cli_text *t, const struct eval_result *r);
void eval_parts_json(struct cli_text *t, const struct eval_result *r);
/* More columns for the lines of users: their names, and what USER has. */
void eval_parts_header(struct cli_text *t, const struct eval_result *r);
void eval_parts_user(struct cli_text *t, const struct eval_result *r,
                     size_t user);

#endif
