/* SPDX-License-Identifier: MIT */
/* From text to interactions: see ingest.h. A block is parsed by all threads
   while one of them reads the next; what they found is then put together in
   the order of the input, so that nothing depends on their number. */
#include <config.h>

#include "data/ingest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/ingest_piece.h"

struct source { /* a file that was opened */
    const char *name; /* for messages; borrowed */
    uint64_t before;  /* lines of all files before it */
};

struct rec_ingest {
    struct rec_ingest_options o;
    struct rec_digest *digest;
    struct source *source;
    size_t sources, source_cap;

    struct rec_text *text; /* the open file, or NULL */
    struct rec_piece_task task;
    struct rec_text_block next; /* the block read ahead */
    int next_rc;                /* of reading it */
    struct rec_error next_err;
    struct rec_piece *piece;
    size_t pieces, piece_cap; /* that have been used, and may be again */
    uint64_t line;            /* physical lines so far, of all files */
    int64_t total;  /* bytes of the open file, or -1 when not known */
    size_t parsed;  /* bytes of it so far */
    size_t before;  /* events of the files before it */

    struct rec_dict *users, *items;
    int has_columns;
    unsigned columns;
    struct rec_ingest_counts counts;

    /* Events not yet taken, in order of arrival. */
    size_t events;
    uint32_t *user, *item;
    float *weight;
    int64_t *time;
    uint64_t *at_line;
    size_t user_cap, item_cap, weight_cap, time_cap, line_cap;
    int grouped;     /* every user's events stand together */
    uint32_t first;  /* users before this one have been taken */
    uint32_t newest; /* user of the last event */
};

int rec_ingest_new(struct rec_ingest **out,
                   const struct rec_ingest_options *o, struct rec_error *err)
{
    struct rec_ingest *g = rec_zalloc(1, sizeof *g);

    if (g) {
        g->o = *o;
        g->o.keep_lines = o->keep_lines || o->sorted;
        g->grouped = 1;
        g->digest = rec_digest_new();
        g->users = rec_dict_new();
        g->items = rec_dict_new();
    }
    if (!g || !g->digest || !g->users || !g->items) {
        rec_ingest_free(g);
        return rec_fail_nomem(err);
    }
    *out = g;
    return 0;
}

static void free_events(struct rec_ingest *g)
{
    free(g->user);
    free(g->item);
    free(g->weight);
    free(g->time);
    free(g->at_line);
    g->user = g->item = NULL;
    g->weight = NULL;
    g->time = NULL;
    g->at_line = NULL;
    g->user_cap = g->item_cap = g->weight_cap = g->time_cap = g->line_cap = 0;
    g->events = 0;
}

void rec_ingest_free(struct rec_ingest *g)
{
    if (!g) {
        return;
    }
    for (size_t i = 0; i < g->pieces; i++) {
        rec_piece_release(&g->piece[i]);
    }
    free(g->piece);
    free_events(g);
    rec_text_close(g->text);
    rec_digest_free(g->digest);
    rec_dict_free(g->users);
    rec_dict_free(g->items);
    free(g->source);
    free(g);
}

/* ---- what is known ----------------------------------------------------- */

unsigned rec_ingest_columns(const struct rec_ingest *g)
{
    return g->columns;
}

const struct rec_dict *rec_ingest_users(const struct rec_ingest *g)
{
    return g->users;
}

const struct rec_dict *rec_ingest_items(const struct rec_ingest *g)
{
    return g->items;
}

const struct rec_ingest_counts *rec_ingest_counts(const struct rec_ingest *g)
{
    return &g->counts;
}

const struct rec_text_layout *rec_ingest_layout(const struct rec_ingest *g)
{
    return g->text ? rec_text_layout(g->text) : NULL;
}

void rec_ingest_digest(const struct rec_ingest *g,
                       uint8_t out[REC_DIGEST_BYTES])
{
    rec_digest_get(g->digest, out);
}

const char *rec_ingest_place(const struct rec_ingest *g, uint64_t line,
                             uint64_t *in_file)
{
    size_t i = g->sources - 1;

    while (i > 0 && g->source[i].before >= line) {
        i--;
    }
    *in_file = line - g->source[i].before;
    return g->source[i].name;
}

