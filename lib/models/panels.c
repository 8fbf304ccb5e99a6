/* SPDX-License-Identifier: MIT */
/* Lists by panels: see panels.h. */
#include <config.h>

#include "models/panels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    COPY_ROWS = 256, /* of a panel, by one thread */
    LANES = 16,      /* floats that a compiler keeps in registers as one */
    AHEAD = 4,       /* events to fetch before they are needed */
    STRIP = 4,       /* panels between two meetings of the threads, */
    STRIP_BYTES = 1 << 24 /* if they take no more than this */
};

struct work {
    const struct rec_model *model;
    const struct rec_csr *history, *hide;
    const float *weight; /* of the history, or NULL: 1 each */
    const uint8_t *hidden;
    const uint32_t *rank;
    size_t n;
    struct rec_hit *hit;
    size_t *count;
    float *least; /* by row: what a score must reach */
    float *strip; /* panels: each n_items x REC_PANEL */
    uint32_t panels; /* so many */
};

int rec_panels_suit(const struct rec_model *m, const struct rec_csr *history)
{
    /* The copy moves the square of the items; the sums, each event once for
       every item, and from memory if there are no panels. */
    return rec_csr_events(history) / 2 >= m->n_items
           && rec_model_linear(m) != REC_LINEAR_NO;
}

#define ADD(sum, row)                                                         \
    _Pragma("omp simd") for (size_t k = 0; k < LANES; k++)                    \
    {                                                                         \
        (sum)[k] += w * (row)[k];                                             \
    }

/* OUT = the rows ITEM of PANEL, summed with weights (NULL: 1 each). Arrays of
   this size stay in registers; one of REC_PANEL would not. */
REC_HOT static void add_rows(const float *panel, const uint32_t *item,
                             const float *weight, size_t n,
                             float out[REC_PANEL])
{
    float a[LANES] = {0}, b[LANES] = {0}, c[LANES] = {0}, d[LANES] = {0};

    for (size_t e = 0; e < n; e++) {
        const float *row = panel + (size_t)item[e] * REC_PANEL;
        float w = weight ? weight[e] : 1;

        if (e + AHEAD < n) {
            const float *next = panel + (size_t)item[e + AHEAD] * REC_PANEL;

            REC_PREFETCH(next);
            REC_PREFETCH(next + LANES);
            REC_PREFETCH(next + 2 * LANES);
            REC_PREFETCH(next + 3 * LANES);
        }
        ADD(a, row)
        ADD(b, row + LANES)
        ADD(c, row + 2 * LANES)
        ADD(d, row + 3 * LANES)
    }
    memcpy(out, a, sizeof a);
    memcpy(out + LANES, b, sizeof b);
    memcpy(out + 2 * LANES, c, sizeof c);
    memcpy(out + 3 * LANES, d, sizeof d);
}

/* How many of the scores reach LEAST; nearly always none. */
REC_HOT static int reaching(const float score[REC_PANEL], float least)
{
    int n = 0;

#pragma omp simd reduction(+ : n)
    for (size_t k = 0; k < REC_PANEL; k++) {
        n += score[k] >= least;
    }
    return n;
}

static int is_hidden(const struct work *w, size_t r, uint32_t item)
{
    const struct rec_csr *hide = w->hide;

    if (w->hidden && w->hidden[item]) {
        return 1;
    }
    for (int64_t e = hide->start[r]; e < hide->start[r + 1]; e++) {
        if (hide->item[e] == item) {
            return 1;
        }
    }
    return 0;
}

static float *panel_of(const struct work *w, uint32_t p)
{
    return w->strip + (size_t)p * w->model->n_items * REC_PANEL;
}

/* The items of panel P of the strip that begins at item FIRST: how many, and
   the first of them. */
static uint32_t panel_items(const struct work *w, uint32_t *first, uint32_t p)
{
    uint32_t items = w->model->n_items;

    if (p * REC_PANEL >= items - *first) {
        return 0;
    }
    *first += p * REC_PANEL;
    return items - *first < REC_PANEL ? items - *first : REC_PANEL;
}

/* COPY_ROWS rows from I on, of the panels of the strip. */
static int copy(const struct work *w, uint32_t i, uint32_t strip,
                struct rec_error *err)
{
    uint32_t items = w->model->n_items;
    uint32_t to = items - i < COPY_ROWS ? items : i + COPY_ROWS;
    int rc = 0;

