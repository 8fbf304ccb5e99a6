/* SPDX-License-Identifier: MIT */
/* What lists show: see traits.h for the definitions. */
#include <config.h>

#include "eval/traits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/deciles.h"

enum { HEAD, MIDDLE, TAIL, PARTS };

struct rec_trait_item {
    uint32_t count, train, vector, row; /* places there, or REC_NONE */
    uint8_t part;
    double novelty;
};

/* ---- what is known ------------------------------------------------------ */

static int count_items(struct rec_traits *t, struct rec_error *err)
{
    const struct rec_csr *m = &t->train->rows;
    uint32_t *tie = rec_dict_tie_rank(t->train->items);
    int rc = tie ? 0 : rec_fail_nomem(err);

    t->count = rec_zalloc(m->cols, sizeof *t->count);
    t->part = rec_alloc(m->cols, 1);
    if (!t->count || !t->part) {
        rc = rec_fail_nomem(err);
    }
    for (size_t e = 0; e < rec_csr_events(m) && rc == 0; e++) {
        t->count[m->item[e]]++;
    }
    for (size_t u = 0; u < m->rows; u++) {
        t->users += rec_csr_row_len(m, u) > 0;
    }
    rc = rc ? rc
            : rec_deciles_by_share(t->count, tie, m->cols, t->part, err);
    for (uint32_t i = 0; i < m->cols && rc == 0; i++) {
        t->part[i] = t->part[i] < 2 ? HEAD : t->part[i] < 8 ? MIDDLE : TAIL;
    }
    free(tie);
    return rc;
}

static int map_history(struct rec_traits *t, struct rec_error *err)
{
    t->place = rec_dict_map(t->truth->users, t->history->users);
    t->in_train = rec_dict_map(t->history->items, t->train->items);
    return t->place && t->in_train ? 0 : rec_fail_nomem(err);
}

static int measure_vectors(struct rec_traits *t, struct rec_error *err)
{
    uint32_t n = t->vectors->n, dim = t->vectors->dim;

    t->scale = rec_alloc(n, sizeof *t->scale);
    t->sum = rec_alloc(dim, sizeof *t->sum);
    if (!t->scale || !t->sum) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const float *v = rec_vectors_row(t->vectors, i);
        double square = 0;

        for (uint32_t d = 0; d < dim; d++) {
            square += (double)v[d] * (double)v[d];
        }
        t->scale[i] = square > 0 ? (float)(1 / sqrt(square)) : 0;
    }
    return 0;
}

int rec_traits_init(struct rec_traits *t, const struct rec_measures *m,
                    const struct rec_data *truth,
                    const struct rec_data *train,
                    const struct rec_data *history,
                    const struct rec_vectors *vectors,
                    const struct rec_data *attributes, struct rec_error *err)
{
    int rc = 0;

    memset(t, 0, sizeof *t);
    t->measures = m;
    t->truth = truth;
    t->train = train;
    t->history = history;
    t->vectors = vectors;
    t->attributes = attributes;
    if (train) {
        t->others = rec_dict_new();
        rc = t->others ? 0 : rec_fail_nomem(err);
        rc = rc ? rc : count_items(t, err);
        rc = rc ? rc : map_history(t, err);
    }
    if (vectors && rc == 0) {
        rc = measure_vectors(t, err);
    }
    if (attributes && rc == 0) {
        t->by_attribute = rec_zalloc(attributes->rows.cols,
                                     sizeof *t->by_attribute);
        rc = t->by_attribute ? 0 : rec_fail_nomem(err);
    }
    return rc;
}

void rec_traits_release(struct rec_traits *t)
{
    free(t->count);
    free(t->part);
    free(t->place);
    free(t->in_train);
    free(t->scale);
    free(t->sum);
    free(t->by_attribute);
    free(t->item);
    free(t->shown);
    rec_dict_free(t->others);
    memset(t, 0, sizeof *t);
}

