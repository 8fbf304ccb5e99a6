/* SPDX-License-Identifier: MIT */
/* The best items of a row: see topk.h. A heap of the best N so far with the
   worst of them on top: nearly every item fails against that one, so a long
   row costs one comparison per item, made for many items at once. */
#include <config.h>

#include "math/topk.h"

#include <math.h>
#include <string.h>

#include "base/compat.h"

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

static void heapify(struct rec_hit *heap, size_t n, const uint32_t *rank)
{
    for (size_t at = n / 2; at-- > 0;) {
        sink(heap, n, at, rank);
    }
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

enum { STRIDE = 64 };

/* Is one of STRIDE scores at least LEAST? */
REC_HOT static int reaches(const float *score, float least)
{
    int any = 0;

    for (size_t i = 0; i < STRIDE; i++) {
        any |= score[i] >= least;
    }
    return any;
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
    while (i < items && have > 0) {
        uint32_t end = items - i < STRIDE ? items : i + STRIDE;

        if (end - i == STRIDE && !reaches(score + i, hit[0].score)) {
            i = end;
            continue;
        }
        for (; i < end; i++) {
            struct rec_hit h = {score[i], i};

            if (score[i] >= hit[0].score && !(hidden && hidden[i])
                && worse(hit[0], h, rank)) {
                hit[0] = h;
                sink(hit, have, 0, rank);
            }
        }
    }
    sort(hit, have, rank);
    return have;
}

/* ---- of hits ----------------------------------------------------------- */

enum { BUCKETS = 1024 };

/* A number in the order of the scores, minus zero being zero. */
static uint32_t key(float score)
{
    float v = score + 0.0f;
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits >> 31 ? ~bits : bits | (uint32_t)1 << 31;
}

/* Buckets of scores: the keys from LOW on, 2^SHIFT to each. */
struct buckets {
    uint32_t low;
    unsigned shift;
};

static uint32_t bucket(const struct buckets *b, struct rec_hit h)
{
    return (key(h.score) - b->low) >> b->shift;
}

static struct buckets make_buckets(const struct rec_hit *hit, size_t n)
{
    struct buckets b = {UINT32_MAX, 0};
    uint32_t high = 0;

    for (size_t k = 0; k < n; k++) {
        uint32_t v = key(hit[k].score);

        b.low = v < b.low ? v : b.low;
        high = v > high ? v : high;
    }
    while ((high - b.low) >> b.shift >= BUCKETS) {
        b.shift++;
    }
    return b;
}

/* The bucket that the N-th best hit is in. */
static uint32_t find_bucket(const struct buckets *b, const struct rec_hit *hit,
                            size_t have, size_t n)
{
    uint32_t count[BUCKETS] = {0};
    uint32_t at = BUCKETS;
    size_t sum = 0;

    for (size_t k = 0; k < have; k++) {
        count[bucket(b, hit[k])]++;
    }
    while (sum < n) {
        sum += count[--at];
    }
    return at;
}

/* The hits of buckets FROM and above to the front. Returns how many. */
static size_t bring_forward(const struct buckets *b, struct rec_hit *hit,
                            size_t have, uint32_t from)
{
    size_t n = 0;

    for (size_t k = 0; k < have; k++) {
        struct rec_hit h = hit[k];

        hit[k] = hit[n];
        hit[n] = h;
        n += bucket(b, h) >= from;
    }
    return n;
}

/* The best N of HAVE > N > 0 to the front, by a heap. */
static void keep_few(struct rec_hit *hit, size_t have, const uint32_t *rank,
                     size_t n)
{
    heapify(hit, n, rank);
    for (size_t k = n; k < have; k++) {
        if (worse(hit[0], hit[k], rank)) {
            hit[0] = hit[k];
            sink(hit, n, 0, rank);
        }
    }
}

/* All of the buckets above that of the N-th best are in, all below are out,
   and only within that bucket hits have to be compared. */
size_t rec_topk_keep(struct rec_hit *hit, size_t have, const uint32_t *rank,
                     size_t n)
{
    struct buckets b;
    uint32_t last;
    size_t sure;

    if (have <= n || n == 0) {
        return have < n ? have : n;
    }
    b = make_buckets(hit, have);
    last = find_bucket(&b, hit, have, n);
    have = bring_forward(&b, hit, have, last);
    sure = bring_forward(&b, hit, have, last + 1);
    if (n > sure && n < have) {
        keep_few(hit + sure, have - sure, rank, n - sure);
    }
    return n;
}
