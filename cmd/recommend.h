/* SPDX-License-Identifier: MIT */
/* The parts of rec-recommend, one file each. */
#ifndef REC_CMD_RECOMMEND_H
#define REC_CMD_RECOMMEND_H

#include "cli.h"
#include "data/dataset.h"
#include "data/gather.h"
#include "data/titles.h"
#include "models/persona_set.h"
#include "models/quota.h"
#include "models/recommend.h"

struct recommend_options {
    const char *model, *fallback, *exclude, *only, *except, *titles, *items;
    const char *personas;
    int64_t length, reasons, samples, seed;
    int keep_seen, as_text;
    int by_medoid; /* ask by a persona's medoid, not by all its members */
};

/* A model that makes lists: the main one or the fallback. Indices of other
   dictionaries are turned into its own by the maps, REC_NONE for unknown. */
struct source {
    struct rec_model *model;
    struct rec_lists lists;
    uint32_t *join; /* from the input's items, as far as they are known */
    size_t joined, join_cap;
    uint32_t *excluded; /* from the items of --exclude, or NULL */
    uint32_t *shown;    /* from its own items to the output's; NULL: same */
    uint8_t *hidden;    /* by --only and --except, or NULL */
    struct rec_gather history, hide; /* of the block at hand */
};

/* A user of the block at hand. */
struct asker {
    struct source *source; /* NULL: nobody serves */
    size_t row;            /* of the source's block: the first that asks */
    size_t personas;       /* so many rows, or 0: one for the whole history */
    size_t id_end;         /* of the user's id in job.ids */
};

/* What --personas adds; all zero without it. */
struct personas {
    struct rec_persona_set set;
    uint32_t *join;    /* from the items of the set to the main model's */
    uint32_t *shown;   /* and to the output's */
    uint32_t *found;   /* of one user: those that the model can serve */
    size_t n_found;
    uint32_t *of_row;  /* by row of the main source's block: its persona */
    float *weight;     /* by item of the model: in the history; else 1 */
    uint8_t *taken;    /* by item of the model */
    struct rec_quota *list;
    struct rec_pick *pick;
    uint32_t *number, *medoid; /* columns of a list */
    uint64_t single;           /* users served without */
};

struct job {
    struct cli *c;
    const struct recommend_options *o;
    struct source main, fallback; /* fallback.model NULL: none */
    struct personas personas;
    struct rec_dict *shown; /* items of the output */
    int shown_owned;        /* it is more than the main model's */
    struct rec_data exclude; /* users NULL: none */
    struct rec_titles titles;
    struct rec_output *out;
    struct cli_rows rows; /* the ranking, or */
    struct cli_text text; /* the text */
    /* The block at hand, gathered from several batches: */
    struct asker *asker;
    size_t block, block_rows; /* its users, and the most it may have */
    size_t block_events;
    struct rec_buf ids;  /* of the users, one after the other */
    uint32_t *list_item; /* a list as a row */
    float *list_score;
    float *list_spread;
    /* Of a model with personas, by place in the lists of the block: the one
       that wins, and its weight. */
    uint32_t *winner, *list_winner;
    float *winner_share, *list_share;
    size_t winner_cap, share_cap;
    struct rec_gather listed; /* those lists as rows */
    size_t *list_row;    /* the row of the source that an item is from */
    uint32_t *list_own;  /* the item as the source knows it */
    double *part; /* of an explanation */
    size_t part_cap;
    uint64_t unknown_items, unknown_events, users_empty, users_fallback;
    uint64_t users_excluded; /* served, and with a row in --exclude */
};

/* Models, dictionaries, filters and titles: all that is read before the
   users. */
void recommend_open(struct job *j);
/* Is the item ID known to the model, or to the fallback? */
int recommend_knows(const struct job *j, const char *id, size_t len);
void recommend_close(struct job *j);

/* Begin a block; add the users of B, whose items are ITEMS, and make lists
   whenever it is full; make those of what is left. */
void recommend_begin(struct job *j);
void recommend_batch(struct job *j, const struct rec_batch *b,
                     const struct rec_dict *items);
void recommend_block(struct job *j);
/* Hide from the row at hand of S what the user of ROW must not be shown; and
   end it. */
void recommend_hide(struct job *j, struct source *s, const struct rec_row *row);
void recommend_end_row(const struct job *j, struct source *s,
                       const struct rec_row *row);
/* The columns of a ranking beside the score. */
void recommend_columns(struct job *j);
/* The item ITEM of S as one of the output. */
static inline uint32_t recommend_shown(const struct source *s, uint32_t item)
{
    return s->shown ? s->shown[item] : item;
}

/* Write the list of A, the user with the id of LIST. */
void recommend_write(struct job *j, const struct asker *a,
                     struct rec_row *list);

/* The users of IN, a stream of vectors instead of histories; takes IN. */
void recommend_vectors(struct job *j, struct rec_stream_reader *in);

/* --personas: read it; and join it to the model that serves. */
void personas_load(struct job *j);
void personas_open(struct job *j);
void personas_close(struct personas *p);
/* The personas of the user of ROW that the model can serve: how many. */
size_t personas_find(struct job *j, const struct rec_row *row);
/* Add a row for each of those just found. */
void personas_ask(struct job *j, const struct rec_row *row);
/* The list of A into the job's arrays; returns its length. */
size_t personas_list(struct job *j, const struct asker *a);

/* Do lists name the persona of the model that an item is due to? */
int winners_wanted(const struct job *j);
/* After the lists of the block: find these. */
void winners_find(struct job *j);
/* Of place I of the list in row ROW of S into place I of the job's. */
void winners_take(struct job *j, const struct source *s, size_t row, size_t i);
void winners_close(struct job *j);

/* LIST of user A as lines of text. */
void recommend_text(struct job *j, const struct asker *a,
                    const struct rec_row *list);

#endif
