/* SPDX-License-Identifier: MIT */
/* Joining interactions: see merge.h. The streams are held as they came, with
   their ids translated; a list says which rows of which stream make up a
   user, and some users at a time are put together from it. */
#include <config.h>

#include "data/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { CHUNK_EVENTS = 1 << 20 };

struct rec_merge_part {
    char *name;
    struct rec_csr rows; /* items numbered as in the result */
    uint32_t *user;      /* of each row */
};

struct rec_merge_piece { /* a row of a part */
    uint32_t part, row;
};

int rec_merge_init(struct rec_merge *m, struct rec_error *err)
{
    memset(m, 0, sizeof *m);
    m->users = rec_dict_new();
    m->items = rec_dict_new();
    if (!m->users || !m->items) {
        rec_merge_release(m);
        return rec_fail_nomem(err);
    }
    return 0;
}

void rec_merge_release(struct rec_merge *m)
{
    for (size_t p = 0; p < m->parts; p++) {
        free(m->part[p].name);
        rec_csr_release(&m->part[p].rows);
        free(m->part[p].user);
    }
    free(m->part);
    free(m->first_piece);
    free(m->piece);
    rec_dict_free(m->users);
    rec_dict_free(m->items);
    memset(m, 0, sizeof *m);
}

const char *rec_merge_name(const struct rec_merge *m, uint64_t number)
{
    return m->part[number - 1].name;
}

/* ---- the parts --------------------------------------------------------- */

/* Add the ids of FROM to TO; *MAP, the caller's, is where they are there. */
static int add_ids(struct rec_dict *to, const struct rec_dict *from,
                   uint32_t **map, struct rec_error *err)
{
    uint32_t n = rec_dict_count(from);
    int rc = 0;

    *map = rec_alloc(n, sizeof **map);
    if (!*map) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        size_t len;
        const char *id = rec_dict_id(from, i, &len);

        rc = rec_dict_add(to, id, len, *map + i, err);
    }
    return rc;
}

int rec_merge_add(struct rec_merge *m, const char *name, struct rec_data *d,
                  struct rec_error *err)
{
    struct rec_merge_part *p;
    uint32_t *item = NULL;
    int rc;

    if (rec_reserve(&m->part, &m->part_cap, m->parts + 1, sizeof *m->part)
        != 0) {
        return rec_fail_nomem(err);
    }
    p = &m->part[m->parts++];
    memset(p, 0, sizeof *p);
    p->rows = d->rows;
    memset(&d->rows, 0, sizeof d->rows);
    p->name = strdup(name);
    rc = p->name ? add_ids(m->users, d->users, &p->user, err)
                 : rec_fail_nomem(err);
    rc = rc ? rc : add_ids(m->items, d->items, &item, err);
    for (size_t e = 0; rc == 0 && e < rec_csr_events(&p->rows); e++) {
        p->rows.item[e] = item[p->rows.item[e]];
    }
    free(item);
    m->columns |= d->head.columns;
    rec_data_release(d);
    return rc;
}

/* ---- joining ----------------------------------------------------------- */

static int check_times(const struct rec_merge *m, struct rec_error *err)
{
    const char *has = NULL;

    for (size_t p = 0; p < m->parts; p++) {
        has = m->part[p].rows.time ? m->part[p].name : has;
    }
    for (size_t p = 0; has && p < m->parts; p++) {
        const struct rec_csr *rows = &m->part[p].rows;

        if (!rows->time && rec_csr_events(rows) > 0) {
            return rec_fail(err, REC_EFORMAT, "%s: has no times, but %s has",
                            m->part[p].name, has);
        }
    }
    return 0;
}

int rec_merge_join(struct rec_merge *m, struct rec_error *err)
{
    size_t users = rec_dict_count(m->users), rows = 0, *next;
    int rc = check_times(m, err);

    if (rc != 0) {
        return rc;
    }
    for (size_t p = 0; p < m->parts; p++) {
        rows += m->part[p].rows.rows;
    }
    m->first_piece = rec_zalloc(users + 2, sizeof *m->first_piece);
    m->piece = rec_alloc(rows, sizeof *m->piece);
    if (!m->first_piece || !m->piece) {
        return rec_fail_nomem(err);
    }
    next = m->first_piece + 1; /* becomes the starts as it moves on */
    for (size_t p = 0; p < m->parts; p++) {
        for (size_t r = 0; r < m->part[p].rows.rows; r++) {
            next[m->part[p].user[r] + 1]++;
        }
    }
    for (size_t u = 0; u < users; u++) {
        next[u + 1] += next[u];
    }
    for (size_t p = 0; p < m->parts; p++) {
        for (size_t r = 0; r < m->part[p].rows.rows; r++) {
            struct rec_merge_piece *piece =
                &m->piece[next[m->part[p].user[r]]++];

            piece->part = (uint32_t)p;
            piece->row = (uint32_t)r;
        }
    }
    return 0;
}