/* A word for a weight in the first line: most likely a header with names that
   we do not know. */
static int may_be_header(const struct rec_ingest *g, uint64_t in_file,
                         const char *why)
{
    static const char *const begin[] = {"weight '", "time '"};
    int may = 0;

    for (int i = 0; i < 2; i++) {
        size_t n = strlen(begin[i]);

        may |= strncmp(why, begin[i], n) == 0 && isalpha((unsigned char)why[n]);
    }
    return may && in_file == 1 && g->o.text.header == REC_HEADER_AUTO;
}

/* An error at line LINE, counted over all files: "FILE:LINE: ...". */
static int fail_at(const struct rec_ingest *g, uint64_t line, int code,
                   const char *why, struct rec_error *err)
{
    uint64_t in_file;
    const char *name = rec_ingest_place(g, line, &in_file);

    return rec_fail(err, code, "%s:%" PRIu64 ": %s%s", name, in_file, why,
                    !may_be_header(g, in_file, why) ? ""
                    : g->o.text.columns
                        ? " (a header? then use --header=yes)"
                        : " (a header? then use "
                          "--columns=user=NAME,item=NAME,weight=NAME)");
}

/* ---- files ------------------------------------------------------------- */

/* All files must have the same columns. */
static int take_columns(struct rec_ingest *g, const struct rec_text_layout *l,
                        struct rec_error *err)
{
    unsigned columns =
        (l->column[REC_TEXT_WEIGHT] >= 0 ? REC_COL_WEIGHT : 0u)
        | (l->column[REC_TEXT_TIME] >= 0 ? REC_COL_TIME : 0u);
    unsigned differ = columns ^ g->columns;

    if (g->has_columns && differ) {
        int weight = (differ & REC_COL_WEIGHT) != 0;
        int here = (columns & (weight ? REC_COL_WEIGHT : REC_COL_TIME)) != 0;

        return rec_fail(err, REC_EPARSE,
                        "%s: has %s %s column, unlike the files before it",
                        rec_text_name(g->text), here ? "a" : "no",
                        weight ? "weight" : "time");
    }
    g->has_columns = 1;
    g->columns = columns;
    return 0;
}

static int add_source(struct rec_ingest *g, const char *path,
                      struct rec_error *err)
{
    struct source *s;

    if (rec_reserve(&g->source, &g->source_cap, g->sources + 1,
                    sizeof *g->source)
        != 0) {
        return rec_fail_nomem(err);
    }
    s = &g->source[g->sources++];
    s->name = strcmp(path, "-") == 0 ? "standard input" : path;
    s->before = g->line;
    return 0;
}

int rec_ingest_open(struct rec_ingest *g, const char *path,
                    struct rec_error *err)
{
    const struct rec_text_skipped *skipped;
    const struct rec_text_layout *l;
    int rc;

    rec_text_close(g->text);
    g->text = NULL;
    rc = add_source(g, path, err);
    rc = rc ? rc : rec_text_open(&g->text, path, &g->o.text, g->digest, err);
    if (rc != 0) {
        return rc;
    }
    skipped = rec_text_skipped(g->text);
    g->line += skipped->physical;
    g->counts.headers += skipped->headers;
    g->counts.empty += skipped->empty;
    g->counts.lines += skipped->headers + skipped->empty;
    l = rec_text_layout(g->text);
    rc = l ? take_columns(g, l, err) : 0;
    if (rc == 0) {
        g->task.layout = l;
        g->task.users = g->users;
        g->task.items = g->items;
        g->task.columns = g->columns;
        g->task.keep_lines = g->o.keep_lines;
        g->task.stop_at_bad = g->o.bad == NULL;
        g->total = rec_text_left(g->text);
        g->parsed = 0;
        g->before = g->events;
        g->next_rc = rec_text_next(g->text, &g->next, &g->next_err);
    }
    return rc;
}

/* ---- blocks ------------------------------------------------------------ */

