/* SPDX-License-Identifier: MIT */
/* What the files of AMP-CF share. Vectors are rows of LD floats: the DIM
   numbers, the bias if there is one (of a persona: 1), and zeros up to a
   multiple of 16. So the bias is part of every product, and nothing else has
   to know of it. The maps of cosine attention are 0 there. */
#ifndef REC_AMP_PRIVATE_H
#define REC_AMP_PRIVATE_H

#include "math/adam.h"
#include "models/amp.h"

enum {
    AMP_LANES = 16, /* vectors are a multiple of so many numbers */
    AMP_PANEL = 64  /* candidates at a time */
};

static inline size_t amp_round(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* ---- products: amp_kernels.c ------------------------------------------- */

/* out[i][l] = (ADD: out[i][l] +) sum over t < TERMS, in this order, of
   a[i a_row + t a_term] b[t b_term + l], for i < ROWS and l < LANES, which is
   a multiple of 16; rows of OUT are OUT_ROW apart. */
struct amp_product {
    size_t rows, lanes, terms;
    const float *a;
    size_t a_row, a_term;
    const float *b;
    size_t b_term;
    float *out;
    size_t out_row;
    int add;
};
void amp_multiply(const struct amp_product *p);

/* The inner product of two vectors of N numbers, a multiple of 16. */
float amp_dot(const float *x, const float *y, size_t n);
/* Y += A X. */
void amp_axpy(float *y, float a, const float *x, size_t n);

/* ---- parameters: amp_net.c ---------------------------------------------- */

enum amp_part {
    AMP_ITEM,      /* items x ld */
    AMP_USER_MAP,  /* project x ld */
    AMP_ITEM_MAP,  /* project x ld */
    AMP_USER_BASE, /* lda */
    AMP_ITEM_BASE, /* lda */
    AMP_PARTS
};

struct amp_net {
    struct rec_amp_shape shape;
    size_t ld, lda; /* of vectors; of their maps */
    size_t size[AMP_PARTS];
    float *part[AMP_PARTS]; /* one piece of memory, from part[0] on */
};

/* All zero; to be released. */
REC_MUST_CHECK int amp_net_init(struct amp_net *n,
                                const struct rec_amp_shape *shape,
                                struct rec_error *err);
void amp_net_release(struct amp_net *n);
size_t amp_net_numbers(const struct amp_net *n);
void amp_net_copy(struct amp_net *to, const struct amp_net *from);
void amp_net_draw(struct amp_net *n, uint64_t seed);
/* N normal numbers with deviation SD from KEY. */
void amp_normal(uint64_t seed, uint64_t key, double sd, float *out, size_t n);

/* Personas of a history of N events. */
size_t amp_personas(const struct rec_amp_shape *s, size_t n);

/* ---- candidates: amp_cand.c --------------------------------------------- */

/* What all users of a batch are told from: all items, or a sample. */
struct amp_cand {
    size_t n, pad;   /* candidates; the same as a multiple of AMP_PANEL */
    uint32_t *item;  /* by candidate; NULL: candidate c is item c */
    uint32_t *place; /* by item: its candidate or REC_NONE; NULL: all */
    float *count;    /* pad: how often drawn; 0 where there is none */
    float *shift;    /* pad: what is added to y in the sum; -inf likewise */
    float *vector;   /* n x ld; of all items borrowed from the net */
    float *panel;    /* pad / 64 x ld x 64: the same, turned */
    /* With cosine attention, maps of length 1, and before: */
    float *map;      /* items x lda */
    float *norm;     /* items */
    float *mapped;   /* n x lda: of the candidates; of all items MAP itself */
    float *map_panel;
    double *share;   /* items: cumulative, of the distribution drawn from */
    double total;
    size_t room;
};

/* For NET and LOSS; COUNT are the events of each item. */
REC_MUST_CHECK int amp_cand_init(struct amp_cand *c, const struct amp_net *net,
                                 const struct rec_amp_loss *loss,
                                 const float *count, struct rec_error *err);
void amp_cand_release(struct amp_cand *c, const struct rec_amp_loss *loss);
/* Draw those of STEP, of nothing but the seed and STEP. Not needed of all
   items. */
void amp_cand_draw(struct amp_cand *c, const struct amp_net *net,
                   const struct rec_amp_loss *loss, uint64_t step);
/* Take their vectors from NET, as it is now. */
void amp_cand_take(struct amp_cand *c, const struct amp_net *net, int threads);

/* ---- the loss and its gradient: amp_step.c ------------------------------ */

/* Users, with their personas one after the other: user u has the rows
   [first[u], first[u + 1]) of W, and row row[u] of the histories. */
struct amp_users {
    size_t n;
    const uint32_t *row;
    const size_t *first;
    float *w; /* rows x ld */
};

struct amp_sums { /* over events, each with its weight */
    double weight, loss, pos_entropy, neg_entropy;
};

/* Of one call of amp_gradient, used again for the next. */
struct amp_room {
    size_t s_cap, d_cap, c_cap, dc_cap, psi_cap, norm_cap, gpsi_cap, at_cap;
    size_t thread_cap, sum_cap, chunk_cap;
    float *s, *d;      /* rows x pad: products, then gradients */
    float *coef, *attn; /* by event and persona of a block: of the positives */
    float *psi, *psi_norm, *gpsi; /* rows x lda, rows, rows x lda */
    float *turned;     /* ld x lda: a map, turned */
    float *thread;     /* scratch of each */
    struct amp_sums *sum; /* by user of a block */
    size_t *chunk;
};
void amp_room_release(struct amp_room *r);

struct amp_task {
    const struct amp_net *net;
    const struct rec_amp_loss *loss;
    const struct amp_cand *cand;
    const struct rec_csr *x; /* weights NULL: 1 */
    const struct amp_users *users;
    float *gw;            /* rows x ld: set to the gradient of W */
    struct amp_net *grad; /* added to; NULL: of W only */
    float *gmap;          /* items x lda: zeros; with GRAD and cosine */
    int threads;
};

/* The loss of USERS, summed to SUMS, and its gradient without the decay. */
REC_MUST_CHECK int amp_gradient(const struct amp_task *t, struct amp_room *r,
                                struct amp_sums *sums, struct rec_error *err);

/* ---- a user: amp_user.c -------------------------------------------------- */

/* Scratch floats that amp_user takes. */
size_t amp_user_room(const struct amp_net *net, const struct amp_cand *c);
/* From the products S and, with cosine attention, D (NULL otherwise) of the K
   personas of user U with all candidates (K x pad) to the gradients by them,
   in place, and those of its events, COEF and ATTN (events x K). PSI, K x
   lda, are the personas' maps. */
void amp_user(const struct amp_task *t, size_t u, float *s, float *d,
              const float *psi, float *coef, float *attn, float *scratch,
              struct amp_sums *sum);

/* The scores OUT of the first N candidates of a panel, from K rows of 64
   products S and logits L (cosines, or S itself). */
void amp_mix_panel(size_t k, double temperature, const float *s,
                   const float *l, size_t n, float *out);

/* The attention A and score of K personas from their products S with an item,
   the bias included, and cosines D (dot: NULL). */
float amp_mix(size_t k, double temperature, const float *s, const float *d,
              float *a);

/* ---- folding in: amp_fold.c ---------------------------------------------- */

struct rec_amp { /* a model in use */
    struct amp_net net;
    struct rec_amp_loss loss;
    struct rec_amp_fold fold;
    double start; /* personas start at so much of the means */
    int weights;
    const float *count; /* items */
    struct amp_cand cand; /* all items */
    const float *plain;   /* items x dim: the vectors without bias */
    float *owned;         /* PLAIN, or NULL: elsewhere */
    int lent;             /* NET belongs to a training */
};

/* The Ward start of a history of the N items ITEM in W, K x ld. The LAST items
   decide where there are too many. */
REC_MUST_CHECK int amp_ward_label(const struct amp_net *net,
                                  const uint32_t *item, size_t n, size_t k,
                                  uint32_t *label, struct rec_error *err);
REC_MUST_CHECK int amp_ward_start(const struct amp_net *net,
                                  const uint32_t *item, size_t n, size_t k,
                                  double scale, float *w,
                                  struct rec_error *err);

struct amp_folded {
    size_t *first; /* rows + 1 */
    float *w;      /* first[rows] x ld */
    float *psi;    /* likewise x lda: maps of length 1, with cosine attention */
};
REC_MUST_CHECK int amp_fold_in(const struct rec_amp *m,
                               const struct rec_csr *rows, int threads,
                               struct amp_folded *f, struct rec_error *err);
void amp_folded_release(struct amp_folded *f);

/* NET as a model, and saved: all but the net is as in LIKE. amp_model.c */
REC_MUST_CHECK int amp_lend(const struct amp_net *net,
                            const struct rec_amp *like,
                            struct rec_dict *items, struct rec_model *out,
                            struct rec_error *err);
REC_MUST_CHECK int amp_save(const struct amp_net *net,
                            const struct rec_amp *like,
                            const struct rec_dict *items, struct rec_output *o,
                            int level, const char *prov,
                            struct rec_error *err);

/* OUT (rows x lda) = the maps of the N rows at W, of length 1 with NORM (may
   be NULL) what it was. TURNED, ld x lda, is the map turned. */
void amp_map_rows(const struct amp_net *net, const float *turned,
                  const float *base, const float *w, size_t n, float *out,
                  float *norm);
void amp_turn(const struct amp_net *net, enum amp_part map, float *turned);

/* ---- training: amp_train.c --------------------------------------------- */

struct rec_amp_train {
    struct rec_amp_options opt;
    const struct rec_csr *x; /* borrowed */
    struct rec_csr seen;     /* the same, without weights if binary */
    struct amp_net net, m, v, grad, kept;
    double kept_start;
    float *gmap;           /* items x lda, with cosine attention */
    size_t *first;         /* x.rows + 1: persona rows */
    float *w, *wm, *wv;    /* first[x.rows] x ld: personas and moments */
    float *batch_w, *batch_g;
    size_t *batch_first;
    struct rec_adam adam, user_adam;
    float *count;
    struct amp_cand cand;
    struct amp_room room;
    uint32_t *user; /* those with events, shuffled */
    size_t users, batches, epoch, next;
    uint64_t step;
    struct amp_sums sums; /* of the epoch so far */
    size_t best;
    double best_figure;
    struct rec_amp_report *report;
};

void amp_shuffle(struct rec_amp_train *t);
/* N users from place FROM of the order, and a copy of their personas. */
struct amp_users amp_take_users(struct rec_amp_train *t, size_t from,
                                size_t n);
REC_MUST_CHECK int amp_keep(struct rec_amp_train *t, struct rec_error *err);

#endif
