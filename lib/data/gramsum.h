/* SPDX-License-Identifier: MIT */
/* The sum of Gram matrices, items joined by id. First the heads of all parts
   are added, which says how large the sum is and whether it may be made; then
   the matrices, strip by strip, into one packed triangle.

   Users are kept account of: a part puts its users in and takes its old ones
   out. Nobody may be put in twice, and who is taken out must be there, or, in
   a sum of differences, becomes an old user of the sum. */
#ifndef REC_GRAMSUM_H
#define REC_GRAMSUM_H

#include "data/gramfile.h"

struct rec_gram_sum {
    struct rec_gram_head head;
    size_t parts;
    size_t count_cap;
    double *packed; /* row i of the upper triangle has items - i values */
};

REC_MUST_CHECK int rec_gram_sum_init(struct rec_gram_sum *s,
                                     struct rec_error *err);
void rec_gram_sum_release(struct rec_gram_sum *s);

/* Add FACTOR times the part whose head is H; a negative factor exchanges its
   users and its old ones. NAME is for messages. With OVERLAP, users may be put
   in twice. */
REC_MUST_CHECK int rec_gram_sum_head(struct rec_gram_sum *s, const char *name,
                                     const struct rec_gram_head *h,
                                     double factor, int overlap,
                                     struct rec_error *err);

/* All heads are there: unless the sum is a difference, items that nobody has
   any more go, and negative counts are REC_EVALUE. */
REC_MUST_CHECK int rec_gram_sum_close(struct rec_gram_sum *s,
                                      struct rec_error *err);

/* Bytes that the triangle takes; make it; add FACTOR times R to it. */
double rec_gram_sum_memory(const struct rec_gram_sum *s);
REC_MUST_CHECK int rec_gram_sum_alloc(struct rec_gram_sum *s,
                                      struct rec_error *err);
REC_MUST_CHECK int rec_gram_sum_read(struct rec_gram_sum *s,
                                     struct rec_gram_reader *r, double factor,
                                     struct rec_error *err);

/* Write the strips of the sum; rec_gram_begin with s->head comes before it,
   rec_gram_finish after it. */
REC_MUST_CHECK int rec_gram_sum_write(const struct rec_gram_sum *s,
                                      struct rec_stream_writer *w,
                                      struct rec_error *err);

#endif
