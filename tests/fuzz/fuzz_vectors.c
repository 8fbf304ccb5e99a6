/* SPDX-License-Identifier: MIT */
/* Vectors, at hand and batch by batch. */
#include <config.h>

#include "data/vectors.h"
#include "fuzz.h"

static int64_t read_batches(const char *path)
{
    struct rec_stream_reader *in;
    struct rec_vector_batch b;
    struct rec_vector_reader *r;
    struct rec_error err;
    int64_t n = 0;
    int rc = rec_stream_reader_open(&in, path, &err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_vector_reader_attach(&r, in, &err);
    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    while ((rc = rec_vector_next(r, &b, &err)) == 1) {
        size_t values = (size_t)b.n * rec_vector_dimension(r);

        fuzz_need(rec_all_finite(b.value, values), "not finite", NULL);
        fuzz_need(b.first + b.n <= rec_dict_count(rec_vector_ids(r)), "ids",
                  NULL);
        n += b.n;
    }
    rec_vector_reader_free(r);
    return rc ? rc : n;
}

static void open_all(const char *path, int64_t n)
{
    struct rec_vectors v;
    struct rec_error err;

    if (rec_vectors_open(&v, path, &err) != 0) {
        fuzz_need(n < 0, "the reader takes what the loader does not", &err);
        return;
    }
    fuzz_need(n == (int64_t)v.n, "the loader takes what the reader does not",
              NULL);
    fuzz_need(rec_all_finite(v.value, (size_t)v.n * v.dim), "not finite",
              NULL);
    for (uint32_t i = 0; i < v.n; i++) {
        size_t len;
        const char *id = rec_dict_id(v.ids, i, &len);

        fuzz_need(rec_vectors_find(&v, id, len) == rec_vectors_row(&v, i),
                  "a vector is not found", NULL);
    }
    rec_vectors_release(&v);
}

void fuzz_vectors(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n), *pipe;
    int64_t count = read_batches(path);

    open_all(path, count);
    pipe = fuzz_pipe(data, n);
    if (pipe) {
        open_all(pipe, count);
        fuzz_pipe_end();
    }
}
