/* SPDX-License-Identifier: MIT */
/* rec-gram: the Gram matrix of an interactions stream, or how it differs from
   that of an older state. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/changes.h"
#include "data/gramfile.h"
#include "math/gram.h"

static const char *base;
static int binary;

static struct cli_option options[] = {
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "base", "OLD", &base, 0,
                 "write how the matrix differs from that of the stream OLD,\n"
                 "from the rows of the users who changed"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-gram", "[FILE]",
    "Write the items x items Gram matrix of an interactions stream, for\n"
    "rec-merge to add and for rec-ease to learn from.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* The rows to count and those to subtract; both by the items of the head. */
struct work {
    struct rec_gram_head head;
    struct rec_csr plus, minus; /* MINUS has no rows without --base */
};

/* ---- what to count ----------------------------------------------------- */

static void count_items(struct work *w)
{
    uint32_t n = rec_dict_count(w->head.items);
    uint32_t *plus = xalloc(n, sizeof *plus), *minus = xalloc(n, sizeof *minus);

    rec_csr_item_counts(&w->plus, plus);
    rec_csr_item_counts(&w->minus, minus);
    w->head.count = xalloc(n, sizeof *w->head.count);
    for (uint32_t i = 0; i < n; i++) {
        w->head.count[i] = (double)plus[i] - (double)minus[i];
    }
    free(plus);
    free(minus);
}

/* Everything of D, which loses its items and rows to W. */
static void take_all(struct work *w, struct rec_data *d)
{
    static int64_t no_rows[1];
    struct rec_error err;

    w->head.weights = d->rows.weight && !binary;
    check(rec_userset_make(&w->head.users, d->users, NULL, &err), &err);
    w->head.items = d->items;
    w->plus = d->rows;
    w->minus.cols = d->rows.cols;
    w->minus.start = no_rows;
    d->items = NULL;
    memset(&d->rows, 0, sizeof d->rows);
    if (!w->head.weights) {
        free(w->plus.weight);
        w->plus.weight = NULL;
    }
}

/* What became of D since the base. */
static void take_changes(struct cli *c, struct work *w,
                         const struct rec_data *d)
{
    struct rec_changes changes;
    struct rec_data old;
    struct rec_error err;

    check(rec_data_load(&old, base, "interactions", &err), &err);
    cli_prov_input(c, "base", old.prov, old.digest);
    if (!binary && rec_csr_events(&old.rows) > 0
        && rec_csr_events(&d->rows) > 0
        && !old.rows.weight != !d->rows.weight) {
        die("%s: has %sweights, other than the new stream; --binary takes "
            "all as 1",
            base, old.rows.weight ? "" : "no ");
    }
    w->head.weights = (old.rows.weight || d->rows.weight) && !binary;
    check(rec_changes_make(&changes, &old, d, w->head.weights, &err), &err);
    note(c, "%zu users were, %zu are in rows that differ", changes.old.n,
         changes.users.n);
    w->head.items = changes.items;
    w->head.users = changes.users;
    w->head.old = changes.old;
    w->plus = changes.after;
    w->minus = changes.before;
    rec_data_release(&old);
}

static void release(struct work *w)
{
    rec_gram_head_release(&w->head);
    rec_csr_release(&w->plus);
    if (base) {
        rec_csr_release(&w->minus);
    }
}

/* ---- counting ---------------------------------------------------------- */

static struct rec_gram_strips *prepare(const struct rec_csr *x,
                                       const char *name)
{
    struct rec_gram_strips *s;
    struct rec_error err;

    if (rec_gram_strips_new(&s, x, &err) != 0) {
        die("%s: %s", strcmp(name, "-") == 0 ? "standard input" : name,
            err.text);
    }
    return s;
}

static void write_strips(const struct cli *c, const struct work *w,
                         const char *name, struct rec_stream_writer *out)
{
    uint32_t n = rec_dict_count(w->head.items);
    size_t room = rec_gram_strip_room(n);
    double *sum = xalloc(room, sizeof *sum), *less = NULL;
    struct rec_gram_strips *plus = prepare(&w->plus, name), *minus = NULL;
    struct rec_error err;

    if (base) {
        less = xalloc(room, sizeof *less);
        minus = prepare(&w->minus, base);
    }
    for (uint32_t first = 0; first < n;) {
        uint32_t rows = rec_gram_strip_rows(n, first);
        size_t places = rec_gram_strip_size(n, first, rows);

        rec_progress(&c->tick, "gram", first, n);
        rec_gram_strip(plus, first, rows, sum, (int)c->threads);
        if (minus) {
            rec_gram_strip(minus, first, rows, less, (int)c->threads);
        }
        for (size_t k = 0; minus && k < places; k++) {
            sum[k] -= less[k];
        }
        check(rec_gram_write(out, n, first, sum, &err), &err);
        first += rows;
    }
    rec_gram_strips_free(plus);
    rec_gram_strips_free(minus);
    free(sum);
    free(less);
}

static void need_memory(const struct cli *c, const struct work *w)
{
    uint32_t n = rec_dict_count(w->head.items);
    double strips = (base ? 16.0 : 8.0) * (double)rec_gram_strip_room(n);

    cli_need_memory(c,
                    rec_gram_memory(&w->plus, 0)
                        + rec_gram_memory(&w->minus, 0) + strips,
                    "counting");
}

int main(int argc, char **argv)
{
    struct cli c;
    struct work w;
    struct rec_stream_writer *stream;
    struct rec_output *out;
    struct rec_data data;
    struct rec_error err;
    const char *input;
    uint32_t n;

    cli_parse(&c, &program, argc, argv);
    input = cli_one_input(&c);
    out = cli_output(&c, c.output, 1);
    check(rec_data_load(&data, input, "interactions", &err), &err);
    cli_prov_input(&c, "input", data.prov, data.digest);
    memset(&w, 0, sizeof w);
    if (base) {
        take_changes(&c, &w, &data);
    } else {
        take_all(&w, &data);
    }
    rec_data_release(&data);
    need_memory(&c, &w);
    count_items(&w);
    n = rec_dict_count(w.head.items);
    check(rec_gram_begin(&stream, out, c.level, &w.head, &err), &err);
    write_strips(&c, &w, input, stream);
    check(rec_gram_finish(stream, n, cli_prov_text(&c), &err), &err);
    note(&c, "%zu users, %" PRIu32 " items", w.head.users.n, n);
    release(&w);
    cli_commit(&c);
    return CLI_OK;
}
