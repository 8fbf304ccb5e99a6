/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=density: clusters of any shape by HDBSCAN*, and noise.
   Group 0 is noise. */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>

#include "cluster.h"

struct density {
    struct cli *c;
    const struct cluster_options *o;
    struct rec_vectors v;
    struct rec_density found;
    uint32_t noise;
};

static void write_groups(const struct density *j)
{
    struct rec_head head = {CLUSTER_GROUPS_KIND, "", REC_COL_WEIGHT};
    struct rec_dict *names = cluster_names(0, j->found.clusters);
    struct cli_rows out;
    struct rec_error err;

    cli_rows_begin(j->c, &out, cli_output(j->c, j->c->output, 1), &head,
                   names);
    for (uint32_t i = 0; i < j->v.n; i++) {
        struct rec_row row = {NULL, 0, 1, &j->found.label[i],
                              &j->found.weight[i], NULL};

        row.id = rec_dict_id(j->v.ids, i, &row.id_len);
        check(rec_row_write(out.rows, &row, &err), &err);
    }
    cli_rows_finish(j->c, &out);
    rec_dict_free(names);
}

static double share_of_noise(const struct density *j)
{
    return j->v.n ? (double)j->noise / (double)j->v.n : 0;
}

static void write_report(const struct density *j)
{
    struct cli_text t = {cli_output(j->c, j->o->report, 0), {NULL, 0, 0}};

    cli_text_printf(&t, "cluster\tsize\tstability\n");
    for (size_t k = 0; k < j->found.clusters; k++) {
        cli_text_printf(&t, "%zu\t%" PRIu32 "\t%.6g\n", k + 1,
                        j->found.cluster[k].size,
                        j->found.cluster[k].stability);
    }
    cli_text_printf(&t,
                    "noise\t%" PRIu32 "\t\nvectors\t%" PRIu32
                    "\t\nshare of noise\t%.6g\t\n",
                    j->noise, j->v.n, share_of_noise(j));
    cli_text_finish(&t);
}

void cluster_density(struct cli *c, const struct cluster_options *o)
{
    struct density j = {.c = c, .o = o};
    struct rec_density_options opt = o->density;
    struct rec_error err;
    float *x = cluster_load(c, &j.v, cli_one_input(c), "input", o->raw);

    if (j.v.n > REC_DENSITY_MOST) {
        die("%" PRIu32 " vectors: density compares all pairs and takes %d "
            "vectors at most; find many cohorts first and cluster their "
            "centres (--save-centres)",
            j.v.n, (int)REC_DENSITY_MOST);
    }
    opt.threads = (int)c->threads;
    opt.tick = &c->tick;
    cli_need_memory(c, (double)j.v.n * (double)j.v.dim * 8
                           + rec_density_memory(j.v.n, j.v.dim, &opt),
                    "clustering");
    check(rec_density(&j.found, x, j.v.n, j.v.dim, &opt, &err), &err);
    for (uint32_t i = 0; i < j.v.n; i++) {
        j.noise += j.found.label[i] == 0;
    }
    write_groups(&j);
    if (o->report) {
        write_report(&j);
    }
    note(c, "%" PRIu32 " vectors in %zu clusters; %" PRIu32
            " (%.3g%%) are noise",
         j.v.n, j.found.clusters, j.noise, 100 * share_of_noise(&j));
    rec_vectors_release(&j.v);
    rec_density_release(&j.found);
    free(x);
}
