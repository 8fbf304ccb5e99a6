/* SPDX-License-Identifier: MIT */
/* A training of AMP-CF under way as a stream: kind "checkpoint/persona", with
   the arrays "identity" (text), "state" and "report" (f64), and, f32, all
   numbers of the parameters ("net"), their moments ("m", "v"), the best ones if
   there are ("kept"), and the personas with theirs ("users", "users-m",
   "users-v"). */
#include <config.h>

#include <string.h>

#include "models/amp_private.h"
#include "models/checkpoint.h"

static const char kind[] = "checkpoint/persona";

enum {
    STEP, /* with the two after it, the place */
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

static int write_pieces(void *ctx, struct rec_stream_writer *w,
                        struct rec_error *err)
{
    struct piece all[PIECES];
    int rc = 0;

    list_pieces(ctx, all);
    for (int k = 0; k < PIECES && rc == 0; k++) {
        if (all[k].n > 0) {
            rc = rec_stream_write(w, REC_BLOCK_ARRAY, all[k].name, REC_F32,
                                  all[k].data, all[k].n * sizeof(float), err);
        }
    }
    return rc;
}

int rec_amp_checkpoint(struct rec_amp_train *t, const char *identity,
                       struct rec_output *o, struct rec_error *err)
{
    double state[STATE] = {(double)t->step,       (double)t->epoch,
                           (double)t->next,       t->sums.weight,
                           t->sums.loss,          t->sums.pos_entropy,
                           t->sums.neg_entropy,   (double)t->best,
                           t->best_figure,        t->kept_start};
    struct rec_checkpoint p = {
        .kind = kind,
        .identity = identity,
        .state = state,
        .n_state = STATE,
        .report = (const double *)t->report,
        .n_report = t->epoch * REPORT,
        .fill = write_pieces,
        .ctx = t};

    return rec_checkpoint_write(&p, o, err);
}

/* ---- reading ----------------------------------------------------------- */

static int read_state(struct rec_amp_train *t, const struct rec_store *s,
                      struct rec_error *err)
{
    struct rec_checkpoint_place at;
    double v[STATE];
    int rc = rec_checkpoint_array(s, "state", REC_F64, STATE, v, err);

    rc = rc ? rc
            : rec_checkpoint_place(&at, s, v + STEP, v[BEST], t->opt.epochs,
                                   t->batches, err);
    if (rc != 0) {
        return rc;
    }
    t->step = at.step;
    t->epoch = at.epoch;
    t->next = at.next;
    t->sums = (struct amp_sums){v[WEIGHT], v[LOSS], v[POS_ENTROPY],
                                v[NEG_ENTROPY]};
    t->best = at.best;
    t->best_figure = v[BEST_FIGURE];
    t->kept_start = v[KEPT_START];
    return rec_checkpoint_array(s, "report", REC_F64, t->epoch * REPORT,
                                t->report, err);
}

static int read_all(void *ctx, struct rec_store *s, struct rec_error *err)
{
    struct rec_amp_train *t = ctx;
    struct piece all[PIECES];
    int rc = read_state(t, s, err);

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
    int rc = rec_checkpoint_read(path, kind, identity, read_all, t, err);

    if (rc == 0 && t->next > 0) {
        amp_shuffle(t);
    }
    return rc;
}
