/* SPDX-License-Identifier: MIT */
/* Trials: the lists of a ranking joined with what their users turned out to
   like, by the ids of users and items. */
#include <config.h>

#include "calibrate.h"

#include <stdlib.h>
#include <string.h>

#include "validate.h"

/* ---- rankings ------------------------------------------------------------ */

struct rec_row_reader *calibrate_open(const char *path)
{
    struct rec_row_reader *in;
    const struct rec_head *head;
    struct rec_error err;

    check(rec_row_reader_open(&in, path, NULL, &err), &err);
    head = rec_row_head(in);
    if (strcmp(head->kind, "ranking") != 0 && *head->role) {
        die("%s: holds interactions: %s, not a ranking",
            rec_stream_name(rec_row_stream(in)), head->role);
    }
    if (!(head->columns & REC_COL_WEIGHT)) {
        die("%s: has no scores", rec_stream_name(rec_row_stream(in)));
    }
    return in;
}

/* Item I of ROW is wrong: it WHAT. */
static REC_NORETURN void die_of(const struct rec_row_reader *in,
                                const struct rec_row *row, size_t i,
                                const char *what)
{
    size_t len;
    const char *id = rec_dict_id(rec_row_items(in), row->item[i], &len);

    die("%s: user '%.*s': item '%.*s' %s", rec_stream_name(rec_row_stream(in)),
        (int)row->id_len, row->id, (int)len, id, what);
}

void calibrate_check_probability(const struct rec_row_reader *in,
                                 const struct rec_row *row, size_t i)
{
    char what[80];

    if (!(row->weight[i] >= 0 && row->weight[i] <= 1)) {
        snprintf(what, sizeof what, "has the score %.9g, not a probability",
                 (double)row->weight[i]);
        die_of(in, row, i, what);
    }
}

/* ---- cohorts ------------------------------------------------------------- */

void cohorts_load(struct cohorts *g, struct cli *c, const char *path)
{
    struct rec_error err;

    memset(g, 0, sizeof *g);
    g->path = path;
    if (!path) {
        return;
    }
    check(rec_data_load_groups(&g->groups, path, &err), &err);
    for (size_t u = 0; u < g->groups.rows.rows; u++) {
        struct rec_row row = rec_data_row(&g->groups, u);

        if (row.n > 1) {
            die("%s: user '%.*s' is in more than one cohort", path,
                (int)row.id_len, row.id);
        }
    }
    cli_prov_input(c, "by", g->groups.prov, g->groups.digest);
}

uint32_t cohorts_find(const struct cohorts *g, const struct rec_row *row)
{
    uint32_t u = g->path ? rec_dict_find(g->groups.users, row->id, row->id_len)
                         : REC_NONE;

    if (u == REC_NONE || rec_csr_row_len(&g->groups.rows, u) == 0) {
        return REC_NONE;
    }
    return g->groups.rows.item[g->groups.rows.start[u]];
}

void cohorts_release(struct cohorts *g)
{
    if (g->path) {
        rec_data_release(&g->groups);
    }
}

/* ---- joining ------------------------------------------------------------- */

struct join {
    struct trials *t;
    const struct cli *c;
    const struct rec_row_reader *in;
    const struct rec_data *truth;
    const struct cohorts *g;
    int probabilities;
    uint32_t *target;  /* by item of the truth: the last row that wanted it */
    uint32_t *place;   /* by item of the ranking: that of the truth */
    uint32_t *seen;    /* by item of the ranking: the last row that had it */
    size_t items, cap[2];
    struct rec_dict *users; /* of the ranking; row r is number r + 1 */
};

static void reserve(void *p, size_t *cap, size_t need, size_t size)
{
    if (rec_reserve(p, cap, need, size) != 0) {
        die("out of memory");
    }
}

static void map_items(struct join *j)
{
    const struct rec_dict *items = rec_row_items(j->in);
    uint32_t n = rec_dict_count(items);

    reserve(&j->place, &j->cap[0], n, sizeof *j->place);
    reserve(&j->seen, &j->cap[1], n, sizeof *j->seen);
    for (; j->items < n; j->items++) {
        size_t len;
        const char *id = rec_dict_id(items, (uint32_t)j->items, &len);

        j->place[j->items] = rec_dict_find(j->truth->items, id, len);
        j->seen[j->items] = 0;
    }
}

/* The number of this row. */
static uint32_t add_user(struct join *j, const struct rec_row *row)
{
    uint32_t had = rec_dict_count(j->users), index;
    struct rec_error err;

    check(rec_dict_add(j->users, row->id, row->id_len, &index, &err), &err);
    if (index != had) {
        die("%s: user '%.*s' is given twice",
            rec_stream_name(rec_row_stream(j->in)), (int)row->id_len, row->id);
    }
    return index + 1;
}

