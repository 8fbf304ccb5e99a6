/* SPDX-License-Identifier: MIT */
/* Reading table files: every byte is verified, every number judged, and no id
   may have two slots. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/dict.h"
#include "data/idbook_private.h"

struct reading {
    struct rec_stream_reader *in;
    struct rec_idbook *book;
    int begun; /* the parameters have been read */
    int side, halves; /* where we are: side, and halves of its filter */
    void *text, *use; /* of the open batch, taken from the stream */
    size_t text_len, use_len;
};

static int corrupt(const struct reading *r, const struct rec_block *b,
                   struct rec_error *err, const char *why)
{
    return rec_stream_fail(rec_stream_name(r->in), b, REC_ECORRUPT, err,
                           "damaged: %s", why);
}

/* The line "NAME number" at *AT, before END. */
static int take_line(const char **at, const char *end, const char *name,
                     uint64_t *out)
{
    const char *nl = memchr(*at, '\n', (size_t)(end - *at));
    size_t n = strlen(name);
    int64_t v;

    if (!nl || (size_t)(nl - *at) <= n || memcmp(*at, name, n) != 0
        || (*at)[n] != ' '
        || rec_parse_int(*at + n + 1, (size_t)(nl - *at) - n - 1, 0,
                         INT64_MAX, &v)
               != 0) {
        return -1;
    }
    *out = (uint64_t)v;
    *at = nl + 1;
    return 0;
}

static int take_parameters(struct reading *r, const struct rec_block *b,
                           struct rec_error *err)
{
    const char *at = b->data, *end = at + b->nbytes;
    struct rec_idsettings set;
    int rc = 0;

    for (int i = 0; i < REC_SETTINGS && rc == 0; i++) {
        rc = take_line(&at, end, rec_settings_name[i],
                       rec_settings_at(&set, i));
    }
    if (rc != 0 || at != end || r->begun || b->dtype != REC_BYTES
        || set.admit < 1 || set.admit > REC_SKETCH_MAX_COUNT
        || set.by > REC_ADMIT_CHANCE || set.now > UINT32_MAX
        || set.expire > UINT32_MAX
        || set.sketch > REC_SKETCH_MAX_CAPACITY) {
        return rec_stream_fail(rec_stream_name(r->in), b, REC_EFORMAT, err,
                               "these parameters are not known to this "
                               "version");
    }
    rc = rec_idbook_init(r->book, set.seed, err);
    r->begun = rc == 0;
    r->book->set = set;
    r->book->set.sketch = 0; /* until its first block comes */
    return rc ? rc : rec_idbook_sketch(r->book, (uint32_t)set.sketch, err);
}

static int take_history(struct reading *r, const struct rec_block *b,
                        struct rec_error *err)
{
    struct rec_idbook *k = r->book;
    size_t n = b->nbytes / sizeof *k->history;

    if (k->versions > 0 || n == 0 || b->nbytes % sizeof *k->history != 0
        || n > REC_TABLE_HISTORY || b->dtype != REC_BYTES) {
        return corrupt(r, b, err, "not a list of digests");
    }
    if (rec_reserve(&k->history, &k->history_cap, n, sizeof *k->history)
        != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(k->history, b->data, b->nbytes);
    k->versions = n;
    return 0;
}

/* The block must be of this side, or of the next. */
static int take_side(struct reading *r, const struct rec_block *b,
                     struct rec_error *err)
{
    int side = strcmp(b->name, rec_side_name[REC_ITEMS]) == 0 ? REC_ITEMS
                                                              : REC_USERS;

    if (strcmp(b->name, rec_side_name[side]) != 0 || side < r->side) {
        return corrupt(r, b, err, "this block does not belong here");
    }
    if (side > r->side) {
        r->halves = 0;
    }
    r->side = side;
    return 0;
}

static int begin_batch(struct reading *r, const struct rec_block *b,
                       struct rec_error *err)
{
    int rc = take_side(r, b, err);

    if (rc == 0 && (r->text || r->halves > 0 || b->dtype != REC_BYTES
                    || b->nbytes == 0)) {
        rc = corrupt(r, b, err, "not a list of ids");
    }
    if (rc == 0) {
        r->text_len = b->nbytes;
        r->text = rec_stream_take(r->in);
    }
    return rc;
}

static int take_use(struct reading *r, const struct rec_block *b,
                    struct rec_error *err)
{
    if (!r->text || r->use || b->dtype != REC_U32
        || strcmp(b->name, rec_side_name[r->side]) != 0) {
        return corrupt(r, b, err, "this block does not belong here");
    }
    r->use_len = b->nbytes / sizeof(uint32_t);
    r->use = rec_stream_take(r->in);
    return 0;
}

static int restore(struct reading *r, const struct rec_block *b,
                   const char *id, size_t len, uint32_t use, uint32_t gen,
                   struct rec_error *err)
{
    struct rec_error why;
    int rc;

