/* SPDX-License-Identifier: MIT */
/* rec-hash --scheme: items to the rows of a smaller table, so that any program
   can be trained on rows; and --reverse, lists of rows back to lists of items.
   The table says which items there are. */
#include <config.h>

#include "hash.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/dataset.h"
#include "models/unhash.h"

struct job {
    struct cli *c;
    const struct hash_options *o;
    struct rec_idbook book;
    struct rec_scheme scheme;
    struct rec_row_reader *in;
    struct rec_dict *names;   /* forward: of rows; reverse: of items */
    struct hash_missing missing;
    /* Forward, by item of the input: its names, and how many (0: unknown). */
    uint32_t *name;
    uint8_t *names_n;
    size_t name_cap, n_cap, known;
    uint32_t *place; /* by name: 1 + where it stands in the row at hand */
    size_t place_cap;
    uint32_t *item;
    float *weight;
    int64_t *time;
    size_t item_cap, weight_cap, time_cap;
};

static void no_memory(int failed)
{
    if (failed) {
        die("out of memory");
    }
}

uint32_t hash_slots(const struct hash_options *o, uint32_t n)
{
    size_t len = strlen(o->slots);
    int times = len > 0 && o->slots[len - 1] == 'x';
    double v;

    if (rec_parse_double(o->slots, len - (size_t)times, &v) != 0) {
        v = 0;
    }
    v = times ? ceil(v * n * (1 - 1e-12)) : v; /* 0.07 * 100 is above 7 */
    if (v < 1 || v > INT32_MAX || v != floor(v)) {
        die_usage("--slots: '%s' is not a number of slots, or such as 0.5x",
                  o->slots);
    }
    return (uint32_t)v;
}

static void open_scheme(struct job *j)
{
    uint32_t slots;
    struct rec_error err;

    hash_open(&j->book, j->o);
    slots = rec_idtable_slots(j->book.side[REC_ITEMS]);
    check(rec_scheme_init(&j->scheme, j->o->scheme, hash_slots(j->o, slots),
                          (int)j->o->hashes,
                          j->o->ids ? (uint32_t)j->o->ids : slots,
                          j->book.set.seed, &err),
          &err);
    if (j->o->scheme == REC_SCHEME_QR && j->scheme.ids < slots) {
        die("%s has %" PRIu32 " slots, --ids=%" PRIu32 " is too few",
            j->o->table, slots, j->scheme.ids);
    }
    if (j->c->verbose) {
        note(j->c, "rows are named ROW%s", j->scheme.suffix);
    }
}

/* ---- items to rows ------------------------------------------------------ */

static uint32_t name_row(struct job *j, uint32_t row)
{
    char name[REC_SCHEME_TOKEN];
    struct rec_error err;
    uint32_t index;

    check(rec_dict_add(j->names, name, rec_scheme_name(&j->scheme, row, name),
                       &index, &err),
          &err);
    if (index >= j->place_cap) {
        size_t had = j->place_cap;

        no_memory(rec_reserve(&j->place, &j->place_cap, (size_t)index + 1,
                              sizeof *j->place)
                  != 0);
        memset(j->place + had, 0, (j->place_cap - had) * sizeof *j->place);
    }
    return index;
}

/* The rows of the items that a batch has brought. */
static void find_items(struct job *j)
{
    const struct rec_dict *d = rec_row_items(j->in);
    const struct rec_idtable *t = j->book.side[REC_ITEMS];
    uint32_t n = rec_dict_count(d);

    no_memory(rec_reserve(&j->name, &j->name_cap, n,
                          REC_SCHEME_ROWS * sizeof *j->name)
                  != 0
              || rec_reserve(&j->names_n, &j->n_cap, n, 1) != 0);
    for (; j->known < n; j->known++) {
        uint32_t row[REC_SCHEME_ROWS];
        size_t len;
        const char *id = rec_dict_id(d, (uint32_t)j->known, &len);
        struct rec_idkey key = rec_idtable_key(t, id, len);
        uint32_t slot = rec_idtable_find(t, &key);
        int k = 0;

        if (slot == REC_SLOT_NONE) {
            hash_missing_add(&j->missing, REC_ITEMS, id, len);
        } else {
            k = rec_scheme_rows(&j->scheme, id, len, slot, row);
        }
        for (int i = 0; i < k; i++) {
            j->name[j->known * REC_SCHEME_ROWS + (size_t)i] =
                name_row(j, row[i]);
        }
        j->names_n[j->known] = (uint8_t)k;
    }
}

/* An event of the row at hand; a name that is there keeps its place, with the
   larger weight and the later time. */
