/* SPDX-License-Identifier: MIT */
/* The columns of the sparse approximation: see ease_mrf.h. Each needs the Gram
   matrix of its own items, exactly; all of it has no room. So the pairs among
   the items that have most to add up, the hubs, stand in a table, and the
   others are added up again for every column that needs them, from the rows of
   the users of the rarer item: there are many such items, each with little to
   add. Both ways add in the order of the users, in double precision, and round
   once, so the bits do not tell which of them it was. */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/gram.h"
#include "math/small.h"
#include "models/ease_mrf_private.h"

/* ---- hubs -------------------------------------------------------------- */

struct rec_ease_hubs {
    uint32_t n;
    uint32_t *number; /* by item: its number among the hubs, or REC_NONE */
    float *gram;      /* n x n, upper triangle */
};

struct cost {
    double sum; /* of the lengths of the rows of an item's users */
    uint32_t item;
};

static int compare(const void *a, const void *b)
{
    const struct cost *x = a, *y = b;

    return x->sum < y->sum       ? 1
           : x->sum > y->sum     ? -1
           : x->item > y->item   ? 1
                                 : -(x->item < y->item);
}

uint32_t rec_ease_hubs_count(uint32_t items, size_t nonzeros)
{
    double n = floor(2 * sqrt((double)nonzeros));

    return n < items ? (uint32_t)n : items;
}

/* Number the hubs, costliest first. */
static int choose(struct rec_ease_hubs *h, const struct rec_ease_mrf *m)
{
    uint32_t items = m->e.items;
    struct cost *cost = rec_alloc(items, sizeof *cost);

    h->number = rec_alloc(items, sizeof *h->number);
    if (!cost || !h->number) {
        free(cost);
        return REC_ENOMEM;
    }
    for (uint32_t j = 0; j < items; j++) {
        cost[j] = (struct cost){0, j};
        for (int64_t e = m->t.start[j]; e < m->t.start[j + 1]; e++) {
            cost[j].sum += rec_csr_row_len(&m->e.y, m->t.item[e]);
        }
    }
    qsort(cost, items, sizeof *cost, compare);
    for (uint32_t j = 0; j < items; j++) {
        h->number[cost[j].item] = j < h->n ? j : REC_NONE;
    }
    free(cost);
    return 0;
}

/* The columns of Y that are hubs. */
static int take_hubs(const struct rec_ease_hubs *h, const struct rec_csr *y,
                     struct rec_csr *out)
{
    size_t n = 0;

    for (size_t e = 0; e < rec_csr_events(y); e++) {
        n += h->number[y->item[e]] != REC_NONE;
    }
    *out = (struct rec_csr){y->rows, h->n, NULL, NULL, NULL, NULL};
    out->start = rec_alloc(y->rows + 1, sizeof *out->start);
    out->item = rec_alloc(n, sizeof *out->item);
    out->weight = y->weight ? rec_alloc(n, sizeof *out->weight) : NULL;
    if (!out->start || !out->item || (y->weight && !out->weight)) {
        rec_csr_release(out);
        return REC_ENOMEM;
    }
    n = 0;
    out->start[0] = 0;
    for (size_t u = 0; u < y->rows; u++) {
        for (int64_t e = y->start[u]; e < y->start[u + 1]; e++) {
            uint32_t k = h->number[y->item[e]];

            if (k != REC_NONE) {
                out->item[n] = k;
                if (y->weight) {
                    out->weight[n] = y->weight[e];
                }
                n++;
            }
        }
        out->start[u + 1] = (int64_t)n;
    }
    return 0;
}

int rec_ease_hubs_new(struct rec_ease_hubs **out, const struct rec_ease_mrf *m,
                      struct rec_error *err)
{
    struct rec_ease_hubs *h = rec_zalloc(1, sizeof *h);
    struct rec_csr y;
    int rc;

