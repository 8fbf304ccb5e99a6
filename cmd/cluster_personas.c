/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=personas: the histories of a stream, batch by batch, cut
   into personas and written as groups. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "math/ward.h"

/* A history and what becomes of it; the arrays belong to the batch. */
struct person {
    size_t n;         /* events that take part */
    uint32_t *event;  /* n: places in the batch, by persona in the end */
    uint32_t *member; /* n: persona of each, likewise */
    struct rec_persona *persona;
    size_t personas;
    double height[2]; /* that the tree is cut between */
    int rc;
    struct rec_error err;
};

struct late { /* an event, to be put in order */
    int64_t time;
    uint32_t event;
};

struct job {
    struct cli *c;
    const struct cluster_options *o;
    struct rec_vectors v;
    struct rec_row_reader *in;
    struct cli_rows out;
    uint32_t *row; /* by item of the stream: its vector, or REC_NONE */
    size_t rows, row_cap;
    struct person *person; /* of the batch */
    size_t person_cap;
    uint32_t *event, *member; /* by place in the batch */
    struct rec_persona *persona;
    size_t event_cap, member_cap, persona_cap;
    uint32_t *item, *medoid, *number; /* a row of the output */
    float *importance;
    double variance; /* of the vectors; where no height is given */
    struct late *late; /* of one history */
    size_t late_cap;
    struct persona_counts *counts; /* for --report; NULL: none */
    uint64_t unknown_items, unknown_events, old_events, empty;
    uint64_t users, personas;
};

/* The mean squared distance of the vectors from their mean. */
static double variance(const struct job *j)
{
    size_t d = j->v.dim, n = j->v.n;
    double *mean = xalloc(d, sizeof *mean), square = 0;
    float *x = xalloc(d, sizeof *x);

    memset(mean, 0, d * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        cluster_copy(x, rec_vectors_row(&j->v, (uint32_t)i), d, j->o->raw);
        for (size_t k = 0; k < d; k++) {
            mean[k] += x[k] / (double)n;
            square += (double)x[k] * x[k] / (double)n;
        }
    }
    for (size_t k = 0; k < d; k++) {
        square -= mean[k] * mean[k];
    }
    free(mean);
    free(x);
    return square > 0 ? square : 0;
}

static void need(void *p, size_t *cap, size_t n, size_t size)
{
    if (rec_reserve(p, cap, n, size) != 0) {
        die("out of memory");
    }
}

/* Find the vectors of the items that are new in the stream. */
static void find_vectors(struct job *j)
{
    const struct rec_dict *items = rec_row_items(j->in);
    uint32_t n = rec_dict_count(items);

    need(&j->row, &j->row_cap, n, sizeof *j->row);
    for (; j->rows < n; j->rows++) {
        size_t len;
        const char *id = rec_dict_id(items, (uint32_t)j->rows, &len);

        j->row[j->rows] = rec_dict_find(j->v.ids, id, len);
        j->unknown_items += j->row[j->rows] == REC_NONE;
    }
}

static int latest_first(const void *pa, const void *pb)
{
    const struct late *a = pa, *b = pb;

    return a->time != b->time ? (a->time < b->time ? 1 : -1)
                              : (a->event < b->event) - (a->event > b->event);
}

static int by_place(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    return (a > b) - (a < b);
}

/* Keep the MOST latest events of P, in the order of the history; without times
   they are its last. */
static void keep_latest(struct job *j, const struct rec_batch *b,
                        struct person *p, size_t most)
{
    need(&j->late, &j->late_cap, p->n, sizeof *j->late);
    for (size_t i = 0; i < p->n; i++) {
        j->late[i] = (struct late){b->time ? b->time[p->event[i]] : 0,
                                   p->event[i]};
    }
    qsort(j->late, p->n, sizeof *j->late, latest_first);
    for (size_t i = 0; i < most; i++) {
        p->event[i] = j->late[i].event;
    }
    qsort(p->event, most, sizeof *p->event, by_place);
    j->old_events += p->n - most;
    p->n = most;
}

