/* SPDX-License-Identifier: MIT */
/* What the modes of rec-cluster do to vectors and labels alike. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "cluster.h"

void cluster_copy(float *to, const float *x, size_t d, int raw)
{
    double sum = 0;
    float scale = 1;

    for (size_t k = 0; k < d; k++) {
        sum += (double)x[k] * x[k];
    }
    if (!raw && sum > 0) {
        scale = (float)(1 / sqrt(sum));
    }
    for (size_t k = 0; k < d; k++) {
        to[k] = x[k] * scale;
    }
}

float *cluster_load(struct cli *c, struct rec_vectors *v, const char *path,
                    const char *what, int raw)
{
    struct rec_error err;
    float *x;

    check(rec_vectors_open(v, path, &err), &err);
    cli_prov_input(c, what, rec_store_prov(v->store),
                   rec_store_digest(v->store));
    x = xalloc(v->n, v->dim * sizeof *x);
    for (uint32_t i = 0; i < v->n; i++) {
        cluster_copy(x + (size_t)i * v->dim, rec_vectors_row(v, i), v->dim,
                     raw);
    }
    return x;
}

struct rec_dict *cluster_names(size_t first, size_t last)
{
    struct rec_dict *names = rec_dict_new();
    struct rec_error err;

    if (!names) {
        die("out of memory");
    }
    for (size_t k = first; k <= last; k++) {
        char name[24];
        uint32_t index;
        int n = snprintf(name, sizeof name, "%zu", k);

        check(rec_dict_add(names, name, (size_t)n, &index, &err), &err);
    }
    return names;
}

double cluster_usage(const uint32_t *label, size_t n, size_t clusters,
                     uint64_t *size)
{
    double entropy = 0;

    memset(size, 0, clusters * sizeof *size);
    for (size_t i = 0; i < n; i++) {
        size[label[i]]++;
    }
    for (size_t k = 0; k < clusters; k++) {
        double p = (double)size[k] / (double)n;

        entropy -= p > 0 ? p * log(p) : 0;
    }
    return exp(entropy);
}