static void mark_targets(struct join *j, const struct rec_row *row,
                         uint32_t number)
{
    const struct rec_csr *m = &j->truth->rows;
    uint32_t u = rec_dict_find(j->truth->users, row->id, row->id_len);

    if (u == REC_NONE) {
        j->t->strangers++;
        return;
    }
    for (int64_t e = m->start[u]; e < m->start[u + 1]; e++) {
        j->target[m->item[e]] = number;
    }
}

static void make_room(struct join *j, size_t more)
{
    struct trials *t = j->t;
    size_t need = t->n + more;

    reserve(&t->score, &t->cap[0], need, sizeof *t->score);
    reserve(&t->hit, &t->cap[1], need, 1);
    if (j->g->path) {
        reserve(&t->cohort, &t->cap[2], need, sizeof *t->cohort);
    }
    cli_need_memory(j->c, (j->g->path ? 9.0 : 5.0) * (double)t->cap[0],
                    "holding the scores");
}

static void add_row(struct join *j, const struct rec_row *row)
{
    struct trials *t = j->t;
    uint32_t number = add_user(j, row), cohort = cohorts_find(j->g, row);

    mark_targets(j, row, number);
    t->users++;
    t->unplaced += cohort == REC_NONE;
    for (size_t i = 0; i < row->n; i++) {
        uint32_t item = row->item[i], place = j->place[item];

        if (j->seen[item] == number) {
            die_of(j->in, row, i, "is ranked twice");
        }
        j->seen[item] = number;
        if (j->probabilities) {
            calibrate_check_probability(j->in, row, i);
        }
        t->score[t->n] = row->weight[i];
        t->hit[t->n] = place != REC_NONE && j->target[place] == number;
        if (j->g->path) {
            t->cohort[t->n] = cohort;
        }
        t->n++;
    }
}

/* Sort by cohort, those of none last, otherwise as they came. */
static void sort_trials(struct trials *t, uint32_t cohorts)
{
    size_t *at = xalloc((size_t)cohorts + 2, sizeof *at);
    float *score = xalloc(t->n, sizeof *score);
    uint8_t *hit = xalloc(t->n, 1);

    t->from = xalloc((size_t)cohorts + 2, sizeof *t->from);
    memset(at, 0, ((size_t)cohorts + 2) * sizeof *at);
    for (size_t i = 0; i < t->n; i++) {
        t->cohort[i] = t->cohort[i] == REC_NONE ? cohorts : t->cohort[i];
        at[t->cohort[i] + 1]++;
    }
    for (size_t k = 0; k <= cohorts; k++) {
        at[k + 1] += at[k];
    }
    memcpy(t->from, at, ((size_t)cohorts + 2) * sizeof *at);
    for (size_t i = 0; i < t->n; i++) {
        size_t to = at[t->cohort[i]]++;

        score[to] = t->score[i];
        hit[to] = t->hit[i];
    }
    free(t->score);
    free(t->hit);
    free(t->cohort);
    free(at);
    t->score = score;
    t->hit = hit;
    t->cohort = NULL;
}

void trials_read(struct trials *t, struct cli *c, const char *path,
                 const struct rec_data *truth, const struct cohorts *g,
                 int probabilities, int fit, char **prov)
{
    struct rec_row_reader *in = calibrate_open(path);
    struct join j = {.t = t, .c = c, .in = in, .truth = truth, .g = g,
                     .probabilities = probabilities,
                     .users = rec_dict_new()};
    struct rec_batch b;
    struct rec_error err;

    memset(t, 0, sizeof *t);
    if (fit) {
        validate_refuse_test(rec_stream_name(rec_row_stream(in)),
                             rec_row_head(in), "fit");
    }
    j.target = rec_zalloc(truth->rows.cols, sizeof *j.target);
    if (!j.users || !j.target) {
        die("out of memory");
    }
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        map_items(&j);
        make_room(&j, b.events);
        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            add_row(&j, &row);
        }
        rec_progress(&c->tick, "lists", (double)t->users, 0);
    }
    if (g->path) {
        sort_trials(t, rec_dict_count(g->groups.items));
    }
    *prov = strdup(rec_stream_prov(rec_row_stream(in)));
    if (!*prov) {
        die("out of memory");
    }
    cli_prov_input(c, "input", *prov, rec_stream_digest(rec_row_stream(in)));
    rec_row_reader_close(in);
    rec_dict_free(j.users);
    free(j.target);
    free(j.place);
    free(j.seen);
}

void trials_release(struct trials *t)
{
    free(t->score);
    free(t->hit);
    free(t->cohort);
    free(t->from);
}
