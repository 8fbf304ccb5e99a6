/* SPDX-License-Identifier: MIT */
/* rec-ingest: text to an interactions stream: parse, resolve duplicates,
   filter, group by user. */
#include <config.h>

#include "cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/filter.h"
#include "data/ingest.h"

static const char *const formats[] = {"auto", "csv", "tsv", "dat",
                                      "jsonl", "adj", "netflix", NULL};
static const char *const headers[] = {"auto", "yes", "no", NULL};
static const char *const times[] = {"unix", "ms", "iso", NULL};
static const char *const policies[] = {"last", "first", "sum",
                                       "max", "error", NULL};
static const char *const bad_lines[] = {"error", "skip", NULL};

static struct rec_ingest_options ingest; /* starts as all defaults */
static const char *delimiter, *reject, *role = "";
static int duplicates, skip_bad, implicit, kcore, use_min_weight;
static int64_t min_item, min_user;
static double min_weight;

static struct cli_option options[] = {
    CLI_OPT_CHOICE('f', "format", "FORMAT", &ingest.text.format, formats, 1,
                   "auto, csv, tsv, dat (a::b::c), jsonl, adj (user item\n"
                   "item ...) or netflix (item: above lines of users) [auto]"),
    CLI_OPT_TEXT('d', "delimiter", "CHAR", &delimiter, 1,
                 "what divides the fields of csv [,]"),
    CLI_OPT_TEXT(0, "columns", "LIST", &ingest.text.columns, 1,
                 "what the fields are: user,item,weight,time in any order,\n"
                 "- to skip one; or by names in a header or keys, as\n"
                 "user=buyer,item=sku; jsonl: the keys of these four [by\n"
                 "the header, else in this order]"),
    CLI_OPT_CHOICE(0, "header", "WHEN", &ingest.text.header, headers, 1,
                   "is the first line a header: auto, yes or no [auto]"),
    CLI_OPT_CHOICE(0, "time-format", "FORMAT", &ingest.text.time_format,
                   times, 1, "times are unix seconds, ms or iso [unix]"),
    CLI_OPT_CHOICE(0, "duplicates", "HOW", &duplicates, policies, 1,
                   "of an item that a user has twice keep the last or first\n"
                   "event, the sum or max of the weights, or take it for an\n"
                   "error [last]"),
    CLI_OPT_REAL(0, "min-weight", "W", &min_weight, -1e38, 1e38, 1,
                 "keep events with a weight of at least W"),
    CLI_OPT_FLAG(0, "implicit", &implicit, 1,
                 "then drop the weights: every event counts 1"),
    CLI_OPT_INT(0, "min-item", "N", &min_item, 1, 4294967295.0, 1,
                "then keep items that at least N users have"),
    CLI_OPT_INT(0, "min-user", "N", &min_user, 1, 4294967295.0, 1,
                "then keep users with at least N remaining items"),
    CLI_OPT_FLAG(0, "kcore", &kcore, 1,
                 "repeat these two until nothing changes"),
    CLI_OPT_CHOICE(0, "bad-lines", "HOW", &skip_bad, bad_lines, 1,
                   "end at a bad line (error) or leave it out (skip) [error]"),
    CLI_OPT_TEXT(0, "reject", "FILE", &reject, 0,
                 "write the lines left out to FILE"),
    CLI_OPT_FLAG(0, "sorted", &ingest.sorted, 0,
                 "the lines of each user stand together: write each when he\n"
                 "is complete, in bounded memory"),
    CLI_OPT_TEXT(0, "role", "ROLE", &role, 1,
                 "what the rows are for, such as train or test.in"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-ingest", "[FILE]...",
    "Read interactions as text, also compressed by gzip, and write them as a\n"
    "stream grouped by user. With no FILE, or when FILE is -, read standard\n"
    "input.",
    options, CLI_HAS_STREAM | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* What went away, and what was written. */
struct tally {
    uint64_t duplicate, weight, item, user;
    uint64_t late; /* events kept of times after the year 9999, */
    uint64_t ms;   /* of which as many are not if they are milliseconds */
    struct rec_counts wrote;
};

/* What bad lines need. */
struct rejects {
    const struct cli *c;
    struct cli_text text; /* --reject */
};

/* ---- options ----------------------------------------------------------- */

static void check_delimiter(void)
{
    if (!delimiter) {
        return;
    }
    if (strcmp(delimiter, "\\t") == 0) {
        delimiter = "\t";
    }
    if (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter)) {
        die_usage("--delimiter: '%s' is not a single character other than a "
                  "quote or line end",
                  delimiter);
    }
    if (ingest.text.format != REC_TEXT_AUTO
        && ingest.text.format != REC_TEXT_CSV) {
        die_usage("--delimiter is for csv only");
    }
    ingest.text.delimiter = *delimiter;
}

static void check_options(const struct cli *c)
{
    check_delimiter();
    if (strlen(role) > 63) {
        die_usage("--role: '%s' is longer than 63 characters", role);
    }
    for (const char *p = role; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("./-", *p)) {
            die_usage("--role: '%s' has other characters than letters, "
                      "digits and ./-",
                      role);
        }
    }
    if (kcore && !min_item && !min_user) {
        die_usage("--kcore needs --min-item or --min-user");
    }
    if (ingest.sorted && (min_item || kcore)) {
        die_usage("--%s needs all users at once, which --sorted does not "
                  "hold",
                  min_item ? "min-item" : "kcore");
    }
    if (reject && !skip_bad) {
        die_usage("--reject needs --bad-lines=skip");
    }
    if (reject && strcmp(reject, c->output ? c->output : "-") == 0) {
        die_usage("--reject: %s is for the stream",
                  strcmp(reject, "-") == 0 ? "standard output" : reject);
    }
}

