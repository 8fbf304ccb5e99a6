/* SPDX-License-Identifier: MIT */
/* The largest weights: see sparse_pick.h. Up to twice as many as wanted are
   gathered, then the smaller half is dropped and a new bound is known below
   which nothing need be gathered any more. */
#include <config.h>

#include "models/sparse_pick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct rec_pick_entry {
    uint32_t i, j;
    float w;
};

void rec_pick_begin(struct rec_pick *p, uint32_t items,
                    const struct rec_cut *cut)
{
    memset(p, 0, sizeof *p);
    p->items = items;
    p->most = cut->top ? (size_t)cut->top * items : SIZE_MAX;
    p->least = cut->threshold;
}

void rec_pick_release(struct rec_pick *p)
{
    free(p->entry);
    memset(p, 0, sizeof *p);
}

double rec_pick_memory(uint32_t items, const struct rec_cut *cut)
{
    double all = (double)items * items, kept = (double)cut->top * items;
    double gathered = !cut->top || 2 * kept > all ? all : 2 * kept;

    kept = !cut->top || kept > all ? all : kept;
    return sizeof(struct rec_pick_entry) * gathered + 8 * kept + 8.0 * items;
}

/* Is A kept before B? The larger, then the first. */
static int before(const struct rec_pick_entry *a,
                  const struct rec_pick_entry *b)
{
    float x = fabsf(a->w), y = fabsf(b->w);

    return x != y         ? x > y
           : a->i != b->i ? a->i < b->i
                          : a->j < b->j;
}

static void swap(struct rec_pick_entry *a, struct rec_pick_entry *b)
{
    struct rec_pick_entry t = *a;

    *a = *b;
    *b = t;
}

/* Order A [0 .. N) around a pivot: those before it, it, the others. Returns
   its place. */
static size_t partition(struct rec_pick_entry *a, size_t n)
{
    struct rec_pick_entry *last = a + n - 1, *middle = a + n / 2;
    size_t at = 0;

    if (before(middle, a)) {
        swap(middle, a);
    }
    if (before(last, a)) {
        swap(last, a);
    }
    if (before(middle, last)) {
        swap(middle, last); /* the median of the three is last */
    }
    for (size_t k = 0; k + 1 < n; k++) {
        if (before(&a[k], last)) {
            swap(&a[k], &a[at++]);
        }
    }
    swap(&a[at], last);
    return at;
}

/* The first KEEP of the order to the front (quickselect); the rest goes. */
static void prune(struct rec_pick *p)
{
    size_t low = 0, high = p->n, keep = p->most;

    if (p->n <= keep) {
        return;
    }
    while (high - low > 1) {
        size_t at = low + partition(p->entry + low, high - low);

        if (at == keep) {
            break;
        }
        if (at < keep) {
            low = at + 1;
        } else {
            high = at;
        }
    }
    p->n = keep;
}

/* The smallest of those kept. */
static void raise_bound(struct rec_pick *p)
{
    float least = INFINITY;

    for (size_t k = 0; k < p->n; k++) {
        least = fminf(least, fabsf(p->entry[k].w));
    }
    p->least = fmax(p->least, least);
}

int rec_pick_add(struct rec_pick *p, uint32_t i, uint32_t j, float w,
                 struct rec_error *err)
{
    if (w == 0 || !(fabsf(w) >= p->least)) {
        return 0;
    }
    if (p->most <= SIZE_MAX / 2 && p->n == 2 * p->most) {
        prune(p);
        raise_bound(p);
    }
    if (rec_reserve(&p->entry, &p->cap, p->n + 1, sizeof *p->entry) != 0) {
        return rec_fail_nomem(err);
    }
    p->entry[p->n++] = (struct rec_pick_entry){i, j, w};
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct rec_pick_entry *x = a, *y = b;

    return x->i != y->i ? (x->i > y->i) - (x->i < y->i)
                        : (x->j > y->j) - (x->j < y->j);
}

static void fill(const struct rec_pick *p, struct rec_sparse *out)
{
    memset(out->start, 0, (p->items + (size_t)1) * sizeof *out->start);
    for (size_t k = 0; k < p->n; k++) {
        out->start[p->entry[k].i + 1]++;
        out->item[k] = p->entry[k].j;
        out->weight[k] = p->entry[k].w;
    }
    for (uint32_t i = 0; i < p->items; i++) {
        out->start[i + 1] += out->start[i];
    }
}

int rec_pick_end(struct rec_pick *p, struct rec_sparse *out,
                 struct rec_error *err)
{
    struct rec_sparse s = {p->items, 0, NULL, NULL, NULL, NULL, NULL};

    prune(p);
    if (p->n > 0) {
        qsort(p->entry, p->n, sizeof *p->entry, by_place);
    }
    s.start = rec_alloc(p->items + (size_t)1, sizeof *s.start);
    s.item = rec_alloc(p->n, sizeof *s.item);
    s.weight = rec_alloc(p->n, sizeof *s.weight);
    if (!s.start || !s.item || !s.weight) {
        rec_sparse_release(&s);
        rec_pick_release(p);
        return rec_fail_nomem(err);
    }
    fill(p, &s);
    rec_pick_release(p);
    *out = s;
    return 0;
}

int rec_sparse_cut(struct rec_sparse *out, const struct rec_sparse *s,
                   const struct rec_cut *cut, struct rec_error *err)
{
    struct rec_pick p;
    int rc = 0;

    rec_pick_begin(&p, s->items, cut);
    for (uint32_t i = 0; i < s->items; i++) {
        for (int64_t e = s->start[i]; e < s->start[i + 1] && rc == 0; e++) {
            rc = rec_pick_add(&p, i, s->item[e], s->weight[e], err);
        }
    }
    if (rc != 0) {
        rec_pick_release(&p);
        return rc;
    }
    rc = rec_pick_end(&p, out, err);
    if (rc == 0) {
        out->weights = s->weights;
        out->in = s->in;
        out->out = s->out;
    }
    return rc;
}
