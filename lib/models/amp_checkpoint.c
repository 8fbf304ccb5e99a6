/* SPDX-License-Identifier: MIT */
/* A training of AMP-CF under way as a stream: kind "checkpoint/persona", with
   the arrays "identity" (text), "state" and "report" (f64), and, f32, all
   numbers of the parameters ("net"), their moments ("m", "v"), the best ones if
   there are ("kept"), and the personas with theirs ("users", "users-m",
   "users-v"). */
#include <config.h>

#include <math.h>
#include <string.h>

#include "models/amp_private.h"
#include "models/checkpoint.h"

static const char kind[] = "checkpoint/persona";

enum {
    STEP,
    EPOCH,
    NEXT,
    WEIGHT,
    LOSS,
    POS_ENTROPY,
    NEG_ENTROPY,
    BEST,
    BEST_FIGURE,
    KEPT_START,
    STATE
};
enum { REPORT = sizeof(struct rec_amp_report) / sizeof(double) };

/* The arrays of floats. */
struct piece {
    const char *name;
    float *data;
    size_t n;
};

enum { PIECES = 7 };

static void list_pieces(struct rec_amp_train *t, struct piece out[PIECES])
{
    size_t net = amp_net_numbers(&t->net);
    size_t users = t->first[t->x->rows] * t->net.ld;
    const struct piece all[PIECES] = {{"net", t->net.part[0], net},
                                      {"m", t->m.part[0], net},
                                      {"v", t->v.part[0], net},
                                      {"users", t->w, users},
                                      {"users-m", t->wm, users},
                                      {"users-v", t->wv, users},
                                      {"kept", t->kept.part[0],
                                       t->best ? net : 0}};

    memcpy(out, all, sizeof all);
}

/* ---- writing ----------------------------------------------------------- */

static int write_all(struct rec_amp_train *t, const char *identity,
                     struct rec_stream_writer *w, struct rec_error *err)
{
    struct rec_counts none = {0, 0, 0, 0};
    double state[STATE] = {(double)t->step,       (double)t->epoch,
                           (double)t->next,       t->sums.weight,
                           t->sums.loss,          t->sums.pos_entropy,
                           t->sums.neg_entropy,   (double)t->best,
                           t->best_figure,        t->kept_start};
    struct piece all[PIECES];
    int rc = rec_stream_write(w, REC_BLOCK_ARRAY, "identity", REC_BYTES,
                              identity, strlen(identity), err);

    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "state", REC_F64, state,
                               sizeof state, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "report", REC_F64, t->report,
                               t->epoch * sizeof *t->report, err);
    list_pieces(t, all);
    for (int k = 0; k < PIECES && rc == 0; k++) {
        if (all[k].n > 0) {
            rc = rec_stream_write(w, REC_BLOCK_ARRAY, all[k].name, REC_F32,
                                  all[k].data, all[k].n * sizeof(float), err);
        }
    }
    return rc ? rc : rec_stream_finish(w, &none, NULL, err);
}

int rec_amp_checkpoint(struct rec_amp_train *t, const char *identity,
                       struct rec_output *o, struct rec_error *err)
{
    struct rec_head head = {"", "", 0};
    struct rec_stream_writer *w;
    int rc;

    memcpy(head.kind, kind, sizeof kind);
    rc = rec_stream_writer_new(&w, o, &head, 0, err);
    if (rc == 0) {
        rc = write_all(t, identity, w, err);
        rec_stream_writer_free(w);
    }
    return rc;
}

/* ---- reading ----------------------------------------------------------- */

/* Is V a whole number of at most MOST? */
static int is_count(double v, double most)
{
    return v >= 0 && v <= most && v == floor(v);
}

static int read_state(struct rec_amp_train *t, const struct rec_store *s,
                      struct rec_error *err)
{
    double v[STATE];
    int rc = rec_checkpoint_array(s, "state", REC_F64, STATE, v, err);

    if (rc != 0) {
        return rc;
    }
    if (!is_count(v[EPOCH], (double)t->opt.epochs)
        || !is_count(v[NEXT], (double)t->batches)
        || (v[EPOCH] >= (double)t->opt.epochs && v[NEXT] > 0)
        || v[STEP] != v[EPOCH] * (double)t->batches + v[NEXT]
        || !is_count(v[BEST], v[EPOCH])) {
        return rec_fail(err, REC_ECORRUPT, "%s: the array 'state' is damaged",
                        rec_store_name(s));
    }
    t->step = (uint64_t)v[STEP];
    t->epoch = (size_t)v[EPOCH];
    t->next = (size_t)v[NEXT];
    t->sums = (struct amp_sums){v[WEIGHT], v[LOSS], v[POS_ENTROPY],
                                v[NEG_ENTROPY]};
    t->best = (size_t)v[BEST];
    t->best_figure = v[BEST_FIGURE];
    t->kept_start = v[KEPT_START];
    return rec_checkpoint_array(s, "report", REC_F64, t->epoch * REPORT,
                                t->report, err);
}

static int read_all(struct rec_amp_train *t, struct rec_store *s,
                    const char *identity, struct rec_error *err)
{
    struct piece all[PIECES];
    int rc;

    if (strcmp(rec_store_head(s)->kind, kind) != 0) {
        return rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a '%s'",
                        rec_store_name(s), rec_store_head(s)->kind, kind);
    }
    rc = rec_store_verify(s, err);
    rc = rc ? rc : rec_checkpoint_identity(s, identity, err);
    rc = rc ? rc : read_state(t, s, err);
    if (rc == 0 && t->best) {
        rc = amp_keep(t, err);
    }
    if (rc != 0) {
        return rc;
    }
    list_pieces(t, all);
    for (int k = 0; k < PIECES && rc == 0; k++) {
        if (all[k].n > 0) {
            rc = rec_checkpoint_array(s, all[k].name, REC_F32, all[k].n,
                                      all[k].data, err);
        }
    }
    return rc;
}

int rec_amp_resume(struct rec_amp_train *t, const char *identity,
                   const char *path, struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = read_all(t, s, identity, err);
    rec_store_close(s);
    if (rc == 0 && t->next > 0) {
        amp_shuffle(t);
    }
    return rc;
}
