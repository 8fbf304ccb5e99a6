/* SPDX-License-Identifier: MIT */
/* Models of every kind: what was loaded scores rows, and does all else that
   its kind can do. From a file, where it is mapped, and from a pipe, where its
   arrays stand in memory of their own. */
#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "fuzz.h"
#include "models/amp.h"
#include "models/recommend.h"

enum { ROWS = 4, MOST = 2048 };

/* An empty row, one of a single item, one of the first items with weights,
   and one of the last. */
struct rows {
    int64_t start[ROWS + 1];
    uint32_t item[12];
    float weight[12];
    struct rec_csr x;
};

static void make_rows(struct rows *r, uint32_t items)
{
    uint32_t k = items < 5 ? items : 5;
    size_t at = 0;

    r->start[0] = r->start[1] = 0;
    r->item[at++] = items / 2;
    r->start[2] = 1;
    for (uint32_t i = 0; i < k; i++) {
        r->item[at++] = i;
    }
    r->start[3] = (int64_t)at;
    for (uint32_t i = 0; i < k; i++) {
        r->item[at++] = items - 1 - i;
    }
    r->start[4] = (int64_t)at;
    for (size_t i = 0; i < at; i++) {
        r->weight[i] = (float)(i + 1) / 2;
    }
    r->x = (struct rec_csr){ROWS, items, r->start, r->item, r->weight, NULL};
}

static void use_weights(const struct rec_model *m, const struct rows *r,
                        float *out)
{
    struct rec_error err;
    int64_t start[2];
    double part[8];

    if (rec_model_weights(m, m->n_items - 1, out, &err) != 0
        && err.code == REC_ECORRUPT) {
        return;
    }
    for (size_t row = 0; row < ROWS; row++) {
        struct rec_csr one = rec_csr_one(&r->x, row, start);

        if (rec_model_explain(m, &one, 0, part, &err) != 0
            && err.code == REC_ECORRUPT) {
            return;
        }
    }
    if (rec_model_linear(m) != REC_LINEAR_NO) {
        uint32_t n = m->n_items < REC_PANEL ? m->n_items : REC_PANEL;
        float *panel = rec_alloc64((size_t)m->n_items * REC_PANEL, 4);

        fuzz_need(panel != NULL, "memory", NULL);
        if (rec_model_panel(m, 0, m->n_items, m->n_items - n, n, panel, &err)
            != 0) {
            fuzz_need(err.code != REC_EVALUE, "panel", &err);
        }
        free(panel);
    }
}

static void use_vectors(const struct rec_model *m, const struct rows *r)
{
    uint32_t d = rec_model_user_dimensions(m);
    const float *item;
    struct rec_error err;
    float *user;

    if (d == 0 || d > MOST) {
        return;
    }
    user = rec_alloc((size_t)ROWS * d, sizeof *user);
    fuzz_need(user != NULL, "memory", NULL);
    if (rec_model_item_vectors(m, &item, &err) == 0) {
        double sum = 0;

        for (size_t i = 0; i < (size_t)m->n_items * rec_model_dimensions(m);
             i++) {
            sum += item[i];
        }
        fuzz_need(sum == sum, "vectors of items that are not numbers", NULL);
    }
    if (rec_model_user_vectors(m, &r->x, 1, user, &err) != 0) {
        fuzz_need(err.code != REC_EVALUE, "user vectors", &err);
    }
    free(user);
}

static void use_lists(const struct rec_model *m, const struct rows *r)
{
    struct rec_lists l;
    struct rec_error err;

    fuzz_need(rec_lists_init(&l, m, 3, &err) == 0, "lists", &err);
    if (l.cohort) {
        for (size_t i = 0; i < ROWS; i++) {
            l.cohort[i] = rec_model_cohort(m, "user1", 5);
        }
    }
    if (rec_lists_fill(&l, &r->x, &r->x, NULL, 1, &err) == 0) {
        for (size_t i = 0; i < ROWS; i++) {
            fuzz_need(l.count[i] <= 3, "too long a list", NULL);
            for (size_t k = 0; k < l.count[i]; k++) {
                fuzz_need(l.hit[i * l.n + k].item < m->n_items, "item", NULL);
            }
        }
    }
    rec_lists_release(&l);
}

static void use_winners(const struct rec_model *m, const struct rows *r,
                        float *share)
{
    uint32_t *persona = rec_alloc((size_t)r->start[ROWS], sizeof *persona);
    struct rec_error err;

    fuzz_need(persona != NULL, "memory", NULL);
    if (rec_model_has_personas(m)
        && rec_model_winners(m, &r->x, &r->x, 1, persona, share, &err) == 0) {
        for (int64_t e = 0; e < r->start[ROWS]; e++) {
            fuzz_need(persona[e] <= REC_AMP_MAX_PERSONAS, "persona", NULL);
        }
    }
    free(persona);
}

static void use(const struct rec_model *m)
{
    static const uint64_t key[ROWS] = {1, 2, 3, 4};
    const struct rec_draws draws = {2, 1, key};
    size_t n = (size_t)m->n_items * ROWS;
    struct rec_error err;
    struct rows r;
    float *out;

    if (m->n_items == 0 || m->n_items > MOST) {
        return;
    }
    make_rows(&r, m->n_items);
    out = rec_alloc(2 * n, sizeof *out);
    fuzz_need(out != NULL, "memory", NULL);
    if (rec_model_score(m, &r.x, 1, out, &err) == 0) {
        use_weights(m, &r, out);
        use_vectors(m, &r);
        use_lists(m, &r);
        use_winners(m, &r, out);
        if (rec_model_has_posterior(m)
            && rec_model_sample(m, &r.x, &draws, 1, out, out + n, &err) != 0) {
            fuzz_need(err.code != REC_EVALUE, "sample", &err);
        }
    }
    free(out);
}

static int load(const char *path)
{
    struct rec_model *m;
    struct rec_error err;
    int rc = rec_model_open(&m, path, &err);

    if (rc == 0) {
        use(m);
        rec_model_close(m);
    }
    return rc;
}

void fuzz_model(const uint8_t *data, size_t n)
{
    const char *pipe;

    load(fuzz_file(data, n));
    pipe = fuzz_pipe(data, n);
    if (pipe) {
        load(pipe);
        fuzz_pipe_end();
    }
}
