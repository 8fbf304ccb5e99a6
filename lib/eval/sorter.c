/* SPDX-License-Identifier: MIT */
/* Lists put into order: see sorter.h. */
#include <config.h>

#include "eval/sorter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct rec_scored {
    const char *id;
    size_t len;
    uint32_t item;
    float score;
};

static int compare(const void *pa, const void *pb)
{
    const struct rec_scored *a = pa, *b = pb;

    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return rec_id_tie(a->id, a->len, b->id, b->len);
}

static int compare_down(const void *pa, const void *pb)
{
    const struct rec_scored *a = pa, *b = pb;
    size_t n = a->len < b->len ? a->len : b->len;
    int order;

    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    order = memcmp(b->id, a->id, n);
    return order ? order : (a->len < b->len) - (a->len > b->len);
}

int rec_sorter_sort(struct rec_sorter *s, const struct rec_dict *items,
                    struct rec_row *row, int down, struct rec_error *err)
{
    size_t n = row->n;

    if (rec_reserve(&s->entry, &s->entry_cap, n, sizeof *s->entry) != 0
        || rec_reserve(&s->item, &s->item_cap, n, sizeof *s->item) != 0
        || rec_reserve(&s->weight, &s->weight_cap, n, sizeof *s->weight)
               != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        struct rec_scored *e = &s->entry[i];

        e->item = row->item[i];
        e->score = row->weight[i];
        e->id = rec_dict_id(items, e->item, &e->len);
    }
    if (n > 1) {
        qsort(s->entry, n, sizeof *s->entry, down ? compare_down : compare);
    }
    for (size_t i = 0; i < n; i++) {
        s->item[i] = s->entry[i].item;
        s->weight[i] = s->entry[i].score;
    }
    row->item = s->item;
    row->weight = s->weight;
    return 0;
}

void rec_sorter_release(struct rec_sorter *s)
{
    free(s->entry);
    free(s->item);
    free(s->weight);
    memset(s, 0, sizeof *s);
}
