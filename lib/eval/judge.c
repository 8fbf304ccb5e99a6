/* SPDX-License-Identifier: MIT */
/* Judging a ranking: see judge.h. One thread: judging a list costs less than
   reading it. */
#include <config.h>

#include "eval/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/sorter.h"

enum { AHEAD = 64 }; /* users whose place in the dictionary is fetched early */
enum { TARGET = 1, SEEN = 2 }; /* marks of an item while a list is judged */
enum { LISTED = 1, EMPTY = 2 }; /* what the ranking has of a user */

struct rec_judge {
    const struct rec_data *truth;
    const struct rec_measures *measures;
    uint32_t *place;   /* item of the truth -> item of the ranking */
    uint32_t items;    /* items of the ranking mapped so far */
    uint8_t *mark;     /* per item of the ranking; zero between lists */
    size_t mark_cap;
    uint8_t *judged;   /* per user of the truth: 0, or one of those above */
    struct rec_dict *others; /* users that only the ranking has */
    struct rec_sorter sorter; /* for lists without ranks */
    uint32_t *rank;    /* hits of the list at hand */
    double *value;     /* its columns */
    double *kept;      /* columns per user of the truth */
    uint32_t *row;     /* users with targets, once finished */
    struct rec_strata *strata; /* or NULL */
    struct rec_traits *traits; /* or NULL */
    struct rec_chances chances;
    struct rec_moments *moments;
    struct rec_judge_counts counts;
};

/* ---- the truth -------------------------------------------------------- */

static size_t most_targets(const struct rec_csr *m)
{
    size_t most = 0;

    for (size_t u = 0; u < m->rows; u++) {
        size_t n = rec_csr_row_len(m, u);

        most = n > most ? n : most;
    }
    return most;
}

static int reserve(struct rec_judge *j, struct rec_error *err)
{
    const struct rec_csr *m = &j->truth->rows;
    size_t columns = j->measures->columns, all;

    j->place = rec_alloc(m->cols, sizeof *j->place);
    j->judged = rec_zalloc(m->rows, 1);
    j->others = rec_dict_new();
    j->rank = rec_alloc(most_targets(m), sizeof *j->rank);
    j->row = rec_alloc(m->rows, sizeof *j->row);
    j->value = rec_alloc(columns, sizeof *j->value);
    j->moments = rec_zalloc(columns, sizeof *j->moments);
    if (rec_size_mul(m->rows, columns, &all) == 0) {
        j->kept = rec_zalloc(all, sizeof *j->kept);
    }
    if (!j->place || !j->judged || !j->others || !j->rank || !j->row
        || !j->value || !j->moments || !j->kept) {
        return rec_fail_nomem(err);
    }
    memset(j->place, 0xff, m->cols * sizeof *j->place);
    return 0;
}

int rec_judge_new(struct rec_judge **out, const struct rec_data *truth,
                  const char *file, const struct rec_measures *m,
                  struct rec_strata *items, struct rec_traits *traits,
                  struct rec_error *err)
{
    struct rec_judge *j = rec_zalloc(1, sizeof *j);
    int rc;

    if (!j) {
        return rec_fail_nomem(err);
    }
    j->truth = truth;
    j->measures = m;
    j->strata = items;
    j->traits = traits;
    rc = rec_data_check_once(truth, file, "user", "target", err);
    rc = rc ? rc : reserve(j, err);
    if (rc != 0) {
        rec_judge_free(j);
        return rc;
    }
    *out = j;
    return 0;
}

void rec_judge_free(struct rec_judge *j)
{
    if (j) {
        free(j->place);
        free(j->mark);
        free(j->judged);
        rec_dict_free(j->others);
        rec_sorter_release(&j->sorter);
        rec_chances_release(&j->chances);
        free(j->rank);
        free(j->row);
        free(j->value);
        free(j->kept);
        free(j->moments);
        free(j);
    }
}

/* ---- joining by id ---------------------------------------------------- */

/* Map the items that are new in the ranking, and make room to mark them. */
static int map_items(struct rec_judge *j, const struct rec_dict *items,
                     struct rec_error *err)
{
    size_t had = j->mark_cap;
    uint32_t n = rec_dict_count(items);
    int rc;

    if (rec_reserve(&j->mark, &j->mark_cap, n, 1) != 0) {
        return rec_fail_nomem(err);
    }
    if (j->mark_cap > had) {
        memset(j->mark + had, 0, j->mark_cap - had);
    }
    for (; j->items < n; j->items++) {
        size_t len;
        const char *id = rec_dict_id(items, j->items, &len);
        uint32_t t = rec_dict_find(j->truth->items, id, len);

        if (t != REC_NONE) {
            j->place[t] = j->items;
        }
    }
    rc = j->strata ? rec_strata_items(j->strata, items, err) : 0;
    return j->traits && rc == 0 ? rec_traits_items(j->traits, items, err)
                                : rc;
}

