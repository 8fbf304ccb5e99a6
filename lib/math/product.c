/* SPDX-License-Identifier: MIT */
/* Sparse products: see product.h. A bit per column says where the dense row
   of sums is in use. Setting it costs no branch, and reading the bits back
   gives the columns in ascending order without sorting, once for all sums and
   again for those that were kept. */
#include <config.h>

#include "math/product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/threads.h"
#include "math/topk.h"

/* ---- the room of a thread ---------------------------------------------- */

struct room {
    double *sum;    /* by column */
    uint64_t *mark; /* a bit by column; zero between rows */
    uint32_t *col;  /* the columns in use, ascending, */
    double *value;  /* and their values */
    struct rec_hit *hit;
};

static size_t mark_words(uint32_t cols)
{
    return ((size_t)cols + 63) / 64;
}

static void release_rooms(struct room *room, int threads)
{
    for (int t = 0; room && t < threads; t++) {
        free(room[t].sum);
        free(room[t].mark);
        free(room[t].col);
        free(room[t].value);
        free(room[t].hit);
    }
    free(room);
}

static struct room *new_rooms(uint32_t cols, int threads)
{
    struct room *room = rec_zalloc((size_t)threads, sizeof *room);
    int whole = room != NULL;

    for (int t = 0; t < threads && whole; t++) {
        struct room *m = &room[t];

        m->sum = rec_zalloc(cols, sizeof *m->sum);
        m->mark = rec_zalloc(mark_words(cols), sizeof *m->mark);
        m->col = rec_alloc(cols, sizeof *m->col);
        m->value = rec_alloc(cols, sizeof *m->value);
        m->hit = rec_alloc(cols, sizeof *m->hit);
        whole = m->sum && m->mark && m->col && m->value && m->hit;
    }
    if (!whole) {
        release_rooms(room, threads);
        return NULL;
    }
    return room;
}

/* ---- a row ------------------------------------------------------------- */

static void mark(struct room *m, uint32_t c)
{
    m->mark[c >> 6] |= (uint64_t)1 << (c & 63);
}

/* m->sum += V times row R of RIGHT. */
static void add_row(struct room *m, const struct rec_csr *right, size_t r,
                    double v)
{
    const uint32_t *item = right->item;
    int64_t end = right->start[r + 1];

    if (right->weight) {
        for (int64_t k = right->start[r]; k < end; k++) {
            m->sum[item[k]] += v * right->weight[k];
            mark(m, item[k]);
        }
    } else {
        for (int64_t k = right->start[r]; k < end; k++) {
            m->sum[item[k]] += v;
            mark(m, item[k]);
        }
    }
}

/* The sums that are marked, to m->col and m->value; sums and marks are zero
   again. Returns how many. */
static size_t take(struct room *m, uint32_t cols)
{
    size_t n = 0;

    for (size_t w = 0; w < mark_words(cols); w++) {
        uint64_t word = m->mark[w];

        if (word == 0) {
            continue;
        }
        m->mark[w] = 0;
        for (; word != 0; word &= word - 1) {
            uint32_t c = (uint32_t)(w * 64) + rec_lowest_bit(word);

            m->col[n] = c;
            m->value[n++] = m->sum[c];
            m->sum[c] = 0;
        }
    }
    return n;
}

/* Drop what is 0 as a float. Returns how many are left, or -1 if one is not
   finite. */
static int64_t round_values(struct room *m, size_t n)
{
    size_t kept = 0;

    for (size_t k = 0; k < n; k++) {
        float v = (float)m->value[k];

        if (!isfinite(v)) {
            return -1;
        }
        m->col[kept] = m->col[k];
        m->value[kept] = v;
        kept += v < 0 || v > 0;
    }
    return (int64_t)kept;
}

/* Of the N values, keep the best. */
static size_t keep_best(const struct rec_product *p, struct room *m, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        m->hit[k].score = (float)m->value[k];
        m->hit[k].item = m->col[k];
    }
    n = rec_topk_keep(m->hit, n, p->rank, p->keep);
    for (size_t k = 0; k < n; k++) {
        m->sum[m->hit[k].item] = m->hit[k].score;
        mark(m, m->hit[k].item);
    }
    return take(m, p->right->cols);
}

/* Row R, left in m->col and m->value. Returns its length, or -1. */
static int64_t make_row(const struct rec_product *p, struct room *m, size_t r)
{
    const struct rec_csr *left = p->left;
    int64_t n;

    for (int64_t e = left->start[r]; e < left->start[r + 1]; e++) {
        add_row(m, p->right, left->item[e], left->weight ? left->weight[e] : 1);
    }
    if (p->square) {
        m->sum[r] = 0;
        m->mark[r >> 6] &= ~((uint64_t)1 << (r & 63));
    }
    n = (int64_t)take(m, p->right->cols);
    if (p->finish) {
        p->finish(p->ctx, r, m->col, m->value, (size_t)n);
    }
    n = round_values(m, (size_t)n);
    return p->keep > 0 && n > (int64_t)p->keep
               ? (int64_t)keep_best(p, m, (size_t)n)
               : n;
}

