/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=codes: semantic ids by residual k-means (Rajput et al.,
   TIGER, NeurIPS 2023, without the network): the first code of a vector is its
   cluster, the next one the cluster of what the first centre leaves over, and
   so on; or by product quantisation (Jegou, Douze and Schmid, PAMI 2011): a
   code for each part of the dimensions. Vectors with equal codes get one more,
   that tells them apart. */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

struct codes {
    struct cli *c;
    const struct cluster_options *o;
    struct rec_vectors v;
    float *rest; /* n x d: what the levels so far leave over */
    size_t n, d, levels;
    uint32_t *code;    /* levels x n */
    uint32_t *suffix;  /* n: 0 where the codes are its own */
    uint32_t *order;   /* n: by codes */
    uint64_t collided; /* vectors that share their codes */
    double *error;     /* levels + 1: mean square of the rest */
    double *perplexity;
};

static double mean_square(const float *x, size_t n, size_t d)
{
    double sum = 0;

    for (size_t i = 0; i < n * d; i++) {
        sum += (double)x[i] * x[i];
    }
    return n ? sum / (double)n : 0;
}

/* Level L is of the dimensions FROM to TO: they are labelled, and what the
   centres explain is taken away. */
static void make_level(struct codes *j, size_t l, size_t from, size_t to)
{
    struct rec_kmeans_options opt = j->o->kmeans;
    size_t d = to - from;
    float *centre = xalloc(opt.clusters, d * sizeof *centre), *part = j->rest;
    uint64_t *size = xalloc(opt.clusters, sizeof *size);
    uint32_t *label = j->code + l * j->n;
    struct rec_error err;

    if (d < j->d) {
        part = xalloc(j->n, d * sizeof *part);
        for (size_t i = 0; i < j->n; i++) {
            memcpy(part + i * d, j->rest + i * j->d + from, d * sizeof *part);
        }
    }
    opt.seed += l;
    check(rec_kmeans(part, j->n, d, &opt, centre, label, NULL, &err), &err);
    for (size_t i = 0; i < j->n; i++) {
        for (size_t k = 0; k < d; k++) {
            j->rest[i * j->d + from + k] -= centre[label[i] * d + k];
        }
    }
    j->error[l + 1] = mean_square(j->rest, j->n, j->d);
    j->perplexity[l] = cluster_usage(label, j->n, opt.clusters, size);
    if (part != j->rest) {
        free(part);
    }
    free(centre);
    free(size);
}

static void make_levels(struct codes *j)
{
    j->error[0] = mean_square(j->rest, j->n, j->d);
    for (size_t l = 0; l < j->levels; l++) {
        if (j->o->product) {
            make_level(j, l, j->d * l / j->levels,
                       j->d * (l + 1) / j->levels);
        } else {
            make_level(j, l, 0, j->d);
        }
    }
}

/* ---- equal codes ------------------------------------------------------ */

static const struct codes *sorting; /* qsort has no argument for it */

