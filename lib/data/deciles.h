/* SPDX-License-Identifier: MIT */
/* Ids in ten parts by a count. Decile 0 has the largest counts; equal counts
   are in the order of TIE, ascending, or of their indices if that is NULL. */
#ifndef REC_DECILES_H
#define REC_DECILES_H

#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum { REC_DECILES = 10 };

/* Ten parts of as many ids, as nearly as can be: the id with P of the N before
   it is in decile 10 P / N, rounded down. DECILE[i], 0 to 9, for COUNT[i]. */
REC_MUST_CHECK int rec_deciles_by_number(const uint32_t *count,
                                         const uint32_t *tie, uint32_t n,
                                         uint8_t *decile,
                                         struct rec_error *err);

/* Ten parts of as much of the sum of the counts: the id that S of the sum T
   come before is in decile 10 (S + count / 2) / T, rounded down, where the
   middle of what it has lies. An id with nothing is in REC_DECILES. */
REC_MUST_CHECK int rec_deciles_by_share(const uint32_t *count,
                                        const uint32_t *tie, uint32_t n,
                                        uint8_t *decile,
                                        struct rec_error *err);

#endif