/* The user of ROW in the truth, or REC_NONE; each comes once. */
static int map_user(struct rec_judge *j, const char *file,
                    const struct rec_key *key, const struct rec_row *row,
                    uint32_t *user, struct rec_error *err)
{
    uint32_t u = rec_dict_find_key(j->truth->users, key, row->id), index;
    uint32_t others = rec_dict_count(j->others);
    int again;

    if (u != REC_NONE) {
        again = j->judged[u];
        j->judged[u] = row->n > 0 ? LISTED : EMPTY;
    } else {
        int rc = rec_dict_add(j->others, row->id, row->id_len, &index, err);

        if (rc != 0) {
            return rc;
        }
        again = index != others;
    }
    if (again) {
        return rec_fail(err, REC_EREPEAT, "%s: user '%.*s' is given twice",
                        file, (int)row->id_len, row->id);
    }
    *user = u;
    return 0;
}

/* ---- one list --------------------------------------------------------- */

/* Mark or unmark the targets of USER. */
static void mark_targets(struct rec_judge *j, uint32_t user, uint8_t value)
{
    const struct rec_csr *m = &j->truth->rows;

    for (int64_t e = m->start[user]; e < m->start[user + 1]; e++) {
        uint32_t item = j->place[m->item[e]];

        if (item != REC_NONE) {
            j->mark[item] = value;
        }
    }
}

/* The ranks of the marked targets in ROW, their number in *HITS. Returns the
   place of the first item that may not stand there, or row->n. */
static size_t find_hits(struct rec_judge *j, const struct rec_row *row,
                        size_t *hits)
{
    size_t n = 0, i;

    for (i = 0; i < row->n; i++) {
        uint8_t *mark = &j->mark[row->item[i]];

        if (*mark & SEEN
            || (row->weight && i > 0 && row->weight[i] > row->weight[i - 1])) {
            break;
        }
        if (*mark & TARGET) {
            j->rank[n++] = (uint32_t)i + 1;
        }
        *mark = SEEN;
    }
    for (size_t k = 0; k < i; k++) {
        j->mark[row->item[k]] = 0;
    }
    *hits = n;
    return i;
}

static int refuse(const char *file, const struct rec_row *row, size_t at,
                  const struct rec_dict *items, struct rec_error *err)
{
    size_t len, first = 0;
    const char *id = rec_dict_id(items, row->item[at], &len);

    while (row->item[first] != row->item[at]) {
        first++;
    }
    if (first < at) {
        return rec_fail(err, REC_EREPEAT,
                        "%s: user '%.*s': item '%.*s' is ranked twice", file,
                        (int)row->id_len, row->id, (int)len, id);
    }
    return rec_fail(err, REC_ECORRUPT,
                    "%s: user '%.*s': the score of rank %zu, item '%.*s', is "
                    "above the one before it",
                    file, (int)row->id_len, row->id, at + 1, (int)len, id);
}

/* Take in the items of the list of USER, with these HITS. */
static void sum_items(struct rec_judge *j, size_t user, const uint32_t *list,
                      size_t len, size_t hits)
{
    const struct rec_csr *m = &j->truth->rows;

    if (j->strata) {
        rec_strata_add(j->strata, user, m->item + m->start[user],
                       rec_csr_row_len(m, user), list, len, j->rank, hits);
    }
}

/* Its scores as probabilities. */
static int sum_chances(struct rec_judge *j, const char *file,
                       const struct rec_row *row, size_t hits,
                       const struct rec_dict *items, struct rec_error *err)
{
    const struct rec_measures *m = j->measures;
    size_t bad, len;
    const char *id;
    int rc;

    if (!row->weight) {
        return rec_fail(err, REC_EFORMAT, "%s: has no scores", file);
    }
    rc = rec_chances_add(&j->chances, m, row->weight, row->n, j->rank, hits,
                         j->value + m->columns - m->chances, &bad, err);
    if (rc != 0 || bad == row->n) {
        return rc;
    }
    id = rec_dict_id(items, row->item[bad], &len);
    return rec_fail(err, REC_EVALUE,
                    "%s: user '%.*s': item '%.*s' has the score %.9g, not a "
                    "probability",
                    file, (int)row->id_len, row->id, (int)len, id,
                    (double)row->weight[bad]);
}

/* And its values. */
static int sum_list(struct rec_judge *j, const char *file, uint32_t user,
                    const struct rec_row *row, size_t hits,
                    const struct rec_dict *items, struct rec_error *err)
{
    size_t columns = j->measures->columns;
    int rc = 0;

    sum_items(j, user, row->item, row->n, hits);
    rec_measures_row(j->measures, j->rank, hits,
                     rec_csr_row_len(&j->truth->rows, user), j->value);
    if (j->traits) {
        rec_traits_row(j->traits, user, row->item, row->n,
                       j->value + j->measures->accurate);
    }
    if (j->measures->chances > 0) {
        rc = sum_chances(j, file, row, hits, items, err);
    }
    for (size_t c = 0; c < columns && rc == 0; c++) {
        rec_moments_add(&j->moments[c], j->value[c]);
    }
    memcpy(j->kept + user * columns, j->value, columns * sizeof *j->value);
    return rc;
}

