/* SPDX-License-Identifier: MIT */
/* See ask_judge.h. */
#include <config.h>

#include "ask_judge.h"

#include "cli.h"
#include "eval/judge.h"

struct rec_moments ask_judge(const struct rec_data *truth, const char *file,
                             const struct rec_data *run, uint32_t k)
{
    static const struct rec_rules rules = {.lists_only = 1};
    struct rec_measures measures;
    struct rec_moments m;
    struct rec_judge *judge;
    struct rec_error err;

    check(rec_measures_init(&measures, 1u << REC_NDCG, &k, 1, &rules, &err),
          &err);
    check(rec_judge_new(&judge, truth, file, &measures, NULL, NULL, &err),
          &err);
    check(rec_judge_add_run(judge, run, "the lists", &err), &err);
    rec_judge_finish(judge);
    m = rec_judge_moments(judge)[0];
    rec_judge_free(judge);
    rec_measures_release(&measures);
    return m;
}
