/* SPDX-License-Identifier: MIT */
/* Models behind one small interface, so that a program that uses a model
   (rec-recommend) never knows which one it has.

   A model file is a stream of kind "model/NAME" that holds

     "Parm"  text, the parameters, one line "key number" each
     "Item"  the item dictionary (rows.h); item i of every array is id i
     "Arry"  the arrays, by name

   and whose end block counts no rows and no events, only the items.

   To add a model: write lib/models/NAME.c with its fit and save functions
   (declared in NAME.h, used by the program that trains it) and one struct
   rec_model_type, and add that to the table in model.c. Nothing else
   changes. */
#ifndef REC_MODEL_H
#define REC_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "base/error.h"
#include "data/csr.h"
#include "data/dict.h"
#include "io/output.h"
#include "io/store.h"
#include "io/stream.h"

struct rec_model;

/* Is a model nothing but a dense matrix of weights? Then rec_model_panel gives
   its columns, and the scores of a row are the sum of the rows of this matrix
   that belong to its items, added in their order in single precision. */
enum rec_linear {
    REC_LINEAR_NO,
    REC_LINEAR_PLAIN,   /* every item of a row counts 1 */
    REC_LINEAR_WEIGHTED /* each is multiplied by its weight */
};

/* How often to draw from the posterior of each row: N times, at least 2, from
   SEED and the row's KEY alone. */
struct rec_draws {
    size_t n;
    uint64_t seed;
    const uint64_t *key; /* by row */
};

/* What a kind of model can do. The functions are called through the wrappers
   below, which say what they do. */
struct rec_population { /* borrowed from the model */
    const float *mean;       /* dim */
    const float *covariance; /* dim x dim */
    const uint32_t *count;   /* items: how often an item was met */
    double people;
};

struct rec_model_type {
    const char *kind; /* of the stream: "model/ease" */
    int any_row;      /* 1: has scores for a row without items too */
    int product;      /* 1: a score is the inner product of the vectors of the
                         user and the item */
    /* Find and check the arrays; set m->state. */
    int (*load)(struct rec_model *m, struct rec_error *err);
    void (*release)(struct rec_model *m); /* free m->state */
    int (*score)(const struct rec_model *m, const struct rec_csr *rows,
                 int threads, float *out, struct rec_error *err);
    /* What follows is NULL in a kind that has no such thing. */
    int (*explain)(const struct rec_model *m, const struct rec_csr *row,
                   uint32_t item, double *part, struct rec_error *err);
    int (*weights)(const struct rec_model *m, uint32_t item, float *out,
                   struct rec_error *err);
    /* Both, or neither: */
    enum rec_linear (*linear)(const struct rec_model *m);
    int (*panel)(const struct rec_model *m, uint32_t from, uint32_t to,
                 uint32_t first, uint32_t n, float *out,
                 struct rec_error *err);
    /* All of these, or none; users have DIMENSIONS too unless it is said: */
    uint32_t (*dimensions)(const struct rec_model *m);
    uint32_t (*user_dimensions)(const struct rec_model *m); /* may be NULL */
    int (*item_vectors)(const struct rec_model *m, const float **out,
                        struct rec_error *err);
    int (*user_vectors)(const struct rec_model *m, const struct rec_csr *rows,
                        int threads, float *out, struct rec_error *err);
    int (*population)(const struct rec_model *m, struct rec_population *out,
                      struct rec_error *err);
    /* Both of these, or none; cohorts are named as the model likes: */
    uint32_t (*cohort)(const struct rec_model *m, const char *id, size_t len);
    int (*score_cohorts)(const struct rec_model *m, const struct rec_csr *rows,
                         const uint32_t *cohort, int threads, float *out,
                         struct rec_error *err);
    /* Both of these, or none: */
    int (*has_posterior)(const struct rec_model *m);
    int (*sample)(const struct rec_model *m, const struct rec_csr *rows,
                  const struct rec_draws *draws, int threads, float *mean,
                  float *spread, struct rec_error *err);
    int (*winners)(const struct rec_model *m, const struct rec_csr *rows,
                   const struct rec_csr *lists, int threads, uint32_t *persona,
                   float *weight, struct rec_error *err);
};

struct rec_model {
    const struct rec_model_type *type;
    struct rec_store *store; /* owned; the arrays live in it */
    struct rec_dict *items;  /* owned */
    uint32_t n_items;
    void *state; /* the type's own */
};

/* Load the model at PATH; a regular file is mapped and costs nothing until it
   is used. Whatever is not a model of a known kind is REC_EFORMAT. */
REC_MUST_CHECK int rec_model_open(struct rec_model **m, const char *path,
                                  struct rec_error *err);
/* Accepts NULL. */
void rec_model_close(struct rec_model *m);

/* The scores of all items for each of ROWS, whose items are indices of this
   model: OUT is rows x n_items, row-major. Higher is better; only the order
   within a row has a meaning. The result does not depend on THREADS. */
REC_MUST_CHECK int rec_model_score(const struct rec_model *m,
                                   const struct rec_csr *rows, int threads,
                                   float *out, struct rec_error *err);

/* Models that know users by their id, beside their history: whether M is one;
   the cohort of a user, or REC_NONE when it knows of none; and the scores as
   rec_model_score has them, with the cohort of each row. Without cohorts, or
   for REC_NONE, users get the scores that are for everybody. */
int rec_model_has_cohorts(const struct rec_model *m);
uint32_t rec_model_cohort(const struct rec_model *m, const char *id,
                          size_t len);
REC_MUST_CHECK int rec_model_score_cohorts(const struct rec_model *m,
                                           const struct rec_csr *rows,
                                           const uint32_t *cohort, int threads,
                                           float *out, struct rec_error *err);