static int judge_row(struct rec_judge *j, const char *file, uint32_t user,
                     const struct rec_row *row, const struct rec_dict *items,
                     struct rec_error *err)
{
    size_t hits, sound;

    if (user != REC_NONE) {
        mark_targets(j, user, TARGET);
    }
    sound = find_hits(j, row, &hits);
    if (user != REC_NONE) {
        mark_targets(j, user, 0);
    }
    if (sound < row->n) {
        return refuse(file, row, sound, items, err);
    }
    j->counts.longest = row->n > j->counts.longest ? row->n
                                                   : j->counts.longest;
    if (user == REC_NONE) {
        j->counts.only_ranked++;
    } else if (row->n > 0 && rec_csr_row_len(&j->truth->rows, user) > 0) {
        return sum_list(j, file, user, row, hits, items, err);
    }
    return 0;
}

/* ---- the stream ------------------------------------------------------- */

/* The N lists of ROW, at most AHEAD, whose items are in ITEMS. */
static int judge_rows(struct rec_judge *j, const char *file,
                      const struct rec_dict *items, int unranked,
                      struct rec_row *row, size_t n, struct rec_error *err)
{
    struct rec_key key[AHEAD];
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        key[i] = rec_key_make(row[i].id, row[i].id_len);
        rec_dict_prefetch(j->truth->users, &key[i]);
    }
    for (size_t i = 0; i < n && rc == 0; i++) {
        uint32_t user = REC_NONE;

        rc = map_user(j, file, &key[i], &row[i], &user, err);
        if (rc == 0 && unranked && row[i].weight) {
            rc = rec_sorter_sort(&j->sorter, items, &row[i],
                                 j->measures->rules.ties_down, err);
        }
        rc = rc ? rc : judge_row(j, file, user, &row[i], items, err);
    }
    return rc;
}

int rec_judge_add(struct rec_judge *j, const struct rec_row_reader *in,
                  const struct rec_batch *b, struct rec_error *err)
{
    const char *file = rec_stream_name(rec_row_stream(in));
    int unranked = strcmp(rec_row_head(in)->kind, "ranking") != 0;
    int rc = map_items(j, rec_row_items(in), err);

    for (size_t at = 0; at < b->rows && rc == 0; at += AHEAD) {
        struct rec_row row[AHEAD];
        size_t n = 0;

        for (; n < AHEAD && at + n < b->rows; n++) {
            row[n] = rec_batch_row(b, at + n);
        }
        rc = judge_rows(j, file, rec_row_items(in), unranked, row, n, err);
    }
    return rc;
}

int rec_judge_add_run(struct rec_judge *j, const struct rec_data *run,
                      const char *file, struct rec_error *err)
{
    int rc = map_items(j, run->items, err);

    for (size_t at = 0; at < run->rows.rows && rc == 0; at += AHEAD) {
        struct rec_row row[AHEAD];
        size_t n = 0;

        for (; n < AHEAD && at + n < run->rows.rows; n++) {
            row[n] = rec_data_row(run, at + n);
        }
        rc = judge_rows(j, file, run->items, 1, row, n, err);
    }
    return rc;
}

/* A user without a list found nothing, and was shown nothing. */
static void sum_nothing(struct rec_judge *j, size_t user)
{
    const struct rec_measures *m = j->measures;

    sum_items(j, user, NULL, 0, 0);
    for (size_t i = m->accurate; i < m->columns; i++) {
        j->kept[user * m->columns + i] = NAN;
    }
}

void rec_judge_finish(struct rec_judge *j)
{
    struct rec_judge_counts *c = &j->counts;
    int lists_only = j->measures->rules.lists_only;

    for (size_t u = 0; u < j->truth->rows.rows; u++) {
        if (rec_csr_row_len(&j->truth->rows, u) == 0) {
            c->without_targets++;
            continue;
        }
        if (j->judged[u] != LISTED) {
            c->without_list++;
            if (lists_only) {
                continue;
            }
            sum_nothing(j, u);
        }
        j->row[c->evaluated++] = (uint32_t)u;
    }
    for (size_t i = 0; i < j->measures->accurate && !lists_only; i++) {
        rec_moments_add_zeros(&j->moments[i], (double)c->without_list);
    }
}

const struct rec_judge_counts *rec_judge_counts(const struct rec_judge *j)
{
    return &j->counts;
}

const struct rec_moments *rec_judge_moments(const struct rec_judge *j)
{
    return j->moments;
}

const double *rec_judge_user(const struct rec_judge *j, size_t row)
{
    return j->kept + row * j->measures->columns;
}

const struct rec_chances *rec_judge_chances(const struct rec_judge *j)
{
    return &j->chances;
}

size_t rec_judge_columns(const struct rec_judge *j)
{
    return j->measures->columns;
}

int rec_judge_lists_only(const struct rec_judge *j)
{
    return j->measures->rules.lists_only;
}

const uint32_t *rec_judge_rows(const struct rec_judge *j, size_t *n)
{
    *n = j->counts.evaluated;
    return j->row;
}