    if (!h) {
        return rec_fail_nomem(err);
    }
    h->n = rec_ease_hubs_count(m->e.items, m->nonzeros);
    h->gram = rec_alloc((size_t)h->n * h->n, sizeof *h->gram);
    if (!h->gram || choose(h, m) != 0 || take_hubs(h, &m->e.y, &y) != 0) {
        rec_ease_hubs_free(h);
        return rec_fail_nomem(err);
    }
    rc = rec_gram(&y, REC_F32, h->gram, m->e.threads, m->e.tick, err);
    rec_csr_release(&y);
    if (rc != 0) {
        rec_ease_hubs_free(h);
        return rc;
    }
    *out = h;
    return 0;
}

void rec_ease_hubs_free(struct rec_ease_hubs *h)
{
    if (h) {
        free(h->number);
        free(h->gram);
        free(h);
    }
}

/* ---- one column -------------------------------------------------------- */

/* The room of a thread. The members of a block are the items of the column's
   support and then, without a row in S, the column's own. */
struct room {
    uint32_t *place; /* by item: its place in the block, or REC_NONE */
    uint32_t *item;  /* by place */
    double *sum;     /* by place */
    float *s;        /* the system, as small.h wants it */
    float *b;
};

double rec_ease_mrf_room(uint32_t items, size_t longest)
{
    double ld = (double)rec_small_ld(longest + 1);

    return 4.0 * items + 4 * ld * ld + 16 * ld;
}

static void release_rooms(struct room *r, int threads)
{
    for (int t = 0; r && t < threads; t++) {
        free(r[t].place);
        free(r[t].item);
        free(r[t].sum);
        free(r[t].s);
        free(r[t].b);
    }
    free(r);
}

static struct room *new_rooms(uint32_t items, size_t longest, int threads)
{
    size_t ld = rec_small_ld(longest + 1);
    struct room *room = rec_zalloc((size_t)threads, sizeof *room);
    int whole = room != NULL;

    for (int t = 0; t < threads && whole; t++) {
        struct room *r = &room[t];

        r->place = rec_alloc(items, sizeof *r->place);
        r->item = rec_alloc(ld, sizeof *r->item);
        r->sum = rec_alloc(ld, sizeof *r->sum);
        r->s = rec_alloc64(ld * ld, sizeof *r->s);
        r->b = rec_alloc(ld, sizeof *r->b);
        whole = r->place && r->item && r->sum && r->s && r->b;
        if (whole) {
            memset(r->place, 0xff, items * sizeof *r->place);
        }
    }
    if (!whole) {
        release_rooms(room, threads);
        return NULL;
    }
    return room;
}

/* G between the members at A and C of a block of K + 1. */
static void put(const struct room *r, size_t ld, size_t k, size_t a, size_t c,
                float g)
{
    if (a == k || c == k) {
        r->b[a < c ? a : c] = g;
    } else {
        r->s[(a < c ? a : c) * ld + (a < c ? c : a)] = g;
    }
}

/* All pairs of member A, which is no hub. */
static void walk(const struct rec_ease_mrf *m, const struct room *r, size_t ld,
                 size_t k, size_t a)
{
    const struct rec_csr *t = &m->t, *y = &m->e.y;
    uint32_t i = r->item[a];

    memset(r->sum, 0, (k + 1) * sizeof *r->sum);
    for (int64_t e = t->start[i]; e < t->start[i + 1]; e++) {
        int64_t end = y->start[t->item[e] + 1];
        double w = t->weight ? t->weight[e] : 1;

        for (int64_t f = y->start[t->item[e]]; f < end; f++) {
            uint32_t c = r->place[y->item[f]];

            if (c != REC_NONE) {
                r->sum[c] += y->weight ? w * y->weight[f] : 1;
            }
        }
    }
    for (size_t c = 0; c <= k; c++) {
        if (c != a) {
            put(r, ld, k, a, c, (float)r->sum[c]);
        }
    }
}