static struct rec_trait_item find(const struct rec_traits *t, const char *id,
                                  size_t len)
{
    struct rec_trait_item x = {0, REC_NONE, REC_NONE, REC_NONE, TAIL, 0};

    if (t->train) {
        x.train = rec_dict_find(t->train->items, id, len);
        if (x.train != REC_NONE) {
            x.count = t->count[x.train];
            x.part = t->part[x.train];
        }
        x.novelty = log2(t->users / (x.count > 1 ? x.count : 1));
    }
    if (t->vectors) {
        x.vector = rec_dict_find(t->vectors->ids, id, len);
        if (x.vector != REC_NONE && t->scale[x.vector] <= 0) {
            x.vector = REC_NONE; /* of length 0: it points nowhere */
        }
    }
    if (t->attributes) {
        x.row = rec_dict_find(t->attributes->users, id, len);
        if (x.row != REC_NONE
            && rec_csr_row_len(&t->attributes->rows, x.row) == 0) {
            x.row = REC_NONE;
        }
    }
    return x;
}

int rec_traits_items(struct rec_traits *t, const struct rec_dict *items,
                     struct rec_error *err)
{
    uint32_t n = rec_dict_count(items);
    size_t cuts = t->measures->cuts, had = t->shown_cap;

    if (rec_reserve(&t->item, &t->item_cap, n, sizeof *t->item) != 0
        || rec_reserve(&t->shown, &t->shown_cap, (size_t)n * cuts,
                       sizeof *t->shown)
               != 0) {
        return rec_fail_nomem(err);
    }
    if (t->shown_cap > had) {
        memset(t->shown + had, 0, (t->shown_cap - had) * sizeof *t->shown);
    }
    for (; t->items < n; t->items++) {
        size_t len;
        const char *id = rec_dict_id(items, t->items, &len);

        t->item[t->items] = find(t, id, len);
        if (t->train && t->item[t->items].train == REC_NONE) {
            uint32_t index;
            int rc = rec_dict_add(t->others, id, len, &index, err);

            if (rc != 0) {
                return rc;
            }
        }
    }
    return 0;
}

/* ---- one list ----------------------------------------------------------- */

/* The first items of a list, or a history. */
struct sums {
    double n, count, novelty, part[PARTS];
};

static void add_item(struct sums *s, double count, double novelty, int part)
{
    s->n += 1;
    s->count += count;
    s->novelty += novelty;
    s->part[part] += 1;
}

static struct sums of_history(const struct rec_traits *t, size_t user)
{
    struct sums s = {0, 0, 0, {0, 0, 0}};
    uint32_t row = t->place[user];

    if (row != REC_NONE) {
        struct rec_row h = rec_data_row(t->history, row);

        for (size_t i = 0; i < h.n; i++) {
            uint32_t at = t->in_train[h.item[i]];

            if (at != REC_NONE) {
                add_item(&s, t->count[at], 0, t->part[at]);
            } else {
                add_item(&s, 0, 0, TAIL);
            }
        }
    }
    return s;
}

/* In bits, of the shares of the parts. */
static double divergence(const struct sums *a, const struct sums *b)
{
    double sum = 0;

    for (int p = 0; p < PARTS; p++) {
        double x = a->part[p] / a->n, y = b->part[p] / b->n, m = (x + y) / 2;

        sum += x > 0 ? x * log2(x / m) / 2 : 0;
        sum += y > 0 ? y * log2(y / m) / 2 : 0;
    }
    return sum > 0 ? sum : 0;
}

/* Of N unit vectors the SQUARE of the length of whose sum is known: the cosines
   of all pairs add up to half of that less N. */
static double mean_distance(double square, double n)
{
    return n > 1 ? 1 - (square - n) / (n * (n - 1)) : NAN;
}

/* Of the N items LIST, by vectors. */
static double diversity(struct rec_traits *t, const uint32_t *list, size_t n)
{
    uint32_t dim = t->vectors->dim;
    double found = 0, square = 0;

    memset(t->sum, 0, dim * sizeof *t->sum);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = t->item[list[i]].vector;

        if (at != REC_NONE) {
            const float *v = rec_vectors_row(t->vectors, at);

            found += 1;
            for (uint32_t d = 0; d < dim; d++) {
                t->sum[d] += (double)v[d] * (double)t->scale[at];
            }
        }
    }
    for (uint32_t d = 0; d < dim; d++) {
        square += t->sum[d] * t->sum[d];
    }
    return mean_distance(square, found);
}

/* Of the N items LIST, by attributes. The sum grows by 1 / sqrt of their number
   in the places of an item's attributes, and its square by what that adds. */