/* By the first LEVELS codes. */
static int compare_codes(size_t a, size_t b, size_t levels)
{
    for (size_t l = 0; l < levels; l++) {
        uint32_t x = sorting->code[l * sorting->n + a],
                 y = sorting->code[l * sorting->n + b];

        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

static int by_codes(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    int order = compare_codes(a, b, sorting->levels);

    return order ? order : (a > b) - (a < b);
}

/* Number the vectors of equal codes in the order of the stream, from 1. */
static void tell_apart(struct codes *j)
{
    uint32_t *order = j->order;

    for (size_t i = 0; i < j->n; i++) {
        order[i] = (uint32_t)i;
        j->suffix[i] = 0;
    }
    sorting = j;
    qsort(order, j->n, sizeof *order, by_codes);
    for (size_t i = 0, end; i < j->n; i = end) {
        for (end = i + 1; end < j->n; end++) {
            if (compare_codes(order[i], order[end], j->levels) != 0) {
                break;
            }
        }
        for (size_t k = i; end > i + 1 && k < end; k++) {
            j->suffix[order[k]] = (uint32_t)(k - i) + 1;
        }
        j->collided += end > i + 1 ? end - i : 0;
    }
}

/* ---- writing ---------------------------------------------------------- */

/* The token "LEVEL-CODE", both from 1. */
static uint32_t token(struct rec_dict *tokens, size_t level, uint32_t code)
{
    struct rec_error err;
    uint32_t index;
    char text[40];
    int n = snprintf(text, sizeof text, "%zu-%" PRIu32, level, code);

    check(rec_dict_add(tokens, text, (size_t)n, &index, &err), &err);
    return index;
}

static void write_codes(struct codes *j)
{
    struct rec_head head = {CLUSTER_CODES_KIND, "", 0};
    struct rec_dict *tokens = rec_dict_new();
    uint32_t *item = xalloc(j->levels + 1, sizeof *item);
    struct cli_rows out;
    struct rec_error err;

    if (!tokens) {
        die("out of memory");
    }
    cli_rows_begin(j->c, &out, cli_output(j->c, j->c->output, 1), &head,
                   tokens);
    for (size_t i = 0; i < j->n; i++) {
        struct rec_row row = {NULL, 0, j->levels, item, NULL, NULL};

        for (size_t l = 0; l < j->levels; l++) {
            item[l] = token(tokens, l + 1, j->code[l * j->n + i] + 1);
        }
        if (j->suffix[i]) {
            item[row.n++] = token(tokens, j->levels + 1, j->suffix[i]);
        }
        row.id = rec_dict_id(j->v.ids, (uint32_t)i, &row.id_len);
        check(rec_row_write(out.rows, &row, &err), &err);
    }
    cli_rows_finish(j->c, &out);
    rec_dict_free(tokens);
    free(item);
}

/* JOINS[i]: has the vector at I of the order the first LEVELS codes of the one
   before it? How many times that is not so. */
static size_t find_prefixes(const struct codes *j, size_t levels,
                            uint8_t *joins)
{
    size_t prefixes = 0;

    for (size_t i = 0; i < j->n; i++) {
        joins[i] = i > 0 && compare_codes(j->order[i - 1], j->order[i],
                                          levels) == 0;
        prefixes += !joins[i];
    }
    return prefixes;
}

static void write_report(const struct codes *j)
{
    struct cli_text t = {cli_output(j->c, j->o->report, 0), {NULL, 0, 0}};
    struct cluster_labels labels, chance;
    uint8_t *joins = xalloc(j->n, 1);

    if (j->o->labels) {
        cluster_labels_read(j->c, &labels, j->o->labels, j->v.ids);
        chance = labels;
        chance.row = xalloc(j->n, sizeof *chance.row);
        memcpy(chance.row, labels.row, j->n * sizeof *chance.row);
        cluster_labels_shuffle(&chance, j->n, j->o->kmeans.seed);
    }
    cli_text_printf(&t, "level\terror\tperplexity\tprefixes%s\n",
                    j->o->labels ? "\tpurity\tby-chance" : "");
    for (size_t l = 0; l <= j->levels; l++) {
        size_t prefixes = find_prefixes(j, l, joins);

        cli_text_printf(&t, "%zu\t%.6g\t", l, j->error[l]);
        if (l > 0) {
            cli_text_printf(&t, "%.6g", j->perplexity[l - 1]);
        }
        cli_text_printf(&t, "\t%zu", prefixes);
        if (j->o->labels) {
            cli_text_printf(&t, "\t%.6g\t%.6g",
                            cluster_purity(&labels, j->order, joins, j->n),
                            cluster_purity(&chance, j->order, joins, j->n));
        }
        cli_text_printf(&t, "\n");
    }
    cli_text_printf(&t, "vectors\t%zu\ncollided\t%" PRIu64 "\n", j->n,
                    j->collided);
    cli_text_finish(&t);
    if (j->o->labels) {
        free(chance.row);
        cluster_labels_release(&labels);
    }
    free(joins);
}

static void check_shape(const struct codes *j)
{
    if (j->o->kmeans.clusters > j->n) {
        die("%zu vectors are too few for %zu codes", j->n,
            j->o->kmeans.clusters);
    }
    if (j->o->product && j->levels > j->d) {
        die("vectors of dimension %zu do not have %zu parts", j->d,
            j->levels);
    }
}

void cluster_codes(struct cli *c, const struct cluster_options *o)
{
    struct codes j = {.c = c, .o = o, .levels = (size_t)o->levels};

    j.rest = cluster_load(c, &j.v, cli_one_input(c), "input", o->raw);
    j.n = j.v.n;
    j.d = j.v.dim;
    check_shape(&j);
    cli_need_memory(c, (double)j.n * ((double)j.d * 12 + 12
                                      + 4 * (double)j.levels)
                           + rec_kmeans_memory(j.n, j.d, &o->kmeans),
                    "clustering");
    j.code = xalloc(j.n, j.levels * sizeof *j.code);
    j.suffix = xalloc(j.n, sizeof *j.suffix);
    j.order = xalloc(j.n, sizeof *j.order);
    j.error = xalloc(j.levels + 1, sizeof *j.error);
    j.perplexity = xalloc(j.levels, sizeof *j.perplexity);
    make_levels(&j);
    tell_apart(&j);
    if (o->report) { /* first, for its inputs go into the provenance */
        write_report(&j);
    }
    write_codes(&j);
    note(c, "%zu vectors in %zu levels; %.4g of the mean square left; %" PRIu64
            " vectors share their codes",
         j.n, j.levels,
         j.error[0] > 0 ? j.error[j.levels] / j.error[0] : 0, j.collided);
    rec_vectors_release(&j.v);
    free(j.rest);
    free(j.code);
    free(j.suffix);
    free(j.order);
    free(j.error);
    free(j.perplexity);
}
