/* SPDX-License-Identifier: MIT */
/* rec-hash on streams: ids to slots of the table, which learns new ones, and
   slots back to ids. Memory grows with the ids, not with the events. A slot
   is written "17", or "17.2" once it was given up twice: so a slot that has
   changed hands since is never taken for the new one. */
#include <config.h>

#include "hash.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/rng.h"

enum { AHEAD = 64, NAME = 24, DEFAULT_SKETCH = 1 << 20 };

struct job {
    struct cli *c;
    const struct hash_options *o;
    struct rec_idbook book;
    int update;
    int side[REC_SIDES]; /* 1: its ids are replaced */
    uint64_t now;        /* latest time seen */
    struct rec_rng rng;  /* of --admit-by=chance */
    struct rec_row_reader *in;
    struct rec_dict *names; /* of the items written */
    /* By item of the input, of which KNOWN have been looked up: its slot, or
       REC_SLOT_NONE, and its index in names, or REC_NONE. */
    uint32_t *slot, *name;
    size_t slot_cap, name_cap, known;
    struct rec_row row; /* being put together; arrays of CAP events */
    uint32_t *item;
    float *weight;
    int64_t *time;
    size_t item_cap, weight_cap, time_cap;
    struct hash_missing missing;
};

static void no_memory(int failed)
{
    if (failed) {
        die("out of memory");
    }
}

/* ---- ids that are left out ---------------------------------------------- */

void hash_missing_open(struct cli *c, struct hash_missing *m,
                       const struct hash_options *o)
{
    memset(m, 0, sizeof *m);
    if (o->unknown) {
        m->list.out = cli_output(c, o->unknown, 0);
    }
}

void hash_missing_add(struct hash_missing *m, int side, const char *id,
                      size_t len)
{
    *(side == REC_USERS ? &m->users : &m->items) += 1;
    if (m->list.out) {
        cli_text_printf(&m->list, "%s\t", rec_side_name[side]);
        cli_text_add(&m->list, id, len);
        cli_text_add(&m->list, "\n", 1);
    }
}

void hash_missing_close(struct cli *c, struct hash_missing *m,
                        const char *why)
{
    uint64_t stale = m->stale_users + m->stale_items;

    if (m->users + m->items > 0) {
        note(c, "left out, %s: %" PRIu64 " users, %" PRIu64 " items (%" PRIu64
             " events)", why, m->users, m->items, m->events);
    }
    if (stale > 0) {
        note(c, "of these are stale, their slots were given up since: %" PRIu64
             " users, %" PRIu64 " items", m->stale_users, m->stale_items);
    }
    if (m->columns > 0) {
        warn("columns beside weight and time are left out: %zu", m->columns);
    }
    if (m->list.out) {
        cli_text_finish(&m->list);
    }
}

/* ---- ids to slots ------------------------------------------------------- */

/* Is the id of KEY, seen N more times and without a slot, to have one? */
static int admitted(struct job *j, int side, const struct rec_idkey *key,
                    size_t n)
{
    const struct rec_idsettings *s = &j->book.set;

    if (s->admit <= 1) {
        return 1;
    }
    if (s->by == REC_ADMIT_CHANCE) {
        return rec_rng_unit(&j->rng)
               < 1 - pow(0.05, (double)n / (double)s->admit);
    }
    return n > 0
           && rec_idsketch_add(&j->book.sketch[side], key->hash,
                               n < s->admit ? (uint32_t)n : (uint32_t)s->admit)
                  >= s->admit;
}

