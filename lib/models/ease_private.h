/* SPDX-License-Identifier: MIT */
/* What the files of EASE share. */
#ifndef REC_EASE_PRIVATE_H
#define REC_EASE_PRIVATE_H

#include "models/ease.h"

/* ---- the family: ease_family.c ---------------------------------------- */

/* g_j for every item of X. */
void rec_ease_penalties(const struct rec_ease_family *f,
                        const struct rec_csr *x, double *g);

/* s_j, from g_j and Q_jj; and B_jj, from s_j and Q_jj. */
double rec_ease_column_scale(const struct rec_ease_family *f, double g,
                             double q);
double rec_ease_own_weight(const struct rec_ease_family *f, double s,
                           double q);

#endif
