/* SPDX-License-Identifier: MIT */
/* The sum of Gram matrices, items joined by id. First all parts are named,
   which says what items the sum has and whether it may be made; then it is
   written row by row. A part whose items stand in the order of the sum, as
   those of the first part do, is read along, a strip at a time; only the
   others are held in memory, without their zeros.

   Users are kept account of: a part puts its users in and takes its old ones
   out. Nobody may be put in twice, and who is taken out must be there, or, in
   a sum of differences, becomes an old user of the sum. */
#ifndef REC_GRAMSUM_H
#define REC_GRAMSUM_H

#include "data/gramfile.h"

struct rec_gram_part;

/* Use in this order: rec_gram_sum_init, rec_gram_sum_add for every part,
   rec_gram_sum_close, rec_gram_sum_write, rec_gram_sum_release. The fields are
   for reading. */
struct rec_gram_sum {
    struct rec_gram_head head; /* complete after close */
    size_t count_cap;
    struct rec_gram_part *part;
    size_t parts, part_cap;
    double held, max_held; /* bytes of parts in memory; 0: no limit */
};

/* MAX_BYTES of parts may be held; 0: no limit. */
REC_MUST_CHECK int rec_gram_sum_init(struct rec_gram_sum *s,
                                     uint64_t max_bytes,
                                     struct rec_error *err);
void rec_gram_sum_release(struct rec_gram_sum *s);

/* Add FACTOR times what IN (borrowed) has; a negative factor exchanges its
   users and its old ones. With OVERLAP, users may be put in twice. */
REC_MUST_CHECK int rec_gram_sum_add(struct rec_gram_sum *s,
                                    struct rec_gram_reader *in, double factor,
                                    int overlap, struct rec_error *err);

/* All parts are there: unless the sum is a difference, items that nobody has
   any more go, and negative counts are REC_EVALUE. Reads the parts that have
   to be held. */
REC_MUST_CHECK int rec_gram_sum_close(struct rec_gram_sum *s,
                                      struct rec_error *err);

/* Write the strips of the sum, and read every part to its verified end;
   rec_gram_begin with s->head comes before it, rec_gram_finish after it. */
REC_MUST_CHECK int rec_gram_sum_write(struct rec_gram_sum *s,
                                      struct rec_stream_writer *w,
                                      struct rec_error *err);

#endif
