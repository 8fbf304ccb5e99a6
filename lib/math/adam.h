/* SPDX-License-Identifier: MIT */
/* Adam (Kingma and Ba, ICLR 2015): gradient descent with a step of its own for
   every parameter. At step t = 1, 2 ..., with the gradient g of a weight w,

     g' = g + 2 decay w
     m  = b1 m + (1 - b1) g'
     v  = b2 v + (1 - b2) g'^2
     w  = w - rate / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)

   where decay is the L2 penalty "decay w^2" in the loss. An m below 1e-30 in
   size is taken as 0, so that the long silence of a parameter does not end in
   denormal numbers, which are slow; it could not move a weight by more than
   1e-24.

   All operations are on single elements and in a fixed order, so any cut of an
   array into pieces, any number of threads, and doing the steps of a piece
   later but before it is used, give the same bits. */
#ifndef REC_ADAM_H
#define REC_ADAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "io/stream.h"

struct rec_adam {
    double rate, b1, b2, eps;
    /* By step, STEPS + 1 of each: rate / (1 - b1^t), 1 / sqrt(1 - b2^t). Steps
       beyond are like the last one. */
    double *size, *root;
    uint64_t steps;
};

/* After so many 1 - b2^t, and long before 1 - b1^t, is 1 in double
   precision. */
#define REC_ADAM_STEPS 40000

/* For at most STEPS steps, however many, with b1 = 0.9, b2 = 0.999 and
   eps = 1e-8. The caller releases. */
REC_MUST_CHECK int rec_adam_init(struct rec_adam *a, double rate,
                                 uint64_t steps, struct rec_error *err);
void rec_adam_release(struct rec_adam *a);

/* Step T of N parameters of DTYPE (REC_F32 or REC_F64) at W with their moments
   M and V and gradients G; NULL: all zero. Takes one thread. */
void rec_adam_step(const struct rec_adam *a, enum rec_dtype dtype, uint64_t t,
                   double decay, size_t n, void *w, void *m, void *v,
                   const void *g);

#endif
