/* SPDX-License-Identifier: MIT */
/* Items by popularity: see strata.h. */
#include <config.h>

#include "eval/strata.h"

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

int rec_strata_init(struct rec_strata *s, const struct rec_data *train,
                    const struct rec_data *truth,
                    const struct rec_measures *m, int keep,
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
        uint64_t found[REC_STRATA] = {0};
        size_t k = s->cut[c];

        for (size_t i = 0; i < hits && rank[i] <= k; i++) {
            found[s->listed[list[rank[i] - 1]]]++;
        }
        for (size_t i = 0; i < len && i < k; i++) {
            s->at[s->listed[list[i]]][c].places++;
        }
        for (int p = 0; p < REC_STRATA; p++) {
            struct rec_stratum *a = &s->at[p][c];

            a->hits += found[p];
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
