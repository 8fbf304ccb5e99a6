/* SPDX-License-Identifier: MIT */
/* The Gram matrix: see gram.h. Row i of G is the sum, over the users who have
   item i, of what follows i in their sorted rows (the "tail", i included). So
   we sort each row once, keep for every event where its tail begins, and then
   let one thread own one row of G at a time: its running sums stay in the
   cache, and no two threads write to the same place. */
#include <config.h>

#include "math/gram.h"

#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/mem.h"

/* X with sorted rows, and its events by item. */
struct tails {
    const int64_t *row_start; /* of X, borrowed */
    uint32_t *item;           /* sorted rows */
    float *weight;            /* likewise, or NULL */
    int64_t *col_start;       /* cols + 1: where an item's events begin */
    uint32_t *user;           /* by item: the row of the event */
    int64_t *at;              /* by item: where its tail begins in ITEM */
};

static void release_tails(struct tails *t)
{
    free(t->item);
    free(t->weight);
    free(t->col_start);
    free(t->user);
    free(t->at);
}

static int alloc_tails(struct tails *t, const struct rec_csr *x,
                       struct rec_error *err)
{
    size_t n = rec_csr_events(x);

    memset(t, 0, sizeof *t);
    t->row_start = x->start;
    t->item = rec_alloc(n, sizeof *t->item);
    t->weight = x->weight ? rec_alloc(n, sizeof *t->weight) : NULL;
    t->col_start = rec_zalloc((size_t)x->cols + 1, sizeof *t->col_start);
    t->user = rec_alloc(n, sizeof *t->user);
    t->at = rec_alloc(n, sizeof *t->at);
    if (!t->item || (x->weight && !t->weight) || !t->col_start || !t->user
        || !t->at) {
        release_tails(t);
        return rec_fail_nomem(err);
    }
    return 0;
}

/* The events by item, users ascending; AT holds the event's place in X. */
static void sort_by_item(struct tails *t, const struct rec_csr *x)
{
    size_t n = rec_csr_events(x);

    for (size_t e = 0; e < n; e++) {
        t->col_start[x->item[e] + 1]++;
    }
    for (uint32_t i = 0; i < x->cols; i++) {
        t->col_start[i + 1] += t->col_start[i];
    }
    for (size_t u = 0; u < x->rows; u++) {
        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            int64_t to = t->col_start[x->item[e]]++;

            t->user[to] = (uint32_t)u;
            t->at[to] = e;
        }
    }
    /* Each start has moved to the next item's: move them back. */
    memmove(t->col_start + 1, t->col_start, x->cols * sizeof *t->col_start);
    t->col_start[0] = 0;
}

/* Deal the items out to the rows in ascending order, which sorts the rows;
   AT becomes the event's place there. */
static int sort_rows(struct tails *t, const struct rec_csr *x,
                     struct rec_error *err)
{
    int64_t *next = rec_alloc(x->rows + 1, sizeof *next);

    if (!next) {
        return rec_fail_nomem(err);
    }
    memcpy(next, x->start, (x->rows + 1) * sizeof *next);
    for (uint32_t i = 0; i < x->cols; i++) {
        for (int64_t e = t->col_start[i]; e < t->col_start[i + 1]; e++) {
            uint32_t u = t->user[e];
            int64_t to = next[u]++;

            if (to > x->start[u] && t->item[to - 1] == i) {
                free(next);
                return rec_fail(err, REC_EREPEAT, "row %llu has an item twice",
                                (unsigned long long)u + 1);
            }
            t->item[to] = i;
            if (t->weight) {
                t->weight[to] = x->weight[t->at[e]];
            }
            t->at[e] = to;
        }
    }
    free(next);
    return 0;
}

static int make_tails(struct tails *t, const struct rec_csr *x,
                      struct rec_error *err)
{
    int rc = alloc_tails(t, x, err);

    if (rc == 0 && x->rows > 0) {
        sort_by_item(t, x);
        rc = sort_rows(t, x, err);
        if (rc != 0) {
            release_tails(t);
        }
    }
    return rc;
}