static double diversity_of_attributes(struct rec_traits *t,
                                      const uint32_t *list, size_t n)
{
    const struct rec_csr *m = &t->attributes->rows;
    double found = 0, square = 0;

    for (int back = 0; back < 2; back++) { /* at last all zero again */
        for (size_t i = 0; i < n; i++) {
            uint32_t row = t->item[list[i]].row;
            double one;

            if (row == REC_NONE) {
                continue;
            }
            one = 1 / sqrt((double)rec_csr_row_len(m, row));
            found += !back;
            for (int64_t e = m->start[row]; e < m->start[row + 1]; e++) {
                double *s = &t->by_attribute[m->item[e]];

                square += back ? 0 : one * (2 * *s + one);
                *s = back ? 0 : *s + one;
            }
        }
    }
    return mean_distance(square, found);
}

void rec_traits_row(struct rec_traits *t, size_t user, const uint32_t *list,
                    size_t len, double *out)
{
    const struct rec_measures *m = t->measures;
    struct sums past = {0, 0, 0, {0, 0, 0}};

    if (t->train) {
        past = of_history(t, user);
    }
    for (size_t c = 0; c < m->cuts; c++) {
        size_t k = m->cut[c] < len ? m->cut[c] : len;
        struct sums s = {0, 0, 0, {0, 0, 0}};
        double value[REC_METRICS], *at = out + c;

        for (size_t i = 0; i < k; i++) {
            const struct rec_trait_item *x = &t->item[list[i]];

            add_item(&s, x->count, x->novelty, x->part);
            t->shown[list[i] * m->cuts + c]++;
        }
        value[REC_POPULARITY] = s.count / s.n;
        value[REC_LIFT] = past.count > 0
                              ? s.count / s.n / (past.count / past.n) - 1
                              : NAN;
        value[REC_NOVELTY] = s.novelty / s.n;
        value[REC_TAIL] = s.part[TAIL] / s.n;
        value[REC_MISCALIBRATION] = past.n > 0 ? divergence(&past, &s) : NAN;
        value[REC_DIVERSITY] = t->vectors ? diversity(t, list, k) : NAN;
        value[REC_DIVERSITY_ATTRIBUTES] =
            t->attributes ? diversity_of_attributes(t, list, k) : NAN;
        for (int i = REC_MRR + 1; i < REC_BRIER; i++) {
            if (m->metrics >> i & 1) {
                *at = value[i];
                at += m->cuts;
            }
        }
    }
}

/* ---- all lists ---------------------------------------------------------- */

uint32_t *rec_traits_shown(const struct rec_traits *t, size_t *n)
{
    size_t cuts = t->measures->cuts, train = t->train->rows.cols, all;
    uint32_t *e = NULL, other = 0;

    *n = train + rec_dict_count(t->others);
    if (rec_size_mul(*n, cuts, &all) == 0) {
        e = rec_zalloc(all, sizeof *e);
    }
    for (uint32_t i = 0; i < t->items && e; i++) {
        uint32_t at = t->item[i].train;
        size_t to = at != REC_NONE ? at : train + other++;

        memcpy(e + to * cuts, t->shown + i * cuts, cuts * sizeof *e);
    }
    return e;
}

static int ascending(const void *pa, const void *pb)
{
    const uint32_t *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

/* N of the catalogue, M of them shown as often as E says, ascending. */
static void sum_up(const uint32_t *e, size_t m, double n,
                   struct rec_catalogue *out)
{
    double all = 0, gini = 0, entropy = 0;

    for (size_t i = 0; i < m; i++) {
        double r = n - (double)(m - i) + 1;

        all += e[i];
        gini += (2 * r - n - 1) * e[i];
    }
    for (size_t i = 0; i < m; i++) {
        entropy -= e[i] / all * log2(e[i] / all);
    }
    out->items = n;
    out->coverage = n > 0 ? (double)m / n : NAN;
    out->gini = all > 0 ? gini / (n * all) : NAN;
    out->entropy = all > 0 ? entropy : NAN;
}

int rec_traits_catalogue(const struct rec_traits *t, size_t c,
                         struct rec_catalogue *out, struct rec_error *err)
{
    uint32_t *e = rec_alloc(t->items, sizeof *e);
    double n = t->train ? t->train->rows.cols : 0;
    size_t m = 0;

    if (!e) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < t->items; i++) {
        uint32_t shown = t->shown[i * t->measures->cuts + c];

        n += shown > 0 && t->item[i].train == REC_NONE;
        if (shown > 0) {
            e[m++] = shown;
        }
    }
    if (m > 1) {
        qsort(e, m, sizeof *e, ascending);
    }
    sum_up(e, m, n, out);
    free(e);
    return 0;
}
