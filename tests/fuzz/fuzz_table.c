/* SPDX-License-Identifier: MIT */
/* The id table of rec-hash: what was read can be looked up, joined with itself
   and written. */
#include <config.h>

#include <string.h>

#include "data/idbook.h"
#include "fuzz.h"

static void look_up(const struct rec_idbook *b)
{
    char id[REC_MAX_ID];

    for (int s = 0; s < REC_SIDES; s++) {
        const struct rec_idtable *t = b->side[s];
        uint32_t count = 0;

        for (uint32_t i = 0; i < rec_idtable_slots(t); i++) {
            size_t len = rec_idtable_id(t, i, id);

            if (len > 0) {
                struct rec_idkey key = rec_idtable_key(t, id, len);

                count++;
                fuzz_need(rec_idtable_find(t, &key) == i,
                          "an id is not in its slot", NULL);
            }
        }
        fuzz_need(count == rec_idtable_count(t), "count of ids", NULL);
    }
}

void fuzz_table(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);
    struct rec_idbook a, b;
    struct rec_output *o;
    struct rec_error err;

    if (rec_idbook_load(&a, path, &err) != 0) {
        return;
    }
    look_up(&a);
    fuzz_need(rec_idbook_age(&a, a.digest) == 0, "age", NULL);
    fuzz_need(rec_idbook_load(&b, path, &err) == 0, "again", &err);
    if (rec_idbook_join(&a, &b, &err) == 0) {
        look_up(&a);
    }
    o = fuzz_null();
    if (rec_idbook_save(&a, o, 0, NULL, &err) != 0) {
        fuzz_need(err.code != REC_EIO, "cannot be written", &err);
    }
    rec_output_free(o);
    rec_idbook_release(&a);
    rec_idbook_release(&b);
}