/* The events of row R that take part: the latest of those with a vector. */
static void choose_events(struct job *j, const struct rec_batch *b, size_t r)
{
    struct person *p = &j->person[r];
    size_t at = b->start[r], n = b->start[r + 1] - at;
    size_t most = (size_t)j->o->recent;

    p->event = j->event + at;
    p->member = j->member + at;
    p->persona = j->persona + at;
    p->n = p->personas = 0;
    for (size_t i = 0; i < n; i++) {
        if (j->row[b->item[at + i]] != REC_NONE) {
            p->event[p->n++] = (uint32_t)(at + i);
        }
    }
    j->unknown_events += n - p->n;
    if (p->n > most) {
        keep_latest(j, b, p, most);
    }
    j->empty += p->n == 0;
}

/* Put the events into the order of their personas; in each, of the history. */
static void group_events(struct person *p, uint32_t *room)
{
    size_t at = 0;

    if (p->n == 0) {
        return;
    }
    memcpy(room, p->event, p->n * sizeof *room);
    memcpy(room + p->n, p->member, p->n * sizeof *room);
    for (uint32_t k = 0; k < p->personas; k++) {
        /* A medoid is a place among the events: turn it into an event. */
        p->persona[k].medoid = room[p->persona[k].medoid];
        for (size_t i = 0; i < p->n; i++) {
            if (room[p->n + i] == k) {
                p->event[at] = room[i];
                p->member[at++] = k;
            }
        }
    }
}

static void cluster_one(const struct job *j, const struct rec_batch *b,
                        struct person *p)
{
    struct rec_persona_options opt = j->o->personas;
    size_t d = j->v.dim, n = p->n;
    float *x = rec_alloc(n, d * sizeof *x);
    int64_t *time = b->time ? rec_alloc(n, sizeof *time) : NULL;
    uint32_t *room = rec_alloc(n, 2 * sizeof *room);

    if (!j->o->height_given) {
        opt.height = rec_persona_height(j->variance, n);
    }
    if (!x || !room || (b->time && !time)) {
        p->rc = rec_fail_nomem(&p->err);
    } else {
        for (size_t i = 0; i < n; i++) {
            uint32_t e = p->event[i];

            cluster_copy(x + i * d,
                         rec_vectors_row(&j->v, j->row[b->item[e]]), d,
                         j->o->raw);
            if (time) {
                time[i] = b->time[e];
            }
            if (time && !j->o->now_given && (i == 0 || time[i] > opt.now)) {
                opt.now = time[i]; /* the user's last act */
            }
        }
        p->rc = rec_personas(x, n, d, time, &opt, p->persona, p->member,
                             &p->personas, p->height, &p->err);
    }
    if (p->rc == 0) {
        group_events(p, room);
    }
    free(x);
    free(time);
    free(room);
}

static void write_person(struct job *j, const struct rec_batch *b, size_t r)
{
    const struct person *p = &j->person[r];
    struct rec_row row = rec_batch_row(b, r);
    const void *more[] = {j->number, j->medoid};
    struct rec_error err;

    check(p->rc, &p->err);
    for (size_t i = 0; i < p->n; i++) {
        const struct rec_persona *persona = &p->persona[p->member[i]];

        j->item[i] = b->item[p->event[i]];
        j->number[i] = p->member[i] + 1;
        j->medoid[i] = b->item[persona->medoid];
        j->importance[i] = (float)persona->importance;
    }
    row.n = p->n;
    row.item = j->item;
    row.weight = j->importance;
    row.time = NULL;
    check(rec_row_write_more(j->out.rows, &row, more, &err), &err);
    j->users++;
    j->personas += p->personas;
    if (j->counts) {
        persona_count(j->counts, p->persona, p->personas, p->height);
    }
}

/* What the longest histories take, one for each thread. */
static void need_memory(const struct job *j, size_t rows)
{
    size_t longest = 0, threads = (size_t)j->c->threads;

    for (size_t r = 0; r < rows; r++) {
        longest = j->person[r].n > longest ? j->person[r].n : longest;
    }
    cli_need_memory(j->c,
                    (double)(threads < rows ? threads : rows)
                        * rec_ward_memory(longest, j->v.dim),
                    "clustering");
}