static int reserve_pieces(struct rec_ingest *g, size_t n,
                          struct rec_error *err)
{
    if (rec_reserve(&g->piece, &g->piece_cap, n, sizeof *g->piece) != 0) {
        return rec_fail_nomem(err);
    }
    for (; g->pieces < n; g->pieces++) {
        memset(&g->piece[g->pieces], 0, sizeof *g->piece);
    }
    return 0;
}

/* Parse BLOCK by all threads, one of which first reads the block after it. */
static void parse_block(struct rec_ingest *g,
                        const struct rec_text_block *block)
{
    long n = (long)block->pieces;

#pragma omp parallel for schedule(dynamic, 1) num_threads(g->o.threads)
    for (long i = -1; i < n; i++) {
        if (i < 0) {
            g->next_rc = rec_text_next(g->text, &g->next, &g->next_err);
        } else {
            if (block->heading) {
                g->piece[i].heading = block->heading[i];
            }
            rec_piece_parse(&g->piece[i], &g->task, block->cut[i],
                            block->cut[i + 1], block->quotes);
        }
    }
}

/* Does a quote that nobody closed take lines behind its own into BAD, or is it
   the heading of others? To leave them out would lose them unseen. */
static int swallows_lines(const struct rec_ingest *g,
                          const struct rec_bad_line *bad, int why)
{
    return why == REC_ELIMIT
           && (g->task.layout->format == REC_TEXT_NETFLIX
               || memchr(bad->p, '\n', bad->n - 1) != NULL);
}

/* The bad lines of PC, whose first line is g->line + 1. Their reasons were
   not kept; the lines are parsed again for them. */
static int report_bad(struct rec_ingest *g, struct rec_piece *pc, int quotes,
                      struct rec_error *err)
{
    for (size_t i = 0; i < pc->bads; i++) {
        const struct rec_bad_line *bad = &pc->bad[i];
        struct rec_text_event ev;
        struct rec_error why;
        char *room = pc->room;
        int rc = rec_piece_line(g->task.layout, bad->p, bad->n, quotes, &room,
                                &ev, &why);

        fail_at(g, g->line + bad->line + 1, rc, why.text, &why);
        if (!g->o.bad || swallows_lines(g, bad, rc)) {
            return rec_fail(err, rc, "%s", why.text);
        }
        g->o.bad(g->o.ctx, why.text, bad->p, bad->n_end);
    }
    g->counts.bad += pc->bads;
    return 0;
}

static int reserve_events(struct rec_ingest *g, size_t n,
                          struct rec_error *err)
{
    if (rec_reserve(&g->user, &g->user_cap, n, sizeof *g->user) != 0
        || rec_reserve(&g->item, &g->item_cap, n, sizeof *g->item) != 0
        || (g->columns & REC_COL_WEIGHT
            && rec_reserve(&g->weight, &g->weight_cap, n, sizeof *g->weight)
                   != 0)
        || (g->columns & REC_COL_TIME
            && rec_reserve(&g->time, &g->time_cap, n, sizeof *g->time) != 0)
        || (g->o.keep_lines
            && rec_reserve(&g->at_line, &g->line_cap, n, sizeof *g->at_line)
                   != 0)) {
        return rec_fail_nomem(err);
    }
    return 0;
}

static void copy_piece(struct rec_ingest *g, const struct rec_piece *pc)
{
    size_t n = pc->events, at = pc->event_at;

    if (n == 0) {
        return;
    }
    memcpy(g->user + at, pc->user.index, n * sizeof *g->user);
    memcpy(g->item + at, pc->item.index, n * sizeof *g->item);
    if (g->columns & REC_COL_WEIGHT) {
        memcpy(g->weight + at, pc->weight, n * sizeof *g->weight);
    }
    if (g->columns & REC_COL_TIME) {
        memcpy(g->time + at, pc->time, n * sizeof *g->time);
    }
    for (size_t i = 0; g->o.keep_lines && i < n; i++) {
        g->at_line[at + i] = pc->line_at + pc->line[i] + 1;
    }
}

