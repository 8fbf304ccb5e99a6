/* SPDX-License-Identifier: MIT */
/* rec-merge: several streams joined into one: rows of interactions, or Gram
   matrices, which are added, subtracted and decayed. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/filter.h"
#include "data/gramsum.h"
#include "data/merge.h"

static const char *const policies[] = {"last", "first", "sum",
                                       "max", "error", NULL};
static const char *subtract;
static int duplicates, overlap;
static double decay = 1;

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "duplicates", "HOW", &duplicates, policies, 1,
                   "of an item that a user has twice keep the last or first\n"
                   "event, the sum or max of the weights, or take it for an\n"
                   "error [last]"),
    CLI_OPT_TEXT(0, "subtract", "FILE", &subtract, 0,
                 "grams: take away FILE, that of users to be forgotten"),
    CLI_OPT_REAL(0, "decay", "F", &decay, 1e-9, 1, 1,
                 "grams: before each is added, multiply the sum of those\n"
                 "before it by F [1]"),
    CLI_OPT_FLAG(0, "allow-overlap", &overlap, 1,
                 "grams: add those that share users all the same"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-merge", "[FILE]...",
    "Join interactions streams into one, each user's rows into one row, or\n"
    "add Gram matrices. With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM};

/* An option of the other kind is an error. */
static void refuse(const struct cli *c, const char *option, const char *kind)
{
    if (cli_given(c, option)) {
        die_usage("--%s has no meaning for %s", option, kind);
    }
}

static struct rec_stream_reader *open_stream(const char *path)
{
    struct rec_stream_reader *in;
    struct rec_error err;

    check(rec_stream_reader_open(&in, path, &err), &err);
    return in;
}

/* ---- interactions ------------------------------------------------------ */

static void read_rows(struct cli *c, struct rec_merge *m,
                      struct rec_stream_reader *in, struct rec_head *head)
{
    struct rec_row_reader *r;
    struct rec_error err;
    struct rec_data d;

    check(rec_row_reader_attach(&r, in, "interactions", &err), &err);
    check(rec_data_read(&d, r, &err), &err);
    cli_prov_input(c, "input", d.prov, d.digest);
    if (m->parts == 0) {
        *head = d.head;
    } else if (strcmp(head->role, d.head.role) != 0) {
        head->role[0] = '\0';
    }
    check(rec_merge_add(m, rec_stream_name(rec_row_stream(r)), &d, &err),
          &err);
    rec_row_reader_close(r);
    cli_need_memory(c, rec_merge_memory(m), "what has been read so far");
}

REC_NORETURN static void die_repeat(const struct rec_merge *m,
                                    const struct rec_chunk *chunk,
                                    const struct rec_repeat *at)
{
    size_t user_len, item_len;
    const char *user = rec_dict_id(
        m->users, chunk->first + (uint32_t)at->row, &user_len);
    const char *item = rec_dict_id(m->items, at->item, &item_len);

    die("%s: user '%.*s' has item '%.*s' already", rec_merge_name(m, at->line),
        (int)user_len, user, (int)item_len, item);
}

/* Resolve the duplicates of CHUNK and write it. Returns how many went. */
static size_t pass_on(const struct rec_merge *m, struct rec_chunk *chunk,
                      struct cli_rows *out)
{
    const struct rec_csr *x = &chunk->rows;
    struct rec_repeat at;
    struct rec_error err;
    size_t dropped;
    int rc = rec_filter_duplicates(&chunk->rows,
                                   (enum rec_duplicates)duplicates,
                                   chunk->line, &at, &dropped, &err);

    if (rc == REC_EREPEAT) {
        die_repeat(m, chunk, &at);
    }
    check(rc, &err);
    for (size_t r = 0; r < x->rows; r++) {
        size_t e = (size_t)x->start[r];
        struct rec_row row = {NULL, 0, rec_csr_row_len(x, r), x->item + e,
                              x->weight ? x->weight + e : NULL,
                              x->time ? x->time + e : NULL};

        row.id = rec_dict_id(m->users, chunk->first + (uint32_t)r,
                             &row.id_len);
        check(rec_row_write(out->rows, &row, &err), &err);
    }
    return dropped;
}

static void write_rows(struct cli *c, struct rec_merge *m,
                       struct rec_output *o, struct rec_head *head)
{
    struct cli_rows out;
    struct rec_chunk chunk;
    struct rec_error err;
    size_t dropped = 0;

    check(rec_merge_join(m, &err), &err);
    head->columns = m->columns;
    if (duplicates == REC_DUP_SUM) {
        head->columns |= REC_COL_WEIGHT;
    }
    cli_rows_begin(c, &out, o, head, m->items);
    while (check(rec_merge_next(m, &chunk, &err), &err) == 1) {
        dropped += pass_on(m, &chunk, &out);
        rec_chunk_release(&chunk);
    }
    cli_rows_finish(c, &out);
    note(c,
         "joined %zu streams: %" PRIu32 " users, %" PRIu32
         " items, %zu duplicate events",
         m->parts, rec_dict_count(m->users), rec_dict_count(m->items),
         dropped);
}

