/* SPDX-License-Identifier: MIT */
/* Do probabilities come true? Of N trials with probabilities p and outcomes y,
   0 or 1, put into bins by p, of n_b trials each with means p_b and y_b:

     ECE        sum of n_b / n |p_b - y_b| (Guo et al. 2017); it depends on the
                bins, and noise in them raises it
     square     sum of n_b / n (p_b - y_b)^2
     debiased   the same minus y_b (1 - y_b) / (n_b - 1) in each bin, what noise
                adds to it (Kumar, Liang and Ma 2019); may come out below 0;
                nothing is taken from a bin of one trial
     Brier      mean of (p - y)^2
     log loss   mean of -log(p) of hits and -log(1 - p) of misses, p kept
                REC_CALIBRATE_EDGE away from 0 and 1 */
#ifndef REC_RELIABILITY_H
#define REC_RELIABILITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum rec_binning {
    REC_BINS_COUNT, /* as many trials in each, by the order of p; equal p stay
                       together, in the bin of the middle one */
    REC_BINS_WIDTH  /* as wide each; bin b has b / bins <= p < (b + 1) / bins,
                       the last one p = 1 too */
};

struct rec_bin {
    size_t n, hits;
    double p, y;      /* means; 0 in an empty bin */
    double low, high; /* Wilson's interval of y, 95% */
};

struct rec_reliability {
    size_t bins;
    struct rec_bin *bin; /* BINS; owned */
    struct rec_bin all;
    double ece, square, debiased, brier, log_loss;
    size_t clipped; /* trials with p nearer to 0 or 1 than the edge */
};

/* N trials, N below 2^32; BINS at least 1. *OUT is the caller's, to be
   released. */
REC_MUST_CHECK int rec_reliability(struct rec_reliability *out, const float *p,
                                   const uint8_t *y, size_t n, size_t bins,
                                   enum rec_binning binning,
                                   struct rec_error *err);
/* Also of one that is all zero. */
void rec_reliability_release(struct rec_reliability *r);

/* The log loss of one trial. */
double rec_log_loss(float p, int y);

/* The interval of a share of HITS in N > 0 trials at 95% (Wilson 1927). */
void rec_wilson(double hits, double n, double *low, double *high);

#endif
