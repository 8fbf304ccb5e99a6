/* SPDX-License-Identifier: MIT */
/* The best items of a row: see topk.h. A heap of the best N so far with the
   worst of them on top: nearly every item fails against that one, so a long
   row costs one comparison per item. */
#include <config.h>

#include "math/topk.h"

#include <math.h>

/* Does A come after B in a ranking? */
static int worse(struct rec_hit a, struct rec_hit b, const uint32_t *rank)
{
    return a.score < b.score
           || (!(a.score > b.score) && rank[a.item] > rank[b.item]);
}

/* HEAP[AT] may be better than what is below it: let it sink. */
static void sink(struct rec_hit *heap, size_t n, size_t at,
                 const uint32_t *rank)
{
    struct rec_hit h = heap[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= n) {
            break;
        }
        if (child + 1 < n && worse(heap[child + 1], heap[child], rank)) {
            child++;
        }
        if (!worse(heap[child], h, rank)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = h;
}

/* Take the worst off the top again and again: best first remains. */
static void sort(struct rec_hit *heap, size_t n, const uint32_t *rank)
{
    for (size_t left = n; left > 1; left--) {
        struct rec_hit worst = heap[0];

        heap[0] = heap[left - 1];
        heap[left - 1] = worst;
        sink(heap, left - 1, 0, rank);
    }
}

static void heapify(struct rec_hit *hit, size_t n, const uint32_t *rank)
{
    for (size_t at = n / 2; at-- > 0;) {
        sink(hit, n, at, rank);
    }
}

size_t rec_topk_add(struct rec_hit *hit, size_t have, size_t n,
                    const uint32_t *rank, struct rec_hit h)
{
    if (have < n) {
        hit[have++] = h;
        if (have == n) {
            heapify(hit, n, rank);
        }
    } else if (n > 0 && worse(hit[0], h, rank)) {
        hit[0] = h;
        sink(hit, n, 0, rank);
    }
    return have;
}

void rec_topk_finish(struct rec_hit *hit, size_t have, size_t n,
                     const uint32_t *rank)
{
    if (have < n) {
        heapify(hit, have, rank);
    }
    sort(hit, have, rank);
}

size_t rec_topk(const float *score, uint32_t items, const uint32_t *rank,
                const uint8_t *hidden, size_t n, struct rec_hit *hit)
{
    size_t have = 0;
    uint32_t i = 0;

    for (; i < items && have < n; i++) {
        if (score[i] > -INFINITY && !(hidden && hidden[i])) {
            hit[have].score = score[i];
            hit[have++].item = i;
        }
    }
    heapify(hit, have, rank);
    for (; i < items && have > 0; i++) {
        struct rec_hit h = {score[i], i};

        if (score[i] >= hit[0].score && !(hidden && hidden[i])
            && worse(hit[0], h, rank)) {
            hit[0] = h;
            sink(hit, have, 0, rank);
        }
    }
    sort(hit, have, rank);
    return have;
}