/* How many events the open file is going to bring us to, judged by what it
   had so far; never less than there are. Room made once is cheaper than room
   that grows. */
static size_t expected_events(const struct rec_ingest *g)
{
    double per_byte = g->parsed ? (double)(g->events - g->before)
                                      / (double)g->parsed
                                : 0;
    double all = (double)g->before + 1.02 * per_byte * (double)g->total;

    return !g->o.sorted && g->parsed >= 1 << 20 && all < 0x1p40
                   && all > (double)g->events
               ? (size_t)all
               : g->events;
}

/* Append the events of the first N pieces; g->events counts them already. */
static int copy_pieces(struct rec_ingest *g, size_t n, struct rec_error *err)
{
    int rc = 0;

    if (g->events > g->user_cap
        && reserve_events(g, expected_events(g), err) != 0) {
        rc = reserve_events(g, g->events, err);
    }

#pragma omp parallel for num_threads(g->o.threads) if (rc == 0)
    for (long i = 0; i < (rc ? 0 : (long)n); i++) {
        copy_piece(g, &g->piece[i]);
    }
    return rc;
}

/* Do the events from FROM on keep every user's together? With --sorted they
   must. */
static int check_order(struct rec_ingest *g, size_t from,
                       struct rec_error *err)
{
    for (size_t e = from; e < g->events && (g->grouped || g->o.sorted); e++) {
        uint32_t user = g->user[e];

        if (user < g->newest) { /* numbered by first appearance */
            g->grouped = 0;
            if (g->o.sorted) {
                struct rec_cell id;
                char text[REC_CELL_TEXT], why[128];

                id.p = rec_dict_id(g->users, user, &id.n);
                snprintf(why, sizeof why,
                         "user '%s' comes back, the input is not sorted",
                         rec_cell_text(&id, text));
                return fail_at(g, g->at_line[e], REC_EREPEAT, why, err);
            }
        }
        g->newest = user;
    }
    return 0;
}

/* Put together what the threads made of BLOCK. */
static int merge_block(struct rec_ingest *g,
                       const struct rec_text_block *block,
                       struct rec_error *err)
{
    size_t at = g->events;
    int rc = 0;

    for (size_t i = 0; i < block->pieces && rc == 0; i++) {
        struct rec_piece *pc = &g->piece[i];

        rc = pc->rc ? rec_fail_nomem(err) : 0;
        rc = rc ? rc : rec_id_column_resolve(&pc->user, pc->events, g->users,
                                             err);
        rc = rc ? rc : rec_id_column_resolve(&pc->item, pc->events, g->items,
                                             err);
        rc = rc ? rc : report_bad(g, pc, block->quotes, err);
        if (rc == 0) {
            pc->event_at = g->events;
            pc->line_at = g->line;
            g->events += pc->events;
            g->line += pc->physical;
            g->counts.lines += pc->lines;
            g->counts.empty += pc->empty;
            g->counts.bare += pc->bare;
            g->counts.headers += pc->headings;
            g->counts.used += pc->lines - pc->empty - pc->bare - pc->headings
                              - pc->bads;
            g->counts.events += pc->events;
        }
    }
    g->parsed += (size_t)(block->cut[block->pieces] - block->cut[0]);
    rc = rc ? rc : copy_pieces(g, block->pieces, err);
    return rc ? rc : check_order(g, at, err);
}

/* An event's place in a chunk has 32 bits. */
static int check_number(const struct rec_ingest *g, struct rec_error *err)
{
    if (g->events > UINT32_MAX) {
        return rec_fail(err, REC_ELIMIT,
                        "more than 4294967295 events; sort them by user and "
                        "use --sorted");
    }
    return 0;
}

/* Bytes held for every event until it is grouped: all columns, and the
   largest of them once more. */
static size_t event_bytes(const struct rec_ingest *g)
{
    return 2 * sizeof *g->user
           + (g->columns & REC_COL_WEIGHT ? sizeof *g->weight : 0)
           + (g->columns & REC_COL_TIME ? sizeof *g->time : 0)
           + (g->o.keep_lines ? sizeof *g->at_line : 0)
           + (g->columns & REC_COL_TIME ? sizeof *g->time
                                        : sizeof *g->item);
}

