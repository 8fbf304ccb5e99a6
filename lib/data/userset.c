/* SPDX-License-Identifier: MIT */
/* Sets of users as sorted hashes: see userset.h. */
#include <config.h>

#include "data/userset.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static int compare(const void *pa, const void *pb)
{
    uint64_t a, b;

    memcpy(&a, pa, sizeof a);
    memcpy(&b, pb, sizeof b);
    return (a > b) - (a < b);
}

static int reserve(struct rec_userset *s, size_t n, struct rec_error *err)
{
    s->n = 0;
    s->hash = rec_alloc(n, sizeof *s->hash);
    return s->hash ? 0 : rec_fail_nomem(err);
}

int rec_userset_make(struct rec_userset *out, const struct rec_dict *d,
                     const uint8_t *skip, struct rec_error *err)
{
    uint32_t users = rec_dict_count(d);
    size_t n = 0;
    int rc = reserve(out, users, err);

    if (rc != 0) {
        return rc;
    }
    for (uint32_t i = 0; i < users; i++) {
        size_t len;
        const char *id = rec_dict_id(d, i, &len);

        if (!skip || !skip[i]) {
            out->hash[n++] = rec_hash_id(id, len);
        }
    }
    qsort(out->hash, n, sizeof *out->hash, compare);
    for (size_t i = 0; i < n; i++) {
        if (out->n == 0 || out->hash[out->n - 1] != out->hash[i]) {
            out->hash[out->n++] = out->hash[i];
        }
    }
    return 0;
}

void rec_userset_release(struct rec_userset *s)
{
    free(s->hash);
    s->hash = NULL;
    s->n = 0;
}

int rec_userset_union(struct rec_userset *out, const struct rec_userset *a,
                      const struct rec_userset *b, struct rec_error *err)
{
    size_t i = 0, j = 0;
    int rc = reserve(out, a->n + b->n, err);

    if (rc != 0) {
        return rc;
    }
    while (i < a->n || j < b->n) {
        int take_a = j == b->n || (i < a->n && a->hash[i] <= b->hash[j]);
        uint64_t h = take_a ? a->hash[i] : b->hash[j];

        i += i < a->n && a->hash[i] == h;
        j += j < b->n && b->hash[j] == h;
        out->hash[out->n++] = h;
    }
    return 0;
}

int rec_userset_minus(struct rec_userset *out, const struct rec_userset *a,
                      const struct rec_userset *b, struct rec_error *err)
{
    size_t j = 0;
    int rc = reserve(out, a->n, err);

    for (size_t i = 0; rc == 0 && i < a->n; i++) {
        while (j < b->n && b->hash[j] < a->hash[i]) {
            j++;
        }
        if (j == b->n || b->hash[j] != a->hash[i]) {
            out->hash[out->n++] = a->hash[i];
        }
    }
    return rc;
}

size_t rec_userset_common(const struct rec_userset *a,
                          const struct rec_userset *b)
{
    size_t j = 0, both = 0;

    for (size_t i = 0; i < a->n; i++) {
        while (j < b->n && b->hash[j] < a->hash[i]) {
            j++;
        }
        both += j < b->n && b->hash[j] == a->hash[i];
    }
    return both;
}
