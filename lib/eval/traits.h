/* SPDX-License-Identifier: MIT */
/* What lists show, whether or not it is what their users turned out to like.
   L is the first k items of a list, or all of it if it is shorter; c(i) the
   users of the training data that have item i, U all of them:

     popularity@k      mean of c(i) over L (average recommendation popularity,
                       Yin et al., "Challenging the long tail recommendation",
                       2012)
     lift@k            that divided by the mean of c(i) over the user's
                       history, minus 1 (Abdollahpouri et al., "The unfairness
                       of popularity bias in recommendation", 2019)
     novelty@k         mean of log2(U / max(1, c(i))) over L, in bits
     tail@k            the share of L in the long tail: the items after those
                       that have four fifths of the interactions
     miscalibration@k  Jensen-Shannon divergence in bits, 0 to 1, between the
                       shares that the head (a fifth of the interactions), the
                       middle and the tail have of the history and of L
                       (Abdollahpouri et al., "User-centered evaluation of
                       popularity bias", 2021)
     diversity@k       mean over the pairs of L of 1 - the cosine of their
                       vectors (intra-list diversity); items without one are
                       left out

     diversity@k/attributes   the same by attributes: each item that has some
                       stands for a vector with a 1 for each of them

   A user without a list has none of these; without history no lift and no
   miscalibration; with less than two vectors in L no diversity. Head, middle
   and tail are deciles 1 and 2, 3 to 8, and the rest of data/deciles.h, by
   share. Over all lists, e(i) being in how many L item i is:

     coverage@k   items with e(i) > 0, divided by the n of the catalogue, which
                  are those of the training data or of a list
     gini@k       sum of (2 r - n - 1) e(i) / (n sum e), r the place of i in
                  ascending order: 0 if all are shown alike
     entropy@k    - sum of e(i) / sum e * log2 of it, in bits */
#ifndef REC_TRAITS_H
#define REC_TRAITS_H

#include "data/dataset.h"
#include "data/vectors.h"
#include "eval/metrics.h"

struct rec_trait_item; /* of the ranking: what is known of it */

struct rec_traits {
    const struct rec_measures *measures;
    const struct rec_data *truth, *train, *history;
    const struct rec_vectors *vectors;
    const struct rec_data *attributes;
    uint32_t *count;   /* c of the items of the training data */
    uint8_t *part;     /* and 0, 1, 2: head, middle, tail */
    double users;      /* U */
    uint32_t *place;   /* user of the truth -> row of the history */
    uint32_t *in_train; /* item of the history -> of the training data */
    float *scale;      /* 1 / length of each vector, 0 of none */
    double *sum;       /* of vectors: dim */
    double *by_attribute; /* the same of attributes; zero between lists */
    struct rec_trait_item *item; /* of the ranking so far */
    size_t item_cap, shown_cap;
    uint32_t items;
    uint32_t *shown;   /* e: items x cuts */
    struct rec_dict *others; /* ids of those that the training data lack */
};

/* All are borrowed. HISTORY may be TRAIN; both are NULL, or VECTORS, or
   ATTRIBUTES, whose rows are items with their attributes, if nothing is
   measured that takes them. Release T in any case. */
REC_MUST_CHECK int rec_traits_init(struct rec_traits *t,
                                   const struct rec_measures *m,
                                   const struct rec_data *truth,
                                   const struct rec_data *train,
                                   const struct rec_data *history,
                                   const struct rec_vectors *vectors,
                                   const struct rec_data *attributes,
                                   struct rec_error *err);
void rec_traits_release(struct rec_traits *t);

/* ITEMS of the ranking have grown. */
REC_MUST_CHECK int rec_traits_items(struct rec_traits *t,
                                    const struct rec_dict *items,
                                    struct rec_error *err);

/* The values of the LIST, LEN > 0 items, of the user in row USER of the truth,
   into the columns of the measures from m->accurate on: OUT is the first of
   these. */
void rec_traits_row(struct rec_traits *t, size_t user, const uint32_t *list,
                    size_t len, double *out);

/* e of the items of the training data, then of the others: N x cuts, which the
   caller frees; NULL when out of memory. */
REC_MUST_CHECK uint32_t *rec_traits_shown(const struct rec_traits *t,
                                          size_t *n);

struct rec_catalogue {
    double items, coverage, gini, entropy;
};
/* Of all lists so far, at cutoff number C. */
REC_MUST_CHECK int rec_traits_catalogue(const struct rec_traits *t, size_t c,
                                        struct rec_catalogue *out,
                                        struct rec_error *err);

#endif
