/* SPDX-License-Identifier: MIT */
/* Small texts that belong to ids: lists of ids, titles, vectors. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "data/idlist.h"
#include "data/titles.h"
#include "data/vectors_text.h"
#include "fuzz.h"

/* Of the ids that are in the text itself, so that there are some to find. */
static void load_titles(const char *path, const struct rec_dict *ids)
{
    struct rec_titles t;
    struct rec_error err;
    uint32_t found = 0, count = 0;

    if (rec_titles_load(&t, path, ids, &found, &err) != 0) {
        return;
    }
    for (uint32_t i = 0; i < rec_dict_count(ids); i++) {
        size_t len;
        const char *title = rec_titles_get(&t, ids, i, &len);

        count += t.len[i] > 0;
        for (size_t k = 0; k < len && t.len[i] > 0; k++) {
            fuzz_need((unsigned char)title[k] >= ' ', "a control character",
                      NULL);
        }
    }
    fuzz_need(found == count, "titles are not counted", NULL);
    rec_titles_release(&t);
}

static void load_vectors(const char *path)
{
    struct rec_vector_line line;
    struct rec_vector_text *t;
    struct rec_error err;
    uint32_t dim = 0;

    if (rec_vector_text_open(&t, path, &err) != 0) {
        return;
    }
    while (rec_vector_text_next(t, &line, &err) == 1) {
        fuzz_need(dim == 0 || dim == line.dim, "dimension", NULL);
        dim = line.dim;
        for (uint32_t i = 0; i < dim; i++) {
            fuzz_need(isfinite(line.value[i]), "not finite", NULL);
        }
    }
    rec_vector_text_close(t);
}

void fuzz_ids(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);
    struct rec_dict *ids = rec_dict_new();
    const uint8_t *at = data, *end = data + n;
    struct rec_dict *list;
    struct rec_error err;

    fuzz_need(ids != NULL, "memory", NULL);
    while (at < end) { /* what stands before "::", a tab or a comma */
        const uint8_t *nl = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *p = at;
        uint32_t index;

        nl = nl ? nl : end;
        while (p < nl && *p != ':' && *p != '\t' && *p != ',') {
            p++;
        }
        if (p > at && p - at <= 4096) {
            fuzz_need(rec_dict_add(ids, (const char *)at, (size_t)(p - at),
                                   &index, &err) == 0,
                      "dictionary", &err);
        }
        at = nl + 1;
    }
    load_titles(path, ids);
    rec_dict_free(ids);
    if (rec_idlist_load(&list, path, NULL, &err) == 0) {
        rec_dict_free(list);
    }
    load_vectors(path);
}
