/* SPDX-License-Identifier: MIT */
/* Interactions in memory: see csr.h. */
#include <config.h>

#include "data/csr.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void rec_csr_release(struct rec_csr *m)
{
    free(m->start);
    free(m->item);
    free(m->weight);
    free(m->time);
    memset(m, 0, sizeof *m);
}

void rec_csr_item_counts(const struct rec_csr *m, uint32_t *count)
{
    size_t n = rec_csr_events(m);

    memset(count, 0, m->cols * sizeof *count);
    for (size_t e = 0; e < n; e++) {
        count[m->item[e]]++;
    }
}

static int alloc_transpose(struct rec_csr *t, const struct rec_csr *m,
                           struct rec_error *err)
{
    size_t n = rec_csr_events(m);

    memset(t, 0, sizeof *t);
    if (m->rows >= UINT32_MAX) {
        return rec_fail(err, REC_ELIMIT, "too many rows to be columns");
    }
    t->rows = m->cols;
    t->cols = (uint32_t)m->rows;
    t->start = rec_zalloc(t->rows + 2, sizeof *t->start);
    t->item = rec_alloc(n, sizeof *t->item);
    t->weight = m->weight ? rec_alloc(n, sizeof *t->weight) : NULL;
    if (!t->start || !t->item || (m->weight && !t->weight)) {
        rec_csr_release(t);
        return rec_fail_nomem(err);
    }
    memset(t->item, 0xff, n * sizeof *t->item); /* nobody yet */
    return 0;
}

int rec_csr_transpose(struct rec_csr *out, const struct rec_csr *m,
                      int64_t *place, struct rec_error *err)
{
    size_t n = rec_csr_events(m);
    struct rec_csr t;
    int rc = alloc_transpose(&t, m, err);

    if (rc != 0) {
        return rc;
    }
    /* start[i + 1] is where the next event of item i goes, and so, in the end,
       where those of item i + 1 begin. */
    for (size_t e = 0; e < n; e++) {
        t.start[m->item[e] + 2]++;
    }
    for (size_t i = 2; i <= t.rows; i++) {
        t.start[i] += t.start[i - 1];
    }
    for (size_t u = 0; u < m->rows; u++) {
        for (int64_t e = m->start[u]; e < m->start[u + 1]; e++) {
            int64_t *next = &t.start[m->item[e] + 1];

            if (*next > t.start[m->item[e]] && t.item[*next - 1] == u) {
                rec_csr_release(&t);
                return rec_fail(err, REC_EREPEAT, "row %zu has an item twice",
                                u + 1);
            }
            t.item[*next] = (uint32_t)u;
            if (t.weight) {
                t.weight[*next] = m->weight[e];
            }
            if (place) {
                place[e] = *next;
            }
            ++*next;
        }
    }
    *out = t;
    return 0;
}
