/* SPDX-License-Identifier: MIT */
/* --checkpoint=FILE: a training that a signal or a full disk would lose. */
#ifndef REC_CMD_CHECKPOINT_H
#define REC_CMD_CHECKPOINT_H

#include "cli.h"

struct checkpoint {
    struct cli *c;
    const char *path; /* NULL: none is wanted */
    /* Write all there is. */
    int (*fill)(void *ctx, struct rec_output *o, struct rec_error *err);
    uint64_t (*updates)(const void *ctx); /* so far */
    void *ctx;
    int unsaved; /* a signal came, and no checkpoint could be written */
};

/* Hours later is too late to learn that there can be no such file: die now. */
void checkpoint_try(const struct checkpoint *p);

/* Has a signal come that waits for a checkpoint? After one that failed the next
   is tried at the end of the epoch. CTX is a struct checkpoint. */
int checkpoint_due(void *ctx);

/* Write the checkpoint, and end as the signal asked for; go on if it cannot be
   written, for the training is nowhere else. An older file stays until the new
   one is complete. */
void checkpoint_save(struct checkpoint *p);

/* An output failed and the program with it, as WHY says: leave a checkpoint at
   least. What the outputs have so far may be what it needs room for. */
REC_NORETURN void checkpoint_die(const struct checkpoint *p,
                                 const struct rec_error *why);

/* The last thing of main: die if a checkpoint was asked for in vain. */
void checkpoint_end(const struct checkpoint *p);

#endif
