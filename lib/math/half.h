/* SPDX-License-Identifier: MIT */
/* Floats of 16 bits: how models are stored in half the bytes. REC_F16 is IEEE
   754's binary16: 11 significant bits, from 6e-8 to 65504. REC_BF16 is the
   upper half of a float: 8 significant bits, its whole range. */
#ifndef REC_HALF_H
#define REC_HALF_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "io/stream.h"

/* Every half is a float, exactly; NaN stays NaN. */
float rec_f16_to_float(uint16_t h);
float rec_bf16_to_float(uint16_t h);

/* To the nearest, of two equally near the even one; what is too large becomes
   infinite. */
uint16_t rec_f16_from_float(float x);
uint16_t rec_bf16_from_float(float x);

/* OUT[0 .. N) = the numbers IN[FROM .. FROM + N) of DTYPE REC_F32, REC_F16 or
   REC_BF16. */
void rec_floats_widen(enum rec_dtype dtype, const void *in, size_t from,
                      size_t n, float *out);

/* The reverse, OUT[0 .. N) of DTYPE from IN of the type WIDE, REC_F32 or
   REC_F64, no smaller than DTYPE. OUT may be IN. REC_ENUMERIC if a number is
   not finite, or is not any more: then OUT is of no use. */
REC_MUST_CHECK int rec_floats_narrow(enum rec_dtype dtype, void *out,
                                     enum rec_dtype wide, const void *in,
                                     size_t n, struct rec_error *err);

#endif
