/* SPDX-License-Identifier: MIT */
/* The exponential function and the hyperbolic tangent in single precision, for
   loops over many numbers: only additions, multiplications, one division and
   shifts, so that the compiler turns a loop of calls into vector code, and
   every machine gives the same bits.

   e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2, where ln 2 is
   subtracted in two parts and e^r - 1 is a polynomial of degree 7 (that of
   Cephes' expf, by S. Moshier).

   Errors against double precision (tests/check_fastexp.c): rec_fast_exp at
   most 1 unit in the last place, rec_fast_tanh at most 3. */
#ifndef REC_FASTEXP_H
#define REC_FASTEXP_H

#include <stdint.h>
#include <string.h>

static inline uint32_t rec_float_bits(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float rec_bits_float(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e^r - 1 of the remainder into the result, 2^n into *POWER, for X in
   [-87.3, 88]. */
static inline float rec_fast_exp_parts(float x, float *power)
{
    /* Adding 1.5 2^23 leaves the rounded number in the last bits. */
    float z = x * 1.44269504088896341f + 12582912.0f, n = z - 12582912.0f;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f, p = 1.9875691500e-4f;

    *power = rec_bits_float((rec_float_bits(z) << 23) + 0x3f800000u);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * (r * r) + r;
}

/* e^x for X of at most 88; 0 below -87.3; not a number of not a number.
   Comparisons become masks, since a branch would end the vector code. */
static inline float rec_fast_exp(float x)
{
    uint32_t keep = (uint32_t)(x < -87.3f) - 1;
    float power, rest = rec_fast_exp_parts(x, &power);

    return rec_bits_float(rec_float_bits(power * rest + power) & keep);
}

/* tanh x = (e^2|x| - 1) / (e^2|x| + 1) with the sign of x. From |x| = 9.1 on
   that is 1 in single precision. */
static inline float rec_fast_tanh(float x)
{
    uint32_t sign = rec_float_bits(x) & 0x80000000u, keep, y;
    float a = rec_bits_float(rec_float_bits(x) ^ sign), power, above;

    keep = (uint32_t)(a > 9.1f) - 1;
    above = rec_fast_exp_parts(2 * a, &power);
    above = power * above + (power - 1); /* e^2a - 1 */
    y = rec_float_bits(above / (above + 2));
    return rec_bits_float((y & keep) | (0x3f800000u & ~keep) | sign);
}

#endif