/* The pairs of member A, a hub, with the hubs after it. */
static void look_up(const struct rec_ease_hubs *h, const struct room *r,
                    size_t ld, size_t k, size_t a)
{
    size_t x = h->number[r->item[a]];

    for (size_t c = a + 1; c <= k; c++) {
        size_t y = h->number[r->item[c]];

        if (y != REC_NONE) {
            put(r, ld, k, a, c, h->gram[x < y ? x * h->n + y : y * h->n + x]);
        }
    }
}

/* The system of the K items at ITEM and, as its right side, column J. */
static void fill(const struct rec_ease_mrf *m, const struct room *r, size_t ld,
                 const uint32_t *item, size_t k, uint32_t j)
{
    const struct rec_ease_columns *c = &m->e.columns;

    memcpy(r->item, item, k * sizeof *item);
    r->item[k] = j;
    memset(r->s, 0, ld * ld * sizeof *r->s);
    for (size_t a = 0; a <= k; a++) {
        r->place[r->item[a]] = (uint32_t)a;
    }
    for (size_t a = 0; a <= k; a++) {
        if (m->hubs->number[r->item[a]] == REC_NONE) {
            walk(m, r, ld, k, a);
        } else {
            look_up(m->hubs, r, ld, k, a);
        }
    }
    for (size_t a = 0; a < k; a++) {
        uint32_t i = item[a];

        r->s[a * ld + a] = (float)(c->mass[i] + c->penalty[i]);
    }
    for (size_t a = 0; a <= k; a++) {
        r->place[r->item[a]] = REC_NONE;
    }
}

static int solve_column(const struct rec_ease_mrf *m, const struct room *r,
                        struct rec_csr *support, size_t j)
{
    size_t at = (size_t)support->start[j], k = rec_csr_row_len(support, j);
    size_t ld = rec_small_ld(k);

    if (k == 0) {
        return 0;
    }
    fill(m, r, ld, support->item + at, k, (uint32_t)j);
    if (rec_small_factor(r->s, ld, k) != 0) {
        return REC_ENUMERIC;
    }
    rec_small_solve(r->s, ld, k, r->b);
    memcpy(support->weight + at, r->b, k * sizeof *r->b);
    return 0;
}

/* ---- all columns ------------------------------------------------------- */

static int solve_all(const struct rec_ease_mrf *m, const struct room *room,
                     struct rec_csr *support, struct rec_error *err)
{
    int64_t n = (int64_t)support->rows, done = 0, worst = n;

    rec_progress(m->e.tick, "weights", 0, (double)n);
#pragma omp parallel for num_threads(m->e.threads) schedule(dynamic, 8)
    for (int64_t j = 0; j < n; j++) {
        const struct room *r = &room[rec_thread()];
        int64_t now;

        if (solve_column(m, r, support, (size_t)j) != 0) {
#pragma omp critical
            worst = j < worst ? j : worst;
        }
#pragma omp atomic capture
        now = ++done;
        if (rec_thread() == 0) {
            rec_progress(m->e.tick, "weights", (double)now, (double)n);
        }
    }
    return worst == n ? 0
                      : rec_fail(err, REC_ENUMERIC,
                                 "cannot solve with lambda %g: the matrix of "
                                 "what item %lld may use is not positive "
                                 "definite in single precision; use a larger "
                                 "lambda",
                                 m->e.family.lambda, (long long)worst + 1);
}

int rec_ease_mrf_columns(const struct rec_ease_mrf *m, struct rec_csr *support,
                         struct rec_error *err)
{
    size_t longest = 0;
    struct room *room;
    int rc;

    for (size_t j = 0; j < support->rows; j++) {
        size_t k = rec_csr_row_len(support, j);

        longest = k > longest ? k : longest;
    }
    room = new_rooms(m->e.items, longest, m->e.threads);
    rc = room ? solve_all(m, room, support, err) : rec_fail_nomem(err);
    release_rooms(room, m->e.threads);
    return rc;
}
