/* SPDX-License-Identifier: MIT */
/* rec-recommend: users who come as vectors, whose histories are not known. */
#include <config.h>

#include "data/vectors.h"
#include "recommend.h"

static void check_vectors(const struct job *j,
                          const struct rec_vector_reader *r)
{
    uint32_t dim = rec_model_dimensions(j->main.model);
    const char *name = rec_stream_name(rec_vector_stream(r));

    if (j->o->samples || j->o->personas || j->o->reasons) {
        die("%s: holds vectors: --%s needs histories", name,
            j->o->samples    ? "samples"
            : j->o->personas ? "personas"
                             : "explain");
    }
    if (!rec_model_is_product(j->main.model)) {
        die("%s: a '%s' cannot serve vectors", j->o->model,
            j->main.model->type->kind);
    }
    if (rec_vector_dimension(r) != dim) {
        die("%s: vectors of %lu numbers; those of the model have %lu", name,
            (unsigned long)rec_vector_dimension(r), (unsigned long)dim);
    }
}

/* N users from FIRST on, with the vectors VALUE. */
static void serve(struct job *j, const struct rec_dict *ids, uint32_t first,
                  size_t n, const float *value)
{
    struct source *s = &j->main;
    struct rec_row row = {0};
    struct rec_error err;

    recommend_begin(j);
    for (size_t i = 0; i < n; i++) {
        row.id = rec_dict_id(ids, first + (uint32_t)i, &row.id_len);
        recommend_hide(j, s, &row);
        recommend_end_row(j, s, &row);
    }
    check(rec_lists_fill_vectors(&s->lists, value, &s->hide.m, s->hidden,
                                 (int)j->c->threads, &err),
          &err);
    for (size_t i = 0; i < n; i++) {
        struct asker a = {.source = s, .row = i};

        row.id = rec_dict_id(ids, first + (uint32_t)i, &row.id_len);
        recommend_write(j, &a, &row);
    }
}

void recommend_vectors(struct job *j, struct rec_stream_reader *in)
{
    struct rec_vector_reader *r;
    struct rec_vector_batch b;
    struct rec_error err;

    check(rec_vector_reader_attach(&r, in, &err), &err);
    check_vectors(j, r);
    while (check(rec_vector_next(r, &b, &err), &err) == 1) {
        size_t most = j->main.lists.max_rows;

        for (size_t at = 0; at < b.n; at += most) {
            serve(j, rec_vector_ids(r), b.first + (uint32_t)at,
                  b.n - at < most ? b.n - at : most,
                  b.value + at * rec_vector_dimension(r));
        }
    }
    cli_prov_input(j->c, "input", rec_stream_prov(rec_vector_stream(r)),
                   rec_stream_digest(rec_vector_stream(r)));
    rec_vector_reader_free(r);
    recommend_begin(j);
}
