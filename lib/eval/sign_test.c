/* SPDX-License-Identifier: MIT */
/* The randomisation test, and Holm's correction: see bootstrap.h. */
#include <config.h>

#include "eval/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"

/* The sums over the units, each with a random sign. */
REC_HOT static void add_signed(const struct rec_units *u, uint64_t seed,
                               uint64_t number, double *sum)
{
    const uint64_t key[3] = {seed, number, 1}; /* not those of the bootstrap */
    struct rec_rng rng;
    uint64_t bits = 0;

    memset(sum, 0, u->columns * sizeof *sum);
    rec_rng_init(&rng, rec_hash_id(key, sizeof key));
    for (size_t i = 0; i < u->n; i++) {
        const double *at = u->at + i * u->stride;
        double sign;

        bits = i % 64 ? bits >> 1 : rec_rng_next(&rng);
        sign = bits & 1 ? 1 : -1;
        for (size_t c = 0; c < u->columns; c++) {
            sum[c] += sign * at[c];
        }
    }
}

/* LIMIT[c]: how far from zero the sum is, less what adding up in another
   order may change, so that equal sums count as equal. */
static void find_limits(const struct rec_units *u, double *limit)
{
    for (size_t c = 0; c < u->columns; c++) {
        double sum = 0, size = 0;

        for (size_t i = 0; i < u->n; i++) {
            double x = u->at[i * u->stride + c];

            sum += x;
            size += fabs(x);
        }
        limit[c] = fabs(sum) - 1e-12 * size;
    }
}

/* FAR[c] += the draws that reach the limit. */
static int count_far(const struct rec_units *u, const struct rec_draws *o,
                     const double *limit, uint64_t *far)
{
    int lacking = 0;

#pragma omp parallel num_threads(o->threads) reduction(| : lacking)
    {
        double *sum = rec_alloc(u->columns, sizeof *sum);
        uint64_t *own = rec_zalloc(u->columns, sizeof *own);

        lacking = !sum || !own;
#pragma omp for schedule(static)
        for (uint32_t d = 0; d < o->n; d++) {
            if (!lacking) {
                add_signed(u, o->seed, d, sum);
                for (size_t c = 0; c < u->columns; c++) {
                    own[c] += fabs(sum[c]) >= limit[c];
                }
            }
        }
#pragma omp critical
        for (size_t c = 0; c < u->columns && !lacking; c++) {
            far[c] += own[c];
        }
        free(sum);
        free(own);
    }
    return !lacking;
}

int rec_sign_test(const struct rec_units *u, const struct rec_draws *o,
                  double *p, struct rec_error *err)
{
    double *limit = rec_alloc(u->columns, sizeof *limit);
    uint64_t *far = rec_zalloc(u->columns, sizeof *far);
    int rc = limit && far ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        find_limits(u, limit);
        rc = count_far(u, o, limit, far) ? 0 : rec_fail_nomem(err);
    }
    for (size_t c = 0; c < u->columns && rc == 0; c++) {
        p[c] = (1 + (double)far[c]) / (1 + (double)o->n);
    }
    free(limit);
    free(far);
    return rc;
}

/* ---- Holm --------------------------------------------------------------- */

struct ranked {
    double p;
    size_t at;
};

static int by_p(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;

    return a->p != b->p ? (a->p < b->p ? -1 : 1)
                        : (a->at > b->at) - (a->at < b->at);
}

int rec_holm(const double *p, size_t n, double *out, struct rec_error *err)
{
    struct ranked *r = rec_alloc(n, sizeof *r);
    double most = 0;

    if (!r) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        r[i].p = p[i];
        r[i].at = i;
    }
    if (n > 1) {
        qsort(r, n, sizeof *r, by_p);
    }
    for (size_t i = 0; i < n; i++) {
        double q = (double)(n - i) * r[i].p;

        most = q > most ? q : most;
        out[r[i].at] = most < 1 ? most : 1;
    }
    free(r);
    return 0;
}