/* What each item of ROW (a single row) added to the score of ITEM: PART has
   one number per item of the row; they sum up to the score, but for a model
   with personas, which says how much each speaks for the one that wins.
   REC_ENOTSUP when the model is not of that sort. */
int rec_model_can_explain(const struct rec_model *m);
REC_MUST_CHECK int rec_model_explain(const struct rec_model *m,
                                     const struct rec_csr *row, uint32_t item,
                                     double *part, struct rec_error *err);

/* The weights from ITEM to every item, OUT of n_items, as a score of them
   counts one event of ITEM. REC_ENOTSUP when the model has no such weights. */
REC_MUST_CHECK int rec_model_weights(const struct rec_model *m, uint32_t item,
                                     float *out, struct rec_error *err);

/* REC_LINEAR_NO also of a model that could be one but is not in single
   precision. If it is not, rec_model_panel copies of the weights the rows
   [FROM, TO), columns [FIRST, FIRST + N) to OUT, whose rows are REC_PANEL
   floats long; N is at most that. Safe from several threads at once. */
enum { REC_PANEL = 64 };
enum rec_linear rec_model_linear(const struct rec_model *m);
REC_MUST_CHECK int rec_model_panel(const struct rec_model *m, uint32_t from,
                                   uint32_t to, uint32_t first, uint32_t n,
                                   float *out, struct rec_error *err);

/* Models with vectors: the length of one, or 0 when the model has none; those
   of users may have another length than those of items. The vectors of the
   items are n_items x dimensions, row-major, and belong to the model; those of
   users are computed from their histories ROWS (fold-in) into OUT, rows x
   user dimensions. REC_ENOTSUP when the model has none. */
uint32_t rec_model_dimensions(const struct rec_model *m);
uint32_t rec_model_user_dimensions(const struct rec_model *m);
REC_MUST_CHECK int rec_model_item_vectors(const struct rec_model *m,
                                          const float **out,
                                          struct rec_error *err);
/* Are the scores of M the inner products of these vectors, so that whoever has
   the vector of a user needs no history? */
int rec_model_is_product(const struct rec_model *m);
REC_MUST_CHECK int rec_model_user_vectors(const struct rec_model *m,
                                          const struct rec_csr *rows,
                                          int threads, float *out,
                                          struct rec_error *err);

/* What the model itself knows of the vectors of its users. REC_ENOTSUP when it
   knows nothing. */
int rec_model_has_population(const struct rec_model *m);
REC_MUST_CHECK int rec_model_population(const struct rec_model *m,
                                        struct rec_population *out,
                                        struct rec_error *err);

/* Models that know a user only up to a distribution: the mean and the standard
   deviation (of a sample: divided by n - 1) of the scores over DRAWS from it,
   rows x n_items each. REC_ENOTSUP when the model has none. The draws do not
   depend on THREADS. */
int rec_model_has_posterior(const struct rec_model *m);
REC_MUST_CHECK int rec_model_sample(const struct rec_model *m,
                                    const struct rec_csr *rows,
                                    const struct rec_draws *draws, int threads,
                                    float *mean, float *spread,
                                    struct rec_error *err);

/* Models with several personas for a user: for every item of LISTS, which has
   a row for each of ROWS, the persona of that history that the score is most
   due to, from 1, and its share of the score's mixture (0, 0 for a history
   without items). REC_ENOTSUP when the model has none. */
int rec_model_has_personas(const struct rec_model *m);
REC_MUST_CHECK int rec_model_winners(const struct rec_model *m,
                                     const struct rec_csr *rows,
                                     const struct rec_csr *lists, int threads,
                                     uint32_t *persona, float *weight,
                                     struct rec_error *err);

/* Fill the dictionary of M, empty so far, from the blocks of its store; of a
   file that is not a WHAT ("model"), as there are other blocks that must be
   understood, REC_EFORMAT. */
REC_MUST_CHECK int rec_model_read_items(const struct rec_model *m,
                                        const char *what,
                                        struct rec_error *err);

/* The parameter KEY of a loaded model. */
REC_MUST_CHECK int rec_model_param(const struct rec_model *m, const char *key,
                                   double *out, struct rec_error *err);

/* The array NAME of N elements of DTYPE in a loaded model, all of it verified.
   *OUT, a pointer to const elements, borrows from M. */
REC_MUST_CHECK int rec_model_array(const struct rec_model *m, const char *name,
                                   enum rec_dtype dtype, size_t n, void *out,
                                   struct rec_error *err);

/* Rows of training data in a loaded model, as many as its parameter "users"
   says: the arrays "start" (i64), "item" (u32) and, if WEIGHTS, "weight"
   (f32), all verified. *X borrows from M. */
REC_MUST_CHECK int rec_model_rows(const struct rec_model *m, int weights,
                                  struct rec_csr *x, struct rec_error *err);

/* Begin to save a model of KIND with the parameters PARAM (lines "key
   number\n") and the dictionary ITEMS; the caller then writes the arrays onto
   *W with rec_stream_write and ends with rec_model_end, which also frees W.
   If anything fails in between, rec_stream_writer_free(W). */
REC_MUST_CHECK int rec_model_begin(struct rec_stream_writer **w,
                                   struct rec_output *o, const char *kind,
                                   int level, const char *param,
                                   const struct rec_dict *items,
                                   struct rec_error *err);
REC_MUST_CHECK int rec_model_end(struct rec_stream_writer *w,
                                 const struct rec_dict *items, const char *prov,
                                 struct rec_error *err);

#endif
