/* SPDX-License-Identifier: MIT */
/* leaks WHAT FILE: something that the library does, as a program that always
   gives back what it has: where one of the calls fails under the sweep, what
   is left over is a leak of the library. (The programs themselves leave their
   memory to the system when they die.) WHAT is a model to fit to the rows of
   FILE, write to OUT and use, or what kind of FILE is to be read. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/dataset.h"
#include "data/idbook.h"
#include "data/ingest.h"
#include "models/ease.h"
#include "models/ials.h"
#include "models/recommend.h"
#include "models/sparse.h"
#include "models/svd.h"
#include "models/vae.h"
#include "models/walk.h"

/* ---- models ------------------------------------------------------------- */

static int fit_ease(const struct rec_data *d, struct rec_output *o,
                    struct rec_error *err)
{
    struct rec_ease_options opt = {.family = {.lambda = 1}, .threads = 1};
    struct rec_ease e;
    int rc = rec_ease_fit(&e, &d->rows, &opt, err);

    if (rc == 0) {
        rc = rec_ease_save(&e, d->items, o, 6, "made\n", err);
        rec_ease_release(&e);
    }
    return rc;
}

static int fit_ials(const struct rec_data *d, struct rec_output *o,
                    struct rec_error *err)
{
    struct rec_ials_options opt = {.dim = 3, .block = 2, .unobserved = 0.1,
                                   .lambda = 0.1, .nu = 1, .init = 0.1,
                                   .threads = 1};
    struct rec_ials_train t;
    struct rec_ials m;
    int rc = rec_ials_begin(&t, &d->rows, &opt, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_ials_epoch(&t, err);
    rc = rc ? rc : rec_ials_take(&t, 0, &m, err);
    if (rc == 0) {
        rc = rec_ials_kappa(&m, &d->rows, 1, &m.kappa, err);
        rc = rc ? rc : rec_ials_save(&m, d->items, o, 0, NULL, err);
        rec_ials_release(&m);
    }
    rec_ials_end(&t);
    return rc;
}

static int fit_svd(const struct rec_data *d, struct rec_output *o,
                   struct rec_error *err)
{
    struct rec_svd_options opt = {.dim = 2, .extra = 1, .rounds = 2,
                                  .user_power = 0.5, .item_power = 0.5,
                                  .score_power = 0.5, .threads = 1};
    struct rec_svd m;
    int rc = rec_svd_fit(&m, &d->rows, &opt, err);

    if (rc == 0) {
        rc = rec_svd_save(&m, d->items, o, 0, NULL, err);
        rec_svd_release(&m);
    }
    return rc;
}

static int fit_vae(const struct rec_data *d, struct rec_output *o,
                   struct rec_error *err)
{
    struct rec_vae_options opt = {
        .shape = {.latent = 2, .hidden = {3}, .n_hidden = 1},
        .confidence = 1, .dropout = 0.5, .beta = 0.2, .anneal = 4,
        .rate = 1e-3, .batch = 4, .epochs = 1, .threads = 1};
    struct rec_vae *t;
    int rc = rec_vae_new(&t, &d->rows, &opt, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_vae_epoch(t, err);
    rc = rc < 0 ? rc : rec_vae_save(t, d->items, o, 0, NULL, err);
    rec_vae_free(t);
    return rc;
}

static int fit_walk(const struct rec_data *d, struct rec_output *o,
                    struct rec_error *err)
{
    struct rec_walk_options opt = {.alpha = 0.6, .beta = 0.4,
                                   .neighbours = 3};
    uint32_t *rank = rec_zalloc(d->rows.cols, sizeof *rank);
    struct rec_walk w;
    struct rec_csr b;
    int rc = rank ? rec_walk_begin(&w, &d->rows, &opt, rank, err)
                  : rec_fail_nomem(err);

