/* SPDX-License-Identifier: MIT */
/* What all protocols share: see split.h. */
#include <config.h>

#include "data/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "data/split_private.h"

const char *const rec_split_protocols[] = {
    "liang2018", "strong", "ratio", "leave-last", "leave-random", "time",
    NULL};

const char *rec_split_role(enum rec_split_file f)
{
    static const char *const role[REC_SPLIT_FILES] = {
        "train", "valid.in", "valid.out", "test.in", "test.out"};

    return role[f];
}

void rec_split_user_rng(struct rec_rng *r, const struct rec_data *d,
                        size_t user, uint32_t seed)
{
    size_t len;
    const char *id = rec_dict_id(d->users, (uint32_t)user, &len);

    rec_rng_init(r, rec_hash_id(id, len) ^ seed);
}

size_t rec_split_longest(const struct rec_csr *m)
{
    size_t longest = 0;

    for (size_t u = 0; u < m->rows; u++) {
        size_t n = rec_csr_row_len(m, u);

        longest = n > longest ? n : longest;
    }
    return longest;
}

void rec_split_mark_known(const struct rec_split *s, const struct rec_data *d,
                          uint8_t *known)
{
    size_t n = rec_csr_events(&d->rows);

    for (size_t e = 0; e < n; e++) {
        known[d->rows.item[e]] |= s->event[e] & TRAIN;
    }
}

/* Users, events and different items of every file. SEEN has a byte per item
   and is zero. */
static void count_files(struct rec_split *s, const struct rec_csr *m,
                        uint8_t *seen)
{
    size_t events[1 << REC_SPLIT_FILES] = {0};

    for (size_t u = 0; u < m->rows; u++) {
        for (int f = 0; f < REC_SPLIT_FILES; f++) {
            s->count[f].users += s->user[u] >> f & 1;
        }
        for (int64_t e = m->start[u]; e < m->start[u + 1]; e++) {
            unsigned bits = s->event[e] & s->user[u];

            events[bits]++;
            seen[m->item[e]] |= (uint8_t)bits;
        }
    }
    for (int f = 0; f < REC_SPLIT_FILES; f++) {
        for (unsigned bits = 0; bits < 1 << REC_SPLIT_FILES; bits++) {
            s->count[f].events += bits >> f & 1 ? events[bits] : 0;
        }
        for (uint32_t i = 0; i < m->cols; i++) {
            s->count[f].items += seen[i] >> f & 1;
        }
    }
}

int rec_split_make(struct rec_split *out, const struct rec_data *d,
                   const struct rec_split_rule *rule, struct rec_error *err)
{
    int by_user = rule->protocol == REC_SPLIT_LIANG2018
                  || rule->protocol == REC_SPLIT_STRONG;
    struct rec_split s = {0};
    uint8_t *mark = rec_zalloc(d->rows.cols, 1);
    int rc;

    s.user = rec_zalloc(d->rows.rows, 1);
    s.event = rec_zalloc(rec_csr_events(&d->rows), 1);
    if (!mark || !s.user || !s.event) {
        rc = rec_fail_nomem(err);
    } else if (by_user) {
        rc = rec_split_held_users(&s, d, rule, mark, err);
    } else {
        rc = rec_split_held_events(&s, d, rule, mark, err);
    }
    if (rc == 0) {
        memset(mark, 0, d->rows.cols);
        count_files(&s, &d->rows, mark);
        if (s.count[REC_SPLIT_TRAIN].events == 0) {
            rc = rec_fail(err, REC_EVALUE, "no event is left to train on");
        }
    }
    free(mark);
    if (rc != 0) {
        rec_split_release(&s);
        return rc;
    }
    *out = s;
    return 0;
}

void rec_split_release(struct rec_split *s)
{
    free(s->user);
    free(s->event);
    memset(s, 0, sizeof *s);
}

/* Room for one row of a file. */
struct row_room {
    uint32_t *item;
    float *weight;
    int64_t *time;
};

static void gather(const struct rec_split *s, const struct rec_data *d,
                   size_t u, unsigned bit, const struct row_room *room,
                   struct rec_row *row)
{
    const struct rec_csr *m = &d->rows;

    row->n = 0;
    for (int64_t e = m->start[u]; e < m->start[u + 1]; e++) {
        if (s->event[e] & bit) {
            room->item[row->n] = m->item[e];
            if (m->weight) {
                room->weight[row->n] = m->weight[e];
            }
            if (m->time) {
                room->time[row->n] = m->time[e];
            }
            row->n++;
        }
    }
}

int rec_split_write(const struct rec_split *s, const struct rec_data *d,
                    enum rec_split_file f, struct rec_row_writer *w,
                    struct rec_error *err)
{
    const struct rec_csr *m = &d->rows;
    size_t longest = rec_split_longest(m);
    struct row_room room = {rec_alloc(longest, sizeof *room.item),
                            rec_alloc(longest, sizeof *room.weight),
                            rec_alloc(longest, sizeof *room.time)};
    struct rec_row row = {NULL, 0, 0, room.item, m->weight ? room.weight
                                                           : NULL,
                          m->time ? room.time : NULL};
    int rc = 0;

    if (!room.item || !room.weight || !room.time) {
        rc = rec_fail_nomem(err);
    }
    for (size_t u = 0; u < m->rows && rc == 0; u++) {
        if (s->user[u] >> f & 1) {
            row.id = rec_dict_id(d->users, (uint32_t)u, &row.id_len);
            gather(s, d, u, 1u << f, &room, &row);
            rc = rec_row_write(w, &row, err);
        }
    }
    free(room.item);
    free(room.weight);
    free(room.time);
    return rc;
}
