/* SPDX-License-Identifier: MIT */
/* --as: what other tools report, and how they count, after their source or, of
   vae_cf and trec, their documentation; tests/reference/presets.py counts
   again. */
#include <config.h>

#include "eval.h"

#define BIT(m) (1u << (m))

const char *const eval_preset_names[] = {"vae_cf",  "recbole", "bars",
                                         "lenskit", "trec",    NULL};

static const struct eval_preset preset[] = {
    {"20,50,100", BIT(REC_RECALL_MIN) | BIT(REC_NDCG),
     BIT(REC_RECALL_MIN) | BIT(REC_NDCG), {0, 0, 0, 0, 0}},
    {"10",
     BIT(REC_RECALL_ALL) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_HIT)
         | BIT(REC_MRR),
     BIT(REC_RECALL_ALL) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_HIT)
         | BIT(REC_MRR) | BIT(REC_MAP),
     {0, 1, 0, 0, 0}},
    {"20,50", BIT(REC_RECALL_ALL) | BIT(REC_NDCG),
     BIT(REC_RECALL_ALL) | BIT(REC_NDCG) | BIT(REC_PRECISION) | BIT(REC_HIT),
     {0, 0, 0, 0, 0}},
    {"10",
     BIT(REC_RECALL_MIN) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_HIT)
         | BIT(REC_MRR),
     BIT(REC_RECALL_MIN) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_HIT)
         | BIT(REC_MRR),
     {1, 1, 0, 1, 0}},
    {"5,10,20,100",
     BIT(REC_RECALL_ALL) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_MAP)
         | BIT(REC_HIT) | BIT(REC_MRR),
     BIT(REC_RECALL_ALL) | BIT(REC_PRECISION) | BIT(REC_NDCG) | BIT(REC_MAP)
         | BIT(REC_HIT) | BIT(REC_MRR),
     {0, 0, 1, 1, 1}}};

const struct eval_preset *eval_preset(int choice)
{
    return &preset[choice];
}
