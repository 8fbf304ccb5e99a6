/* SPDX-License-Identifier: MIT */
/* Floats of 16 bits: see half.h. Without branches, so that the compiler makes
   vectors of the loops; no step of it meets a subnormal float, which would
   cost a hundred cycles. */
#include <config.h>

#include "math/half.h"

#include <math.h>
#include <string.h>

enum { PIECE = 512 }; /* numbers on the stack */

static inline uint32_t bits_of(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

static inline float float_of(uint32_t u)
{
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

/* The exponent goes from bias 15 to 127, once more for infinity and NaN. A
   subnormal is m 2^-24: the last bits of a float at 2^-14, which is then
   subtracted. */
static inline float widen_f16(uint16_t h)
{
    uint32_t m = (uint32_t)(h & 0x7fff) << 13;
    uint32_t normal = m + (m >= 0x0f800000 ? 0x70000000 : 0x38000000);
    uint32_t small = bits_of(float_of(m + 0x38800000) - float_of(0x38800000));

    return float_of((m < 0x00800000 ? small : normal)
                    | (uint32_t)(h & 0x8000) << 16);
}

static inline float widen_bf16(uint16_t h)
{
    return float_of((uint32_t)h << 16);
}

/* What becomes subnormal is rounded by an addition to 0.5, whose last bit is
   2^-24; everything else by adding half of the bits to be cut, or one less if
   the last bit kept is 0. */
static inline uint16_t narrow_f16(float x)
{
    uint32_t u = bits_of(x), m = u & 0x7fffffff;
    uint32_t normal = (m + 0xc8000fff + (m >> 13 & 1)) >> 13;
    uint32_t tame = m < 0x38800000 ? m : 0;
    uint32_t small = bits_of(float_of(tame) + 0.5f) - 0x3f000000;
    uint32_t large = m > 0x7f800000 ? 0x7e00 | (m >> 13 & 0x3ff) : 0x7c00;
    uint32_t h = m < 0x38800000 ? small : m >= 0x47800000 ? large : normal;

    return (uint16_t)(h | (u >> 16 & 0x8000));
}

static inline uint16_t narrow_bf16(float x)
{
    uint32_t u = bits_of(x);
    uint32_t near = (u + 0x7fff + (u >> 16 & 1)) >> 16;

    return (uint16_t)((u & 0x7fffffff) > 0x7f800000 ? u >> 16 | 0x40 : near);
}

float rec_f16_to_float(uint16_t h)
{
    return widen_f16(h);
}

float rec_bf16_to_float(uint16_t h)
{
    return widen_bf16(h);
}

uint16_t rec_f16_from_float(float x)
{
    return narrow_f16(x);
}

uint16_t rec_bf16_from_float(float x)
{
    return narrow_bf16(x);
}

/* ---- arrays ----------------------------------------------------------- */

REC_HOT static void widen_f16_array(const uint16_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = widen_f16(in[i]);
    }
}

REC_HOT static void widen_bf16_array(const uint16_t *in, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = widen_bf16(in[i]);
    }
}

void rec_floats_widen(enum rec_dtype dtype, const void *in, size_t from,
                      size_t n, float *out)
{
    if (dtype == REC_F16) {
        widen_f16_array((const uint16_t *)in + from, n, out);
    } else if (dtype == REC_BF16) {
        widen_bf16_array((const uint16_t *)in + from, n, out);
    } else if (n > 0) {
        memcpy(out, (const float *)in + from, n * sizeof *out);
    }
}

REC_HOT static void narrow_f16_array(const float *in, size_t n, uint16_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = narrow_f16(in[i]);
    }
}

REC_HOT static void narrow_bf16_array(const float *in, size_t n,
                                      uint16_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = narrow_bf16(in[i]);
    }
}

/* Is everything finite, in DTYPE? */
static int all_finite(enum rec_dtype dtype, const void *p, size_t n)
{
    const uint16_t *half = p;
    const float *single = p;
    uint32_t mask = dtype == REC_F16 ? 0x7c00 : 0x7f80;
    int bad = 0;

    for (size_t i = 0; i < n; i++) {
        bad |= dtype == REC_F32 ? !isfinite(single[i])
                                : (half[i] & mask) == mask;
    }
    return !bad;
}

/* Up to PIECE numbers, of which IN may be the place of OUT. */
static int narrow_piece(enum rec_dtype dtype, void *out, enum rec_dtype wide,
                        const void *in, size_t n)
{
    uint16_t half[PIECE];
    float single[PIECE];
    double from[PIECE];
    const void *to = dtype == REC_F32 ? (const void *)single : half;
    int finite;

    if (wide == REC_F64) {
        memcpy(from, in, n * sizeof *from);
        for (size_t i = 0; i < n; i++) {
            single[i] = (float)from[i];
        }
    } else {
        memcpy(single, in, n * sizeof *single);
    }
    if (dtype == REC_F16) {
        narrow_f16_array(single, n, half);
    } else if (dtype == REC_BF16) {
        narrow_bf16_array(single, n, half);
    }
    finite = all_finite(dtype, to, n);
    memcpy(out, to, n * rec_dtype_size(dtype));
    return finite;
}

int rec_floats_narrow(enum rec_dtype dtype, void *out, enum rec_dtype wide,
                      const void *in, size_t n, struct rec_error *err)
{
    int finite = 1;

    for (size_t at = 0; at < n; at += PIECE) {
        size_t len = n - at < PIECE ? n - at : PIECE;

        finite &= narrow_piece(
            dtype, (char *)out + at * rec_dtype_size(dtype), wide,
            (const char *)in + at * rec_dtype_size(wide), len);
    }
    return finite ? 0
                  : rec_fail(err, REC_ENUMERIC,
                             "a number is too large for this precision");
}
