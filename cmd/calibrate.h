/* SPDX-License-Identifier: MIT */
/* The parts of rec-calibrate. */
#ifndef CALIBRATE_H
#define CALIBRATE_H

#include "cli.h"
#include "data/dataset.h"
#include "eval/calibrate.h"
#include "eval/reliability.h"

/* ---- calibrate_trials.c: scores, outcomes, cohorts ----------------------- */

/* A ranking, or interactions that have scores and no role, at PATH. Dies. */
struct rec_row_reader *calibrate_open(const char *path);

/* Die if item I of ROW has no probability as its score. */
void calibrate_check_probability(const struct rec_row_reader *in,
                                 const struct rec_row *row, size_t i);

/* The cohorts of users: each has one at most. */
struct cohorts {
    const char *path;       /* NULL: nobody has one */
    struct rec_data groups; /* its items are the cohorts */
};
/* Read PATH, which may be NULL. Dies. */
void cohorts_load(struct cohorts *g, struct cli *c, const char *path);
/* That of the user of ROW, or REC_NONE. */
uint32_t cohorts_find(const struct cohorts *g, const struct rec_row *row);
void cohorts_release(struct cohorts *g);

/* What was shown, and what of it was liked. */
struct trials {
    size_t n;
    float *score;
    uint8_t *hit;
    uint32_t *cohort; /* NULL without cohorts */
    size_t cap[3];
    /* With cohorts, sorted by them: those of cohort k are from FROM[k] on,
       before FROM[k + 1]; those of no cohort are last. */
    size_t *from;
    size_t users, unplaced; /* rows; and those in no cohort */
    size_t strangers;       /* whom the truth does not have */
};

/* Join the ranking at PATH with what TRUTH has. With PROBABILITIES, die of a
   score that is none; also of a user or an item given twice. The provenance of
   the ranking, the caller's to free, in *PROV; with FIT, test data are
   refused. */
void trials_read(struct trials *t, struct cli *c, const char *path,
                 const struct rec_data *truth, const struct cohorts *g,
                 int probabilities, int fit, char **prov);
void trials_release(struct trials *t);

/* ---- calibrate_report.c -------------------------------------------------- */

struct report {
    size_t bins;
    enum rec_binning binning;
    int tsv;
};
/* Write what the trials T of probabilities show: of all, and by cohort if there
   are cohorts. */
void calibrate_report(struct cli_text *out, const struct trials *t,
                      const struct cohorts *g, const struct report *how);

#endif
