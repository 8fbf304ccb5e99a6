/* SPDX-License-Identifier: MIT */
/* Gram matrices: strip by strip, and as a matrix. */
#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "data/gramfile.h"
#include "fuzz.h"

/* NULL if the bytes are no Gram matrix. */
static struct rec_gram_reader *open_gram(const char *path)
{
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;
    struct rec_error err;

    if (rec_stream_reader_open(&in, path, &err) != 0) {
        return NULL;
    }
    if (rec_gram_reader_attach(&r, in, &err) != 0) {
        rec_stream_reader_close(in);
        return NULL;
    }
    return r;
}

static int read_strips(struct rec_gram_reader *r)
{
    uint32_t n = rec_dict_count(rec_gram_reader_head(r)->items);
    struct rec_gram_strip s;
    struct rec_error err;
    double sum = 0;
    int rc;

    while ((rc = rec_gram_next(r, &s, &err)) == 1) {
        fuzz_need(s.first < n && s.rows <= n - s.first, "strip", NULL);
        for (uint32_t k = 0; k < s.rows; k++) {
            fuzz_need(s.start[k] <= s.start[k + 1], "rows of a strip", NULL);
            for (size_t e = s.start[k]; e < s.start[k + 1]; e++) {
                fuzz_need(s.col[e] >= s.first + k && s.col[e] < n, "column",
                          NULL);
                sum += s.value[e];
            }
        }
    }
    fuzz_need(rc != 0 || sum == sum, "a sum that is no number", NULL);
    return rc;
}

static void fill(struct rec_gram_reader *r, int rc)
{
    uint32_t n = rec_dict_count(rec_gram_reader_head(r)->items);
    struct rec_error err;
    double *g, *scale, *diagonal;

    if (n > 512) {
        return;
    }
    g = rec_zalloc((size_t)n * n, sizeof *g);
    scale = rec_alloc(n, sizeof *scale);
    diagonal = rec_alloc(n, sizeof *diagonal);
    fuzz_need(g && scale && diagonal, "memory", NULL);
    for (uint32_t i = 0; i < n; i++) {
        scale[i] = 0.5;
    }
    fuzz_need((rec_gram_fill(r, REC_F64, scale, g, diagonal, &err) == 0)
                  == (rc == 0),
              "strips and matrix disagree", NULL);
    free(g);
    free(scale);
    free(diagonal);
}

void fuzz_gram(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);
    struct rec_gram_reader *r = open_gram(path);
    int rc;

    if (!r) {
        return;
    }
    rc = read_strips(r);
    rec_gram_reader_free(r);
    r = open_gram(path);
    fuzz_need(r != NULL, "the same bytes again", NULL);
    fill(r, rc);
    rec_gram_reader_free(r);
}
