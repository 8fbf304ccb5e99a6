/* SPDX-License-Identifier: MIT */
/* A small text file at once: see slurp.h. */
#include <config.h>

#include "io/slurp.h"

#include <stdlib.h>
#include <string.h>

#include "io/input.h"
#include "io/stream_private.h"

enum { STEP = 1 << 16 };

static int take_digest(const struct rec_buf *text,
                       uint8_t digest[REC_DIGEST_BYTES], struct rec_error *err)
{
    struct rec_digest *d = rec_digest_new();

    if (!d) {
        return rec_fail_nomem(err);
    }
    if (text->len > 0) {
        rec_digest_add(d, text->data, text->len);
    }
    rec_digest_get(d, digest);
    rec_digest_free(d);
    return 0;
}

int rec_slurp(struct rec_buf *text, const char *path,
              uint8_t digest[REC_DIGEST_BYTES], struct rec_error *err)
{
    struct rec_input *in = NULL;
    char *piece = rec_alloc(STEP, 1);
    size_t got = 1, from = text->len;
    int rc = piece ? rec_input_open(&in, path, 1, err) : rec_fail_nomem(err);

    while (rc == 0 && got > 0) {
        rc = rec_input_read(in, piece, STEP, &got, err);
        if (rc == 0 && got > REC_MAX_TEXT - text->len) {
            rc = rec_fail(err, REC_ELIMIT,
                          "%s: more than 1 GiB of text to be read at once",
                          path);
        } else if (rc == 0 && rec_buf_add(text, piece, got) != 0) {
            rc = rec_fail_nomem(err);
        }
    }
    rec_input_close(in);
    free(piece);
    if (rc == 0 && text->len > from) {
        rc = rec_stream_refuse(text->data + from, text->len - from, path, err);
    }
    return rc || !digest ? rc : take_digest(text, digest, err);
}

const char *rec_line_next(const char **at, const char *end, size_t *len)
{
    const char *line = *at, *nl;

    if (line == end) {
        return NULL;
    }
    nl = memchr(line, '\n', (size_t)(end - line));
    *at = nl ? nl + 1 : end;
    *len = (size_t)((nl ? nl : end) - line);
    if (*len > 0 && line[*len - 1] == '\r') {
        --*len;
    }
    return line;
}