    for (uint32_t p = 0; p < w->panels && rc == 0; p++) {
        uint32_t first = strip, len = panel_items(w, &first, p);

        if (len > 0) {
            rc = rec_model_panel(w->model, i, to, first, len,
                                 panel_of(w, p) + (size_t)i * REC_PANEL, err);
        }
    }
    return rc;
}

/* Row R, and panel P of the strip. */
static void visit(const struct work *w, size_t r, uint32_t strip, uint32_t p)
{
    size_t at = (size_t)w->history->start[r];
    struct rec_hit *hit = w->hit + r * w->n;
    uint32_t first = strip, len = panel_items(w, &first, p);
    float score[REC_PANEL];

    add_rows(panel_of(w, p), w->history->item + at,
             w->weight ? w->weight + at : NULL, rec_csr_row_len(w->history, r),
             score);
    if (reaching(score, w->least[r]) == 0) {
        return;
    }
    for (uint32_t k = 0; k < len; k++) {
        struct rec_hit h = {score[k], first + k};

        if (score[k] >= w->least[r] && score[k] > -INFINITY
            && !is_hidden(w, r, h.item)) {
            w->count[r] = rec_topk_add(hit, w->count[r], w->n, w->rank, h);
            if (w->count[r] == w->n) {
                w->least[r] = hit[0].score;
            }
        }
    }
}

/* A strip of panels is copied by all threads and then used by all; a thread
   has the same rows in each panel. Returns 0, or the error of a copy. */
static int run(const struct work *w, int threads, struct rec_error *err)
{
    uint32_t items = w->model->n_items, step = w->panels * REC_PANEL;
    int failed = 0;

#pragma omp parallel num_threads(threads)
    for (uint32_t strip = 0; strip < items; strip += step) {
#pragma omp for schedule(static)
        for (uint32_t i = 0; i < items; i += COPY_ROWS) {
            struct rec_error why;
            int rc = copy(w, i, strip, &why);

            if (rc != 0) {
#pragma omp critical
                {
                    failed = rc;
                    if (err) {
                        *err = why;
                    }
                }
            }
        }
        for (uint32_t p = 0; p < w->panels; p++) {
#pragma omp for schedule(static, 16) nowait
            for (size_t r = 0; r < w->history->rows; r++) {
                if (rec_csr_row_len(w->history, r) > 0
                    && p * REC_PANEL < items - strip) {
                    visit(w, r, strip, p);
                }
            }
        }
#pragma omp barrier
    }
    return failed;
}

/* How many panels make a strip. */
static uint32_t strip_panels(uint32_t items)
{
    size_t fit = STRIP_BYTES / (sizeof(float) * REC_PANEL)
                 / (items ? items : 1);

    return fit < 1 ? 1 : fit > STRIP ? STRIP : (uint32_t)fit;
}

int rec_panels_fill(const struct rec_model *m, const struct rec_csr *history,
                    const struct rec_csr *hide, const uint8_t *hidden,
                    const uint32_t *rank, size_t n, struct rec_hit *hit,
                    size_t *count, int threads, struct rec_error *err)
{
    int weighted = rec_model_linear(m) == REC_LINEAR_WEIGHTED, rc;
    struct work w = {.model = m,
                     .history = history,
                     .hide = hide,
                     .weight = weighted ? history->weight : NULL,
                     .hidden = hidden,
                     .rank = rank,
                     .n = n,
                     .hit = hit,
                     .count = count,
                     .panels = strip_panels(m->n_items)};
    size_t room = (size_t)w.panels * m->n_items * REC_PANEL;

    w.least = rec_alloc(history->rows, sizeof *w.least);
    w.strip = rec_alloc64(room, sizeof *w.strip);
    rc = w.least && w.strip ? 0 : rec_fail_nomem(err);
    if (rc == 0) {
        memset(w.strip, 0, room * sizeof *w.strip); /* the end of the last */
        memset(count, 0, history->rows * sizeof *count);
        for (size_t r = 0; r < history->rows; r++) {
            w.least[r] = -INFINITY;
        }
        rc = run(&w, threads, err);
    }
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t r = 0; r < history->rows; r++) {
        if (rc == 0) {
            rec_topk_finish(hit + r * n, count[r], n, rank);
        }
    }
    free(w.least);
    free(w.strip);
    return rc;
}
