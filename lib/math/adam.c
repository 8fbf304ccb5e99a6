/* SPDX-License-Identifier: MIT */
/* Adam: see adam.h. */
#include <config.h>

#include "math/adam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define REAL float
#define FN(name) adam_##name##_single
#define ROOT sqrtf
#include "math/adam_real.inc"
#undef REAL
#undef FN
#undef ROOT
#define REAL double
#define FN(name) adam_##name##_double
#define ROOT sqrt
#include "math/adam_real.inc"
#undef REAL
#undef FN
#undef ROOT

int rec_adam_init(struct rec_adam *a, double rate, uint64_t steps,
                  struct rec_error *err)
{
    memset(a, 0, sizeof *a);
    a->rate = rate;
    a->b1 = 0.9;
    a->b2 = 0.999;
    a->eps = 1e-8;
    steps = steps < REC_ADAM_STEPS ? steps : REC_ADAM_STEPS;
    a->steps = steps;
    a->size = rec_alloc(steps + 1, sizeof *a->size);
    a->root = rec_alloc(steps + 1, sizeof *a->root);
    if (!a->size || !a->root) {
        rec_adam_release(a);
        return rec_fail_nomem(err);
    }
    a->size[0] = a->root[0] = 0; /* there is no step 0 */
    for (uint64_t t = 1; t <= steps; t++) {
        a->size[t] = rate / (1 - pow(a->b1, (double)t));
        a->root[t] = 1 / sqrt(1 - pow(a->b2, (double)t));
    }
    return 0;
}

void rec_adam_release(struct rec_adam *a)
{
    free(a->size);
    free(a->root);
    memset(a, 0, sizeof *a);
}

void rec_adam_step(const struct rec_adam *a, enum rec_dtype dtype, uint64_t t,
                   double decay, size_t n, void *w, void *m, void *v,
                   const void *g)
{
    t = t < a->steps ? t : a->steps;
    if (dtype == REC_F64) {
        adam_step_double(a, t, decay, n, w, m, v, g);
    } else {
        adam_step_single(a, t, decay, n, w, m, v, g);
    }
}