/* ---- reading ----------------------------------------------------------- */

static void on_bad_line(void *ctx, const char *why, const char *line,
                        size_t n)
{
    struct rejects *r = ctx;

    if (r->c->verbose) {
        warn("%s", why);
    }
    if (reject) {
        cli_text_add(&r->text, line, n);
        if (n == 0 || line[n - 1] != '\n') {
            cli_text_add(&r->text, "\n", 1);
        }
    }
}

/* Is a field left aside that nobody said to skip, and that may be a weight
   under another name? */
static int leaves_aside(const struct rec_text_layout *l)
{
    const char *columns = ingest.text.columns;

    return !implicit
           && (!columns
               || (strchr(columns, '=') && l->column[REC_TEXT_WEIGHT] < 0));
}

/* How the file is read: on request, and where something in it may have been
   overlooked. */
static void say_layout(const struct cli *c, const char *path,
                       const struct rec_text_layout *l)
{
    static const char *const names[] = {"user", "item", "weight", "time"};
    char text[160];
    size_t used = 0, unused = 0;

    if (!l) {
        return;
    }
    text[0] = '\0';
    if (l->format < REC_TEXT_JSONL) {
        unused = l->fields;
        for (int r = 0; r < REC_TEXT_ROLES; r++) {
            if (l->column[r] >= 0) {
                unused--;
                used += (size_t)snprintf(text + used, sizeof text - used,
                                         ", %s in field %d", names[r],
                                         l->column[r] + 1);
            }
        }
    }
    if (unused > 0) {
        snprintf(text + used, sizeof text - used, ", %zu not used", unused);
    }
    if (c->verbose || (unused > 0 && leaves_aside(l))) {
        note(c, "%s: read as %s%s", path, formats[l->format], text);
    }
    if (l->wordy) {
        note(c, "%s: the first line is taken for an event (is it a header? "
             "then --header=yes, or --columns=user=NAME,item=NAME)", path);
    }
    if (l->unnamed) {
        note(c, "%s: the header has none of the names that are known, so the "
             "fields are taken in order (or use "
             "--columns=user=NAME,item=NAME)", path);
    }
}

static void open_file(const struct cli *c, struct rec_ingest *g,
                      const char *path)
{
    struct rec_error err;
    int rc = rec_ingest_open(g, path, &err);

    if (rc == REC_EVALUE) {
        die_usage("%s", err.text);
    }
    check(rc, &err);
    say_layout(c, strcmp(path, "-") == 0 ? "standard input" : path,
               rec_ingest_layout(g));
}

