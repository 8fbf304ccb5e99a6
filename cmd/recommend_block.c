/* SPDX-License-Identifier: MIT */
/* rec-recommend: a block of users, gathered, asked for and written. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "recommend.h"

enum { BLOCK_EVENTS = 1 << 20 }; /* 16 MiB of histories, hidden items too */

static void begin_source(struct source *s)
{
    struct rec_error err;

    if (s->model) {
        check(rec_gather_begin(&s->history, s->model->n_items, &err), &err);
        check(rec_gather_begin(&s->hide, s->model->n_items, &err), &err);
    }
}

void recommend_begin(struct job *j)
{
    j->block = j->block_events = j->ids.len = 0;
    begin_source(&j->main);
    begin_source(&j->fallback);
}

/* Bring the map from the input's items up to date. Returns how many of the
   new ones the model does not know. */
static uint32_t extend_join(struct source *s, const struct rec_dict *items)
{
    uint32_t n = rec_dict_count(items), unknown = 0;

    if (!s->model) {
        return 0;
    }
    if (rec_reserve(&s->join, &s->join_cap, n, sizeof *s->join) != 0) {
        die("out of memory");
    }
    for (; s->joined < n; s->joined++) {
        size_t len;
        const char *id = rec_dict_id(items, (uint32_t)s->joined, &len);

        s->join[s->joined] = rec_dict_find(s->model->items, id, len);
        unknown += s->join[s->joined] == REC_NONE;
    }
    return unknown;
}

/* Can S serve ROW? */
static int usable(const struct source *s, const struct rec_row *row)
{
    if (!s->model || s->model->type->any_row) {
        return s->model != NULL;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (s->join[row->item[i]] != REC_NONE) {
            return 1;
        }
    }
    return 0;
}

/* The items that --exclude has for the user of ROW, into the row to hide. */
static void add_excluded(struct job *j, struct source *s,
                         const struct rec_row *row)
{
    struct rec_error err;
    struct rec_row ex;
    uint32_t u;

    if (!s->excluded) {
        return;
    }
    u = rec_dict_find(j->exclude.users, row->id, row->id_len);
    if (u == REC_NONE) {
        return;
    }
    j->users_excluded++;
    ex = rec_data_row(&j->exclude, u);
    for (size_t i = 0; i < ex.n; i++) {
        uint32_t item = s->excluded[ex.item[i]];

        if (item != REC_NONE) {
            check(rec_gather_add(&s->hide, item, 1, &err), &err);
        }
    }
}

void recommend_hide(struct job *j, struct source *s, const struct rec_row *row)
{
    struct rec_error err;

    for (size_t i = 0; i < row->n && !j->o->keep_seen; i++) {
        uint32_t item = s->join[row->item[i]];

        if (item != REC_NONE) {
            check(rec_gather_add(&s->hide, item, 1, &err), &err);
        }
    }
    add_excluded(j, s, row);
}

void recommend_end_row(const struct job *j, struct source *s,
                       const struct rec_row *row)
{
    struct rec_error err;

    if (j->o->samples) { /* the user, and nothing else, decides */
        s->lists.key[s->history.m.rows] = rec_hash_id(row->id, row->id_len);
    }
    if (s->lists.cohort) {
        s->lists.cohort[s->history.m.rows] =
            rec_model_cohort(s->model, row->id, row->id_len);
    }
    check(rec_gather_end_row(&s->history, &err), &err);
    check(rec_gather_end_row(&s->hide, &err), &err);
}

/* Ask for ROW, the whole history. */
static void ask(struct job *j, struct source *s, const struct rec_row *row)
{
    struct rec_error err;

    for (size_t i = 0; i < row->n; i++) {
        uint32_t item = s->join[row->item[i]];
        float weight = row->weight ? row->weight[i] : 1;

        if (item != REC_NONE) {
            check(rec_gather_add(&s->history, item, weight, &err), &err);
        }
    }
    recommend_hide(j, s, row);
    recommend_end_row(j, s, row);
}

/* Who serves ROW? */
static struct source *choose_source(struct job *j, const struct rec_row *row)
{
    if (usable(&j->main, row)) {
        j->personas.single++;
        return &j->main;
    }
    if (usable(&j->fallback, row)) {
        j->users_fallback++;
        return &j->fallback;
    }
    j->users_empty++;
    return NULL;
}

static void fill_source(struct job *j, struct source *s)
{
    struct rec_error err;

    if (s->model && s->history.m.rows > 0) {
        check(rec_lists_fill(&s->lists, &s->history.m, &s->hide.m, s->hidden,
                             (int)j->c->threads, &err),
              &err);
    }
}

/* ---- output ----------------------------------------------------------- */

