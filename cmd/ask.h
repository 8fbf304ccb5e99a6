/* SPDX-License-Identifier: MIT */
/* The parts of rec-ask, one file each. */
#ifndef REC_CMD_ASK_H
#define REC_CMD_ASK_H

#include "cli.h"
#include "data/dataset.h"
#include "data/titles.h"
#include "models/ask.h"

struct ask_options {
    const char *model, *titles, *save, *user, *simulate, *truth;
    int64_t pool, questions, stable, length;
    double ratio, known, scale, tolerance;
    int pairs;
    int by;     /* enum rec_ask_criterion */
    int offset; /* 0: of the counts, 1: none */
    int64_t dim, epochs; /* of --learn */
    double penalty, rate;
    int start;  /* 0: svd, 1: random */
    int absent; /* what is not in a simulated history: 0 skip, 1 dislike */
};

struct job {
    struct cli *c;
    const struct ask_options *o;
    struct rec_model *model;
    const float *vector; /* of its items */
    uint32_t dim;
    uint32_t *count;     /* by item: people of the population who have it */
    size_t people;
    struct rec_dict *users; /* of the population, all of them; NULL: the model
                               knows the population itself */
    uint32_t *rank;      /* order of ties */
    struct rec_ask_prior prior;
    struct rec_ask_pool pool;
    struct rec_titles titles;
    struct cli_text text;
};

/* Read all but the answers, and make the questions. */
void ask_open(struct job *j);
void ask_close(struct job *j);

/* The rows of D with the items of the model, without those that it does not
   know; weights are kept. To be released. */
struct rec_csr ask_join(const struct job *j, const struct rec_data *d);

/* A conversation on standard input and output. */
void ask_talk(struct job *j);
/* A model of comparisons. */
void ask_learn(struct job *j);
/* Answers from held-out data; a table. */
void ask_simulate(struct job *j);

#endif
