/* SPDX-License-Identifier: MIT */
/* The ids of the hash benchmark, for C and C++. */
#ifndef HASH_IDS_H
#define HASH_IDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { ID_BYTES = 32 };

/* Id I: a number of up to 19 digits as text, or a name. All different. */
static inline uint64_t id_number(uint32_t i)
{
    return ((uint64_t)i * 0x9e3779b97f4a7c15u) >> 1;
}

static inline size_t id_make(uint32_t i, int name, char *out)
{
    if (name) {
        return (size_t)snprintf(out, ID_BYTES, "user-%08x-%u", i, i % 97);
    }
    return (size_t)snprintf(out, ID_BYTES, "%llu",
                            (unsigned long long)id_number(i));
}

/* A scattered order of 0 .. N - 1, by a step that shares no factor with N. */
static inline uint32_t id_order(uint32_t i, uint32_t n)
{
    return (uint32_t)((uint64_t)i * 2654435761u % n); /* a prime */
}

#endif
