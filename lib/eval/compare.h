/* SPDX-License-Identifier: MIT */
/* What a judge has kept of its users, resampled: intervals of the means, and
   two rankings of the same users compared user by user. */
#ifndef REC_COMPARE_H
#define REC_COMPARE_H

#include "eval/bootstrap.h"
#include "eval/judge.h"

/* OUT[c]: the interval of the mean of column c over the N rows ROW of the
   truth, all with targets. */
REC_MUST_CHECK int rec_judge_intervals(const struct rec_judge *j,
                                       const uint32_t *row, size_t n,
                                       const struct rec_draws *o,
                                       struct rec_interval *out,
                                       struct rec_error *err);

/* One column of run B against run A, over the users of whom both have a
   value. */
struct rec_comparison {
    struct rec_moments difference; /* B - A: n, mean, spread */
    struct rec_interval interval;  /* of its mean */
    double p;      /* of the randomisation test */
    double holm;   /* corrected for the pairs compared: the caller's */
    double effect; /* mean / sd of the differences (Cohen's d_z); 0: none */
    double better, worse; /* users whose value is larger in B, in A */
};

/* OUT[c] for every column of the judges A and B, which have the same truth and
   measures. */
REC_MUST_CHECK int rec_judges_compare(const struct rec_judge *a,
                                      const struct rec_judge *b,
                                      const struct rec_draws *o,
                                      struct rec_comparison *out,
                                      struct rec_error *err);

#endif