static int check_memory(const struct rec_ingest *g, struct rec_error *err)
{
    double held = (double)g->events * (double)event_bytes(g)
                  + (double)rec_dict_memory(g->users)
                  + (double)rec_dict_memory(g->items);

    if (g->o.max_bytes > 0 && held > (double)g->o.max_bytes) {
        return rec_fail(err, REC_ENOMEM,
                        "%" PRIu64 " events read so far need %.1f MiB, "
                        "--max-mem allows %.1f MiB",
                        g->counts.events, held / 0x1p20,
                        (double)g->o.max_bytes / 0x1p20);
    }
    return 0;
}

int rec_ingest_next(struct rec_ingest *g, struct rec_error *err)
{
    struct rec_text_block block = g->next;
    int rc = g->next_rc;

    if (rc < 0) {
        return rc == REC_ELIMIT
                   ? fail_at(g, g->line + 1, rc, g->next_err.text, err)
                   : rec_fail(err, rc, "%s", g->next_err.text);
    }
    if (rc == 0) {
        return 0;
    }
    rc = reserve_pieces(g, block.pieces, err);
    if (rc != 0) {
        return rc;
    }
    parse_block(g, &block);
    rc = merge_block(g, &block, err);
    rc = rc ? rc : check_number(g, err);
    rc = rc ? rc : check_memory(g, err);
    if (rc == 0) {
        rec_progress(g->o.progress, "reading", (double)g->parsed,
                     (double)(g->total > 0 ? g->total : 0));
    }
    return rc ? rc : 1;
}

/* ---- grouping ---------------------------------------------------------- */

/* Columns being brought into the order of their users. */
struct scatter {
    const uint32_t *place; /* where each event goes */
    size_t events;
    int threads;
    void *spare;       /* a column that was replaced, room for the next */
    size_t spare_size; /* bytes per event in it */
};

/* Replace *COLUMN (NULL: there is none), SIZE bytes per event, by its copy in
   the new order. */
static int scatter_column(struct scatter *s, void *column, size_t size,
                          struct rec_error *err)
{
    char *in, *out;
    int64_t n = (int64_t)s->events;

    memcpy(&in, column, sizeof in); /* COLUMN is a T ** */
    if (!in) {
        return 0;
    }
    out = s->spare_size >= size ? s->spare : rec_alloc(s->events, size);
    if (!out) {
        return rec_fail_nomem(err);
    }
#pragma omp parallel for num_threads(s->threads)
    for (int64_t e = 0; e < n; e++) {
        if (size == 4) { /* copies of a constant size are single moves */
            memcpy(out + 4 * (size_t)s->place[e], in + 4 * e, 4);
        } else {
            memcpy(out + 8 * (size_t)s->place[e], in + 8 * e, 8);
        }
    }
    memcpy(column, &out, sizeof out);
    if (out != s->spare) {
        free(s->spare);
    }
    s->spare = in;
    s->spare_size = size;
    return 0;
}

/* Turn USER, the user of each event, into the event's place. */
static int find_places(const struct rec_chunk *c, uint32_t *user,
                       struct rec_error *err)
{
    size_t n = rec_csr_events(&c->rows), rows = c->rows.rows;
    uint32_t *next = rec_alloc(rows, sizeof *next);

    if (!next) {
        return rec_fail_nomem(err);
    }
    for (size_t r = 0; r < rows; r++) {
        next[r] = (uint32_t)c->rows.start[r];
    }
    for (size_t e = 0; e < n; e++) {
        user[e] = next[user[e] - c->first]++;
    }
    free(next);
    return 0;
}

/* The widest columns come first, so that only one needs new memory. */
static int scatter_chunk(struct rec_chunk *c, uint32_t *user, int threads,
                         struct rec_error *err)
{
    struct rec_csr *m = &c->rows;
    struct scatter s = {user, rec_csr_events(m), threads, NULL, 0};
    int rc = find_places(c, user, err);

