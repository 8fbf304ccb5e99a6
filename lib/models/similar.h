/* SPDX-License-Identifier: MIT */
/* The items nearest to an item, by what a model knows: its weights between
   items, or vectors of its items, or vectors from anywhere. */
#ifndef REC_SIMILAR_H
#define REC_SIMILAR_H

#include "math/topk.h"
#include "models/model.h"

enum rec_similar_by {
    REC_SIMILAR_WEIGHTS, /* what one event of the item adds to the scores */
    REC_SIMILAR_COSINE,  /* of the angle between the vectors */
    REC_SIMILAR_DOT      /* the product of the vectors */
};

struct rec_similar {
    const struct rec_model *model; /* borrowed; NULL: vectors alone */
    const struct rec_dict *ids;    /* borrowed; what the items are */
    enum rec_similar_by by;
    size_t n;           /* items of a list, at most */
    size_t max_rows;    /* items asked for at once, at most */
    uint32_t dim;       /* vectors: */
    const float *value; /* ids x dim; borrowed, or */
    float *unit;        /* of length 1, for the cosine */
    float *query;       /* max_rows x dim */
    uint32_t *rank;     /* the tie order */
    float *score;       /* max_rows x ids */
    struct rec_hit *hit; /* max_rows x n: the lists */
    size_t *count;       /* max_rows: their lengths */
};

/* What is natural to M: weights if it has them, else the cosine if it has
   vectors. Returns a rec_similar_by, or REC_ENOTSUP. */
REC_MUST_CHECK int rec_similar_natural(const struct rec_model *m,
                                       struct rec_error *err);

/* Lists of N items (fewer if there are fewer) of M. REC_ENOTSUP if M has not
   what BY takes. */
REC_MUST_CHECK int rec_similar_init(struct rec_similar *s,
                                    const struct rec_model *m,
                                    enum rec_similar_by by, size_t n,
                                    struct rec_error *err);
/* The same of vectors: VALUE is IDS x DIM, row-major, borrowed. */
REC_MUST_CHECK int rec_similar_init_vectors(struct rec_similar *s,
                                            const struct rec_dict *ids,
                                            const float *value, uint32_t dim,
                                            enum rec_similar_by by, size_t n,
                                            struct rec_error *err);
void rec_similar_release(struct rec_similar *s);

/* The lists of COUNT items (at most max_rows), into s->hit and s->count. An
   item is not on its own list; by weights, nor are those of weight 0; by the
   cosine, a vector of length 0 is near nothing, and nothing near it. The
   result does not depend on THREADS; products may be rounded differently in
   another block of items. */
REC_MUST_CHECK int rec_similar_fill(struct rec_similar *s,
                                    const uint32_t *item, size_t count,
                                    int threads, struct rec_error *err);

#endif
