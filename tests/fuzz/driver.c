/* SPDX-License-Identifier: MIT */
/* The targets under libFuzzer: fuzz --target=NAME [libFuzzer's arguments].
   See run.sh. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mutate.h"

/* What libFuzzer calls, and what it lends. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_n,
                                 const uint8_t *b, size_t b_n, uint8_t *out,
                                 size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strncmp((*argv)[i], "--target=", 9) == 0) {
            target = fuzz_find((*argv)[i] + 9);
        }
    }
    if (!target) {
        fputs("usage: fuzz --target=NAME [-option=...] [CORPUS...]\n", stderr);
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    target->one(data, n);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
                               unsigned seed)
{
    return target->stream ? mutate_stream(data, n, most, seed,
                                          LLVMFuzzerMutate)
                          : LLVMFuzzerMutate(data, n, most);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_n,
                                 const uint8_t *b, size_t b_n, uint8_t *out,
                                 size_t most, unsigned seed)
{
    size_t half, n;

    if (target->stream) {
        return mutate_cross(a, a_n, b, b_n, out, most, seed);
    }
    half = a_n ? seed % (a_n + 1) : 0;
    half = half < most ? half : most;
    n = b_n ? (seed >> 8) % b_n : 0;
    b_n = b_n - n < most - half ? b_n - n : most - half;
    memcpy(out, a, half);
    memcpy(out + half, b + n, b_n);
    return half + b_n;
}
