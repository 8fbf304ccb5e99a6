/* SPDX-License-Identifier: MIT */
/* A set of items given as text: see idlist.h. */
#include <config.h>

#include "data/idlist.h"

#include "io/slurp.h"

static int add_lines(struct rec_dict *d, const struct rec_buf *text,
                     const char *path, struct rec_error *err)
{
    const char *at = text->data, *end = at + text->len, *line;
    unsigned long number = 0;
    size_t len;
    int rc = 0;

    while (rc == 0 && (line = rec_line_next(&at, end, &len)) != NULL) {
        const char *why = len > 0 ? rec_id_check(line, len) : NULL;
        uint32_t index;

        number++;
        if (why) {
            return rec_fail(err, REC_EPARSE, "%s:%lu: item %s", path, number,
                            why);
        }
        rc = len > 0 ? rec_dict_add(d, line, len, &index, err) : 0;
    }
    return rc;
}

int rec_idlist_load(struct rec_dict **out, const char *path,
                    uint8_t digest[REC_DIGEST_BYTES], struct rec_error *err)
{
    struct rec_buf text = {NULL, 0, 0};
    struct rec_dict *d = rec_dict_new();
    int rc = d ? rec_slurp(&text, path, digest, err) : rec_fail_nomem(err);

    if (rc == 0 && text.len > 0) {
        rc = add_lines(d, &text, path, err);
    }
    rec_buf_release(&text);
    if (rc != 0) {
        rec_dict_free(d);
        return rc;
    }
    *out = d;
    return 0;
}
