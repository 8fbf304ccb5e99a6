/* SPDX-License-Identifier: MIT */
/* The best items of rows of scores, in the order that all rankings share:
   score descending, then tie rank ascending (rec_dict_tie_rank: a hash of the
   id, never the order of appearance). */
#ifndef REC_TOPK_H
#define REC_TOPK_H

#include <stddef.h>
#include <stdint.h>

struct rec_hit {
    float score;
    uint32_t item;
};

/* The best N of the ITEMS scores at SCORE into HIT (room for N), best first.
   Left out: items whose HIDDEN byte is set (HIDDEN may be NULL), and scores
   of minus infinity or not a number. Returns how many were found. */
size_t rec_topk(const float *score, uint32_t items, const uint32_t *rank,
                const uint8_t *hidden, size_t n, struct rec_hit *hit);

/* Bring the best N of the HAVE hits at HIT to the front, in no order, by the
   same rule; no score may be not a number. Returns how many those are. */
size_t rec_topk_keep(struct rec_hit *hit, size_t have, const uint32_t *rank,
                     size_t n);

#endif
