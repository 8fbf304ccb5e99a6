/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=cohorts: every vector with the nearest of K centres,
   which are found here or given. A cohort is named by its number. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster.h"
#include "math/silhouette.h"

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
    j->names = rec_dict_new();
    if (!j->names) {
        die("out of memory");
    }
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
    j->names = cluster_names(1, j->clusters);
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

/* ---- report ----------------------------------------------------------- */

/* All vectors where that is 2^26 distances at most, else as many as that,
   but not fewer than 1024: in AT; how many. */
static size_t sample(const struct cohorts *j, uint32_t *at)
{
    size_t n = j->v.n, most = n ? ((size_t)1 << 26) / n : 0;
    struct rec_rng rng;

    for (size_t i = 0; i < n; i++) {
        at[i] = (uint32_t)i;
    }
    most = most < 1024 ? 1024 : most;
    if (most < n) {
        rec_rng_init(&rng, j->o->kmeans.seed);
        rec_rng_shuffle(&rng, at, n);
    }
    return most < n ? most : n;
}

struct cohort { /* a line of the report */
    uint64_t size, sampled;
    double distance, silhouette; /* sums */
};

static void add_silhouettes(const struct cohorts *j, struct cohort *line)
{
    uint32_t *at = xalloc(j->v.n, sizeof *at);
    size_t m = sample(j, at);
    float *value = xalloc(m, sizeof *value);
    struct rec_error err;

    check(rec_silhouette(j->x, j->v.n, j->d, j->label, j->clusters, at, m,
                         (int)j->c->threads, value, &err),
          &err);
    for (size_t s = 0; s < m; s++) {
        line[j->label[at[s]]].sampled++;
        line[j->label[at[s]]].silhouette += value[s];
    }
    free(at);
    free(value);
}

static void write_line(struct cli_text *t, const struct cohort *line)
{
    cli_text_printf(t, "\t%" PRIu64 "\t%.6g\t", line->size,
                    line->size ? line->distance / (double)line->size : 0);
    if (line->sampled) {
        cli_text_printf(t, "%.6g",
                        line->silhouette / (double)line->sampled);
    }
    cli_text_printf(t, "\n");
}

static void write_report(const struct cohorts *j)
{
    struct cli_text t = {cli_output(j->c, j->o->report, 0), {NULL, 0, 0}};
    struct cohort *line = xalloc(j->clusters, sizeof *line), all = {0};
    uint64_t *size = xalloc(j->clusters, sizeof *size);
    double perplexity = cluster_usage(j->label, j->v.n, j->clusters, size);

    memset(line, 0, j->clusters * sizeof *line);
    for (size_t i = 0; i < j->v.n; i++) {
        line[j->label[i]].distance += j->distance[i];
    }
    add_silhouettes(j, line);
    cli_text_printf(&t, "cohort\tsize\tmean-distance\tsilhouette\n");
    for (size_t k = 0; k < j->clusters; k++) {
        size_t len;
        const char *name = rec_dict_id(j->names, (uint32_t)k, &len);

        line[k].size = size[k];
        all.size += size[k];
        all.distance += line[k].distance;
        all.sampled += line[k].sampled;
        all.silhouette += line[k].silhouette;
        cli_text_add(&t, name, len);
        write_line(&t, &line[k]);
    }
    cli_text_printf(&t, "all");
    write_line(&t, &all);
    cli_text_printf(&t, "perplexity\t%.6g\t\t\n", perplexity);
    cli_text_printf(&t, "silhouettes of\t%" PRIu64 "\t\t\n", all.sampled);
    cli_text_finish(&t);
    free(line);
    free(size);
}

void cluster_cohorts(struct cli *c, const struct cluster_options *o)
{
    struct cohorts j = {.c = c, .o = o};

    j.x = cluster_load(c, &j.v, cli_one_input(c), "input", o->raw);
    j.d = j.v.dim;
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
