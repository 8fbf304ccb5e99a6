/* SPDX-License-Identifier: MIT */
/* One thread's share of parsing: see ingest_piece.h. Ids are looked up in
   batches, so that the memory of many is on its way at once. */
#include <config.h>

#include "data/ingest_piece.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BATCH = 64 };

struct lookup {
    const char *id; /* NULL: the same user as before */
    struct rec_key key;
};

struct batch {
    struct lookup user[BATCH], item[BATCH];
    size_t n;
    struct rec_cell last; /* the last user of the piece so far */
};

/* ---- lines ------------------------------------------------------------- */

static int bad_id(const char *what, const struct rec_cell *c, const char *why,
                  struct rec_error *err)
{
    char text[REC_CELL_TEXT];

    if (c->n == 0) {
        return rec_fail(err, REC_EPARSE, "the %s %s", what, why);
    }
    return rec_fail(err, REC_EPARSE, "%s '%s' %s", what,
                    rec_cell_text(c, text), why);
}

static int check_id(const char *what, const struct rec_cell *c,
                    struct rec_error *err)
{
    const char *why = rec_id_check(c->p, c->n);

    return why ? bad_id(what, c, why, err) : 0;
}

int rec_piece_line(const struct rec_text_layout *l, const char *line,
                   size_t n, int quotes, char **room,
                   struct rec_text_event *ev, struct rec_error *err)
{
    int rc = rec_text_parse(l, line, n, quotes, room, ev, err);
    struct rec_cell more;

    if (rc == 0 && ev->heading) {
        /* To leave it out would give its lines to another item. */
        return check_id("item", &ev->item, err) ? REC_ELIMIT : 0;
    }
    rc = rc ? rc : check_id("user", &ev->user, err);
    if (l->format == REC_TEXT_NETFLIX) {
        return rc;
    }
    if (l->format != REC_TEXT_ADJ) {
        return rc ? rc : check_id("item", &ev->item, err);
    }
    more = ev->more;
    while (rc == 0 && rec_text_item(&more, &ev->item)) {
        rc = check_id("item", &ev->item, err);
    }
    return rc;
}

/* ---- events ------------------------------------------------------------ */

static int reserve_events(struct rec_piece *pc,
                          const struct rec_piece_task *t, size_t n)
{
    return rec_reserve(&pc->user.index, &pc->user.index_cap, n,
                       sizeof *pc->user.index)
                   != 0
               || rec_reserve(&pc->item.index, &pc->item.index_cap, n,
                              sizeof *pc->item.index)
                      != 0
               || (t->columns & REC_COL_WEIGHT
                   && rec_reserve(&pc->weight, &pc->weight_cap, n,
                                  sizeof *pc->weight)
                          != 0)
               || (t->columns & REC_COL_TIME
                   && rec_reserve(&pc->time, &pc->time_cap, n,
                                  sizeof *pc->time)
                          != 0)
               || (t->keep_lines
                   && rec_reserve(&pc->line, &pc->line_cap, n,
                                  sizeof *pc->line)
                          != 0)
           ? -1
           : 0;
}

/* Find N ids for the events from FROM on. */
static int find_ids(struct rec_id_column *c, const struct lookup *l, size_t n,
                    size_t from, const struct rec_dict *d)
{
    if (rec_reserve(&c->miss, &c->miss_cap, c->misses + n, sizeof *c->miss)
        != 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t index;

        if (!l[i].id) {
            c->index[from + i] = from + i ? c->index[from + i - 1] : REC_NONE;
            continue;
        }
        index = rec_dict_find_key(d, &l[i].key, l[i].id);
        c->index[from + i] = index;
        if (index == REC_NONE) {
            struct rec_miss *m = &c->miss[c->misses++];

            m->at = from + i;
            m->id = l[i].id;
            m->key = l[i].key;
        }
    }
    return 0;
}

static int flush(struct rec_piece *pc, const struct rec_piece_task *t,
                 struct batch *b)
{
    size_t from = pc->events - b->n, n = b->n;

    b->n = 0;
    return find_ids(&pc->user, b->user, n, from, t->users) != 0
                   || find_ids(&pc->item, b->item, n, from, t->items) != 0
               ? -1
               : 0;
}

static void begin_lookup(struct lookup *l, const struct rec_cell *c,
                         const struct rec_dict *d)
{
    l->id = c->p;
    l->key = rec_key_make(c->p, c->n);
    rec_dict_prefetch(d, &l->key);
}

static int add_event(struct rec_piece *pc, const struct rec_piece_task *t,
                     struct batch *b, const struct rec_text_event *ev)
{
    size_t e = pc->events;

