/* SPDX-License-Identifier: MIT */
/* Little-endian numbers by function, never by cast: the headers of a stream
   are read and written through these on any machine. Array payloads are used
   in place, so configure refuses a big-endian host. */
#ifndef REC_ENDIAN_H
#define REC_ENDIAN_H

#include <stdint.h>

static inline uint32_t rec_get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16
           | (uint32_t)p[3] << 24;
}

static inline uint64_t rec_get64(const uint8_t *p)
{
    return (uint64_t)rec_get32(p) | (uint64_t)rec_get32(p + 4) << 32;
}

static inline void rec_put32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline void rec_put64(uint8_t *p, uint64_t v)
{
    rec_put32(p, (uint32_t)v);
    rec_put32(p + 4, (uint32_t)(v >> 32));
}

#endif
