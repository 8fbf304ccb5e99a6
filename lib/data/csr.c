/* SPDX-License-Identifier: MIT */
/* Interactions in memory: see csr.h. */
#include <config.h>

#include "data/csr.h"

#include <stdlib.h>
#include <string.h>

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