static void put_event(struct job *j, size_t *n, uint32_t name, float weight,
                      int64_t time)
{
    size_t at = j->place[name];

    if (at == 0) {
        j->item[*n] = name;
        j->weight[*n] = weight;
        j->time[*n] = time;
        j->place[name] = (uint32_t)++*n;
        return;
    }
    at--;
    j->weight[at] = weight > j->weight[at] ? weight : j->weight[at];
    j->time[at] = time > j->time[at] ? time : j->time[at];
}

static void put_row(struct job *j, const struct rec_row *row,
                    struct rec_row_writer *w)
{
    size_t room = row->n * REC_SCHEME_ROWS, n = 0;
    struct rec_row out = *row;
    struct rec_error err;

    no_memory(rec_reserve(&j->item, &j->item_cap, room, sizeof *j->item) != 0
              || rec_reserve(&j->weight, &j->weight_cap, room,
                             sizeof *j->weight)
                     != 0
              || rec_reserve(&j->time, &j->time_cap, room, sizeof *j->time)
                     != 0);
    for (size_t e = 0; e < row->n; e++) {
        size_t i = row->item[e];

        for (int k = 0; k < j->names_n[i]; k++) {
            put_event(j, &n, j->name[i * REC_SCHEME_ROWS + (size_t)k],
                      row->weight ? row->weight[e] : 1,
                      row->time ? row->time[e] : 0);
        }
        j->missing.events += j->names_n[i] == 0;
    }
    for (size_t e = 0; e < n; e++) {
        j->place[j->item[e]] = 0;
    }
    out.n = n;
    out.item = j->item;
    out.weight = row->weight ? j->weight : NULL;
    out.time = row->time ? j->time : NULL;
    check(rec_row_write(w, &out, &err), &err);
}

static void forward(struct job *j, struct rec_output *out)
{
    struct rec_batch b;
    struct rec_error err;
    struct cli_rows w;

    check(rec_row_reader_open(&j->in, cli_one_input(j->c), "interactions",
                              &err),
          &err);
    cli_rows_begin(j->c, &w, out, rec_row_head(j->in), j->names);
    while (check(rec_row_next(j->in, &b, &err), &err) == 1) {
        find_items(j);
        j->missing.columns = b.columns;
        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            put_row(j, &row, w.rows);
        }
    }
    cli_prov_input(j->c, "input", rec_stream_prov(rec_row_stream(j->in)),
                   rec_stream_digest(rec_row_stream(j->in)));
    cli_prov_input(j->c, "table", NULL, j->book.digest);
    cli_rows_finish(j->c, &w);
}

/* ---- lists of rows to lists of items ------------------------------------ */

struct lists {
    struct rec_unhash unhash;
    struct rec_data exclude;   /* users NULL: none */
    uint32_t *exclude_item;    /* to the items of the table */
    uint8_t *hidden;           /* by item, for the user at hand */
    struct rec_hit *hit;
    uint32_t *row;             /* by item of the input */
    size_t row_cap, known;
};

/* Every item of the table, and its slot. */
static uint32_t *name_items(struct job *j)
{
    const struct rec_idtable *t = j->book.side[REC_ITEMS];
    uint32_t *slot = xalloc(rec_idtable_count(t), sizeof *slot), n = 0, index;
    struct rec_error err;
    char id[REC_MAX_ID];

    for (uint32_t s = 0; s < rec_idtable_slots(t); s++) {
        size_t len = rec_idtable_id(t, s, id);

        if (len > 0) {
            slot[n++] = s;
            check(rec_dict_add(j->names, id, len, &index, &err), &err);
        }
    }
    return slot;
}

static void open_lists(struct job *j, struct lists *l)
{
    uint32_t *slot = name_items(j), n = rec_dict_count(j->names);
    struct rec_error err;

    memset(l, 0, sizeof *l);
    cli_need_memory(j->c, 52.0 * n + 4.0 * j->scheme.rows, "the scheme");
    check(rec_unhash_init(&l->unhash, &j->scheme, j->names, slot, &err),
          &err);
    free(slot);
    l->hidden = rec_zalloc(n, 1);
    no_memory(!l->hidden);
    l->hit = xalloc((size_t)j->o->n < n ? (size_t)j->o->n : n,
                    sizeof *l->hit);
    if (j->o->exclude) {
        check(rec_data_load(&l->exclude, j->o->exclude, NULL, &err), &err);
        l->exclude_item = rec_dict_map(l->exclude.items, j->names);
        no_memory(!l->exclude_item);
        cli_prov_input(j->c, "exclude", l->exclude.prov, l->exclude.digest);
    }
}

static void close_lists(struct lists *l)
{
    rec_unhash_release(&l->unhash);
    if (l->exclude.users) {
        rec_data_release(&l->exclude);
    }
    free(l->exclude_item);
    free(l->hidden);
    free(l->hit);
    free(l->row);
}

