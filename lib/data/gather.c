/* SPDX-License-Identifier: MIT */
/* Rows put together event by event: see gather.h. While a row is open,
   start[rows + 1] is already there and moves with every event. */
#include <config.h>

#include "data/gather.h"

#include <string.h>

#include "base/mem.h"

static int open_row(struct rec_gather *g, int64_t at, struct rec_error *err)
{
    if (rec_reserve(&g->m.start, &g->start_cap, g->m.rows + 2,
                    sizeof *g->m.start)
        != 0) {
        return rec_fail_nomem(err);
    }
    g->m.start[g->m.rows] = at;
    g->m.start[g->m.rows + 1] = at;
    return 0;
}

int rec_gather_begin(struct rec_gather *g, uint32_t cols, struct rec_error *err)
{
    g->m.rows = 0;
    g->m.cols = cols;
    return open_row(g, 0, err);
}

int rec_gather_add(struct rec_gather *g, uint32_t item, float weight,
                   struct rec_error *err)
{
    size_t at = (size_t)g->m.start[g->m.rows + 1];

    if (rec_reserve(&g->m.item, &g->item_cap, at + 1, sizeof item) != 0
        || rec_reserve(&g->m.weight, &g->weight_cap, at + 1, sizeof weight)
               != 0) {
        return rec_fail_nomem(err);
    }
    g->m.item[at] = item;
    g->m.weight[at] = weight;
    g->m.start[g->m.rows + 1]++;
    return 0;
}

int rec_gather_end_row(struct rec_gather *g, struct rec_error *err)
{
    g->m.rows++;
    return open_row(g, g->m.start[g->m.rows], err);
}

void rec_gather_release(struct rec_gather *g)
{
    rec_csr_release(&g->m);
    memset(g, 0, sizeof *g);
}
