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

/* e^r - 1 of the remainder into the result, 2^n into *POWER; X must be in
   [-87.3, 88]. */
static inline float rec_fast_exp_parts(float x, float *power)
{
    /* Adding 1.5 2^23 leaves the rounded number in the last bits. */
    float z = x * 1.44269504088896341f + 12582912.0f, n = z - 12582912.0f;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f, p = 1.9875691500e-4f;
    uint32_t bits;

    memcpy(&bits, &z, sizeof bits);
    bits = (bits << 23) + 0x3f800000u;
    memcpy(power, &bits, sizeof bits);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * (r * r) + r;
}

/* e^x; 0 below -87.3, e^88 above 88; not a number of not a number. */
static inline float rec_fast_exp(float x)
{
    float in = x > 88.0f ? 88.0f : x < -87.3f ? -87.3f : x, power;
    float rest = rec_fast_exp_parts(in, &power), y = power * rest + power;

    return x < -87.3f ? 0.0f : y;
}

/* tanh x = (e^2|x| - 1) / (e^2|x| + 1) with the sign of x. From |x| = 9.1 on
   that is 1 in single precision. */
static inline float rec_fast_tanh(float x)
{
    float a = x < 0 ? -x : x, power, above, y;

    a = a > 9.1f ? 9.1f : a;
    above = rec_fast_exp_parts(2 * a, &power);
    above = power * above + (power - 1); /* e^2a - 1 */
    y = above / (above + 2);
    return x < 0 ? -y : y;
}

#endif
