/* SPDX-License-Identifier: MIT */
/* A Gram matrix, made by rec-gram or rec-merge, as what rec-ease learns
   from. */
#ifndef REC_EASE_GRAM_H
#define REC_EASE_GRAM_H

#include "cli.h"
#include "data/gramfile.h"
#include "models/ease.h"

struct ease_gram {
    const char *path;
    struct rec_gram_reader *in;
    int done; /* IN was read to its end */
    struct rec_ease_source source;
};

/* Take over IN, the stream at PATH. */
void ease_gram_open(struct ease_gram *g, struct rec_stream_reader *in,
                    const char *path);
/* The users and items it is made of; borrowed. */
const struct rec_gram_head *ease_gram_head(const struct ease_gram *g);
/* Name it in the provenance; once it was read. */
void ease_gram_prov(const struct ease_gram *g, struct cli *c);
void ease_gram_release(struct ease_gram *g);

#endif