/* ---- rows -------------------------------------------------------------- */

/* The output, begun once the columns are known. */
struct target {
    struct cli *c;
    struct rec_output *out;
    struct cli_rows rows;
    int begun;
    struct rec_places places; /* of items, for duplicates */
};

static void begin_rows(struct target *t, const struct rec_ingest *g)
{
    struct rec_head head;

    memset(&head, 0, sizeof head);
    snprintf(head.kind, sizeof head.kind, "interactions");
    snprintf(head.role, sizeof head.role, "%s", role);
    head.columns = rec_ingest_columns(g);
    if (duplicates == REC_DUP_SUM) {
        head.columns |= REC_COL_WEIGHT;
    }
    if (use_min_weight && !(head.columns & REC_COL_WEIGHT)
        && rec_ingest_counts(g)->events > 0) {
        warn("--min-weight: the text has no weights, every one is taken as 1");
    }
    if (implicit) {
        head.columns &= ~(unsigned)REC_COL_WEIGHT;
    }
    cli_rows_begin(t->c, &t->rows, t->out, &head, rec_ingest_items(g));
    t->begun = 1;
}

/* AT names what RC is about. */
REC_NORETURN static void die_repeat(const struct rec_ingest *g,
                                    const struct rec_chunk *chunk,
                                    const struct rec_repeat *at, int rc)
{
    struct rec_cell user, item;
    char user_text[REC_CELL_TEXT], item_text[REC_CELL_TEXT];
    const char *file;
    uint64_t line;

    user.p = rec_dict_id(rec_ingest_users(g),
                         chunk->first + (uint32_t)at->row, &user.n);
    item.p = rec_dict_id(rec_ingest_items(g), at->item, &item.n);
    rec_cell_text(&user, user_text);
    rec_cell_text(&item, item_text);
    if (rc == REC_ENUMERIC) {
        die("user '%s', item '%s': the sum of the weights is too large for a "
            "float",
            user_text, item_text);
    }
    file = rec_ingest_place(g, at->line, &line);
    die("%s:%" PRIu64 ": user '%s' has item '%s' already", file, line,
        user_text, item_text);
}

static void filter_chunk(const struct rec_ingest *g, struct rec_chunk *chunk,
                         struct rec_places *places, struct tally *tally)
{
    struct rec_csr *m = &chunk->rows;
    struct rec_repeat at;
    struct rec_error err;
    size_t duplicate, item, user;
    int rc = rec_filter_duplicates(m, (enum rec_duplicates)duplicates,
                                   chunk->line, places, &at, &duplicate,
                                   &err);

    if (rc == REC_EREPEAT || rc == REC_ENUMERIC) {
        die_repeat(g, chunk, &at, rc);
    }
    check(rc, &err);
    if (use_min_weight) {
        tally->weight += rec_filter_weight(m, (float)min_weight);
    }
    if (implicit) {
        free(m->weight);
        m->weight = NULL;
    }
    check(rec_filter_core(m, (uint64_t)min_item, (uint64_t)min_user, kcore,
                          &item, &user, &err),
          &err);
    tally->duplicate += duplicate;
    tally->item += item;
    tally->user += user;
}

static void count_late(const struct rec_row *row, struct tally *tally)
{
    for (size_t e = 0; row->time && e < row->n; e++) {
        tally->late += row->time[e] >= REC_TIME_YEAR_10000;
        tally->ms += row->time[e] >= REC_TIME_YEAR_10000
                     && row->time[e] / 1000 < REC_TIME_YEAR_10000;
    }
}

static void write_chunk(struct target *t, const struct rec_ingest *g,
                        const struct rec_chunk *chunk, struct tally *tally)
{
    const struct rec_csr *m = &chunk->rows;
    struct rec_error err;

    for (size_t r = 0; r < m->rows; r++) {
        size_t at = (size_t)m->start[r];
        struct rec_row row;

        row.n = (size_t)m->start[r + 1] - at;
        if (row.n == 0) {
            continue;
        }
        row.id = rec_dict_id(rec_ingest_users(g), chunk->first + (uint32_t)r,
                             &row.id_len);
        row.item = m->item + at;
        row.weight = m->weight ? m->weight + at : NULL;
        row.time = m->time ? m->time + at : NULL;
        count_late(&row, tally);
        check(rec_row_write(t->rows.rows, &row, &err), &err);
    }
}