/* SUM[j - ORIGIN] += what row I of G has at j, for all j >= I. */
static void add_row(const struct tails *t, uint32_t i, double *sum,
                    uint32_t origin)
{
    for (int64_t e = t->col_start[i]; e < t->col_start[i + 1]; e++) {
        int64_t at = t->at[e], end = t->row_start[t->user[e] + 1];

        if (t->weight) {
            double w = t->weight[at];

            for (int64_t k = at; k < end; k++) {
                sum[t->item[k] - origin] += w * t->weight[k];
            }
        } else {
            for (int64_t k = at; k < end; k++) {
                sum[t->item[k] - origin] += 1;
            }
        }
    }
}

/* Row I of G from SUM, which is cleared for the next row. */
static void store_row(enum rec_dtype dtype, void *g, size_t n, size_t i,
                      double *sum)
{
    if (dtype == REC_F64) {
        memcpy((double *)g + i * n + i, sum + i, (n - i) * sizeof *sum);
    } else {
        float *row = (float *)g + i * n;

        for (size_t j = i; j < n; j++) {
            row[j] = (float)sum[j];
        }
    }
    memset(sum + i, 0, (n - i) * sizeof *sum);
}

static int thread_number(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

int rec_gram(const struct rec_csr *x, enum rec_dtype dtype, void *g,
             int threads, const struct rec_progress *tick,
             struct rec_error *err)
{
    size_t n = x->cols;
    double *sums = rec_zalloc(n * (size_t)threads, sizeof *sums);
    struct tails t;
    int64_t done = 0;
    int rc = sums ? make_tails(&t, x, err) : rec_fail_nomem(err);

    if (rc != 0) {
        free(sums);
        return rc;
    }
    rec_progress(tick, "gram", 0, (double)n);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (uint32_t i = 0; i < x->cols; i++) {
        double *sum = sums + n * (size_t)thread_number();
        int64_t now;

        add_row(&t, i, sum, 0);
        store_row(dtype, g, n, i, sum);
#pragma omp atomic capture
        now = ++done;
        if (thread_number() == 0) {
            rec_progress(tick, "gram", (double)now, (double)n);
        }
    }
    release_tails(&t);
    free(sums);
    return 0;
}

/* ---- strips ------------------------------------------------------------ */

struct rec_gram_strips {
    struct tails t;
    size_t n;
};

int rec_gram_strips_new(struct rec_gram_strips **out, const struct rec_csr *x,
                        struct rec_error *err)
{
    struct rec_gram_strips *s = rec_zalloc(1, sizeof *s);
    int rc = s ? make_tails(&s->t, x, err) : rec_fail_nomem(err);

    if (rc != 0) {
        free(s);
        return rc;
    }
    s->n = x->cols;
    *out = s;
    return 0;
}

void rec_gram_strips_free(struct rec_gram_strips *s)
{
    if (s) {
        release_tails(&s->t);
        free(s);
    }
}

/* Where row K of a packed strip begins that has rows of N, N - 1 ... */
static size_t packed_row(size_t n, size_t k)
{
    return k * n - k * (k - 1) / 2;
}

void rec_gram_strip(const struct rec_gram_strips *s, uint32_t first,
                    uint32_t rows, double *packed, int threads)
{
    size_t n = s->n - first;

#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (uint32_t k = 0; k < rows; k++) {
        double *row = packed + packed_row(n, k);

        memset(row, 0, (n - k) * sizeof *row);
        add_row(&s->t, first + k, row, first + k);
    }
}

double rec_gram_work(const struct rec_csr *x)
{
    double sum = 0;

    for (size_t u = 0; u < x->rows; u++) {
        double n = rec_csr_row_len(x, u);

        sum += n * (n + 1) / 2;
    }
    return sum;
}

double rec_gram_memory(const struct rec_csr *x, int threads)
{
    double per_event = 16 + (x->weight ? 4 : 0);

    return per_event * (double)rec_csr_events(x)
           + 8.0 * (double)x->cols * (threads + 1) + 8.0 * (double)x->rows;
}
