/* SPDX-License-Identifier: MIT */
/* A training under way as a stream: kind "checkpoint/vae", with the arrays
   "identity" (text), "state" and "report" (f64), the parameters by the names
   that they have in a model, Adam's moments with "m-" and "v-" before these,
   if there is one, the best model with "k-", and, of a composite prior, the old
   encoder with "o-". */
#include <config.h>

#include <math.h>
#include <string.h>

#include "models/checkpoint.h"
#include "models/vae_private.h"

static const char kind[] = "checkpoint/vae";

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

static int write_nets(struct rec_vae *t, struct rec_stream_writer *w,
                      struct rec_error *err)
{
    int rc = 0;

    for (int n = 0; n < NETS && rc == 0; n++) {
        rc = rec_vae_net_write(net_of(t, n), prefix[n], w, err);
    }
    return rc;
}

static int write_all(struct rec_vae *t, const char *identity,
                     struct rec_stream_writer *w, struct rec_error *err)
{
    struct rec_counts none = {0, 0, 0, 0};
    double state[STATE];
    int rc = rec_stream_write(w, REC_BLOCK_ARRAY, "identity", REC_BYTES,
                              identity, strlen(identity), err);

    state[STEP] = (double)t->step;
    state[EPOCH] = (double)t->epoch;
    state[NEXT] = (double)t->next;
    state[NLL] = t->nll;
    state[KL] = t->kl;
    state[BEST] = (double)t->best;
    state[BEST_FIGURE] = t->best_figure;
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "state", REC_F64, state,
                               sizeof state, err);
    rc = rc ? rc
            : rec_stream_write(w, REC_BLOCK_ARRAY, "report", REC_F64, t->report,
                               t->epoch * sizeof *t->report, err);
    rc = rc ? rc : write_nets(t, w, err);
    return rc ? rc : rec_stream_finish(w, &none, NULL, err);
}

int rec_vae_checkpoint(struct rec_vae *t, const char *identity,
                       struct rec_output *o, struct rec_error *err)
{
    struct rec_head head = {"", "", 0};
    struct rec_stream_writer *w;
    int rc;

    rec_vae_flush(t);
    memcpy(head.kind, kind, sizeof kind);
    rc = rec_stream_writer_new(&w, o, &head, 0, err);
    if (rc == 0) {
        rc = write_all(t, identity, w, err);
        rec_stream_writer_free(w);
    }
    return rc;
}

/* ---- reading --------------------------------------------------------- */

/* Is V a whole number of at most MOST? */
static int is_count(double v, double most)
{
    return v >= 0 && v <= most && v == floor(v);
}

static int read_state(struct rec_vae *t, const struct rec_store *s,
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
    t->nll = v[NLL];
    t->kl = v[KL];
    t->best = (size_t)v[BEST];
    t->best_figure = v[BEST_FIGURE];
    return rec_checkpoint_array(s, "report", REC_F64, t->epoch * REPORT,
                                t->report, err);
}

static int read_part(void *ctx, const char *name, void *array, size_t n,
                     struct rec_error *err)
{
    return rec_checkpoint_array(ctx, name, REC_F32, n, array, err);
}

static int read_nets(struct rec_vae *t, struct rec_store *s,
                     struct rec_error *err)
{
    int rc = t->best ? rec_vae_keep(t, err) : 0;

    for (int n = 0; n < NETS && rc == 0; n++) {
        rc = rec_vae_net_visit(net_of(t, n), prefix[n], read_part, s, err);
    }
    return rc;
}

static int read_all(struct rec_vae *t, struct rec_store *s,
                    const char *identity, struct rec_error *err)
{
    int rc;

    if (strcmp(rec_store_head(s)->kind, kind) != 0) {
        return rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a '%s'",
                        rec_store_name(s), rec_store_head(s)->kind, kind);
    }
    rc = rec_store_verify(s, err);
    rc = rc ? rc : rec_checkpoint_identity(s, identity, err);
    rc = rc ? rc : read_state(t, s, err);
    return rc ? rc : read_nets(t, s, err);
}

int rec_vae_resume(struct rec_vae *t, const char *identity, const char *path,
                   struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = read_all(t, s, identity, err);
    rec_store_close(s);
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