/* The streams at PATH, of which the first is open as IN, written to O. */
static void merge_rows(struct cli *c, struct rec_stream_reader *in,
                       char **path, struct rec_output *o)
{
    struct rec_merge m;
    struct rec_head head;
    struct rec_error err;

    refuse(c, "subtract", "interactions");
    refuse(c, "decay", "interactions");
    refuse(c, "allow-overlap", "interactions");
    check(rec_merge_init(&m, &err), &err);
    read_rows(c, &m, in, &head);
    while (*++path) {
        read_rows(c, &m, open_stream(*path), &head);
    }
    write_rows(c, &m, o, &head);
    rec_merge_release(&m);
}

/* ---- Gram matrices ----------------------------------------------------- */

static struct rec_gram_reader *open_gram(struct rec_stream_reader *in,
                                         double factor,
                                         struct rec_gram_sum *sum)
{
    struct rec_gram_reader *r;
    struct rec_error err;

    check(rec_gram_reader_attach(&r, in, &err), &err);
    check(rec_gram_sum_add(sum, r, factor, overlap, &err), &err);
    return r;
}

/* Name what was read and let go of it. */
static void close_gram(struct cli *c, struct rec_gram_reader *r,
                       const char *what)
{
    const struct rec_stream_reader *in = rec_gram_reader_stream(r);

    cli_prov_input(c, what, rec_stream_prov(in), rec_stream_digest(in));
    rec_gram_reader_free(r);
}

static void finish_sum(struct cli *c, const struct rec_gram_sum *sum,
                       struct rec_stream_writer *w)
{
    uint32_t items = rec_dict_count(sum->head.items);
    struct rec_error err;

    check(rec_gram_finish(w, items, cli_prov_text(c), &err), &err);
    note(c, "added %zu matrices: %zu users, %" PRIu32 " items", sum->parts,
         sum->head.users.n, items);
    if (sum->head.old.n > 0) {
        note(c, "this is a difference, to be added to the matrix it changes");
    }
}

/* The streams at PATH, of which the first is open as IN, and the one to
   subtract: IN[0 .. N], of which the caller frees the array. */
static struct rec_gram_reader **open_grams(struct rec_stream_reader *in,
                                           char **path, size_t n,
                                           struct rec_gram_sum *sum)
{
    struct rec_gram_reader **r = xalloc(n + 1, sizeof *r);
    double *factor = xalloc(n, sizeof *factor);

    factor[n - 1] = 1;
    for (size_t i = n - 1; i > 0; i--) {
        factor[i - 1] = decay * factor[i];
    }
    r[0] = open_gram(in, factor[0], sum);
    for (size_t i = 1; i < n; i++) {
        r[i] = open_gram(open_stream(path[i]), factor[i], sum);
    }
    r[n] = subtract ? open_gram(open_stream(subtract), -1, sum) : NULL;
    free(factor);
    return r;
}

/* The same for Gram matrices. All heads are read before any matrix, to know
   the items of the sum. */
static void merge_grams(struct cli *c, struct rec_stream_reader *in,
                        char **path, struct rec_output *o)
{
    size_t n = c->n_operands ? (size_t)c->n_operands : 1;
    struct rec_gram_reader **r;
    struct rec_stream_writer *w;
    struct rec_gram_sum sum;
    struct rec_error err;

    refuse(c, "duplicates", "Gram matrices");
    check(rec_gram_sum_init(&sum, c->max_mem, &err), &err);
    r = open_grams(in, path, n, &sum);
    check(rec_gram_sum_close(&sum, &err), &err);
    check(rec_gram_begin(&w, o, c->level, &sum.head, &err), &err);
    check(rec_gram_sum_write(&sum, w, &err), &err);
    for (size_t i = 0; i < n; i++) {
        close_gram(c, r[i], "input");
    }
    if (subtract) {
        close_gram(c, r[n], "subtract");
    }
    finish_sum(c, &sum, w);
    rec_gram_sum_release(&sum);
    free(r);
}

int main(int argc, char **argv)
{
    static char dash[] = "-", *input[] = {dash, NULL};
    struct rec_stream_reader *in;
    struct rec_output *out;
    struct cli c;
    char **path;

    cli_parse(&c, &program, argc, argv);
    out = cli_output(&c, c.output, 1);
    path = c.n_operands ? c.operand : input;
    in = open_stream(*path);
    if (strcmp(rec_stream_head(in)->kind, REC_GRAM_KIND) == 0) {
        merge_grams(&c, in, path, out);
    } else {
        merge_rows(&c, in, path, out);
    }
    cli_commit(&c);
    return CLI_OK;
}
