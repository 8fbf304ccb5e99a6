/* SPDX-License-Identifier: MIT */
/* How well codes agree with groups that are known (--labels). */
#include <config.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster.h"

/* Groups as some mode wrote them, or any rows: ids and what they belong to. */
void cluster_labels_read(struct cli *c, struct cluster_labels *l,
                         const char *path, const struct rec_dict *ids)
{
    struct rec_stream_reader *in;
    struct rec_row_reader *r;
    struct rec_error err;
    uint32_t n = rec_dict_count(ids);
    const char *kind;
    size_t found = 0;

    check(rec_stream_reader_open(&in, path, &err), &err);
    kind = strcmp(rec_stream_head(in)->kind, CLUSTER_GROUPS_KIND) == 0
               ? CLUSTER_GROUPS_KIND
               : NULL;
    check(rec_row_reader_attach(&r, in, kind, &err), &err);
    check(rec_data_read(&l->data, r, &err), &err);
    rec_row_reader_close(r);
    cli_prov_input(c, "labels", l->data.prov, l->data.digest);
    l->row = rec_dict_map(ids, l->data.users);
    if (!l->row) {
        die("out of memory");
    }
    for (uint32_t i = 0; i < n; i++) {
        if (l->row[i] != REC_NONE
            && rec_csr_row_len(&l->data.rows, l->row[i]) == 0) {
            l->row[i] = REC_NONE;
        }
        found += l->row[i] != REC_NONE;
    }
    if (found == 0) {
        die("%s: no labels for any of the vectors", path);
    }
    note(c, "%zu of %" PRIu32 " vectors have labels", found, n);
}

void cluster_labels_release(struct cluster_labels *l)
{
    rec_data_release(&l->data);
    free(l->row);
}

void cluster_labels_shuffle(struct cluster_labels *l, size_t n, uint64_t seed)
{
    uint32_t *has = xalloc(n, sizeof *has);
    struct rec_rng rng;
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        if (l->row[i] != REC_NONE) {
            has[m++] = l->row[i];
        }
    }
    rec_rng_init(&rng, seed);
    rec_rng_shuffle(&rng, has, m);
    m = 0;
    for (size_t i = 0; i < n; i++) {
        if (l->row[i] != REC_NONE) {
            l->row[i] = has[m++];
        }
    }
    free(has);
}

double cluster_purity(const struct cluster_labels *l, const uint32_t *order,
                      const uint8_t *joins, size_t n)
{
    const struct rec_csr *m = &l->data.rows;
    uint32_t *count = xalloc(m->cols, sizeof *count);
    size_t right = 0, all = 0;

    memset(count, 0, m->cols * sizeof *count);
    for (size_t from = 0, end; from < n; from = end) {
        uint32_t most = 0;

        for (end = from; end == from || (end < n && joins[end]); end++) {
            uint32_t r = l->row[order[end]];

            for (int64_t e = 0; r != REC_NONE && e < rec_csr_row_len(m, r);
                 e++) {
                uint32_t k = ++count[m->item[m->start[r] + e]];

                most = k > most ? k : most;
            }
            all += r != REC_NONE;
        }
        right += most;
        for (size_t i = from; i < end; i++) {
            uint32_t r = l->row[order[i]];

            for (int64_t e = 0; r != REC_NONE && e < rec_csr_row_len(m, r);
                 e++) {
                count[m->item[m->start[r] + e]] = 0;
            }
        }
    }
    free(count);
    return (double)right / (double)all;
}
