/* SPDX-License-Identifier: MIT */
/* Changes to streams that leave them streams: without these no fuzzer would
   get past the checksums. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Any change to the N bytes at P, of which there may be MOST; the new number
   of them. */
typedef size_t mutate_bytes(uint8_t *p, size_t n, size_t most);

/* Change the stream of N bytes at DATA, with room for MOST, as SEED says:
   mostly its blocks, their headers, payloads or order, with lengths, checksums
   and counts mended; now and then any byte, and nothing mended. */
size_t mutate_stream(uint8_t *data, size_t n, size_t most, unsigned seed,
                     mutate_bytes *bytes);

/* Put blocks of the stream B into A: the result in OUT. */
size_t mutate_cross(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n,
                    uint8_t *out, size_t most, unsigned seed);

#endif
