/* SPDX-License-Identifier: MIT */
/* Popularity within the cohort of a user: the answer for those of whom little
   more is known than whom they are like. With n_c training users in cohort c,
   of whom n_ci have item i, and n and n_i the same of all, the score is

     (n_ci + s n_i / n) / (n_c + s)

   the share of the cohort that has the item, drawn towards the share of all by
   S imagined users (the prior), so that a small cohort says little. A user of
   no cohort gets n_i / n.

   File: kind "model/cohort-pop"; parameters "users", "cohorts", "listed" (users
   whose cohort is known), "prior"; arrays "count" u32[items]; "size"
   u32[cohorts], their training users; "start" i64[cohorts + 1], "item" u32 and
   "amount" u32, of each cohort the items, ascending, and how many have them;
   "user", the ids listed, each ended by LF, and "cohort" u32[listed]. */
#ifndef REC_COHORT_POP_H
#define REC_COHORT_POP_H

#include "data/dataset.h"
#include "models/model.h"

extern const struct rec_model_type rec_cohort_pop_type;

struct rec_cohort_pop {
    const struct rec_dict *users; /* listed; borrowed */
    uint32_t *cohort;             /* of each of them, or REC_NONE */
    uint32_t cohorts, items;
    uint32_t *count, *size, *amount;
    struct rec_csr rows;          /* per cohort: its items */
    uint64_t trained;             /* training users */
    uint64_t placed;              /* those who have a cohort */
    double prior;
};

/* Count the interactions X by the cohorts that GROUPS, a stream of kind
   "groups", says: of each user at most one. Users whom it does not list count
   for all, and in no cohort. GROUPS must outlive *P. REC_EVALUE if a user is in
   several. *P is the caller's, to be released. */
REC_MUST_CHECK int rec_cohort_pop_fit(struct rec_cohort_pop *p,
                                      const struct rec_data *x,
                                      const struct rec_data *groups,
                                      double prior, struct rec_error *err);
void rec_cohort_pop_release(struct rec_cohort_pop *p);

REC_MUST_CHECK int rec_cohort_pop_save(const struct rec_cohort_pop *p,
                                       const struct rec_dict *items,
                                       struct rec_output *o, int level,
                                       const char *prov,
                                       struct rec_error *err);

#endif
