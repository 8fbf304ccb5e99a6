/* SPDX-License-Identifier: MIT */
/* What checkpoints of trainings share: see checkpoint.h. */
#include <config.h>

#include "models/checkpoint.h"

#include <string.h>

static size_t line_end(const char *s, size_t n)
{
    const char *nl = memchr(s, '\n', n);

    return nl ? (size_t)(nl - s) : n;
}

int rec_checkpoint_identity(const struct rec_store *s, const char *identity,
                            struct rec_error *err)
{
    const struct rec_array *a = rec_store_find(s, REC_BLOCK_ARRAY, "identity");
    size_t left = strlen(identity), n, k;
    const char *have;

    if (!a || a->block.dtype != REC_BYTES) {
        return rec_fail(err, REC_ECORRUPT, "%s: no array 'identity'",
                        rec_store_name(s));
    }
    have = a->block.data;
    n = a->block.nbytes;
    if (n == left && memcmp(have, identity, n) == 0) {
        return 0;
    }
    for (;;) {
        size_t h = line_end(have, n), i = line_end(identity, left);

        if (h != i || memcmp(have, identity, h) != 0 || h == n || i == left) {
            return rec_fail(err, REC_EVALUE,
                            "%s: the checkpoint is of other data or options: "
                            "it has '%.*s', not '%.*s'",
                            rec_store_name(s), (int)(h < 200 ? h : 200), have,
                            (int)(i < 200 ? i : 200), identity);
        }
        k = h + 1;
        have += k;
        n -= k;
        identity += k;
        left -= k;
    }
}

int rec_checkpoint_array(const struct rec_store *s, const char *name,
                         enum rec_dtype dtype, size_t n, void *to,
                         struct rec_error *err)
{
    const struct rec_array *a;
    int rc = rec_store_array(s, name, dtype, n, &a, err);

    if (rc == 0 && n > 0) {
        memcpy(to, a->block.data, n * rec_dtype_size(dtype));
    }
    return rc;
}
