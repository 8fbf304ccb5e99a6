/* SPDX-License-Identifier: MIT */
/* Tables of users and items in memory: see idbook.h; reading is in
   idbook_read.c. */
#include <config.h>

#include "data/idbook.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/idbook_private.h"

const char *const rec_side_name[REC_SIDES] = {"user", "item"};

const char *const rec_settings_name[REC_SETTINGS] = {
    "seed", "epoch", "now", "expire", "admit", "by", "sketch"};

uint64_t *rec_settings_at(struct rec_idsettings *s, int i)
{
    uint64_t *const at[REC_SETTINGS] = {&s->seed,  &s->epoch, &s->now,
                                        &s->expire, &s->admit, &s->by,
                                        &s->sketch};

    return at[i];
}

int rec_idbook_init(struct rec_idbook *b, uint64_t seed,
                    struct rec_error *err)
{
    memset(b, 0, sizeof *b);
    b->set.seed = seed;
    b->set.admit = 1;
    for (int i = 0; i < REC_SIDES; i++) {
        b->side[i] = rec_idtable_new(seed);
        if (!b->side[i]) {
            rec_idbook_release(b);
            return rec_fail_nomem(err);
        }
    }
    return 0;
}

void rec_idbook_release(struct rec_idbook *b)
{
    for (int i = 0; i < REC_SIDES; i++) {
        rec_idtable_free(b->side[i]);
        rec_idsketch_release(&b->sketch[i]);
    }
    free(b->history);
    memset(b, 0, sizeof *b);
}

int rec_idbook_sketch(struct rec_idbook *b, uint32_t capacity,
                      struct rec_error *err)
{
    for (int i = 0; i < REC_SIDES; i++) {
        rec_idsketch_release(&b->sketch[i]);
        if (capacity > 0
            && rec_idsketch_init(&b->sketch[i], capacity) != 0) {
            return rec_fail_nomem(err);
        }
    }
    b->set.sketch = capacity;
    return 0;
}

int64_t rec_idbook_age(const struct rec_idbook *b,
                       const uint8_t digest[REC_DIGEST_BYTES])
{
    if (b->saved && memcmp(b->digest, digest, sizeof b->digest) == 0) {
        return 0;
    }
    for (size_t i = b->versions; i > 0; i--) {
        if (memcmp(b->history[i - 1], digest, sizeof *b->history) == 0) {
            return (int64_t)(b->versions - i) + 1;
        }
    }
    return -1;
}

int rec_idbook_join(struct rec_idbook *b, const struct rec_idbook *from,
                    struct rec_error *err)
{
    char id[REC_MAX_ID];

    for (int i = 0; i < REC_SIDES; i++) {
        uint32_t n = rec_idtable_slots(from->side[i]);

        for (uint32_t s = 0; s < n; s++) {
            size_t len = rec_idtable_id(from->side[i], s, id);
            struct rec_idkey k = rec_idtable_key(b->side[i], id, len);
            uint32_t slot;
            int rc = len == 0 ? 0
                              : rec_idtable_add(
                                    b->side[i], &k,
                                    rec_idtable_stamp(from->side[i], s),
                                    &slot, err);

            if (rc != 0) {
                return rc;
            }
        }
    }
    b->set.now = from->set.now > b->set.now ? from->set.now : b->set.now;
    return 0;
}

/* ---- writing ------------------------------------------------------------ */

struct batch {
    struct rec_buf ids;
    uint32_t *use, *generation; /* REC_TABLE_BATCH each */
    size_t n;
};

static int write_batch(struct rec_stream_writer *w, int side, struct batch *b,
                       struct rec_error *err)
{
    const char *name = rec_side_name[side];
    size_t bytes = b->n * sizeof *b->use;
    int rc;

    if (b->n == 0) {
        return 0;
    }
    rc = rec_stream_write(w, REC_BLOCK_TABLE_IDS, name, REC_BYTES,
                          b->ids.data, b->ids.len, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_TABLE_USE, name, REC_U32, b->use,
                               bytes, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_TABLE_GENERATION, name, REC_U32,
                               b->generation, bytes, err);
    b->n = b->ids.len = 0;
    return rc;
}

