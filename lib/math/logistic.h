/* SPDX-License-Identifier: MIT */
/* The logistic function p = 1 / (1 + exp(-t)), that overflows nowhere; its
   slope p (1 - p), never below 1e-12, so that what is certain still has a
   curvature; and log(1 + exp(t)), its integral. */
#ifndef REC_LOGISTIC_H
#define REC_LOGISTIC_H

double rec_logistic(double t);
double rec_logistic_slope(double t);
double rec_softplus(double t);

#endif