    for (uint32_t i = 0; rc == 0 && i < d->rows.cols; i++) {
        rank[i] = i;
    }
    if (rc == 0) {
        rc = rec_walk_fit(&b, &w, 1, NULL, err);
        rec_walk_release(&w);
    }
    if (rc == 0) {
        struct rec_sparse s = {.items = b.cols, .weights = 1,
                               .start = b.start, .item = b.item,
                               .weight = b.weight};

        rc = rec_sparse_save(&s, "lambda 1\n", REC_F16, d->items, o, 0, NULL,
                             err);
        rec_csr_release(&b);
    }
    free(rank);
    return rc;
}

/* A list for each row of the data, by the model at PATH. */
static int use_model(const struct rec_data *d, const char *path,
                     struct rec_error *err)
{
    struct rec_model *m;
    struct rec_lists l;
    int rc = rec_model_open(&m, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_lists_init(&l, m, 3, err);
    if (rc == 0) {
        struct rec_csr some = d->rows;

        some.rows = some.rows < l.max_rows ? some.rows : l.max_rows;
        rc = rec_lists_fill(&l, &some, &some, NULL, 1, err);
        rec_lists_release(&l);
    }
    rec_model_close(m);
    return rc;
}

typedef int fit_function(const struct rec_data *d, struct rec_output *o,
                         struct rec_error *err);

static int fit_model(fit_function *fit, const char *path,
                     struct rec_error *err)
{
    struct rec_output *o;
    struct rec_data d;
    int rc = rec_data_load(&d, path, "interactions", err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_output_open(&o, "OUT", err);
    if (rc == 0) {
        rc = fit(&d, o, err);
        rc = rc ? rc : rec_output_flush(o, err);
        rc = rc ? rc : rec_output_rename(o, err);
        rec_output_free(o);
        rc = rc ? rc : use_model(&d, "OUT", err);
    }
    rec_data_release(&d);
    return rc;
}

/* ---- files -------------------------------------------------------------- */

/* Anything that is for OUT. */
static int done(struct rec_error *err)
{
    struct rec_output *o;
    int rc = rec_output_open(&o, "OUT", err);

    if (rc == 0) {
        rc = rec_output_write(o, "done\n", 5, err);
        rc = rc ? rc : rec_output_flush(o, err);
        rc = rc ? rc : rec_output_rename(o, err);
        rec_output_free(o);
    }
    return rc;
}

static int read_text(const char *path, struct rec_error *err)
{
    struct rec_ingest_options opt = {.threads = 1};
    struct rec_chunk chunk;
    struct rec_ingest *g;
    int rc = rec_ingest_new(&g, &opt, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_ingest_open(g, path, err);
    rc = rc ? rc : 1;
    while (rc == 1) {
        rc = rec_ingest_next(g, err);
    }
    rc = rc ? rc : rec_ingest_take(g, 1, &chunk, err);
    if (rc == 0) {
        rec_chunk_release(&chunk);
    }
    rec_ingest_free(g);
    return rc ? rc : done(err);
}

static int read_table(const char *path, struct rec_error *err)
{
    struct rec_output *o;
    struct rec_idbook b;
    int rc = rec_idbook_load(&b, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_output_open(&o, "OUT", err);
    if (rc == 0) {
        rc = rec_idbook_save(&b, o, 0, NULL, err);
        rc = rc ? rc : rec_output_flush(o, err);
        rc = rc ? rc : rec_output_rename(o, err);
        rec_output_free(o);
    }
    rec_idbook_release(&b);
    return rc;
}

static int read_store(const char *path, struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_store_verify(s, err);
    rec_store_close(s);
    return rc ? rc : done(err);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        fit_function *fit;
        int (*read)(const char *path, struct rec_error *err);
    } what[] = {{"ease", fit_ease, NULL}, {"ials", fit_ials, NULL},
                {"svd", fit_svd, NULL},   {"vae", fit_vae, NULL},
                {"walk", fit_walk, NULL}, {"text", NULL, read_text},
                {"table", NULL, read_table}, {"store", NULL, read_store}};
    struct rec_error err;

    for (size_t i = 0; argc == 3 && i < sizeof what / sizeof *what; i++) {
        if (strcmp(argv[1], what[i].name) == 0) {
            int rc = what[i].fit ? fit_model(what[i].fit, argv[2], &err)
                                 : what[i].read(argv[2], &err);

            if (rc != 0) {
                fprintf(stderr, "%s: %s\n", argv[0], err.text);
            }
            return rc != 0;
        }
    }
    fprintf(stderr, "usage: leaks WHAT FILE\n");
    return 2;
}
