/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=codes: semantic ids by residual k-means (Rajput et al.,
   TIGER, NeurIPS 2023, without the network): the first code of a vector is its
   cluster, the next one the cluster of what the first centre leaves over, and
   so on; vectors with equal codes get one more, that tells them apart. */
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

static void make_level(struct codes *j, size_t l)
{
    struct rec_kmeans_options opt = j->o->kmeans;
    float *centre = xalloc(opt.clusters, j->d * sizeof *centre);
    uint64_t *size = xalloc(opt.clusters, sizeof *size);
    uint32_t *label = j->code + l * j->n;
    struct rec_error err;

    opt.seed += l;
    check(rec_kmeans(j->rest, j->n, j->d, &opt, centre, label, NULL, &err),
          &err);
    for (size_t i = 0; i < j->n; i++) {
        for (size_t k = 0; k < j->d; k++) {
            j->rest[i * j->d + k] -= centre[label[i] * j->d + k];
        }
    }
    j->error[l + 1] = mean_square(j->rest, j->n, j->d);
    j->perplexity[l] = cluster_usage(label, j->n, opt.clusters, size);
    free(centre);
    free(size);
}

/* ---- equal codes ------------------------------------------------------ */

static const struct codes *sorting; /* qsort has no argument for it */

static int compare_codes(size_t a, size_t b)
{
    for (size_t l = 0; l < sorting->levels; l++) {
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
    int order = compare_codes(a, b);

    return order ? order : (a > b) - (a < b);
}

/* Number the vectors of equal codes in the order of the stream, from 1. */
static void tell_apart(struct codes *j)
{
    uint32_t *order = xalloc(j->n, sizeof *order);

    for (size_t i = 0; i < j->n; i++) {
        order[i] = (uint32_t)i;
        j->suffix[i] = 0;
    }
    sorting = j;
    qsort(order, j->n, sizeof *order, by_codes);
    for (size_t i = 0, end; i < j->n; i = end) {
        for (end = i + 1; end < j->n; end++) {
            if (compare_codes(order[i], order[end]) != 0) {
                break;
            }
        }
        for (size_t k = i; end > i + 1 && k < end; k++) {
            j->suffix[order[k]] = (uint32_t)(k - i) + 1;
        }
        j->collided += end > i + 1 ? end - i : 0;
    }
    free(order);
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

static void write_report(const struct codes *j)
{
    struct cli_text t = {cli_output(j->c, j->o->report, 0), {NULL, 0, 0}};

    cli_text_printf(&t, "level\terror\tperplexity\n0\t%.6g\t\n", j->error[0]);
    for (size_t l = 0; l < j->levels; l++) {
        cli_text_printf(&t, "%zu\t%.6g\t%.6g\n", l + 1, j->error[l + 1],
                        j->perplexity[l]);
    }
    cli_text_printf(&t, "vectors\t%zu\t\ncollided\t%" PRIu64 "\t\n", j->n,
                    j->collided);
    cli_text_finish(&t);
}

void cluster_codes(struct cli *c, const struct cluster_options *o)
{
    struct codes j = {.c = c, .o = o, .levels = (size_t)o->levels};

    j.rest = cluster_load(c, &j.v, cli_one_input(c), "input", o->raw);
    j.n = j.v.n;
    j.d = j.v.dim;
    if (o->kmeans.clusters > j.n) {
        die("%zu vectors are too few for %zu codes", j.n, o->kmeans.clusters);
    }
    cli_need_memory(c, (double)j.n * ((double)j.d * 8 + 8
                                      + 4 * (double)j.levels)
                           + rec_kmeans_memory(j.n, j.d, &o->kmeans),
                    "clustering");
    j.code = xalloc(j.n, j.levels * sizeof *j.code);
    j.suffix = xalloc(j.n, sizeof *j.suffix);
    j.error = xalloc(j.levels + 1, sizeof *j.error);
    j.perplexity = xalloc(j.levels, sizeof *j.perplexity);
    j.error[0] = mean_square(j.rest, j.n, j.d);
    for (size_t l = 0; l < j.levels; l++) {
        make_level(&j, l);
    }
    tell_apart(&j);
    write_codes(&j);
    if (o->report) {
        write_report(&j);
    }
    note(c, "%zu vectors in %zu levels; %.4g of the mean square left; %" PRIu64
            " vectors share their codes",
         j.n, j.levels,
         j.error[0] > 0 ? j.error[j.levels] / j.error[0] : 0, j.collided);
    rec_vectors_release(&j.v);
    free(j.rest);
    free(j.code);
    free(j.suffix);
    free(j.error);
    free(j.perplexity);
}
