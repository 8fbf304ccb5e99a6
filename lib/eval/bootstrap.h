/* SPDX-License-Identifier: MIT */
/* How sure a figure is: intervals by the bootstrap, and the test of a
   difference by random signs. Both draw users and assume nothing of how their
   values are spread. All columns of the units share the draws. Draw d depends
   on the seed and d alone: the results are the same for any number of
   threads. */
#ifndef REC_BOOTSTRAP_H
#define REC_BOOTSTRAP_H

#include "eval/units.h"

struct rec_draws {
    double level; /* of the intervals: .95 */
    uint32_t n;   /* draws */
    uint64_t seed;
    int threads;
};

struct rec_interval {
    double low, high; /* NAN: of nothing */
};

/* OUT[c]: the interval of the statistic of column c, bias-corrected and
   accelerated (BCa: Efron, "Better bootstrap confidence intervals", 1987): of
   the statistics of N resamples of as many units, drawn with replacement, the
   quantiles at

       p = Phi(z0 + (z0 + z) / (1 - a (z0 + z))),  z = Phi^-1((1 -+ level) / 2)

   where Phi(z0) is the share of resamples below the statistic itself, equal
   ones half, and a = sum l^3 / (6 (sum l^2)^1.5) with l = sum - statistic *
   base of each unit. If all units are alike it is the statistic itself. */
REC_MUST_CHECK int rec_bootstrap(const struct rec_units *u,
                                 const struct rec_draws *o,
                                 struct rec_interval *out,
                                 struct rec_error *err);

/* P[c]: the two-sided probability, if the sign of every unit's sum of column c
   were by chance, of one at least as far from zero as it is: Fisher's
   randomisation test, by N draws of all signs: (1 + those at least as far) /
   (1 + N). */
REC_MUST_CHECK int rec_sign_test(const struct rec_units *u,
                                 const struct rec_draws *o, double *p,
                                 struct rec_error *err);

/* Holm's correction of the N probabilities P for there being N of them: sorted
   ascending, the i-th becomes the largest of (N - j) p_j over j <= i (from 0),
   at most 1. OUT may be P. */
REC_MUST_CHECK int rec_holm(const double *p, size_t n, double *out,
                            struct rec_error *err);

#endif