    if (b->n == 0 && reserve_events(pc, t, e + BATCH) != 0) {
        return -1;
    }
    if (ev->user.n == b->last.n
        && memcmp(ev->user.p, b->last.p, b->last.n) == 0) {
        b->user[b->n].id = NULL;
    } else {
        begin_lookup(&b->user[b->n], &ev->user, t->users);
        b->last = ev->user;
    }
    begin_lookup(&b->item[b->n], &ev->item, t->items);
    if (t->columns & REC_COL_WEIGHT) {
        pc->weight[e] = ev->weight;
    }
    if (t->columns & REC_COL_TIME) {
        pc->time[e] = ev->time;
    }
    if (t->keep_lines) {
        pc->line[e] = pc->physical;
    }
    pc->events++;
    return ++b->n == BATCH ? flush(pc, t, b) : 0;
}

static int add_line(struct rec_piece *pc, const struct rec_piece_task *t,
                    struct batch *b, struct rec_text_event *ev)
{
    int rc;

    if (ev->heading) {
        pc->heading = ev->item;
        pc->headings++;
        return 0;
    }
    if (t->layout->format == REC_TEXT_NETFLIX) {
        ev->item = pc->heading;
    }
    if (t->layout->format != REC_TEXT_ADJ) {
        return add_event(pc, t, b, ev);
    }
    if (!rec_text_item(&ev->more, &ev->item)) {
        pc->bare++;
        return 0;
    }
    do {
        rc = add_event(pc, t, b, ev);
    } while (rc == 0 && rec_text_item(&ev->more, &ev->item));
    return rc;
}

static int add_bad(struct rec_piece *pc, const char *p, size_t n,
                   const char *next)
{
    struct rec_bad_line *bad;

    if (rec_reserve(&pc->bad, &pc->bad_cap, pc->bads + 1, sizeof *pc->bad)
        != 0) {
        return -1;
    }
    bad = &pc->bad[pc->bads++];
    bad->p = p;
    bad->n = n;
    bad->n_end = (size_t)(next - p);
    bad->line = pc->physical;
    return 0;
}

void rec_piece_parse(struct rec_piece *pc, const struct rec_piece_task *t,
                     const char *p, const char *end, int quotes)
{
    const struct rec_text_layout *l = t->layout;
    struct batch b;
    char *room = NULL;

    b.n = 0;
    b.last.p = "";
    b.last.n = 0;
    pc->events = pc->bads = pc->user.misses = pc->item.misses = 0;
    pc->physical = pc->lines = pc->empty = pc->bare = pc->headings = 0;
    pc->rc = 0;
    if (quotes || l->format == REC_TEXT_JSONL) {
        if (rec_reserve(&pc->room, &pc->room_cap, (size_t)(end - p), 1)
            != 0) {
            pc->rc = REC_ENOMEM;
            return;
        }
        room = pc->room;
    }
    while (p < end && pc->rc == 0 && !(t->stop_at_bad && pc->bads > 0)) {
        struct rec_text_event ev;
        uint64_t lines;
        size_t n;
        const char *next = rec_text_line(l, p, end, quotes, &n, &lines);

        if (n == 0) {
            pc->empty++;
        } else if (rec_piece_line(l, p, n, quotes, &room, &ev, NULL) != 0) {
            pc->rc = add_bad(pc, p, n, next);
        } else {
            pc->rc = add_line(pc, t, &b, &ev);
        }
        pc->lines++;
        pc->physical += lines;
        p = next;
    }
    if (pc->rc != 0 || flush(pc, t, &b) != 0) {
        pc->rc = REC_ENOMEM;
    }
}

void rec_piece_release(struct rec_piece *pc)
{
    free(pc->user.index);
    free(pc->user.miss);
    free(pc->item.index);
    free(pc->item.miss);
    free(pc->weight);
    free(pc->time);
    free(pc->line);
    free(pc->bad);
    free(pc->room);
}

/* ---- misses ------------------------------------------------------------ */

int rec_id_column_resolve(struct rec_id_column *c, size_t events,
                          struct rec_dict *d, struct rec_error *err)
{
    enum { AHEAD = 8 };

    for (size_t i = 0; i < c->misses; i++) {
        const struct rec_miss *m = &c->miss[i];
        size_t stop = i + 1 < c->misses ? m[1].at : events;
        uint32_t index;
        int rc;

        if (i + AHEAD < c->misses) {
            rec_dict_prefetch(d, &m[AHEAD].key);
        }
        rc = rec_dict_add(d, m->id, m->key.len, &index, err);
        if (rc != 0) {
            return rc;
        }
        c->index[m->at] = index;
        for (size_t e = m->at + 1; e < stop && c->index[e] == REC_NONE; e++) {
            c->index[e] = index; /* the same user as in the event before */
        }
    }
    return 0;
}
