/* SPDX-License-Identifier: MIT */
/* Interactions from text. The first two bytes say how: the format and where
   the columns are; the rest is the file. No line and no event may get lost
   uncounted, and no id that is none go through. */
#include <config.h>

#include <string.h>

#include "data/ingest.h"
#include "data/rows.h"
#include "fuzz.h"

static const char *const columns[] = {
    NULL, "user,item", "item,user,weight,time", "user,-,item,time",
    "user,item,time", "u,i,w,t"};

static void set_options(struct rec_text_options *o, const uint8_t how[2])
{
    static const char delimiter[] = {0, ';', '|', '\t'};

    memset(o, 0, sizeof *o);
    o->format = how[0] % 6;
    o->header = how[0] / 6 % 3;
    o->time_format = how[0] / 18 % 3;
    o->columns = columns[how[1] % (sizeof columns / sizeof *columns)];
    o->delimiter = o->format == REC_TEXT_CSV ? delimiter[how[1] / 6 % 4] : 0;
}

static void count_bad(void *ctx, const char *why, const char *line, size_t n)
{
    fuzz_need(*why != '\0' && (line || n == 0), "a bad line", NULL);
    ++*(uint64_t *)ctx;
}

/* Take what there is, and check that it is sound. */
static uint64_t take(struct rec_ingest *g, int sorted)
{
    struct rec_chunk c;
    struct rec_error err;
    uint64_t events = 0;

    if (rec_ingest_take(g, !sorted, &c, &err) != 0) {
        return 0;
    }
    for (size_t e = 0; e < rec_csr_events(&c.rows); e++) {
        fuzz_need(c.rows.item[e] < rec_dict_count(rec_ingest_items(g)),
                  "an item that is none", NULL);
        events++;
    }
    fuzz_need(c.first + c.rows.rows <= rec_dict_count(rec_ingest_users(g)),
              "a user who is none", NULL);
    rec_chunk_release(&c);
    return events;
}

static void check_ids(const struct rec_dict *d)
{
    for (uint32_t i = 0; i < rec_dict_count(d); i++) {
        size_t len;
        const char *id = rec_dict_id(d, i, &len);

        fuzz_need(!rec_id_check(id, len), "a bad id went through", NULL);
    }
}

static void check_counts(const struct rec_ingest *g, uint64_t bad,
                         uint64_t events)
{
    const struct rec_ingest_counts *c = rec_ingest_counts(g);

    fuzz_need(c->bad == bad, "bad lines are not counted", NULL);
    fuzz_need(c->lines == c->used + c->headers + c->empty + c->bare + c->bad,
              "a line is lost", NULL);
    fuzz_need(c->events == events, "an event is lost", NULL);
}

static void ingest(const char *path, const struct rec_ingest_options *how,
                   uint64_t *bad)
{
    struct rec_ingest *g;
    struct rec_error err;
    uint64_t events = 0;
    int rc;

    fuzz_need(rec_ingest_new(&g, how, &err) == 0, "ingest", &err);
    rc = rec_ingest_open(g, path, &err);
    if (rc == 0) {
        while ((rc = rec_ingest_next(g, &err)) == 1) {
            if (how->sorted) {
                events += take(g, 1);
            }
        }
        check_ids(rec_ingest_users(g));
        check_ids(rec_ingest_items(g));
        if (rc == 0) {
            events += take(g, 0);
            check_counts(g, *bad, events);
        }
    }
    fuzz_need(rc >= 0 || *err.text, "an error without a cause", NULL);
    rec_ingest_free(g);
}

void fuzz_text(const uint8_t *data, size_t n)
{
    struct rec_ingest_options o;
    uint64_t bad = 0;
    const char *path;

    if (n < 2) {
        return;
    }
    memset(&o, 0, sizeof o);
    set_options(&o.text, data);
    o.threads = 1;
    o.sorted = data[1] >> 6 & 1;
    if (data[1] >> 7) {
        o.bad = count_bad;
        o.ctx = &bad;
    }
    path = fuzz_file(data + 2, n - 2);
    ingest(path, &o, &bad);
}
