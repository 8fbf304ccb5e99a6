/* SPDX-License-Identifier: MIT */
/* The forms that rec-cat writes. */
#ifndef REC_CAT_H
#define REC_CAT_H

#include "cli.h"
#include "data/gramfile.h"
#include "data/vectors.h"

enum cat_format { /* CSV to NPY are not of vectors or of Gram matrices, but
                     for MTX of these and NPY of those */
    CAT_TSV,
    CAT_CSV,
    CAT_JSONL,
    CAT_TREC,
    CAT_MTX,
    CAT_NPY
};

struct cat {
    struct cli_text out;
    int format, no_header;
    /* Where the ids of the rows and columns of MTX and NPY go; without an
       output nobody asked for them. */
    struct cli_text row_ids, column_ids;
};

/* Rows as lines, TSV to TREC; and as a matrix, MTX and NPY. Closes IN. */
void cat_lines(struct cat *c, struct rec_row_reader *in);
void cat_matrix(struct cat *c, struct rec_row_reader *in);
/* Vectors as NPY. Frees IN. */
void cat_vectors(struct cat *c, struct rec_vector_reader *in);
/* A Gram matrix as MTX. Frees IN. */
void cat_gram(struct cat *c, struct rec_gram_reader *in);

#endif
