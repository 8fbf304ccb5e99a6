/* SPDX-License-Identifier: MIT */
/* Hashed tables: see scheme.h. */
#include <config.h>

#include "data/scheme.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/number.h"

/* The most rows R for remainders so that the quotients find room too. */
static uint32_t divide(uint32_t rows, uint32_t ids)
{
    uint32_t low = rows - 1 < ids ? rows - 1 : ids;

    while (low > 0 && (uint64_t)low + (ids + (uint64_t)low - 1) / low > rows) {
        low--;
    }
    return low;
}

int rec_scheme_init(struct rec_scheme *s, int kind, uint32_t rows, int hashes,
                    uint32_t ids, uint64_t seed, struct rec_error *err)
{
    uint32_t least = kind == REC_SCHEME_MODULO  ? 1
                     : kind == REC_SCHEME_BLOOM ? (uint32_t)hashes
                                                : 2;
    char more[32] = "";

    memset(s, 0, sizeof *s);
    s->kind = kind;
    s->rows = rows;
    s->hashes = hashes;
    s->seed = seed;
    s->ids = ids;
    if (rows < least) {
        return rec_fail(err, REC_EVALUE,
                        "this scheme needs at least %" PRIu32 " slots", least);
    }
    if (kind == REC_SCHEME_QR) {
        s->low = divide(rows, ids);
        if (s->low == 0) {
            return rec_fail(err, REC_EVALUE,
                            "quotients and remainders of %" PRIu32
                            " ids need at least %.0f slots",
                            ids, ceil(2 * sqrt(ids)));
        }
        snprintf(more, sizeof more, "%" PRIu32, ids);
    } else if (kind == REC_SCHEME_BLOOM) {
        snprintf(more, sizeof more, "%d", hashes);
    }
    snprintf(s->suffix, sizeof s->suffix, "/%" PRIu32 "%c%s", rows,
             "?mdqb"[kind], more);
    return 0;
}

/* Hash number I of the id, in [0, N). */
static uint32_t hash_to(const struct rec_scheme *s, const char *id,
                        size_t len, int i, uint32_t n)
{
    uint64_t h = rec_hash_keyed(id, len, s->seed + 0x9e3779b97f4a7c15u
                                             * (uint64_t)(i + 1));

    return (uint32_t)((h >> 32) * n >> 32);
}

/* Add ROW to the N that are there, in order; returns how many there are. */
static int insert(uint32_t *row, int n, uint32_t fresh)
{
    int i = n;

    for (int k = 0; k < n; k++) {
        if (row[k] == fresh) {
            return n;
        }
    }
    while (i > 0 && row[i - 1] > fresh) {
        row[i] = row[i - 1];
        i--;
    }
    row[i] = fresh;
    return n + 1;
}

int rec_scheme_rows(const struct rec_scheme *s, const char *id, size_t len,
                    uint32_t index, uint32_t row[REC_SCHEME_ROWS])
{
    uint32_t half = s->rows / 2;
    int n = 0;

    switch (s->kind) {
    case REC_SCHEME_MODULO:
        row[0] = hash_to(s, id, len, 0, s->rows);
        return 1;
    case REC_SCHEME_DOUBLE:
        row[0] = hash_to(s, id, len, 0, half);
        row[1] = half + hash_to(s, id, len, 1, s->rows - half);
        return 2;
    case REC_SCHEME_QR:
        row[0] = index % s->low;
        row[1] = s->low + index / s->low;
        return 2;
    default:
        for (int i = 0; i < s->hashes; i++) {
            n = insert(row, n, hash_to(s, id, len, i, s->rows));
        }
        return n;
    }
}

size_t rec_scheme_name(const struct rec_scheme *s, uint32_t row,
                       char out[REC_SCHEME_TOKEN])
{
    return (size_t)snprintf(out, REC_SCHEME_TOKEN, "%" PRIu32 "%s", row,
                            s->suffix);
}

int64_t rec_scheme_row(const struct rec_scheme *s, const char *name,
                       size_t len)
{
    const char *slash = memchr(name, '/', len);
    size_t n = slash ? (size_t)(slash - name) : len;
    char again[REC_SCHEME_TOKEN];
    int64_t row;

    if (rec_parse_int(name, n, 0, (int64_t)s->rows - 1, &row) != 0
        || rec_scheme_name(s, (uint32_t)row, again) != len
        || memcmp(name, again, len) != 0) { /* a row has one name */
        return -1;
    }
    return row;
}

/* ---- what is to be expected --------------------------------------------- */

/* 1 - (1 - P)^N, also for small P. */
static double at_least_one(double p, double n)
{
    return n <= 0 ? 0 : p >= 1 ? 1 : -expm1(n * log1p(-p));
}

double rec_scheme_shared(const struct rec_scheme *s, double n)
{
    double m = s->rows, half = s->rows / 2, k = s->hashes;

    switch (s->kind) {
    case REC_SCHEME_CUCKOO:
        return 0;
    case REC_SCHEME_MODULO:
        return at_least_one(1 / m, n - 1);
    case REC_SCHEME_DOUBLE: /* the one row, or the other */
        return 1 - (1 - at_least_one(1 / half, n - 1))
                       * (1 - at_least_one(1 / (m - half), n - 1));
    case REC_SCHEME_QR:
        return n > 1 ? 1 : 0;
    default:
        return at_least_one(k / m, k * (n - 1));
    }
}

double rec_scheme_same(const struct rec_scheme *s, double n)
{
    double m = s->rows, half = s->rows / 2, ways = 1;

    switch (s->kind) {
    case REC_SCHEME_CUCKOO:
    case REC_SCHEME_QR:
        return 0;
    case REC_SCHEME_MODULO:
        return at_least_one(1 / m, n - 1);
    case REC_SCHEME_DOUBLE:
        return at_least_one(1 / half / (m - half), n - 1);
    default:
        for (int i = 0; i < s->hashes; i++) {
            ways *= (m - i) / (i + 1);
        }
        return at_least_one(1 / ways, n - 1);
    }
}
