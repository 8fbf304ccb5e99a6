/* SPDX-License-Identifier: MIT */
/* Learning from a Gram matrix: see ease_gram.h. */
#include <config.h>

#include "ease_gram.h"

#include <string.h>

/* Read the file another time, which must not have changed. */
static int read_again(const struct ease_gram *g, enum rec_dtype dtype,
                      const double *scale, void *matrix, double *diagonal,
                      struct rec_error *err)
{
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;
    int rc = rec_stream_reader_open(&in, g->path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_gram_reader_attach(&r, in, err);
    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    if (rec_dict_count(rec_gram_reader_head(r)->items) == g->source.items) {
        rc = rec_gram_fill(r, dtype, scale, matrix, diagonal, err);
    } else {
        rc = REC_EVALUE;
    }
    if (rc == REC_EVALUE
        || (rc == 0
            && memcmp(rec_stream_digest(in),
                      rec_stream_digest(rec_gram_reader_stream(g->in)),
                      REC_DIGEST_BYTES)
                   != 0)) {
        rc = rec_fail(err, REC_EVALUE, "has changed meanwhile");
    }
    rec_gram_reader_free(r);
    return rc;
}

static int read_gram(void *ctx, enum rec_dtype dtype, const double *scale,
                     void *matrix, double *diagonal, struct rec_error *err)
{
    struct ease_gram *g = ctx;

    if (g->done) {
        return read_again(g, dtype, scale, matrix, diagonal, err);
    }
    g->done = 1;
    return rec_gram_fill(g->in, dtype, scale, matrix, diagonal, err);
}

void ease_gram_open(struct ease_gram *g, struct rec_stream_reader *in,
                    const char *path)
{
    const struct rec_gram_head *head;
    struct rec_error err;

    check(rec_gram_reader_attach(&g->in, in, &err), &err);
    head = rec_gram_reader_head(g->in);
    if (head->old.n > 0) {
        die("%s: is a difference; rec-merge adds it to the matrix that it "
            "changes",
            rec_stream_name(in));
    }
    g->path = path;
    g->done = 0;
    g->source = (struct rec_ease_source){rec_dict_count(head->items),
                                         head->weights, head->count,
                                         read_gram, g};
}

const struct rec_gram_head *ease_gram_head(const struct ease_gram *g)
{
    return rec_gram_reader_head(g->in);
}

void ease_gram_prov(const struct ease_gram *g, struct cli *c)
{
    const struct rec_stream_reader *in = rec_gram_reader_stream(g->in);

    cli_prov_input(c, "input", rec_stream_prov(in), rec_stream_digest(in));
}

void ease_gram_release(struct ease_gram *g)
{
    rec_gram_reader_free(g->in);
}
