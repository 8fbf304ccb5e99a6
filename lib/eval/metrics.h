/* SPDX-License-Identifier: MIT */
/* The ranking metrics, from the ranks at which one user's targets were found.
   T is the user's targets, r(1) < r(2) < ... the ranks (from 1) of those that
   the list has, h(k) how many of them are at most k:

     recall@k/min   h(k) / min(k, |T|)
     recall@k/all   h(k) / |T|
     precision@k    h(k) / k
     ndcg@k         sum over r(j) <= k of 1/log2(r(j) + 1), divided by the sum
                    of 1/log2(i + 1) for i = 1 .. min(k, |T|)
     map@k          sum over r(j) <= k of j / r(j), divided by min(k, |T|)
     hit@k          1 if h(k) > 0, else 0
     mrr            1 / r(1), or 0; over the whole list

   A list shorter than k is a list whose missing places are misses. Gains are
   binary (Jarvelin and Kekalainen, "Cumulated gain-based evaluation of IR
   techniques", 2002, with that discount). */
#ifndef REC_METRICS_H
#define REC_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum rec_metric {
    REC_RECALL_MIN,
    REC_RECALL_ALL,
    REC_PRECISION,
    REC_NDCG,
    REC_MAP,
    REC_HIT,
    REC_MRR, /* without a k */
    /* what a list shows, from eval/traits.h */
    REC_POPULARITY,
    REC_LIFT,
    REC_NOVELTY,
    REC_TAIL,
    REC_MISCALIBRATION,
    REC_DIVERSITY,
    REC_DIVERSITY_ATTRIBUTES,
    REC_BRIER, /* the next without a k, from eval/chances.h */
    REC_LOG_LOSS,
    REC_METRICS
};
/* Those of the hits; those of the popularity of items; that of vectors, that of
   attributes; those of scores as probabilities. */
#define REC_METRICS_ALL ((1u << (REC_MRR + 1)) - 1)
#define REC_METRICS_POPULARITY                                                \
    ((1u << REC_DIVERSITY) - 1 - REC_METRICS_ALL)
#define REC_METRICS_VECTORS (1u << REC_DIVERSITY)
#define REC_METRICS_ATTRIBUTES (1u << REC_DIVERSITY_ATTRIBUTES)
#define REC_METRICS_CHANCES (1u << REC_BRIER | 1u << REC_LOG_LOSS)

enum { REC_MAX_CUTS = 32, REC_MAX_CUT = 1000000 };

#define REC_MEASURE_NAME 32 /* no name of a metric is longer */

/* Which metric from its name without "@k": "recall/min", "ndcg" ...;
   REC_METRICS if there is none of this name. */
enum rec_metric rec_metric_find(const char *name, size_t len);
/* The other way round, into OUT. */
void rec_metric_name(enum rec_metric m, char out[REC_MEASURE_NAME]);

/* Where other tools do it in another way; all zero is ours. */
struct rec_rules {
    int flat_ndcg;  /* the discount is max(1, log2(r)): 1, 1, 1.58 ... */
    int cut_mrr;    /* mrr@k: 0 if the first hit is beyond k */
    int map_of_all; /* map@k is divided by |T|, not by min(k, |T|) */
    int lists_only; /* a user without a list is left out, and does not count
                       0 */
    int ties_down;  /* equal scores of unranked lists: larger id bytes first */
};

/* What is measured: columns, one per metric and k, metrics first. */
struct rec_measures {
    unsigned metrics; /* bits 1 << enum rec_metric */
    uint32_t cut[REC_MAX_CUTS];
    size_t cuts;
    uint32_t longest;  /* the largest k; 0 if no metric has one */
    size_t columns;
    size_t accurate;   /* those of the hits, the first of the columns */
    size_t chances;    /* those of probabilities, the last */
    struct rec_rules rules;
    double *discount;  /* [r] = 1 / log2(r + 1), r = 1 .. longest */
    double *ideal;     /* [n] = discount[1] + ... + discount[n] */
};

/* CUT: N different k, 1 to REC_MAX_CUT each. RULES: NULL for ours. */
REC_MUST_CHECK int rec_measures_init(struct rec_measures *m, unsigned metrics,
                                     const uint32_t *cut, size_t n,
                                     const struct rec_rules *rules,
                                     struct rec_error *err);
void rec_measures_release(struct rec_measures *m);

/* "recall@20/min": the name of COLUMN. */
void rec_measures_name(const struct rec_measures *m, size_t column,
                       char out[REC_MEASURE_NAME]);

/* One user's values, m->accurate of them: the N ascending ranks in RANK were
   hits, of TARGETS > 0 targets. */
void rec_measures_row(const struct rec_measures *m, const uint32_t *rank,
                      size_t n, size_t targets, double *out);

/* A running mean and spread (Welford, 1962): no cancellation, so equal values
   have no spread at all. */
struct rec_moments {
    double n, mean, spread; /* spread: sum of squared distances to the mean */
};
/* NAN is no value. */
void rec_moments_add(struct rec_moments *m, double x);
/* N more values that are all zero. */
void rec_moments_add_zeros(struct rec_moments *m, double n);
/* Standard error of the mean: sd / sqrt(n), where sd divides by n. */
double rec_moments_error(const struct rec_moments *m);

#endif
