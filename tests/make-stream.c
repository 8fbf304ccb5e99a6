/* SPDX-License-Identifier: MIT */
/* For command tests: lines "user item [weight [time]]" on standard input,
   divided by blanks, to a stream on standard output. Lines of one user stand
   together; a line with a user alone is an empty row; the first line with an
   item says which columns there are.

   make-stream [-z LEVEL] [-r ROLE] [-k KIND] [-p]    (-p: no provenance) */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/rows.h"

static struct rec_error err;

static void sure(int rc)
{
    if (rc < 0) {
        fprintf(stderr, "make-stream: %s\n", err.text);
        exit(1);
    }
}

static void must(int ok, const char *why)
{
    if (!ok) {
        fprintf(stderr, "make-stream: %s\n", why);
        exit(1);
    }
}

/* The events of all users, and where each user's begin. */
struct events {
    struct rec_dict *users, *items;
    uint32_t *item;
    float *weight;
    int64_t *time;
    size_t *start;
    size_t n, users_n, item_cap, weight_cap, time_cap, start_cap;
    unsigned columns;
};

static void add_user(struct events *e, const char *id)
{
    uint32_t index;

    sure(rec_dict_add(e->users, id, strlen(id), &index, &err));
    must(index == e->users_n || index + 1 == e->users_n,
         "the lines of a user stand apart");
    if (index == e->users_n) {
        must(rec_reserve(&e->start, &e->start_cap, index + 2,
                         sizeof *e->start)
                 == 0,
             "out of memory");
        e->start[e->users_n++] = e->n;
    }
}

static void add_event(struct events *e, const char *item, const char *weight,
                      const char *time)
{
    double w = 1;
    int64_t t = 0;

    must(!weight || rec_parse_double(weight, strlen(weight), &w) == 0,
         "bad weight");
    must(!time
             || rec_parse_int(time, strlen(time), INT64_MIN, INT64_MAX, &t)
                    == 0,
         "bad time");
    must(rec_reserve(&e->item, &e->item_cap, e->n + 1, sizeof *e->item) == 0
             && rec_reserve(&e->weight, &e->weight_cap, e->n + 1,
                            sizeof *e->weight)
                    == 0
             && rec_reserve(&e->time, &e->time_cap, e->n + 1, sizeof *e->time)
                    == 0,
         "out of memory");
    sure(rec_dict_add(e->items, item, strlen(item), &e->item[e->n], &err));
    e->weight[e->n] = (float)w;
    e->time[e->n] = t;
    if (e->n++ == 0) {
        e->columns = (weight ? REC_COL_WEIGHT : 0) | (time ? REC_COL_TIME : 0);
    }
}

static void read_events(struct events *e)
{
    char line[16384], *save;

    e->users = rec_dict_new();
    e->items = rec_dict_new();
    must(e->users && e->items, "out of memory");
    while (fgets(line, sizeof line, stdin)) {
        const char *user = strtok_r(line, " \t\n", &save);
        const char *item = strtok_r(NULL, " \t\n", &save);
        const char *weight = strtok_r(NULL, " \t\n", &save);
        const char *time = strtok_r(NULL, " \t\n", &save);

        if (user) {
            add_user(e, user);
        }
        if (item) {
            add_event(e, item, weight, time);
        }
    }
    if (e->start) {
        e->start[e->users_n] = e->n;
    }
}

static void write_events(const struct events *e, const struct rec_head *head,
                         int level, const char *prov)
{
    struct rec_output *o;
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_counts counts;

    sure(rec_output_open(&o, NULL, &err));
    sure(rec_stream_writer_new(&w, o, head, level, &err));
    sure(rec_row_writer_new(&rw, w, head->columns, e->items, &err));
    for (size_t u = 0; u < e->users_n; u++) {
        size_t at = e->start[u];
        struct rec_row row = {NULL, 0, e->start[u + 1] - at, NULL, NULL, NULL};

        row.id = rec_dict_id(e->users, (uint32_t)u, &row.id_len);
        if (row.n > 0) {
            row.item = e->item + at;
            row.weight = e->weight + at;
            row.time = e->time + at;
        }
        sure(rec_row_write(rw, &row, &err));
    }
    sure(rec_row_finish(rw, &counts, &err));
    sure(rec_stream_finish(w, &counts, prov, &err));
    rec_row_writer_free(rw);
    rec_stream_writer_free(w);
    sure(rec_output_flush(o, &err));
    rec_output_free(o);
}

int main(int argc, char **argv)
{
    struct rec_head head = {"interactions", "", 0};
    struct events e;
    const char *prov = "make-stream 1\n";
    int level = 0, c;

    memset(&e, 0, sizeof e);
    while ((c = getopt(argc, argv, "z:r:k:p")) != -1) {
        if (c == 'z') {
            level = (int)strtol(optarg, NULL, 10);
        } else if (c == 'r') {
            snprintf(head.role, sizeof head.role, "%s", optarg);
        } else if (c == 'k') {
            snprintf(head.kind, sizeof head.kind, "%s", optarg);
        } else if (c == 'p') {
            prov = NULL;
        } else {
            return 2;
        }
    }
    read_events(&e);
    head.columns = e.columns;
    write_events(&e, &head, level, prov);
    rec_dict_free(e.users);
    rec_dict_free(e.items);
    free(e.item);
    free(e.weight);
    free(e.time);
    free(e.start);
    return 0;
}