    rc = rc ? rc : scatter_column(&s, &c->line, sizeof *c->line, err);
    rc = rc ? rc : scatter_column(&s, &m->time, sizeof *m->time, err);
    rc = rc ? rc : scatter_column(&s, &m->item, sizeof *m->item, err);
    rc = rc ? rc : scatter_column(&s, &m->weight, sizeof *m->weight, err);
    free(s.spare);
    return rc;
}

/* Count the first N events by user: c->rows.start. */
static int count_rows(const struct rec_ingest *g, size_t n, size_t rows,
                      struct rec_chunk *c, struct rec_error *err)
{
    int64_t *start = rec_zalloc(rows + 1, sizeof *start);

    if (!start) {
        return rec_fail_nomem(err);
    }
    for (size_t e = 0; e < n; e++) {
        start[g->user[e] - g->first + 1]++;
    }
    for (size_t r = 0; r < rows; r++) {
        start[r + 1] += start[r];
    }
    c->rows.start = start;
    c->rows.rows = rows;
    c->rows.cols = rec_dict_count(g->items);
    c->first = g->first;
    return 0;
}

/* The first N events of *COLUMN become *OUT, the rest move to the front. */
static int split_column(void *column, void *out, size_t n, size_t events,
                        size_t size, struct rec_error *err)
{
    char *from, *to;

    memcpy(&from, column, sizeof from);
    if (!from) {
        return 0;
    }
    to = rec_alloc(n, size);
    if (!to) {
        return rec_fail_nomem(err);
    }
    memcpy(to, from, n * size);
    memmove(from, from + n * size, (events - n) * size);
    memcpy(out, &to, sizeof to);
    return 0;
}

/* Of sorted input: all but the last user, already grouped. */
static int take_front(struct rec_ingest *g, struct rec_chunk *c,
                      struct rec_error *err)
{
    size_t all = g->events, n = all;
    int rc;

    while (n > 0 && g->user[n - 1] == g->newest) {
        n--;
    }
    rc = count_rows(g, n, n ? g->newest - g->first : 0, c, err);
    rc = rc ? rc : split_column(&g->item, &c->rows.item, n, all,
                                sizeof *g->item, err);
    rc = rc ? rc : split_column(&g->weight, &c->rows.weight, n, all,
                                sizeof *g->weight, err);
    rc = rc ? rc : split_column(&g->time, &c->rows.time, n, all,
                                sizeof *g->time, err);
    rc = rc ? rc : split_column(&g->at_line, &c->line, n, all,
                                sizeof *g->at_line, err);
    if (all > n) { /* without events there may be no array */
        memmove(g->user, g->user + n, (all - n) * sizeof *g->user);
    }
    g->events = all - n;
    g->first += (uint32_t)c->rows.rows;
    return rc;
}

/* All events, their arrays handed over. */
static int take_all(struct rec_ingest *g, struct rec_chunk *c,
                    struct rec_error *err)
{
    uint32_t *user = g->user;
    size_t rows = rec_dict_count(g->users) - g->first;
    int rc = count_rows(g, g->events, rows, c, err);

    if (rc != 0) {
        return rc;
    }
    c->rows.item = g->item;
    c->rows.weight = g->weight;
    c->rows.time = g->time;
    c->line = g->at_line;
    g->user = g->item = NULL;
    g->weight = NULL;
    g->time = NULL;
    g->at_line = NULL;
    free_events(g); /* the capacities */
    if (!g->grouped) {
        rc = scatter_chunk(c, user, g->o.threads, err);
    }
    free(user);
    g->first += (uint32_t)rows;
    g->grouped = 1;
    return rc;
}

int rec_ingest_take(struct rec_ingest *g, int all, struct rec_chunk *chunk,
                    struct rec_error *err)
{
    int rc;

    memset(chunk, 0, sizeof *chunk);
    rc = all ? take_all(g, chunk, err) : take_front(g, chunk, err);
    if (rc != 0) {
        rec_chunk_release(chunk);
    }
    return rc;
}

void rec_chunk_release(struct rec_chunk *c)
{
    rec_csr_release(&c->rows);
    free(c->line);
    c->line = NULL;
}
