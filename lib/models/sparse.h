/* SPDX-License-Identifier: MIT */
/* A sparse matrix W of weights from items to items, whoever made it: what
   rec-ease --top writes, and neighbourhood and walk models. Row i lists the
   items that an event of item i votes for; with x_i the weight of that event
   in a history, 1 unless the model uses weights,

     score_j = out_j sum_i in_i x_i W_ij.

   File: kind "model/sparse"; parameter "weights" (1: x counts) beside those of
   whoever made it; arrays "start" (i64, items + 1: offsets of the rows),
   "item" (u32, ascending in a row), "weight" (f32, f16 or bf16, as many); and
   if they are not 1, "in" and "out" (f32, items each). */
#ifndef REC_SPARSE_H
#define REC_SPARSE_H

#include "models/model.h"

extern const struct rec_model_type rec_sparse_type;

struct rec_sparse {
    uint32_t items;
    int weights;          /* 1: the weights of a history count */
    int64_t *start;       /* items + 1 */
    uint32_t *item;       /* start[items] items */
    float *weight;        /* as many */
    const float *in, *out; /* by item, borrowed; NULL: 1 each */
};

/* Free the arrays but IN and OUT, and zero it. */
void rec_sparse_release(struct rec_sparse *s);

/* Save with the parameters PARAM (lines "key number\n", without "weights"),
   weights stored as STORE: REC_F32, REC_F16 or REC_BF16. REC_ENUMERIC if one
   is not finite there. */
REC_MUST_CHECK int rec_sparse_save(const struct rec_sparse *s,
                                   const char *param, enum rec_dtype store,
                                   const struct rec_dict *items,
                                   struct rec_output *o, int level,
                                   const char *prov, struct rec_error *err);

/* Lend it as a model until rec_sparse_unlend. S and ITEMS are borrowed. */
REC_MUST_CHECK int rec_sparse_lend(const struct rec_sparse *s,
                                   struct rec_dict *items,
                                   struct rec_model *m,
                                   struct rec_error *err);
void rec_sparse_unlend(struct rec_model *m);

#endif
