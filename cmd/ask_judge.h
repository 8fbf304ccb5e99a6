/* SPDX-License-Identifier: MIT */
/* rec-ask --simulate: what lists are worth. */
#ifndef REC_CMD_ASK_JUDGE_H
#define REC_CMD_ASK_JUDGE_H

#include "data/dataset.h"
#include "eval/metrics.h"

/* The ndcg of the first K of the lists RUN over the users who have one, judged
   by TRUTH, the stream FILE. */
struct rec_moments ask_judge(const struct rec_data *truth, const char *file,
                             const struct rec_data *run, uint32_t k);

#endif
