/* SPDX-License-Identifier: MIT */
/* Personas of one user (Pal et al., PinnerSage, KDD 2020): the items of a
   history in a few clusters of Ward's tree, each stood for by a real item, its
   medoid, and weighed by how much and how lately the user came to it. */
#ifndef REC_PERSONAS_H
#define REC_PERSONAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"

enum rec_persona_cut {
    REC_CUT_HEIGHT, /* unite what is not farther apart than HEIGHT */
    REC_CUT_COUNT,  /* COUNT personas, or one per item if there are fewer */
    REC_CUT_GAP     /* where the tree's heights rise most */
};

struct rec_persona_options {
    enum rec_persona_cut cut;
    double height; /* as in ward.h: of two unit vectors up to 4 */
    size_t count;
    size_t most;   /* with HEIGHT and GAP: this many at most; 0: any number */
    double decay;  /* per day: an event counts exp(-decay age) */
    int64_t now;   /* age is counted back from here, in seconds; 0 if later */
};

struct rec_persona {
    uint32_t medoid;   /* place in the history */
    uint32_t size;     /* members */
    double importance; /* sum of what the members' events count */
};

/* The height to cut the tree of N items at, with VARIANCE the mean squared
   distance of all items' vectors from their mean: 4 of it, twice what two items
   at random are apart; from 20 items on a fifth of it for each, as one taste
   alone reaches any height if it has enough of them. Found by planted tastes:
   tests/check_personas.c. */
double rec_persona_height(double variance, size_t n);

/* The personas of a history of N vectors of length D (V, N x D, row-major,
   finite), with the TIME of each event in seconds, or NULL: all alike. PERSONA
   (room for N) gets them by descending importance, equal ones by their first
   member; MEMBER[i] is the number of item i's persona. Several events in one
   second are an import rather than acts: M of them count sqrt(M) together.

   The medoid is the member nearest to the mean (which has the least sum of
   squared distances to the members), of equally near ones the first. *COUNT
   is 0 for N = 0. HEIGHT (or NULL) gets the heights that the cut lies between:
   of the last union made and the first one not made, 0 where there is none.

   With HEIGHT and GAP, vectors no farther apart than rounding to single
   precision makes equal ones are one persona. REC_ENOMEM.
   */
REC_MUST_CHECK int rec_personas(const float *v, size_t n, size_t d,
                                const int64_t *time,
                                const struct rec_persona_options *opt,
                                struct rec_persona *persona, uint32_t *member,
                                size_t *count, double height[2],
                                struct rec_error *err);

#endif