static size_t piece_events(const struct rec_merge *m, size_t i)
{
    return rec_csr_row_len(&m->part[m->piece[i].part].rows, m->piece[i].row);
}

static size_t user_events(const struct rec_merge *m, uint32_t user)
{
    size_t n = 0;

    for (size_t i = m->first_piece[user]; i < m->first_piece[user + 1]; i++) {
        n += piece_events(m, i);
    }
    return n;
}

static int alloc_chunk(struct rec_chunk *c, const struct rec_merge *m,
                       uint32_t rows, size_t events, struct rec_error *err)
{
    struct rec_csr *x = &c->rows;
    int weights = (m->columns & REC_COL_WEIGHT) != 0;
    int times = (m->columns & REC_COL_TIME) != 0;

    memset(c, 0, sizeof *c);
    c->first = m->next;
    x->rows = rows;
    x->cols = rec_dict_count(m->items);
    x->start = rec_zalloc((size_t)rows + 1, sizeof *x->start);
    x->item = rec_alloc(events, sizeof *x->item);
    x->weight = weights ? rec_alloc(events, sizeof *x->weight) : NULL;
    x->time = times ? rec_alloc(events, sizeof *x->time) : NULL;
    c->line = rec_alloc(events, sizeof *c->line);
    if (!x->start || !x->item || (weights && !x->weight)
        || (times && !x->time) || !c->line) {
        rec_chunk_release(c);
        return rec_fail_nomem(err);
    }
    return 0;
}

/* Copy piece I of M to the events from AT on. */
static void copy_piece(const struct rec_merge *m, size_t i,
                       struct rec_chunk *c, size_t at)
{
    const struct rec_csr *from = &m->part[m->piece[i].part].rows;
    size_t e = (size_t)from->start[m->piece[i].row], n = piece_events(m, i);
    struct rec_csr *to = &c->rows;

    for (size_t k = 0; k < n; k++) {
        to->item[at + k] = from->item[e + k];
        c->line[at + k] = m->piece[i].part + 1;
        if (to->weight) {
            to->weight[at + k] = from->weight ? from->weight[e + k] : 1;
        }
        if (to->time) {
            to->time[at + k] = from->time[e + k];
        }
    }
}

int rec_merge_next(struct rec_merge *m, struct rec_chunk *c,
                   struct rec_error *err)
{
    uint32_t users = rec_dict_count(m->users), end = m->next;
    size_t events = 0, at = 0;
    int rc;

    if (end == users) {
        return 0;
    }
    do {
        events += user_events(m, end++);
    } while (end < users && events + user_events(m, end) <= CHUNK_EVENTS);
    rc = alloc_chunk(c, m, end - m->next, events, err);
    if (rc != 0) {
        return rc;
    }
    for (uint32_t u = m->next; u < end; u++) {
        for (size_t i = m->first_piece[u]; i < m->first_piece[u + 1]; i++) {
            copy_piece(m, i, c, at);
            at += piece_events(m, i);
        }
        c->rows.start[u - m->next + 1] = (int64_t)at;
    }
    m->next = end;
    return 1;
}

double rec_merge_memory(const struct rec_merge *m)
{
    double sum = (double)rec_dict_memory(m->users)
                 + (double)rec_dict_memory(m->items), events = 0;

    for (size_t p = 0; p < m->parts; p++) {
        const struct rec_csr *x = &m->part[p].rows;
        double event = 4 + (x->weight ? 4 : 0) + (x->time ? 8 : 0);

        sum += event * (double)rec_csr_events(x) + 28.0 * (double)x->rows;
        events += (double)rec_csr_events(x);
    }
    return sum + 24 * (events < CHUNK_EVENTS ? events : CHUNK_EVENTS);
}