static void run_batch(struct job *j, const struct rec_batch *b)
{
    int threads = (int)j->c->threads;

    find_vectors(j);
    need(&j->person, &j->person_cap, b->rows, sizeof *j->person);
    need(&j->event, &j->event_cap, b->events, sizeof *j->event);
    need(&j->member, &j->member_cap, b->events, sizeof *j->member);
    need(&j->persona, &j->persona_cap, b->events, sizeof *j->persona);
    for (size_t r = 0; r < b->rows; r++) {
        choose_events(j, b, r);
    }
    need_memory(j, b->rows);
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (size_t r = 0; r < b->rows; r++) {
        cluster_one(j, b, &j->person[r]);
    }
    for (size_t r = 0; r < b->rows; r++) {
        write_person(j, b, r);
    }
}

static void report(const struct job *j)
{
    note(j->c, "%llu personas of %llu users",
         (unsigned long long)j->personas, (unsigned long long)j->users);
    if (j->o->personas.cut == REC_CUT_HEIGHT && !j->o->height_given) {
        note(j->c, "cut at height %.4g; at %.4g an item beyond 20 of them",
             rec_persona_height(j->variance, 1), j->variance / 5);
    }
    if (j->unknown_events > 0) {
        note(j->c, "%llu events of %llu items without a vector left out",
             (unsigned long long)j->unknown_events,
             (unsigned long long)j->unknown_items);
    }
    if (j->old_events > 0) {
        note(j->c, "%llu events before the latest %lld of a user left out",
             (unsigned long long)j->old_events, (long long)j->o->recent);
    }
    if (j->empty > 0) {
        note(j->c, "%llu users have no item with a vector: empty rows",
             (unsigned long long)j->empty);
    }
}

static void open_all(struct job *j, struct cli *c)
{
    static const struct rec_column column[] = {
        {"group", REC_COLUMN_COUNT},
        {"medoid", REC_COLUMN_ITEM},
    };
    struct rec_head head = {CLUSTER_GROUPS_KIND, "", REC_COL_WEIGHT};
    size_t most = (size_t)j->o->recent;
    struct rec_error err;

    check(rec_vectors_open(&j->v, j->o->vectors, &err), &err);
    cli_prov_input(c, "embeddings", rec_store_prov(j->v.store),
                   rec_store_digest(j->v.store));
    j->variance = j->o->height_given ? 0 : variance(j);
    check(rec_row_reader_open(&j->in, cli_one_input(c), "interactions", &err),
          &err);
    j->item = xalloc(most, sizeof *j->item);
    j->medoid = xalloc(most, sizeof *j->medoid);
    j->number = xalloc(most, sizeof *j->number);
    j->importance = xalloc(most, sizeof *j->importance);
    cli_rows_begin(c, &j->out, cli_output(c, c->output, 1), &head,
                   rec_row_items(j->in));
    check(rec_row_columns(j->out.rows, column, 2, &err), &err);
}

void cluster_personas(struct cli *c, const struct cluster_options *o)
{
    struct job j = {.c = c, .o = o};
    struct persona_counts counts = {0};
    struct rec_batch b;
    struct rec_error err;

    j.counts = o->report ? &counts : NULL;
    open_all(&j, c);
    while (check(rec_row_next(j.in, &b, &err), &err) == 1) {
        run_batch(&j, &b);
    }
    cli_prov_input(c, "input", rec_stream_prov(rec_row_stream(j.in)),
                   rec_stream_digest(rec_row_stream(j.in)));
    cli_rows_finish(c, &j.out);
    if (o->report) {
        persona_report(&counts, c, o->report);
    }
    report(&j);
    rec_row_reader_close(j.in);
    rec_vectors_release(&j.v);
    free(j.row);
    free(j.person);
    free(j.event);
    free(j.member);
    free(j.persona);
    free(j.item);
    free(j.medoid);
    free(j.number);
    free(j.importance);
    free(j.late);
    persona_counts_release(&counts);
}
