/* SPDX-License-Identifier: MIT */
/* See logistic.h. */
#include <config.h>

#include "math/logistic.h"

#include <math.h>

double rec_logistic(double t)
{
    double e = exp(-fabs(t));

    return t >= 0 ? 1 / (1 + e) : e / (1 + e);
}

double rec_logistic_slope(double t)
{
    double e = exp(-fabs(t)), s = e / ((1 + e) * (1 + e));

    return s > 1e-12 ? s : 1e-12;
}

double rec_softplus(double t)
{
    return (t > 0 ? t : 0) + log1p(exp(-fabs(t)));
}