void recommend_columns(struct job *j)
{
    static const struct rec_column column[] = {{"spread", REC_COLUMN_REAL},
                                               {"persona", REC_COLUMN_COUNT},
                                               {"medoid", REC_COLUMN_ITEM}};
    static const struct rec_column wins[] = {{"persona", REC_COLUMN_COUNT},
                                             {"share", REC_COLUMN_REAL}};
    struct rec_error err;

    if (winners_wanted(j)) {
        check(rec_row_columns(j->rows.rows, wins, 2, &err), &err);
        return;
    }
    check(rec_row_columns(j->rows.rows, j->o->personas ? column + 1 : column,
                          j->o->personas ? 2 : j->o->samples > 0, &err),
          &err);
}

/* The list of A, whose one row asked for the whole history. */
static size_t single_list(struct job *j, const struct asker *a)
{
    const struct source *s = a->source;
    const struct rec_hit *hit = s->lists.hit + a->row * s->lists.n;
    size_t n = s->lists.count[a->row];

    for (size_t i = 0; i < n; i++) {
        j->list_item[i] = recommend_shown(s, hit[i].item);
        j->list_own[i] = hit[i].item;
        j->list_row[i] = a->row;
        j->list_score[i] = hit[i].score;
        if (j->o->samples) {
            j->list_spread[i] = s->lists.spread[a->row * s->model->n_items
                                                + hit[i].item];
        }
        if (winners_wanted(j)) {
            winners_take(j, s, a->row, i);
        }
        if (j->o->personas) { /* it stands for itself */
            j->personas.number[i] = 0;
            j->personas.medoid[i] = j->list_item[i];
        }
    }
    return n;
}

void recommend_write(struct job *j, const struct asker *a,
                     struct rec_row *list)
{
    const void *more[] = {j->list_spread, NULL};
    struct rec_error err;

    if (j->o->personas) {
        more[0] = j->personas.number;
        more[1] = j->personas.medoid;
    } else if (winners_wanted(j)) {
        more[0] = j->list_winner;
        more[1] = j->list_share;
    }
    list->item = j->list_item;
    list->weight = j->list_score;
    if (a->source) {
        list->n = a->personas ? personas_list(j, a) : single_list(j, a);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (!isfinite(j->list_score[i])
            || (j->o->samples && !isfinite(j->list_spread[i]))) {
            die("a score of user '%.*s' is beyond single precision",
                (int)list->id_len, list->id);
        }
    }
    if (j->o->as_text) {
        recommend_text(j, a, list);
    } else {
        check(rec_row_write_more(j->rows.rows, list, more, &err), &err);
    }
}

/* Make the lists of the block and write them. */
void recommend_block(struct job *j)
{
    size_t begin = 0;

    fill_source(j, &j->main);
    fill_source(j, &j->fallback);
    winners_find(j);
    for (size_t r = 0; r < j->block; r++) {
        struct rec_row list = {.id = j->ids.data + begin,
                               .id_len = j->asker[r].id_end - begin};

        recommend_write(j, &j->asker[r], &list);
        begin = j->asker[r].id_end;
    }
    recommend_begin(j);
}

/* ---- users ------------------------------------------------------------ */

static void add_user(struct job *j, const struct rec_row *row)
{
    size_t personas = j->o->personas ? personas_find(j, row) : 0;
    struct source *s = personas ? &j->main : choose_source(j, row);
    size_t rows = personas ? personas : 1;
    struct asker *a;

    for (size_t i = 0; i < row->n; i++) {
        j->unknown_events += j->main.join[row->item[i]] == REC_NONE;
    }
    if (j->main.history.m.rows + rows > j->main.lists.max_rows) {
        recommend_block(j);
    }
    a = &j->asker[j->block++];
    *a = (struct asker){s, s ? s->history.m.rows : 0, personas, 0};
    if (personas) {
        personas_ask(j, row);
    } else if (s) {
        ask(j, s, row);
    }
    if (rec_buf_add(&j->ids, row->id, row->id_len) != 0) {
        die("out of memory");
    }
    a->id_end = j->ids.len;
    j->block_events += row->n * rows;
    if (j->block == j->block_rows || j->block_events >= BLOCK_EVENTS) {
        recommend_block(j);
    }
}

/* Batches are too small for blocks: the more users, the less of the model is
   moved. */
void recommend_batch(struct job *j, const struct rec_batch *b,
                     const struct rec_dict *items)
{
    j->unknown_items += extend_join(&j->main, items);
    extend_join(&j->fallback, items);
    for (size_t r = 0; r < b->rows; r++) {
        struct rec_row row = rec_batch_row(b, r);

        add_user(j, &row);
    }
}