static uint32_t clamp_time(int64_t t)
{
    return t < 0 ? 0 : t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

/* When event E of ROW took place; known times move the present. */
static uint32_t stamp_of(struct job *j, const struct rec_row *row, size_t e)
{
    uint32_t t = row->time ? clamp_time(row->time[e])
                           : clamp_time((int64_t)j->book.set.now);

    if (j->o->now >= 0) {
        return t < j->o->now ? t : (uint32_t)j->o->now;
    }
    j->now = t > j->now ? t : j->now;
    return t;
}

/* The slot of the id, of which FOUND is what the table said, seen N times,
   last at STAMP. */
static uint32_t slot_for(struct job *j, int side, uint32_t found,
                         const char *id, size_t len, size_t n, uint32_t stamp)
{
    struct rec_idtable *t = j->book.side[side];
    struct rec_error err;
    struct rec_idkey key;

    if (found != REC_SLOT_NONE && j->update) {
        rec_idtable_touch(t, found, stamp);
    } else if (j->update) {
        key = rec_idtable_key(t, id, len);
        if (admitted(j, side, &key, n)) {
            check(rec_idtable_add(t, &key, stamp, &found, &err), &err);
        }
    }
    return found;
}

static size_t write_slot(const struct rec_idtable *t, uint32_t slot,
                         char out[NAME])
{
    uint32_t g = rec_idtable_generation(t, slot);

    return (size_t)(g ? snprintf(out, NAME, "%" PRIu32 ".%" PRIu32, slot, g)
                      : snprintf(out, NAME, "%" PRIu32, slot));
}

/* Look up the items that the batch has brought. */
static void find_items(struct job *j)
{
    const struct rec_dict *d = rec_row_items(j->in);
    const struct rec_idtable *t = j->book.side[REC_ITEMS];
    uint32_t n = rec_dict_count(d);
    struct rec_idkey key[AHEAD];

    no_memory(rec_reserve(&j->slot, &j->slot_cap, n, sizeof *j->slot) != 0
              || rec_reserve(&j->name, &j->name_cap, n, sizeof *j->name)
                     != 0);
    while (j->known < n) {
        size_t k = n - j->known < AHEAD ? n - j->known : AHEAD;

        for (size_t i = 0; i < k; i++) {
            size_t len;
            const char *id = rec_dict_id(d, (uint32_t)(j->known + i), &len);

            key[i] = rec_idtable_key(t, id, len);
            j->name[j->known + i] = REC_NONE;
        }
        rec_idtable_find_many(t, key, k, j->slot + j->known);
        j->known += k;
    }
}

/* ---- slots to ids ------------------------------------------------------- */

/* The slot that the LEN bytes at S name, or REC_SLOT_NONE; *STALE is set if
   there was one. */
static uint32_t parse_slot(const struct rec_idtable *t, const char *s,
                           size_t len, int *stale)
{
    const char *dot = memchr(s, '.', len);
    size_t n = dot ? (size_t)(dot - s) : len;
    char again[NAME], id[REC_MAX_ID];
    int64_t slot, g = 0;

    if (rec_parse_int(s, n, 0, (int64_t)rec_idtable_slots(t) - 1, &slot) != 0
        || (dot
            && rec_parse_int(dot + 1, len - n - 1, 1, REC_MAX_GENERATION, &g)
                   != 0)) {
        return REC_SLOT_NONE;
    }
    *stale = g < rec_idtable_generation(t, (uint32_t)slot);
    if (write_slot(t, (uint32_t)slot, again) != len
        || memcmp(again, s, len) != 0) { /* "007" is no slot either */
        return REC_SLOT_NONE;
    }
    return rec_idtable_id(t, (uint32_t)slot, id) > 0 ? (uint32_t)slot
                                                     : REC_SLOT_NONE;
}

/* ---- rows --------------------------------------------------------------- */

static uint32_t add_name(struct job *j, const char *name, size_t len)
{
    struct rec_error err;
    uint32_t index;

    check(rec_dict_add(j->names, name, len, &index, &err), &err);
    return index;
}

/* The item INDEX of the input, in event E of ROW, as one of the output's, or
   REC_NONE. */
static uint32_t forward_item(struct job *j, const struct rec_row *row,
                             size_t e)
{
    uint32_t index = row->item[e];
    char name[NAME];
    size_t len;
    const char *id = rec_dict_id(rec_row_items(j->in), index, &len);

    j->slot[index] = slot_for(j, REC_ITEMS, j->slot[index], id, len, 1,
                              stamp_of(j, row, e));
    if (j->slot[index] != REC_SLOT_NONE && j->name[index] == REC_NONE) {
        len = write_slot(j->book.side[REC_ITEMS], j->slot[index], name);
        j->name[index] = add_name(j, name, len);
    }
    return j->name[index];
}

/* The items of --reverse, once each. */
static void reverse_items(struct job *j)
{
    const struct rec_dict *d = rec_row_items(j->in);
    const struct rec_idtable *t = j->book.side[REC_ITEMS];
    uint32_t n = rec_dict_count(d);

    no_memory(rec_reserve(&j->name, &j->name_cap, n, sizeof *j->name) != 0
              || rec_reserve(&j->slot, &j->slot_cap, n, sizeof *j->slot)
                     != 0);
    for (; j->known < n; j->known++) {
        char id[REC_MAX_ID];
        int stale = 0;
        size_t len;
        const char *s = rec_dict_id(d, (uint32_t)j->known, &len);
        uint32_t slot = parse_slot(t, s, len, &stale);

        j->slot[j->known] = slot;
        j->missing.stale_items += slot == REC_SLOT_NONE && stale;
        j->name[j->known] =
            slot == REC_SLOT_NONE
                ? REC_NONE
                : add_name(j, id, rec_idtable_id(t, slot, id));
    }
}

/* The events of ROW whose items are known, into j->row. */
static void put_events(struct job *j, const struct rec_row *row)
{
    size_t n = 0;

    no_memory(rec_reserve(&j->item, &j->item_cap, row->n, sizeof *j->item)
                  != 0
              || rec_reserve(&j->weight, &j->weight_cap, row->n,
                             sizeof *j->weight)
                     != 0
              || rec_reserve(&j->time, &j->time_cap, row->n, sizeof *j->time)
                     != 0);
    for (size_t e = 0; e < row->n; e++) {
        uint32_t item = !j->side[REC_ITEMS] ? row->item[e]
                        : j->o->reverse     ? j->name[row->item[e]]
                                            : forward_item(j, row, e);

        if (item == REC_NONE) {
            continue;
        }
        j->item[n] = item;
        j->weight[n] = row->weight ? row->weight[e] : 1;
        j->time[n++] = row->time ? row->time[e] : 0;
    }
    j->row.n = n;
    j->row.item = j->item;
    j->row.weight = row->weight ? j->weight : NULL;
    j->row.time = row->time ? j->time : NULL;
}

/* The user of ROW, of whom FOUND is what the table said, into j->row, its
   name into ROOM. Returns 0 if the user is not known. */
static int put_user(struct job *j, const struct rec_row *row, uint32_t found,
                    char room[REC_MAX_ID])
{
    const struct rec_idtable *t = j->book.side[REC_USERS];
    uint32_t stamp = clamp_time((int64_t)j->book.set.now);
    int stale = 0;

    j->row.id = row->id;
    j->row.id_len = row->id_len;
    if (!j->side[REC_USERS]) {
        return 1;
    }
    for (size_t e = 0; e < row->n && !j->o->reverse; e++) {
        uint32_t at = stamp_of(j, row, e);

        stamp = e == 0 || at > stamp ? at : stamp;
    }
    found = j->o->reverse
                ? parse_slot(t, row->id, row->id_len, &stale)
                : slot_for(j, REC_USERS, found, row->id, row->id_len, row->n,
                           stamp);
    if (found == REC_SLOT_NONE) {
        j->missing.stale_users += (uint64_t)stale;
        hash_missing_add(&j->missing, REC_USERS, row->id, row->id_len);
        return 0;
    }
    j->row.id = room;
    j->row.id_len = j->o->reverse ? rec_idtable_id(t, found, room)
                                  : write_slot(t, found, room);
    return 1;
}

/* What the table has for the users of rows [FROM, FROM + N) of B. */
static void find_users(const struct job *j, const struct rec_batch *b,
                       size_t from, size_t n, uint32_t *slot)
{
    struct rec_idkey key[AHEAD];

    for (size_t i = 0; i < n; i++) {
        struct rec_row row = rec_batch_row(b, from + i);

        key[i] = rec_idtable_key(j->book.side[REC_USERS], row.id, row.id_len);
    }
    rec_idtable_find_many(j->book.side[REC_USERS], key, n, slot);
}

static void do_batch(struct job *j, const struct rec_batch *b,
                     struct rec_row_writer *w)
{
    char room[REC_MAX_ID];
    uint32_t slot[AHEAD];
    struct rec_error err;

    j->missing.columns = b->columns;
    if (j->side[REC_ITEMS] && j->o->reverse) {
        reverse_items(j);
    } else if (j->side[REC_ITEMS]) {
        find_items(j);
    }
    for (size_t r = 0; r < b->rows; r++) {
        struct rec_row row = rec_batch_row(b, r);
        int known;

        if (r % AHEAD == 0) {
            find_users(j, b, r, b->rows - r < AHEAD ? b->rows - r : AHEAD,
                       slot);
        }
        known = put_user(j, &row, slot[r % AHEAD], room);
        if (known || j->update) { /* items are seen whoever has them */
            put_events(j, &row);
        }
        j->missing.events += row.n - (known ? j->row.n : 0);
        if (known) {
            check(rec_row_write(w, &j->row, &err), &err);
        }
    }
}

/* ---- the table ---------------------------------------------------------- */

/* Seconds of "30d": a whole number and one of s, m, h, d, w. */
static uint64_t parse_age(const char *text)
{
    static const char unit[] = "smhdw";
    static const int64_t seconds[] = {1, 60, 3600, 86400, 604800};
    size_t n = strlen(text);
    const char *u = n > 0 ? strchr(unit, text[n - 1]) : NULL;
    int64_t v;

    if (!u || rec_parse_int(text, n - 1, 0, UINT32_MAX, &v) != 0
        || v * seconds[u - unit] > UINT32_MAX) {
        die_usage("--expire: '%s' is not an age such as 30d, 12h or 8w", text);
    }
    return (uint64_t)(v * seconds[u - unit]);
}

/* Options given now stay with the table. */
static void settle(struct job *j)
{
    struct rec_idsettings *s = &j->book.set;
    const struct hash_options *o = j->o;
    uint64_t sketch = s->sketch;
    struct rec_error err;

    if (cli_given(j->c, "seed") && s->seed != (uint64_t)o->seed) {
        die("%s: its seed is %" PRIu64 " (rec-hash --merge --seed makes it "
            "another)", o->table, s->seed);
    }
    s->expire = o->expire ? parse_age(o->expire) : s->expire;
    s->admit = cli_given(j->c, "admit") ? (uint64_t)o->admit : s->admit;
    s->by = cli_given(j->c, "admit-by") ? (uint64_t)o->by : s->by;
    if (s->admit > 1 && s->by == REC_ADMIT_COUNT && sketch == 0) {
        sketch = DEFAULT_SKETCH;
    }
    sketch = cli_given(j->c, "sketch") ? (uint64_t)o->sketch : sketch;
    if (sketch != s->sketch) {
        check(rec_idbook_sketch(&j->book, (uint32_t)sketch, &err), &err);
    }
    if (o->now >= 0 && (uint64_t)o->now > s->now) {
        s->now = (uint64_t)o->now;
    }
    j->now = s->now;
    rec_rng_init(&j->rng, s->seed ^ (s->epoch << 32));
}

static void open_table(struct job *j)
{
    struct rec_error err;

    if (j->update && access(j->o->table, F_OK) != 0 && errno == ENOENT) {
        check(rec_idbook_init(&j->book, (uint64_t)j->o->seed, &err), &err);
    } else { /* one that cannot be seen is not to be replaced by a new one */
        hash_open(&j->book, j->o);
    }
    if (j->update) {
        settle(j);
    }
}

static void expire(struct job *j)
{
    struct rec_idsettings *s = &j->book.set;
    uint32_t gone[REC_SIDES] = {0, 0};

    s->now = j->now;
    for (int i = 0; i < REC_SIDES && s->expire > 0 && s->now >= s->expire;
         i++) {
        gone[i] = rec_idtable_expire(j->book.side[i],
                                     (uint32_t)(s->now - s->expire));
    }
    if (gone[REC_USERS] + gone[REC_ITEMS] > 0) {
        note(j->c, "expired: %" PRIu32 " users, %" PRIu32 " items",
             gone[REC_USERS], gone[REC_ITEMS]);
    }
}

/* The items without a name, now that all have been seen. */
static void list_missing(struct job *j)
{
    const struct rec_dict *d = rec_row_items(j->in);

    for (uint32_t i = 0; i < j->known; i++) {
        size_t len;
        const char *id = rec_dict_id(d, i, &len);

        if (j->slot[i] == REC_SLOT_NONE) {
            hash_missing_add(&j->missing, REC_ITEMS, id, len);
        }
    }
}

/* All has been read: the new table, then what names it. */
static void finish(struct job *j, struct rec_output *table)
{
    const struct rec_stream_reader *in = rec_row_stream(j->in);
    struct rec_error err;

    if (j->o->reverse) {
        hash_check_origin(j->c, &j->book, rec_stream_name(in),
                          rec_stream_prov(in));
    }
    list_missing(j);
    hash_missing_close(j->c, &j->missing,
                       j->update ? "not yet admitted" : "not in the table");
    if (j->update) {
        expire(j);
        cli_prov_input(j->c, "input", NULL, rec_stream_digest(in));
        if (j->book.saved) {
            cli_prov_input(j->c, "before", NULL, j->book.digest);
        }
        check(rec_idbook_save(&j->book, table, j->c->level,
                              cli_prov_text(j->c), &err),
              &err);
        cli_prov_input(j->c, "table", rec_stream_prov(in), j->book.digest);
    } else {
        cli_prov_input(j->c, "input", rec_stream_prov(in),
                       rec_stream_digest(in));
        cli_prov_input(j->c, "table", NULL, j->book.digest);
    }
}

static void release(struct job *j)
{
    rec_row_reader_close(j->in);
    rec_dict_free(j->names);
    rec_idbook_release(&j->book);
    free(j->slot);
    free(j->name);
    free(j->item);
    free(j->weight);
    free(j->time);
}

void hash_rows(struct cli *c, const struct hash_options *o)
{
    struct job j;
    struct rec_lock *lock = NULL;
    struct rec_output *out, *table = NULL;
    struct cli_rows w;
    struct rec_batch b;
    struct rec_error err;

    memset(&j, 0, sizeof j);
    j.c = c;
    j.o = o;
    j.update = !o->query && !o->reverse;
    j.side[REC_USERS] = !o->items;
    j.side[REC_ITEMS] = !o->users;
    out = cli_output(c, c->output, 1);
    if (j.update && strcmp(o->table, "-") == 0) {
        die_usage("a table that is to be updated is a file");
    }
    if (j.update) {
        lock = cli_lock(o->table);
    }
    open_table(&j);
    if (j.update) {
        table = cli_output(c, o->table, 1);
    }
    hash_missing_open(c, &j.missing, o);
    check(rec_row_reader_open(&j.in, cli_one_input(c), NULL, &err), &err);
    j.names = rec_dict_new();
    no_memory(!j.names);
    cli_rows_begin(c, &w, out, rec_row_head(j.in),
                   j.side[REC_ITEMS] ? j.names : rec_row_items(j.in));
    while (check(rec_row_next(j.in, &b, &err), &err) == 1) {
        do_batch(&j, &b, w.rows);
    }
    finish(&j, table);
    cli_rows_finish(c, &w);
    release(&j);
    cli_commit(c);
    cli_unlock(lock);
}
