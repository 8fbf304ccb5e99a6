/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=cohorts: every vector with the nearest of K centres,
   which are found here or given. A cohort is named by its number. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cluster.h"

struct cohorts {
    struct cli *c;
    const struct cluster_options *o;
    struct rec_vectors v; /* on the input */
    float *x;             /* as they are clustered */
    struct rec_dict *names;
    float *centre;
    size_t clusters, d;
    uint32_t *label;
    float *distance;
};

/* The centres of an earlier run, of the same dimension. */
static void read_centres(struct cohorts *j)
{
    struct rec_vectors v;
    struct rec_error err;

    j->centre = cluster_load(j->c, &v, j->o->centres, "centres", 1);
    if (v.dim != j->v.dim) {
        die("%s: the centres have dimension %" PRIu32 ", the vectors %" PRIu32,
            j->o->centres, v.dim, j->v.dim);
    }
    if (v.n == 0) {
        die("%s: no centres", j->o->centres);
    }
    j->clusters = v.n;
    for (uint32_t k = 0; k < v.n; k++) {
        size_t len;
        const char *id = rec_dict_id(v.ids, k, &len);
        uint32_t index;

        check(rec_dict_add(j->names, id, len, &index, &err), &err);
    }
    rec_vectors_release(&v);
    check(rec_kmeans_assign(j->x, j->v.n, j->d, j->centre, j->clusters,
                            j->o->kmeans.threads, j->label, j->distance, &err),
          &err);
}

static void find_centres(struct cohorts *j)
{
    struct rec_error err;
    double sum;

    j->clusters = j->o->kmeans.clusters;
    if (j->clusters > j->v.n) {
        die("%" PRIu32 " vectors are too few for %zu cohorts", j->v.n,
            j->clusters);
    }
    j->centre = xalloc(j->clusters, j->d * sizeof *j->centre);
    for (size_t k = 1; k <= j->clusters; k++) {
        char name[24];
        uint32_t index;
        int n = snprintf(name, sizeof name, "%zu", k);

        check(rec_dict_add(j->names, name, (size_t)n, &index, &err), &err);
    }
    check(rec_kmeans(j->x, j->v.n, j->d, &j->o->kmeans, j->centre, j->label,
                     &sum, &err),
          &err);
    for (size_t i = 0; i < j->v.n; i++) {
        const float *a = j->x + i * j->d,
                    *b = j->centre + j->label[i] * j->d;
        double far = 0;

        for (size_t k = 0; k < j->d; k++) {
            far += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        }
        j->distance[i] = (float)far;
    }
}

static void save_centres(struct cohorts *j)
{
    struct rec_output *out = cli_output(j->c, j->o->save_centres, 1);
    struct rec_vector_writer *w;
    struct rec_error err;

    check(rec_vector_begin(&w, out, "", (uint32_t)j->d, j->c->level, &err),
          &err);
    check(rec_vector_write_rows(w, j->names, 0, (uint32_t)j->clusters,
                                j->centre, &err),
          &err);
    check(rec_vector_finish(w, cli_prov_text(j->c), &err), &err);
    rec_vector_writer_free(w);
}

static void write_groups(struct cohorts *j)
{
    struct rec_head head = {CLUSTER_GROUPS_KIND, "", REC_COL_WEIGHT};
    struct cli_rows out;
    struct rec_error err;

    cli_rows_begin(j->c, &out, cli_output(j->c, j->c->output, 1), &head,
                   j->names);
    for (uint32_t i = 0; i < j->v.n; i++) {
        struct rec_row row = {NULL, 0, 1, &j->label[i], &j->distance[i], NULL};

        row.id = rec_dict_id(j->v.ids, i, &row.id_len);
        check(rec_row_write(out.rows, &row, &err), &err);
    }
    cli_rows_finish(j->c, &out);
}

/* Sizes, and how much nearer the own centre is than the next one: the
   silhouette with centres in the place of all pairs. */
static void write_report(const struct cohorts *j)
{
    struct cli_text t = {cli_output(j->c, j->o->report, 0), {NULL, 0, 0}};
    uint64_t *size = xalloc(j->clusters, sizeof *size);
    double *sum = xalloc(j->clusters, sizeof *sum), all = 0;
    double perplexity = cluster_usage(j->label, j->v.n, j->clusters, size);

    for (size_t k = 0; k < j->clusters; k++) {
        sum[k] = 0;
    }
    for (size_t i = 0; i < j->v.n; i++) {
        sum[j->label[i]] += j->distance[i];
        all += j->distance[i];
    }
    cli_text_printf(&t, "cohort\tsize\tmean-distance\n");
    for (size_t k = 0; k < j->clusters; k++) {
        size_t len;
        const char *name = rec_dict_id(j->names, (uint32_t)k, &len);

        cli_text_add(&t, name, len);
        cli_text_printf(&t, "\t%" PRIu64 "\t%.6g\n", size[k],
                        size[k] ? sum[k] / (double)size[k] : 0);
    }
    cli_text_printf(&t, "all\t%" PRIu32 "\t%.6g\nperplexity\t%.6g\t\n", j->v.n,
                    j->v.n ? all / j->v.n : 0, perplexity);
    cli_text_finish(&t);
    free(size);
    free(sum);
}

void cluster_cohorts(struct cli *c, const struct cluster_options *o)
{
    struct cohorts j = {.c = c, .o = o};

    j.x = cluster_load(c, &j.v, cli_one_input(c), "input", o->raw);
    j.d = j.v.dim;
    j.names = rec_dict_new();
    if (!j.names) {
        die("out of memory");
    }
    cli_need_memory(c, (double)j.v.n * ((double)j.d * 8 + 8)
                           + rec_kmeans_memory(j.v.n, j.d, &o->kmeans),
                    "clustering");
    j.label = xalloc(j.v.n, sizeof *j.label);
    j.distance = xalloc(j.v.n, sizeof *j.distance);
    (o->centres ? read_centres : find_centres)(&j);
    write_groups(&j);
    if (o->save_centres) {
        save_centres(&j);
    }
    if (o->report) {
        write_report(&j);
    }
    note(c, "%" PRIu32 " vectors in %zu cohorts", j.v.n, j.clusters);
    rec_vectors_release(&j.v);
    rec_dict_free(j.names);
    free(j.x);
    free(j.centre);
    free(j.label);
    free(j.distance);
}
