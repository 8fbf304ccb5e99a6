/* SPDX-License-Identifier: MIT */
/* The container, by its two readers: what one takes the other takes, with the
   same arrays. */
#include <config.h>

#include <string.h>

#include "base/hash.h"
#include "fuzz.h"
#include "io/store.h"

/* The outcome of a reading: its code, and a digest of all arrays. */
struct outcome {
    int rc;
    uint8_t sum[REC_DIGEST_BYTES];
};

static void add_block(struct rec_digest *d, const struct rec_block *b)
{
    uint64_t n = b->nbytes;

    rec_digest_add(d, b->type, sizeof b->type);
    rec_digest_add(d, b->name, strlen(b->name) + 1);
    rec_digest_add(d, &b->dtype, sizeof b->dtype);
    rec_digest_add(d, &n, sizeof n);
    rec_digest_add(d, b->data, b->nbytes);
}

static struct outcome read_stream(const char *path)
{
    struct rec_digest *d = rec_digest_new();
    struct outcome o = {0, {0}};
    struct rec_stream_reader *r;
    struct rec_block b;
    struct rec_error err;

    fuzz_need(d != NULL, "memory", NULL);
    o.rc = rec_stream_reader_open(&r, path, &err);
    if (o.rc == 0) {
        while ((o.rc = rec_stream_next(r, &b, &err)) == 1) {
            add_block(d, &b);
        }
        if (o.rc == 0) {
            rec_digest_add(d, rec_stream_prov(r), strlen(rec_stream_prov(r)));
            rec_digest_add(d, rec_stream_counts(r),
                           sizeof *rec_stream_counts(r));
        }
        rec_stream_reader_close(r);
    }
    fuzz_need(o.rc == 0 || *err.text, "an error without a cause", NULL);
    rec_digest_get(d, o.sum);
    rec_digest_free(d);
    return o;
}

static struct outcome read_store(const char *path)
{
    struct rec_digest *d = rec_digest_new();
    struct outcome o = {0, {0}};
    struct rec_store *s;
    struct rec_error err;

    fuzz_need(d != NULL, "memory", NULL);
    o.rc = rec_store_open(&s, path, &err);
    if (o.rc == 0) {
        o.rc = rec_store_verify(s, &err);
        for (size_t i = 0; i < rec_store_count(s) && o.rc == 0; i++) {
            add_block(d, &rec_store_at(s, i)->block);
        }
        if (o.rc == 0) {
            rec_digest_add(d, rec_store_prov(s), strlen(rec_store_prov(s)));
            rec_digest_add(d, rec_store_counts(s),
                           sizeof *rec_store_counts(s));
        }
        rec_store_close(s);
    }
    rec_digest_get(d, o.sum);
    rec_digest_free(d);
    return o;
}

static void compare(const struct outcome *a, const struct outcome *b,
                    const char *what)
{
    fuzz_need((a->rc == 0) == (b->rc == 0), what, NULL);
    fuzz_need(a->rc != 0 || memcmp(a->sum, b->sum, sizeof a->sum) == 0, what,
              NULL);
}

void fuzz_stream(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n), *pipe;
    struct outcome stream = read_stream(path), store = read_store(path);

    compare(&stream, &store, "the reader and the store disagree");
    pipe = fuzz_pipe(data, n);
    if (pipe) {
        store = read_store(pipe);
        compare(&stream, &store, "the store of a pipe is another");
        fuzz_pipe_end();
    }
}
