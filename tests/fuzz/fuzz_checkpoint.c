/* SPDX-License-Identifier: MIT */
/* Checkpoints of a training of seven items: what was read can be trained on.
   The seeds are of the same training. */
#include <config.h>

#include "fuzz.h"
#include "models/vae.h"

static int64_t start[] = {0, 3, 4, 4, 9};
static uint32_t item[] = {4, 0, 6, 2, 5, 1, 0, 3, 6};
static const struct rec_csr x = {4, 7, start, item, NULL, NULL};

static struct rec_vae *begin(int composite)
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

void fuzz_checkpoint_seed(int composite, int judged, struct rec_output *o)
{
    struct rec_vae *t = begin(composite);
    struct rec_error err;

    fuzz_need(rec_vae_epoch(t, &err) == 1, "epoch", &err);
    if (judged) {
        fuzz_need(rec_vae_judged(t, 0.5, &err) >= 0, "judge", &err);
    }
    fuzz_need(rec_vae_checkpoint(t, "rows 4\n", o, &err) == 0, "write", &err);
    rec_vae_free(t);
}

static void resume(const char *path, int composite)
{
    struct rec_vae *t = begin(composite);
    struct rec_error err;

    if (rec_vae_resume(t, "rows 4\n", path, &err) == 0) {
        size_t n = rec_vae_epochs(t);

        fuzz_need(n <= 4, "more epochs than there are", NULL);
        if (n < 4 && rec_vae_epoch(t, &err) == 1) {
            fuzz_need(rec_vae_epochs(t) == n + 1, "epochs", NULL);
        }
    }
    rec_vae_free(t);
}

void fuzz_checkpoint(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);

    resume(path, 0);
    resume(path, 1);
}
