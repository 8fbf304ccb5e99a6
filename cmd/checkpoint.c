/* SPDX-License-Identifier: MIT */
/* Checkpoints of trainings: see checkpoint.h. */
#include <config.h>

#include "checkpoint.h"

void checkpoint_try(const struct checkpoint *p)
{
    if (p->path) {
        cli_output(p->c, p->path, 1);
        cli_drop_last(p->c);
    }
}

int checkpoint_due(void *ctx)
{
    const struct checkpoint *p = ctx;

    return cli_held_signal() != 0 && !p->unsaved;
}

static int write_checkpoint(const struct checkpoint *p, struct rec_error *err)
{
    int rc = cli_replace(p->c, p->path, p->fill, p->ctx, err);

    if (rc == 0) {
        note(p->c, "%s: the training after %llu updates", p->path,
             (unsigned long long)p->updates(p->ctx));
    }
    return rc;
}

void checkpoint_save(struct checkpoint *p)
{
    struct rec_error err;

    if (write_checkpoint(p, &err) == 0) {
        cli_end_held();
    }
    warn("%s; the training goes on", err.text);
    p->unsaved = 1;
}

void checkpoint_die(const struct checkpoint *p, const struct rec_error *why)
{
    struct rec_error err;

    while (p->c->n_out > 0) {
        cli_drop_last(p->c);
    }
    if (p->path && write_checkpoint(p, &err) != 0) {
        warn("%s", err.text);
    }
    die_err(why);
}

void checkpoint_end(const struct checkpoint *p)
{
    if (p->unsaved) {
        die("no checkpoint could be written to '%s'; the training went on to "
            "its end, and the model is written",
            p->path);
    }
}
