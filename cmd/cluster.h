/* SPDX-License-Identifier: MIT */
/* The modes of rec-cluster, one file each. */
#ifndef REC_CLUSTER_H
#define REC_CLUSTER_H

#include "cli.h"
#include "data/dataset.h"
#include "data/vectors.h"
#include "math/density.h"
#include "math/kmeans.h"
#include "models/personas.h"

#define CLUSTER_GROUPS_KIND "groups"
#define CLUSTER_CODES_KIND "codes"

enum { PERSONA_BINS = 80 };

struct cluster_options {
    const char *vectors; /* --embeddings */
    int raw;             /* 1: vectors as they are, not of unit length */
    int64_t recent;      /* events of a history, at most: the latest */
    int now_given, height_given;
    struct rec_persona_options personas;
    struct rec_kmeans_options kmeans;
    struct rec_density_options density;
    int64_t levels;           /* of codes */
    int product;              /* 1: a level is a part of the dimensions */
    const char *labels;       /* groups that are known, or NULL */
    const char *centres;      /* to read, or NULL */
    const char *save_centres; /* to write, or NULL */
    const char *report;       /* to write, or NULL */
};

/* What --report of personas counts; all zero is nothing yet. */
struct persona_counts {
    uint64_t *users;    /* by number of personas */
    uint64_t *personas; /* by number of members */
    size_t users_cap, users_n, personas_cap, personas_n;
    /* By the height just below the cut, and just above it, on a scale of
       squares: bin K is from 2^((K - 40)/2) to 2^((K - 39)/2); lower ones are
       left out. */
    uint64_t height[2][PERSONA_BINS];
};
void persona_count(struct persona_counts *n, const struct rec_persona *persona,
                   size_t personas, const double height[2]);
void persona_report(const struct persona_counts *n, struct cli *c,
                    const char *path);
void persona_counts_release(struct persona_counts *n);

/* Groups of the histories on the input, onto the output. */
void cluster_personas(struct cli *c, const struct cluster_options *o);
/* The cohort of every vector on the input. */
void cluster_cohorts(struct cli *c, const struct cluster_options *o);
/* The code of every vector on the input. */
void cluster_codes(struct cli *c, const struct cluster_options *o);
/* Clusters and noise among the vectors on the input. */
void cluster_density(struct cli *c, const struct cluster_options *o);

/* The vectors of PATH, of unit length unless RAW, in memory; *V is the
   caller's, to be released, and the result to be freed. */
float *cluster_load(struct cli *c, struct rec_vectors *v, const char *path,
                    const char *what, int raw);

/* Copy the vector X of D numbers; of unit length, unless it is zero or RAW. */
void cluster_copy(float *to, const float *x, size_t d, int raw);

/* N labels below CLUSTERS: how many have each (SIZE, cleared here), and the
   perplexity of that, from 1 to CLUSTERS. */
double cluster_usage(const uint32_t *label, size_t n, size_t clusters,
                     uint64_t *size);

/* A dictionary of the numbers FIRST to LAST, to be freed. */
struct rec_dict *cluster_names(size_t first, size_t last);

/* The labels of vectors, any number for each. */
struct cluster_labels {
    struct rec_data data;
    uint32_t *row; /* by vector: the row of DATA, or REC_NONE without labels */
};
/* Read those of IDS from PATH; dies if there are none. */
void cluster_labels_read(struct cli *c, struct cluster_labels *l,
                         const char *path, const struct rec_dict *ids);
void cluster_labels_release(struct cluster_labels *l);
/* Exchange the labels of the N vectors at random: what chance would give. */
void cluster_labels_shuffle(struct cluster_labels *l, size_t n,
                            uint64_t seed);
/* The share of the vectors with labels that have the one which most of their
   group have. Vector ORDER[i] is in the group of ORDER[i - 1] if JOINS[i]. */
double cluster_purity(const struct cluster_labels *l, const uint32_t *order,
                      const uint8_t *joins, size_t n);

#endif