/* Which rows the items of the input are. */
static void find_rows(struct job *j, struct lists *l)
{
    const struct rec_dict *d = rec_row_items(j->in);
    uint32_t n = rec_dict_count(d);

    no_memory(rec_reserve(&l->row, &l->row_cap, n, sizeof *l->row) != 0);
    for (; l->known < n; l->known++) {
        size_t len;
        const char *name = rec_dict_id(d, (uint32_t)l->known, &len);
        int64_t row = rec_scheme_row(&j->scheme, name, len);

        if (row < 0) {
            die("%s: '%.*s' is no row of this scheme, whose rows are named "
                "ROW%s",
                rec_stream_name(rec_row_stream(j->in)), (int)len, name,
                j->scheme.suffix);
        }
        l->row[l->known] = (uint32_t)row;
    }
}

/* Mark the items that the user of ROW must not be shown, or forget them. */
static void hide(struct lists *l, const struct rec_row *row, uint8_t mark)
{
    uint32_t u;
    struct rec_row ex;

    if (!l->exclude.users) {
        return;
    }
    u = rec_dict_find(l->exclude.users, row->id, row->id_len);
    if (u == REC_NONE) {
        return;
    }
    ex = rec_data_row(&l->exclude, u);
    for (size_t i = 0; i < ex.n; i++) {
        uint32_t item = l->exclude_item[ex.item[i]];

        if (item != REC_NONE) {
            l->hidden[item] = mark;
        }
    }
}

static void put_list(struct job *j, struct lists *l,
                     const struct rec_row *row, struct rec_row_writer *w)
{
    struct rec_row out = {row->id, row->id_len, 0, NULL, NULL, NULL};
    size_t room = row->n > (size_t)j->o->n ? row->n : (size_t)j->o->n;
    struct rec_error err;

    no_memory(rec_reserve(&j->item, &j->item_cap, room, sizeof *j->item) != 0
              || rec_reserve(&j->weight, &j->weight_cap, room,
                             sizeof *j->weight)
                     != 0);
    for (size_t i = 0; i < row->n; i++) {
        j->item[i] = l->row[row->item[i]];
    }
    hide(l, row, 1);
    out.n = rec_unhash_list(&l->unhash, j->item, row->weight, row->n,
                            l->hidden, (size_t)j->o->n, l->hit);
    hide(l, row, 0);
    for (size_t i = 0; i < out.n; i++) {
        j->item[i] = l->hit[i].item;
        j->weight[i] = l->hit[i].score;
    }
    out.item = j->item;
    out.weight = j->weight;
    check(rec_row_write(w, &out, &err), &err);
}

static void reverse(struct job *j, struct rec_output *out)
{
    struct rec_batch b;
    struct rec_error err;
    struct cli_rows w;
    struct lists l;

    open_lists(j, &l);
    check(rec_row_reader_open(&j->in, cli_one_input(j->c), "ranking", &err),
          &err);
    if (rec_row_head(j->in)->columns != REC_COL_WEIGHT) {
        die("%s: lists without scores",
            rec_stream_name(rec_row_stream(j->in)));
    }
    cli_rows_begin(j->c, &w, out, rec_row_head(j->in), j->names);
    while (check(rec_row_next(j->in, &b, &err), &err) == 1) {
        find_rows(j, &l);
        j->missing.columns = b.columns;
        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            put_list(j, &l, &row, w.rows);
        }
    }
    hash_check_origin(j->c, &j->book, rec_stream_name(rec_row_stream(j->in)),
                      rec_stream_prov(rec_row_stream(j->in)));
    cli_prov_input(j->c, "input", rec_stream_prov(rec_row_stream(j->in)),
                   rec_stream_digest(rec_row_stream(j->in)));
    cli_prov_input(j->c, "table", NULL, j->book.digest);
    cli_rows_finish(j->c, &w);
    close_lists(&l);
}

void hash_scheme(struct cli *c, const struct hash_options *o)
{
    struct rec_output *out = cli_output(c, c->output, 1);
    struct job j;

    memset(&j, 0, sizeof j);
    j.c = c;
    j.o = o;
    open_scheme(&j);
    j.names = rec_dict_new();
    no_memory(!j.names);
    hash_missing_open(c, &j.missing, o);
    if (o->reverse) {
        reverse(&j, out);
    } else {
        forward(&j, out);
    }
    hash_missing_close(c, &j.missing, "not in the table");
    rec_row_reader_close(j.in);
    rec_dict_free(j.names);
    rec_idbook_release(&j.book);
    free(j.name);
    free(j.names_n);
    free(j.place);
    free(j.item);
    free(j.weight);
    free(j.time);
    cli_commit(c);
}
