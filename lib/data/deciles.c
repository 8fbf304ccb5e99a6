/* SPDX-License-Identifier: MIT */
/* Deciles: see deciles.h. */
#include <config.h>

#include "data/deciles.h"

#include <stdlib.h>

#include "base/mem.h"

struct entry {
    uint32_t count, tie, index;
};

/* The largest count first. */
static int compare(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;

    if (a->count != b->count) {
        return a->count < b->count ? 1 : -1;
    }
    return (a->tie > b->tie) - (a->tie < b->tie);
}

/* All of them in order, the caller's to free; NULL: no memory. */
static struct entry *sorted(const uint32_t *count, const uint32_t *tie,
                            uint32_t n, struct rec_error *err)
{
    struct entry *e = rec_alloc(n, sizeof *e);

    if (!e) {
        rec_fail_nomem(err);
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        e[i].count = count[i];
        e[i].tie = tie ? tie[i] : i;
        e[i].index = i;
    }
    qsort(e, n, sizeof *e, compare);
    return e;
}

int rec_deciles_by_number(const uint32_t *count, const uint32_t *tie,
                          uint32_t n, uint8_t *decile, struct rec_error *err)
{
    struct entry *e = sorted(count, tie, n, err);

    if (!e) {
        return REC_ENOMEM;
    }
    for (uint32_t i = 0; i < n; i++) {
        decile[e[i].index] = (uint8_t)((uint64_t)i * REC_DECILES / n);
    }
    free(e);
    return 0;
}

int rec_deciles_by_share(const uint32_t *count, const uint32_t *tie,
                         uint32_t n, uint8_t *decile, struct rec_error *err)
{
    struct entry *e = sorted(count, tie, n, err);
    uint64_t sum = 0, before = 0; /* events: far below 2^64 / 20 */

    if (!e) {
        return REC_ENOMEM;
    }
    for (uint32_t i = 0; i < n; i++) {
        sum += count[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t twice = 2 * before + e[i].count;

        decile[e[i].index] = e[i].count == 0
                                 ? REC_DECILES
                                 : (uint8_t)(twice * REC_DECILES / (2 * sum));
        before += e[i].count;
    }
    free(e);
    return 0;
}
