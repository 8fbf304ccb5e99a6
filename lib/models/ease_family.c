/* SPDX-License-Identifier: MIT */
/* Six linear autoencoders from one inverse. With c_j the sum of the squares of
   column j of X, lambda the ridge, p the dropout, and
   Q = (X'X + diag(g))^-1, B = I - Q diag(s):

     name    g_j                       s_j                        B_jj
     EASE    lambda                    1 / Q_jj                   = 0
     RLAE    lambda                    max(g_j, (1 - xi) / Q_jj)  <= xi
     LAE     lambda                    g_j                        free
     EDLAE   lambda + c_j p / (1 - p)  1 / Q_jj                   = 0
     RDLAE   lambda + c_j p / (1 - p)  max(g_j, (1 - xi) / Q_jj)  <= xi
     DLAE    lambda + c_j p / (1 - p)  g_j                        free

   Since g_j Q_jj <= 1, xi = 0 turns the middle row of each three into the one
   above it, and xi = 1 into the one below: so two numbers, p and xi, name
   them all. EASE: Steck, WWW 2019. Dropout, where all is scored (DLAE) or only
   what was dropped (EDLAE): Steck, "Autoencoders that don't overfit towards
   the identity", NeurIPS 2020. The relaxed diagonal: Moon, Kim and Lee, "It's
   enough: relaxing diagonal constraints in linear autoencoders for
   recommendation", SIGIR 2023. */
#include <config.h>

#include <math.h>

#include "models/ease_private.h"

const char *rec_ease_name(const struct rec_ease_family *f)
{
    static const char *const name[2][3] = {{"EASE", "RLAE", "LAE"},
                                           {"EDLAE", "RDLAE", "DLAE"}};

    return name[f->dropout > 0][f->xi >= 1 ? 2 : f->xi > 0];
}

double rec_ease_penalty(const struct rec_ease_family *f, double mass)
{
    return f->lambda + mass * f->dropout / (1 - f->dropout);
}

double rec_ease_column_scale(const struct rec_ease_family *f, double g,
                             double q)
{
    return fmax(g, (1 - f->xi) / q);
}

/* Within its bounds whatever the rounding. */
double rec_ease_own_weight(const struct rec_ease_family *f, double s,
                           double q)
{
    return fmin(f->xi, fmax(0, 1 - q * s));
}
