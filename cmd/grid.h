/* SPDX-License-Identifier: MIT */
/* Options that take lists ("50,100,200") of numbers to choose from: every
   combination is tried and the one with the best ndcg@100 on validation
   streams is kept. */
#ifndef REC_CMD_GRID_H
#define REC_CMD_GRID_H

#include "cli.h"
#include "models/model.h"

enum { GRID_AXES = 3, GRID_MAX = 16 }; /* values of an option, at most */

struct grid_axis {
    const char *name;  /* of the option */
    const char *given; /* its argument, or NULL */
    double usual;      /* the default */
    double min, max;
    int whole; /* 1: whole numbers only */
    double value[GRID_MAX];
    int n;
};

struct grid {
    const struct cli *c;
    struct grid_axis axis[GRID_AXES];
    int axes;
    const char *valid_in, *valid_out;
    /* Make the model with VALUE, one for each axis, and lend it; undo that. */
    void (*make)(void *ctx, const double *value, struct rec_model *m);
    void (*unmake)(void *ctx, struct rec_model *m);
    void *ctx;
};

/* Parse the lists and look at what they need, or die of the command line. */
void grid_parse(struct grid *g, const struct cli *c);

/* VALUE, one for each axis: the only ones, or, with validation streams, the
   best ones; the results go to standard error as a table. ITEMS are the
   model's. */
void grid_choose(struct grid *g, struct cli *c, const struct rec_dict *items,
                 double *value);

#endif
