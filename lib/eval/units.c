/* SPDX-License-Identifier: MIT */
/* Units of resampling: see units.h. Until it is closed every column has a base
   of its own; then equal ones become one, as nearly all are. */
#include <config.h>

#include "eval/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* Deal ROWS rows out to N units. */
static uint32_t *deal(size_t rows, size_t n, uint64_t seed)
{
    uint32_t *order = rec_alloc(rows, sizeof *order);
    uint32_t *unit = rec_alloc(rows, sizeof *unit);
    struct rec_rng rng;

    if (!order || !unit) {
        free(order);
        free(unit);
        return NULL;
    }
    for (size_t i = 0; i < rows; i++) {
        order[i] = (uint32_t)i;
    }
    rec_rng_init(&rng, seed);
    rec_rng_shuffle(&rng, order, rows);
    for (size_t i = 0; i < rows; i++) {
        unit[order[i]] = (uint32_t)(i % n);
    }
    free(order);
    return unit;
}

int rec_units_init(struct rec_units *u, size_t rows, size_t columns,
                   size_t most, uint64_t seed, struct rec_error *err)
{
    size_t all;

    memset(u, 0, sizeof *u);
    u->n = rows < most ? rows : most;
    u->columns = columns;
    u->bases = columns;
    u->stride = 2 * columns;
    if (rec_size_mul(u->n, u->stride, &all) == 0) {
        u->at = rec_zalloc(all, sizeof *u->at);
    }
    u->base = rec_alloc(columns, sizeof *u->base);
    if (rows > u->n) {
        u->unit = deal(rows, u->n, seed);
    }
    return u->at && u->base && (u->unit || rows <= u->n)
               ? 0
               : rec_fail_nomem(err);
}

void rec_units_release(struct rec_units *u)
{
    free(u->at);
    free(u->base);
    free(u->unit);
    memset(u, 0, sizeof *u);
}

static double *sums(struct rec_units *u, size_t row)
{
    return u->at + (u->unit ? u->unit[row] : row) * u->stride;
}

void rec_units_add(struct rec_units *u, size_t row, size_t column, double x,
                   double base)
{
    double *at = sums(u, row);

    at[column] += x;
    at[u->columns + column] += base;
}

void rec_units_add_row(struct rec_units *u, size_t row, const double *value)
{
    double *at = sums(u, row);

    for (size_t c = 0; c < u->columns; c++) {
        if (!isnan(value[c])) {
            at[c] += value[c];
            at[u->columns + c] += 1;
        }
    }
}

static int same_base(const struct rec_units *u, size_t a, size_t b)
{
    const double *at = u->at + u->columns;
    int same = 1;

    for (size_t i = 0; i < u->n && same; i++) {
        same = at[i * u->stride + a] == at[i * u->stride + b];
    }
    return same;
}

int rec_units_close(struct rec_units *u, struct rec_error *err)
{
    uint32_t *kept = rec_alloc(u->columns, sizeof *kept);
    size_t stride;

    if (!kept) {
        return rec_fail_nomem(err);
    }
    u->bases = 0;
    for (size_t c = 0; c < u->columns; c++) {
        size_t b = 0;

        while (b < u->bases && !same_base(u, kept[b], c)) {
            b++;
        }
        u->base[c] = (uint32_t)b;
        if (b == u->bases) {
            kept[u->bases++] = (uint32_t)c;
        }
    }
    stride = u->columns + u->bases;
    for (size_t i = 0; i < u->n; i++) {
        double *from = u->at + i * u->stride, *to = u->at + i * stride;

        memmove(to, from, u->columns * sizeof *to);
        for (size_t b = 0; b < u->bases; b++) { /* kept[b] >= b */
            to[u->columns + b] = from[u->columns + kept[b]];
        }
    }
    u->stride = stride;
    free(kept);
    free(u->unit);
    u->unit = NULL;
    return 0;
}

double rec_units_ratio(const struct rec_units *u, size_t column)
{
    double sum = 0, base = 0;

    for (size_t i = 0; i < u->n; i++) {
        const double *at = u->at + i * u->stride;

        sum += at[column];
        base += at[u->columns + u->base[column]];
    }
    return base > 0 ? sum / base : NAN;
}
