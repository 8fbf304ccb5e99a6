/* SPDX-License-Identifier: MIT */
/* Random numbers. Two generators:

   rec_rng      xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64:
                what recpipe itself uses wherever a page says "seed".
   rec_mt       MT19937 (Matsumoto and Nishimura, 1998) with the permutation
                and choice of numpy's legacy RandomState, bit for bit: only to
                reproduce splits published with it. */
#ifndef REC_RNG_H
#define REC_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rec_rng {
    uint64_t s[4];
};

/* Every seed, 0 too, gives a good state. First three outputs of seed 1:
   b3f2af6d0fc710c5 853b559647364cea 92f89756082a4514. */
void rec_rng_init(struct rec_rng *r, uint64_t seed);
uint64_t rec_rng_next(struct rec_rng *r);
/* Uniform in [0, N), without bias; N > 0. */
uint64_t rec_rng_below(struct rec_rng *r, uint64_t n);
/* Uniform in [0, 1), 53 bits. */
double rec_rng_unit(struct rec_rng *r);
/* Shuffle the N numbers at V (Fisher and Yates, from the end). */
void rec_rng_shuffle(struct rec_rng *r, uint32_t *v, size_t n);

struct rec_mt {
    uint32_t s[624];
    int at;
};

/* numpy.random.seed(SEED) */
void rec_mt_init(struct rec_mt *r, uint32_t seed);
uint32_t rec_mt_next(struct rec_mt *r);
/* OUT = numpy.random.permutation(N); N < 2^32. choice(n, k, replace=False)
   is its first k numbers. */
void rec_mt_permutation(struct rec_mt *r, uint32_t *out, size_t n);

#endif
