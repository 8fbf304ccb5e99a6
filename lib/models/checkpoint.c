/* SPDX-License-Identifier: MIT */
/* What checkpoints of trainings share: see checkpoint.h. */
#include <config.h>

#include "models/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- writing ------------------------------------------------------------ */

static int write_all(const struct rec_checkpoint *p,
                     struct rec_stream_writer *w, struct rec_error *err)
{
    struct rec_counts none = {0, 0, 0, 0};
    int rc = rec_stream_write(w, REC_BLOCK_ARRAY, "identity", REC_BYTES,
                              p->identity, strlen(p->identity), err);

    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "state", REC_F64, p->state,
                               p->n_state * sizeof *p->state, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "report", REC_F64,
                               p->report, p->n_report * sizeof *p->report,
                               err);
    rc = rc ? rc : p->fill(p->ctx, w, err);
    return rc ? rc : rec_stream_finish(w, &none, NULL, err);
}

int rec_checkpoint_write(const struct rec_checkpoint *p,
                         struct rec_output *o, struct rec_error *err)
{
    struct rec_head head = {"", "", 0};
    struct rec_stream_writer *w;
    int rc;

    snprintf(head.kind, sizeof head.kind, "%s", p->kind);
    rc = rec_stream_writer_new(&w, o, &head, 0, err);
    if (rc == 0) {
        rc = write_all(p, w, err);
        rec_stream_writer_free(w);
    }
    return rc;
}

/* ---- reading ------------------------------------------------------------ */

static size_t line_end(const char *s, size_t n)
{
    const char *nl = memchr(s, '\n', n);

    return nl ? (size_t)(nl - s) : n;
}

static int check_identity(const struct rec_store *s, const char *identity,
                          struct rec_error *err)
{
    const struct rec_array *a = rec_store_find(s, REC_BLOCK_ARRAY, "identity");
    size_t left = strlen(identity), n, k;
    const char *have;

    if (!a || a->block.dtype != REC_BYTES) {
        return rec_fail(err, REC_ECORRUPT, "%s: no array 'identity'",
                        rec_store_name(s));
    }
    have = a->block.data;
    n = a->block.nbytes;
    if (n == left && memcmp(have, identity, n) == 0) {
        return 0;
    }
    for (;;) {
        size_t h = line_end(have, n), i = line_end(identity, left);

        if (h != i || memcmp(have, identity, h) != 0 || h == n || i == left) {
            return rec_fail(err, REC_EVALUE,
                            "%s: the checkpoint is of other data or options: "
                            "it has '%.*s', not '%.*s'",
                            rec_store_name(s), (int)(h < 200 ? h : 200), have,
                            (int)(i < 200 ? i : 200), identity);
        }
        k = h + 1;
        have += k;
        n -= k;
        identity += k;
        left -= k;
    }
}

int rec_checkpoint_array(const struct rec_store *s, const char *name,
                         enum rec_dtype dtype, size_t n, void *to,
                         struct rec_error *err)
{
    const struct rec_array *a;
    int rc = rec_store_array(s, name, dtype, n, &a, err);

    if (rc == 0 && n > 0) {
        memcpy(to, a->block.data, n * rec_dtype_size(dtype));
    }
    return rc;
}

int rec_checkpoint_read(const char *path, const char *kind,
                        const char *identity,
                        int (*read)(void *ctx, struct rec_store *s,
                                    struct rec_error *err),
                        void *ctx, struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    if (strcmp(rec_store_head(s)->kind, kind) != 0) {
        rc = rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a '%s'",
                      rec_store_name(s), rec_store_head(s)->kind, kind);
    }
    rc = rc ? rc : rec_store_verify(s, err);
    rc = rc ? rc : check_identity(s, identity, err);
    rc = rc ? rc : read(ctx, s, err);
    rec_store_close(s);
    return rc;
}

/* Is V a whole number of at most MOST? */
static int is_count(double v, double most)
{
    return v >= 0 && v <= most && v == floor(v);
}

int rec_checkpoint_place(struct rec_checkpoint_place *out,
                         const struct rec_store *s,
                         const double step_epoch_next[3], double best,
                         size_t epochs, size_t batches, struct rec_error *err)
{
    double step = step_epoch_next[0], epoch = step_epoch_next[1];
    double next = step_epoch_next[2];

    if (!is_count(epoch, (double)epochs) || !is_count(next, (double)batches)
        || (epoch >= (double)epochs && next > 0)
        || step != epoch * (double)batches + next
        || !is_count(best, epoch)) {
        return rec_fail(err, REC_ECORRUPT, "%s: the array 'state' is damaged",
                        rec_store_name(s));
    }
    *out = (struct rec_checkpoint_place){(uint64_t)step, (size_t)epoch,
                                         (size_t)next, (size_t)best};
    return 0;
}
