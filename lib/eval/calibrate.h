/* SPDX-License-Identifier: MIT */
/* Scores as probabilities of a hit. A trial is an item shown to a user: its
   score, and whether the user turned out to like it. From trials that no model
   has learnt from, a map is fitted that does not fall:

     Platt     p = s(a z + b), s(x) = 1 / (1 + exp(-x)), a >= 0: maximum
               likelihood with the targets (N+ + 1)/(N+ + 2) for a hit and
               1/(N- + 2) for a miss (Platt 1999; Lin, Lin and Weng 2007)
     isotonic  the monotone map of least squared error, by pooling adjacent
               violators (Ayer et al. 1955), linear between its knots
     shift     p = s(z + b), with the mean of p that of the hits

   and, over any of them, p' = s(logit(p) + b_c) for users of cohort c. Here z
   is the score, or the logit of a score that is a probability. */
#ifndef REC_CALIBRATE_H
#define REC_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "data/dict.h"

/* Where a logit is taken, and a logarithm, probabilities are kept this far
   from 0 and 1: as far as the float below 1 is. */
#define REC_CALIBRATE_EDGE 0x1p-24

enum rec_calibrate_method { /* pinned: they stand in files */
    REC_PLATT = 0,
    REC_ISOTONIC = 1,
    REC_SHIFT = 2
};
enum rec_calibrate_input { /* pinned too: what the scores are */
    REC_FROM_SCORE = 0, /* their order and distances mean something */
    REC_FROM_LOGIT = 1,
    REC_FROM_PROBABILITY = 2
};

struct rec_calibration {
    enum rec_calibrate_method method;
    enum rec_calibrate_input input;
    double slope, offset; /* a, b; 1, b of a shift */
    size_t knots;         /* isotonic: */
    float *at;            /* z of each knot, ascending; owned */
    double *value;        /* p there, in [0, 1], not falling; owned */
    uint32_t cohorts;
    double *shift;        /* b_c of each cohort; owned, NULL: none */
    double prior;         /* the ridge that they were fitted with */
    uint64_t trials, hits;
};

/* Also of one that is all zero. */
void rec_calibration_release(struct rec_calibration *c);

/* z of the score X, which is in [0, 1] if it is a probability. */
double rec_calibrate_z(enum rec_calibrate_input input, float x);

/* The probability of a hit for the score X of a user of COHORT (REC_NONE: of
   none). For users of one cohort it does not fall as X rises, but for the last
   bit of exp. */
double rec_calibrate(const struct rec_calibration *c, uint32_t cohort,
                     float x);

/* Fit C, of which METHOD and INPUT are set and all else is zero, to N trials of
   scores X, hits where Y is 1 and not 0. REC_EVALUE where all trials have the
   same outcome, or there is none: these say nothing of the scores. If scores
   rise where hits fall, the slope of Platt's map is 0. */
REC_MUST_CHECK int rec_calibrate_fit(struct rec_calibration *c, const float *x,
                                     const uint8_t *y, size_t n,
                                     struct rec_error *err);

/* Then the shift of each cohort of NAMES: the trials of cohort k are those
   from FROM[k] on, before FROM[k + 1]. RIDGE >= 0: RIDGE b_c^2 / 2 is added to
   the loss, so that a small cohort stays near the map of all. REC_EVALUE where
   it is 0 and a cohort has one outcome only; one without trials gets 0. */
REC_MUST_CHECK int rec_calibrate_fit_cohorts(struct rec_calibration *c,
                                             const struct rec_dict *names,
                                             const size_t *from,
                                             const float *x, const uint8_t *y,
                                             double ridge,
                                             struct rec_error *err);

/* ---- the parts --------------------------------------------------------- */

/* a >= 0 and b of Platt's map. Newton's method with backtracking on z with
   mean 0 and deviation 1, from a = 1, b = 0; the smoothed targets keep the
   optimum finite even where a score divides hits from misses. */
REC_MUST_CHECK int rec_platt_fit(const double *z, const uint8_t *y, size_t n,
                                 double *a, double *b, struct rec_error *err);

/* Knots (*AT)[k], (*VALUE)[k], k < *KNOTS, the caller's to free: the ends of
   each pool. Trials of equal z are one before pooling; sums are exact. N is
   below 2^32. */
REC_MUST_CHECK int rec_isotonic_fit(const double *z, const uint8_t *y,
                                    size_t n, float **at, double **value,
                                    size_t *knots, struct rec_error *err);

/* *B: sum over i of s(z[i] + b) + RIDGE b = the number of hits, to the last
   bits. REC_EVALUE without such a b. */
REC_MUST_CHECK int rec_shift_fit(const double *z, const uint8_t *y, size_t n,
                                 double ridge, double *b,
                                 struct rec_error *err);

#endif
