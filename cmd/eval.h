/* SPDX-License-Identifier: MIT */
/* The parts of rec-eval: judgements, and the ways to report them. */
#ifndef EVAL_H
#define EVAL_H

#include "cli.h"
#include "eval/compare.h"
#include "eval/groups.h"
#include "eval/judge.h"
#include "eval/reliability.h"

/* A ranking judged. The last seven are NULL if nobody asked for them. */
struct eval_result {
    const char *name; /* of the run */
    const struct rec_data *truth;
    const struct rec_measures *measures;
    const struct rec_draws *draws;
    struct rec_judge *judge;
    char *used;                    /* how the truth came into it, or NULL */
    struct rec_interval *interval; /* one per column */
    struct rec_traits *traits;         /* --exposure, --vectors */
    struct rec_catalogue *catalogue;   /* --exposure: one per cutoff */
    struct rec_reliability *reliability; /* --probabilities */
    const struct rec_strata *items;    /* --by-popularity */
    const struct rec_groups *activity; /* --by-activity */
    const struct rec_groups *groups;   /* --by */
    const struct rec_dict *names;      /* of the groups but the last */
};

/* Several, and each pair of them: PAIR has a comparison per column of run 1
   against 0, 2 against 0, 2 against 1, 3 against 0 ... */
struct eval_runs {
    size_t n;
    struct eval_result *run;
    struct rec_comparison *pair;
};

/* How many users of what sort. */
struct eval_count {
    const char *words, *tsv, *json;
    size_t n;
};
enum { EVAL_COUNTS = 4 };

/* ---- eval_presets.c: as other tools count ------------------------------- */

struct eval_preset {
    const char *cuts;
    unsigned metrics, known; /* by default; those that can be asked for */
    struct rec_rules rules;
};
extern const char *const eval_preset_names[];
const struct eval_preset *eval_preset(int choice);

/* ---- eval_open.c: streams and text -------------------------------------- */

void eval_show_digest(const struct cli *c, const char *what, const char *name,
                      const uint8_t *digest);
/* Users with their targets, or items with their attributes: WHAT. */
void eval_load_pairs(const struct cli *c, struct rec_data *out,
                     const char *what, const char *path, int pipes_are_text);
/* All lists of PATH, and the end. How TRUTH has come into what they were made
   from, for a message, to be freed; NULL: nothing known. */
char *eval_judge(const struct cli *c, struct rec_judge *j, const char *path,
                 const struct rec_data *truth, int pipes_are_text);

/* ---- eval_report.c: the means of all users ------------------------------ */

void eval_get_counts(const struct rec_judge *j,
                     struct eval_count out[EVAL_COUNTS]);

void eval_report_text(struct cli_text *t, const struct eval_result *r);
void eval_report_tsv(struct cli_text *t, const struct eval_result *r);
void eval_report_json(struct cli_text *t, const struct eval_result *r);
void eval_report_users(struct cli_text *t, const struct eval_result *r);

/* Pieces of these. A mean, its error, its interval: */
void eval_mean_text(struct cli_text *t, const struct rec_moments *v,
                    const struct rec_interval *i);
void eval_mean_tsv(struct cli_text *t, const struct rec_moments *v,
                   const struct rec_interval *i);
void eval_mean_json(struct cli_text *t, const struct rec_moments *v,
                    const struct rec_interval *i);
/* One number; one that is none is "-", nothing, null. */
void eval_number_text(struct cli_text *t, double x);
void eval_number_tsv(struct cli_text *t, double x);
void eval_number_json(struct cli_text *t, const char *name, double x);
/* "users":{...}, "intervals":{...} and "metrics":{...} of an object. */
void eval_counts_json(struct cli_text *t, const struct rec_judge *j);
void eval_draws_json(struct cli_text *t, const struct rec_draws *d);
void eval_metrics_json(struct cli_text *t, const struct rec_measures *m,
                       const struct rec_moments *v,
                       const struct rec_interval *i);
void eval_string_json(struct cli_text *t, const char *s, size_t len);
void eval_counts_text(struct cli_text *t, const struct rec_judge *j);

/* ---- eval_runs.c: several rankings -------------------------------------- */

/* Compare all pairs; R->pair is the caller's to free. */
void eval_compare(struct eval_runs *r);
void eval_runs_text(struct cli_text *t, const struct eval_runs *r);
void eval_runs_tsv(struct cli_text *t, const struct eval_runs *r);
void eval_runs_json(struct cli_text *t, const struct eval_runs *r);

/* ---- eval_lists.c: what all lists together show ------------------------- */

/* To be released, and freed. */
struct rec_reliability *eval_reliability(const struct eval_result *r);

/* One for each cutoff, to be freed. */
struct rec_catalogue *eval_catalogue(const struct rec_traits *t);
void eval_catalogue_text(struct cli_text *t, const struct eval_result *r);
/* BEGIN writes what stands before, END after the value. */
void eval_catalogue_tsv(struct cli_text *t, const struct eval_result *r,
                        void (*begin)(struct cli_text *,
                                      const struct eval_result *),
                        const char *end);
void eval_catalogue_json(struct cli_text *t, const struct eval_result *r);
/* Instead of the means a line for each item. */
void eval_report_items(struct cli_text *t, const struct eval_result *r);

/* ---- eval_gap.c: how far groups are apart ------------------------------- */

/* Of column C: a line after its groups. */
void eval_gap_text(struct cli_text *t, const struct eval_result *r, size_t c);
void eval_gaps_tsv(struct cli_text *t, const struct eval_result *r);
void eval_gaps_json(struct cli_text *t, const struct eval_result *r);

/* ---- eval_personas.c: lists beside the tastes of their users ------------- */

/* The report of the ranking PATH against GROUPS, at the cutoffs of M, as text,
   tsv or json (FORMAT 0, 1, 2). */
void eval_personas(struct cli *c, const char *groups, const char *path,
                   const struct rec_measures *m, int format);

/* ---- eval_parts.c: by parts of the users and of the items --------------- */

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
