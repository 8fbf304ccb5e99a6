/* SPDX-License-Identifier: MIT */
/* Text in blocks of whole lines: see textin.h.

   Two buffers take turns. While the block in one is being parsed, the other
   is filled: first with the line that the block before had to leave
   unfinished, then from the file. Blocks begin small, so that the first ids
   are known early, and grow to BLOCK_MOST bytes. */
#include <config.h>

#include "io/textin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/input.h"
#include "io/stream_private.h"
#include "io/textin_private.h"

enum { BLOCK_FIRST = 1 << 16, BLOCK_MOST = 1 << 22, PIECE = 1 << 18 };

struct buffer {
    char *data;
    size_t cap;
    const char **cut;
    size_t cut_cap;
    struct rec_cell *heading; /* netflix: before each piece */
    size_t heading_cap;
    size_t pieces;
    char *first; /* the text of heading[0], from the buffer before */
    size_t first_len, first_cap;
};

struct rec_text {
    struct rec_input *in;
    struct rec_digest *digest; /* borrowed */
    struct rec_text_layout layout;
    int has_layout;
    struct buffer buffer[2], *now;
    size_t from, len; /* of NOW: [from, len) is not yet given out */
    int given;        /* a block of NOW was given out */
    size_t want;      /* bytes to read next */
    int eof;
    struct rec_text_skipped skipped;
};

const char *rec_text_name(const struct rec_text *t)
{
    return rec_input_name(t->in);
}

const struct rec_text_layout *rec_text_layout(const struct rec_text *t)
{
    return t->has_layout ? &t->layout : NULL;
}

int64_t rec_text_left(const struct rec_text *t)
{
    int64_t left = rec_input_left(t->in);

    return left < 0 ? -1 : left + (int64_t)(t->len - t->from);
}

const struct rec_text_skipped *rec_text_skipped(const struct rec_text *t)
{
    return &t->skipped;
}

/* Read some more behind what is there. An unfinished line is doubled: each
   time it is looked at from its beginning, which must not happen once for
   every few bytes of a long one. */
static int fill(struct rec_text *t, struct rec_error *err)
{
    struct buffer *b = t->now;
    size_t rest = t->len - t->from, n = rest > t->want ? rest : t->want, got;
    int rc;

    if (rest > REC_TEXT_MAX_LINE) {
        return rec_fail(err, REC_ELIMIT,
                        "a line of more than 256 MiB, or a quoted field "
                        "that is never closed");
    }
    if (n > REC_TEXT_MAX_LINE - rest + BLOCK_MOST) {
        n = REC_TEXT_MAX_LINE - rest + BLOCK_MOST;
    }
    if (rec_reserve(&b->data, &b->cap, t->len + n, 1) != 0) {
        return rec_fail_nomem(err);
    }
    rc = rec_input_read(t->in, b->data + t->len, n, &got, err);
    if (rc != 0) {
        return rc;
    }
    if (t->digest) {
        rec_digest_add(t->digest, b->data + t->len, got);
    }
    t->len += got;
    t->eof = got < n;
    if (t->want < BLOCK_MOST) {
        t->want *= 2;
    }
    return 0;
}

/* ---- blocks ------------------------------------------------------------ */

static int add_cut(struct buffer *b, size_t n, const char *p,
                   struct rec_error *err)
{
    if (rec_reserve(&b->cut, &b->cut_cap, n + 1, sizeof *b->cut) != 0) {
        return rec_fail_nomem(err);
    }
    b->cut[n] = p;
    return 0;
}

/* The end of the lines that begin at P, go on for about PIECE bytes and are
   complete before END; P if not one is. */
static const char *piece_end(const char *p, const char *end)
{
    const char *at = end;

    if (end - p > PIECE) {
        at = memchr(p + PIECE - 1, '\n', (size_t)(end - p - PIECE + 1));
        if (at) {
            return at + 1;
        }
        at = p + PIECE;
    }
    while (at > p && at[-1] != '\n') {
        at--;
    }
    return at;
}

/* The same when lines may have quoted line breaks: P has to be the start of
   a line, and every line is walked over. */
