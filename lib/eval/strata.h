/* SPDX-License-Identifier: MIT */
/* What lists find and show of the popular items and of the rare ones: hits and
   places by deciles of popularity, each of which has a tenth of the
   interactions that a model was trained on (data/deciles.h: by share, equal
   counts by the tie rule). Items without any are a stratum of their own.

   For stratum s, cutoff k and the users u with targets, T(u, s) of which are
   in s and h(u, s, k) of these among the first k of u's list:

     hits     sum over u of h(u, s, k)
     recall   mean over the u with T(u, s) > 0 of h(u, s, k) / T(u, s)
     places   how many of the first k of all u's lists hold items of s

   and from these: pooled recall, hits / targets, and exposure, the share that
   s has of the places of all strata. */
#ifndef REC_STRATA_H
#define REC_STRATA_H

#include "data/dataset.h"
#include "data/deciles.h"
#include "eval/bootstrap.h"
#include "eval/metrics.h"

enum { REC_STRATA = REC_DECILES + 1 }; /* the last: items without events */

struct rec_stratum { /* at one cutoff */
    uint64_t hits, places;
    struct rec_moments recall;
};

enum rec_strata_figure { REC_POOLED, REC_MEAN, REC_EXPOSURE, REC_FIGURES };

struct rec_strata {
    size_t cuts;
    uint32_t cut[REC_MAX_CUTS];
    const struct rec_dict *ids; /* of the items with events */
    uint8_t *decile;            /* of each */
    uint64_t items[REC_STRATA], events[REC_STRATA], targets[REC_STRATA];
    struct rec_stratum at[REC_STRATA][REC_MAX_CUTS];
    /* Kept by the judge: the strata of the items of the truth, and of those
       that the ranking has had so far. */
    uint8_t *target, *listed;
    size_t listed_cap;
    uint32_t listed_n;
    uint32_t *kept; /* h: users of the truth x strata x cuts, or NULL */
    uint32_t *place; /* the number of a user among those with targets */
    struct rec_units units;        /* of what the figures are made */
    struct rec_interval *interval; /* of them, once asked for */
};

/* Deciles of the items of TRAIN; cutoffs as in M; the targets are of TRUTH.
   Items of the last stratum are those targets that TRAIN has no event of. With
   KEEP the hits of every user are kept for rec_strata_user. SEED deals many
   users out to units (eval/units.h). The dictionary of TRAIN is borrowed.
   Release S in any case. */
REC_MUST_CHECK int rec_strata_init(struct rec_strata *s,
                                   const struct rec_data *train,
                                   const struct rec_data *truth,
                                   const struct rec_measures *m, int keep,
                                   uint64_t seed, struct rec_error *err);
void rec_strata_release(struct rec_strata *s);

/* ITEMS of the ranking have grown. */
REC_MUST_CHECK int rec_strata_items(struct rec_strata *s,
                                    const struct rec_dict *items,
                                    struct rec_error *err);

/* Take in the user in row USER of the truth with the N targets TARGET, whose
   LIST of LEN items has some of them at the HITS ascending ranks RANK. */
void rec_strata_add(struct rec_strata *s, size_t user,
                    const uint32_t *target, size_t n,
                    const uint32_t *list, size_t len, const uint32_t *rank,
                    size_t hits);

/* A figure of stratum S at cutoff number C, NAN if there is none, and its
   interval. The latter after rec_strata_intervals, after all users. */
double rec_strata_figure(const struct rec_strata *s,
                         enum rec_strata_figure figure, int stratum,
                         size_t c);
struct rec_interval rec_strata_interval(const struct rec_strata *s,
                                        enum rec_strata_figure figure,
                                        int stratum, size_t c);
REC_MUST_CHECK int rec_strata_intervals(struct rec_strata *s,
                                        const struct rec_draws *o,
                                        struct rec_error *err);

/* h(u, s, k) of the user in row USER: s->cuts for each stratum. */
const uint32_t *rec_strata_user(const struct rec_strata *s, size_t user);

#endif
