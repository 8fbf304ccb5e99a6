/* SPDX-License-Identifier: MIT */
/* Checkpoints of trainings of seven items, Mult-VAE, RecVAE and AMP-CF by
   cosines and by products: what was read can be trained on. The seeds are of
   the same trainings. */
#include <config.h>

#include "fuzz.h"
#include "models/amp.h"
#include "models/vae.h"

static int64_t start[] = {0, 3, 4, 4, 9};
static uint32_t item[] = {4, 0, 6, 2, 5, 1, 0, 3, 6};
static const struct rec_csr x = {4, 7, start, item, NULL, NULL};
static const char identity[] = "rows 4\n";

/* ---- rec-train-vae ----------------------------------------------------- */

static struct rec_vae *begin_vae(int composite)
{
    struct rec_vae_options o = {
        .shape = {.items = 7, .latent = 2, .hidden = {3}, .n_hidden = 1,
                  .composite = composite},
        .confidence = 1, .dropout = 0.5, .beta = 0.2, .rate = 0.001,
        .batch = 2, .epochs = 4, .seed = 1, .binary = 1, .threads = 1};
    struct rec_error err;
    struct rec_vae *t;

    fuzz_need(rec_vae_new(&t, &x, &o, &err) == 0, "training", &err);
    return t;
}

static void seed_vae(int composite, int judged, struct rec_output *o)
{
    struct rec_vae *t = begin_vae(composite);
    struct rec_error err;

    fuzz_need(rec_vae_epoch(t, &err) == 1, "epoch", &err);
    if (judged) {
        fuzz_need(rec_vae_judged(t, 0.5, &err) >= 0, "judge", &err);
    }
    fuzz_need(rec_vae_checkpoint(t, identity, o, &err) == 0, "write", &err);
    rec_vae_free(t);
}

static void resume_vae(const char *path, int composite)
{
    struct rec_vae *t = begin_vae(composite);
    struct rec_error err;

    if (rec_vae_resume(t, identity, path, &err) == 0) {
        size_t n = rec_vae_epochs(t);

        fuzz_need(n <= 4, "more epochs than there are", NULL);
        if (n < 4 && rec_vae_epoch(t, &err) == 1) {
            fuzz_need(rec_vae_epochs(t) == n + 1, "epochs", NULL);
        }
    }
    rec_vae_free(t);
}

/* ---- rec-persona ------------------------------------------------------- */

static struct rec_amp_train *begin_amp(int dot)
{
    struct rec_amp_options o = {
        .shape = {.items = 7, .dim = 2, .personas = 2,
                  .project = dot ? 0 : 2, .per_persona = 2,
                  .attention = dot ? REC_AMP_DOT : REC_AMP_COSINE,
                  .bias = 1, .temperature = 1},
        .loss = {.alpha = 0.5, .pos_entropy = 0.1, .neg_entropy = 0.1,
                 .decay = 1, .seed = 1},
        .fold = {2, 0.2}, .rate = 0.01, .user_rate = 0.05,
        .batch = 2, .epochs = 4, .binary = 1, .threads = 1};
    struct rec_error err;
    struct rec_amp_train *t;

    fuzz_need(rec_amp_new(&t, &x, &o, &err) == 0, "training", &err);
    return t;
}

static void seed_amp(int dot, int judged, struct rec_output *o)
{
    struct rec_amp_train *t = begin_amp(dot);
    struct rec_error err;

    fuzz_need(rec_amp_epoch(t, &err) == 1, "epoch", &err);
    if (judged) {
        fuzz_need(rec_amp_judged(t, 0.5, &err) >= 0, "judge", &err);
    }
    fuzz_need(rec_amp_checkpoint(t, identity, o, &err) == 0, "write", &err);
    rec_amp_free(t);
}

static void resume_amp(const char *path, int dot)
{
    struct rec_amp_train *t = begin_amp(dot);
    struct rec_error err;

    if (rec_amp_resume(t, identity, path, &err) == 0) {
        size_t n = rec_amp_epochs(t);

        fuzz_need(n <= 4, "more epochs than there are", NULL);
        if (n < 4 && rec_amp_epoch(t, &err) == 1) {
            fuzz_need(rec_amp_epochs(t) == n + 1, "epochs", NULL);
        }
    }
    rec_amp_free(t);
}

/* ---- both -------------------------------------------------------------- */

void fuzz_checkpoint_seed(int sort, int judged, struct rec_output *o)
{
    if (sort < 2) {
        seed_vae(sort, judged, o);
    } else {
        seed_amp(sort - 2, judged, o);
    }
}

void fuzz_checkpoint(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);

    for (int variant = 0; variant < 2; variant++) {
        resume_vae(path, variant);
        resume_amp(path, variant);
    }
}