static const char *quoted_piece_end(const struct rec_text *t, const char *p,
                                    const char *end)
{
    const char *at = p;
    uint64_t lines;
    size_t n;

    while (at - p < PIECE && at < end) {
        const char *next = rec_text_line(&t->layout, at, end, 1, &n, &lines);

        if (next[-1] != '\n' || (size_t)(next - at) == n) {
            break; /* ended by END, perhaps inside a quoted field */
        }
        at = next;
    }
    return at;
}

/* The last heading in the lines [P, END), or the one before them. */
static struct rec_cell last_heading(const char *p, const char *end,
                                    const struct rec_cell *before)
{
    while (end > p) {
        const char *line = end - 1;
        struct rec_cell c;

        while (line > p && line[-1] != '\n') {
            line--;
        }
        c.p = line;
        c.n = (size_t)(end - 1 - line);
        c.n -= c.n > 0 && c.p[c.n - 1] == '\r';
        if (rec_text_heading(c.p, c.n)) {
            c.n--;
            return c;
        }
        end = line;
    }
    return *before;
}

/* The headings of the N pieces of B, the one behind them included. */
static int find_headings(struct buffer *b, size_t n, struct rec_error *err)
{
    if (rec_reserve(&b->heading, &b->heading_cap, n + 1, sizeof *b->heading)
        != 0) {
        return rec_fail_nomem(err);
    }
    b->heading[0].p = b->first;
    b->heading[0].n = b->first_len;
    for (size_t i = 0; i < n; i++) {
        b->heading[i + 1] = last_heading(b->cut[i], b->cut[i + 1],
                                         &b->heading[i]);
    }
    return 0;
}

/* Cut what NOW holds. *PIECES is 0 when it holds no complete line yet. */
static int cut_block(struct rec_text *t, struct rec_text_block *block,
                     struct rec_error *err)
{
    struct buffer *b = t->now;
    const char *p = b->data + t->from, *end = b->data + t->len;
    size_t n = 0;
    int rc;

    block->quotes = t->layout.format == REC_TEXT_CSV && p < end
                    && memchr(p, '"', (size_t)(end - p)) != NULL;
    rc = add_cut(b, 0, p, err);
    while (rc == 0 && p < end) {
        const char *at = block->quotes ? quoted_piece_end(t, p, end)
                                       : piece_end(p, end);

        if (at == p) {
            if (!t->eof) {
                break;
            }
            at = end; /* the last line lacks its LF */
        }
        p = at;
        rc = add_cut(b, ++n, p, err);
    }
    if (rc == 0 && t->layout.format == REC_TEXT_NETFLIX) {
        rc = find_headings(b, n, err);
    }
    block->pieces = n;
    block->cut = b->cut;
    block->heading = t->layout.format == REC_TEXT_NETFLIX ? b->heading : NULL;
    b->pieces = n;
    return rc;
}

/* NOW begins behind the last heading of OLD. */
static int pass_heading(struct buffer *now, const struct buffer *old,
                        struct rec_error *err)
{
    const struct rec_cell *last = &old->heading[old->pieces];

    if (rec_reserve(&now->first, &now->first_cap, last->n + 1, 1) != 0) {
        return rec_fail_nomem(err);
    }
    if (last->n > 0) { /* else there was none, and no LAST->P */
        memcpy(now->first, last->p, last->n);
    }
    now->first_len = last->n;
    return 0;
}

/* Let the other buffer begin with what the block just given out left. */
static int take_turns(struct rec_text *t, struct rec_error *err)
{
    struct buffer *old = t->now;
    size_t rest = t->len - t->from;

    t->now = old == &t->buffer[0] ? &t->buffer[1] : &t->buffer[0];
    if (rec_reserve(&t->now->data, &t->now->cap, rest + t->want, 1) != 0) {
        return rec_fail_nomem(err);
    }
    if (t->layout.format == REC_TEXT_NETFLIX
        && pass_heading(t->now, old, err) != 0) {
        return REC_ENOMEM;
    }
    memcpy(t->now->data, old->data + t->from, rest);
    t->from = 0;
    t->len = rest;
    t->given = 0;
    return t->eof ? 0 : fill(t, err);
}

int rec_text_next(struct rec_text *t, struct rec_text_block *block,
                  struct rec_error *err)
{
    int rc = 0;

