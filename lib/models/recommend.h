/* SPDX-License-Identifier: MIT */
/* The best items of one model for a block of users: score, leave out what
   must not be shown, take the best. Blocks keep the memory independent of the
   number of users. */
#ifndef REC_RECOMMEND_H
#define REC_RECOMMEND_H

#include "math/topk.h"
#include "models/model.h"

struct rec_lists {
    const struct rec_model *model; /* borrowed */
    uint32_t *rank;                /* the model's tie order */
    size_t n;                      /* items of a list, at most */
    size_t max_rows;               /* of a block */
    size_t score_rows;             /* of those, scored at a time */
    uint32_t *cohort;              /* max_rows, if the model has cohorts: to be
                                      set before rec_lists_fill; or NULL */
    float *score;                  /* score_rows x n_items */
    int64_t *start;                /* score_rows + 1: of these rows */
    struct rec_hit *hit;           /* max_rows x n: the lists */
    size_t *count;                 /* max_rows: their lengths */
    /* With rec_lists_sample, scores are means over so many draws: */
    size_t samples;
    uint64_t seed;
    uint64_t *key; /* max_rows: to be set before rec_lists_fill */
    float *spread; /* max_rows x n_items: the deviations */
};

/* Lists of N items (fewer if the model has fewer). Takes about 32 MiB, or
   what a single row needs if that is more; and at most a panel (panels.h)
   while it works. The larger a block, the less of the model is moved. */
REC_MUST_CHECK int rec_lists_init(struct rec_lists *l,
                                  const struct rec_model *m, size_t n,
                                  struct rec_error *err);
void rec_lists_release(struct rec_lists *l);
/* Blocks may have ROWS rows, if they could not before. Not after
   rec_lists_sample. */
REC_MUST_CHECK int rec_lists_grow(struct rec_lists *l, size_t rows,
                                  struct rec_error *err);
/* From now on score by SAMPLES draws from the posterior; as much memory
   again. */
REC_MUST_CHECK int rec_lists_sample(struct rec_lists *l, size_t samples,
                                    uint64_t seed, struct rec_error *err);

/* The lists of HISTORY (at most max_rows rows). Never shown: to row r, the
   items of row r of HIDE; to anyone, items whose byte in HIDDEN is set (NULL:
   none). A row of HISTORY without items has an empty list unless the model
   has scores for it. */
REC_MUST_CHECK int rec_lists_fill(struct rec_lists *l,
                                  const struct rec_csr *history,
                                  const struct rec_csr *hide,
                                  const uint8_t *hidden, int threads,
                                  struct rec_error *err);
/* The same for users with the vectors USER, hide->rows x dimensions, of a model
   whose scores are products (rec_model_is_product), whatever their
   histories. */
REC_MUST_CHECK int rec_lists_fill_vectors(struct rec_lists *l,
                                          const float *user,
                                          const struct rec_csr *hide,
                                          const uint8_t *hidden, int threads,
                                          struct rec_error *err);

#endif
