/* SPDX-License-Identifier: MIT */
/* Items from rows of a hashed table: see unhash.h. */
#include <config.h>

#include "models/unhash.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int rec_unhash_init(struct rec_unhash *u, const struct rec_scheme *s,
                    const struct rec_dict *items, const uint32_t *index,
                    struct rec_error *err)
{
    uint32_t n = rec_dict_count(items);

    memset(u, 0, sizeof *u);
    u->scheme = s;
    u->items = n;
    u->row = rec_alloc(n, REC_SCHEME_ROWS * sizeof *u->row);
    u->rows = rec_alloc(n, 1);
    u->rank = rec_dict_tie_rank(items);
    u->row_score = rec_alloc(s->rows, sizeof *u->row_score);
    u->score = rec_alloc(n, sizeof *u->score);
    if (!u->row || !u->rows || !u->rank || !u->row_score || !u->score) {
        rec_unhash_release(u);
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(items, i, &len);

        u->rows[i] = (uint8_t)rec_scheme_rows(
            s, id, len, index[i], u->row + (size_t)i * REC_SCHEME_ROWS);
    }
    return 0;
}

void rec_unhash_release(struct rec_unhash *u)
{
    free(u->row);
    free(u->rows);
    free(u->rank);
    free(u->row_score);
    free(u->score);
    memset(u, 0, sizeof *u);
}

size_t rec_unhash_list(struct rec_unhash *u, const uint32_t *row,
                       const float *score, size_t len, const uint8_t *hidden,
                       size_t n, struct rec_hit *hit)
{
    if (len == 0) {
        return 0;
    }
    for (uint32_t r = 0; r < u->scheme->rows; r++) {
        u->row_score[r] = score[len - 1];
    }
    for (size_t i = 0; i < len; i++) {
        u->row_score[row[i]] = score[i];
    }
    for (uint32_t i = 0; i < u->items; i++) {
        const uint32_t *r = u->row + (size_t)i * REC_SCHEME_ROWS;
        double sum = 0;

        for (int k = 0; k < u->rows[i]; k++) {
            sum += (double)u->row_score[r[k]];
        }
        u->score[i] = (float)(sum / u->rows[i]);
    }
    return rec_topk(u->score, u->items, u->rank, hidden, n, hit);
}
