/* SPDX-License-Identifier: MIT */
/* Items by popularity: see strata.h. */
#include <config.h>

#include "eval/strata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The stratum of an item from its id. */
static uint8_t find(const struct rec_strata *s, const struct rec_dict *d,
                    uint32_t index)
{
    size_t len;
    const char *id = rec_dict_id(d, index, &len);
    uint32_t i = rec_dict_find(s->ids, id, len);

    return i == REC_NONE ? REC_DECILES : s->decile[i];
}

/* Deciles of the items, and what is in each. */
static int divide(struct rec_strata *s, const struct rec_csr *rows,
                  struct rec_error *err)
{
    uint32_t n = rows->cols;
    uint32_t *count = rec_zalloc(n, sizeof *count);
    uint32_t *tie = rec_dict_tie_rank(s->ids);
    int rc = count && tie ? 0 : rec_fail_nomem(err);

    if (rc == 0) {
        for (size_t e = 0; e < rec_csr_events(rows); e++) {
            count[rows->item[e]]++;
        }
        rc = rec_deciles_by_share(count, tie, n, s->decile, err);
    }
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        s->items[s->decile[i]] += count[i] > 0;
        s->events[s->decile[i]] += count[i];
    }
    free(count);
    free(tie);
    return rc;
}

/* A column of the units for each figure of each stratum and cutoff. */
static size_t column(const struct rec_strata *s, int figure, int stratum,
                     size_t c)
{
    return ((size_t)figure * REC_STRATA + (size_t)stratum) * s->cuts + c;
}

static int begin_units(struct rec_strata *s, const struct rec_csr *truth,
                       uint64_t seed, struct rec_error *err)
{
    uint32_t n = 0;

    s->place = rec_alloc(truth->rows, sizeof *s->place);
    if (!s->place) {
        return rec_fail_nomem(err);
    }
    for (size_t u = 0; u < truth->rows; u++) {
        s->place[u] = n;
        n += rec_csr_row_len(truth, u) > 0;
    }
    return rec_units_init(&s->units, n,
                          (size_t)REC_FIGURES * REC_STRATA * s->cuts,
                          REC_UNITS_MOST, seed, err);
}

int rec_strata_init(struct rec_strata *s, const struct rec_data *train,
                    const struct rec_data *truth,
                    const struct rec_measures *m, int keep, uint64_t seed,
                    struct rec_error *err)
{
    uint32_t n = truth->rows.cols;
    size_t all;
    int rc;

    memset(s, 0, sizeof *s);
    s->cuts = m->cuts;
    memcpy(s->cut, m->cut, sizeof s->cut);
    s->ids = train->items;
    s->decile = rec_alloc(train->rows.cols, 1);
    s->target = rec_alloc(n, 1);
    if (keep
        && rec_size_mul(truth->rows.rows, REC_STRATA * m->cuts, &all) == 0) {
        s->kept = rec_zalloc(all, sizeof *s->kept);
    }
    rc = s->decile && s->target && (s->kept || !keep) ? 0
                                                      : rec_fail_nomem(err);
    rc = rc ? rc : begin_units(s, &truth->rows, seed, err);
    rc = rc ? rc : divide(s, &train->rows, err);
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        s->target[i] = find(s, truth->items, i);
        s->items[REC_DECILES] += s->target[i] == REC_DECILES;
    }
    return rc;
}

void rec_strata_release(struct rec_strata *s)
{
    free(s->decile);
    free(s->target);
    free(s->listed);
    free(s->kept);
    free(s->place);
    free(s->interval);
    rec_units_release(&s->units);
    memset(s, 0, sizeof *s);
}

int rec_strata_items(struct rec_strata *s, const struct rec_dict *items,
                     struct rec_error *err)
{
    uint32_t n = rec_dict_count(items);

    if (rec_reserve(&s->listed, &s->listed_cap, n, 1) != 0) {
        return rec_fail_nomem(err);
    }
    for (; s->listed_n < n; s->listed_n++) {
        s->listed[s->listed_n] = find(s, items, s->listed_n);
    }
    return 0;
}

