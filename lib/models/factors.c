/* SPDX-License-Identifier: MIT */
/* Turning, scoring and saving vectors: see factors.h. */
#include <config.h>

#include "models/factors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/blas.h"

enum { TURN_ROWS = 512 }; /* at once, so that the copy stays in the cache */

/* The eigenvectors of G, ascending, as axes, descending. */
static void set_axes(uint32_t dim, const double *vector, const double *value,
                     float *axis, float *gram)
{
    for (uint32_t k = 0; k < dim; k++) {
        const double *from = vector + (size_t)(dim - 1 - k) * dim;
        double v = value[dim - 1 - k];

        gram[k] = v > 0 ? (float)v : 0;
        for (uint32_t i = 0; i < dim; i++) {
            axis[(size_t)k * dim + i] = (float)from[i];
        }
    }
}

/* What overflowed has no eigenvectors, and one that is NaN may be found. */
static int check_finite(const float *g, size_t n, struct rec_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(g[i])) {
            return rec_fail(err, REC_ENUMERIC,
                            "products of vectors are too large for single "
                            "precision; use smaller weights");
        }
    }
    return 0;
}

int rec_factors_axes(const float *x, size_t n, uint32_t dim, float *axis,
                     float *gram, struct rec_error *err)
{
    size_t square = (size_t)dim * dim;
    double *wide = rec_alloc(square, sizeof *wide);
    double *value = rec_alloc(dim, sizeof *value);
    int rc = wide && value ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        memset(axis, 0, square * sizeof *axis);
        rec_blas_threads(1);
        rec_syrk(dim, n, x, axis);
        rc = check_finite(axis, square, err);
        for (size_t i = 0; i < square; i++) {
            wide[i] = (double)axis[i];
        }
        rc = rc ? rc : rec_eigen(dim, wide, value, err);
    }
    if (rc == 0) {
        set_axes(dim, wide, value, axis, gram);
    }
    free(wide);
    free(value);
    return rc;
}

int rec_factors_turn(float *x, size_t n, uint32_t dim, const float *axis,
                     struct rec_error *err)
{
    float *copy = rec_alloc64((size_t)TURN_ROWS * dim, sizeof *copy);

    if (!copy) {
        return rec_fail_nomem(err);
    }
    rec_blas_threads(1);
    for (size_t r = 0; r < n; r += TURN_ROWS) {
        size_t rows = n - r < TURN_ROWS ? n - r : TURN_ROWS;

        memcpy(copy, x + r * dim, rows * dim * sizeof *x);
        rec_gemm(REC_F32, 0, 1, rows, dim, dim, 1, copy, dim, axis, dim, 0,
                 x + r * dim, dim);
    }
    free(copy);
    return 0;
}

void rec_factors_signs(const float *x, size_t n, uint32_t dim, float *sign)
{
    for (uint32_t k = 0; k < dim; k++) {
        float most = 0;

        for (size_t i = 0; i < n; i++) {
            float v = x[i * dim + k];

            most = fabsf(v) > fabsf(most) ? v : most;
        }
        sign[k] = most < 0 ? -1 : 1;
    }
}

void rec_factors_stretch(float *x, size_t n, uint32_t dim, const float *by)
{
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < dim; k++) {
            x[i * dim + k] *= by[k];
        }
    }
}

void rec_factors_score(const float *user, size_t users, const float *item,
                       uint32_t items, uint32_t dim, float *out)
{
    rec_blas_threads(1);
    rec_gemm(REC_F32, 0, 1, users, items, dim, 1, user, dim, item, dim, 0, out,
             items);
}

/* ---- files ------------------------------------------------------------ */

int rec_factors_dim(const struct rec_model *m, uint32_t *out,
                    struct rec_error *err)
{
    double dim = 0;
    int rc = rec_model_param(m, "dim", &dim, err);

    if (rc == 0 && !(dim >= 1 && dim <= REC_FACTORS_MAX)) {
        return rec_fail(err, REC_ECORRUPT, "%s: the parameter 'dim' is %g",
                        rec_store_name(m->store), dim);
    }
    *out = (uint32_t)dim;
    return rc;
}

int rec_factors_save(struct rec_output *o, const char *kind, int level,
                     const char *param, const struct rec_dict *items,
                     const struct rec_factors_array *array, size_t count,
                     const char *prov, struct rec_error *err)
{
    struct rec_stream_writer *w;
    int rc = rec_model_begin(&w, o, kind, level, param, items, err);

    if (rc != 0) {
        return rc;
    }
    for (size_t k = 0; k < count && rc == 0; k++) {
        rc = rec_stream_write(w, REC_BLOCK_ARRAY, array[k].name, REC_F32,
                              array[k].data, array[k].n * sizeof(float), err);
    }
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}
