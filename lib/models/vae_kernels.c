/* SPDX-License-Identifier: MIT */
/* The inner loops of the autoencoder in both precisions. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "math/fastexp.h"
#include "models/vae_private.h"

enum {
    LANES = 16,  /* partial sums */
    PIECE = 1024 /* numbers that stay in the first cache between two loops */
};
#define LARGEST 20 /* log-variances beyond are taken as this */

#define REAL float
#define TABLE rec_vae_single
/* With a prefix: Clang gives the resolver of a function of many versions a
   name that all files see. */
#define FN(name) vae_##name##_single
#define ABS fabsf
#define SIGNED copysignf
#define EXP rec_fast_exp
#define TANH rec_fast_tanh
#include "models/vae_real.inc"
#undef REAL
#undef TABLE
#undef FN
#undef ABS
#undef SIGNED
#undef EXP
#undef TANH
#define REAL double
#define TABLE rec_vae_double
#define FN(name) vae_##name##_double
#define ABS fabs
#define SIGNED copysign
#define EXP exp
#define TANH tanh
#include "models/vae_real.inc"
#undef REAL
#undef TABLE
#undef FN
#undef ABS
#undef SIGNED
#undef EXP
#undef TANH
