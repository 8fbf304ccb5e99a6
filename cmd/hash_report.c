/* SPDX-License-Identifier: MIT */
/* rec-hash --report: what a hashed table would cost, and whom; expected
   against observed, by deciles of popularity, and as the ids grow. */
#include <config.h>

#include "hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/collisions.h"
#include "data/profile.h"

enum { TEXT, TSV };
static const char *const scheme_name[] = {"cuckoo", "modulo", "double", "qr",
                                          "bloom"};

/* One side of the data, and the table that it is put in. */
struct side {
    const char *name; /* "users", "items" */
    const struct rec_dict *ids;
    const uint32_t *events;
    uint32_t n;
    struct rec_idtable *exact; /* the collisionless one, filled */
    double bytes;              /* of it, without what is allocated ahead */
};

static void fill(struct side *s, uint64_t seed)
{
    struct rec_idtable *t = rec_idtable_new(seed);
    struct rec_error err;

    if (!t) {
        die("out of memory");
    }
    for (uint32_t i = 0; i < s->n; i++) {
        size_t len;
        const char *id = rec_dict_id(s->ids, i, &len);
        struct rec_idkey key = rec_idtable_key(t, id, len);
        uint32_t slot;

        check(rec_idtable_add(t, &key, 0, &slot, &err), &err);
        s->bytes += rec_idtable_bytes(&key);
    }
    s->exact = t;
}

/* ---- lines --------------------------------------------------------------- */

struct line {
    struct cli_text *t;
    int tsv;
    const char *side, *scheme;
    uint32_t slots;
};

static void put_header(const struct line *l)
{
    cli_text_printf(
        l->t,
        l->tsv ? "side\tscheme\tslots\tdecile\tids\tevents\tshared\t"
                 "shared_expected\tsame\tsame_expected\ttouched\tforeign\n"
               : "%-6s %-7s %10s %6s %9s %10s %8s %8s %8s %8s %8s %8s\n",
        "side", "scheme", "slots", "decile", "ids", "events", "shared",
        "expected", "same", "expected", "touched", "foreign");
}

/* Decile D of the counts (10: of all); EXPECTED as for all. */
static void put_line(const struct line *l, int d,
                     const struct rec_collision_count *k,
                     const double expected[2])
{
    double ids = k->ids > 0 ? k->ids : 1, events = k->events;
    char decile[16] = "all";

    if (d < REC_DECILES) {
        snprintf(decile, sizeof decile, "%d", d + 1);
    }
    cli_text_printf(l->t,
                    l->tsv ? "%s\t%s\t%" PRIu32 "\t%s\t%.0f\t%.0f\t%.6f\t"
                             "%.6f\t%.6f\t%.6f\t%.6f\t%.6f\n"
                           : "%-6s %-7s %10" PRIu32 " %6s %9.0f %10.0f %8.4f "
                             "%8.4f %8.4f %8.4f %8.4f %8.4f\n",
                    l->side, l->scheme, l->slots, decile, k->ids, events,
                    k->shared / ids, expected[0], k->same / ids, expected[1],
                    events > 0 ? k->touched / events : 0, k->foreign / ids);
}

static void put_memory(const struct line *l, const struct side *s)
{
    cli_text_printf(l->t,
                    l->tsv ? "table\t%s\t%" PRIu32 "\t%.4f\t%.0f\n"
                           : "%s: a collisionless table of %" PRIu32
                             " ids: load %.4f, %.0f bytes\n",
                    s->name, s->n, rec_idtable_load(s->exact), s->bytes);
}

/* ---- growth -------------------------------------------------------------- */

/* The next of "2x,5x,10x" at *AT; 0 at the end. */
static double next_growth(const char **at)
{
    size_t n = strcspn(*at, ",");
    double v;

    if (n == 0) {
        return 0;
    }
    if (n < 2 || (*at)[n - 1] != 'x'
        || rec_parse_double(*at, n - 1, &v) != 0 || v <= 0 || v > 1e6) {
        die_usage("--project: '%.*s' is not a growth such as 2x", (int)n,
                  *at);
    }
    *at += n + ((*at)[n] == ',');
    return v;
}

static void put_growth(const struct line *l, const struct side *s,
                       const struct rec_scheme *m, const char *list)
{
    const char *at = list;
    double g;

    while ((g = next_growth(&at)) > 0) {
        double n = g * s->n;

        cli_text_printf(
            l->t,
            l->tsv ? "growth\t%s\t%s\t%" PRIu32 "\t%g\t%.0f\t%.6f\t%.6f\t%.0f"
                     "\n"
                   : "%s, %s of %" PRIu32 " slots at %gx, %.0f ids: shared "
                     "%.4f, same %.4f; collisionless: 0, %.0f bytes\n",
            s->name, l->scheme, l->slots, g, n, rec_scheme_shared(m, n),
            rec_scheme_same(m, n), g * s->bytes);
    }
}

/* ---- a side -------------------------------------------------------------- */

static void report_side(struct cli_text *t, const struct hash_options *o,
                        struct side *s)
{
    struct line l = {t, o->format == TSV, s->name, scheme_name[o->scheme], 0};
    struct rec_collisions found;
    struct rec_scheme m;
    struct rec_error err;
    double expected[2];

    put_memory(&l, s);
    if (!o->scheme || s->n == 0) {
        return;
    }
    l.slots = hash_slots(o, s->n);
    check(rec_scheme_init(&m, o->scheme, l.slots, (int)o->hashes, s->n,
                          (uint64_t)o->seed, &err),
          &err);
    check(rec_collisions_count(&found, &m, s->ids, s->events, s->n, &err),
          &err);
    expected[0] = rec_scheme_shared(&m, s->n);
    expected[1] = rec_scheme_same(&m, s->n);
    put_header(&l);
    for (int d = 0; d <= REC_ALL; d++) {
        put_line(&l, d, &found.at[d], expected);
    }
    if (o->project) {
        put_growth(&l, s, &m, o->project);
    }
}

void hash_report(struct cli *c, const struct hash_options *o)
{
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct rec_row_reader *in;
    struct rec_profile p;
    struct rec_batch b;
    struct rec_error err;

    t.out = cli_output(c, c->output, 0);
    check(rec_row_reader_open(&in, cli_one_input(c), "interactions", &err),
          &err);
    check(rec_profile_init(&p, &err), &err);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        check(rec_profile_add(&p, in, &b, &err), &err);
    }
    for (int i = 0; i < REC_SIDES; i++) {
        struct side s = {i == REC_USERS ? "users" : "items",
                         i == REC_USERS ? p.users : rec_row_items(in),
                         i == REC_USERS ? p.user_events : p.item_events,
                         i == REC_USERS ? rec_dict_count(p.users) : p.items,
                         NULL, 0};

        if (i == REC_USERS ? o->items : o->users) {
            continue;
        }
        fill(&s, (uint64_t)o->seed);
        report_side(&t, o, &s);
        rec_idtable_free(s.exact);
    }
    rec_profile_release(&p);
    rec_row_reader_close(in);
    cli_text_finish(&t);
    cli_commit(c);
}