const uint32_t *rec_strata_user(const struct rec_strata *s, size_t user)
{
    return s->kept + user * REC_STRATA * s->cuts;
}

/* ---- figures ------------------------------------------------------------ */

double rec_strata_figure(const struct rec_strata *s,
                         enum rec_strata_figure figure, int stratum, size_t c)
{
    const struct rec_stratum *a = &s->at[stratum][c];
    uint64_t all = 0;

    if (figure == REC_MEAN) {
        return a->recall.n > 0 ? a->recall.mean : NAN;
    }
    if (figure == REC_POOLED) {
        return (double)a->hits / (double)s->targets[stratum];
    }
    for (int i = 0; i < REC_STRATA; i++) {
        all += s->at[i][c].places;
    }
    return (double)a->places / (double)all;
}

int rec_strata_intervals(struct rec_strata *s, const struct rec_draws *o,
                         struct rec_error *err)
{
    int rc;

    s->interval = rec_alloc(s->units.columns, sizeof *s->interval);
    rc = s->interval ? 0 : rec_fail_nomem(err);
    rc = rc ? rc : rec_units_close(&s->units, err);
    return rc ? rc : rec_bootstrap(&s->units, o, s->interval, err);
}

struct rec_interval rec_strata_interval(const struct rec_strata *s,
                                        enum rec_strata_figure figure,
                                        int stratum, size_t c)
{
    return s->interval[column(s, figure, stratum, c)];
}

/* What the user in row USER adds to the figures at cutoff C. */
static void add_units(struct rec_strata *s, size_t user, size_t c,
                      const uint64_t *wanted, const uint64_t *found,
                      const uint64_t *places)
{
    uint32_t row = s->place[user];
    uint64_t all = 0;

    for (int p = 0; p < REC_STRATA; p++) {
        all += places[p];
    }
    for (int p = 0; p < REC_STRATA; p++) {
        double t = (double)wanted[p], h = (double)found[p];

        if (t > 0) {
            rec_units_add(&s->units, row, column(s, REC_POOLED, p, c), h, t);
            rec_units_add(&s->units, row, column(s, REC_MEAN, p, c), h / t,
                          1);
        }
        rec_units_add(&s->units, row, column(s, REC_EXPOSURE, p, c),
                      (double)places[p], (double)all);
    }
}

/* ---- users -------------------------------------------------------------- */

void rec_strata_add(struct rec_strata *s, size_t user,
                    const uint32_t *target, size_t n, const uint32_t *list,
                    size_t len, const uint32_t *rank, size_t hits)
{
    uint64_t wanted[REC_STRATA] = {0};

    for (size_t i = 0; i < n; i++) {
        wanted[s->target[target[i]]]++;
    }
    for (int p = 0; p < REC_STRATA; p++) {
        s->targets[p] += wanted[p];
    }
    for (size_t c = 0; c < s->cuts; c++) {
        uint64_t found[REC_STRATA] = {0}, places[REC_STRATA] = {0};
        size_t k = s->cut[c];

        for (size_t i = 0; i < hits && rank[i] <= k; i++) {
            found[s->listed[list[rank[i] - 1]]]++;
        }
        for (size_t i = 0; i < len && i < k; i++) {
            places[s->listed[list[i]]]++;
        }
        add_units(s, user, c, wanted, found, places);
        for (int p = 0; p < REC_STRATA; p++) {
            struct rec_stratum *a = &s->at[p][c];

            a->hits += found[p];
            a->places += places[p];
            if (s->kept) {
                s->kept[(user * REC_STRATA + (size_t)p) * s->cuts + c] =
                    (uint32_t)found[p];
            }
            if (wanted[p] > 0) {
                rec_moments_add(&a->recall,
                                (double)found[p] / (double)wanted[p]);
            }
        }
    }
}
