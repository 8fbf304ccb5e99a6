/* SPDX-License-Identifier: MIT */
/* Information abundance: see abundance.h. */
#include <config.h>

#include "math/abundance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"

enum { BLOCK = 256 }; /* rows at a time */

int rec_abundance_init(struct rec_abundance *a, size_t d,
                       struct rec_error *err)
{
    a->d = d;
    a->gram = rec_zalloc(d, d * sizeof *a->gram);
    a->block = rec_alloc(d, BLOCK * sizeof *a->block);
    if (!a->gram || !a->block) {
        rec_abundance_release(a);
        return rec_fail_nomem(err);
    }
    return 0;
}

void rec_abundance_release(struct rec_abundance *a)
{
    free(a->gram);
    free(a->block);
    memset(a, 0, sizeof *a);
}

void rec_abundance_add(struct rec_abundance *a, const float *v, size_t n)
{
    size_t d = a->d;

    for (size_t at = 0; at < n && d > 0; at += BLOCK) {
        size_t rows = n - at < BLOCK ? n - at : BLOCK;

        for (size_t i = 0; i < rows * d; i++) {
            a->block[i] = v[at * d + i];
        }
        rec_gemm(REC_F64, 1, 0, d, d, rows, 1, a->block, d, a->block, d, 1,
                 a->gram, d);
    }
}

int rec_abundance_get(struct rec_abundance *a, double *out,
                      struct rec_error *err)
{
    size_t d = a->d;
    double *value = rec_alloc(d, sizeof *value), sum = 0;
    int rc = value ? 0 : rec_fail_nomem(err);

    for (size_t i = 0; i < d * d && rc == 0; i++) {
        if (!isfinite(a->gram[i])) {
            rc = rec_fail(err, REC_ENUMERIC, "vectors too long to square");
        }
    }
    if (rc == 0 && d > 0) {
        rc = rec_eigen(d, a->gram, value, err);
    }
    for (size_t k = 0; k < d && rc == 0; k++) {
        sum += value[k] > 0 ? sqrt(value[k]) : 0;
    }
    *out = sum > 0 ? sum / sqrt(value[d - 1]) : 0;
    free(value);
    return rc;
}
