/* SPDX-License-Identifier: MIT */
/* The stream that a training was interrupted in: an array "identity", lines of
   text that say of which data and options it is, for only a training with the
   same lines may go on from it; "state" and "report", f64; and what the model
   has. */
#ifndef REC_CHECKPOINT_H
#define REC_CHECKPOINT_H

#include "io/store.h"

/* What is in one: the numbers of its state, those of its report, and by FILL
   the arrays of the model. */
struct rec_checkpoint {
    const char *kind, *identity;
    const double *state, *report;
    size_t n_state, n_report;
    int (*fill)(void *ctx, struct rec_stream_writer *w, struct rec_error *err);
    void *ctx;
};

REC_MUST_CHECK int rec_checkpoint_write(const struct rec_checkpoint *p,
                                        struct rec_output *o,
                                        struct rec_error *err);

/* Open PATH, which must be whole, of this KIND (REC_EFORMAT) and IDENTITY
   (REC_EVALUE, naming the first line that differs), and let READ take what is
   in it. */
REC_MUST_CHECK int rec_checkpoint_read(
    const char *path, const char *kind, const char *identity,
    int (*read)(void *ctx, struct rec_store *s, struct rec_error *err),
    void *ctx, struct rec_error *err);

/* Where a training stands: updates, whole epochs, batches of the next one, and
   the best epoch (0: none). */
struct rec_checkpoint_place {
    uint64_t step;
    size_t epoch, next, best;
};

/* These numbers as the place of a training of so many epochs and batches;
   REC_ECORRUPT if they cannot be. */
REC_MUST_CHECK int rec_checkpoint_place(struct rec_checkpoint_place *out,
                                        const struct rec_store *s,
                                        const double step_epoch_next[3],
                                        double best, size_t epochs,
                                        size_t batches, struct rec_error *err);

/* Copy the array NAME of N elements of DTYPE to TO. */
REC_MUST_CHECK int rec_checkpoint_array(const struct rec_store *s,
                                        const char *name,
                                        enum rec_dtype dtype, size_t n,
                                        void *to, struct rec_error *err);

#endif