    if (!t->has_layout) {
        return 0;
    }
    if (t->given) {
        rc = take_turns(t, err);
    }
    for (;;) {
        rc = rc ? rc : cut_block(t, block, err);
        if (rc != 0) {
            return rc;
        }
        if (block->pieces > 0) {
            break;
        }
        if (t->eof) {
            return 0;
        }
        rc = fill(t, err);
    }
    t->from = (size_t)(block->cut[block->pieces] - t->now->data);
    t->given = 1;
    return 1;
}

/* ---- the beginning ----------------------------------------------------- */

/* Step over a byte order mark and find the first line that is not empty.
   *AT is its start; t->len when there is none. */
static int find_first_line(struct rec_text *t, size_t *at, size_t *end,
                           struct rec_error *err)
{
    size_t from;
    int rc = fill(t, err);

    if (rc == 0 && t->len >= 3
        && memcmp(t->now->data, "\xef\xbb\xbf", 3) == 0) {
        t->from = 3;
    }
    from = t->from;
    while (rc == 0) {
        const char *p = t->now->data + from;
        const char *nl = memchr(p, '\n', t->len - from);
        size_t n = nl ? (size_t)(nl - p) : t->len - from;

        if (!nl && !t->eof) {
            rc = fill(t, err);
            continue;
        }
        n -= n > 0 && p[n - 1] == '\r';
        if (n > 0 || !nl) {
            *at = from;
            *end = from + n;
            break;
        }
        t->skipped.physical++;
        t->skipped.empty++;
        from = (size_t)(nl + 1 - t->now->data);
    }
    return rc;
}

/* The layout from the line that begins at AT, which has to be read to its
   end; a header is stepped over. */
static int take_layout(struct rec_text *t, const struct rec_text_options *o,
                       size_t at, size_t end, struct rec_error *err)
{
    const char *p = t->now->data + at, *next;
    uint64_t lines;
    size_t n = end - at;
    int header, rc;

    rc = rec_stream_refuse(p, n, rec_text_name(t), err);
    if (rc != 0) {
        return rc;
    }
    rc = rec_text_layout_format(&t->layout, o, p, n, err);
    while (rc == 0) {
        p = t->now->data + at;
        next = rec_text_line(&t->layout, p, t->now->data + t->len, 1, &n,
                             &lines);
        if (next < t->now->data + t->len || t->eof) {
            break;
        }
        rc = fill(t, err);
    }
    if (rc == 0) {
        rc = rec_text_layout_columns(&t->layout, o, p, n, &header, err);
    }
    if (rc != 0) {
        return rc;
    }
    t->has_layout = 1;
    if (header) {
        t->skipped.headers = 1;
        t->skipped.physical += lines;
        t->from = (size_t)(next - t->now->data);
    } else { /* the empty lines come with the first block */
        memset(&t->skipped, 0, sizeof t->skipped);
    }
    return 0;
}

int rec_text_open(struct rec_text **out, const char *path,
                  const struct rec_text_options *o, struct rec_digest *digest,
                  struct rec_error *err)
{
    struct rec_text *t = rec_zalloc(1, sizeof *t);
    size_t at = 0, end = 0;
    int rc;

    if (!t) {
        return rec_fail_nomem(err);
    }
    t->now = &t->buffer[0];
    t->want = BLOCK_FIRST;
    t->digest = digest;
    rc = rec_input_open(&t->in, path, 1, err);
    rc = rc ? rc : find_first_line(t, &at, &end, err);
    if (rc == 0 && end > at) {
        rc = take_layout(t, o, at, end, err);
    }
    if (rc == REC_EPARSE || rc == REC_ELIMIT) {
        rec_fail(err, rc, "%s:%" PRIu64 ": %s", rec_text_name(t),
                 t->skipped.physical + 1, err->text);
    }
    if (rc != 0) {
        rec_text_close(t);
        return rc;
    }
    *out = t;
    return 0;
}

void rec_text_close(struct rec_text *t)
{
    if (t) {
        rec_input_close(t->in);
        rec_text_layout_release(&t->layout);
        for (int i = 0; i < 2; i++) {
            free(t->buffer[i].data);
            free(t->buffer[i].cut);
            free(t->buffer[i].heading);
            free(t->buffer[i].first);
        }
        free(t);
    }
}
