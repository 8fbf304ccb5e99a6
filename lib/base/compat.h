/* SPDX-License-Identifier: MIT */
/* The one place for compiler extensions. Everything here has a portable
   fallback, so a compiler that knows none of it still builds recpipe. */
#ifndef REC_COMPAT_H
#define REC_COMPAT_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
/* The caller must look at the result: it says whether the call failed. */
#define REC_MUST_CHECK __attribute__((warn_unused_result))
/* printf-style checking: FMT is the index of the format, ARGS of the first
   argument, both counted from 1. */
#define REC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define REC_NORETURN __attribute__((noreturn))
#define REC_LIKELY(x) __builtin_expect(!!(x), 1)
#define REC_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define REC_PREFETCH(p) __builtin_prefetch(p)
#else
#define REC_MUST_CHECK
#define REC_PRINTF(fmt, args)
#define REC_NORETURN
#define REC_LIKELY(x) (x)
#define REC_UNLIKELY(x) (x)
#define REC_PREFETCH(p) ((void)(p))
#endif

/* The number of zero bits below the lowest one of V, which is not 0. */
static inline unsigned rec_lowest_bit(uint64_t v)
{
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_ctzll(v);
#else
    unsigned n = 0;

    while (!(v >> n & 1)) {
        n++;
    }
    return n;
#endif
}

/* Function multiversioning: the compiler builds the function once per
   instruction set and the loader picks one, so a packaged binary uses the
   vector units it finds. No clone may use fused multiply-add (the build says
   -ffp-contract=off), so every clone returns the same bits. Off under the
   sanitizers, whose runtime is not ready when the loader chooses. */
#if defined(HAVE_TARGET_CLONES) && !defined(REC_SANITIZE)
#define REC_HOT __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define REC_HOT
#endif

#endif