/* ---- all rows ---------------------------------------------------------- */

/* Multiplications for row R. */
static double row_work(const struct rec_product *p, size_t r)
{
    double sum = 0;

    for (int64_t e = p->left->start[r]; e < p->left->start[r + 1]; e++) {
        sum += rec_csr_row_len(p->right, p->left->item[e]);
    }
    return sum;
}

/* The longest that row R can become. */
static size_t row_room(const struct rec_product *p, size_t r)
{
    double work = row_work(p, r);
    size_t n = p->right->cols;

    n -= p->square && n > 0;
    n = p->keep > 0 && p->keep < n ? p->keep : n;
    return work < (double)n ? (size_t)work : n;
}

double rec_product_work(const struct rec_product *p)
{
    double sum = 0;

    for (size_t r = 0; r < p->left->rows; r++) {
        sum += row_work(p, r);
    }
    return sum;
}

double rec_product_memory(const struct rec_product *p, int threads)
{
    struct room m;
    double per_col = sizeof *m.sum + sizeof *m.col + sizeof *m.value
                     + sizeof *m.hit + 1.0 / 8;
    double places = 0;

    for (size_t r = 0; r < p->left->rows; r++) {
        places += (double)row_room(p, r);
    }
    return threads * per_col * p->right->cols + 8 * places
           + 16.0 * (double)p->left->rows;
}

static int alloc_out(struct rec_csr *out, const struct rec_product *p,
                     struct rec_error *err)
{
    size_t rows = p->left->rows;

    memset(out, 0, sizeof *out);
    out->rows = rows;
    out->cols = p->right->cols;
    out->start = rec_alloc(rows + 1, sizeof *out->start);
    if (!out->start) {
        return rec_fail_nomem(err);
    }
    out->start[0] = 0;
    for (size_t r = 0; r < rows; r++) {
        out->start[r + 1] = out->start[r] + (int64_t)row_room(p, r);
    }
    out->item = rec_alloc((size_t)out->start[rows], sizeof *out->item);
    out->weight = rec_alloc((size_t)out->start[rows], sizeof *out->weight);
    if (!out->item || !out->weight) {
        rec_csr_release(out);
        return rec_fail_nomem(err);
    }
    return 0;
}

/* Row R of OUT, LEN long, from M. */
static void store(struct rec_csr *out, size_t r, const struct room *m,
                  int64_t len)
{
    int64_t at = out->start[r];

    for (int64_t k = 0; k < len; k++) {
        out->item[at + k] = m->col[k];
        out->weight[at + k] = (float)m->value[k];
    }
}

/* Move the rows, whose lengths are LEN, together. */
static void close_gaps(struct rec_csr *out, const int64_t *len)
{
    int64_t at = 0;

    for (size_t r = 0; r < out->rows; r++) {
        size_t n = (size_t)len[r];

        memmove(out->item + at, out->item + out->start[r],
                n * sizeof *out->item);
        memmove(out->weight + at, out->weight + out->start[r],
                n * sizeof *out->weight);
        out->start[r] = at;
        at += len[r];
    }
    out->start[out->rows] = at;
}

static int fill(struct rec_csr *out, const struct rec_product *p, int64_t *len,
                struct room *room, int threads,
                const struct rec_progress *tick)
{
    size_t rows = out->rows;
    int64_t done = 0;
    int finite = 1;

    rec_progress(tick, "product", 0, (double)rows);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
    for (size_t r = 0; r < rows; r++) {
        struct room *m = &room[rec_thread()];
        int64_t now;

        len[r] = make_row(p, m, r);
        if (len[r] < 0) {
#pragma omp atomic write
            finite = 0;
        } else {
            store(out, r, m, len[r]);
        }
#pragma omp atomic capture
        now = ++done;
        if (rec_thread() == 0) {
            rec_progress(tick, "product", (double)now, (double)rows);
        }
    }
    return finite;
}

int rec_product(struct rec_csr *out, const struct rec_product *p, int threads,
                const struct rec_progress *tick, struct rec_error *err)
{
    struct rec_csr x;
    struct room *room;
    int64_t *len;
    int rc = alloc_out(&x, p, err);

    if (rc != 0) {
        return rc;
    }
    len = rec_alloc(x.rows, sizeof *len);
    room = new_rooms(x.cols, threads);
    if (!len || !room) {
        rc = rec_fail_nomem(err);
    } else if (!fill(&x, p, len, room, threads, tick)) {
        rc = rec_fail(err, REC_ENUMERIC,
                      "a value is too large for single precision; use smaller "
                      "weights");
    } else {
        close_gaps(&x, len);
        *out = x;
    }
    release_rooms(room, threads);
    free(len);
    if (rc != 0) {
        rec_csr_release(&x);
    }
    return rc;
}