/* Filter and write the users that are complete; all of them if ALL. */
static void pass_on(struct target *t, struct rec_ingest *g, int all,
                    struct tally *tally)
{
    struct rec_chunk chunk;
    struct rec_error err;

    check(rec_ingest_take(g, all, &chunk, &err), &err);
    if (!t->begun) {
        begin_rows(t, g);
    }
    filter_chunk(g, &chunk, &t->places, tally);
    if (all) {
        rec_places_release(&t->places);
    }
    write_chunk(t, g, &chunk, tally);
    rec_chunk_release(&chunk);
}

/* ---- the report -------------------------------------------------------- */

static void report(const struct cli *c, const struct rec_ingest_counts *n,
                   const struct tally *t)
{
    uint64_t kept = t->wrote.events;

    note(c,
         "read %" PRIu64 " lines: %" PRIu64 " with events, %" PRIu64
         " header, %" PRIu64 " empty, %" PRIu64 " without items, %" PRIu64
         " bad",
         n->lines, n->used, n->headers, n->empty, n->bare, n->bad);
    note(c,
         "read %" PRIu64 " events: %" PRIu64 " kept, %" PRIu64
         " duplicate, %" PRIu64 " below --min-weight, %" PRIu64
         " by --min-item, %" PRIu64 " by --min-user",
         n->events, kept, t->duplicate, t->weight, t->item, t->user);
    note(c,
         "wrote %" PRIu64 " users, %" PRIu64 " items, %" PRIu64 " events",
         t->wrote.rows, t->wrote.items, t->wrote.events);
    if (t->wrote.events == 0) {
        note(c, "there are no events");
    }
    if (t->late > 0) {
        int ms = ingest.text.time_format == REC_TIME_UNIX && t->ms == t->late;

        warn("events after the year 9999: %" PRIu64 "%s", t->late,
             ms ? "; are the times in milliseconds (--time-format=ms)?" : "");
    }
}

static void finish(struct target *t, struct rec_ingest *g,
                   struct rejects *bad, struct tally *tally)
{
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_error err;

    rec_ingest_digest(g, digest);
    cli_prov_input(t->c, "input", NULL, digest);
    check(rec_row_finish(t->rows.rows, &tally->wrote, &err), &err);
    cli_rows_finish(t->c, &t->rows);
    if (reject) {
        cli_text_finish(&bad->text);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct target target = {&c, NULL, {NULL, NULL}, 0, {NULL, 0, 0, 0}};
    struct rejects bad = {&c, {NULL, {NULL, 0, 0}}};
    struct tally tally = {0};
    struct rec_ingest *g;
    struct rec_error err;
    static char dash[] = "-", *input[] = {dash, NULL};

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    ingest.threads = (int)c.threads;
    ingest.max_bytes = c.max_mem;
    ingest.progress = &c.tick;
    use_min_weight = cli_given(&c, "min-weight");
    ingest.keep_lines = duplicates == REC_DUP_ERROR;
    if (skip_bad) {
        ingest.bad = on_bad_line;
        ingest.ctx = &bad;
    }
    target.out = cli_output(&c, c.output, 1);
    if (reject) {
        bad.text.out = cli_output(&c, reject, 0);
    }
    check(rec_ingest_new(&g, &ingest, &err), &err);
    for (char **path = c.n_operands ? c.operand : input; *path; path++) {
        open_file(&c, g, *path);
        while (check(rec_ingest_next(g, &err), &err) == 1) {
            if (ingest.sorted) {
                pass_on(&target, g, 0, &tally);
            }
        }
    }
    pass_on(&target, g, 1, &tally);
    finish(&target, g, &bad, &tally);
    cli_commit(&c);
    report(&c, rec_ingest_counts(g), &tally);
    rec_ingest_free(g);
    return CLI_OK;
}