    if ((len > 0 && rec_id_check(id, len)) || gen > REC_MAX_GENERATION) {
        return corrupt(r, b, err, "not a list of ids");
    }
    rc = rec_idtable_restore(r->book->side[r->side], id, len, use, gen, &why);
    return rc == 0 ? 0
                   : rec_stream_fail(rec_stream_name(r->in), b, rc, err, "%s",
                                     why.text);
}

static int close_batch(struct reading *r, const struct rec_block *b,
                       struct rec_error *err)
{
    const uint32_t *use = r->use, *gen = b->data;
    const char *at, *end;
    size_t n = b->nbytes / sizeof *gen;
    int rc = 0;

    if (!r->use || b->dtype != REC_U32 || n != r->use_len
        || strcmp(b->name, rec_side_name[r->side]) != 0) {
        return corrupt(r, b, err, "the batch before it does not fit");
    }
    at = r->text;
    end = at + r->text_len;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const char *nl = at < end ? memchr(at, '\n', (size_t)(end - at))
                                  : NULL;

        rc = nl ? restore(r, b, at, (size_t)(nl - at), use[i], gen[i], err)
                : corrupt(r, b, err, "ids are missing");
        at = nl ? nl + 1 : end;
    }
    if (rc == 0 && at != end) {
        rc = corrupt(r, b, err, "ids without a slot");
    }
    free(r->text);
    free(r->use);
    r->text = r->use = NULL;
    return rc;
}

/* The filter's halves: first the one in use. */
static int take_counts(struct reading *r, const struct rec_block *b,
                       struct rec_error *err)
{
    struct rec_idsketch *s;
    int rc = take_side(r, b, err);

    if (rc != 0) {
        return rc;
    }
    s = &r->book->sketch[r->side];
    if (r->text || r->halves == 2 || s->capacity == 0
        || b->dtype != REC_BYTES
        || b->nbytes != s->cells * sizeof *s->cell[0]) {
        return corrupt(r, b, err, "the counting filter does not fit");
    }
    memcpy(s->cell[r->halves], b->data, b->nbytes);
    for (size_t i = 0; i < s->cells && r->halves == 0; i++) {
        s->seen += s->cell[0][i] != 0;
    }
    r->halves++;
    return 0;
}

static int take_block(struct reading *r, const struct rec_block *b,
                      struct rec_error *err)
{
    if (b->type[0] >= 'a') {
        return 0; /* may be skipped */
    }
    if (strcmp(b->type, REC_BLOCK_PARAM) == 0) {
        return take_parameters(r, b, err);
    }
    if (r->begun && strcmp(b->type, REC_BLOCK_TABLE_HISTORY) == 0) {
        return take_history(r, b, err);
    }
    if (r->begun && strcmp(b->type, REC_BLOCK_TABLE_IDS) == 0) {
        return begin_batch(r, b, err);
    }
    if (r->begun && strcmp(b->type, REC_BLOCK_TABLE_USE) == 0) {
        return take_use(r, b, err);
    }
    if (r->begun && strcmp(b->type, REC_BLOCK_TABLE_GENERATION) == 0) {
        return close_batch(r, b, err);
    }
    if (r->begun && strcmp(b->type, REC_BLOCK_TABLE_COUNTS) == 0) {
        return take_counts(r, b, err);
    }
    return corrupt(r, b, err, "this block does not belong here");
}

static int check_end(struct reading *r, struct rec_error *err)
{
    const struct rec_counts *c = rec_stream_counts(r->in);
    struct rec_idbook *b = r->book;

    if (!r->begun || r->text
        || c->rows
               != (uint64_t)rec_idtable_slots(b->side[REC_USERS])
                      + rec_idtable_slots(b->side[REC_ITEMS])
        || c->events
               != (uint64_t)rec_idtable_count(b->side[REC_USERS])
                      + rec_idtable_count(b->side[REC_ITEMS])) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: the slots are not those that the end "
                        "block counts",
                        rec_stream_name(r->in));
    }
    memcpy(b->digest, rec_stream_digest(r->in), sizeof b->digest);
    b->saved = 1;
    return 0;
}

int rec_idbook_load(struct rec_idbook *out, const char *path,
                    struct rec_error *err)
{
    struct rec_idbook book;
    struct reading r;
    struct rec_block b;
    int rc;

    memset(&book, 0, sizeof book);
    memset(&r, 0, sizeof r);
    r.book = &book;
    rc = rec_stream_reader_open(&r.in, path, err);
    if (rc != 0) {
        return rc;
    }
    if (strcmp(rec_stream_head(r.in)->kind, REC_TABLE_KIND) != 0) {
        rc = rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a table",
                      rec_stream_name(r.in), rec_stream_head(r.in)->kind);
    }
    while (rc == 0 && (rc = rec_stream_next(r.in, &b, err)) == 1) {
        rc = take_block(&r, &b, err);
    }
    rc = rc ? rc : check_end(&r, err);
    free(r.text);
    free(r.use);
    rec_stream_reader_close(r.in);
    if (rc != 0) {
        rec_idbook_release(&book);
        return rc;
    }
    *out = book;
    return 0;
}
