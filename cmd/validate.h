/* SPDX-License-Identifier: MIT */
/* Judging a model that is still in memory against validation streams
   (--validate-in, --validate-out): the history of every user in the one, what
   is to be found in the other, joined by id. What the user has already is not
   recommended. The same figures as rec-recommend -n 100 | rec-eval would
   give. */
#ifndef REC_VALIDATE_H
#define REC_VALIDATE_H

#include "cli.h"
#include "data/dataset.h"
#include "eval/metrics.h"
#include "models/model.h"

enum { VALIDATE_N = 100 }; /* length of the lists */

/* What is measured, by column. */
enum {
    VALIDATE_RECALL_20_MIN,
    VALIDATE_RECALL_20_ALL,
    VALIDATE_NDCG_20,
    VALIDATE_NDCG_100, /* the one that chooses */
    VALIDATE_COLUMNS
};

struct validation {
    struct rec_data history, truth;
    uint32_t *history_item, *truth_item; /* to the model's items */
    uint32_t *row; /* by user of the truth: the row in HISTORY, or REC_NONE */
    struct rec_measures measures; /* taken as it is given, and released */
    size_t length;                /* of the lists */
    size_t users;                 /* with targets */
};

/* Die of a command line with one of them only, or where standard input is to
   be more than one of these two and the program's own INPUT (NULL: none). */
void validate_check_usage(const char *in, const char *out, const char *input);

/* Die if a stream with this HEAD, read from PATH, is test data: what is chosen
   on it (WHAT: "tune", "fit") says nothing about new data. */
void validate_refuse_test(const char *path, const struct rec_head *head,
                          const char *what);

/* Read the streams, to be judged by MEASURES, which is taken; dies if no user
   has targets, or if one of them is test data. */
void validate_load(struct validation *v, struct cli *c, const char *in,
                   const char *out, const struct rec_measures *measures);
/* From now on the models are of ITEMS. */
void validate_join(struct validation *v, const struct rec_dict *items);
/* The means of M, one for each column of the measures, over the users with
   targets. */
void validate_measure(const struct validation *v, const struct rec_model *m,
                      int threads, struct rec_moments *mean);

/* Load and join, for the columns above. */
void validate_open(struct validation *v, struct cli *c, const char *in,
                   const char *out, const struct rec_dict *items);
void validate_release(struct validation *v);

/* The name of column COL, and the means of M. */
const char *validate_name(int col);
void validate_model(const struct validation *v, const struct rec_model *m,
                    int threads, struct rec_moments mean[VALIDATE_COLUMNS]);

#endif
