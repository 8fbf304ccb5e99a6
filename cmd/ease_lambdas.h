/* SPDX-License-Identifier: MIT */
/* The lambdas of rec-ease: a list of numbers, or of multiples of the median
   mass of an item ("20x"). */
#ifndef REC_EASE_LAMBDAS_H
#define REC_EASE_LAMBDAS_H

#include "cli.h"

enum { EASE_LAMBDAS_MAX = 16 };

struct ease_lambda {
    char text[32]; /* as typed; "" for the default */
    double value;
    int relative; /* in units of the median mass */
};

struct ease_lambdas {
    struct ease_lambda at[EASE_LAMBDAS_MAX];
    int n;
};

/* Parse LIST (NULL: none), or die of the command line. */
void ease_lambdas_parse(struct ease_lambdas *l, const char *list);

/* Of none, make the default: VALUE. */
void ease_lambdas_default(struct ease_lambdas *l, double value, int relative);

/* Is one of them in units of the median mass? */
int ease_lambdas_relative(const struct ease_lambdas *l);

/* Multiply these by that UNIT, and say what comes of it. */
void ease_lambdas_scale(struct ease_lambdas *l, const struct cli *c,
                        double unit);

#endif
