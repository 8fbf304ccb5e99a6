/* SPDX-License-Identifier: MIT */
/* Judging a ranking: every list of a stream against the targets of its user.
   Joined by id, in bounded memory: the truth is held whole, the ranking goes
   by in batches. Users come from the truth; one with targets and without a
   list (or with an empty one) counts 0 in every metric. */
#ifndef REC_JUDGE_H
#define REC_JUDGE_H

#include "data/dataset.h"
#include "eval/chances.h"
#include "eval/metrics.h"
#include "eval/strata.h"
#include "eval/traits.h"

struct rec_judge;

struct rec_judge_counts {
    size_t evaluated;       /* users with targets */
    size_t without_list;    /* of them, users without a list; or beside
                               them, if the rules leave these out */
    size_t without_targets; /* users of the truth with an empty row */
    size_t only_ranked;     /* users that the truth does not have */
    size_t longest;         /* items of the longest list */
};

/* TRUTH, its name FILE for messages, and M are borrowed. If ITEMS (borrowed)
   is not NULL, hits and places are counted there too; TRAITS (borrowed) must be
   there if M measures any, with the same M. REC_EREPEAT if a user of the truth
   has a target twice. */
REC_MUST_CHECK int rec_judge_new(struct rec_judge **j,
                                 const struct rec_data *truth,
                                 const char *file,
                                 const struct rec_measures *m,
                                 struct rec_strata *items,
                                 struct rec_traits *traits,
                                 struct rec_error *err);
void rec_judge_free(struct rec_judge *j);

/* Judge BATCH, just read from IN. The lists of a ranking are taken as they
   stand, those of interactions are put in order first. REC_EREPEAT if a user
   or an item of a list comes twice, REC_ECORRUPT if a score increases within
   a ranked list, REC_EVALUE if one is no probability where M measures
   these. */
REC_MUST_CHECK int rec_judge_add(struct rec_judge *j,
                                 const struct rec_row_reader *in,
                                 const struct rec_batch *batch,
                                 struct rec_error *err);

/* The same for a whole RUN of lists with scores, in any order, of FILE. */
REC_MUST_CHECK int rec_judge_add_run(struct rec_judge *j,
                                     const struct rec_data *run,
                                     const char *file, struct rec_error *err);

/* After the verified end of the ranking: count the users without a list. */
void rec_judge_finish(struct rec_judge *j);

/* Valid once finished; borrowed from J. One moments per column of the
   measures; the values of user ROW of the truth. */
const struct rec_judge_counts *rec_judge_counts(const struct rec_judge *j);
const struct rec_moments *rec_judge_moments(const struct rec_judge *j);
const double *rec_judge_user(const struct rec_judge *j, size_t row);
/* All scores as probabilities; none if M does not measure them. */
const struct rec_chances *rec_judge_chances(const struct rec_judge *j);
size_t rec_judge_columns(const struct rec_judge *j);
/* Are users without a list left out? */
int rec_judge_lists_only(const struct rec_judge *j);
/* The rows of the truth that are evaluated, ascending; *N of them. */
const uint32_t *rec_judge_rows(const struct rec_judge *j, size_t *n);

#endif