static int write_side(struct rec_stream_writer *w,
                      const struct rec_idtable *t, int side,
                      struct rec_error *err)
{
    struct batch b = {{NULL, 0, 0},
                      rec_alloc(REC_TABLE_BATCH, sizeof *b.use),
                      rec_alloc(REC_TABLE_BATCH, sizeof *b.generation), 0};
    int rc = b.use && b.generation ? 0 : rec_fail_nomem(err);
    char id[REC_MAX_ID + 1];

    for (uint32_t s = 0; s < rec_idtable_slots(t) && rc == 0; s++) {
        size_t n = rec_idtable_id(t, s, id);

        id[n] = '\n';
        b.use[b.n] = rec_idtable_stamp(t, s);
        b.generation[b.n++] = rec_idtable_generation(t, s);
        if (rec_buf_add(&b.ids, id, n + 1) != 0) {
            rc = rec_fail_nomem(err);
        } else if (b.n == REC_TABLE_BATCH || b.ids.len >= REC_TABLE_TEXT) {
            rc = write_batch(w, side, &b, err);
        }
    }
    rc = rc ? rc : write_batch(w, side, &b, err);
    rec_buf_release(&b.ids);
    free(b.use);
    free(b.generation);
    return rc;
}

static int write_sketch(struct rec_stream_writer *w,
                        const struct rec_idsketch *s, int side,
                        struct rec_error *err)
{
    int rc = 0;

    for (int half = 0; half < 2 && s->capacity > 0 && rc == 0; half++) {
        int i = half ^ s->now; /* the half in use comes first */

        rc = rec_stream_write(w, REC_BLOCK_TABLE_COUNTS, rec_side_name[side],
                              REC_BYTES, s->cell[i],
                              s->cells * sizeof *s->cell[i], err);
    }
    return rc;
}

static int write_parameters(struct rec_stream_writer *w,
                            struct rec_idbook *b, struct rec_error *err)
{
    struct rec_buf text = {NULL, 0, 0};
    int rc = 0;

    for (int i = 0; i < REC_SETTINGS && rc == 0; i++) {
        rc = rec_buf_addf(&text, "%s %" PRIu64 "\n", rec_settings_name[i],
                          *rec_settings_at(&b->set, i));
    }
    rc = rc ? rec_fail_nomem(err)
            : rec_stream_write(w, REC_BLOCK_PARAM, NULL, REC_BYTES, text.data,
                               text.len, err);
    rec_buf_release(&text);
    if (rc == 0 && b->versions > 0) {
        rc = rec_stream_write(w, REC_BLOCK_TABLE_HISTORY, NULL, REC_BYTES,
                              b->history, b->versions * sizeof *b->history,
                              err);
    }
    return rc;
}

/* The digest of the version at hand joins the history. */
static int remember(struct rec_idbook *b, struct rec_error *err)
{
    if (!b->saved) {
        return 0;
    }
    if (b->versions == REC_TABLE_HISTORY) {
        b->versions--;
        memmove(b->history, b->history + 1,
                b->versions * sizeof *b->history);
    }
    if (rec_reserve(&b->history, &b->history_cap, b->versions + 1,
                    sizeof *b->history)
        != 0) {
        return rec_fail_nomem(err);
    }
    memcpy(b->history[b->versions++], b->digest, sizeof *b->history);
    return 0;
}

int rec_idbook_save(struct rec_idbook *b, struct rec_output *o, int level,
                    const char *prov, struct rec_error *err)
{
    struct rec_head head = {REC_TABLE_KIND, "", 0};
    struct rec_counts counts = {0, 0, 0, 0};
    struct rec_stream_writer *w = NULL;
    int rc = remember(b, err);

    b->set.epoch++;
    rc = rc ? rc : rec_stream_writer_new(&w, o, &head, level, err);
    rc = rc ? rc : write_parameters(w, b, err);
    for (int i = 0; i < REC_SIDES && rc == 0; i++) {
        rc = write_side(w, b->side[i], i, err);
        rc = rc ? rc : write_sketch(w, &b->sketch[i], i, err);
        counts.rows += rec_idtable_slots(b->side[i]);
        counts.events += rec_idtable_count(b->side[i]);
    }
    rc = rc ? rc : rec_stream_finish(w, &counts, prov, err);
    if (rc == 0) {
        memcpy(b->digest, rec_stream_writer_digest(w), sizeof b->digest);
        b->saved = 1;
    }
    rec_stream_writer_free(w);
    return rc;
}
