/* SPDX-License-Identifier: MIT */
/* What EASE does to single numbers, once per precision: ease.c includes this
   with REAL the type and FN(name) the name of a function for it. All matrices
   are n x n, row-major. */

/* A += lambda I */
static void FN(add_diagonal)(REAL *a, size_t n, double lambda)
{
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] = (REAL)(a[i * n + i] + lambda);
    }
}

/* d[i] = P_ii */
static void FN(get_diagonal)(const REAL *p, size_t n, double *d)
{
    for (size_t i = 0; i < n; i++) {
        d[i] = p[i * n + i];
    }
}

/* One tile of B from P: rows [I0, I1), columns [J0, J1), all on or above the
   diagonal, and their mirror image below it. */
static void FN(fill_tile)(REAL *p, size_t n, size_t i0, size_t i1, size_t j0,
                          size_t j1, const double *d)
{
    for (size_t i = i0; i < i1; i++) {
        for (size_t j = j0 > i ? j0 : i + 1; j < j1; j++) {
            double v = p[i * n + j];

            p[i * n + j] = (REAL)(-v / d[j]);
            p[j * n + i] = (REAL)(-v / d[i]);
        }
    }
}

/* B in place of the upper triangle of P. Tiles, so that the mirrored half is
   written a few cache lines at a time. */
static void FN(fill)(REAL *p, size_t n, const double *d, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t i = 0; i < n; i += FILL_TILE) {
        size_t i1 = i + FILL_TILE < n ? i + FILL_TILE : n;

        for (size_t j = i; j < n; j += FILL_TILE) {
            FN(fill_tile)(p, n, i, i1, j, j + FILL_TILE < n ? j + FILL_TILE : n,
                          d);
        }
        for (size_t k = i; k < i1; k++) {
            p[k * n + k] = 0;
        }
    }
}

/* OUT[0 .. len) = the same columns of the rows ITEM of B, summed with weights
   (NULL: 1 each). B points at the first of the columns. */
REC_HOT static void FN(sum_rows)(const REAL *b, size_t n,
                                 const uint32_t *item, const float *weight,
                                 size_t items, size_t len, float *out)
{
    REAL sum[SCORE_TILE] = {0};

    for (size_t e = 0; e < items; e++) {
        const REAL *row = b + (size_t)item[e] * n;
        REAL w = weight ? weight[e] : 1;

#pragma omp simd
        for (size_t k = 0; k < len; k++) {
            sum[k] += w * row[k];
        }
    }
    for (size_t k = 0; k < len; k++) {
        out[k] = (float)sum[k];
    }
}

/* OUT (rows x n) = X B. A thread owns a strip of columns: its piece of B
   stays in the cache while all the rows use it. */
static void FN(score)(const REAL *b, size_t n, const struct rec_csr *x,
                      int threads, float *out)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t j = 0; j < n; j += SCORE_TILE) {
        size_t len = n - j < SCORE_TILE ? n - j : SCORE_TILE;

        for (size_t r = 0; r < x->rows; r++) {
            size_t at = (size_t)x->start[r];

            FN(sum_rows)(b + j, n, x->item + at,
                         x->weight ? x->weight + at : NULL,
                         rec_csr_row_len(x, r), len, out + r * n + j);
        }
    }
}
