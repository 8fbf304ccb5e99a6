/* SPDX-License-Identifier: MIT */
/* What the resampling draws: units, each of them a user, or some users put
   together at random where there are very many. A statistic is a ratio of
   sums over all units: a mean is the sum of its values divided by the number
   of those who have one, a pooled recall that of the hits by the targets.

   To resample 10,000 groups of equal size instead of a million users changes
   what is found only by the noise of the error of 10,000 (0.7%), since users
   are exchangeable; and it bounds time and memory. */
#ifndef REC_UNITS_H
#define REC_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum { REC_UNITS_MOST = 10000 };

struct rec_units {
    size_t n;       /* units */
    size_t columns; /* statistics */
    size_t bases;   /* different denominators, once closed */
    size_t stride;  /* columns + bases */
    double *at;     /* n x stride: sums of the columns, then of the bases */
    uint32_t *base; /* of each column: which of the bases */
    uint32_t *unit; /* of each row given; NULL: its own */
};

/* ROWS rows of COLUMNS statistics, in at most MOST units. More rows than that
   are dealt out at random by SEED. Release U in any case. */
REC_MUST_CHECK int rec_units_init(struct rec_units *u, size_t rows,
                                  size_t columns, size_t most, uint64_t seed,
                                  struct rec_error *err);
void rec_units_release(struct rec_units *u);

/* Row ROW adds X and BASE to the sums of COLUMN. */
void rec_units_add(struct rec_units *u, size_t row, size_t column, double x,
                   double base);

/* A row of values, one for each column; NAN: it has none. */
void rec_units_add_row(struct rec_units *u, size_t row, const double *value);

/* All is added: from here on the sums are in U->AT. */
REC_MUST_CHECK int rec_units_close(struct rec_units *u,
                                   struct rec_error *err);

/* The statistic of COLUMN; NAN if nothing is in its base. */
double rec_units_ratio(const struct rec_units *u, size_t column);

#endif
