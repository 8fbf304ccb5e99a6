/* SPDX-License-Identifier: MIT */
/* Random numbers: see rng.h. */
#include <config.h>

#include "base/rng.h"

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

void rec_rng_init(struct rec_rng *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        uint64_t z = seed += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        r->s[i] = z ^ z >> 31;
    }
}

uint64_t rec_rng_next(struct rec_rng *r)
{
    uint64_t *s = r->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t rec_rng_below(struct rec_rng *r, uint64_t n)
{
    /* Reject the first (2^64 mod n) values so that every remainder is hit
       equally often. */
    uint64_t least = -n % n, x;

    do {
        x = rec_rng_next(r);
    } while (x < least);
    return x % n;
}

double rec_rng_unit(struct rec_rng *r)
{
    return (double)(rec_rng_next(r) >> 11) * 0x1p-53;
}

void rec_rng_shuffle(struct rec_rng *r, uint32_t *v, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rec_rng_below(r, i);
        uint32_t t = v[i - 1];

        v[i - 1] = v[j];
        v[j] = t;
    }
}

void rec_mt_init(struct rec_mt *r, uint32_t seed)
{
    r->s[0] = seed;
    for (uint32_t i = 1; i < 624; i++) {
        r->s[i] = 1812433253u * (r->s[i - 1] ^ r->s[i - 1] >> 30) + i;
    }
    r->at = 624;
}

static void mt_refill(struct rec_mt *r)
{
    uint32_t *s = r->s;

    for (int i = 0; i < 624; i++) {
        uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % 624] & 0x7fffffffu);

        s[i] = s[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    r->at = 0;
}

uint32_t rec_mt_next(struct rec_mt *r)
{
    uint32_t y;

    if (r->at == 624) {
        mt_refill(r);
    }
    y = r->s[r->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* Uniform in [0, MAX] as numpy's legacy interval: draw under the next mask of
   ones, reject what is above. */
static uint32_t mt_interval(struct rec_mt *r, uint32_t max)
{
    uint32_t mask = max, x;

    for (int shift = 1; shift < 32; shift *= 2) {
        mask |= mask >> shift;
    }
    do {
        x = rec_mt_next(r) & mask;
    } while (x > max);
    return x;
}

void rec_mt_permutation(struct rec_mt *r, uint32_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint32_t)i;
    }
    for (size_t i = n; i > 1; i--) {
        uint32_t j = mt_interval(r, (uint32_t)(i - 1)), t = out[i - 1];

        out[i - 1] = out[j];
        out[j] = t;
    }
}
