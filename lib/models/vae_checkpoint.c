/* SPDX-License-Identifier: MIT */
/* A training under way as a stream: kind "checkpoint/vae", with the arrays
   "identity" (text), "state" and "report" (f64), the parameters by the names
   that they have in a model, Adam's moments with "m-" and "v-" before these,
   if there is one, the best model with "k-", and, of a composite prior, the old
   encoder with "o-". */
#include <config.h>

#include <string.h>

#include "models/checkpoint.h"
#include "models/vae_private.h"

static const char kind[] = "checkpoint/vae";

/* The first three are the place. */
enum { STEP, EPOCH, NEXT, NLL, KL, BEST, BEST_FIGURE, STATE };
enum { REPORT = sizeof(struct rec_vae_report) / sizeof(double) };

/* The networks of T, and their prefixes. */
enum { NETS = 5 };
static const char *const prefix[NETS] = {"", "m-", "v-", "k-", "o-"};

static struct rec_vae_net *net_of(struct rec_vae *t, int n)
{
    struct rec_vae_net *const net[NETS] = {&t->net, &t->m, &t->v, &t->kept,
                                            &t->old};

    return net[n];
}

/* ---- writing --------------------------------------------------------- */

static int write_nets(void *ctx, struct rec_stream_writer *w,
                      struct rec_error *err)
{
    struct rec_vae *t = ctx;
    int rc = 0;

    for (int n = 0; n < NETS && rc == 0; n++) {
        rc = rec_vae_net_write(net_of(t, n), prefix[n], w, err);
    }
    return rc;
}

int rec_vae_checkpoint(struct rec_vae *t, const char *identity,
                       struct rec_output *o, struct rec_error *err)
{
    double state[STATE] = {(double)t->step, (double)t->epoch,
                           (double)t->next, t->nll,
                           t->kl,           (double)t->best,
                           t->best_figure};
    struct rec_checkpoint p = {
        .kind = kind,
        .identity = identity,
        .state = state,
        .n_state = STATE,
        .report = (const double *)t->report,
        .n_report = t->epoch * REPORT,
        .fill = write_nets,
        .ctx = t};

    rec_vae_flush(t);
    return rec_checkpoint_write(&p, o, err);
}

/* ---- reading --------------------------------------------------------- */

static int read_state(struct rec_vae *t, const struct rec_store *s,
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
    t->nll = v[NLL];
    t->kl = v[KL];
    t->best = at.best;
    t->best_figure = v[BEST_FIGURE];
    return rec_checkpoint_array(s, "report", REC_F64, t->epoch * REPORT,
                                t->report, err);
}

static int read_part(void *ctx, const char *name, void *array, size_t n,
                     struct rec_error *err)
{
    return rec_checkpoint_array(ctx, name, REC_F32, n, array, err);
}

static int read_all(void *ctx, struct rec_store *s, struct rec_error *err)
{
    struct rec_vae *t = ctx;
    int rc = read_state(t, s, err);

    if (rc == 0 && t->best) {
        rc = rec_vae_keep(t, err);
    }
    for (int n = 0; n < NETS && rc == 0; n++) {
        rc = rec_vae_net_visit(net_of(t, n), prefix[n], read_part, s, err);
    }
    return rc;
}

int rec_vae_resume(struct rec_vae *t, const char *identity, const char *path,
                   struct rec_error *err)
{
    int rc = rec_checkpoint_read(path, kind, identity, read_all, t, err);

    if (rc != 0) {
        return rc;
    }
    for (uint32_t i = 0; i < t->opt.shape.items; i++) {
        t->last[i] = rec_vae_encoder_steps(t);
        if (t->last_out) {
            t->last_out[i] = t->last[i];
        }
    }
    if (t->next > 0) {
        rec_vae_shuffle(t);
    }
    return 0;
}
